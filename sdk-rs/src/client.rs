//! The client: a handle on one connection, cheap to clone.

use crate::builder::Builder;
use crate::calls::{Call, Failure, Stop};
use crate::driver;
use crate::error::{CallError, ConnectError};
use crate::events::{Delivery, EventStream, Filter, RawEvent, ServerEvent, UndeclaredEvent};
use crate::memory::{Effect, Memory, effect_of};
use crate::packet;
use crate::reply;
use crate::shared::Shared;
use crate::state::{Connected, ConnectionState};
use serde::Serialize;
use serde_json::Value;
use slop_schema::{ClientEvent, Namespace};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, timeout};
use tracing::Instrument;

/// A connected client. Clones share the connection; it ends with the last of them, or by
/// [`close`](Self::close).
#[derive(Clone)]
pub struct Client {
    handle: Arc<Handle>,
}

/// What all clones of a client hold; the driver does not.
struct Handle {
    shared: Arc<Shared>,
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.shared.calls.ask_to_stop(Stop::Now);
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("server", &self.shared().config.address.host_and_port())
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Settings for a client of the server at this URL, like `https://realtime.example.com`.
    pub fn builder(url: impl Into<String>) -> Builder {
        Builder::new(url)
    }

    pub(crate) async fn connect(shared: Arc<Shared>) -> Result<Self, ConnectError> {
        let mut delivery = Delivery::default();
        let established = driver::connect(&shared, &mut delivery).await?;
        shared.set_state(ConnectionState::Connected(Connected {
            user: established.user.clone(),
            reconnects: 0,
            not_restored: Vec::new(),
        }));
        let span = tracing::debug_span!("slop", server = %shared.config.address.host_and_port());
        let driving = driver::drive(shared.clone(), delivery, established);
        tokio::spawn(driving.instrument(span));
        Ok(Self {
            handle: Arc::new(Handle { shared }),
        })
    }

    /// A client like this one, with a connection of its own to the default namespace.
    pub(crate) async fn another(&self) -> Result<Self, ConnectError> {
        let mut config = self.shared().config.clone();
        config.namespaces = vec![Namespace::Root];
        let memory = Memory::new(self.shared().memory.tokens_in_use());
        Self::connect(Arc::new(Shared::new(config, memory))).await
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.handle.shared
    }

    /// Sends an event and waits for its callback.
    ///
    /// While the connection is lost the call waits for the next one, within the same time limit. A
    /// call that was sent is never sent again.
    ///
    /// # Errors
    /// When the server refuses, does not answer in time, or cannot be asked.
    ///
    /// # Cancel safety
    /// Dropping the future abandons the call: it is not sent any more if it was not before.
    pub async fn call<E: ClientEvent>(&self, payload: E::Payload) -> Result<E::Ack, CallError> {
        let namespace = E::NAMESPACES.first().copied().unwrap_or(Namespace::Root);
        self.call_on::<E>(namespace, payload).await
    }

    /// The same on one of the namespaces of an event that exists on several.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub async fn call_on<E: ClientEvent>(
        &self,
        namespace: Namespace,
        payload: E::Payload,
    ) -> Result<E::Ack, CallError> {
        let argument = argument_of::<E>(&payload)?;
        let effect = effect_of::<E>(namespace, argument.as_deref().unwrap_or_default());
        self.call_with::<E>(namespace, argument, effect).await
    }

    pub(crate) async fn call_with<E: ClientEvent>(
        &self,
        namespace: Namespace,
        argument: Option<String>,
        effect: Effect,
    ) -> Result<E::Ack, CallError> {
        let answer = self
            .ask(namespace, E::NAME, argument.as_deref(), effect)
            .await?;
        reply::read::<E>(&answer)
    }

    /// Sends an event without asking for a callback; resolves once it was handed to the connection.
    /// Whether it succeeds is not known, so a room or media item asked for in this way does not come
    /// back with the next connection.
    ///
    /// # Errors
    /// When it cannot be sent within the request timeout.
    pub async fn emit<E: ClientEvent>(&self, payload: E::Payload) -> Result<(), CallError> {
        let namespace = E::NAMESPACES.first().copied().unwrap_or(Namespace::Root);
        let argument = argument_of::<E>(&payload)?;
        let effect = effect_of::<E>(namespace, argument.as_deref().unwrap_or_default());
        let packet = packet::event(namespace, None, E::NAME, argument.as_deref());
        self.send(namespace, packet, None, effect).await.map(|_| ())
    }

    /// Sends any event, with any argument, and waits for its callback; gives the callback's
    /// arguments. For events that the protocol does not declare.
    ///
    /// # Errors
    /// As [`call`](Self::call); a callback of `{"success": false}` is a refusal here, too.
    pub async fn call_any(
        &self,
        namespace: Namespace,
        event: &str,
        argument: Option<&Value>,
    ) -> Result<Vec<Value>, CallError> {
        let argument = argument.map(Value::to_string);
        let answer = self
            .ask(namespace, event, argument.as_deref(), Effect::None)
            .await?;
        reply::read_any(event, &answer)
    }

    /// Sends any event without asking for a callback.
    ///
    /// # Errors
    /// When it cannot be sent within the request timeout.
    pub async fn emit_any(
        &self,
        namespace: Namespace,
        event: &str,
        argument: Option<&Value>,
    ) -> Result<(), CallError> {
        let argument = argument.map(Value::to_string);
        let packet = packet::event(namespace, None, event, argument.as_deref());
        let sent = self.send(namespace, packet, None, Effect::None).await;
        sent.map(|_| ())
    }

    /// All events of the server, from now on.
    pub fn events(&self) -> EventStream<ServerEvent> {
        self.subscribe(Filter::All, ServerEvent::read)
    }

    /// The payloads of one event, from now on.
    pub fn on<E: slop_schema::ServerEvent>(&self) -> EventStream<E::Payload> {
        self.subscribe(Filter::event::<E>(), RawEvent::payload::<E>)
    }

    /// The same from one of the namespaces of an event that exists on several.
    pub fn on_namespace<E: slop_schema::ServerEvent>(
        &self,
        namespace: Namespace,
    ) -> EventStream<E::Payload> {
        self.subscribe(
            Filter::NamedOn(E::NAME.into(), namespace),
            RawEvent::payload::<E>,
        )
    }

    /// Events of this name, whether or not the protocol declares them, from now on: for those that
    /// are published to rooms.
    pub fn on_any(
        &self,
        namespace: Namespace,
        event: impl Into<String>,
    ) -> EventStream<UndeclaredEvent> {
        let event = event.into().into();
        self.subscribe(Filter::NamedOn(event, namespace), UndeclaredEvent::read)
    }

    /// The state of the connection, now and from now on. The last one is
    /// [`Closed`](ConnectionState::Closed): as long as there is a client, nothing else tells that no
    /// more will come.
    #[must_use]
    pub fn state(&self) -> watch::Receiver<ConnectionState> {
        self.shared().state()
    }

    /// Ends the client: makes no new calls, waits for the answers to those that were made, and says
    /// goodbye. What is not answered within the limit fails with [`CallError::Closed`]. All clones
    /// end, and so do streams and runs.
    pub async fn close(&self, limit: Duration) {
        let mut state = self.state();
        let now = Instant::now();
        let limit = now.checked_add(limit).unwrap_or(now);
        self.shared().calls.ask_to_stop(Stop::Drained(limit));
        // It fails only when the client has gone, which is what is waited for.
        let _ = state.wait_for(ConnectionState::is_closed).await;
    }

    async fn ask(
        &self,
        namespace: Namespace,
        event: &str,
        argument: Option<&str>,
        effect: Effect,
    ) -> Result<crate::calls::Answer, CallError> {
        let id = self.shared().calls.next_id();
        let packet = packet::event(namespace, Some(id), event, argument);
        let span = tracing::debug_span!("call", event, namespace = namespace.path());
        let answer = self.send(namespace, packet, Some(id), effect);
        let answer = answer.instrument(span).await?;
        answer.ok_or(CallError::Closed)
    }

    async fn send(
        &self,
        namespace: Namespace,
        packet: String,
        id: Option<u64>,
        effect: Effect,
    ) -> Result<Option<crate::calls::Answer>, CallError> {
        let shared = self.shared();
        if !shared.config.namespaces.contains(&namespace) {
            return Err(CallError::NoNamespace(namespace));
        }
        shared.asked(&effect);
        let call = Call {
            packet,
            wants_answer: id.is_some(),
            effect,
            logouts: shared.memory.logouts(),
        };
        let id = id.unwrap_or_else(|| shared.calls.next_id());
        let after = shared.config.request_timeout;
        let mut ticket = shared.calls.enter(id, call)?;
        match timeout(after, ticket.outcome()).await {
            Ok(outcome) => Ok(outcome?),
            Err(_) if ticket.was_sent() => Err(CallError::TimedOut { after }),
            Err(_) => Err(CallError::NotConnected { after }),
        }
    }

    fn subscribe<T>(
        &self,
        filter: Filter,
        read: fn(&RawEvent) -> Result<T, crate::Undecodable>,
    ) -> EventStream<T> {
        let shared = self.shared();
        EventStream::new(
            shared.bus.clone(),
            filter,
            shared.config.event_capacity,
            read,
        )
    }
}

impl From<Failure> for CallError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Lost(lost) => Self::ConnectionLost(lost),
            Failure::Closed => Self::Closed,
        }
    }
}

/// The argument as JSON; `None` when the event has none, or it is left out.
pub(crate) fn argument_of<E: ClientEvent>(
    payload: &impl Serialize,
) -> Result<Option<String>, CallError> {
    let Some(argument) = E::ARGUMENT else {
        return Ok(None);
    };
    let json = serde_json::to_string(payload).map_err(CallError::Payload)?;
    let is_left_out = !argument.required && json == "null";
    Ok((!is_left_out).then_some(json))
}
