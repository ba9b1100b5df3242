//! Tokens in logs: there are none, at no level, of no crate.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic, in its helpers too"
)]

mod support;

use std::io;
use std::sync::{Arc, Mutex};
use support::client;
use support::node::NodeServer;
use support::relay::Relay;
use tracing_subscriber::filter::LevelFilter;

/// Keeps all that is logged in this process.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

// The only test of this file: a process has one logger.
#[tokio::test]
async fn tokens_are_never_logged() {
    // In a process of its own: what a server logs is its own affair.
    let server = NodeServer::start().await;
    let relay = Relay::to(server.address()).await;
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_writer(move || writer.clone())
        .init();

    let (first, second) = ("the.first.token-of-all", "the.second.token-of-all");
    let client = client(&relay.url()).token(first).connect().await.unwrap();
    client.rooms().join("a-room").await.unwrap();
    client.session().authenticate(second).await.unwrap();
    relay.cut();
    support::connected(&client, 1).await;
    client.ping().await.unwrap();
    let error = client
        .session()
        .authenticate("a-wrong-token")
        .await
        .unwrap_err();
    tracing::error!(?error, ?client, state = ?client.state().borrow());

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(
        log.contains("a-room"),
        "the level is low enough to show frames"
    );
    assert!(log.contains("connection lost"));
    for secret in [first, second, "a-wrong-token"] {
        assert!(!log.contains(secret), "a token was logged");
    }
}
