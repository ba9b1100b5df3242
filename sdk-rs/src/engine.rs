//! Engine.IO: one WebSocket that carries the packets of all namespaces, and its heartbeat.
//!
//! Everything is polled and nothing waits in here, so that reading, writing and liveness never stop
//! one another.

use crate::error::{ConnectError, ConnectionLost};
use crate::events::RawEvent;
use crate::packet::{Attachments, Gathering, Kind, MESSAGE, Packet};
use crate::transport::{SecretFrame, Stream};
use bytes::Bytes;
use futures_util::{Sink, Stream as _};
use serde::Deserialize;
use slop_schema::Namespace;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::{Instant, Sleep, sleep_until};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

/// Bounds to what a server may say about its heartbeat: a second to an hour.
const SHORTEST_SILENCE: Duration = Duration::from_secs(1);
const LONGEST_SILENCE: Duration = Duration::from_secs(3600);

/// The rest of a message that was received: shares the buffer it was read into.
#[derive(Debug, Clone)]
pub(crate) struct Data {
    text: Utf8Bytes,
    start: usize,
}

impl Data {
    pub(crate) fn as_str(&self) -> &str {
        self.text.get(self.start..).unwrap_or_default()
    }

    /// For what does not come from the network.
    #[cfg(test)]
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into().into(),
            start: 0,
        }
    }
}

/// A Socket.IO packet with all its attachments, of a namespace of the protocol.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub(crate) kind: Kind,
    pub(crate) namespace: Namespace,
    pub(crate) id: Option<u64>,
    pub(crate) data: Data,
    pub(crate) attachments: Attachments,
}

impl Incoming {
    /// An event for those who wait for one.
    pub(crate) fn into_event(self) -> RawEvent {
        RawEvent {
            namespace: self.namespace,
            data: self.data,
            attachments: self.attachments,
        }
    }
}

/// An open connection.
pub(crate) struct Engine {
    socket: WebSocketStream<Stream>,
    gathering: Option<Gathering<Incoming>>,
    max_bytes: usize,
    has_unflushed: bool,
    /// The answer to the server's ping, while the socket takes nothing.
    pong: Option<String>,
    secret: Option<SecretFrame>,
    last_heard: Instant,
    longest_silence: Duration,
    alarm: Pin<Box<Sleep>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OpenPacket {
    ping_interval: u64,
    ping_timeout: u64,
}

impl Engine {
    /// Waits for the server's handshake.
    pub(crate) async fn open(
        mut socket: WebSocketStream<Stream>,
        max_bytes: usize,
    ) -> Result<Self, ConnectError> {
        let first = poll_fn(|cx| Pin::new(&mut socket).poll_next(cx)).await;
        let not_engine_io = |what: &str| ConnectError::NotSocketIo(what.to_owned());
        let text = match first {
            Some(Ok(Message::Text(text))) => text,
            Some(Ok(_)) => return Err(not_engine_io("its first message is no text")),
            Some(Err(error)) => return Err(ConnectionLost::from(error).into()),
            None => return Err(ConnectionLost::Closed.into()),
        };
        let open = text
            .strip_prefix('0')
            .ok_or_else(|| not_engine_io("its first message is no handshake"))?;
        let open: OpenPacket = serde_json::from_str(open)
            .map_err(|_| not_engine_io("its handshake does not tell the heartbeat"))?;
        let silence = open.ping_interval.saturating_add(open.ping_timeout);
        let longest_silence =
            Duration::from_millis(silence).clamp(SHORTEST_SILENCE, LONGEST_SILENCE);
        let now = Instant::now();
        Ok(Self {
            socket,
            gathering: None,
            max_bytes,
            has_unflushed: false,
            pong: None,
            secret: None,
            last_heard: now,
            longest_silence,
            alarm: Box::pin(sleep_until(now + longest_silence)),
        })
    }

    /// The next message; `None` when it was none of Socket.IO's concern.
    pub(crate) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Option<Incoming>, ConnectionLost>> {
        if self.secret.as_ref().is_some_and(SecretFrame::is_begun) {
            // Reading may write: a pong in the middle of a frame.
            ready!(self.poll_secret(cx))?;
        }
        let message = match ready!(Pin::new(&mut self.socket).poll_next(cx)) {
            Some(message) => message?,
            None => return Poll::Ready(Err(ConnectionLost::Closed)),
        };
        Poll::Ready(match message {
            Message::Text(text) => self.receive(text),
            Message::Binary(attachment) => self.receive_attachment(attachment),
            Message::Close(_) => Err(ConnectionLost::Closed),
            Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {
                // The answer to a ping was queued by the WebSocket.
                self.has_unflushed = true;
                Ok(None)
            }
        })
    }

    /// Notes that the server is alive.
    pub(crate) fn heard(&mut self) {
        self.last_heard = Instant::now();
    }

    /// Whether the socket takes another message.
    pub(crate) fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), ConnectionLost>> {
        ready!(self.poll_secret(cx))?;
        ready!(Pin::new(&mut self.socket).poll_ready(cx))?;
        if let Some(pong) = self.pong.take() {
            self.send(pong)?;
            return Pin::new(&mut self.socket)
                .poll_ready(cx)
                .map_err(Into::into);
        }
        Poll::Ready(Ok(()))
    }

    /// Takes a message, after [`Self::poll_ready`].
    pub(crate) fn send(&mut self, message: String) -> Result<(), ConnectionLost> {
        self.has_unflushed = true;
        Pin::new(&mut self.socket).start_send(Message::text(message))?;
        Ok(())
    }

    /// Takes a message that holds a token, after [`Self::poll_ready`].
    pub(crate) fn send_secret(&mut self, message: &str) {
        self.has_unflushed = true;
        self.secret = Some(SecretFrame::new(message));
    }

    /// Writes what was taken. Pending means that the socket is full, which is no reason to wait.
    pub(crate) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), ConnectionLost>> {
        if self.pong.is_some() || self.secret.is_some() {
            ready!(self.poll_ready(cx))?;
        }
        if self.has_unflushed {
            ready!(Pin::new(&mut self.socket).poll_flush(cx))?;
            self.has_unflushed = false;
        }
        Poll::Ready(Ok(()))
    }

    /// Ready when the server was silent for too long.
    pub(crate) fn poll_silence(&mut self, cx: &mut Context<'_>) -> Poll<ConnectionLost> {
        loop {
            ready!(self.alarm.as_mut().poll(cx));
            let due = self.last_heard + self.longest_silence;
            if due <= Instant::now() {
                return Poll::Ready(ConnectionLost::Silent(self.longest_silence));
            }
            self.alarm.as_mut().reset(due);
        }
    }

    /// The next packet, for as long as nothing else is to be done: answers pings, notices silence.
    pub(crate) async fn next(&mut self) -> Result<Incoming, ConnectionLost> {
        poll_fn(|cx| {
            loop {
                match self.poll_read(cx) {
                    Poll::Ready(Ok(None)) => self.heard(),
                    Poll::Ready(Ok(Some(incoming))) => {
                        self.heard();
                        return Poll::Ready(Ok(incoming));
                    }
                    Poll::Ready(Err(lost)) => return Poll::Ready(Err(lost)),
                    Poll::Pending => break,
                }
            }
            if let Poll::Ready(Err(lost)) = self.poll_flush(cx) {
                return Poll::Ready(Err(lost));
            }
            self.poll_silence(cx).map(Err)
        })
        .await
    }

    /// Takes a message as soon as the socket does.
    pub(crate) async fn write(&mut self, message: String) -> Result<(), ConnectionLost> {
        poll_fn(|cx| self.poll_ready(cx)).await?;
        self.send(message)
    }

    /// The same for a message that holds a token.
    pub(crate) async fn write_secret(&mut self, message: &str) -> Result<(), ConnectionLost> {
        poll_fn(|cx| self.poll_ready(cx)).await?;
        self.send_secret(message);
        Ok(())
    }

    /// Says goodbye and waits until the server has closed the connection.
    pub(crate) async fn close(&mut self) -> Result<(), ConnectionLost> {
        poll_fn(|cx| Pin::new(&mut self.socket).poll_close(cx)).await?;
        // Unread input would make the system reset the connection, goodbye and all.
        while poll_fn(|cx| self.poll_read(cx)).await.is_ok() {}
        Ok(())
    }

    fn poll_secret(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), ConnectionLost>> {
        let Some(secret) = &mut self.secret else {
            return Poll::Ready(Ok(()));
        };
        if !secret.is_begun() {
            // Whole frames only: what the WebSocket has begun goes first.
            ready!(Pin::new(&mut self.socket).poll_flush(cx))?;
        }
        let broken = |error: io::Error| ConnectionLost::Broken(error.to_string());
        ready!(secret.poll_write(self.socket.get_mut(), cx)).map_err(broken)?;
        self.secret = None;
        Poll::Ready(Ok(()))
    }

    fn receive(&mut self, text: Utf8Bytes) -> Result<Option<Incoming>, ConnectionLost> {
        if text.starts_with(MESSAGE) {
            return self.receive_packet(text);
        }
        match text.as_bytes().first() {
            Some(b'1') => Err(ConnectionLost::Closed),
            Some(b'2') => {
                let mut pong = String::with_capacity(text.len());
                pong.push('3');
                pong.push_str(&text[1..]);
                self.pong = Some(pong);
                Ok(None)
            }
            // An upgrade, a pong or a no-op says nothing to a client that is here already.
            Some(b'3' | b'5' | b'6') => Ok(None),
            _ => Err(ConnectionLost::Protocol("an unknown message".into())),
        }
    }

    fn receive_packet(&mut self, text: Utf8Bytes) -> Result<Option<Incoming>, ConnectionLost> {
        if self.gathering.is_some() {
            return Err(crate::packet::Malformed::MissingAttachment.into());
        }
        let packet = Packet::read(&text[MESSAGE.len_utf8()..])?;
        let start = text.len() - packet.data.len();
        let attachments = packet.attachments;
        let Some(namespace) = Namespace::from_path(packet.namespace) else {
            tracing::debug!("ignored a packet of a namespace that the protocol does not have");
            return Ok(None);
        };
        let incoming = Incoming {
            kind: packet.kind,
            namespace,
            id: packet.id,
            attachments: None,
            data: Data { text, start },
        };
        if attachments > 0 {
            self.gathering = Some(Gathering::new(incoming, attachments, self.max_bytes));
            return Ok(None);
        }
        Ok(Some(incoming))
    }

    fn receive_attachment(&mut self, bytes: Bytes) -> Result<Option<Incoming>, ConnectionLost> {
        let Some(mut gathering) = self.gathering.take() else {
            return Err(crate::packet::Malformed::UnexpectedAttachment.into());
        };
        gathering.add(bytes)?;
        if !gathering.is_complete() {
            self.gathering = Some(gathering);
            return Ok(None);
        }
        let (mut incoming, attachments) = gathering.finish();
        incoming.attachments = attachments;
        Ok(Some(incoming))
    }
}
