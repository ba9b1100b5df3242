//! Runs: Claude executions as streams that survive lost connections.

mod queue;

mod registry;

mod catch_up;

mod stream;

pub(crate) use queue::{Item, RunQueue};
pub(crate) use registry::{Follow, Runs};
pub use stream::{Run, RunError, RunUpdate};
