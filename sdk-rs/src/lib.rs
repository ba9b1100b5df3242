//! The Rust client of the Slop Studios realtime API.

mod builder;
mod client;
mod facade;

mod backoff;
mod error;
mod events;
mod run;
mod state;
mod token;
mod transport;

mod calls;
mod driver;
mod engine;
mod memory;
mod packet;
mod reply;
mod shared;

pub use backoff::Backoff;
pub use builder::Builder;
pub use client::Client;
pub use error::{CallError, ConnectError, ConnectionLost, Refusal, RefusalCode, Step};
pub use events::{EventError, EventStream, ServerEvent, UndeclaredEvent, Undecodable};
pub use facade::{Claude, Media, Rooms, Session};
pub use run::{Run, RunError, RunUpdate};
#[doc(inline)]
pub use slop_schema as schema;
pub use state::{CloseReason, Connected, ConnectionState, Reconnecting};
pub use token::{ProviderError, Token};
pub use transport::{Connecting, Io, Tls};
