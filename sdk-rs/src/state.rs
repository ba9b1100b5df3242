//! The state of the connection, for those who show it or wait for it.

use crate::error::{ConnectError, ConnectionLost};
use slop_schema::session::AuthenticatedPayload;
use std::sync::Arc;
use std::time::Duration;

/// The state of the connection. The last one is never lost: it is kept in a
/// [`watch`](tokio::sync::watch) channel.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum ConnectionState {
    /// Connected, signed in when there was a token, and everything restored.
    Connected(Connected),
    /// The connection is lost, and the client tries to connect again.
    Reconnecting(Reconnecting),
    /// The client has ended and will not connect again.
    Closed(CloseReason),
}

impl ConnectionState {
    /// Whether calls go out at once.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        matches!(self, Self::Connected(_))
    }

    /// Whether the client has ended.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        matches!(self, Self::Closed(_))
    }
}

/// A connection that stands.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Connected {
    /// Who was signed in when the connection was made.
    pub user: Option<AuthenticatedPayload>,
    /// How many connections the client made before this one.
    pub reconnects: u64,
    /// Rooms and media of the connection before that the server did not give back. The client has
    /// forgotten them.
    pub not_restored: Vec<NotRestored>,
}

/// A room or a media item that a new connection could not have.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotRestored {
    /// What was asked for: `joinRoom` or `subscribeMedia`.
    pub event: &'static str,
    /// The room or the media item.
    pub name: String,
    /// The server's sentence.
    pub message: String,
}

/// A connection that is being made again.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Reconnecting {
    /// Why the last connection ended.
    pub lost: ConnectionLost,
    /// The attempt that comes after the pause, counted from 1.
    pub attempt: u32,
    /// The pause before it.
    pub pause: Duration,
    /// Why the last attempt failed.
    pub error: Option<Arc<ConnectError>>,
}

/// Why a client has ended.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum CloseReason {
    /// It was closed, or its last handle was dropped.
    ByClient,
    /// It gave up: the token was refused and there is no other, the server speaks another version,
    /// or there were enough attempts.
    GaveUp(Arc<ConnectError>),
    /// Its task was ended from outside: the runtime shut down, or a token provider or connector
    /// panicked.
    Aborted,
}
