//! One execution: from its job to its ending.

use super::command::{self, Places};
use super::ending::Ending;
use super::journal::Journal;
use super::output::Shown;
use super::runner;
use super::workspace;
use crate::clock;
use crate::config::ClaudeConfig;
use futures_util::FutureExt;
use slop_schema::claude::ClaudeExecutePayload;
use slop_schema::scalar::ProcessId;
use std::io::Write;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tempfile::{NamedTempFile, TempDir};
use tokio::sync::oneshot;

const HOME: &str = "home";
const EMPTY: &str = "empty";
const PROMPTS: &str = "prompts";

/// What is to be executed.
pub(super) struct Job {
    pub(super) payload: ClaudeExecutePayload,
    pub(super) limit: Duration,
    pub(super) stopped: oneshot::Receiver<()>,
    pub(super) accepted_at: Instant,
}

/// The CLI's home, its empty working directory and system prompts.
pub(super) fn make_directories() -> std::io::Result<TempDir> {
    let directory = tempfile::Builder::new().prefix("slop-claude-").tempdir()?;
    for name in [HOME, EMPTY, PROMPTS] {
        std::fs::create_dir(directory.path().join(name))?;
    }
    Ok(directory)
}

/// Runs a job to its end and writes its output into the journal.
pub(super) async fn run(
    config: &ClaudeConfig,
    directory: &Path,
    process: &ProcessId,
    job: Job,
    journal: &Journal,
) -> Ending {
    let show = |shown| match shown {
        Shown::Text(text) => journal.output(&text, clock::now()),
        Shown::Message(message) => journal.message(message, clock::now()),
    };
    // A panic here is a defect, but never an execution without an end.
    let run = AssertUnwindSafe(run_command(config, directory, job, show))
        .catch_unwind()
        .await;
    match run.unwrap_or_else(|_| Err(std::io::Error::other("the runner panicked"))) {
        Ok(finished) => Ending::Ran(Box::new(finished)),
        Err(error) => {
            tracing::error!(%process, %error, "the Claude CLI could not be started");
            Ending::NotStarted
        }
    }
}

async fn run_command(
    config: &ClaudeConfig,
    directory: &Path,
    job: Job,
    show: impl FnMut(Shown),
) -> std::io::Result<runner::Finished> {
    // Looked at again: while the job waited, the directory may have become another one.
    let working_directory = match &job.payload.working_directory {
        Some(asked) => Some(
            workspace::resolve(config.workspace_root.as_deref(), asked)
                .await
                .map_err(|_| std::io::Error::other("the working directory is no longer one"))?,
        ),
        None => None,
    };
    let system_prompt = job
        .payload
        .system_prompt
        .as_ref()
        .map(|prompt| {
            // Readable by the server's user only, and removed when the process has ended.
            let mut file = NamedTempFile::new_in(directory.join(PROMPTS))?;
            file.write_all(prompt.as_str().as_bytes())?;
            std::io::Result::Ok(file)
        })
        .transpose()?;
    let own_home = directory.join(HOME);
    // An operator's login lives in the operator's home.
    let operator_home = std::env::var_os("HOME").map(PathBuf::from);
    let home = if config.bare {
        None
    } else {
        operator_home.as_deref()
    };
    let empty = directory.join(EMPTY);
    let places = Places {
        home: home.unwrap_or(&own_home),
        directory: working_directory.as_deref().unwrap_or(&empty),
        system_prompt: system_prompt.as_ref().map(NamedTempFile::path),
    };
    let command = command::build(config, &job.payload, &places);
    let stop = async {
        if job.stopped.await.is_err() {
            // Nobody can stop it any more: then nobody will.
            std::future::pending::<()>().await;
        }
    };
    runner::run(command, stop, job.limit, show).await
}
