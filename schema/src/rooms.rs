//! Rooms and the connection: `joinRoom`, `leaveRoom`, `roomJoined`, `roomLeft`, `getConnectionInfo`.

use crate::event::Callback;
use crate::scalar::{RoomName, Timestamp};
use crate::wire::non_null;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A room was joined or left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RoomEventPayload {
    /// Room name
    pub room: RoomName,
    /// Always true
    pub success: bool,
}

impl RoomEventPayload {
    /// Joining or leaving the room succeeded.
    #[must_use]
    pub fn new(room: RoomName) -> Self {
        Self {
            room,
            success: true,
        }
    }
}

/// Outcome of `joinRoom` and `leaveRoom`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[ts(optional_fields)]
#[non_exhaustive]
pub struct RoomCallback {
    /// Whether the socket is now in the room (joining) or out of it (leaving)
    pub success: bool,
    /// Room name, if successful
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "non_null"
    )]
    pub room: Option<RoomName>,
    /// Error message, if failed
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "non_null"
    )]
    pub error: Option<String>,
}

impl RoomCallback {
    /// Joining or leaving the room succeeded.
    #[must_use]
    pub fn done(room: RoomName) -> Self {
        Self {
            success: true,
            room: Some(room),
            error: None,
        }
    }
}

impl Callback for RoomCallback {
    fn refused(sentence: &str) -> Option<Self> {
        Some(Self {
            success: false,
            room: None,
            error: Some(sentence.into()),
        })
    }
}

/// What the server knows of this connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ConnectionInfoResponse {
    /// Socket ID
    pub socket_id: String,
    /// Whether the socket is connected
    pub connected: bool,
    /// The socket's own ID, then `user:{userId}` when signed in, then the joined rooms, sorted
    pub rooms: Vec<String>,
    /// Whether the socket is signed in
    pub authenticated: bool,
    /// When the connection was established (ISO timestamp)
    pub connected_at: Timestamp,
}

impl ConnectionInfoResponse {
    /// Describes a live connection.
    #[must_use]
    pub fn connected(
        socket_id: impl Into<String>,
        rooms: Vec<String>,
        authenticated: bool,
        connected_at: Timestamp,
    ) -> Self {
        Self {
            socket_id: socket_id.into(),
            connected: true,
            rooms,
            authenticated,
            connected_at,
        }
    }
}

impl Callback for ConnectionInfoResponse {
    fn refused(_sentence: &str) -> Option<Self> {
        None
    }
}
