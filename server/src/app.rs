//! The application: what handlers and HTTP routes share.

use crate::claude::Executions;
use crate::metrics::Metrics;
use crate::session::TokenRules;
use crate::wire::{Emitter, Validators};
use std::sync::Arc;

/// Everything that handlers use; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// What an [`App`] is made of.
pub struct Parts {
    /// How tokens are checked.
    pub tokens: TokenRules,
    /// Claude processes.
    pub executions: Executions,
    /// Sends events to rooms.
    pub emitter: Emitter,
    /// Payload rules of all events.
    pub validators: Validators,
    /// Counters.
    pub metrics: Metrics,
}

impl App {
    /// Puts the application together.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// How tokens are checked.
    #[must_use]
    pub fn tokens(&self) -> &TokenRules {
        &self.0.tokens
    }

    /// Claude processes.
    #[must_use]
    pub fn executions(&self) -> &Executions {
        &self.0.executions
    }

    /// Sends events to rooms.
    #[must_use]
    pub fn emitter(&self) -> &Emitter {
        &self.0.emitter
    }

    /// Payload rules of all events.
    #[must_use]
    pub fn validators(&self) -> &Validators {
        &self.0.validators
    }

    /// Counters.
    #[must_use]
    pub fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }
}
