//! Connections to the project's server: signing in, staying signed in, coming back, leaving.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic, in its helpers too"
)]

mod support;

use slop_sdk::schema::Namespace;
use slop_sdk::schema::media::MediaProgressPayload;
use slop_sdk::schema::notification::{NotificationPayload, NotificationType};
use slop_sdk::schema::protocol::{
    AuthError, Authenticated, LoggedOut, MediaProgress, Notification,
};
use slop_sdk::schema::scalar::{JsonObject, MediaId, Percent, RoomName, Timestamp, UserId};
use slop_sdk::{CallError, CloseReason, ConnectError, ConnectionState, ServerEvent};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use support::relay::Relay;
use support::server::Server;
use support::tokens::{token, token_for};
use support::{client, connected, disconnected, signed_in, within};

#[tokio::test]
async fn what_refuses_a_connection_is_a_typed_error() {
    let server = Server::start();
    let error = client(&server.url())
        .token("nonsense")
        .connect()
        .await
        .unwrap_err();
    assert!(matches!(&error, ConnectError::Unauthorized { message } if message == "Invalid token"));
    let expired = token_for("u1", -60);
    let error = client(&server.url())
        .token(expired)
        .connect()
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the server refused the token: Token has expired"
    );
    let error = client(&server.url())
        .path("/elsewhere")
        .connect()
        .await
        .unwrap_err();
    assert!(
        matches!(error, ConnectError::Http { status: 404 }),
        "{error}"
    );
    let builder = client(&server.url()).header("Origin", "https://evil.example");
    let error = builder.connect().await.unwrap_err();
    assert!(
        matches!(error, ConnectError::Http { status: 403 }),
        "{error}"
    );
    let provider = || async { Err::<String, _>("the identity provider is away") };
    let error = client(&server.url())
        .token_provider(provider)
        .connect()
        .await;
    let text = error.unwrap_err().to_string();
    assert_eq!(
        text,
        "the token provider failed: the identity provider is away"
    );

    let address = server.url();
    drop(server);
    let error = client(&address).connect().await.unwrap_err();
    assert!(matches!(error, ConnectError::Unreachable { .. }), "{error}");
    let error = client("http://127.0.0.1:0")
        .header("a b", "")
        .connect()
        .await
        .unwrap_err();
    assert!(matches!(error, ConnectError::Setting(_)), "{error}");
}

#[tokio::test]
async fn everything_goes_through_one_connection_which_ends_with_the_last_handle() {
    let server = Server::start();
    let relay = Relay::to(server.address).await;
    let one = signed_in(&relay.url(), "u1").await;
    one.media().subscribe("m1").await.unwrap();
    assert_eq!(relay.accepted(), 1);
    let other = one.clone();
    drop(one);
    other.ping().await.unwrap();
    let mut state = other.state();
    drop(other);
    within("the end", state.wait_for(ConnectionState::is_closed))
        .await
        .unwrap();
    while relay.open() > 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }

    // Nor does an attempt to connect survive its future.
    relay.freeze();
    let connecting = client(&relay.url()).connect();
    let _ = tokio::time::timeout(Duration::from_millis(100), connecting).await;
    relay.thaw();
    within("the end of the attempt", async {
        while relay.open() > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn rooms_and_media_are_restored_before_the_client_is_connected_again() {
    let server = Server::start();
    let relay = Relay::to(server.address).await;
    let asked = Arc::new(AtomicUsize::new(0));
    let provider = {
        let asked = asked.clone();
        move || {
            asked.fetch_add(1, Ordering::SeqCst);
            async { Ok::<_, std::io::Error>(token("u1")) }
        }
    };
    let client = client(&relay.url())
        .token_provider(provider)
        .connect()
        .await
        .unwrap();
    client.rooms().join("kept \"quoted\"").await.unwrap();
    client.rooms().join("left").await.unwrap();
    client.rooms().leave("left").await.unwrap();
    client.media().subscribe("m1").await.unwrap();
    client.media().subscribe("m2").await.unwrap();
    client.media().unsubscribe("m2").await.unwrap();
    let mut progress = client.on::<MediaProgress>();
    let mut updates = client.on_any(Namespace::Root, "projectUpdate");
    let mut state = client.state();
    client.ping().await.unwrap();
    assert!(!state.has_changed().unwrap(), "nothing has happened yet");

    relay.cut();
    connected(&client, 1).await;
    assert!(state.borrow_and_update().is_connected());
    assert_eq!(asked.load(Ordering::SeqCst), 2, "a token for each attempt");
    let info = client.connection_info().await.unwrap();
    assert_eq!(info.rooms[1..], ["user:u1", "kept \"quoted\""]);
    for (media, subscribers) in [("m2", 0), ("m1", 1)] {
        let media = MediaId::new(media).unwrap();
        let payload = MediaProgressPayload::new(media, Percent::new(50.0).unwrap(), "rendering");
        let count = server
            .handle
            .publish_to_media::<MediaProgress>(&payload)
            .await;
        assert_eq!(count, subscribers);
    }
    let payload = within("the progress", progress.next())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(payload.media_id.as_str(), "m1");
    let room = RoomName::new("kept \"quoted\"").unwrap();
    let nothing = JsonObject::new();
    let published = server
        .handle
        .publish_to_room(&room, "projectUpdate", &nothing);
    assert_eq!(published.await.unwrap(), 1);
    let update = within("the update", updates.next()).await.unwrap().unwrap();
    assert_eq!(update.arguments, [serde_json::json!({})]);
}

#[tokio::test]
async fn nothing_is_restored_after_a_logout() {
    let server = Server::start();
    let relay = Relay::to(server.address).await;
    let client = signed_in(&relay.url(), "u1").await;
    client.rooms().join("project").await.unwrap();
    let mut goodbyes = client.on::<LoggedOut>();
    client.session().logout().await.unwrap();
    for _ in Namespace::ALL {
        within("a goodbye", goodbyes.next()).await.unwrap().unwrap();
    }
    relay.cut();
    connected(&client, 1).await;
    let info = client.connection_info().await.unwrap();
    assert!(!info.authenticated);
    assert_eq!(info.rooms.len(), 1);

    client.session().authenticate(token("u2")).await.unwrap();
    relay.cut();
    connected(&client, 2).await;
    assert_eq!(client.connection_info().await.unwrap().rooms[1], "user:u2");
}

#[tokio::test]
async fn who_leaves_while_the_connection_is_lost_is_not_brought_back() {
    let server = Server::start();
    let relay = Relay::to(server.address).await;
    let client = signed_in(&relay.url(), "u1").await;
    client.rooms().join("project").await.unwrap();
    relay.freeze();
    relay.cut();
    disconnected(&client).await;
    let leaving = tokio::spawn({
        let client = client.clone();
        async move {
            let (left, out) =
                tokio::join!(client.rooms().leave("project"), client.session().logout());
            left.unwrap();
            out.unwrap();
        }
    });
    tokio::task::yield_now().await;
    relay.thaw();
    connected(&client, 1).await;
    let ConnectionState::Connected(now) = client.state().borrow().clone() else {
        panic!("not connected");
    };
    assert!(now.user.is_none(), "it was not even signed in");
    within("the answers", leaving).await.unwrap();
    assert_eq!(client.connection_info().await.unwrap().rooms.len(), 1);
}

#[tokio::test]
async fn what_is_answered_after_a_logout_does_not_undo_it() {
    let server = Server::start();
    let relay = Relay::to(server.address).await;
    let client = client(&relay.url()).connect().await.unwrap();
    let (session, rooms) = (client.session(), client.rooms());
    let (signed_in, joined, signed_out) = tokio::join!(
        session.authenticate(token("u1")),
        rooms.join("project"),
        session.logout()
    );
    let error = signed_in.unwrap_err();
    assert!(matches!(error, CallError::SignedOut), "{error}");
    joined.unwrap();
    signed_out.unwrap();
    relay.cut();
    connected(&client, 1).await;
    let info = client.connection_info().await.unwrap();
    assert!(!info.authenticated);
    assert_eq!(info.rooms.len(), 1, "{:?}", info.rooms);

    session.authenticate(token("u2")).await.unwrap();
    relay.cut();
    connected(&client, 2).await;
    assert!(client.connection_info().await.unwrap().authenticated);
}

#[tokio::test]
async fn who_leaves_before_the_join_is_answered_is_not_brought_back() {
    let server = Server::start();
    let relay = Relay::to(server.address).await;
    let client = signed_in(&relay.url(), "u1").await;
    let (rooms, media) = (client.rooms(), client.media());
    let (joined, left, subscribed, unsubscribed) = tokio::join!(
        rooms.join("project"),
        rooms.leave("project"),
        media.subscribe("m1"),
        media.unsubscribe("m1")
    );
    for answered in [joined, left, subscribed, unsubscribed] {
        answered.unwrap();
    }
    relay.cut();
    connected(&client, 1).await;
    let info = client.connection_info().await.unwrap();
    assert_eq!(info.rooms[1..], ["user:u1"]);
    let media = MediaId::new("m1").unwrap();
    let payload = MediaProgressPayload::new(media, Percent::new(50.0).unwrap(), "rendering");
    let publishing = server.handle.publish_to_media::<MediaProgress>(&payload);
    assert_eq!(publishing.await, 0);
}

#[test]
fn a_client_whose_runtime_has_ended_says_so() {
    let runtime = || {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        builder.enable_all().build().unwrap()
    };
    let server = Server::start();
    for turns in [0, 1] {
        let first = runtime();
        let client = first.block_on(async {
            let client = client(&server.url()).connect().await.unwrap();
            if turns > 0 {
                client.ping().await.unwrap();
            }
            client
        });
        drop(first);
        let state = client.state().borrow().clone();
        assert!(
            matches!(state, ConnectionState::Closed(CloseReason::Aborted)),
            "{state:?}"
        );
        let error = runtime().block_on(client.ping()).unwrap_err();
        assert!(matches!(error, CallError::Closed), "{error}");
    }
}

#[tokio::test]
async fn a_fresh_token_of_the_provider_renews_a_session() {
    let server = Server::start();
    let users = Arc::new(AtomicUsize::new(0));
    let provider = move || {
        let number = users.fetch_add(1, Ordering::SeqCst);
        async move { Ok::<_, std::io::Error>(token(&format!("user-{number}"))) }
    };
    let client = client(&server.url())
        .token_provider(provider)
        .connect()
        .await
        .unwrap();
    let mut signed_in = client.on_namespace::<Authenticated>(Namespace::Notifications);
    let user = client.session().refresh().await.unwrap();
    assert_eq!(user.as_str(), "user-1");
    let event = within("the event", signed_in.next())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(event.user_id, user);
}

#[tokio::test]
async fn a_refused_token_ends_a_client_that_has_no_other() {
    let server = Server::start();
    let relay = Relay::to(server.address).await;
    let client = signed_in(&relay.url(), "u1").await;
    let other = Server::start_with_secret("quite another secret with over 32 bytes", &[]);
    relay.lead_to(other.address);
    let mut refusals = client.on::<AuthError>();
    relay.cut();
    let refusal = within("the refusal", refusals.next()).await;
    assert_eq!(refusal.unwrap().unwrap().message, "Invalid token");
    let mut state = client.state();
    let closed = within("the end", state.wait_for(ConnectionState::is_closed)).await;
    let ConnectionState::Closed(CloseReason::GaveUp(error)) = closed.unwrap().clone() else {
        panic!("another reason");
    };
    assert!(
        matches!(*error, ConnectError::Unauthorized { .. }),
        "{error}"
    );
    assert!(matches!(client.ping().await, Err(CallError::Closed)));
}

#[tokio::test]
async fn notifications_reach_the_user() {
    let server = Server::start();
    let client = signed_in(&server.url(), "u1").await;
    let mut typed = client.on::<Notification>();
    let mut all = client.events();
    let payload = NotificationPayload::new(
        "n1",
        NotificationType::Success,
        "Done",
        "It is done",
        Timestamp::from_millis(0).unwrap(),
    );
    let user = UserId::new("u1").unwrap();
    let count = server
        .handle
        .publish_to_user::<Notification>(&user, &payload)
        .await;
    assert_eq!(count, 1);
    assert_eq!(within("it", typed.next()).await.unwrap().unwrap(), payload);
    let event = within("it", all.next()).await.unwrap().unwrap();
    assert_eq!(event.name(), "notification");
    assert!(matches!(event, ServerEvent::Notification(other) if other == payload));
}

#[tokio::test]
async fn closing_answers_what_was_asked_and_nothing_after() {
    let server = Server::start();
    let client = client(&server.url()).connect().await.unwrap();
    let mut calls = Vec::new();
    for _ in 0..50 {
        let client = client.clone();
        calls.push(tokio::spawn(async move { client.ping().await }));
    }
    tokio::task::yield_now().await;
    within("the close", client.close(Duration::from_secs(20))).await;
    for call in calls {
        within("a call", call).await.unwrap().unwrap();
    }
    assert!(matches!(client.ping().await, Err(CallError::Closed)));
    let state = client.state().borrow().clone();
    assert!(
        matches!(state, ConnectionState::Closed(CloseReason::ByClient)),
        "{state:?}"
    );
    within("a second close", client.close(Duration::ZERO)).await;
}

#[tokio::test]
async fn closing_interrupts_connecting_and_frozen_calls() {
    let server = Server::start();
    let relay = Relay::to(server.address).await;
    let one = client(&relay.url()).connect().await.unwrap();
    let other = client(&relay.url()).connect().await.unwrap();
    relay.freeze();
    let call = tokio::spawn({
        let one = one.clone();
        async move { one.ping().await }
    });
    tokio::task::yield_now().await;
    within("the close", one.close(Duration::from_millis(50))).await;
    assert!(matches!(
        within("the call", call).await.unwrap(),
        Err(CallError::Closed)
    ));

    relay.cut();
    disconnected(&other).await;
    let call = tokio::spawn({
        let other = other.clone();
        async move { other.ping().await }
    });
    tokio::task::yield_now().await;
    within("the close", other.close(Duration::from_secs(60))).await;
    assert!(matches!(
        within("the call", call).await.unwrap(),
        Err(CallError::Closed)
    ));
}

#[tokio::test]
async fn secrets_are_never_printed() {
    let server = Server::start();
    let secret = token("u1");
    let builder = client(&server.url())
        .token(secret.clone())
        .header("X-Key", "a-secret-key")
        .proxy("http://me:hidden@127.0.0.1:1");
    let text = format!("{builder:?}");
    assert!(!text.contains(&secret) && !text.contains("a-secret-key") && !text.contains("hidden"));
    let client = client(&server.url())
        .token(secret.clone())
        .connect()
        .await
        .unwrap();
    assert!(!format!("{client:?} {:?}", client.state()).contains(&secret));
}
