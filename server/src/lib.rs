//! The Slop Studios realtime server: all events of the protocol, served over Socket.IO.
//!
//! [`build`] makes an [`axum::Router`] and a [`Handle`] from a [`config::Config`]; the binary
//! `slop-server` is a thin shell around it.
//!
//! One event's journey: `wire` receives a frame, keeps it in order, looks up its row of the
//! protocol table, checks access and payload, calls the typed handler in `handlers` and answers
//! exactly once. `claude` runs the Claude CLI and knows nothing of sockets.

pub mod config;

mod build;

mod app;

mod wire;

mod session;

mod handlers;

pub mod claude;

mod store;

pub mod publish;

mod http;

mod refusal;

mod metrics;

mod clock;

pub mod demo;

pub mod serve;

mod stall;

pub mod stand_in;

pub use build::{BuildError, Handle, build};
pub use http::AllowedOrigins;
pub use session::TokenRules;
pub use store::RateLimit;

/// For the tests that look at the compiler's words when a handler is missing.
#[doc(hidden)]
pub mod compile_fail {
    pub use crate::app::App;
    pub use crate::handlers::Handle;
}
