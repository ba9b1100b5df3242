//! The examples do what they say.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test may panic, in its helpers too"
)]

mod support;

use slop_sdk::schema::media::{MediaCompletePayload, MediaProgressPayload};
use slop_sdk::schema::notification::{NotificationPayload, NotificationType};
use slop_sdk::schema::protocol::{MediaComplete, MediaProgress, Notification};
use slop_sdk::schema::scalar::{MediaId, Percent, Timestamp, UserId};
use std::path::Path;
use std::process::Stdio;
use support::relay::Relay;
use support::server::Server;
use support::tokens::{token, token_for};
use support::within;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// A running example and the lines it prints. It is killed when it is dropped.
struct Example {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Example {
    fn start(server: &Server, name: &str, argument: &str) -> Self {
        Self::start_at(&server.url(), name, argument)
    }

    fn start_at(url: &str, name: &str, argument: &str) -> Self {
        let examples = Path::new(env!("CARGO_BIN_EXE_slop")).with_file_name("examples");
        let mut child = Command::new(examples.join(name))
            .arg(argument)
            .env("SLOP_URL", url)
            .env("SLOP_TOKEN", token("u1"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("run: cargo build -p slop-sdk --examples");
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    async fn line(&mut self) -> String {
        let line = within("a line", self.lines.next_line()).await.unwrap();
        line.expect("a line")
    }
}

#[tokio::test]
async fn execute_prints_the_output() {
    let server = Server::start();
    let mut example = Example::start(&server, "execute", "printf hello");
    assert_eq!(example.line().await, "hello");
    assert!(example.line().await.ends_with(" ms"));
}

#[tokio::test]
async fn follow_media_goes_on_to_the_end() {
    let server = Server::start();
    let mut example = Example::start(&server, "follow_media", "m1");
    assert_eq!(example.line().await, "subscribed");
    let media = MediaId::new("m1").unwrap();
    let half = MediaProgressPayload::new(media.clone(), Percent::new(50.0).unwrap(), "rendering");
    server.handle.publish_to_media::<MediaProgress>(&half).await;
    assert_eq!(example.line().await, " 50 % rendering");
    let done = MediaCompletePayload::new(media, "https://media.example/m1");
    server.handle.publish_to_media::<MediaComplete>(&done).await;
    assert_eq!(example.line().await, "https://media.example/m1");
}

#[tokio::test]
async fn notifications_are_printed() {
    let server = Server::start();
    let mut example = Example::start(&server, "notifications", "");
    assert_eq!(example.line().await, "listening");
    let now = Timestamp::from_millis(0).unwrap();
    let kind = NotificationType::Info;
    let payload = NotificationPayload::new("n1", kind, "Done", "It is done", now);
    let user = UserId::new("u1").unwrap();
    server
        .handle
        .publish_to_user::<Notification>(&user, &payload)
        .await;
    assert_eq!(example.line().await, "Done: It is done");
}

#[tokio::test]
async fn notifications_end_with_the_client() {
    let server = Server::start();
    let relay = Relay::to(server.address).await;
    let mut example = Example::start_at(&relay.url(), "notifications", "");
    assert_eq!(example.line().await, "listening");
    let stranger = Server::start_with_secret("quite another secret with over 32 bytes", &[]);
    relay.lead_to(stranger.address);
    relay.cut();
    let status = within("the end of the example", example.child.wait()).await;
    assert_eq!(status.unwrap().code(), Some(1));
}

#[tokio::test]
async fn token_rotation_outlives_a_token() {
    let server = Server::start();
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("token");
    // Within the leeway of 30 s, so that it ends soon after the start.
    std::fs::write(&file, token_for("u1", -25)).unwrap();
    let mut example = Example::start(&server, "token_rotation", file.to_str().unwrap());
    assert_eq!(example.line().await, "signed in");
    let next = home.path().join("next");
    std::fs::write(&next, token_for("u1", 3600)).unwrap();
    std::fs::rename(&next, &file).unwrap();
    assert_eq!(example.line().await, "signed in again as u1");
}
