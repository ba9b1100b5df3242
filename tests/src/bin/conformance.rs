//! `conformance`: records stories, and replays them against any server.

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use conformance::reader::{Sentences, Session};
use conformance::{recording, stories};
use std::path::PathBuf;
use std::process::ExitCode;

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
    #[arg(long, value_name = "PROGRAM", default_value = "target/debug/slop-server")]
    server: PathBuf,
}

#[tokio::main]
async fn main() -> ExitCode {
    let done = match Arguments::parse().tool {
        Tool::Record(options) => record(&options).await,
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(2)
        }
    }
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
    let mut code = ExitCode::SUCCESS;
    let mut found = false;
    for story in scripts.iter().filter(|story| is_asked_for(story, &options.stories)) {
        found = true;
        let transcript = recording::record(story, &options.server).await;
        let transcript = transcript.with_context(|| story.clone())?;
        if write(story, &transcript.to_text(), options.check)? != ExitCode::SUCCESS {
            code = ExitCode::FAILURE;
        }
    }
    match found {
        true => Ok(code),
        false => anyhow::bail!("no story script has this name"),
    }
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
