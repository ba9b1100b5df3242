//! Bare socketioxide: the benchmark's events served by its own typed handlers and nothing else.
//!
//! What its defaults do is part of the comparison, so only the two settings without which it cannot
//! be compared at all are made: a current-thread runtime and no Nagle delay.

use anyhow::Result;
use axum::routing::post;
use axum::serve::ListenerExt;
use axum::{Json, Router, extract::State};
use chrono::Utc;
use serde::Deserialize;
use serde_json::{Value, json};
use slop_schema::liveness::{
    HeartbeatAckPayload, HeartbeatPayload, HeartbeatResponse, PingResponse, PongPayload,
};
use slop_schema::protocol::{
    Heartbeat, HeartbeatAck, JoinRoom, LeaveRoom, Ping, Pong, RoomJoined, RoomLeft, Welcome,
};
use slop_schema::rooms::{RoomCallback, RoomEventPayload};
use slop_schema::scalar::{RoomName, SafeUint, Timestamp};
use slop_schema::session::WelcomePayload;
use slop_schema::{ClientEvent, ServerEvent};
use socketioxide::SocketIo;
use socketioxide::extract::{AckSender, Data, SocketRef};
use tokio::net::TcpListener;

/// Serves until it is killed.
pub(crate) fn run() -> Result<()> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(serve())
}

async fn serve() -> Result<()> {
    let (layer, io) = SocketIo::new_layer();
    io.ns("/", connected);
    let router = Router::new()
        .route("/publish", post(publish))
        .with_state(io)
        .layer(layer);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("bare listening on http://{}", listener.local_addr()?);
    // With Nagle's algorithm the first callback waits for a delayed TCP acknowledgement: 40 ms.
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    Ok(axum::serve(listener, router).await?)
}

/// Results of `emit` are ignored throughout, as most code does: that is what loses packets.
async fn connected(socket: SocketRef) {
    let welcome = WelcomePayload::new("Welcome", socket.id.to_string(), now());
    let _ = socket.emit(Welcome::NAME, &welcome);
    socket.on(Heartbeat::NAME, heartbeat);
    socket.on(Ping::NAME, ping);
    socket.on(JoinRoom::NAME, join_room);
    socket.on(LeaveRoom::NAME, leave_room);
}

fn now() -> Timestamp {
    let millis = Utc::now().timestamp_millis();
    // Every clock that a computer can show lies inside the calendar.
    Timestamp::from_millis(millis).unwrap_or_else(|| unreachable!("a clock outside the calendar"))
}

async fn heartbeat(socket: SocketRef, Data(sent): Data<HeartbeatPayload>, ack: AckSender) {
    let now = now();
    let latency = sent
        .timestamp
        .map(|sent| sent.get())
        .filter(|sent| *sent > 0.0)
        .map(|sent| {
            let elapsed = (now.safe_millis().get() as f64 - sent).max(0.0);
            SafeUint::saturating(elapsed as u64)
        });
    let _ = socket.emit(HeartbeatAck::NAME, &HeartbeatAckPayload::new(now, latency));
    let _ = ack.send(&HeartbeatResponse::new(now, latency));
}

async fn ping(socket: SocketRef, ack: AckSender) {
    let now = now().safe_millis();
    let _ = socket.emit(Pong::NAME, &PongPayload::new(now));
    let _ = ack.send(&PingResponse::new(now));
}

async fn join_room(socket: SocketRef, Data(room): Data<RoomName>, ack: AckSender) {
    socket.join(room.to_string());
    let _ = socket.emit(RoomJoined::NAME, &RoomEventPayload::new(room.clone()));
    let _ = ack.send(&RoomCallback::done(room));
}

async fn leave_room(socket: SocketRef, Data(room): Data<RoomName>, ack: AckSender) {
    socket.leave(room.to_string());
    let _ = socket.emit(RoomLeft::NAME, &RoomEventPayload::new(room.clone()));
    let _ = ack.send(&RoomCallback::done(room));
}

#[derive(Deserialize)]
struct Publication {
    room: String,
    event: String,
    payload: Value,
}

async fn publish(State(io): State<SocketIo>, Json(publication): Json<Publication>) -> Json<Value> {
    let Publication {
        room,
        event,
        payload,
    } = publication;
    let _ = io.to(room).emit(event, &payload).await;
    Json(json!({ "delivered": null }))
}
