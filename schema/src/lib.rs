//! The Slop Studios realtime protocol: each event declared once, as a Rust type.
//!
//! [`protocol`] is the table of events; the modules after it hold the payloads and callbacks, area
//! by area, with the names of the document. From these declarations follow the TypeScript typings,
//! the JSON Schema the server validates against, AsyncAPI, the reference, the server's dispatch and
//! the clients. This crate has no IO, no clock and no async: it can be read as the specification.

#[doc(hidden)]
pub mod table;

pub mod protocol;

pub mod event;

pub mod version;

pub mod claude;
pub mod error;
pub mod liveness;
pub mod media;
pub mod notification;
pub mod rooms;
pub mod session;

pub mod scalar;
mod wire;

#[doc(inline)]
pub use event::{ClientEvent, EventVisitor, ServerEvent};
#[doc(inline)]
pub use protocol::{Namespace, VERSION, visit_events};
