//! Why a call has no result.

use super::{ConnectError, ConnectionLost};
use slop_schema::Namespace;
use slop_schema::claude::ClaudeErrorCode;
use slop_schema::error::{ErrorCode, ErrorDetail};
use std::fmt;
use std::time::Duration;

/// Why a call has no result.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// The server said no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// There was no connection to send it on. It was not sent and never will be.
    #[error("not sent: no connection within {} s", .after.as_secs_f64())]
    NotConnected {
        /// The limit.
        after: Duration,
    },
    /// It was sent, and no answer came in time. The server may have carried it out.
    #[error("no answer within {} s", .after.as_secs_f64())]
    TimedOut {
        /// The limit.
        after: Duration,
    },
    /// It was sent, and the connection was lost before the answer came. The server may have carried
    /// it out.
    #[error("no answer: {0}")]
    ConnectionLost(ConnectionLost),
    /// The client is closed.
    #[error("the client is closed")]
    Closed,
    /// The builder left the event's namespace out.
    #[error("the client is not connected to the namespace {}", .0.path())]
    NoNamespace(Namespace),
    /// [`logout`](crate::Session::logout) was called while
    /// [`authenticate`](crate::Session::authenticate) was not done yet.
    #[error("signed out meanwhile")]
    SignedOut,
    /// The payload cannot be written as JSON.
    #[error("the payload cannot be written: {0}")]
    Payload(#[source] serde_json::Error),
    /// The answer is not what the protocol declares.
    #[error("the answer cannot be read: {0}")]
    Undecodable(#[source] serde_json::Error),
    /// [`follow`](crate::Claude::follow) needed a connection of its own.
    #[error("no connection to follow the process on: {0}")]
    NoSecondConnection(#[source] Box<ConnectError>),
    /// [`refresh`](crate::Session::refresh) needs a token provider, and it must answer.
    #[error("no fresh token: {0}")]
    Token(#[source] super::BoxError),
}

impl CallError {
    /// The server's code, when it said no and named one.
    #[must_use]
    pub fn code(&self) -> Option<&RefusalCode> {
        match self {
            Self::Refused(refusal) => refusal.code.as_ref(),
            _ => None,
        }
    }

    /// Whether the server may have carried the call out although there is no result.
    #[must_use]
    pub fn may_have_happened(&self) -> bool {
        matches!(
            self,
            Self::TimedOut { .. } | Self::ConnectionLost(_) | Self::Undecodable(_)
        )
    }
}

/// The server said no.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
#[non_exhaustive]
pub struct Refusal {
    /// Name of the event that was refused.
    pub event: String,
    /// The code of the event that announced the refusal, where the server sent one.
    pub code: Option<RefusalCode>,
    /// The server's sentence.
    pub message: String,
    /// What is wrong with the payload, rule by rule, where the server told.
    pub details: Vec<ErrorDetail>,
}

/// The code of a refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RefusalCode {
    /// From `claude:error`.
    Claude(ClaudeErrorCode),
    /// From `error`.
    Error(ErrorCode),
}

/// As it stands on the wire, like `RATE_LIMIT_EXCEEDED`.
impl fmt::Display for RefusalCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = match self {
            Self::Claude(code) => serde_json::to_value(code),
            Self::Error(code) => serde_json::to_value(code),
        };
        let code = code.unwrap_or_default();
        f.write_str(code.as_str().unwrap_or_default())
    }
}
