//! Dispatch: one event's way through access, validation and its handler to its one answer.

use super::caller::{Admit, Caller};
use super::connection::Link;
use super::emit;
use super::frame::{self, Frame};
use super::inbox::Received;
use super::validate::{PayloadRules, Validators};
use crate::app::App;
use crate::clock;
use crate::handlers::Handle;
use crate::metrics::{EventMetrics, Outcome};
use crate::refusal::{Announcement, Refusal};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde::Serialize;
use serde_json::Value;
use slop_schema::ClientEvent;
use slop_schema::claude::ClaudeErrorPayload;
use slop_schema::error::{ErrorDetail, ErrorPayload};
use slop_schema::event::{AccessLevel, Callback, RefusalEvent};
use slop_schema::protocol::{AuthError, ClaudeError, Error, Namespace};
use slop_schema::session::AuthErrorPayload;
use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;
use tracing::Instrument;

/// Names longer than this are not repeated in an `error` event.
const MAX_ECHOED_NAME_CHARS: usize = 128;

/// What a handler returns: the callback, or a refusal.
pub type Answer<E> = Result<Reply<<E as ClientEvent>::Ack>, Refusal>;

/// A callback, and what is to happen once it was sent.
pub struct Reply<A> {
    callback: A,
    then: Option<Box<dyn FnOnce() + Send>>,
}

impl<A> Reply<A> {
    /// Calls back first, then does this.
    pub fn then(callback: A, next: impl FnOnce() + Send + 'static) -> Self {
        Self {
            callback,
            then: Some(Box::new(next)),
        }
    }
}

impl<A> From<A> for Reply<A> {
    fn from(callback: A) -> Self {
        Self {
            callback,
            then: None,
        }
    }
}

/// All client events of one namespace, ready to be served.
pub(super) struct Routes(HashMap<&'static str, Route>);

struct Route {
    rules: Option<PayloadRules>,
    metrics: EventMetrics,
    serve: for<'a> fn(Call<'a>) -> BoxFuture<'a, Outcome>,
}

/// One event on its way.
struct Call<'a> {
    link: &'a Link,
    rules: Option<&'a PayloadRules>,
    argument: Result<Option<Value>, frame::Unreadable>,
    has_attachments: bool,
    ack_id: Option<i64>,
}

impl Routes {
    /// Mounts every client event of the table that belongs to a namespace.
    pub(super) fn mount(namespace: Namespace, validators: &Validators, app: &App) -> Arc<Self> {
        let mut routes = HashMap::new();
        macro_rules! mount {
            ($($event:ident)*) => { $({
                use slop_schema::protocol::$event as Event;
                if Event::NAMESPACES.contains(&namespace) {
                    routes.insert(Event::NAME, Route {
                        rules: validators.of_client_event(Event::NAME),
                        metrics: app.metrics().of_event(Event::NAME),
                        serve: serve::<Event>,
                    });
                }
            })* };
        }
        slop_schema::for_each_client_event!(mount);
        Arc::new(Self(routes))
    }

    /// Takes one received frame to its answer.
    pub(super) async fn dispatch(&self, link: &Link, received: Received) {
        let started = Instant::now();
        let Some(Frame { name, argument }) = frame::parse(&received.text) else {
            return;
        };
        let Some(route) = self.0.get(name) else {
            let name = (name.chars().count() <= MAX_ECHOED_NAME_CHARS).then_some(name);
            refuse_unknown(link, name, received.ack_id).await;
            link.app.metrics().unknown_event();
            return;
        };
        let call = Call {
            link,
            rules: route.rules.as_ref(),
            argument,
            has_attachments: received.has_attachments,
            ack_id: received.ack_id,
        };
        let span = tracing::debug_span!("event", name);
        let outcome = (route.serve)(call).instrument(span).await;
        tracing::debug!(event = name, ?outcome, "event served");
        route.metrics.observe(outcome, started.elapsed());
    }
}

/// Serves one event of one type and answers it exactly once.
fn serve<E>(call: Call<'_>) -> BoxFuture<'_, Outcome>
where
    E: ClientEvent<Access: Admit>,
    App: Handle<E>,
{
    Box::pin(async move {
        let (link, ack_id) = (call.link, call.ack_id);
        // A panic in a handler is a defect, but never a callback that does not come.
        let answer = AssertUnwindSafe(handle::<E>(call)).catch_unwind().await;
        let outcome = match answer.unwrap_or(Err(Refusal::Internal)) {
            Ok(reply) => {
                emit::call_back(link, ack_id, &reply.callback).await;
                if let Some(next) = reply.then {
                    next();
                }
                Outcome::Answered
            }
            Err(refusal) => {
                announce(link, Some(E::NAME), E::Ack::REFUSAL_EVENT, &refusal).await;
                match E::Ack::refused(&refusal.sentence()) {
                    Some(callback) => emit::call_back(link, ack_id, &callback).await,
                    None => call_back_refused(link, ack_id, &refusal).await,
                }
                Outcome::Refused
            }
        };
        if link.must_end() {
            emit::disconnect(link);
        }
        outcome
    })
}

async fn handle<E>(call: Call<'_>) -> Answer<E>
where
    E: ClientEvent<Access: Admit>,
    App: Handle<E>,
{
    let caller =
        Caller::<E::Access>::admit(call.link).ok_or(Refusal::Unauthenticated(match E::ACCESS {
            AccessLevel::Anyone => "Authentication required",
            AccessLevel::SignedIn { refusal } => refusal,
        }))?;
    let optional = E::ARGUMENT.is_some_and(|argument| !argument.required);
    let link = call.link;
    let value = match check_argument(call, optional) {
        Ok(value) => value,
        // A malformed optional payload is answered like an absent one, plus an `error` event.
        Err(details) if optional => {
            let refusal = Refusal::InvalidPayload(details);
            announce(link, Some(E::NAME), E::Ack::REFUSAL_EVENT, &refusal).await;
            Value::Null
        }
        Err(details) => return Err(Refusal::InvalidPayload(details)),
    };
    let payload = serde_json::from_value(value).map_err(|error| {
        // The schema let it pass: the agreement between schema and types is broken.
        tracing::error!(event = E::NAME, category = ?error.classify(), "valid payload not readable");
        Refusal::InvalidPayload(Vec::new())
    })?;
    link.app.handle(caller, payload).await
}

/// The argument as its type reads it: `null` when there is none.
fn check_argument(call: Call<'_>, optional: bool) -> Result<Value, Vec<ErrorDetail>> {
    let Some(rules) = call.rules else {
        return Ok(Value::Null);
    };
    match call.argument {
        Err(frame::Unreadable) => Err(rules.unreadable()),
        // JavaScript's `undefined` arrives as `null`.
        Ok(None | Some(Value::Null)) if optional => Ok(Value::Null),
        Ok(None) => Err(rules.missing()),
        Ok(Some(value)) if call.has_attachments && frame::holds_attachment(&value) => {
            Err(rules.binary())
        }
        Ok(Some(value)) => rules.check(&value).map(|()| value),
    }
}

/// Sends the event that goes with a refusal.
async fn announce(link: &Link, event: Option<&str>, channel: RefusalEvent, refusal: &Refusal) {
    let sentence = refusal.sentence();
    match refusal.announcement(channel) {
        Announcement::Error(code, details) => {
            let payload =
                ErrorPayload::new(code, sentence, event.map(str::to_owned)).with_details(details);
            emit::to_socket::<Error>(link, &payload).await;
        }
        Announcement::ClaudeError(code, process) => {
            let payload = ClaudeErrorPayload::new(process, code, sentence, clock::now());
            emit::to_socket::<ClaudeError>(link, &payload).await;
        }
        Announcement::AuthError => {
            emit::to_socket::<AuthError>(link, &AuthErrorPayload::new(sentence)).await;
        }
        Announcement::Nothing => {}
    }
}

async fn refuse_unknown(link: &Link, event: Option<&str>, ack_id: Option<i64>) {
    let refusal = Refusal::UnknownEvent;
    announce(link, event, RefusalEvent::Error, &refusal).await;
    call_back_refused(link, ack_id, &refusal).await;
}

/// Calls back with a refusal where the event's own callback type cannot say no.
async fn call_back_refused(link: &Link, ack_id: Option<i64>, refusal: &Refusal) {
    #[derive(Serialize)]
    struct Refused<'a> {
        success: bool,
        error: &'a str,
    }
    let sentence = refusal.sentence();
    emit::call_back(
        link,
        ack_id,
        &Refused {
            success: false,
            error: &sentence,
        },
    )
    .await;
}
