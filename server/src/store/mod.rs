//! The store: what outlives a process of the server, or is shared by several of them.

mod limiter;

mod record;

mod unwritten;

mod redis;

use crate::clock;
use crate::metrics::Metrics;
use limiter::Limiter;
use slop_schema::scalar::{ProcessId, UserId};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

pub use limiter::{RateLimit, RateVerdict};
pub use record::{Ending, StoredExecution};
pub use redis::{RedisError, RedisStore};

/// Where counts and records are kept; cheap to clone.
#[derive(Clone)]
pub enum Store {
    /// In this process only.
    Memory(Arc<Mutex<Limiter>>),
    /// In Redis, for all servers.
    Redis(Arc<RedisStore>),
}

impl Store {
    /// A store in memory.
    #[must_use]
    pub fn memory(limit: RateLimit) -> Self {
        Self::Memory(Arc::new(Mutex::new(Limiter::new(limit))))
    }

    /// A store in Redis. Redis need not answer yet.
    ///
    /// # Errors
    /// When the URL is not one of Redis.
    pub fn redis(
        url: &str,
        limit: RateLimit,
        ttl: Duration,
        metrics: Metrics,
    ) -> Result<Self, RedisError> {
        Ok(Self::Redis(RedisStore::open(url, limit, ttl, metrics)?))
    }

    /// Counts a request of a user against the rate limit.
    pub async fn count_request(&self, user: &UserId) -> RateVerdict {
        match self {
            Self::Memory(limiter) => {
                let mut limiter = limiter.lock().unwrap_or_else(PoisonError::into_inner);
                limiter.count(user, clock::now())
            }
            Self::Redis(redis) => redis.count_request(user).await,
        }
    }

    /// Keeps what is known of an execution; later calls for the same one replace it.
    pub fn save(&self, process: &ProcessId, execution: impl FnOnce() -> StoredExecution) {
        match self {
            // The engine's own records are all there is to keep.
            Self::Memory(_) => {}
            Self::Redis(redis) => redis.save(process.clone(), execution()),
        }
    }

    /// Whether something is about to be kept that is lost when the server ends now.
    pub fn is_writing(&self) -> bool {
        match self {
            Self::Memory(_) => false,
            Self::Redis(redis) => redis.is_writing(),
        }
    }

    /// What was kept of an execution that this server does not know.
    pub async fn load(&self, process: &ProcessId) -> Option<StoredExecution> {
        match self {
            Self::Memory(_) => None,
            Self::Redis(redis) => redis.load(process).await,
        }
    }
}
