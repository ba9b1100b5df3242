//! What the handles of a client and its driver share.

use crate::builder::Config;
use crate::calls::Calls;
use crate::engine::Data;
use crate::events::{Bus, RawEvent};
use crate::memory::Memory;
use crate::run::Runs;
use crate::state::ConnectionState;
use slop_schema::Namespace;
use slop_schema::protocol::{ClaudeError, Error};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;

pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) memory: Memory,
    pub(crate) calls: Calls,
    pub(crate) bus: Arc<Bus>,
    pub(crate) runs: Runs,
    /// The last event of each namespace that announced a refusal.
    announced: Mutex<HashMap<Namespace, Data>>,
    state: watch::Sender<ConnectionState>,
}

impl Shared {
    /// The state is set by the driver before anybody sees it.
    pub(crate) fn new(config: Config, memory: Memory, state: ConnectionState) -> Self {
        Self {
            config,
            memory,
            calls: Calls::default(),
            bus: Arc::default(),
            runs: Runs::default(),
            announced: Mutex::default(),
            state: watch::Sender::new(state),
        }
    }

    pub(crate) fn set_state(&self, state: ConnectionState) {
        self.state.send_replace(state);
    }

    pub(crate) fn state(&self) -> watch::Receiver<ConnectionState> {
        self.state.subscribe()
    }

    /// Keeps an event that announces a refusal: the callback with the same sentence comes next.
    pub(crate) fn note_refusal(&self, event: &RawEvent) {
        if event.is::<Error>() || event.is::<ClaudeError>() {
            let mut announced = self
                .announced
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            announced.insert(event.namespace, event.data.clone());
        }
    }

    /// The last of them on a namespace.
    pub(crate) fn announced(&self, namespace: Namespace) -> Option<Data> {
        let announced = self
            .announced
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        announced.get(&namespace).cloned()
    }
}
