//! The generated bundle, as other languages read it.

use jsonschema::Validator;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// `schema/json/protocol.json`.
pub struct Bundle {
    document: Value,
}

/// The schemas of one event.
pub struct EventSchemas<'a> {
    bundle: &'a Bundle,
    event: &'a Value,
}

impl Bundle {
    /// Reads the bundle that the server embeds.
    pub fn read() -> Self {
        let text = include_str!("../../schema/json/protocol.json");
        let document = serde_json::from_str(text).expect("the bundle is JSON");
        Self { document }
    }

    /// Schema of what a client sends when it connects.
    pub fn handshake(&self) -> Value {
        self.complete(&self.document["handshake"]["schema"])
    }

    /// The schemas of an event; the direction is `client` or `server`, for who sends it.
    pub fn event(&self, direction: &str, name: &str) -> EventSchemas<'_> {
        let events = self.document["events"]
            .as_array()
            .expect("a list of events");
        let event = events
            .iter()
            .find(|event| event["direction"] == direction && event["name"] == name)
            .unwrap_or_else(|| panic!("the bundle lacks the {direction} event {name}"));
        EventSchemas {
            bundle: self,
            event,
        }
    }

    /// The schemas of all payloads and callbacks by the names of their types.
    pub fn types(&self) -> BTreeMap<String, Value> {
        let events = self.document["events"].as_array();
        let schemas = events.into_iter().flatten().flat_map(|event| {
            let argument = event["arguments"].get(0);
            [argument, event.get("callback")].into_iter().flatten()
        });
        schemas
            .map(|of| {
                let target = of["schema"]["$ref"].as_str().unwrap_or_default();
                let name = target.trim_start_matches("#/$defs/");
                (name.to_owned(), self.complete(&of["schema"]))
            })
            .collect()
    }

    /// A schema of the bundle that stands for itself.
    fn complete(&self, schema: &Value) -> Value {
        let mut complete = schema.clone();
        complete["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
        complete["$defs"] = self.document["$defs"].clone();
        complete
    }
}

impl EventSchemas<'_> {
    /// Schema of the argument; `None` when the event has none.
    pub fn argument(&self) -> Option<Value> {
        let schema = self.event["arguments"].get(0)?.get("schema")?;
        Some(self.bundle.complete(schema))
    }

    /// Schema of the callback of a client event.
    pub fn callback(&self) -> Value {
        self.bundle.complete(&self.event["callback"]["schema"])
    }
}

/// Compiles a schema, with formats such as `date-time` checked.
pub fn validator(schema: &Value) -> Validator {
    jsonschema::draft202012::options()
        .should_validate_formats(true)
        .build(schema)
        .expect("the schema is valid")
}
