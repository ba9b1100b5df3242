//! The kit as a command: its exit codes and its reports.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may panic, in its helpers too"
)]

mod in_process;

use conformance::recording::{PUBLISH_TOKEN, SECRET};
use in_process::InProcess;
use serde_json::Value;
use std::process::{Output, Stdio};
use tokio::process::Command;

async fn replay(url: &str, arguments: &[&str]) -> Output {
    let mut kit = Command::new(env!("CARGO_BIN_EXE_conformance"));
    kit.args(["replay", "--url", url, "--timeout-ms", "20000"])
        .args(arguments);
    kit.stdin(Stdio::null()).output().await.unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_speaks_the_protocol_is_0() {
    let server = InProcess::start().await;
    let junit = tempfile::NamedTempFile::new().unwrap();
    let mut arguments = vec!["rooms", "publishing", "--secret", SECRET, "--json"];
    arguments.extend([
        "--publish-token",
        PUBLISH_TOKEN,
        "--junit",
        junit.path().to_str().unwrap(),
    ]);
    let output = replay(&server.url(), &arguments).await;
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    let report: Value = serde_json::from_str(&text(&output)).unwrap();
    assert_eq!(report["passed"], true);
    let stories = report["stories"].as_array().unwrap();
    let of = |outcome| {
        stories
            .iter()
            .filter(|story| story["outcome"] == outcome)
            .count()
    };
    // Publishing can be off on another server only, over both transports.
    assert_eq!((of("skip"), of("pass")), (2, stories.len() - 2));
    let junit = std::fs::read_to_string(junit.path()).unwrap();
    assert!(
        junit.contains(r#"<testcase classname="rooms" name="reserved (polling)""#),
        "{junit}"
    );
    assert!(junit.contains(r#"failures="0" skipped="2""#), "{junit}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_deviates_is_1_unless_that_is_known() {
    let server = InProcess::start().await;
    let secret = "not the secret of this server, of 32 bytes";
    let arguments = [
        "rooms/reserved",
        "rooms/twice",
        "--secret",
        secret,
        "--transport",
        "websocket",
    ];
    let output = replay(&server.url(), &arguments).await;
    assert_eq!(output.status.code(), Some(1));
    let report = text(&output);
    let deviation = "step 3: ada must receive `authenticated`, but received `authError` \
                     { \"message\": \"Invalid token\" }";
    assert!(report.contains(deviation), "{report}");
    assert!(
        report.contains("1 passed, 1 failed, 0 known to fail, 0 skipped"),
        "{report}"
    );

    let known = tempfile::NamedTempFile::new().unwrap();
    let known_failures = ["--known-failures", known.path().to_str().unwrap()];
    let with_known = [&arguments[..], &known_failures[..]].concat();
    std::fs::write(known.path(), "rooms/reserved # until tokens work\n").unwrap();
    assert_eq!(
        replay(&server.url(), &with_known).await.status.code(),
        Some(0)
    );

    std::fs::write(known.path(), "rooms/reserved\nrooms/twice\n").unwrap();
    let output = replay(&server.url(), &with_known).await;
    assert_eq!(
        output.status.code(),
        Some(1),
        "what is fixed must leave the file"
    );
    assert!(
        text(&output).contains("FIXED rooms/twice"),
        "{}",
        text(&output)
    );

    std::fs::write(known.path(), "rooms/unheard_of\n").unwrap();
    assert_eq!(
        replay(&server.url(), &with_known).await.status.code(),
        Some(2)
    );
}

#[tokio::test]
async fn a_server_that_cannot_be_asked_is_2() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", taken.local_addr().unwrap());
    drop(taken);
    let output = replay(&url, &[]).await;
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(
        error.contains("nobody listens at http://127.0.0.1:"),
        "{error}"
    );
    for arguments in [
        &["unheard/of"][..],
        &["--config-url", "unheard-of=http://localhost:1"],
    ] {
        assert_eq!(replay(&url, arguments).await.status.code(), Some(2));
    }
    assert_eq!(
        replay("https://localhost", &[]).await.status.code(),
        Some(2)
    );
}
