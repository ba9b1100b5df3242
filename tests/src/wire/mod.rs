//! A client that does what it is told and nothing else: raw Socket.IO over WebSocket or polling.
//!
//! Unlike a client for applications it never reconnects, queues or hides anything.

mod packet;

mod http;

mod websocket;

mod polling;

pub use http::{Http, HttpError, Origin};
pub use packet::{Received, Sent};

use std::collections::BTreeMap;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// How Engine.IO packets travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, clap::ValueEnum)]
pub enum Transport {
    /// One WebSocket.
    Websocket,
    /// HTTP long polling.
    Polling,
}

/// One connection with one socket on it.
pub struct Connection {
    outbox: Option<mpsc::UnboundedSender<Sent>>,
    inbox: mpsc::UnboundedReceiver<Received>,
    task: JoinHandle<()>,
}

/// The ends that a transport works with.
struct Ends {
    namespace: String,
    outbox: mpsc::UnboundedReceiver<Sent>,
    inbox: mpsc::UnboundedSender<Received>,
}

impl Connection {
    /// Opens a connection; what becomes of it is told in its inbox.
    #[must_use]
    pub fn open(
        origin: &Origin,
        transport: Transport,
        namespace: &str,
        headers: &BTreeMap<String, String>,
    ) -> Self {
        let (outbox, sent) = mpsc::unbounded_channel();
        let (received, inbox) = mpsc::unbounded_channel();
        let ends = Ends {
            namespace: namespace.to_owned(),
            outbox: sent,
            inbox: received,
        };
        let (origin, headers) = (origin.clone(), headers.clone());
        let task = tokio::spawn(async move {
            let inbox = ends.inbox.clone();
            let end = match transport {
                Transport::Websocket => websocket::run(&origin, &headers, ends).await,
                Transport::Polling => polling::run(&origin, &headers, ends).await,
            };
            let reason = end
                .err()
                .unwrap_or_else(|| "the connection was closed".to_owned());
            let _ = inbox.send(Received::Closed { reason });
        });
        Self {
            outbox: Some(outbox),
            inbox,
            task,
        }
    }

    /// Sends; after the end of the connection, to nobody.
    pub fn send(&self, packet: Sent) {
        if let Some(outbox) = &self.outbox {
            let _ = outbox.send(packet);
        }
    }

    /// Closes the connection once everything is sent.
    pub fn close(&mut self) {
        self.outbox = None;
    }

    /// The next thing received. After [`Received::Closed`] there is none.
    pub async fn receive(&mut self) -> Option<Received> {
        self.inbox.recv().await
    }

    /// What has been received and not been taken yet.
    pub fn received(&mut self) -> Option<Received> {
        self.inbox.try_recv().ok()
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What an Engine.IO packet means for the transport.
enum Step {
    /// A PING, to be answered.
    Pong,
    /// The server closes.
    Close,
    /// Nothing to do.
    Nothing,
}

impl Ends {
    /// Takes an Engine.IO packet from the server.
    fn take(&self, packet: &str) -> Result<Step, String> {
        match packet.split_at_checked(1) {
            Some(("2", _)) => Ok(Step::Pong),
            Some(("1", _)) => Ok(Step::Close),
            Some(("4", packet)) => {
                let received = Received::decode(packet, &self.namespace)
                    .map_err(|problem| format!("the server sent {problem}"))?;
                if let Some(received) = received {
                    let _ = self.inbox.send(received);
                }
                Ok(Step::Nothing)
            }
            Some(("0" | "3" | "6", _)) => Ok(Step::Nothing),
            _ => Err("the server sent an Engine.IO packet of an unknown kind".to_owned()),
        }
    }
}
