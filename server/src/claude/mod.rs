//! Claude executions: from a user and a payload to a stream of updates.
//!
//! Nothing here knows of sockets. [`output`] is pure; [`runner`] is the only place that starts a
//! process; [`engine`] keeps the records.

mod engine;

mod update;

mod state;

mod workspace;

mod command;

mod runner;

mod lines;

mod output;

pub use engine::{Executions, SetupError};
pub use update::{Update, Updates};
