//! The engine: keeps the records of all processes and takes each from its payload to its last
//! update.

use super::command::{self, Places};
use super::output::Shown;
use super::runner::{self, Finished};
use super::state::{State, Stop};
use super::update::{self, Update, UpdateSender, Updates};
use super::workspace;
use crate::clock;
use crate::config::ClaudeConfig;
use crate::metrics::Metrics;
use crate::refusal::ClaudeRefusal;
use slop_schema::claude::{
    ClaudeCompletePayload, ClaudeErrorCode, ClaudeErrorPayload, ClaudeExecutePayload,
    ClaudeProcessResult, ClaudeProcessStatus, ClaudeProgressPayload,
};
use slop_schema::scalar::{ProcessId, Timestamp, UserId};
use std::collections::HashMap;
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tempfile::{NamedTempFile, TempDir};
use tokio::sync::{oneshot, watch};

/// The server cannot prepare its own directories for the CLI.
#[derive(Debug, thiserror::Error)]
#[error("no directory for the Claude CLI: {0}")]
pub struct SetupError(#[from] std::io::Error);

/// All Claude processes of this server; cheap to clone.
#[derive(Clone)]
pub struct Executions(Arc<Engine>);

struct Engine {
    config: ClaudeConfig,
    metrics: Metrics,
    /// Holds the CLI's home, its empty working directory and system prompts; gone with the server.
    directory: TempDir,
    records: Mutex<Records>,
    running: watch::Sender<usize>,
}

#[derive(Default)]
struct Records {
    processes: HashMap<ProcessId, Record>,
    is_stopping: bool,
}

struct Record {
    owner: UserId,
    state: State,
    stop: Option<oneshot::Sender<Stop>>,
}

/// An accepted execution that has not been started.
pub struct Execution {
    engine: Arc<Engine>,
    id: ProcessId,
    owner: UserId,
    payload: ClaudeExecutePayload,
    working_directory: Option<PathBuf>,
    stopped: oneshot::Receiver<Stop>,
}

/// A stop that was decided; it takes effect when it is carried out.
pub struct PendingStop {
    stop: Option<oneshot::Sender<Stop>>,
    reason: Stop,
}

impl PendingStop {
    /// Ends the process.
    pub fn carry_out(self) {
        if let Some(stop) = self.stop {
            // The process may have ended by itself: its state has the stop all the same.
            let _ = stop.send(self.reason);
        }
    }
}

impl Executions {
    /// An engine without processes.
    ///
    /// # Errors
    /// When the directories for the CLI cannot be made.
    pub fn new(config: ClaudeConfig, metrics: Metrics) -> Result<Self, SetupError> {
        let directory = tempfile::Builder::new().prefix("slop-claude-").tempdir()?;
        for name in [HOME, EMPTY, PROMPTS] {
            std::fs::create_dir(directory.path().join(name))?;
        }
        let (running, _) = watch::channel(0);
        let records = Mutex::default();
        Ok(Self(Arc::new(Engine {
            config,
            metrics,
            directory,
            records,
            running,
        })))
    }

    /// Checks a payload and makes a record of it. The process starts with [`Execution::start`].
    ///
    /// # Errors
    /// When the payload asks for what this server does not allow, or the server is stopping.
    pub async fn accept(
        &self,
        owner: &UserId,
        payload: ClaudeExecutePayload,
    ) -> Result<Execution, ClaudeRefusal> {
        let max_timeout_ms = self.0.config.max_timeout.as_millis();
        if payload
            .timeout_ms
            .is_some_and(|asked| u128::from(asked.get()) > max_timeout_ms)
        {
            return Err(ClaudeRefusal::TimeoutTooLong { max_timeout_ms });
        }
        let working_directory = match &payload.working_directory {
            Some(asked) => {
                Some(workspace::resolve(self.0.config.workspace_root.as_deref(), asked).await?)
            }
            None => None,
        };
        let id = new_process_id();
        let (stop, stopped) = oneshot::channel();
        let record = Record {
            owner: owner.clone(),
            state: State::Pending,
            stop: Some(stop),
        };
        self.0.insert(id.clone(), record)?;
        Ok(Execution {
            engine: self.0.clone(),
            id,
            owner: owner.clone(),
            payload,
            working_directory,
            stopped,
        })
    }

    /// The status of a user's process.
    ///
    /// # Errors
    /// When the process is not known, or belongs to another user.
    pub fn status(
        &self,
        user: &UserId,
        process: &ProcessId,
    ) -> Result<ClaudeProcessStatus, ClaudeRefusal> {
        let records = self.0.records();
        let record = records
            .processes
            .get(process)
            .ok_or_else(|| ClaudeRefusal::StatusOfUnknown(process.clone()))?;
        if record.owner != *user {
            return Err(ClaudeRefusal::AccessDenied);
        }
        Ok(record.state.status())
    }

    /// Decides that a user's process is cancelled.
    ///
    /// # Errors
    /// When the process is not known, belongs to another user, or has ended.
    pub fn cancel(&self, user: &UserId, process: &ProcessId) -> Result<PendingStop, ClaudeRefusal> {
        let mut records = self.0.records();
        let record = records
            .processes
            .get_mut(process)
            .ok_or(ClaudeRefusal::CancelOfUnknown)?;
        if record.owner != *user {
            return Err(ClaudeRefusal::AccessDenied);
        }
        record
            .stop(Stop::Cancelled)
            .ok_or(ClaudeRefusal::AlreadyEnded)
    }

    /// Stops all processes and waits until they have ended, but not longer than the limit.
    pub async fn shut_down(&self, limit: Duration) {
        let stops: Vec<PendingStop> = {
            let mut records = self.0.records();
            records.is_stopping = true;
            let processes = records.processes.values_mut();
            processes
                .filter_map(|record| record.stop(Stop::ServerStopped))
                .collect()
        };
        stops.into_iter().for_each(PendingStop::carry_out);
        let mut running = self.0.running.subscribe();
        if tokio::time::timeout(limit, running.wait_for(|count| *count == 0))
            .await
            .is_err()
        {
            tracing::warn!("Claude processes did not end in time");
        }
    }
}

impl Record {
    fn stop(&mut self, reason: Stop) -> Option<PendingStop> {
        self.state = self.state.stopping(reason)?;
        Some(PendingStop {
            stop: self.stop.take(),
            reason,
        })
    }
}

impl Engine {
    fn records(&self) -> MutexGuard<'_, Records> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a record, and forgets ended processes whose time is over.
    fn insert(&self, id: ProcessId, record: Record) -> Result<(), ClaudeRefusal> {
        let mut records = self.records();
        if records.is_stopping {
            return Err(ClaudeRefusal::Stopping);
        }
        let now = clock::now();
        let ttl_ms = self.config.process_ttl.as_millis();
        records.processes.retain(|_, record| match record.state {
            State::Ended { at, .. } => u128::from(now.millis_since(at).get()) < ttl_ms,
            _ => true,
        });
        records.processes.insert(id, record);
        Ok(())
    }

    fn advance(&self, process: &ProcessId, step: impl FnOnce(State) -> State) -> State {
        let mut records = self.records();
        match records.processes.get_mut(process) {
            Some(record) => {
                record.state = step(record.state);
                record.state
            }
            None => step(State::Running),
        }
    }
}

impl Execution {
    /// The id of the process.
    #[must_use]
    pub fn id(&self) -> &ProcessId {
        &self.id
    }

    /// Starts the process in the background. Its updates end with its one final update.
    #[must_use]
    pub fn start(self) -> Updates {
        let (sender, updates) = update::channel();
        self.engine.running.send_modify(|count| *count += 1);
        let engine = self.engine.clone();
        tokio::spawn(async move {
            self.run(&sender).await;
            engine.running.send_modify(|count| *count -= 1);
        });
        updates
    }

    async fn run(self, updates: &UpdateSender) {
        let started_at = clock::now();
        self.engine.metrics.execution_started();
        self.engine.advance(&self.id, State::started);
        let message =
            ClaudeProgressPayload::message(self.id.clone(), "Process started", started_at);
        updates.send(Update::Progress(message));

        let mut stdout = String::new();
        let id = self.id.clone();
        let show = |shown| {
            let payload = match shown {
                Shown::Text(text) => {
                    stdout.push_str(&text);
                    ClaudeProgressPayload::output(id.clone(), text, clock::now())
                }
                Shown::Message(message) => {
                    ClaudeProgressPayload::message(id.clone(), message, clock::now())
                }
            };
            updates.send(Update::Progress(payload));
        };
        let limit = self.limit();
        let engine = self.engine.clone();
        let (id, owner) = (self.id.clone(), self.owner.clone());
        let ending = match self.run_command(limit, show).await {
            Ok(finished) => Ending::of(finished, limit),
            Err(error) => {
                tracing::error!(process = %id, %error, "the Claude CLI could not be started");
                Ending::not_started()
            }
        };
        let now = clock::now();
        let state = engine.advance(&id, |state| state.ended(ending.status, now));
        let took = Duration::from_millis(now.millis_since(started_at).get());
        engine
            .metrics
            .execution_ended(label(state.status()), took, stdout.len() as u64);
        tracing::info!(process = %id, status = label(state.status()), ?took, "Claude process ended");
        updates.send(ending.into_update(id, owner, state.status(), started_at, now, stdout));
    }

    fn limit(&self) -> Duration {
        self.payload
            .timeout_ms
            .map_or(self.engine.config.process_timeout, |ms| {
                Duration::from_millis(ms.get())
            })
    }

    async fn run_command(
        self,
        limit: Duration,
        show: impl FnMut(Shown),
    ) -> std::io::Result<Finished> {
        let base = self.engine.directory.path();
        let system_prompt = self
            .payload
            .system_prompt
            .as_ref()
            .map(|prompt| {
                // Readable by the server's user only, and removed when the process has ended.
                let mut file = NamedTempFile::new_in(base.join(PROMPTS))?;
                file.write_all(prompt.as_str().as_bytes())?;
                std::io::Result::Ok(file)
            })
            .transpose()?;
        let own_home = base.join(HOME);
        // An operator's login lives in the operator's home.
        let operator_home = std::env::var_os("HOME").map(PathBuf::from);
        let home = if self.engine.config.bare {
            None
        } else {
            operator_home.as_deref()
        };
        let empty = base.join(EMPTY);
        let places = Places {
            home: home.unwrap_or(&own_home),
            directory: self.working_directory.as_deref().unwrap_or(&empty),
            system_prompt: system_prompt.as_ref().map(NamedTempFile::path),
        };
        let command = command::build(&self.engine.config, &self.payload, &places);
        let stop = async {
            match self.stopped.await {
                Ok(stop) => stop,
                // Nobody can stop it any more: then nobody will.
                Err(_) => std::future::pending().await,
            }
        };
        runner::run(command, stop, limit, show).await
    }
}

const HOME: &str = "home";
const EMPTY: &str = "empty";
const PROMPTS: &str = "prompts";

/// How a process ended, before its record is asked whether a stop was decided.
struct Ending {
    status: ClaudeProcessStatus,
    error: String,
    finished: Option<Finished>,
    limit: Duration,
}

impl Ending {
    fn not_started() -> Self {
        Self {
            status: ClaudeProcessStatus::Failed,
            error: "Claude CLI could not be started".into(),
            finished: None,
            limit: Duration::ZERO,
        }
    }

    fn of(finished: Finished, limit: Duration) -> Self {
        let conclusion = &finished.conclusion;
        let failure = if let Some(reported) = &conclusion.reported_error {
            Some(reported.clone())
        } else if finished.exit_code != Some(0) {
            Some(String::new())
        } else if !conclusion.is_whole {
            Some("Claude CLI ended before its answer was complete".into())
        } else {
            None
        };
        let status = match (finished.stopped, &failure) {
            (Some(stop), _) => stop.status(),
            (None, Some(_)) => ClaudeProcessStatus::Failed,
            (None, None) => ClaudeProcessStatus::Completed,
        };
        let error = failure
            .filter(|error| !error.is_empty())
            .or_else(|| Some(finished.stderr.trim().to_owned()).filter(|text| !text.is_empty()))
            .unwrap_or_else(|| match finished.exit_code {
                Some(code) => format!("Claude CLI exited with code {code}"),
                None => "Claude CLI was ended by a signal".into(),
            });
        Self {
            status,
            error,
            finished: Some(finished),
            limit,
        }
    }

    /// The one final update, in the status that the record has decided.
    fn into_update(
        self,
        id: ProcessId,
        owner: UserId,
        status: ClaudeProcessStatus,
        started_at: Timestamp,
        completed_at: Timestamp,
        stdout: String,
    ) -> Update {
        let (code, message) = match (status, self.finished) {
            (ClaudeProcessStatus::Completed, Some(finished)) => {
                let result = ClaudeProcessResult {
                    id,
                    user_id: owner,
                    status,
                    stdout,
                    stderr: finished.stderr,
                    exit_code: finished.exit_code,
                    started_at,
                    completed_at,
                    duration_ms: completed_at.millis_since(started_at),
                    error: None,
                    parsed_response: finished.conclusion.parsed_response,
                };
                let payload = ClaudeCompletePayload::new(result, completed_at);
                return Update::Complete(Box::new(payload));
            }
            (ClaudeProcessStatus::Cancelled, _) => (
                ClaudeErrorCode::Cancelled,
                "Process was cancelled by user".into(),
            ),
            (ClaudeProcessStatus::Timeout, _) => {
                let limit_ms = self.limit.as_millis();
                (
                    ClaudeErrorCode::ExecutionError,
                    format!("Process timed out after {limit_ms} ms"),
                )
            }
            (
                _,
                Some(Finished {
                    stopped: Some(Stop::ServerStopped),
                    ..
                }),
            ) => (
                ClaudeErrorCode::ExecutionError,
                "Server is shutting down".into(),
            ),
            _ => (ClaudeErrorCode::ExecutionError, self.error),
        };
        Update::Error(ClaudeErrorPayload::new(
            Some(id),
            code,
            message,
            completed_at,
        ))
    }
}

fn new_process_id() -> ProcessId {
    let id = format!("claude_{}", uuid::Uuid::now_v7());
    ProcessId::new(id).unwrap_or_else(|_| unreachable!("43 characters"))
}

fn label(status: ClaudeProcessStatus) -> &'static str {
    match status {
        ClaudeProcessStatus::Pending => "pending",
        ClaudeProcessStatus::Queued => "queued",
        ClaudeProcessStatus::Running => "running",
        ClaudeProcessStatus::Completed => "completed",
        ClaudeProcessStatus::Failed => "failed",
        ClaudeProcessStatus::Timeout => "timeout",
        ClaudeProcessStatus::Cancelled => "cancelled",
    }
}
