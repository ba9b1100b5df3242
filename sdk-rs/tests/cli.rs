//! The command-line tool as scripts use it: its output, its exit codes, its signals.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic, in its helpers too"
)]

mod support;

use serde_json::{Value, json};
use slop_sdk::schema::media::MediaProgressPayload;
use slop_sdk::schema::protocol::MediaProgress;
use slop_sdk::schema::scalar::{MediaId, Percent};
use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;
use support::relay::Relay;
use support::scripted::{Scripted, hear, say};
use support::server::Server;
use support::tokens::token;
use support::within;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::sync::mpsc;

fn slop(url: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_slop"));
    command
        .env("SLOP_URL", url)
        .env("SLOP_TOKEN", token("u1"))
        .env_remove("SLOP_PROXY")
        .args(["--timeout", "30"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// Executes a script; gives the command, its output after the first line, and that line.
async fn execute(url: &str, script: &str) -> (Child, BufReader<ChildStdout>, String) {
    let mut child = slop(url).args(["execute", script]).spawn().unwrap();
    // Takes no more than the line out of the pipe.
    let mut stdout = BufReader::with_capacity(1, child.stdout.take().unwrap());
    let mut line = String::new();
    within("the output", stdout.read_line(&mut line))
        .await
        .unwrap();
    (child, stdout, line)
}

async fn run(url: &str, arguments: &[&str]) -> Output {
    let output = slop(url).args(arguments).output();
    within("the command", output).await.unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn lines(output: &Output) -> Vec<Value> {
    let lines = text(&output.stdout).lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[tokio::test]
async fn execute_streams_to_standard_output() {
    let server = Server::start();
    let output = run(&server.url(), &["execute", "printf 'one\ntwo'"]).await;
    assert_eq!(text(&output.stdout), "one\ntwo\n");
    assert_eq!((text(&output.stderr), output.status.code()), ("", Some(0)));

    let mut child = slop(&server.url())
        .args(["execute", "-", "--json"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(b"printf from-stdin")
        .await
        .unwrap();
    let output = within("the command", child.wait_with_output())
        .await
        .unwrap();
    let lines = lines(&output);
    assert_eq!(lines.last().unwrap()["result"]["stdout"], "from-stdin");
    assert_eq!(lines[0]["event"], "claude:progress");
}

#[tokio::test]
async fn execute_prints_what_was_said_while_the_connection_was_lost() {
    let server = Server::start();
    let relay = Relay::to(server.address).await;
    let home = tempfile::tempdir().unwrap();
    let [goes_on, ended] = ["goes-on", "ended"].map(|name| home.path().join(name));
    let script = format!(
        "echo before; until [ -e {} ]; do sleep 0.02; done; printf after; exec touch {}",
        goes_on.display(),
        ended.display()
    );
    let (mut child, mut stdout, mut printed) = execute(&relay.url(), &script).await;
    relay.freeze();
    relay.cut();
    std::fs::write(goes_on, "").unwrap();
    exists(&ended).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    relay.thaw();
    within("the rest", stdout.read_to_string(&mut printed))
        .await
        .unwrap();
    assert_eq!(printed, "before\nafter\n");
    assert!(within("the command", child.wait()).await.unwrap().success());
}

#[tokio::test]
async fn failures_have_exit_codes_of_their_own() {
    let server = Server::start();
    let url = server.url();
    let code = |output: &Output| output.status.code().unwrap();

    let output = run(&url, &["execute", "exit 3"]).await;
    assert_eq!(code(&output), 1);
    assert!(text(&output.stderr).starts_with("slop: "), "{output:?}");
    assert_eq!(
        code(&run(&url, &["execute", "sleep 9", "--timeout-ms", "50"]).await),
        5
    );
    assert_eq!(code(&run(&url, &["execute", ""]).await), 2);
    assert_eq!(code(&run(&url, &["listen", "--media", "m1"]).await), 2);
    assert_eq!(code(&run(&url, &["listen", "/nowhere"]).await), 2);
    assert_eq!(code(&run("http://127.0.0.1:1", &["info"]).await), 3);
    assert_eq!(code(&run("ftp://x", &["info"]).await), 2);
    let output = slop(&url)
        .env("SLOP_TOKEN", "bad")
        .arg("info")
        .output()
        .await
        .unwrap();
    assert_eq!(code(&output), 4);
    assert_eq!(
        text(&output.stderr),
        "slop: the server refused the token: Invalid token\n"
    );
    let output = slop(&url)
        .env("SLOP_TOKEN", "")
        .args(["execute", "true"])
        .output()
        .await
        .unwrap();
    assert_eq!(code(&output), 4, "{output:?}");
}

#[tokio::test]
async fn a_refused_token_has_the_exit_code_of_one_wherever_it_is_refused() {
    let server = Server::start();
    let url = server.url();
    let output = run(&url, &["emit", "authenticate", r#"{"token":"bad"}"#]).await;
    assert_eq!(output.status.code(), Some(4));
    let output = run(&url, &["emit", "authenticate", r#"{"no":"token"}"#]).await;
    assert_eq!(output.status.code(), Some(1), "the payload is wrong");
}

#[tokio::test]
async fn scripts_read_failures_as_json() {
    let server = Server::start();
    let url = server.url();
    let output = run(&url, &["--json", "execute", "exit 3"]).await;
    let failure = lines(&output).pop().unwrap();
    assert_eq!(failure["code"], "EXECUTION_ERROR");
    assert_eq!(
        format!("slop: {}\n", failure["error"].as_str().unwrap()),
        text(&output.stderr)
    );
    let output = run(&url, &["--json", "emit", "joinRoom", ""]).await;
    assert_eq!(lines(&output)[0]["code"], "INVALID_PAYLOAD");
    let output = run(&url, &["--json", "emit", "joinRoom", "user:x"]).await;
    assert_eq!(lines(&output)[0]["error"], "Room is reserved");
    let output = run("ftp://x", &["--json", "info"]).await;
    assert!(lines(&output)[0]["error"].is_string());
}

#[tokio::test]
async fn an_empty_prompt_is_not_sent() {
    // Nobody is asked.
    let output = run("http://127.0.0.1:1", &["execute"]).await;
    assert_eq!(text(&output.stderr), "slop: the prompt is empty\n");
    assert_eq!(output.status.code(), Some(2));
    let output = run("http://127.0.0.1:1", &["execute", " \n"]).await;
    assert_eq!(output.status.code(), Some(2));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_terminal_is_told_to_type_the_prompt() {
    let slop = env!("CARGO_BIN_EXE_slop");
    let mut child = Command::new("script")
        .args([
            "--quiet",
            "--return",
            "--command",
            &format!("{slop} execute"),
            "/dev/null",
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = within("the hint", lines.next_line()).await.unwrap();
    assert!(line.unwrap().contains("type the prompt"));
    drop(child.stdin.take());
}

#[cfg(unix)]
#[tokio::test]
async fn signals_cancel_the_execution() {
    let server = Server::start();
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let script = "echo $$; exec sleep 60";
        let (mut child, _stdout, process) = execute(&server.url(), script).await;
        send(signal, &child).await;
        let status = within("the command", child.wait()).await.unwrap();
        assert_eq!(status.code(), Some(code));
        gone(&process).await;
    }
}

#[cfg(unix)]
#[tokio::test]
async fn signals_are_heard_while_nobody_reads() {
    let server = Server::start();
    let home = tempfile::tempdir().unwrap();
    let is_printed = home.path().join("printed");
    let script = format!(
        "echo $$; head -c 400000 /dev/zero | tr '\\0' x; touch {}; exec sleep 60",
        is_printed.display()
    );
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let (mut child, _stdout, process) = execute(&server.url(), &script).await;
        exists(&is_printed).await;
        std::fs::remove_file(&is_printed).unwrap();
        // More than a pipe holds is on its way.
        tokio::time::sleep(Duration::from_millis(500)).await;
        send(signal, &child).await;
        let status = within("the command", child.wait()).await.unwrap();
        assert_eq!(status.code(), Some(code));
        gone(&process).await;
    }
}

#[cfg(unix)]
#[tokio::test]
async fn signals_are_heard_before_the_execution_is_accepted() {
    let (asked, mut is_asked) = mpsc::unbounded_channel();
    let server = Scripted::web_socket(move |mut socket, _| {
        let asked = asked.clone();
        async move {
            let open = r#"0{"sid":"s","pingInterval":25000,"pingTimeout":20000}"#;
            say(&mut socket, open).await;
            hear(&mut socket).await;
            say(&mut socket, r#"40{"sid":"x"}"#).await;
            let user = r#"{"userId":"u1","authenticatedAt":"2026-01-01T00:00:00.000Z"}"#;
            say(&mut socket, &format!(r#"42["authenticated",{user}]"#)).await;
            loop {
                let packet = hear(&mut socket).await;
                if packet.is_empty() || asked.send(packet).is_err() {
                    return;
                }
            }
        }
    })
    .await;
    for (signal, code, times) in [("-INT", 130, 1), ("-INT", 130, 2), ("-TERM", 143, 1)] {
        let mut child = slop(&server.url()).args(["execute", "x"]).spawn().unwrap();
        within("the execution", async {
            while !is_asked.recv().await.unwrap().contains("claude:execute") {}
        })
        .await;
        for _ in 0..times {
            send(signal, &child).await;
        }
        let status = within("the command", child.wait()).await.unwrap();
        assert_eq!(status.code(), Some(code));
    }
}

#[cfg(unix)]
async fn send(signal: &str, child: &Child) {
    let id = child.id().unwrap().to_string();
    let sent = Command::new("kill").args([signal, &id]).status().await;
    assert!(sent.unwrap().success());
}

async fn exists(path: &Path) {
    within("the file", async {
        while !path.exists() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
}

/// Waits until a process has ended.
#[cfg(unix)]
async fn gone(process: &str) {
    let path = format!("/proc/{}", process.trim());
    within("the end of the process", async {
        while std::path::Path::new(&path).exists() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
}

#[cfg(unix)]
#[tokio::test]
async fn an_execution_that_nobody_reads_is_cancelled() {
    let server = Server::start();
    let script = "echo $$; while :; do echo more; sleep 0.02; done";
    let (mut child, stdout, process) = execute(&server.url(), script).await;
    drop(stdout);
    assert!(within("the command", child.wait()).await.unwrap().success());
    gone(&process).await;
}

#[tokio::test]
async fn listen_prints_events_until_it_has_enough() {
    let server = Server::start();
    let mut child = slop(&server.url())
        .args([
            "listen",
            "/media",
            "--media",
            "m1",
            "--event",
            "mediaProgress",
            "--count",
            "2",
            "--json",
        ])
        .spawn()
        .unwrap();
    let media = MediaId::new("m1").unwrap();
    let payload = MediaProgressPayload::new(media, Percent::new(50.0).unwrap(), "rendering");
    let mut stdout = child.stdout.take().unwrap();
    let mut printed = String::new();
    let reading = stdout.read_to_string(&mut printed);
    let publishing = async {
        // Until the subscription is there, nobody is told.
        loop {
            server
                .handle
                .publish_to_media::<MediaProgress>(&payload)
                .await;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    within("the events", async {
        tokio::select! {
            read = reading => read.unwrap(),
            () = publishing => 0,
        }
    })
    .await;
    assert!(within("the end", child.wait()).await.unwrap().success());
    let events: Vec<Value> = printed
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(events.len(), 2);
    let payload = json!({"mediaId": "m1", "progress": 50, "stage": "rendering"});
    let event = json!({"namespace": "/media", "event": "mediaProgress", "payload": payload});
    assert_eq!(events[0], event);
}

#[tokio::test]
async fn emit_ping_and_info_answer() {
    let server = Server::start();
    let url = server.url();
    let output = run(&url, &["emit", "joinRoom", "project-1"]).await;
    assert_eq!(
        lines(&output),
        [json!({"success": true, "room": "project-1"})]
    );
    let output = run(
        &url,
        &["emit", "subscribeMedia", "\"m1\"", "--namespace", "/media"],
    )
    .await;
    assert_eq!(lines(&output), [json!({"success": true, "mediaId": "m1"})]);
    let output = run(&url, &["emit", "joinRoom", "user:x"]).await;
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(text(&output.stderr), "slop: Room is reserved\n");
    let output = run(&url, &["emit", "ping", "--no-callback"]).await;
    assert!(output.status.success() && output.stdout.is_empty());

    let output = run(&url, &["ping", "--count", "2", "--json"]).await;
    assert_eq!(lines(&output).len(), 2);
    let output = run(&url, &["info", "--json"]).await;
    assert_eq!(lines(&output)[0]["rooms"][1], "user:u1");
    let output = run(&url, &["info"]).await;
    assert!(text(&output.stdout).contains("signed in\nrooms: "));
}
