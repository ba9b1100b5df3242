//! Claude executions: from a user and a payload to a stream of updates.
//!
//! Nothing here knows of sockets. [`queue`], [`state`], [`ending`], [`lines`] and [`output`] are
//! pure and take the time as a parameter; [`engine`] holds them together; [`runner`]
//! (and the [`supervisor`] it starts) is the only place that spawns.

mod engine;

mod desk;

mod queue;

mod state;

mod records;

mod journal;

mod execution;

mod ending;

mod workspace;

mod command;

mod runner;

pub mod supervisor;

mod lines;

mod output;

pub use engine::{Accepted, Executions, PendingStop, SetupError, Standing};
pub use journal::{Update, Updates};
