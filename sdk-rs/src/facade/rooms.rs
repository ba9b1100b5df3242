//! Rooms: events of a project, a team, or whatever an application makes a room for.

use super::liveness::scalar;
use crate::client::Client;
use crate::error::CallError;
use slop_schema::protocol::{GetConnectionInfo, JoinRoom, LeaveRoom};
use slop_schema::rooms::ConnectionInfoResponse;
use slop_schema::scalar::RoomName;

/// Rooms, from [`Client::rooms`].
#[derive(Debug, Clone, Copy)]
pub struct Rooms<'a>(&'a Client);

impl Client {
    /// Rooms.
    #[must_use]
    pub fn rooms(&self) -> Rooms<'_> {
        Rooms(self)
    }

    /// What the server knows about this connection.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn connection_info(&self) -> Result<ConnectionInfoResponse, CallError> {
        self.call::<GetConnectionInfo>(()).await
    }
}

impl Rooms<'_> {
    /// Joins a room, now and on each new connection, unless that is
    /// [refused](crate::Connected::not_restored).
    ///
    /// # Errors
    /// When the server refuses, as it does for rooms of its own, or cannot be asked.
    pub async fn join(self, room: impl Into<String>) -> Result<(), CallError> {
        let room = scalar(RoomName::new(room))?;
        self.0.call::<JoinRoom>(room).await.map(|_| ())
    }

    /// Leaves a room, for good.
    ///
    /// # Errors
    /// When the server refuses or cannot be asked.
    pub async fn leave(self, room: impl Into<String>) -> Result<(), CallError> {
        let room = scalar(RoomName::new(room))?;
        self.0.call::<LeaveRoom>(room).await.map(|_| ())
    }
}
