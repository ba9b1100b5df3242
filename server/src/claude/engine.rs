//! The engine: takes each process from its payload to its final update, and answers for it.

use super::desk::Desk;
use super::ending::{self, Facts};
use super::execution::{self, Job};
use super::journal::{Journal, Update, Updates};
use super::queue::{Admission, Queue};
use super::records::Record;
use super::state::{State, Stop};
use super::workspace;
use crate::clock;
use crate::config::ClaudeConfig;
use crate::metrics::Metrics;
use crate::refusal::ClaudeRefusal;
use crate::store::{Ending as StoredEnding, RateVerdict, Store, StoredExecution};
use slop_schema::claude::{ClaudeExecutePayload, ClaudeProcessStatus};
use slop_schema::scalar::{ProcessId, Timestamp, UserId};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::sync::{oneshot, watch};

/// How long followers and the store may take to learn the final updates when the server stops.
const FAREWELL: Duration = Duration::from_secs(1);
/// How long the callback of a cancel, which goes first, may put off what was decided.
const CALLBACK_PATIENCE: Duration = Duration::from_secs(1);

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
    store: Store,
    directory: TempDir,
    desk: Mutex<Desk>,
    running: watch::Sender<usize>,
}

/// An accepted execution.
pub struct Accepted {
    /// Its id.
    pub process: ProcessId,
    /// Everything that happens to it, from the beginning.
    pub updates: Updates,
}

/// Where a process stands, for its user.
pub struct Standing {
    /// Its status.
    pub status: ClaudeProcessStatus,
    /// Its position, counted from 0, while it waits.
    pub position: Option<usize>,
    /// What happens to it from now on, after what was missed; absent while it runs on another
    /// server.
    pub updates: Option<Updates>,
}

/// A stop that was decided; it takes effect when it is carried out. Its means are in the record of
/// the process, so that the engine can do it when nobody else does.
pub struct PendingStop {
    engine: Arc<Engine>,
    process: ProcessId,
}

impl PendingStop {
    /// Ends the process, unless that was done before.
    pub fn carry_out(self) {
        self.engine.carry_out(&self.process);
    }
}

impl Executions {
    /// An engine without processes.
    ///
    /// # Errors
    /// When the directories for the CLI cannot be made.
    pub fn new(config: ClaudeConfig, store: Store, metrics: Metrics) -> Result<Self, SetupError> {
        let directory = execution::make_directories()?;
        let queue = Queue::new(config.max_concurrent, config.max_queued);
        let desk = Mutex::new(Desk::new(queue));
        let (running, _) = watch::channel(0);
        Ok(Self(Arc::new(Engine {
            config,
            metrics,
            store,
            directory,
            desk,
            running,
        })))
    }

    /// Takes an execution in: it starts at once, or waits for its turn.
    ///
    /// # Errors
    /// When the payload asks for what this server does not allow, the user asks too often, the
    /// queue is full or the server is stopping.
    pub async fn execute(
        &self,
        owner: &UserId,
        payload: ClaudeExecutePayload,
    ) -> Result<Accepted, ClaudeRefusal> {
        let engine = &self.0;
        let limit = engine.time_limit(&payload)?;
        if let Some(asked) = &payload.working_directory {
            workspace::resolve(engine.config.workspace_root.as_deref(), asked).await?;
        }
        if let RateVerdict::Refused { retry_after } = engine.store.count_request(owner).await {
            engine.metrics.rate_limited();
            return Err(ClaudeRefusal::RateLimited { retry_after });
        }
        let (stop, stopped) = oneshot::channel();
        let accepted_at = Instant::now();
        let job = Job {
            payload,
            limit,
            stopped,
            accepted_at,
        };
        engine.admit(owner, job, stop)
    }

    /// Where a user's process stands.
    ///
    /// # Errors
    /// When the process is not known, or belongs to another user.
    pub async fn status(
        &self,
        user: &UserId,
        process: &ProcessId,
    ) -> Result<Standing, ClaudeRefusal> {
        if let Some(standing) = self.0.desk().standing(user, process) {
            return standing;
        }
        let stored = self.0.store.load(process).await;
        let stored = stored.ok_or_else(|| ClaudeRefusal::StatusOfUnknown(process.clone()))?;
        if stored.owner != *user {
            return Err(ClaudeRefusal::AccessDenied);
        }
        let (status, journal) = restore(process, stored);
        let updates = journal.map(|journal| journal.catch_up());
        Ok(Standing {
            status,
            position: None,
            updates,
        })
    }

    /// Decides that a user's process is cancelled. Whoever asked has a second to tell the client so
    /// before it is carried out.
    ///
    /// # Errors
    /// When the process is not known, belongs to another user, or has ended.
    pub async fn cancel(
        &self,
        user: &UserId,
        process: &ProcessId,
    ) -> Result<PendingStop, ClaudeRefusal> {
        if let Some(stop) = self.0.cancel_own(user, process) {
            return stop;
        }
        match self.0.store.load(process).await {
            None => Err(ClaudeRefusal::CancelOfUnknown),
            Some(stored) if stored.owner != *user => Err(ClaudeRefusal::AccessDenied),
            Some(_) => Err(ClaudeRefusal::AlreadyEnded),
        }
    }

    /// Stops all processes and waits until they have ended and everybody knows, but not longer
    /// than the limit.
    pub async fn shut_down(&self, limit: Duration) {
        let unfinished = {
            let mut desk = self.0.desk();
            desk.queue.close();
            desk.records.unfinished()
        };
        for process in unfinished {
            // One that was cancelled before may still wait for its callback.
            drop(self.0.stop(&process, Stop::ServerStopped));
            self.0.carry_out(&process);
        }
        let mut running = self.0.running.subscribe();
        if tokio::time::timeout(limit, running.wait_for(|count| *count == 0))
            .await
            .is_err()
        {
            tracing::warn!("Claude processes did not end in time");
        }
        let told = async {
            while self.0.desk().records.has_readers() || self.0.store.is_writing() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let _ = tokio::time::timeout(FAREWELL, told).await;
        // Its owner may live on in a cycle of the library's: this is the end of its use.
        let _ = std::fs::remove_dir_all(self.0.directory.path());
    }
}

impl Engine {
    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn time_limit(&self, payload: &ClaudeExecutePayload) -> Result<Duration, ClaudeRefusal> {
        let max_timeout_ms = self.config.max_timeout.as_millis();
        match payload.timeout_ms {
            None => Ok(self.config.process_timeout),
            Some(asked) if u128::from(asked.get()) <= max_timeout_ms => {
                Ok(Duration::from_millis(asked.get()))
            }
            Some(_) => Err(ClaudeRefusal::TimeoutTooLong { max_timeout_ms }),
        }
    }

    fn admit(
        self: &Arc<Self>,
        owner: &UserId,
        job: Job,
        stop: oneshot::Sender<()>,
    ) -> Result<Accepted, ClaudeRefusal> {
        let process = new_process_id();
        let journal = Journal::new(process.clone(), self.config.max_output_bytes);
        let updates = journal.follow();
        let mut desk = self.desk();
        let (state, waiting, starting) = match desk.queue.admit(process.clone(), owner) {
            Admission::Closed => return Err(ClaudeRefusal::Stopping),
            Admission::Full => return Err(ClaudeRefusal::QueueFull),
            Admission::Start => (State::Running, None, Some(job)),
            Admission::Wait => (State::Queued, Some(job), None),
        };
        desk.records.insert(
            process.clone(),
            Record {
                owner: owner.clone(),
                state,
                journal,
                stop: Some(stop),
                withheld: None,
                job: waiting,
                position: None,
            },
        );
        self.queue_changed(&mut desk, clock::now());
        self.count_running(usize::from(starting.is_some()));
        self.save(&desk, &process, None);
        drop(desk);
        match starting {
            Some(job) => self.start(process.clone(), job, Duration::ZERO),
            None => self.limit_wait(process.clone()),
        }
        Ok(Accepted { process, updates })
    }

    /// Tells everybody who waits where they now are.
    fn queue_changed(&self, desk: &mut Desk, now: Timestamp) {
        desk.tell_positions(now);
        self.metrics.queue_length(desk.queue.waiting_count());
    }

    /// Ends a wait that takes too long.
    fn limit_wait(self: &Arc<Self>, process: ProcessId) {
        let engine = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep(engine.config.queue_timeout).await;
            if let Some(stop) = engine.stop(&process, Stop::WaitedTooLong) {
                stop.carry_out();
            }
        });
    }

    /// Counts processes that are about to start. Done while the desk is held, so that a stop of
    /// the server that comes next waits for them.
    fn count_running(&self, starting: usize) {
        self.running.send_modify(|count| *count += starting);
    }

    /// Starts a process whose turn has come, and that was counted.
    fn start(self: &Arc<Self>, process: ProcessId, job: Job, waited: Duration) {
        self.metrics.execution_started(waited);
        let engine = self.clone();
        tokio::spawn(async move {
            engine.run(&process, job).await;
            engine.running.send_modify(|count| *count -= 1);
        });
    }

    async fn run(self: &Arc<Self>, process: &ProcessId, job: Job) {
        let Some((owner, journal)) = self.desk().who(process) else {
            return;
        };
        let started_at = clock::now();
        journal.message("Process started", started_at);
        let limit = job.limit;
        let ending =
            execution::run(&self.config, self.directory.path(), process, job, &journal).await;

        let completed_at = clock::now();
        let took = Duration::from_millis(completed_at.millis_since(started_at).get());
        let (status, stop) = self.desk().end(process, ending.status(), completed_at);
        self.metrics
            .execution_ended(status, took, journal.output_bytes() as u64);
        tracing::info!(%process, ?status, ?took, "Claude process ended");
        let facts = Facts {
            process: process.clone(),
            owner,
            started_at,
            completed_at,
            limit,
        };
        let last = match stop {
            Some(stop) => ending::stopped(stop, process.clone(), limit, completed_at),
            None => journal.close(|stdout| ending.into_update(status, facts, stdout)),
        };
        let mut desk = self.desk();
        self.save(&desk, process, Some(&last));
        desk.close(process, last, completed_at, self.config.process_ttl);
        drop(desk);
        self.start_waiting();
    }

    /// Starts those whose turn has come.
    fn start_waiting(self: &Arc<Self>) {
        let mut starting = Vec::new();
        let mut desk = self.desk();
        while let Some(process) = desk.queue.start_next() {
            let Some(record) = desk.records.get_mut(&process) else {
                continue;
            };
            if let (Some(state), Some(job)) = (record.state.start(), record.job.take()) {
                record.state = state;
                self.save(&desk, &process, None);
                starting.push((process, job));
            }
        }
        self.queue_changed(&mut desk, clock::now());
        self.count_running(starting.len());
        drop(desk);
        for (process, job) in starting {
            let waited = job.accepted_at.elapsed();
            self.start(process, job, waited);
        }
    }

    fn cancel_own(
        self: &Arc<Self>,
        user: &UserId,
        process: &ProcessId,
    ) -> Option<Result<PendingStop, ClaudeRefusal>> {
        let is_own = self
            .desk()
            .records
            .get(process)
            .map(|record| record.owner == *user)?;
        if !is_own {
            return Some(Err(ClaudeRefusal::AccessDenied));
        }
        let stop = self.stop(process, Stop::Cancelled);
        if stop.is_some() {
            let (engine, process) = (self.clone(), process.clone());
            tokio::spawn(async move {
                tokio::time::sleep(CALLBACK_PATIENCE).await;
                engine.carry_out(&process);
            });
        }
        Some(stop.ok_or(ClaudeRefusal::AlreadyEnded))
    }

    /// Decides that a process is stopped; `None` when it has ended, or that was decided, before.
    fn stop(self: &Arc<Self>, process: &ProcessId, stop: Stop) -> Option<PendingStop> {
        let now = clock::now();
        let mut desk = self.desk();
        let record = desk.records.get_mut(process)?;
        if stop == Stop::WaitedTooLong && record.state != State::Queued {
            return None;
        }
        record.state = record.state.stop(stop, now)?;
        if matches!(record.state, State::Ended { .. }) {
            record.job = None;
            let limit = self.config.queue_timeout;
            let last = ending::stopped(stop, process.clone(), limit, now);
            record.withheld = Some(last.clone());
            self.metrics.execution_never_ran(stop.status());
            desk.queue.remove(process);
            self.queue_changed(&mut desk, now);
            self.save(&desk, process, Some(&last));
        }
        Some(PendingStop {
            engine: self.clone(),
            process: process.clone(),
        })
    }

    /// Carries out a stop that was decided, unless that was done before.
    fn carry_out(&self, process: &ProcessId) {
        let mut desk = self.desk();
        let Some(record) = desk.records.get_mut(process) else {
            return;
        };
        if let Some(runner) = record.stop.take() {
            // The process may have ended by itself: its state has the stop all the same.
            let _ = runner.send(());
        }
        if let Some(last) = record.withheld.take() {
            desk.close(process, last, clock::now(), self.config.process_ttl);
        }
    }

    /// Stores where a process stands, with its final update when it has one. Done while the desk is
    /// held, so that records come to the store in the order of what was decided.
    fn save(&self, desk: &Desk, process: &ProcessId, last: Option<&Update>) {
        let Some((owner, status)) = desk.owner_and_status(process) else {
            return;
        };
        let ending = match last {
            Some(Update::Complete(payload)) => Some(StoredEnding::Complete(payload.clone())),
            Some(Update::Error(payload)) => Some(StoredEnding::Error(payload.clone())),
            Some(Update::Queued(_) | Update::Progress(_)) | None => None,
        };
        self.store.save(process, || StoredExecution {
            owner,
            status,
            ending,
            server: String::new(),
            server_is_alive: true,
        });
    }
}

/// A process of another server, or of this one before its restart.
fn restore(process: &ProcessId, stored: StoredExecution) -> (ClaudeProcessStatus, Option<Journal>) {
    let closed = |update| Some(Journal::closed(process.clone(), update));
    match stored.ending {
        Some(StoredEnding::Complete(payload)) => (stored.status, closed(Update::Complete(payload))),
        Some(StoredEnding::Error(payload)) => (stored.status, closed(Update::Error(payload))),
        // It runs elsewhere: there is nothing to follow here, until it has ended.
        None if stored.server_is_alive => (stored.status, None),
        None => {
            let update = ending::server_died(process.clone(), clock::now());
            (ClaudeProcessStatus::Failed, closed(update))
        }
    }
}

fn new_process_id() -> ProcessId {
    let id = format!("claude_{}", uuid::Uuid::now_v7());
    ProcessId::new(id).unwrap_or_else(|_| unreachable!("43 characters"))
}

#[cfg(test)]
mod tests;
