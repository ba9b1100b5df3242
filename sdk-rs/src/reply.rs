//! Reading answers: what a callback says, and with which code it says no.

use crate::calls::Answer;
use crate::engine::Data;
use crate::error::{CallError, Refusal, RefusalCode};
use crate::packet;
use serde::Deserialize;
use serde_json::Value;
use slop_schema::ClientEvent;
use slop_schema::claude::ClaudeErrorPayload;
use slop_schema::error::ErrorPayload;
use slop_schema::event::Callback;
use slop_schema::scalar::ProcessId;

/// What all callbacks have in common that can say no.
#[derive(Deserialize)]
struct Verdict {
    success: Option<bool>,
    error: Option<String>,
}

/// The sentence of a refused callback.
pub(crate) fn refusal_in(data: &str) -> Option<String> {
    let verdict = packet::ack_argument::<Verdict>(data).ok()?;
    (verdict.success == Some(false)).then(|| verdict.error.unwrap_or_else(|| "refused".into()))
}

/// The process that a callback of an execution names.
pub(crate) fn process_in(data: &str) -> Option<ProcessId> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Accepted {
        process_id: ProcessId,
    }
    let accepted = packet::ack_argument::<Accepted>(data).ok()?;
    Some(accepted.process_id)
}

/// Reads a callback as the type that the protocol declares; a refusal is an error.
pub(crate) fn read<E: ClientEvent>(answer: &Answer) -> Result<E::Ack, CallError> {
    let data = answer.data.as_str();
    // A callback that cannot say no needs no second look.
    if E::Ack::refused("").is_some() {
        if let Some(message) = refusal_in(data) {
            return Err(refusal(E::NAME, message, answer.announced.as_ref()).into());
        }
    }
    packet::ack_argument(data).map_err(CallError::Undecodable)
}

/// Reads the arguments of a callback of any event; a refusal is an error.
pub(crate) fn read_any(event: &str, answer: &Answer) -> Result<Vec<Value>, CallError> {
    let data = answer.data.as_str();
    if let Some(message) = refusal_in(data) {
        return Err(refusal(event, message, answer.announced.as_ref()).into());
    }
    packet::ack_arguments(data).map_err(CallError::Undecodable)
}

/// A refusal with the code that was announced for it: the server sends the event first, and in it
/// the same sentence.
fn refusal(event: &str, message: String, announced: Option<&Data>) -> Refusal {
    let mut refusal = Refusal {
        event: event.to_owned(),
        code: None,
        message,
        details: Vec::new(),
    };
    let Some(announced) = announced.map(Data::as_str) else {
        return refusal;
    };
    // The two events have codes of their own, and an unknown code is read by either.
    let is_claude = packet::event_name(announced).is_some_and(|name| {
        name == <slop_schema::protocol::ClaudeError as slop_schema::ServerEvent>::NAME
    });
    if is_claude {
        let payload = packet::event_argument::<ClaudeErrorPayload>(announced).ok();
        if let Some(payload) = payload.filter(|payload| payload.message == refusal.message) {
            refusal.code = Some(RefusalCode::Claude(payload.code));
        }
    } else {
        let payload = packet::event_argument::<ErrorPayload>(announced).ok();
        if let Some(payload) = payload.filter(|payload| payload.message == refusal.message) {
            refusal.code = Some(RefusalCode::Error(payload.code));
            refusal.details = payload.details.unwrap_or_default();
        }
    }
    refusal
}
