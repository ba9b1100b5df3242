//! The store in Redis. A dead or slow Redis never stops work: requests pass, records are not kept,
//! one warning says so, and everything comes back without a restart.

use super::limiter::{RateLimit, RateVerdict};
use super::record::StoredExecution;
use crate::metrics::Metrics;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{AsyncCommands, Client, RedisResult, Script};
use slop_schema::scalar::{ProcessId, UserId};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OnceCell, mpsc};
use tokio::time::{sleep, timeout};

pub use redis::RedisError;

/// The longest a request waits for Redis.
const PATIENCE: Duration = Duration::from_millis(250);
/// Pause between two attempts to reach a Redis that is gone.
const RETRY: Duration = Duration::from_millis(500);
/// Records may be large: writing one may take longer than a request waits.
const WRITE_PATIENCE: Duration = Duration::from_secs(5);
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
    client: Client,
    limit: RateLimit,
    ttl: Duration,
    metrics: Metrics,
    /// Name of this server, new with every start.
    server: String,
    connection: OnceCell<ConnectionManager>,
    is_down: AtomicBool,
    count: Script,
    records: mpsc::UnboundedSender<(ProcessId, StoredExecution)>,
    unstarted: Mutex<Option<mpsc::UnboundedReceiver<(ProcessId, StoredExecution)>>>,
}

impl RedisStore {
    pub(super) fn open(
        url: &str,
        limit: RateLimit,
        ttl: Duration,
        metrics: Metrics,
    ) -> Result<Arc<Self>, RedisError> {
        let (records, unwritten) = mpsc::unbounded_channel();
        Ok(Arc::new(Self {
            client: Client::open(url)?,
            limit,
            ttl,
            metrics,
            server: uuid::Uuid::now_v7().to_string(),
            connection: OnceCell::new(),
            is_down: AtomicBool::new(false),
            count: Script::new(COUNT),
            records,
            unstarted: Mutex::new(Some(unwritten)),
        }))
    }

    pub(super) async fn count_request(self: &Arc<Self>, user: &UserId) -> RateVerdict {
        self.start();
        let key = format!("ws:claude:ratelimit:{user}");
        let window_ms = u64::try_from(self.limit.window.as_millis()).unwrap_or(u64::MAX);
        let counted = self
            .ask(PATIENCE, async |mut connection: ConnectionManager| {
                let mut call = self.count.key(key);
                call.arg(window_ms).invoke_async::<(u32, i64)>(&mut connection).await
            })
            .await;
        match counted {
            Some((count, left_ms)) if count > self.limit.max_requests => {
                let left_ms = u64::try_from(left_ms).unwrap_or(window_ms);
                RateVerdict::Refused { retry_after: Duration::from_millis(left_ms) }
            }
            // The document: if Redis is unavailable, rate limiting is bypassed.
            Some(_) | None => RateVerdict::Allowed,
        }
    }

    /// Records are written one after the other, so that an older one never replaces a newer.
    pub(super) fn save(self: &Arc<Self>, process: ProcessId, mut execution: StoredExecution) {
        self.start();
        if self.is_down.load(Ordering::Relaxed) {
            return;
        }
        execution.server.clone_from(&self.server);
        // The writer lives as long as the store.
        let _ = self.records.send((process, execution));
    }

    pub(super) async fn load(self: &Arc<Self>, process: &ProcessId) -> Option<StoredExecution> {
        self.start();
        let key = record_key(process);
        let stored = self
            .ask(WRITE_PATIENCE, async |mut connection: ConnectionManager| {
                connection.get::<_, Option<Vec<u8>>>(key).await
            })
            .await??;
        let mut stored: StoredExecution = serde_json::from_slice(&stored).ok()?;
        let key = server_key(&stored.server);
        stored.server_is_alive = self
            .ask(PATIENCE, async |mut connection: ConnectionManager| connection.exists(key).await)
            .await
            // Who cannot be asked is not declared dead.
            .unwrap_or(true);
        Some(stored)
    }

    /// Starts writing records and giving signs of life, once a runtime is there to do it on.
    fn start(self: &Arc<Self>) {
        let unstarted =
            self.unstarted.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(unwritten) = unstarted {
            tokio::spawn(write_records(Arc::downgrade(self), unwritten));
            let store = Arc::downgrade(self);
            tokio::spawn(async move {
                while let Some(store) = store.upgrade() {
                    store.give_sign_of_life().await;
                    drop(store);
                    sleep(SIGN_OF_LIFE).await;
                }
            });
        }
    }

    async fn give_sign_of_life(self: &Arc<Self>) {
        let key = server_key(&self.server);
        self.ask(PATIENCE, async |mut connection: ConnectionManager| {
            connection.set_ex::<_, _, ()>(key, 1, SILENCE_SECONDS).await
        })
        .await;
    }

    async fn write(self: &Arc<Self>, process: &ProcessId, execution: &StoredExecution) {
        let Ok(text) = serde_json::to_vec(execution) else { return };
        let (key, ttl) = (record_key(process), self.ttl.as_secs().max(1));
        self.ask(WRITE_PATIENCE, async |mut connection: ConnectionManager| {
            connection.set_ex::<_, _, ()>(key, text, ttl).await
        })
        .await;
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
        let answer = timeout(patience, async {
            let connection = self.connection.get_or_try_init(|| self.connect()).await?;
            question(connection.clone()).await
        })
        .await;
        match answer {
            Ok(Ok(answer)) => return Some(answer),
            Ok(Err(error)) => self.note_failure(&error.to_string()),
            Err(_) => self.note_failure("it does not answer in time"),
        }
        None
    }

    async fn connect(&self) -> RedisResult<ConnectionManager> {
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(WRITE_PATIENCE))
            .set_number_of_retries(1);
        ConnectionManager::new_with_config(self.client.clone(), config).await
    }

    /// From now on nobody waits for Redis, until it answers again.
    fn note_failure(self: &Arc<Self>, reason: &str) {
        self.metrics.redis_failed();
        if self.is_down.swap(true, Ordering::Relaxed) {
            return;
        }
        tracing::warn!(reason, "Redis is unavailable: no rate limit, no stored executions");
        let store = Arc::downgrade(self);
        tokio::spawn(async move {
            loop {
                sleep(RETRY).await;
                let Some(store) = store.upgrade() else { return };
                if store.answers().await {
                    store.is_down.store(false, Ordering::Relaxed);
                    tracing::info!("Redis is available again");
                    store.give_sign_of_life().await;
                    return;
                }
            }
        });
    }

    async fn answers(&self) -> bool {
        let ping = async {
            let mut connection = self.connection.get_or_try_init(|| self.connect()).await?.clone();
            redis::cmd("PING").query_async::<String>(&mut connection).await
        };
        matches!(timeout(PATIENCE, ping).await, Ok(Ok(_)))
    }
}

async fn write_records(
    store: std::sync::Weak<RedisStore>,
    mut unwritten: mpsc::UnboundedReceiver<(ProcessId, StoredExecution)>,
) {
    while let Some((process, execution)) = unwritten.recv().await {
        let Some(store) = store.upgrade() else { return };
        store.write(&process, &execution).await;
    }
}

fn record_key(process: &ProcessId) -> String {
    format!("ws:claude:process:{process}")
}

fn server_key(server: &str) -> String {
    format!("ws:claude:server:{server}")
}
