//! Restoring: rooms, media and executions of the connection before, on a new one.

use super::deliver_at_once;
use crate::engine::{Data, Engine};
use crate::error::{ConnectError, ConnectionLost};
use crate::events::Delivery;
use crate::memory::Repeated;
use crate::packet::{self, Kind};
use crate::reply;
use crate::shared::Shared;
use crate::state::NotRestored;
use slop_schema::scalar::ProcessId;
use std::collections::HashMap;

/// What was asked for and not answered yet.
enum Asked {
    Again(Repeated),
    After(ProcessId),
}

/// Asks for everything at once and waits for all answers. Gives what the server refused.
pub(super) async fn restore(
    shared: &Shared,
    delivery: &mut Delivery,
    engine: &mut Engine,
) -> Result<Vec<NotRestored>, ConnectError> {
    let mut not_restored = Vec::new();
    let mut asked = HashMap::new();
    for repeated in shared.memory.repeated() {
        let id = shared.calls.next_id();
        let argument = Some(repeated.argument.as_str());
        let packet = packet::event(repeated.namespace, Some(id), repeated.event, argument);
        engine.write(packet).await?;
        asked.insert(id, Asked::Again(repeated));
    }
    for process in shared.runs.rejoin() {
        let id = shared.calls.next_id();
        engine.write(packet::ask_after(id, &process)).await?;
        asked.insert(id, Asked::After(process));
    }
    while !asked.is_empty() {
        let incoming = engine.next().await?;
        match incoming.kind {
            Kind::Event => deliver_at_once(shared, delivery, incoming),
            Kind::Ack => {
                let answered = incoming.id.and_then(|id| asked.remove(&id));
                if let Some(answered) = answered {
                    not_restored.extend(finish(shared, answered, &incoming.data));
                }
            }
            Kind::Disconnect => {
                return Err(ConnectionLost::Disconnected(incoming.namespace).into());
            }
            Kind::Connect | Kind::ConnectError => {}
        }
    }
    Ok(not_restored)
}

fn finish(shared: &Shared, answered: Asked, data: &Data) -> Option<NotRestored> {
    let message = reply::refusal_in(data.as_str())?;
    match answered {
        Asked::Again(repeated) => {
            tracing::warn!(event = repeated.event, reason = %message, "could not be restored");
            shared.memory.forget(&repeated);
            Some(NotRestored {
                event: repeated.event,
                name: serde_json::from_str(&repeated.argument).unwrap_or_default(),
                message,
            })
        }
        Asked::After(process) => {
            shared.runs.refuse(&process, &message);
            None
        }
    }
}
