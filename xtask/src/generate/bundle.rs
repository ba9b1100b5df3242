//! `schema/json/protocol.json`: the whole protocol as one JSON document, schemas included.

use super::protocol::{Direction, Event, Protocol, TypedArgument, clean};
use serde::Serialize;
use serde_json::Value;
use slop_schema::event::{AccessLevel, AudienceKind};
use slop_schema::{Namespace, VERSION};
use std::collections::BTreeMap;

/// Prints the bundle.
pub(super) fn print(protocol: &Protocol) -> anyhow::Result<String> {
    let bundle = Bundle {
        name: "slop-studios-realtime",
        version: VERSION,
        namespaces: Namespace::ALL.iter().map(namespace).collect(),
        handshake: BundledHandshake {
            schema: &protocol.handshake.schema,
        },
        events: protocol.events.iter().map(event).collect(),
        definitions: &protocol.schemas,
    };
    Ok(serde_json::to_string_pretty(&bundle)? + "\n")
}

#[derive(Serialize)]
struct Bundle<'a> {
    name: &'static str,
    version: &'static str,
    namespaces: Vec<BundledNamespace>,
    /// What a client sends when it connects.
    handshake: BundledHandshake<'a>,
    events: Vec<BundledEvent<'a>>,
    #[serde(rename = "$defs")]
    definitions: &'a BTreeMap<String, Value>,
}

#[derive(Serialize)]
struct BundledNamespace {
    path: &'static str,
    description: String,
}

#[derive(Serialize)]
struct BundledHandshake<'a> {
    schema: &'a Value,
}

#[derive(Serialize)]
struct BundledEvent<'a> {
    name: &'static str,
    direction: &'static str,
    namespaces: Vec<&'static str>,
    description: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    access: Option<BundledAccess>,
    #[serde(rename = "rateLimit", skip_serializing_if = "Option::is_none")]
    rate_limit: Option<BundledRateLimit>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deprecated: Option<BundledDeprecation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    audience: Option<&'static str>,
    arguments: Vec<BundledArgument<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    callback: Option<BundledCallback<'a>>,
}

#[derive(Serialize)]
struct BundledAccess {
    level: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BundledRateLimit {
    max_requests: u32,
    window_ms: u64,
}

#[derive(Serialize)]
struct BundledDeprecation {
    since: &'static str,
    note: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sunset: Option<&'static str>,
}

#[derive(Serialize)]
struct BundledArgument<'a> {
    name: &'static str,
    required: bool,
    schema: &'a Value,
}

#[derive(Serialize)]
struct BundledCallback<'a> {
    schema: &'a Value,
}

fn namespace(namespace: &Namespace) -> BundledNamespace {
    BundledNamespace {
        path: namespace.path(),
        description: clean(namespace.docs()),
    }
}

fn event(event: &Event) -> BundledEvent<'_> {
    let (direction, access, audience, callback) = match &event.direction {
        Direction::Client {
            access: level,
            callback,
        } => ("client", Some(access(*level)), None, Some(callback)),
        Direction::Server { audience } => ("server", None, Some(audience_name(*audience)), None),
    };
    BundledEvent {
        name: event.name,
        direction,
        namespaces: event.namespaces.iter().map(|at| at.path()).collect(),
        description: &event.docs,
        access,
        rate_limit: event.rate_limit.map(|limit| BundledRateLimit {
            max_requests: limit.max_requests,
            window_ms: limit.window_ms,
        }),
        deprecated: event.deprecated.map(|of| BundledDeprecation {
            since: of.since,
            note: of.note,
            sunset: of.sunset(),
        }),
        audience,
        arguments: event.argument.iter().map(argument).collect(),
        callback: callback.map(|of| BundledCallback { schema: &of.schema }),
    }
}

fn argument(argument: &TypedArgument) -> BundledArgument<'_> {
    BundledArgument {
        name: argument.name,
        required: argument.required,
        schema: &argument.of.schema,
    }
}

fn access(level: AccessLevel) -> BundledAccess {
    match level {
        AccessLevel::Anyone => BundledAccess {
            level: "anyone",
            refusal: None,
        },
        AccessLevel::SignedIn { refusal } => BundledAccess {
            level: "signedIn",
            refusal: Some(refusal),
        },
    }
}

fn audience_name(audience: AudienceKind) -> &'static str {
    match audience {
        AudienceKind::Socket => "socket",
        AudienceKind::User => "user",
        AudienceKind::MediaSubscribers => "mediaSubscribers",
        AudienceKind::Process => "process",
    }
}
