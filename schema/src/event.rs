//! What an event is: its name, its arguments, its callback, who may send it and who receives it.

use crate::protocol::Namespace;
use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use ts_rs::TS;

/// An event that clients send to the server.
///
/// Implemented by the marker types of [`crate::protocol`], one per row of the table.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an event that a client sends",
    label = "not a client event",
    note = "client events are the rows under `client` in schema/src/protocol.rs; \
            a server event is received, not sent"
)]
pub trait ClientEvent: Sized + 'static {
    /// Name on the wire.
    const NAME: &'static str;
    /// Namespaces on which clients may send it.
    const NAMESPACES: &'static [Namespace];
    /// What it is for, in the document's words.
    const DOCS: &'static str;
    /// Its argument, or `None` when it has none.
    const ARGUMENT: Option<Argument>;
    /// Type of the argument; `()` when there is none.
    type Argument: WireType;
    /// What a handler receives: the argument, or an `Option` of it when it may be left out.
    type Payload: Serialize + DeserializeOwned + Send + 'static;
    /// What the server calls back with.
    type Ack: Callback;
    /// Who may send it.
    type Access: Access;
    /// [`Self::Access`] as a value, with the sentence of the refusal.
    const ACCESS: AccessLevel;
    /// How often a user may send it, unless the server is told otherwise.
    const RATE_LIMIT: Option<RateLimit> = None;
    /// That it is going away.
    const DEPRECATED: Option<Deprecation> = None;
}

/// An event that the server sends to clients.
///
/// Implemented by the marker types of [`crate::protocol`], one per row of the table.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an event that the server sends",
    label = "not a server event",
    note = "server events are the rows under `server` in schema/src/protocol.rs; \
            a client event is sent by clients only"
)]
pub trait ServerEvent: Sized + 'static {
    /// Name on the wire.
    const NAME: &'static str;
    /// Namespaces on which the server sends it.
    const NAMESPACES: &'static [Namespace];
    /// When it is sent, in the document's words.
    const DOCS: &'static str;
    /// Its argument, or `None` when it has none.
    const ARGUMENT: Option<Argument>;
    /// Type of the argument.
    type Payload: WireType;
    /// Who receives it.
    type Audience: Audience;
    /// [`Self::Audience`] as a value.
    const AUDIENCE: AudienceKind;
    /// That it is going away.
    const DEPRECATED: Option<Deprecation> = None;
}

/// Everything that crosses the wire: one type that serde, JSON Schema and TypeScript agree on.
pub trait WireType:
    Serialize + DeserializeOwned + JsonSchema + TS + Clone + std::fmt::Debug + Send + Sync + 'static
{
}

impl<T> WireType for T where
    T: Serialize
        + DeserializeOwned
        + JsonSchema
        + TS
        + Clone
        + std::fmt::Debug
        + Send
        + Sync
        + 'static
{
}

/// The argument of an event: its name in the document and whether it may be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Argument {
    /// Name of the argument, as it appears in the typings.
    pub name: &'static str,
    /// Whether the sender must give it.
    pub required: bool,
}

/// The callback of a client event.
pub trait Callback: WireType {
    /// The event that accompanies a refusal of the client's payload.
    const REFUSAL_EVENT: RefusalEvent = RefusalEvent::Error;

    /// The callback that says no, or `None` when this callback has no way to.
    fn refused(sentence: &str) -> Option<Self>;
}

/// The event that tells a client about a refused payload, beside the callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalEvent {
    /// `error`.
    Error,
    /// `claude:error`.
    ClaudeError,
}

/// Who may send a client event, as a type: [`Anyone`] or [`SignedIn`].
pub trait Access: 'static {}

/// Any connected socket may send the event.
#[derive(Debug)]
pub enum Anyone {}
/// Only a signed-in socket may send the event.
#[derive(Debug)]
pub enum SignedIn {}

impl Access for Anyone {}
impl Access for SignedIn {}

/// Who may send a client event, as a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccessLevel {
    /// Any connected socket.
    Anyone,
    /// A signed-in socket; others are refused with this sentence.
    SignedIn {
        /// The public sentence of the refusal.
        refusal: &'static str,
    },
}

/// How often one user may send a client event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// Requests that are let through in one window.
    pub max_requests: u32,
    /// Length of a window, in milliseconds; it begins with the first request.
    pub window_ms: u64,
}

/// That an event is going away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deprecation {
    /// The version of the protocol that said so first.
    pub since: &'static str,
    /// What to use instead, and until when it stays: `…; sunset 2027-01-31`.
    pub note: &'static str,
}

impl Deprecation {
    /// The last day on which the event exists, as `2027-01-31`, when the note names it.
    #[must_use]
    pub fn sunset(&self) -> Option<&'static str> {
        let (_, after) = self.note.split_once("sunset ")?;
        after.get(..10)
    }
}

/// Who receives a server event, as a type.
pub trait Audience: 'static {}

/// The one socket that caused the event.
#[derive(Debug)]
pub enum Socket {}
/// All sockets of one user on the event's namespace.
#[derive(Debug)]
pub enum User {}
/// All sockets subscribed to one media item.
#[derive(Debug)]
pub enum MediaSubscribers {}
/// All sockets that follow one Claude process.
#[derive(Debug)]
pub enum Process {}

impl Audience for Socket {}
impl Audience for User {}
impl Audience for MediaSubscribers {}
impl Audience for Process {}

/// Who receives a server event, as a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AudienceKind {
    /// The one socket that caused the event.
    Socket,
    /// All sockets of one user.
    User,
    /// All sockets subscribed to one media item.
    MediaSubscribers,
    /// All sockets that follow one Claude process.
    Process,
}

/// A walk over the table with the type of each event in hand; see [`crate::visit_events`].
pub trait EventVisitor {
    /// Called once, with what a client sends when it connects; not an event, and often ignored.
    fn handshake<A: WireType>(&mut self) {}
    /// Called for each client event, in the order of the table.
    fn client<E: ClientEvent>(&mut self);
    /// Called for each server event, in the order of the table.
    fn server<E: ServerEvent>(&mut self);
}
