//! Claude executions: their streams, their outcomes, and what lost connections do to them.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic, in its helpers too"
)]

mod support;

use slop_sdk::schema::claude::{ClaudeErrorCode, ClaudeExecutePayload, ClaudeProcessStatus};
use slop_sdk::schema::scalar::{PositiveInt, Prompt};
use slop_sdk::{CallError, Run, RunError, RunUpdate};
use std::path::PathBuf;
use std::time::Duration;
use support::relay::Relay;
use support::server::Server;
use support::tokens::token;
use support::{connected, disconnected, signed_in, within};
use tempfile::TempDir;

/// A gate that a script waits at until the test opens it.
struct Gate(PathBuf);

impl Gate {
    fn new(home: &TempDir, name: &str) -> Self {
        Self(home.path().join(name))
    }

    fn wait(&self) -> String {
        format!("until [ -e {} ]; do sleep 0.02; done", self.0.display())
    }

    fn open(&self) {
        std::fs::write(&self.0, "").unwrap();
    }
}

/// Reads until the run has printed this much; gives everything it said.
async fn read_until(run: &mut Run, output: &mut String, end: &str) {
    while !output.ends_with(end) {
        match within(end, run.next()).await {
            Some(RunUpdate::Progress(payload)) => output.extend(payload.data),
            Some(_) => {}
            None => panic!("the run ended after {output:?}"),
        }
    }
}

async fn read_all(run: &mut Run, output: &mut String) {
    while let Some(update) = within("the end of the run", run.next()).await {
        if let RunUpdate::Progress(payload) = update {
            output.extend(payload.data);
        }
    }
}

#[tokio::test]
async fn a_run_streams_its_output_and_ends_with_its_result() {
    let server = Server::start();
    let client = signed_in(&server.url(), "u1").await;
    let mut run = client
        .claude()
        .execute("printf 'héllo '; printf 🦀")
        .await
        .unwrap();
    let mut output = String::new();
    read_all(&mut run, &mut output).await;
    let result = run.outcome().await.unwrap();
    assert_eq!(
        (output.as_str(), result.stdout.as_str()),
        ("héllo 🦀", "héllo 🦀")
    );
    assert_eq!(
        run.outcome().await.unwrap(),
        result,
        "asked again, the same"
    );
    assert!(run.next().await.is_none());
}

#[tokio::test]
async fn every_outcome_is_told_apart() {
    let server = Server::start();
    let client = signed_in(&server.url(), "u1").await;
    let claude = client.claude();

    let mut run = claude.execute("echo no >&2; exit 3").await.unwrap();
    let error = within("the end", run.outcome()).await.unwrap_err();
    let RunError::Failed { code, .. } = error else {
        panic!("{error:?}");
    };
    assert_eq!(code, ClaudeErrorCode::ExecutionError);

    let mut payload = ClaudeExecutePayload::new(Prompt::new("sleep 60").unwrap());
    payload.timeout_ms = Some(PositiveInt::new(100).unwrap());
    let mut run = claude.execute_with(payload).await.unwrap();
    let error = within("the end", run.outcome()).await.unwrap_err();
    assert!(matches!(error, RunError::TimedOut { .. }), "{error:?}");
    assert_eq!(run.outcome().await.unwrap_err(), error);

    let mut run = claude.execute("sleep 60").await.unwrap();
    run.cancel().await.unwrap();
    let error = within("the end", run.outcome()).await.unwrap_err();
    assert!(matches!(error, RunError::Cancelled { .. }), "{error:?}");
    let error = run.cancel().await.unwrap_err();
    assert!(
        error.to_string().starts_with("Could not cancel process"),
        "{error}"
    );

    let mut run = claude.execute("sleep 60").await.unwrap();
    client.close(Duration::from_secs(5)).await;
    assert_eq!(
        within("the end", run.outcome()).await.unwrap_err(),
        RunError::Closed
    );
    assert!(matches!(run.cancel().await, Err(CallError::Closed)));
}

#[tokio::test]
async fn a_queued_run_tells_its_position() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::start_with(&["--claude-max-concurrent-processes", "1"]);
    let client = signed_in(&server.url(), "u1").await;
    let gate = Gate::new(&home, "gate");
    let first = client.claude().execute(gate.wait()).await.unwrap();
    let mut second = client.claude().execute("printf done").await.unwrap();
    let Some(RunUpdate::Queued(queued)) = within("the queue", second.next()).await else {
        panic!("not queued");
    };
    assert_eq!(queued.queue_position.get(), 0);
    gate.open();
    assert_eq!(
        within("the end", second.outcome()).await.unwrap().stdout,
        "done"
    );
    drop(first);
}

#[tokio::test]
async fn a_run_survives_lost_connections_and_misses_nothing() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::start();
    let relay = Relay::to(server.address).await;
    let client = signed_in(&relay.url(), "u1").await;
    let gates: Vec<_> = (0..3).map(|n| Gate::new(&home, &n.to_string())).collect();
    let script = format!(
        "printf één; {}; printf twö; {}; printf ' 🦀 '; {}; printf end",
        gates[0].wait(),
        gates[1].wait(),
        gates[2].wait()
    );
    let mut run = client.claude().execute(script).await.unwrap();
    let mut output = String::new();
    read_until(&mut run, &mut output, "één").await;

    // Nothing is missed while the connection is cut, and nothing comes twice.
    relay.cut();
    disconnected(&client).await;
    gates[0].open();
    read_until(&mut run, &mut output, "twö").await;
    relay.cut();
    connected(&client, 2).await;
    gates[1].open();
    read_until(&mut run, &mut output, " 🦀 ").await;

    // The end is told, too, when it came while nobody listened.
    relay.freeze();
    relay.cut();
    disconnected(&client).await;
    gates[2].open();
    tokio::time::sleep(Duration::from_millis(100)).await;
    relay.thaw();
    read_all(&mut run, &mut output).await;
    let result = run.outcome().await.unwrap();
    assert_eq!(result.stdout, "ééntwö 🦀 end");
    assert_eq!(output, result.stdout);
}

#[tokio::test]
async fn a_server_that_forgot_the_process_ends_the_run() {
    let server = Server::start();
    let relay = Relay::to(server.address).await;
    let client = signed_in(&relay.url(), "u1").await;
    let mut run = client.claude().execute("sleep 60").await.unwrap();
    let other = Server::start();
    relay.lead_to(other.address);
    drop(server);
    relay.cut();
    let error = within("the end", run.outcome()).await.unwrap_err();
    let RunError::Failed { code, message } = error else {
        panic!("{error:?}");
    };
    assert_eq!(code, ClaudeErrorCode::ProcessNotFound);
    assert_eq!(message, "Process not found");
}

#[tokio::test]
async fn a_run_ends_when_another_user_signs_in() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::start();
    let client = signed_in(&server.url(), "u1").await;
    let gate = Gate::new(&home, "gate");
    let script = format!("printf one; {}; printf two", gate.wait());
    let mut kept = client.claude().execute(script).await.unwrap();
    let mut output = String::new();
    read_until(&mut kept, &mut output, "one").await;
    client.session().authenticate(token("u1")).await.unwrap();
    gate.open();
    read_all(&mut kept, &mut output).await;
    assert_eq!(output, "onetwo", "the same user may read on");

    let mut lost = client.claude().execute("exec sleep 60").await.unwrap();
    client.session().authenticate(token("u2")).await.unwrap();
    let error = within("the end", lost.outcome()).await.unwrap_err();
    let message = "Access denied".to_owned();
    assert_eq!(error, RunError::OutOfSight { message });
}

#[tokio::test]
async fn a_process_can_be_followed_from_another_client() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::start();
    let first = signed_in(&server.url(), "u1").await;
    let gate = Gate::new(&home, "gate");
    let script = format!("printf one; {}; printf two", gate.wait());
    let mut run = first.claude().execute(script).await.unwrap();
    let mut output = String::new();
    read_until(&mut run, &mut output, "one").await;
    let process = run.process_id().clone();
    drop(run);

    let second = signed_in(&server.url(), "u1").await;
    let mut followed = second.claude().follow(process.clone()).await.unwrap();
    let mut output = String::new();
    read_until(&mut followed, &mut output, "one").await;
    gate.open();
    read_all(&mut followed, &mut output).await;
    assert_eq!(output, "onetwo");
    assert_eq!(followed.outcome().await.unwrap().stdout, "onetwo");

    // Also by a client that was told already, which the server does not tell again.
    for _ in 0..2 {
        let mut again = first.claude().follow(process.clone()).await.unwrap();
        let mut output = String::new();
        read_all(&mut again, &mut output).await;
        assert_eq!(again.outcome().await.unwrap().stdout, "onetwo");
    }
    let third = signed_in(&server.url(), "u1").await;
    let status = third.claude().status(process.clone()).await.unwrap();
    assert_eq!(status.status, Some(ClaudeProcessStatus::Completed));
    let mut followed = third.claude().follow(process.clone()).await.unwrap();
    let result = within("the end that was", followed.outcome())
        .await
        .unwrap();
    assert_eq!(result.stdout, "onetwo");

    let stranger = signed_in(&server.url(), "u2").await;
    let error = stranger.claude().follow(process).await.unwrap_err();
    assert_eq!(error.to_string(), "Access denied");
}

#[tokio::test]
async fn many_runs_at_once_keep_their_output_apart() {
    let server = Server::start();
    let client = signed_in(&server.url(), "u1").await;
    let mut tasks = Vec::new();
    for number in 0..8 {
        let client = client.clone();
        tasks.push(tokio::spawn(async move {
            let script = format!("for i in $(seq 200); do echo {number}; done");
            let mut run = client.claude().execute(script).await.unwrap();
            let mut output = String::new();
            read_all(&mut run, &mut output).await;
            assert_eq!(output, format!("{number}\n").repeat(200));
            run.outcome().await.unwrap();
        }));
    }
    for task in tasks {
        within("a run", task).await.unwrap();
    }
}

#[tokio::test]
async fn a_run_nobody_reads_keeps_its_memory_bounded_and_its_result_whole() {
    let server = Server::start_with(&["--claude-max-output-bytes", "30000000"]);
    let client = signed_in(&server.url(), "u1").await;
    let script = "head -c 20000000 /dev/zero | tr '\\0' x";
    let mut run = client.claude().execute(script).await.unwrap();
    let mut all = client.on::<slop_sdk::schema::protocol::ClaudeComplete>();
    within("the end", all.next()).await.unwrap().unwrap();
    let (mut read, mut dropped) = (0, 0);
    while let Some(update) = within("an update", run.next()).await {
        match update {
            RunUpdate::Progress(payload) => read += payload.data.map_or(0, |data| data.len()),
            RunUpdate::Lagged { bytes } => dropped += usize::try_from(bytes).unwrap(),
            _ => {}
        }
    }
    assert_eq!(read + dropped, 20_000_000);
    assert!(read <= 16 * 1024 * 1024, "{read}");
    assert_eq!(run.outcome().await.unwrap().stdout.len(), 20_000_000);
}
