//! Sessions: `welcome`, `authenticate`, `authenticated`, `authError`, `logout`, `loggedOut`.

use crate::event::Callback;
use crate::protocol::VERSION;
use crate::scalar::{Timestamp, UserId};
use crate::wire::non_null;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a client sends when it connects, as Socket.IO's `auth`. All of it may be left out.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[ts(optional_fields)]
#[non_exhaustive]
pub struct HandshakeAuth {
    /// JWT token. Without one the socket connects unauthenticated.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "non_null"
    )]
    pub token: Option<String>,
    /// Protocol version the client was made for. A server of another major version refuses the
    /// connection.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "non_null"
    )]
    pub protocol_version: Option<String>,
}

impl HandshakeAuth {
    /// Connects as a client of this version of the protocol.
    #[must_use]
    pub fn new(token: Option<String>) -> Self {
        Self {
            token,
            protocol_version: Some(VERSION.to_owned()),
        }
    }
}

/// Leaves the token out: it is a secret.
impl std::fmt::Debug for HandshakeAuth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HandshakeAuth")
            .field("protocol_version", &self.protocol_version)
            .finish_non_exhaustive()
    }
}

/// First event on every connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct WelcomePayload {
    /// Welcome message
    pub message: String,
    /// Assigned socket ID
    pub socket_id: String,
    /// Server timestamp (ISO)
    pub server_time: Timestamp,
}

impl WelcomePayload {
    /// Greets a socket.
    #[must_use]
    pub fn new(
        message: impl Into<String>,
        socket_id: impl Into<String>,
        server_time: Timestamp,
    ) -> Self {
        Self {
            message: message.into(),
            socket_id: socket_id.into(),
            server_time,
        }
    }
}

/// Who the socket now is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[ts(optional_fields)]
#[non_exhaustive]
pub struct AuthenticatedPayload {
    /// User's ID
    pub user_id: UserId,
    /// User's email (if available)
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "non_null"
    )]
    pub email: Option<String>,
    /// Timestamp
    pub authenticated_at: Timestamp,
}

impl AuthenticatedPayload {
    /// The socket is signed in.
    #[must_use]
    pub fn new(user_id: UserId, email: Option<String>, authenticated_at: Timestamp) -> Self {
        Self {
            user_id,
            email,
            authenticated_at,
        }
    }
}

/// Why the socket is not signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AuthErrorPayload {
    /// Error description
    pub message: String,
}

impl AuthErrorPayload {
    /// Tells why.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
        }
    }
}

/// Confirms a logout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct LoggedOutPayload {
    /// Confirmation message
    pub message: String,
}

impl LoggedOutPayload {
    /// Confirms.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
        }
    }
}

/// Credentials.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AuthenticatePayload {
    /// JWT token
    pub token: String,
}

impl AuthenticatePayload {
    /// Signs in with a token.
    #[must_use]
    pub fn new(token: impl Into<String>) -> Self {
        Self {
            token: token.into(),
        }
    }
}

/// Leaves the token out: it is a secret.
impl std::fmt::Debug for AuthenticatePayload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AuthenticatePayload")
            .finish_non_exhaustive()
    }
}

/// Outcome of `authenticate`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[ts(optional_fields)]
#[non_exhaustive]
pub struct AuthenticateResponse {
    /// Whether the socket is signed in with this token
    pub success: bool,
    /// If successful
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "non_null"
    )]
    pub user_id: Option<UserId>,
    /// If failed
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "non_null"
    )]
    pub error: Option<String>,
}

impl AuthenticateResponse {
    /// The socket is signed in.
    #[must_use]
    pub fn signed_in(user_id: UserId) -> Self {
        Self {
            success: true,
            user_id: Some(user_id),
            error: None,
        }
    }
}

impl Callback for AuthenticateResponse {
    fn refused(sentence: &str) -> Option<Self> {
        Some(Self {
            success: false,
            user_id: None,
            error: Some(sentence.into()),
        })
    }
}

/// Outcome of `logout`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct LogoutResponse {
    /// Whether the socket is signed out
    pub success: bool,
}

impl LogoutResponse {
    /// The socket is signed out.
    #[must_use]
    pub fn signed_out() -> Self {
        Self { success: true }
    }
}

impl Callback for LogoutResponse {
    fn refused(_sentence: &str) -> Option<Self> {
        Some(Self { success: false })
    }
}
