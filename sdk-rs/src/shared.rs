//! What the handles of a client and its driver share.

use crate::builder::Config;
use crate::calls::Calls;
use crate::engine::Data;
use crate::events::{Bus, RawEvent};
use crate::memory::{Effect, Memory};
use crate::run::Runs;
use crate::state::{CloseReason, ConnectionState};
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
    pub(crate) fn new(config: Config, memory: Memory) -> Self {
        Self {
            config,
            memory,
            calls: Calls::default(),
            bus: Arc::default(),
            runs: Runs::default(),
            announced: Mutex::default(),
            // Nobody sees it before the client is connected.
            state: watch::Sender::new(ConnectionState::Closed(CloseReason::ByClient)),
        }
    }

    pub(crate) fn set_state(&self, state: ConnectionState) {
        self.state.send_replace(state);
    }

    pub(crate) fn state(&self) -> watch::Receiver<ConnectionState> {
        self.state.subscribe()
    }

    /// What is done when a call is made, whatever its answer will be.
    pub(crate) fn asked(&self, effect: &Effect) {
        match effect {
            Effect::AskAfter(process) => self.runs.note(process.clone()),
            Effect::Follow(follow) => {
                if let Some(process) = &follow.process {
                    self.runs.note(process.clone());
                }
            }
            effect => self.memory.asked(effect),
        }
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
