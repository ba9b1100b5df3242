//! The store in Redis. A dead or slow Redis never stops work: requests pass, records wait, one
//! warning says so, and everything comes back without a restart.

mod line;

mod loads;

mod thread;

use super::limiter::{RateLimit, RateVerdict};
use super::record::StoredExecution;
use super::unwritten::Unwritten;
use crate::metrics::Metrics;
use line::{Failure, Line};
use loads::Loads;
use redis::aio::ConnectionManager;
use redis::{AsyncCommands, Client, RedisResult, Script};
use slop_schema::scalar::{ProcessId, UserId};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;
use thread::Thread;
use tokio::sync::Notify;
use tokio::task::spawn_blocking;
use tokio::time::sleep;

pub use redis::RedisError;

/// The longest a request waits for Redis.
const PATIENCE: Duration = Duration::from_millis(250);
/// Pause between two attempts to reach a Redis that is gone.
const RETRY: Duration = Duration::from_millis(500);
/// How long a record is waited for before Redis is asked whether it lives …
const READ_PATIENCE: Duration = Duration::from_secs(1);
/// … and how long one may take when it does: records may be large.
const RECORD_PATIENCE: Duration = Duration::from_secs(5);
/// A server says this often that it lives …
const SIGN_OF_LIFE: Duration = Duration::from_secs(5);
/// … and counts as dead when it was silent for so long.
const SILENCE_SECONDS: u64 = 15;

/// Counting and the end of the window are one step: a crash between cannot lock a user out.
const COUNT: &str = "
local count = redis.call('INCR', KEYS[1])
if count == 1 or redis.call('PTTL', KEYS[1]) < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
end
return {count, redis.call('PTTL', KEYS[1])}";

/// Counts and records in Redis.
pub struct RedisStore {
    thread: Thread,
    /// For what requests wait for. Nothing large goes here.
    line: Line,
    /// For records: nobody waits behind them for anything else.
    record_line: Line,
    loads: Loads,
    limit: RateLimit,
    ttl: Duration,
    metrics: Metrics,
    /// Name of this server, new with every start.
    server: String,
    is_down: AtomicBool,
    count: Script,
    unwritten: Mutex<Unwritten>,
    /// There is something to write, and perhaps a Redis to write it to.
    may_write: Arc<Notify>,
    is_started: AtomicBool,
}

/// Why there is no answer about a record: Redis is down, or only slow.
struct IsDown(bool);

impl RedisStore {
    pub(super) fn open(
        url: &str,
        limit: RateLimit,
        ttl: Duration,
        metrics: Metrics,
    ) -> Result<Arc<Self>, RedisError> {
        let client = Client::open(url)?;
        Ok(Arc::new(Self {
            thread: Thread::start()?,
            line: Line::new(client.clone()),
            record_line: Line::new(client),
            loads: Loads::default(),
            limit,
            ttl,
            metrics,
            server: uuid::Uuid::now_v7().to_string(),
            is_down: AtomicBool::new(false),
            count: Script::new(COUNT),
            unwritten: Mutex::default(),
            may_write: Arc::default(),
            is_started: AtomicBool::new(false),
        }))
    }

    pub(super) async fn count_request(self: &Arc<Self>, user: &UserId) -> RateVerdict {
        self.start();
        let (store, user) = (self.clone(), user.clone());
        let counted = self.thread.run(async move { store.count(&user).await });
        // The document: if Redis is unavailable, rate limiting is bypassed.
        counted.await.flatten().unwrap_or(RateVerdict::Allowed)
    }

    async fn count(self: &Arc<Self>, user: &UserId) -> Option<RateVerdict> {
        let key = format!("ws:claude:ratelimit:{user}");
        let window_ms = u64::try_from(self.limit.window.as_millis()).unwrap_or(u64::MAX);
        let (count, left_ms) = self
            .ask(PATIENCE, async |mut connection: ConnectionManager| {
                let mut call = self.count.key(key);
                call.arg(window_ms)
                    .invoke_async::<(u32, i64)>(&mut connection)
                    .await
            })
            .await?;
        if count <= self.limit.max_requests {
            return Some(RateVerdict::Allowed);
        }
        let left_ms = u64::try_from(left_ms).unwrap_or(window_ms);
        Some(RateVerdict::Refused {
            retry_after: Duration::from_millis(left_ms),
        })
    }

    /// Records are written one after the other, so that an older one never replaces a newer.
    pub(super) fn save(self: &Arc<Self>, process: ProcessId, mut execution: StoredExecution) {
        self.start();
        execution.server.clone_from(&self.server);
        self.unwritten().add(process, execution);
        self.may_write.notify_one();
    }

    /// Whether records are about to be written. Those that wait for a Redis that is down are not.
    pub(super) fn is_writing(&self) -> bool {
        !self.is_down.load(Ordering::Relaxed) && !self.unwritten().is_empty()
    }

    fn unwritten(&self) -> MutexGuard<'_, Unwritten> {
        self.unwritten
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) async fn load(self: &Arc<Self>, process: &ProcessId) -> Option<StoredExecution> {
        self.start();
        let (store, process) = (self.clone(), process.clone());
        let loaded = self
            .thread
            .run(async move { store.loads.share(&process, || store.read(&process)).await });
        loaded.await.flatten()
    }

    async fn read(self: &Arc<Self>, process: &ProcessId) -> Option<StoredExecution> {
        let stored = self.read_record(process).await?;
        // A large one would keep everything else on this thread from its turn.
        let read = move || serde_json::from_slice::<StoredExecution>(&stored);
        let mut stored = spawn_blocking(read).await.ok()?.ok()?;
        let key = server_key(&stored.server);
        stored.server_is_alive = self
            .ask(PATIENCE, async |mut connection: ConnectionManager| {
                connection.exists(key).await
            })
            .await
            // Who cannot be asked is not declared dead.
            .unwrap_or(true);
        Some(stored)
    }

    async fn read_record(self: &Arc<Self>, process: &ProcessId) -> Option<Vec<u8>> {
        let get = async |mut connection: ConnectionManager| {
            connection
                .get::<_, Option<Vec<u8>>>(record_key(process))
                .await
        };
        match self.ask_for_record(READ_PATIENCE, get).await {
            Ok(record) => record,
            // Redis lives: its connection may be one that was lost without a word.
            Err(IsDown(false)) => self.ask_for_record(RECORD_PATIENCE, get).await.ok()?,
            Err(IsDown(true)) => None,
        }
    }

    /// Starts writing records and giving signs of life, once there is use for it.
    fn start(self: &Arc<Self>) {
        if self.is_started.swap(true, Ordering::Relaxed) {
            return;
        }
        let records = write_records(Arc::downgrade(self), self.may_write.clone());
        self.thread.spawn(records);
        let store = Arc::downgrade(self);
        self.thread.spawn(async move {
            while let Some(store) = store.upgrade() {
                let alive = async |connection| store.give_sign_of_life(connection).await;
                store.ask(PATIENCE, alive).await;
                drop(store);
                sleep(SIGN_OF_LIFE).await;
            }
        });
    }

    async fn give_sign_of_life(&self, mut connection: ConnectionManager) -> RedisResult<()> {
        connection
            .set_ex(server_key(&self.server), 1, SILENCE_SECONDS)
            .await
    }

    /// Writes what waits, until nothing does or Redis is down.
    async fn write_waiting(self: &Arc<Self>) {
        loop {
            let Some((place, process, execution)) = self.unwritten().first() else {
                return;
            };
            let written = spawn_blocking(move || serde_json::to_vec(&execution)).await;
            let Ok(Ok(text)) = written else {
                self.unwritten().remove(place);
                continue;
            };
            let (key, ttl) = (record_key(&process), self.ttl.as_secs().max(1));
            let set = async |mut connection: ConnectionManager| {
                connection.set_ex::<_, _, ()>(key, text, ttl).await
            };
            match self.ask_for_record(RECORD_PATIENCE, set).await {
                Ok(()) => self.unwritten().remove(place),
                Err(IsDown(true)) => return,
                Err(IsDown(false)) => sleep(RETRY).await,
            }
        }
    }

    /// Asks Redis something; `None` when it is down, slow or fails.
    async fn ask<T, F>(
        self: &Arc<Self>,
        patience: Duration,
        question: impl FnOnce(ConnectionManager) -> F,
    ) -> Option<T>
    where
        F: Future<Output = RedisResult<T>>,
    {
        if self.is_down.load(Ordering::Relaxed) {
            return None;
        }
        match self.line.ask(patience, question).await {
            Ok(answer) => Some(answer),
            Err(failure) => {
                self.note_failure(&failure.to_string());
                None
            }
        }
    }

    /// Asks for a record, or to keep one. That one takes long does not mean that Redis is down:
    /// whether it is, the other line tells.
    async fn ask_for_record<T, F>(
        self: &Arc<Self>,
        patience: Duration,
        question: impl FnOnce(ConnectionManager) -> F,
    ) -> Result<T, IsDown>
    where
        F: Future<Output = RedisResult<T>>,
    {
        if self.is_down.load(Ordering::Relaxed) {
            return Err(IsDown(true));
        }
        match self.record_line.ask(patience, question).await {
            Ok(answer) => return Ok(answer),
            Err(Failure::Silence) => {
                self.metrics.redis_failed();
                let alive = async |connection| self.give_sign_of_life(connection).await;
                self.ask(PATIENCE, alive).await;
            }
            Err(failure) => self.note_failure(&failure.to_string()),
        }
        Err(IsDown(self.is_down.load(Ordering::Relaxed)))
    }

    /// From now on nobody waits for Redis, until it answers again.
    fn note_failure(self: &Arc<Self>, reason: &str) {
        self.metrics.redis_failed();
        if self.is_down.swap(true, Ordering::Relaxed) {
            return;
        }
        tracing::warn!(
            reason,
            "Redis is unavailable: no rate limit, no stored executions"
        );
        let store = Arc::downgrade(self);
        tokio::spawn(async move {
            loop {
                sleep(RETRY).await;
                let Some(store) = store.upgrade() else { return };
                if store.answers().await {
                    // It has not been asked since: it would fail once more.
                    store.record_line.renew();
                    store.is_down.store(false, Ordering::Relaxed);
                    tracing::info!("Redis is available again");
                    store.may_write.notify_one();
                    return;
                }
            }
        });
    }

    /// A Redis that answers but cannot write, being full or a replica, is of no use either.
    async fn answers(&self) -> bool {
        let alive = async |connection| self.give_sign_of_life(connection).await;
        self.line.ask(PATIENCE, alive).await.is_ok()
    }
}

async fn write_records(store: Weak<RedisStore>, may_write: Arc<Notify>) {
    while let Some(store) = store.upgrade() {
        store.write_waiting().await;
        drop(store);
        may_write.notified().await;
    }
}

fn record_key(process: &ProcessId) -> String {
    format!("ws:claude:process:{process}")
}

fn server_key(server: &str) -> String {
    format!("ws:claude:server:{server}")
}
