//! Why a connection ended that stood.

use crate::packet::Malformed;
use slop_schema::Namespace;
use std::time::Duration;
use tokio_tungstenite::tungstenite::error::{CapacityError, Error as WebSocketError};

/// Why a connection ended. The client tries to connect again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectionLost {
    /// The server closed it.
    #[error("the server closed the connection")]
    Closed,
    /// The server disconnected one of the namespaces, as it does when it stops, or to get rid of a
    /// client.
    #[error("the server disconnected the namespace {}", .0.path())]
    Disconnected(Namespace),
    /// The network or the server broke it.
    #[error("the connection broke: {0}")]
    Broken(String),
    /// The server sent nothing for longer than it had promised, not even a ping.
    #[error("the server was silent for {} s", .0.as_secs())]
    Silent(Duration),
    /// The server sent more in one message than the client accepts.
    #[error("the server sent a message above {0} bytes")]
    TooLarge(usize),
    /// The server sent something that is not Socket.IO.
    #[error("the server broke the protocol: {0}")]
    Protocol(String),
}

impl From<WebSocketError> for ConnectionLost {
    fn from(error: WebSocketError) -> Self {
        match error {
            WebSocketError::ConnectionClosed | WebSocketError::AlreadyClosed => Self::Closed,
            WebSocketError::Io(error) => Self::Broken(error.to_string()),
            WebSocketError::Capacity(CapacityError::MessageTooLong { max_size, .. }) => {
                Self::TooLarge(max_size)
            }
            error @ WebSocketError::Protocol(
                tokio_tungstenite::tungstenite::error::ProtocolError::ResetWithoutClosingHandshake,
            ) => Self::Broken(error.to_string()),
            error => Self::Protocol(error.to_string()),
        }
    }
}

impl From<Malformed> for ConnectionLost {
    fn from(malformed: Malformed) -> Self {
        Self::Protocol(malformed.to_string())
    }
}
