//! Events: what the server sends, for any number of subscribers at their own pace.
//!
//! The driver puts what it received into a bounded queue for each subscriber and never waits. A
//! subscriber reads an event as its type when it takes it out, so nobody pays for what nobody
//! reads.

mod raw;

mod server_event;

mod queue;

mod bus;

mod stream;

#[cfg(test)]
mod tests;

pub(crate) use bus::{Bus, Delivery};
pub(crate) use queue::Filter;
pub(crate) use raw::RawEvent;
pub use raw::Undecodable;
pub use server_event::{ServerEvent, UndeclaredEvent};
pub use stream::{EventError, EventStream};
