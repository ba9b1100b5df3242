//! An event as it was received, and its way to a type.

use crate::engine::Data;
use crate::packet::{self, Attachments};
use slop_schema::Namespace;
use std::borrow::Cow;

/// An event as it was received. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct RawEvent {
    pub(crate) namespace: Namespace,
    pub(crate) data: Data,
    pub(crate) attachments: Attachments,
}

impl RawEvent {
    /// Its name; empty when it has none, which no event of the protocol has.
    pub(crate) fn name(&self) -> Cow<'_, str> {
        packet::event_name(self.data.as_str()).unwrap_or_default()
    }

    /// Whether it is this event of the protocol.
    pub(crate) fn is<E: slop_schema::ServerEvent>(&self) -> bool {
        E::NAMESPACES.contains(&self.namespace) && self.name() == E::NAME
    }

    /// Its payload as the type that the protocol declares.
    pub(crate) fn payload<E: slop_schema::ServerEvent>(&self) -> Result<E::Payload, Undecodable> {
        packet::event_argument(self.data.as_str()).map_err(|error| self.undecodable(&error))
    }

    pub(crate) fn undecodable(&self, error: &serde_json::Error) -> Undecodable {
        Undecodable {
            namespace: self.namespace,
            event: self.name().into_owned(),
            reason: error.to_string(),
        }
    }
}

/// An event whose payload is not what the protocol declares. The stream goes on after it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{event}` on {} cannot be read: {reason}", .namespace.path())]
#[non_exhaustive]
pub struct Undecodable {
    /// Where it came from.
    pub namespace: Namespace,
    /// Its name.
    pub event: String,
    /// What is wrong with it.
    pub reason: String,
}
