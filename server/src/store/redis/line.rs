//! A line to Redis: one connection, made when it is needed and given up when it falls silent.

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, RedisError, RedisResult};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::OnceCell;
use tokio::time::timeout;

/// The longest that connecting may take.
const CONNECT_PATIENCE: Duration = Duration::from_millis(250);
/// The longest that anybody waits for an answer.
const LONGEST_PATIENCE: Duration = Duration::from_secs(5);

type Connection = Arc<OnceCell<ConnectionManager>>;

/// A line to Redis. Its connection comes back by itself after an error.
pub(super) struct Line {
    client: Client,
    connection: Mutex<Connection>,
}

/// Why a question was not answered.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error("it does not answer in time")]
    Silence,
    #[error(transparent)]
    Error(RedisError),
}

impl Line {
    pub(super) fn new(client: Client) -> Self {
        Self {
            client,
            connection: Mutex::default(),
        }
    }

    /// Asks Redis something.
    pub(super) async fn ask<T, F>(
        &self,
        patience: Duration,
        question: impl FnOnce(ConnectionManager) -> F,
    ) -> Result<T, Failure>
    where
        F: Future<Output = RedisResult<T>>,
    {
        let connection = self.connection().clone();
        let answer = timeout(patience, async {
            let manager = connection.get_or_try_init(|| self.connect()).await?;
            question(manager.clone()).await
        })
        .await;
        match answer {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) if !error.is_timeout() => Err(Failure::Error(error)),
            Ok(Err(_)) | Err(_) => {
                self.give_up(&connection);
                Err(Failure::Silence)
            }
        }
    }

    /// Takes a new connection for the next question.
    pub(super) fn renew(&self) {
        *self.connection() = Arc::default();
    }

    /// A path that was lost without a word gives no error for many minutes: the next question
    /// takes a new connection.
    fn give_up(&self, silent: &Connection) {
        let mut connection = self.connection();
        if Arc::ptr_eq(&connection, silent) {
            *connection = Arc::default();
        }
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    async fn connect(&self) -> RedisResult<ConnectionManager> {
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(CONNECT_PATIENCE))
            .set_response_timeout(Some(LONGEST_PATIENCE))
            .set_number_of_retries(1);
        ConnectionManager::new_with_config(self.client.clone(), config).await
    }
}
