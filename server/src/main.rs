//! `slop-server`: the Slop Studios realtime server.

use clap::Parser;
use slop_server::claude::supervisor;
use slop_server::config::{Config, LogFormat, Settings};
use slop_server::{build, demo, serve, stand_in};
use std::ffi::OsStr;
use std::io::IsTerminal;
use std::process::ExitCode;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    match arguments.next().as_deref().and_then(OsStr::to_str) {
        Some(stand_in::SUBCOMMAND) => return stand_in::run(),
        Some(supervisor::SUBCOMMAND) => return supervisor::run(arguments),
        _ => {}
    }
    let settings = match Settings::try_parse() {
        Ok(settings) => settings,
        Err(error) if !error.use_stderr() => error.exit(),
        Err(error) => return refuse(&one_line(&error)),
    };
    match run(&settings) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => refuse(&format!("{error:#}")),
    }
}

fn run(settings: &Settings) -> anyhow::Result<()> {
    start_logging(settings)?;
    let server = serve::Server::bind(settings.address(), settings.workers)
        .map_err(|error| anyhow::anyhow!("cannot listen on {}: {error}", settings.address()))?;
    let address = server.address()?;
    if settings.demo {
        let demo = demo::Demo::prepare(settings, address)?;
        let (router, handle) = build(supervised(demo.config().clone())?)?;
        print(&format!(
            "slop-server listening on http://{address}\n{}",
            demo.greeting()
        ));
        let background = demo::publish_samples(handle.clone());
        return Ok(server.run(demo.page(router), handle, background)?);
    }
    let (router, handle) = build(supervised(settings.check()?)?)?;
    print(&format!("slop-server listening on http://{address}"));
    Ok(server.run(router, handle, async {})?)
}

/// This binary is its own supervisor of the CLI.
fn supervised(mut config: Config) -> anyhow::Result<Config> {
    config.claude.supervisor = Some(std::env::current_exe()?);
    Ok(config)
}

fn start_logging(settings: &Settings) -> anyhow::Result<()> {
    let directives = std::env::var("RUST_LOG")
        .ok()
        .filter(|text| !text.is_empty());
    let directives = directives.unwrap_or_else(|| settings.log_level.clone());
    let filter = log_filter(&directives)
        .ok_or_else(|| anyhow::anyhow!("LOG_LEVEL must be a level or filter directives"))?;
    let logging = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match settings.log_format {
        LogFormat::Text => logging.init(),
        LogFormat::Json => logging.json().init(),
    }
    Ok(())
}

/// A single word must be a level: the filter would take any other for the name of a module.
fn log_filter(directives: &str) -> Option<EnvFilter> {
    let is_word = directives.chars().all(char::is_alphanumeric);
    if is_word && directives.parse::<LevelFilter>().is_err() {
        return None;
    }
    EnvFilter::try_new(directives).ok()
}

#[allow(
    clippy::print_stdout,
    reason = "the line that says where the server is"
)]
fn print(text: &str) {
    use std::io::Write;
    println!("{text}");
    // Whoever started the server waits for this line, and may have stopped reading.
    let _ = std::io::stdout().flush();
}

fn refuse(sentence: &str) -> ExitCode {
    eprintln!("slop-server: {sentence}");
    ExitCode::from(2)
}

/// The first line of a command line error says it all; the rest is usage.
fn one_line(error: &clap::Error) -> String {
    let text = error.to_string();
    let line = text.lines().next().unwrap_or_default();
    line.strip_prefix("error: ").unwrap_or(line).to_owned()
}
