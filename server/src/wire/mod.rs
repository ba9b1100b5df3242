//! The wire: the only place that knows socketioxide.
//!
//! One event's journey: [`inbox`] keeps a socket's frames in order, [`dispatch`] takes each through
//! access, validation and its handler, [`emit`] carries the answers out.

mod admission;

mod handshake;

mod inbox;

mod frame;

mod dispatch;

mod validate;

mod caller;

mod connection;

mod emit;

mod forward;

mod rooms;

mod service;

pub use caller::{Admit, Caller};
pub use dispatch::{Answer, Reply};
pub use emit::Emitter;
pub use rooms::is_reserved;
pub use service::{Wire, build};
pub use validate::{BundleError, Validators};

/// A socket of the one adapter in use.
pub(crate) type Socket =
    std::sync::Arc<socketioxide::socket::Socket<socketioxide::adapter::LocalAdapter>>;
