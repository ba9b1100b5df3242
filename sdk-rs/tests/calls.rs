//! Calls against the project's server: each event, its refusals, and many at once.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic, in its helpers too"
)]

mod support;

use slop_sdk::schema::Namespace;
use slop_sdk::schema::claude::ClaudeErrorCode;
use slop_sdk::schema::error::ErrorCode;
use slop_sdk::schema::liveness::HeartbeatPayload;
use slop_sdk::schema::protocol::{Authenticate, GetConnectionInfo, Heartbeat, JoinRoom, Ping};
use slop_sdk::schema::scalar::{ClientMillis, ProcessId, RoomName};
use slop_sdk::schema::session::AuthenticatePayload;
use slop_sdk::{CallError, RefusalCode};
use support::server::Server;
use support::tokens::token;
use support::{client, signed_in, within};

#[tokio::test]
async fn every_call_has_a_typed_result() {
    let server = Server::start();
    let client = signed_in(&server.url(), "u1").await;

    client.rooms().join("project-1").await.unwrap();
    let info = client.connection_info().await.unwrap();
    assert_eq!(info.rooms[1..], ["user:u1", "project-1"]);
    assert!(info.authenticated);
    client.rooms().leave("project-1").await.unwrap();
    assert_eq!(client.connection_info().await.unwrap().rooms.len(), 2);

    client.ping().await.unwrap();
    assert!(
        client
            .call::<Heartbeat>(None)
            .await
            .unwrap()
            .latency
            .is_none()
    );
    let payload = HeartbeatPayload::at(ClientMillis::new(1.0).unwrap());
    let answer = client.call::<Heartbeat>(Some(payload)).await.unwrap();
    assert!(answer.latency.unwrap().get() > 1_000_000);

    client.media().subscribe("m1").await.unwrap();
    client.media().unsubscribe("m1").await.unwrap();
    client.emit::<Ping>(()).await.unwrap();
    let user = client.session().authenticate(token("u2")).await.unwrap();
    assert_eq!(user.as_str(), "u2");
    client.session().logout().await.unwrap();
    assert!(!client.connection_info().await.unwrap().authenticated);
}

#[tokio::test]
async fn refusals_have_the_servers_sentence_and_code() {
    let server = Server::start();
    let client = client(&server.url()).connect().await.unwrap();

    let error = client.claude().execute("hello").await.unwrap_err();
    let unauthorized = RefusalCode::Claude(ClaudeErrorCode::Unauthorized);
    assert_eq!(error.code(), Some(&unauthorized));
    assert_eq!(unauthorized.to_string(), "UNAUTHORIZED");
    assert_eq!(
        error.to_string(),
        "Authentication required to execute Claude commands"
    );

    let error = client.rooms().join("user:somebody").await.unwrap_err();
    assert_eq!(error.to_string(), "Room is reserved");
    assert_eq!(
        error.code(),
        None,
        "the code before belongs to another refusal"
    );

    let number = serde_json::json!(7);
    let error = client
        .call_any(Namespace::Root, "joinRoom", Some(&number))
        .await;
    let CallError::Refused(refusal) = error.unwrap_err() else {
        panic!("not refused");
    };
    assert_eq!(
        refusal.code,
        Some(RefusalCode::Error(ErrorCode::InvalidPayload))
    );
    assert_eq!(refusal.event, "joinRoom");
    assert!(!refusal.details.is_empty());

    let error = client.session().authenticate("nonsense").await.unwrap_err();
    assert_eq!(error.to_string(), "Invalid token");
    let payload = AuthenticatePayload::new("nonsense");
    let error = client
        .call_on::<Authenticate>(Namespace::Media, payload)
        .await;
    assert_eq!(error.unwrap_err().to_string(), "Invalid token");
}

#[tokio::test]
async fn what_breaks_a_bound_of_the_protocol_is_not_sent() {
    let server = Server::start();
    let client = client(&server.url()).connect().await.unwrap();
    let error = client.rooms().join("x".repeat(129)).await.unwrap_err();
    assert!(matches!(error, CallError::Payload(_)));
    assert!(
        error
            .to_string()
            .ends_with("RoomName must have 1 to 128 characters"),
        "{error}"
    );
}

#[tokio::test]
async fn a_namespace_that_was_left_out_is_an_error_and_not_a_timeout() {
    let server = Server::start();
    let builder = client(&server.url()).namespaces([Namespace::Root]);
    let client = builder.connect().await.unwrap();
    let error = client.media().subscribe("m1").await.unwrap_err();
    assert!(matches!(error, CallError::NoNamespace(Namespace::Media)));
    client.ping().await.unwrap();
}

async fn many_calls_in_flight() {
    let server = Server::start();
    let client = client(&server.url()).connect().await.unwrap();
    let mut tasks = Vec::new();
    for number in 0..64 {
        let client = client.clone();
        tasks.push(tokio::spawn(async move {
            for time in 0..30 {
                let room = format!("room-{number}-{time}");
                let name = RoomName::new(room.clone()).unwrap();
                let answer = client.call::<JoinRoom>(name.clone()).await.unwrap();
                assert_eq!(answer.room, Some(name), "each answer goes to its call");
                client.rooms().leave(room).await.unwrap();
            }
        }));
    }
    for task in tasks {
        within("the calls", task).await.unwrap();
    }
    assert_eq!(client.connection_info().await.unwrap().rooms.len(), 1);
}

#[tokio::test]
async fn many_calls_in_flight_on_one_thread() {
    many_calls_in_flight().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_calls_in_flight_on_several_threads() {
    many_calls_in_flight().await;
}

#[tokio::test]
async fn abandoned_calls_leave_the_client_as_it_was() {
    let server = Server::start();
    let client = signed_in(&server.url(), "u1").await;
    for time in 0..200 {
        let mut call = Box::pin(client.call::<GetConnectionInfo>(()));
        let mut run = Box::pin(client.claude().execute("true"));
        // Dropped before it is sent, or while it is answered.
        for _ in 0..time % 7 {
            tokio::select! {
                biased;
                _ = &mut call => break,
                _ = &mut run => break,
                () = tokio::task::yield_now() => {}
            }
        }
        drop((call, run));
        let process = ProcessId::new("claude_of_nobody").unwrap();
        let status = client.claude().status(process).await;
        assert_eq!(status.unwrap_err().to_string(), "Process not found");
    }
}
