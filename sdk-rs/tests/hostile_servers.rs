//! Servers that are none, and servers that mean harm: each is an error or is survived, never a
//! panic.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic, in its helpers too"
)]

mod support;

use futures_util::{FutureExt, SinkExt, StreamExt};
use serde_json::json;
use slop_sdk::schema::Namespace;
use slop_sdk::schema::protocol::MediaProgress;
use slop_sdk::{Backoff, Builder, CallError, ConnectError, ConnectionState, EventError, Step};
use std::sync::Arc;
use std::time::Duration;
use support::scripted::{Scripted, answer, hear, id_of, let_in, say};
use support::{client, connected, within};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::Notify;
use tokio_tungstenite::tungstenite::Message;

async fn error_of(server: &Scripted) -> ConnectError {
    let builder = client(&server.url());
    within("the error", builder.connect()).await.unwrap_err()
}

/// A server that reads a request and answers with these bytes.
async fn answering(bytes: &'static [u8]) -> Scripted {
    Scripted::tcp(move |mut stream, _| async move {
        let mut request = [0; 4096];
        let _ = stream.read(&mut request).await;
        let _ = stream.write_all(bytes).await;
    })
    .await
}

#[tokio::test]
async fn servers_that_do_not_speak_web_socket_are_told_apart() {
    let page = answering(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello").await;
    let error = error_of(&page).await;
    assert!(
        matches!(error, ConnectError::Http { status: 200 }),
        "{error}"
    );
    let mail = answering(b"220 mail.example ESMTP\r\n").await;
    let error = error_of(&mail).await;
    assert!(matches!(error, ConnectError::NotSocketIo(_)), "{error}");
    let closed = answering(b"").await;
    let error = error_of(&closed).await;
    assert!(
        matches!(error, ConnectError::NotSocketIo(_) | ConnectError::Lost(_)),
        "{error}"
    );
}

#[tokio::test]
async fn servers_that_say_nothing_are_given_up_on() {
    let limit = Duration::from_secs(1);
    let mute = Scripted::tcp(|stream, _| async move {
        std::future::pending::<()>().await;
        drop(stream);
    })
    .await;
    let idle = Scripted::web_socket(|socket, _| async move {
        std::future::pending::<()>().await;
        drop(socket);
    })
    .await;
    let shut = Scripted::web_socket(|mut socket, _| async move {
        say(
            &mut socket,
            r#"0{"sid":"s","pingInterval":1,"pingTimeout":18446744073709551615}"#,
        )
        .await;
        answer(&mut socket).await;
    })
    .await;
    for (server, step) in [
        (&mute, Step::WebSocket),
        (&idle, Step::Open),
        (&shut, Step::Namespaces),
    ] {
        let error = client(&server.url())
            .connect_timeout(limit)
            .connect()
            .await
            .unwrap_err();
        let ConnectError::TimedOut { waiting_for, after } = error else {
            panic!("{error}");
        };
        assert_eq!((waiting_for, after), (step, limit));
    }
}

#[tokio::test]
async fn web_sockets_without_socket_io_are_told_apart() {
    for first in [
        "hello",
        "",
        "0",
        "0{}",
        "1",
        "42[\"x\"]",
        "0{\"pingInterval\":-1,\"pingTimeout\":1}",
    ] {
        let server = Scripted::web_socket(move |mut socket, _| async move {
            say(&mut socket, first).await;
            answer(&mut socket).await;
        })
        .await;
        let error = error_of(&server).await;
        assert!(
            matches!(error, ConnectError::NotSocketIo(_)),
            "{first}: {error}"
        );
    }
}

#[tokio::test]
async fn a_server_of_another_version_tells_what_to_do() {
    let server = Scripted::web_socket(|mut socket, _| async move {
        say(
            &mut socket,
            r#"0{"sid":"s","pingInterval":25000,"pingTimeout":20000}"#,
        )
        .await;
        let connect = hear(&mut socket).await;
        assert!(connect.contains(slop_sdk::schema::VERSION), "{connect}");
        say(
            &mut socket,
            r#"44{"message":"Unsupported protocol version: this is 9.0.0"}"#,
        )
        .await;
        answer(&mut socket).await;
    })
    .await;
    let error = error_of(&server).await;
    assert!(
        matches!(error, ConnectError::UnsupportedVersion { .. }),
        "{error}"
    );
    assert!(
        error.to_string().contains("use the release of slop-sdk"),
        "{error}"
    );
}

#[tokio::test]
async fn events_are_heard_while_a_slow_server_restores() {
    let go_on = Arc::new(Notify::new());
    let server = Scripted::web_socket({
        let go_on = go_on.clone();
        move |mut socket, number| {
            let go_on = go_on.clone();
            async move {
                let_in(&mut socket).await;
                let call = hear(&mut socket).await;
                let id: String = call.chars().filter(char::is_ascii_digit).skip(2).collect();
                if number > 0 {
                    for stage in ["one", "two"] {
                        let payload = json!({"mediaId": "m", "progress": 1, "stage": stage});
                        let event = format!(r#"42/media,["mediaProgress",{payload}]"#);
                        say(&mut socket, &event).await;
                        go_on.notified().await;
                    }
                }
                let answer = r#"[{"success":true,"mediaId":"m"}]"#;
                say(&mut socket, &format!("43/media,{id}{answer}")).await;
                if number > 0 {
                    hear(&mut socket).await;
                }
            }
        }
    })
    .await;
    let client = client(&server.url()).connect().await.unwrap();
    let mut progress = client.on::<MediaProgress>();
    client.media().subscribe("m").await.unwrap();
    let event = within("an event", progress.next()).await.unwrap();
    assert_eq!(event.unwrap().stage, "one");
    assert!(!client.state().borrow().is_connected());
    let mut late = client.on::<MediaProgress>();
    go_on.notify_one();
    for stream in [&mut progress, &mut late] {
        let event = within("an event", stream.next()).await.unwrap();
        assert_eq!(event.unwrap().stage, "two");
    }
    assert!(!client.state().borrow().is_connected());
    go_on.notify_one();
    connected(&client, 1).await;
}

#[tokio::test]
async fn what_the_server_does_not_give_back_is_told_once() {
    let go_on = Arc::new(Notify::new());
    let server = Scripted::web_socket({
        let go_on = go_on.clone();
        move |mut socket, number| {
            let go_on = go_on.clone();
            async move {
                let_in(&mut socket).await;
                if number < 2 {
                    let id = id_of(&hear(&mut socket).await);
                    let answer = match number {
                        0 => r#"[{"success":true,"room":"project"}]"#,
                        _ => r#"[{"success":false,"error":"Room is full"}]"#,
                    };
                    say(&mut socket, &format!("43{id}{answer}")).await;
                    // Then the connection ends.
                    go_on.notified().await;
                } else {
                    answer(&mut socket).await;
                }
            }
        }
    })
    .await;
    let client = client(&server.url()).connect().await.unwrap();
    let mut state = client.state();
    client.rooms().join("project").await.unwrap();
    for (reconnects, not_restored) in [(1, 1), (2, 0)] {
        go_on.notify_one();
        let is_there = |state: &ConnectionState| match state {
            ConnectionState::Connected(now) => now.reconnects == reconnects,
            _ => false,
        };
        let now = within("the connection", state.wait_for(is_there)).await;
        let ConnectionState::Connected(now) = now.unwrap().clone() else {
            panic!("not connected");
        };
        assert_eq!(now.not_restored.len(), not_restored);
        for it in now.not_restored {
            assert_eq!(
                (it.event, it.name.as_str(), it.message.as_str()),
                ("joinRoom", "project", "Room is full")
            );
        }
    }
}

/// A client that comes back at once.
fn impatient(server: &Scripted) -> Builder {
    let millisecond = Duration::from_millis(1);
    client(&server.url()).backoff(Backoff::between(millisecond, millisecond))
}

/// What no right server sends to a client that it has let in. Each ends the connection or is
/// ignored.
fn harm() -> Vec<Message> {
    let texts = [
        "",
        "4",
        "9",
        "42",
        "42{}",
        "43[]",
        "43",
        "4399999999999999999999999[]",
        "4318446744073709551615[]",
        "430[]",
        "43123456[{\"success\":false}]",
        "42[]",
        "42[7]",
        "42[\"",
        "42[\"\\",
        "42[\"claude:error\"]",
        "42[\"error\",7]",
        "45-[]",
        "4599999999999-[\"x\"]",
        "451-[\"x\",{\"_placeholder\":true,\"num\":9}]",
        "46[]",
        "40",
        "40/media",
        "40/unknown,{}",
        "44",
        "44{\"message\":7}",
        "41/unknown,",
        "41",
        "1",
        "0{}",
        "5",
        "6",
        "3probe",
        "2probe",
        "42/media,[\"mediaProgress\",{\"mediaId\":\"\"}]",
        "é",
        "4é",
        "42é[\"x\"]",
    ];
    let deep = format!("42[\"deep\",{}", "[".repeat(200_000));
    let long_name = format!("42[\"{}\"]", "x".repeat(1_000_000));
    let mut harm: Vec<_> = texts.into_iter().map(Message::text).collect();
    harm.extend([deep, long_name].map(Message::text));
    harm.push(Message::binary(vec![0; 100]));
    harm.push(Message::Ping(vec![1; 125].into()));
    harm.push(Message::Close(None));
    harm
}

#[tokio::test]
async fn whatever_a_server_says_the_client_lives() {
    let count = harm().len();
    let server = Scripted::web_socket(|mut socket, number| async move {
        let_in(&mut socket).await;
        if let Some(message) = harm().into_iter().nth(number) {
            let _ = socket.send(message).await;
            // Attachments that were announced do not come.
            say(&mut socket, "2").await;
            let _ = hear(&mut socket).await;
            return;
        }
        answer(&mut socket).await;
    })
    .await;
    let client = impatient(&server).connect().await.unwrap();
    let mut events = client.events();
    connected(&client, count as u64).await;
    client.ping().await.unwrap();
    client.close(Duration::from_secs(1)).await;
    let mut undecodable = 0;
    while let Some(item) = events.next().await {
        undecodable += usize::from(matches!(item, Err(EventError::Undecodable(_))));
    }
    assert!(undecodable >= 3, "{undecodable}");
}

#[tokio::test]
async fn frames_that_break_the_web_socket_end_the_connection_only() {
    let frames: &'static [&'static [u8]] = &[
        // Reserved bits, an unknown opcode, a masked frame, a continuation of nothing, invalid
        // UTF-8, a frame of 2^63 bytes, half a frame.
        b"\xf1\x00",
        b"\x83\x00",
        b"\x81\x80\x00\x00\x00\x00",
        b"\x80\x01x",
        b"\x81\x02\xff\xff",
        b"\x81\x7f\x7f\xff\xff\xff\xff\xff\xff\xff",
        b"\x81\x7d4",
    ];
    let server = Scripted::web_socket(move |mut socket, number| async move {
        let_in(&mut socket).await;
        if let Some(frame) = frames.get(number) {
            let _ = socket.get_mut().write_all(frame).await;
            let _ = socket.get_mut().shutdown().await;
            return;
        }
        answer(&mut socket).await;
    })
    .await;
    let client = impatient(&server).connect().await.unwrap();
    connected(&client, frames.len() as u64).await;
    client.ping().await.unwrap();
}

#[tokio::test]
async fn answers_that_are_none_are_errors_of_their_call() {
    let server = Scripted::web_socket(|mut socket, _| async move {
        let_in(&mut socket).await;
        for answer in [
            "[]",
            "[7]",
            "[{\"timestamp\":-1}]",
            "[{]",
            "[{\"timestamp\":1},2]",
        ] {
            let packet = hear(&mut socket).await;
            let id = id_of(&packet);
            // Twice: the second one finds nobody.
            for _ in 0..2 {
                say(&mut socket, &format!("43{id}{answer}")).await;
            }
        }
        answer(&mut socket).await;
    })
    .await;
    let client = client(&server.url()).connect().await.unwrap();
    for _ in 0..4 {
        let error = client.ping().await.unwrap_err();
        assert!(matches!(error, CallError::Undecodable(_)), "{error}");
    }
    client.ping().await.unwrap();
}

#[tokio::test]
async fn a_call_without_an_answer_times_out_and_leaves_nothing_behind() {
    let server = Scripted::web_socket(|mut socket, _| async move {
        let_in(&mut socket).await;
        let packet = hear(&mut socket).await;
        // Too late, when the next call has come.
        let next = hear(&mut socket).await;
        for packet in [packet, next] {
            let id = id_of(&packet);
            say(&mut socket, &format!("43{id}[\"{id}\"]")).await;
        }
        answer(&mut socket).await;
    })
    .await;
    let builder = client(&server.url()).request_timeout(Duration::from_secs(2));
    let client = builder.connect().await.unwrap();
    let error = client
        .call_any(Namespace::Root, "first", None)
        .await
        .unwrap_err();
    assert!(matches!(error, CallError::TimedOut { .. }), "{error}");
    assert!(error.may_have_happened());
    let answer = client
        .call_any(Namespace::Root, "second", None)
        .await
        .unwrap();
    assert_eq!(answer, ["1"]);
}

#[tokio::test]
async fn a_call_that_finds_no_connection_is_not_sent_later() {
    let server = Scripted::web_socket(|mut socket, number| async move {
        if number == 0 {
            let_in(&mut socket).await;
            return;
        }
        tokio::time::sleep(Duration::from_secs(3)).await;
        let_in(&mut socket).await;
        assert_eq!(hear(&mut socket).await, r#"421["second"]"#);
        say(&mut socket, "431[]").await;
        answer(&mut socket).await;
    })
    .await;
    let builder = client(&server.url()).request_timeout(Duration::from_secs(1));
    let client = builder.connect().await.unwrap();
    support::disconnected(&client).await;
    let error = client
        .call_any(Namespace::Root, "first", None)
        .await
        .unwrap_err();
    assert!(matches!(error, CallError::NotConnected { .. }), "{error}");
    assert!(!error.may_have_happened());
    connected(&client, 1).await;
    client
        .call_any(Namespace::Root, "second", None)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_flood_keeps_nobody_from_calling_or_leaving() {
    let server = Scripted::web_socket(|mut socket, _| async move {
        let_in(&mut socket).await;
        let (mut sender, mut receiver) = socket.split();
        let flood = async {
            let event = Message::text(format!("42[\"flood\",\"{}\"]", "x".repeat(200)));
            while sender.feed(event.clone()).await.is_ok() {
                if let Some(Some(Ok(Message::Text(call)))) = receiver.next().now_or_never() {
                    let answer = format!("43{}[{{\"timestamp\":1}}]", id_of(&call));
                    let _ = sender.send(Message::text(answer)).await;
                }
            }
        };
        flood.await;
    })
    .await;
    let client = client(&server.url()).connect().await.unwrap();
    let mut events = client.on_any(Namespace::Root, "flood");
    for _ in 0..10 {
        client.ping().await.unwrap();
        within("an event", events.next()).await.unwrap().ok();
    }
    within("the close", client.close(Duration::from_secs(5))).await;
    let other = support::client(&server.url()).connect().await.unwrap();
    let mut state = other.state();
    drop(other);
    let is_closed = slop_sdk::ConnectionState::is_closed;
    within("the end", state.wait_for(is_closed)).await.unwrap();
}
