//! `joinRoom`, `leaveRoom`, `getConnectionInfo`.

use super::Handle;
use crate::app::App;
use crate::refusal::Refusal;
use crate::wire::{Answer, Caller, is_reserved};
use slop_schema::event::Anyone;
use slop_schema::protocol::{GetConnectionInfo, JoinRoom, LeaveRoom, RoomJoined, RoomLeft};
use slop_schema::rooms::{ConnectionInfoResponse, RoomCallback, RoomEventPayload};
use slop_schema::scalar::RoomName;

impl App {
    /// Whether a room belongs to the server: its clients can neither join nor leave nor reach it.
    pub(crate) fn is_server_room(&self, room: &RoomName) -> bool {
        is_reserved(room) || self.emitter().is_socket_id(room.as_str())
    }
}

impl Handle<JoinRoom> for App {
    async fn handle(&self, caller: Caller<Anyone>, room: RoomName) -> Answer<JoinRoom> {
        if self.is_server_room(&room) {
            return Err(Refusal::RoomReserved);
        }
        caller.join(&room)?;
        caller
            .emit::<RoomJoined>(&RoomEventPayload::new(room.clone()))
            .await;
        Ok(RoomCallback::done(room).into())
    }
}

impl Handle<LeaveRoom> for App {
    async fn handle(&self, caller: Caller<Anyone>, room: RoomName) -> Answer<LeaveRoom> {
        if self.is_server_room(&room) {
            return Err(Refusal::RoomReserved);
        }
        caller.leave(&room);
        caller
            .emit::<RoomLeft>(&RoomEventPayload::new(room.clone()))
            .await;
        Ok(RoomCallback::done(room).into())
    }
}

impl Handle<GetConnectionInfo> for App {
    async fn handle(&self, caller: Caller<Anyone>, (): ()) -> Answer<GetConnectionInfo> {
        let info = ConnectionInfoResponse::connected(
            caller.socket_id(),
            caller.rooms(),
            caller.is_signed_in(),
            caller.connected_at(),
        );
        Ok(info.into())
    }
}
