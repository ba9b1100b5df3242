//! `schema/json/asyncapi.json`: the protocol as AsyncAPI 3.0 describes it.
//!
//! A channel is a namespace, a message is an event with its arguments as a tuple, and a callback is
//! the reply of an operation. The application described is the server: it receives what clients
//! send.

use super::protocol::{Direction, Event, Protocol, TypeUse, clean};
use anyhow::ensure;
use heck::ToLowerCamelCase;
use serde_json::{Map, Value, json};
use slop_schema::event::AccessLevel;
use slop_schema::{Namespace, VERSION};

/// Prints the document.
pub(super) fn print(protocol: &Protocol) -> anyhow::Result<String> {
    let document = json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Slop Studios realtime protocol",
            "version": VERSION,
            "description": "Socket.IO events in both directions. The payload of a message is the \
                            list of the event's arguments; a reply is the event's callback.",
            "license": { "name": "MIT" },
        },
        "defaultContentType": "application/json",
        "channels": each(Namespace::ALL, |at| (channel_id(*at), channel(protocol, *at))),
        "operations": operations(protocol),
        "components": {
            "messages": messages(protocol)?,
            "schemas": each(&protocol.schemas, |(name, schema)| (name.clone(), relocate(schema))),
        },
    });
    Ok(serde_json::to_string_pretty(&sorted(document))? + "\n")
}

fn channel(protocol: &Protocol, namespace: Namespace) -> Value {
    let mut messages = Map::new();
    for event in protocol
        .events
        .iter()
        .filter(|event| event.namespaces.contains(&namespace))
    {
        let id = message_id(event);
        messages.insert(id.clone(), reference(&["components", "messages", &id]));
        if let Direction::Client { .. } = event.direction {
            let id = reply_id(event);
            messages.insert(id.clone(), reference(&["components", "messages", &id]));
        }
    }
    json!({
        "address": namespace.path(),
        "title": format!("Namespace {}", namespace.path()),
        "description": clean(namespace.docs()),
        "messages": messages,
    })
}

fn operations(protocol: &Protocol) -> Map<String, Value> {
    let mut operations = Map::new();
    for event in &protocol.events {
        for namespace in event.namespaces {
            let channel = channel_id(*namespace);
            let id = format!("{channel}.{}", message_id(event));
            operations.insert(id, operation(event, &channel));
        }
    }
    operations
}

fn operation(event: &Event, channel: &str) -> Value {
    let of_channel = |id: &str| reference(&["channels", channel, "messages", id]);
    let mut operation = json!({
        "channel": reference(&["channels", channel]),
        "summary": event.docs.lines().next().unwrap_or_default(),
        "messages": [of_channel(&message_id(event))],
    });
    match &event.direction {
        Direction::Client { access, .. } => {
            operation["action"] = json!("receive");
            operation["reply"] = json!({
                "channel": reference(&["channels", channel]),
                "messages": [of_channel(&reply_id(event))],
            });
            if let AccessLevel::SignedIn { refusal } = access {
                operation["description"] = json!(format!(
                    "For signed-in sockets; others are refused: {refusal}."
                ));
            }
        }
        Direction::Server { .. } => operation["action"] = json!("send"),
    }
    operation
}

fn messages(protocol: &Protocol) -> anyhow::Result<Map<String, Value>> {
    let mut messages = Map::new();
    for event in &protocol.events {
        let former = messages.insert(message_id(event), event_message(event));
        ensure!(
            former.is_none(),
            "two events share the id {}",
            message_id(event)
        );
        if let Direction::Client { callback, .. } = &event.direction {
            messages.insert(reply_id(event), reply_message(event, callback));
        }
    }
    Ok(messages)
}

fn event_message(event: &Event) -> Value {
    let arguments: Vec<_> = event
        .argument
        .iter()
        .map(|it| relocate(&it.of.schema))
        .collect();
    let required = event.argument.iter().filter(|it| it.required).count();
    let mut tuple = tuple(&arguments, required);
    if event.deprecated.is_some() {
        tuple["deprecated"] = json!(true);
    }
    message(event.name, &event.docs, tuple)
}

fn reply_message(event: &Event, callback: &TypeUse) -> Value {
    let summary = format!("Callback of `{}`.", event.name);
    message(
        event.name,
        &summary,
        tuple(&[relocate(&callback.schema)], 1),
    )
}

fn message(name: &str, summary: &str, tuple: Value) -> Value {
    json!({
        "name": name,
        "summary": summary,
        "payload": {
            "schemaFormat": "application/schema+json;version=draft-2020-12",
            "schema": tuple,
        },
    })
}

fn tuple(items: &[Value], required: usize) -> Value {
    let mut schema = json!({ "type": "array", "minItems": required, "maxItems": items.len() });
    if !items.is_empty() {
        schema["prefixItems"] = json!(items);
    }
    schema
}

/// The bundle keeps its definitions under `$defs`, AsyncAPI under `components/schemas`.
fn relocate(schema: &Value) -> Value {
    match schema {
        Value::Object(object) => each(object, |(key, value)| {
            let value = match (key.as_str(), value) {
                ("$ref", Value::String(target)) => {
                    json!(target.replace("#/$defs/", "#/components/schemas/"))
                }
                _ => relocate(value),
            };
            (key.clone(), value)
        })
        .into(),
        Value::Array(items) => items.iter().map(relocate).collect(),
        other => other.clone(),
    }
}

fn reference(path: &[&str]) -> Value {
    json!({ "$ref": format!("#/{}", path.join("/")) })
}

fn channel_id(namespace: Namespace) -> String {
    format!("{namespace:?}").to_lower_camel_case()
}

/// Ids may hold neither colons nor slashes.
fn message_id(event: &Event) -> String {
    event.name.to_lower_camel_case()
}

fn reply_id(event: &Event) -> String {
    format!("{}Callback", message_id(event))
}

fn each<Item>(
    items: impl IntoIterator<Item = Item>,
    entry: impl Fn(Item) -> (String, Value),
) -> Map<String, Value> {
    items.into_iter().map(entry).collect()
}

/// Sorted keys: the bytes must not depend on which map the build chose for JSON objects.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(object) => {
            let mut entries: Vec<_> = object.into_iter().collect();
            entries.sort_by(|(left, _), (right, _)| left.cmp(right));
            let entries = entries.into_iter().map(|(key, value)| (key, sorted(value)));
            Value::Object(entries.collect())
        }
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        other => other,
    }
}
