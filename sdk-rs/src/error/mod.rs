//! Errors: everything that can go wrong, as values with the server's code and sentence.

mod connect;

mod call;

mod lost;

pub use call::{CallError, Refusal, RefusalCode};
pub use connect::{ConnectError, Step};
pub use lost::ConnectionLost;

/// An error of another crate.
pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;
