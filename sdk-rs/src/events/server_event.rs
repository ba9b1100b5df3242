//! All events of the server as one type.

use super::{RawEvent, Undecodable};
use crate::packet;
use bytes::Bytes;
use serde_json::Value;
use slop_schema::{Namespace, ServerEvent as Declared, protocol};
use std::sync::Arc;

macro_rules! server_events {
    ($($(#[doc = $doc:literal])* $event:ident)*) => {
        /// An event of the server: one variant for each event that the protocol declares.
        #[derive(Debug, Clone)]
        #[non_exhaustive]
        pub enum ServerEvent {
            $(
                $(#[doc = $doc])*
                $event(<protocol::$event as Declared>::Payload),
            )*
            /// An event that the protocol does not declare, like one published to a room.
            Undeclared(UndeclaredEvent),
        }

        impl ServerEvent {
            pub(crate) fn read(event: &RawEvent) -> Result<Self, Undecodable> {
                let name = event.name();
                $(
                    if name == <protocol::$event as Declared>::NAME
                        && <protocol::$event as Declared>::NAMESPACES.contains(&event.namespace)
                    {
                        return event.payload::<protocol::$event>().map(Self::$event);
                    }
                )*
                UndeclaredEvent::read(event).map(Self::Undeclared)
            }

            /// Its name on the wire.
            #[must_use]
            pub fn name(&self) -> &str {
                match self {
                    $(Self::$event(_) => <protocol::$event as Declared>::NAME,)*
                    Self::Undeclared(event) => &event.name,
                }
            }

            /// Its first argument as JSON.
            #[must_use]
            pub fn to_json(&self) -> Value {
                let payload = match self {
                    $(Self::$event(payload) => serde_json::to_value(payload),)*
                    Self::Undeclared(event) => {
                        Ok(event.arguments.first().cloned().unwrap_or_default())
                    }
                };
                payload.unwrap_or_default()
            }
        }
    };
}

slop_schema::for_each_server_event!(server_events);

/// An event that the protocol does not declare.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct UndeclaredEvent {
    /// Where it came from.
    pub namespace: Namespace,
    /// Its name.
    pub name: String,
    /// Its arguments. Binary ones are objects like `{"_placeholder": true, "num": 0}`, where `num`
    /// is a place in `attachments`.
    pub arguments: Vec<Value>,
    /// Its binary arguments.
    pub attachments: Vec<Bytes>,
}

impl UndeclaredEvent {
    pub(crate) fn read(event: &RawEvent) -> Result<Self, Undecodable> {
        let arguments = packet::event_arguments(event.data.as_str())
            .map_err(|error| event.undecodable(&error))?;
        let attachments = event.attachments.as_ref().map(Arc::clone);
        Ok(Self {
            namespace: event.namespace,
            name: event.name().into_owned(),
            arguments,
            attachments: attachments.map_or_else(Vec::new, |shared| shared.to_vec()),
        })
    }
}
