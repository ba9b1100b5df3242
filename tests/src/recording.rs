//! Recording: a story script is told against a server of its own, and the reader writes it down.

use crate::configurations::{self, USUAL};
use crate::reader::{Sentences, Session};
use crate::redis::Redis;
use crate::stories;
use crate::transcript::{Need, Transcript};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};

/// The secret of servers that record and replay start themselves.
pub const SECRET: &str = "a secret of the test suites, longer than 32 bytes";
/// Their token of `POST /publish`.
pub const PUBLISH_TOKEN: &str = "the publish token of the test suites";

/// The scripted Claude CLI, whose prompts say how it behaves.
#[must_use]
pub fn scripted_claude() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("clients/support/scripted-claude.sh")
}

/// Tells a story against a new server and returns its transcript.
///
/// # Errors
/// When the server does not start, or the script fails.
pub async fn record(story: &str, server: &Path) -> Result<Transcript> {
    let script = stories::file(story, "mjs");
    if !script.is_file() {
        bail!("there is no story script {}", script.display());
    }
    let needs = needs_of(&script)?;
    let mut redis = match needs.contains(&Need::Redis) {
        true => Some(Redis::spawn().await.context("redis-server")?),
        false => None,
    };
    let (mut child, url) = start(server, &needs, redis.as_ref()).await?;
    let told = tell(&script, &url, redis.as_mut()).await;
    child.kill().await?;
    Ok(Session::parse(story, &told?)?.read(Sentences::Become))
}

/// The needs that a script exports: they decide which server it is told to.
fn needs_of(script: &Path) -> Result<Vec<Need>> {
    let text = std::fs::read_to_string(script)?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("export const needs = "));
    let Some(line) = line else {
        return Ok(Vec::new());
    };
    let list = line.trim_end_matches(';').replace('\'', "\"");
    let names: Vec<String> = serde_json::from_str(&list).context("the needs of the script")?;
    names
        .iter()
        .map(|name| Need::parse(name).with_context(|| format!("need {name}")))
        .collect()
}

async fn start(server: &Path, needs: &[Need], redis: Option<&Redis>) -> Result<(Child, String)> {
    let home = std::env::temp_dir();
    let mut command = Command::new(server);
    command
        .args(["--port", "0"])
        .env_clear()
        .env("LOG_LEVEL", "warn");
    command.envs(
        ["PATH", "HOME"]
            .iter()
            .filter_map(|it| Some((it, std::env::var_os(it)?))),
    );
    command
        .env("JWT_SECRET", SECRET)
        .env("PUBLISH_TOKEN", PUBLISH_TOKEN);
    command.env("CLAUDE_CLI_PATH", scripted_claude());
    command.envs(USUAL.iter().copied());
    for need in needs {
        if let Need::Config(name) = need {
            let settings = configurations::settings(name);
            let settings = settings.with_context(|| format!("there is no configuration {name}"))?;
            for (variable, value) in settings {
                command.env(
                    variable,
                    value.replace("<workspace>", &home.to_string_lossy()),
                );
            }
        }
    }
    command.envs(redis.map(|redis| ("REDIS_URL", redis.url())));
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    let mut child = command
        .spawn()
        .with_context(|| format!("{}", server.display()))?;
    let stdout = child.stdout.take().context("the server's output")?;
    let mut lines = BufReader::new(stdout).lines();
    while let Some(line) = lines.next_line().await? {
        if let Some(url) = line.strip_prefix("slop-server listening on ") {
            return Ok((child, url.to_owned()));
        }
    }
    bail!("the server ended before it listened");
}

/// Runs the script; gives the session that it prints.
async fn tell(script: &Path, url: &str, mut redis: Option<&mut Redis>) -> Result<String> {
    let recorder = stories::folder().join("recorder.mjs");
    let mut node = Command::new("node");
    node.arg(recorder)
        .arg(script)
        .args([url, SECRET, PUBLISH_TOKEN])
        .kill_on_drop(true);
    node.stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = node.spawn().context("node")?;
    let mut stdin = child.stdin.take().context("the script's input")?;
    let mut stdout = child.stdout.take().context("the script's output")?;
    let errors = child.stderr.take().context("the script's errors")?;
    let mut errors = BufReader::new(errors).lines();
    let reading = tokio::spawn(async move {
        let mut text = String::new();
        stdout.read_to_string(&mut text).await.map(|_| text)
    });
    while let Some(line) = errors.next_line().await? {
        match (line.as_str(), &mut redis) {
            ("redis stops", Some(redis)) => redis.stop().await?,
            ("redis starts", Some(redis)) => redis.start().await?,
            _ => {
                eprintln!("{line}");
                continue;
            }
        }
        stdin.write_all(b"done\n").await?;
    }
    let status = child.wait().await?;
    let text = reading.await??;
    match status.success() {
        true => Ok(text),
        false => bail!("the script ended with {status}"),
    }
}
