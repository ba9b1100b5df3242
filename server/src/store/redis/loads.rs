//! Loads of records: few at once, and one for all who ask for the same.

use crate::store::StoredExecution;
use slop_schema::scalar::ProcessId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{OnceCell, Semaphore};

/// Loads at once. Records may be large, and each is in memory while it is loaded.
const MAX_LOADS: usize = 2;

type Load = Arc<OnceCell<Option<StoredExecution>>>;

/// The loads that are under way or wait for their turn.
pub(super) struct Loads {
    under_way: Mutex<HashMap<ProcessId, Load>>,
    turns: Semaphore,
}

impl Default for Loads {
    fn default() -> Self {
        Self {
            under_way: Mutex::default(),
            turns: Semaphore::new(MAX_LOADS),
        }
    }
}

impl Loads {
    /// What the load of a process gives, which may be one that another has begun.
    pub(super) async fn share<F>(
        &self,
        process: &ProcessId,
        load: impl FnOnce() -> F,
    ) -> Option<StoredExecution>
    where
        F: Future<Output = Option<StoredExecution>>,
    {
        let shared = self.under_way().entry(process.clone()).or_default().clone();
        let loaded = shared.get_or_init(|| async {
            let _turn = self.turns.acquire().await;
            load().await
        });
        let stored = loaded.await.clone();
        let mut under_way = self.under_way();
        if under_way
            .get(process)
            .is_some_and(|current| Arc::ptr_eq(current, &shared))
        {
            under_way.remove(process);
        }
        stored
    }

    fn under_way(&self) -> MutexGuard<'_, HashMap<ProcessId, Load>> {
        self.under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
