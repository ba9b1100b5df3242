//! The bundle `schema/json/protocol.json` as the gate reads it.

use super::level::Direction;
use anyhow::Context;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The protocol at one time.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Bundle {
    pub(super) version: String,
    #[serde(default)]
    pub(super) namespaces: Vec<Namespace>,
    #[serde(default)]
    pub(super) handshake: Option<Schema>,
    pub(super) events: Vec<Event>,
    #[serde(rename = "$defs", default)]
    pub(super) definitions: Map<String, Value>,
}

/// A namespace.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Namespace {
    pub(super) path: String,
}

/// One event.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Event {
    pub(super) name: String,
    pub(super) direction: Sender,
    pub(super) namespaces: Vec<String>,
    #[serde(default)]
    pub(super) access: Option<Access>,
    #[serde(default)]
    pub(super) audience: Option<String>,
    #[serde(default)]
    pub(super) rate_limit: Option<RateLimit>,
    #[serde(default)]
    pub(super) deprecated: Option<Deprecated>,
    #[serde(default)]
    pub(super) arguments: Vec<Argument>,
    #[serde(default)]
    pub(super) callback: Option<Schema>,
}

/// Who sends an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Sender {
    Client,
    Server,
}

/// Who may send a client event.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Access {
    pub(super) level: String,
}

/// How often a user may send a client event.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RateLimit {
    pub(super) max_requests: u64,
    pub(super) window_ms: u64,
}

/// That an event is going away, and when.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Deprecated {
    /// The last day on which it exists, as `2027-01-31`.
    #[serde(default)]
    pub(super) sunset: Option<String>,
}

/// One argument of an event.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Argument {
    pub(super) name: String,
    pub(super) required: bool,
    pub(super) schema: Value,
}

/// A schema on its own.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Schema {
    pub(super) schema: Value,
}

impl Bundle {
    /// Reads a bundle.
    pub(super) fn parse(text: &str, from: &str) -> anyhow::Result<Self> {
        let document: Value = super::read::json(text).with_context(|| from.to_owned())?;
        serde_json::from_value(document)
            .with_context(|| format!("{from} is not a bundle of the protocol"))
    }

    /// A schema of the bundle that stands for itself.
    pub(super) fn complete(&self, schema: &Value) -> Value {
        let mut names = BTreeSet::new();
        self.collect(schema, &mut names);
        let mut definitions = Map::new();
        for name in names {
            if let Some(definition) = self.definitions.get(&name) {
                definitions.insert(name, definition.clone());
            }
        }
        let mut complete = match schema {
            Value::Object(object) => object.clone(),
            other => Map::from_iter([("allOf".to_owned(), json!([other]))]),
        };
        complete.insert("$defs".into(), Value::Object(definitions));
        Value::Object(complete)
    }

    /// The names of all types that a schema uses.
    pub(super) fn collect(&self, schema: &Value, names: &mut BTreeSet<String>) {
        match schema {
            Value::Object(object) => {
                for (keyword, value) in object {
                    let reference = value.as_str().filter(|_| keyword == "$ref");
                    let name = reference.and_then(|it| it.strip_prefix("#/$defs/"));
                    // A reference may lead into a type.
                    let name = name.map(|name| name.split('/').next().unwrap_or(name));
                    match name {
                        Some(name) if names.insert(name.to_owned()) => {
                            if let Some(definition) = self.definitions.get(name) {
                                self.collect(definition, names);
                            }
                        }
                        _ => self.collect(value, names),
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.collect(item, names)),
            _ => {}
        }
    }

    /// The types that clients write, and those that the server writes.
    pub(super) fn types(&self, direction: Direction) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for event in &self.events {
            let sender = match event.direction {
                Sender::Client => Direction::ClientToServer,
                Sender::Server => Direction::ServerToClient,
            };
            if sender == direction {
                let arguments = event.arguments.iter();
                arguments.for_each(|it| self.collect(&it.schema, &mut names));
            }
            if let (Some(callback), Direction::ServerToClient) = (&event.callback, direction) {
                self.collect(&callback.schema, &mut names);
            }
        }
        if let (Some(handshake), Direction::ClientToServer) = (&self.handshake, direction) {
            self.collect(&handshake.schema, &mut names);
        }
        names
    }
}
