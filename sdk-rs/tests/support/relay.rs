//! A relay between client and server: counts connections, cuts them, freezes them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    Open,
    /// Bytes are taken and go nowhere.
    Frozen,
}

/// A relay on a port of its own.
pub struct Relay {
    pub address: SocketAddr,
    accepted: Arc<AtomicUsize>,
    open: Arc<AtomicUsize>,
    server: watch::Sender<SocketAddr>,
    flow: watch::Sender<Flow>,
    /// Counts cuts: a connection of before ends.
    cuts: watch::Sender<u64>,
    accepting: JoinHandle<()>,
}

impl Relay {
    pub async fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (accepted, open) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
        let (flow, cuts) = (watch::Sender::new(Flow::Open), watch::Sender::new(0));
        let server = watch::Sender::new(server);
        let accepting = {
            let (accepted, open) = (accepted.clone(), open.clone());
            let (flow, cuts, server) = (flow.clone(), cuts.clone(), server.clone());
            tokio::spawn(async move {
                loop {
                    let (client, _) = listener.accept().await.unwrap();
                    accepted.fetch_add(1, Ordering::SeqCst);
                    let (flow, mut cuts) = (flow.subscribe(), cuts.subscribe());
                    let (open, server) = (open.clone(), *server.borrow());
                    tokio::spawn(async move {
                        let Ok(server) = TcpStream::connect(server).await else {
                            return;
                        };
                        open.fetch_add(1, Ordering::SeqCst);
                        let (from_client, to_client) = client.into_split();
                        let (from_server, to_server) = server.into_split();
                        tokio::select! {
                            () = pump(from_client, to_server, flow.clone()) => {}
                            () = pump(from_server, to_client, flow) => {}
                            _ = cuts.changed() => {}
                        }
                        open.fetch_sub(1, Ordering::SeqCst);
                    });
                }
            })
        };
        Self {
            address,
            accepted,
            open,
            server,
            flow,
            cuts,
            accepting,
        }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Connections that were made.
    pub fn accepted(&self) -> usize {
        self.accepted.load(Ordering::SeqCst)
    }

    /// Connections that stand.
    pub fn open(&self) -> usize {
        self.open.load(Ordering::SeqCst)
    }

    /// New connections go to another server.
    pub fn lead_to(&self, server: SocketAddr) {
        self.server.send_replace(server);
    }

    /// Breaks all connections.
    pub fn cut(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// Nothing goes through any more.
    pub fn freeze(&self) {
        self.flow.send_replace(Flow::Frozen);
    }

    /// It does again.
    pub fn thaw(&self) {
        self.flow.send_replace(Flow::Open);
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.accepting.abort();
        self.cut();
    }
}

async fn pump(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    mut flow: watch::Receiver<Flow>,
) {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let Ok(count @ 1..) = from.read(&mut buffer).await else {
            return;
        };
        let _ = flow.wait_for(|flow| *flow == Flow::Open).await;
        if to.write_all(&buffer[..count]).await.is_err() {
            return;
        }
    }
}
