//! `conformance`: records stories, and replays them against any server.

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use conformance::foreign::Foreign;
use conformance::placeholders::Credentials;
use conformance::reader::{Sentences, Session};
use conformance::report::{self, KnownFailures};
use conformance::suite::{Plan, tell};
use conformance::wire::{Origin, Transport};
use conformance::{configurations, recording, stories};
use futures_util::stream::{self, StreamExt};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Each story is told to a server of its own, so some may be at the same time.
const RECORDED_AT_ONCE: usize = 4;

#[derive(Parser)]
#[command(about)]
struct Arguments {
    #[command(subcommand)]
    tool: Tool,
}

#[derive(Subcommand)]
enum Tool {
    /// Tell story scripts with the official client, and write down their transcripts.
    Record(Record),
    /// Replay the stories against a server in any language. Exit code 0: it speaks the protocol; 1:
    /// it deviates; 2: it could not be asked.
    Replay(Replay),
    /// Print the configurations that some stories need, with their settings.
    Configurations,
}

#[derive(clap::Args)]
struct Replay {
    /// Stories, as `<area>/<story>`; those of an area by its name; all of them when none is named.
    stories: Vec<String>,
    /// The server.
    #[arg(long, value_name = "http://HOST:PORT")]
    url: String,
    /// The secret that signs its tokens (HS256).
    #[arg(long, env = "CONFORMANCE_SECRET", hide_env_values = true)]
    secret: Option<String>,
    /// A ready token of a user of the stories: `ada` or `grace`.
    #[arg(long, value_name = "USER=TOKEN", value_parser = pair)]
    token: Vec<(String, String)>,
    /// The token of its `POST /publish`.
    #[arg(
        long,
        env = "CONFORMANCE_PUBLISH_TOKEN",
        hide_env_values = true,
        value_name = "TOKEN"
    )]
    publish_token: Option<String>,
    /// The scripted Claude CLI (tests/clients/support/scripted-claude.sh) is what it executes.
    #[arg(long)]
    claude: bool,
    /// It refuses clients that name another major version in `auth.protocolVersion`.
    #[arg(long)]
    versions: bool,
    /// A server with other settings, for the stories that need them; `configurations` lists them.
    #[arg(long, value_name = "NAME=URL", value_parser = pair)]
    config_url: Vec<(String, String)>,
    /// How sockets connect [default: each story over both].
    #[arg(long, value_enum)]
    transport: Vec<Transport>,
    /// How long to wait for what must arrive, in milliseconds.
    #[arg(long, default_value_t = 5000, value_name = "MS")]
    timeout_ms: u64,
    /// Stories at the same time.
    #[arg(long, default_value_t = 16, value_name = "COUNT")]
    at_once: usize,
    /// Stories that execute prompts at the same time: fewer than the server runs without a queue.
    #[arg(long, default_value_t = 2, value_name = "COUNT")]
    executing: usize,
    /// Stories that are known to fail, one a line; text after `#` is a comment.
    #[arg(long, value_name = "FILE")]
    known_failures: Option<PathBuf>,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
    /// Write the report as JUnit XML, too.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("it must read NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

#[derive(clap::Args)]
struct Record {
    /// Stories, as `<area>/<story>`; those of an area by its name; all of them when none is named.
    stories: Vec<String>,
    /// Make a transcript of a session that was captured elsewhere.
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// Write nothing; fail if a transcript would change.
    #[arg(long)]
    check: bool,
    /// The server that the stories are told to.
    #[arg(
        long,
        value_name = "PROGRAM",
        default_value = "target/debug/slop-server"
    )]
    server: PathBuf,
}

#[tokio::main]
async fn main() -> ExitCode {
    let done = match Arguments::parse().tool {
        Tool::Record(options) => record(&options).await,
        Tool::Replay(options) => replay(&options).await,
        Tool::Configurations => Ok(print_configurations()),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(2)
        }
    }
}

async fn replay(options: &Replay) -> Result<ExitCode> {
    let mut stories = stories::all()?;
    let names: Vec<_> = stories.iter().map(|story| story.story.clone()).collect();
    let known = known_failures(options, &names)?;
    stories.retain(|story| is_asked_for(&story.story, &options.stories));
    anyhow::ensure!(!stories.is_empty(), "no story has this name");
    let servers = servers(options)?;
    let reached = tokio::net::TcpStream::connect(&servers.origin.authority).await;
    reached.with_context(|| format!("nobody listens at {}", options.url))?;
    let transports = match options.transport.as_slice() {
        [] => vec![Transport::Websocket, Transport::Polling],
        some => some.to_vec(),
    };
    let patience = Duration::from_millis(options.timeout_ms);
    let plan = Plan {
        transports,
        patience,
        at_once: options.at_once.max(1),
    };
    let tellings = tell(&stories, &servers, &plan).await;
    match options.json {
        true => println!("{:#}", report::json(&tellings, &known)),
        false => print!("{}", report::table(&tellings, &known)),
    }
    if let Some(file) = &options.junit {
        std::fs::write(file, report::junit(&tellings, &known))?;
    }
    Ok(match report::is_good(&tellings, &known) {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

fn print_configurations() -> ExitCode {
    for (name, settings) in configurations::CONFIGURATIONS {
        let settings: Vec<_> = settings
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        println!("{name}: {}", settings.join(" "));
    }
    ExitCode::SUCCESS
}

fn known_failures(options: &Replay, stories: &[String]) -> Result<KnownFailures> {
    let Some(file) = &options.known_failures else {
        return Ok(KnownFailures::default());
    };
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let known = KnownFailures::parse(&text);
    let stories: Vec<_> = stories.iter().map(String::as_str).collect();
    match known.unknown(&stories).first() {
        Some(name) => anyhow::bail!("{}: there is no story {name}", file.display()),
        None => Ok(known),
    }
}

fn servers(options: &Replay) -> Result<Foreign> {
    let mut configured = BTreeMap::new();
    for (name, url) in &options.config_url {
        let is_known = configurations::settings(name).is_some();
        anyhow::ensure!(
            is_known,
            "there is no configuration {name}; see `conformance configurations`"
        );
        configured.insert(
            name.clone(),
            (Origin::parse(url)?, Arc::new(Semaphore::new(1))),
        );
    }
    Ok(Foreign {
        origin: Origin::parse(&options.url)?,
        configured,
        credentials: Credentials {
            secret: options.secret.clone(),
            tokens: options.token.iter().cloned().collect(),
            publish_token: options.publish_token.clone(),
        },
        has_claude: options.claude,
        checks_versions: options.versions,
        executing: Arc::new(Semaphore::new(options.executing.max(1))),
    })
}

async fn record(options: &Record) -> Result<ExitCode> {
    if let Some(file) = &options.from {
        let [story] = options.stories.as_slice() else {
            anyhow::bail!("name the story that the session tells: record --from FILE AREA/STORY");
        };
        let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
        let transcript = Session::parse(story, &text)?.read(Sentences::Become);
        return write(story, &transcript.to_text(), options.check);
    }
    let scripts = stories::names("mjs")?;
    let scripts = scripts
        .iter()
        .filter(|story| is_asked_for(story, &options.stories));
    let recorded = stream::iter(scripts)
        .map(|story| async move { (story, recording::record(story, &options.server).await) });
    let mut recorded = recorded.buffered(RECORDED_AT_ONCE);
    let mut code = None;
    while let Some((story, transcript)) = recorded.next().await {
        let transcript = transcript.with_context(|| story.clone())?;
        let written = write(story, &transcript.to_text(), options.check)?;
        code = code
            .filter(|code| *code == ExitCode::FAILURE)
            .or(Some(written));
    }
    code.context("no story script has this name")
}

fn is_asked_for(story: &str, asked: &[String]) -> bool {
    let area = story.split('/').next().unwrap_or_default();
    asked.is_empty() || asked.iter().any(|it| it == story || it == area)
}

fn write(story: &str, text: &str, check: bool) -> Result<ExitCode> {
    let file = stories::file(story, "json");
    if std::fs::read_to_string(&file).is_ok_and(|old| old == text) {
        println!("{story}: unchanged");
        return Ok(ExitCode::SUCCESS);
    }
    if check {
        println!("{story}: changed; run: cargo xtask record {story}");
        return Ok(ExitCode::FAILURE);
    }
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(&file, text)?;
    println!("{story}: written");
    Ok(ExitCode::SUCCESS)
}
