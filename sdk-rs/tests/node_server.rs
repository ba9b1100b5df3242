//! The client against socket.io 4.8 in Node: what another implementation sends, and how it dies.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic, in its helpers too"
)]

mod support;

use serde_json::json;
use slop_sdk::schema::Namespace;
use slop_sdk::schema::protocol::{MediaProgress, Notification};
use slop_sdk::{
    CallError, CloseReason, ConnectError, ConnectionLost, ConnectionState, EventError, Step,
};
use std::time::Duration;
use support::node::NodeServer;
use support::relay::Relay;
use support::{client, connected, disconnected, within};

const ROOT: Namespace = Namespace::Root;

#[tokio::test]
async fn three_namespaces_share_one_connection() {
    let server = NodeServer::start().await;
    let client = client(&server.url()).token("u1").connect().await.unwrap();
    let count = client.call_any(ROOT, "connections", None).await.unwrap();
    assert_eq!(count, [json!(1)]);
    let ConnectionState::Connected(connected) = client.state().borrow().clone() else {
        panic!("not connected");
    };
    assert_eq!(connected.user.unwrap().user_id.as_str(), "u1");
    client.media().subscribe("m1").await.unwrap();
    client.rooms().join("a").await.unwrap();
}

async fn calls_in_flight() {
    let server = NodeServer::start().await;
    let client = client(&server.url()).connect().await.unwrap();
    let mut tasks = Vec::new();
    for number in 0..64 {
        let client = client.clone();
        tasks.push(tokio::spawn(async move {
            for time in 0..30 {
                let room = json!(format!("{number}-{time}"));
                let answer = client
                    .call_any(ROOT, "joinRoom", Some(&room))
                    .await
                    .unwrap();
                assert_eq!(answer, [json!({"success": true, "room": room})]);
            }
        }));
    }
    for task in tasks {
        within("the calls", task).await.unwrap();
    }
}

#[tokio::test]
async fn sixty_four_calls_in_flight_on_one_thread() {
    calls_in_flight().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_calls_in_flight_on_several_threads() {
    calls_in_flight().await;
}

#[tokio::test]
async fn binary_arguments_arrive_with_their_event() {
    let server = NodeServer::start().await;
    let client = client(&server.url()).connect().await.unwrap();
    let mut pictures = client.on_any(ROOT, "picture");
    let mut notifications = client.on_namespace::<Notification>(Namespace::Notifications);
    let answer = client
        .call_any(ROOT, "binary", Some(&json!(1)))
        .await
        .unwrap();
    assert_eq!(answer[1], "text");

    let picture = within("the picture", pictures.next())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(picture.name, "picture");
    assert_eq!(picture.arguments[0], json!({"name": "dot"}));
    assert_eq!(picture.attachments.len(), 2);
    assert_eq!(&picture.attachments[0][..], [1, 2, 3]);

    // A declared event with a binary field is no such payload; it is reported and survived.
    client
        .emit_any(Namespace::Notifications, "binary", Some(&json!(1)))
        .await
        .unwrap();
    let item = within("the notification", notifications.next())
        .await
        .unwrap();
    let Err(EventError::Undecodable(what)) = item else {
        panic!("read: {item:?}");
    };
    assert_eq!(what.event, "notification");
    client.ping().await.unwrap();
}

#[tokio::test]
async fn large_messages_pass_and_too_large_ones_end_the_connection_only() {
    let server = NodeServer::start().await;
    let generous = client(&server.url()).connect().await.unwrap();
    let mut events = generous.on_any(ROOT, "large");
    let bytes = json!(3_000_000);
    let answer = generous
        .call_any(ROOT, "large", Some(&bytes))
        .await
        .unwrap();
    assert_eq!(answer[0].as_str().unwrap().len(), 3_000_000);
    let event = within("the event", events.next()).await.unwrap().unwrap();
    assert_eq!(event.arguments[0].as_str().unwrap().len(), 3_000_000);

    let builder = client(&server.url()).max_message_bytes(100_000);
    let strict = builder.connect().await.unwrap();
    let error = strict
        .call_any(ROOT, "large", Some(&bytes))
        .await
        .unwrap_err();
    assert!(matches!(
        error,
        CallError::ConnectionLost(ConnectionLost::TooLarge(100_000))
    ));
    connected(&strict, 1).await;
    strict.ping().await.unwrap();
}

#[tokio::test]
async fn a_subscriber_that_does_not_read_loses_exactly_what_it_is_told() {
    let server = NodeServer::start().await;
    let builder = client(&server.url()).event_capacity(100);
    let client = builder.connect().await.unwrap();
    let mut lazy = client.on::<MediaProgress>();
    let mut eager = client.on::<MediaProgress>();
    let reader = tokio::spawn(async move {
        let (mut read, mut lost) = (0, 0);
        while read + lost < 5000 {
            match eager.next().await.unwrap() {
                Ok(payload) => {
                    assert_eq!(payload.stage, (read + lost).to_string(), "the gap is exact");
                    read += 1;
                }
                Err(EventError::Lagged(count)) => lost += count,
                Err(error) => panic!("{error}"),
            }
        }
    });
    client
        .call_any(Namespace::Media, "progress", Some(&json!(5000)))
        .await
        .unwrap();
    client.ping().await.unwrap();
    within("the reader", reader).await.unwrap();
    assert_eq!(lazy.next().await, Some(Err(EventError::Lagged(4900))));
    for number in 4900..5000 {
        let payload = within("an event", lazy.next()).await.unwrap().unwrap();
        assert_eq!(payload.stage, number.to_string());
    }
    client.close(Duration::from_secs(5)).await;
    assert_eq!(lazy.next().await, None);
}

#[tokio::test]
async fn a_killed_server_fails_what_was_sent_and_the_client_comes_back() {
    let mut server = NodeServer::start().await;
    let relay = Relay::to(server.address()).await;
    let client = client(&relay.url()).token("u1").connect().await.unwrap();
    client.rooms().join("kept").await.unwrap();
    client.rooms().join("left").await.unwrap();
    client.rooms().leave("left").await.unwrap();
    let waiting = tokio::spawn({
        let client = client.clone();
        async move { client.call_any(ROOT, "silence", None).await }
    });
    client.ping().await.unwrap();
    server.kill().await;
    let error = within("the failure", waiting).await.unwrap().unwrap_err();
    assert!(matches!(error, CallError::ConnectionLost(_)), "{error:?}");
    assert!(error.may_have_happened());
    disconnected(&client).await;

    let server = NodeServer::start().await;
    relay.lead_to(server.address());
    // Made while there is no connection, or when it is back: sent once it is.
    let info = client.connection_info().await.unwrap();
    assert_eq!(info.rooms[1..], ["kept"]);
}

#[tokio::test]
async fn a_frozen_server_is_noticed() {
    let server = NodeServer::start_with_quick_heartbeat().await;
    let client = client(&server.url()).connect().await.unwrap();
    server.freeze().await;
    let error = client.call_any(ROOT, "silence", None).await.unwrap_err();
    let CallError::ConnectionLost(ConnectionLost::Silent(_)) = error else {
        panic!("{error:?}");
    };
    assert!(!client.state().borrow().is_connected());
}

#[tokio::test]
async fn a_server_that_disconnects_a_client_gets_it_back() {
    let server = NodeServer::start().await;
    let client = client(&server.url()).connect().await.unwrap();
    client.emit_any(ROOT, "leave", None).await.unwrap();
    connected(&client, 1).await;
    client.ping().await.unwrap();
}

#[tokio::test]
async fn refusals_of_the_handshake_are_typed() {
    let server = NodeServer::start().await;
    let error = client(&server.url())
        .token("bad")
        .connect()
        .await
        .unwrap_err();
    assert!(matches!(&error, ConnectError::Unauthorized { message } if message == "Invalid token"));
    let error = client(&server.url())
        .token("refused here")
        .connect()
        .await
        .unwrap_err();
    assert!(matches!(&error, ConnectError::Refused { message, .. } if message == "No entry"));

    let builder = client(&server.url()).token("ignored");
    let builder = builder.connect_timeout(Duration::from_millis(1500));
    let error = builder.connect().await.unwrap_err();
    let ConnectError::TimedOut { waiting_for, .. } = error else {
        panic!("{error}");
    };
    assert_eq!(waiting_for, Step::SignIn);
}

#[tokio::test]
async fn a_client_gives_up_when_it_was_told_to() {
    let mut server = NodeServer::start().await;
    let backoff = support::quick_backoff().max_attempts(3);
    let relay = Relay::to(server.address()).await;
    let client = client(&relay.url()).backoff(backoff);
    let client = client.connect().await.unwrap();
    let mut events = client.events();
    server.kill().await;
    let mut state = client.state();
    let closed = within("the end", state.wait_for(ConnectionState::is_closed)).await;
    let ConnectionState::Closed(CloseReason::GaveUp(error)) = &*closed.unwrap() else {
        panic!("another reason");
    };
    assert!(matches!(**error, ConnectError::Lost(_)), "{error}");
    assert!(matches!(client.ping().await, Err(CallError::Closed)));
    // What the server had sent before it died is still there to be read.
    while within("the end of the events", events.next())
        .await
        .is_some()
    {}
    assert!(client.events().next().await.is_none());
}
