//! What the tests of the client share: servers, relays, tokens.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "each test file uses its part, and a test may panic"
)]

pub mod node;
pub mod relay;
pub mod scripted;
pub mod server;
pub mod tokens;

use slop_sdk::{Backoff, Builder, Client, ConnectionState};
use std::future::Future;
use std::time::Duration;
use tokio::time::timeout;

/// No step of a test takes this long, unless it hangs.
pub const LIMIT: Duration = Duration::from_secs(30);

/// The outcome of a step, or a panic that says which one hangs.
pub async fn within<T>(what: &str, work: impl Future<Output = T>) -> T {
    match timeout(LIMIT, work).await {
        Ok(outcome) => outcome,
        Err(_) => panic!("waited too long for {what}"),
    }
}

/// A client that is patient with a loaded machine and quick to come back.
pub fn client(url: &str) -> Builder {
    Client::builder(url)
        .connect_timeout(LIMIT)
        .request_timeout(LIMIT)
        .backoff(quick_backoff())
}

/// Such a client, connected and signed in to the project's server.
pub async fn signed_in(url: &str, user: &str) -> Client {
    let builder = client(url).token(tokens::token(user));
    within("the sign-in", builder.connect()).await.unwrap()
}

pub fn quick_backoff() -> Backoff {
    Backoff::between(Duration::from_millis(20), Duration::from_millis(200))
}

/// Waits until the client is connected for this time, counted from 0.
pub async fn connected(client: &Client, reconnects: u64) {
    let mut state = client.state();
    let is_wanted = |state: &ConnectionState| match state {
        ConnectionState::Connected(connected) => connected.reconnects >= reconnects,
        ConnectionState::Closed(reason) => panic!("closed: {reason:?}"),
        _ => false,
    };
    within("the connection", state.wait_for(is_wanted))
        .await
        .unwrap();
}

/// Waits until the client is not connected.
pub async fn disconnected(client: &Client) {
    let mut state = client.state();
    let is_wanted = |state: &ConnectionState| !state.is_connected();
    within("the loss", state.wait_for(is_wanted)).await.unwrap();
}
