//! `bindings/src/events.ts`: names of events and namespaces, the event maps and the socket types.

use super::{HEADER, LINE_WIDTH, closed_set, comment, list};
use crate::generate::protocol::{Event, Protocol, TypeUse, TypedArgument, clean};
use heck::{ToPascalCase, ToShoutySnakeCase};
use slop_schema::version::UNSUPPORTED_VERSION;
use slop_schema::{Namespace, VERSION};
use std::collections::BTreeSet;

/// Prints the file.
pub(in crate::generate) fn events(protocol: &Protocol) -> String {
    let mut parts = vec![HEADER.to_owned(), imports(protocol), version()];
    parts.extend(namespaces());
    parts.push(names(protocol));
    parts.push(event_namespaces(protocol));
    parts.push(shared_maps(protocol));
    parts.extend(
        Namespace::ALL
            .iter()
            .map(|at| namespace_types(protocol, *at)),
    );
    parts.join("\n")
}

fn imports(protocol: &Protocol) -> String {
    let arguments = protocol
        .events
        .iter()
        .filter_map(|event| event.argument.as_ref());
    let callbacks = protocol.client_events().map(|(_, callback)| callback);
    let used: BTreeSet<_> = arguments
        .map(|argument| &argument.of)
        .chain(callbacks)
        .map(|of| of.name.clone())
        .collect();
    let used: Vec<_> = used.into_iter().collect();
    let types = list("import type {", &used, "} from \"./types.js\";", " ");
    format!("import type {{ EventWithCallback, ProtocolSocket }} from \"./socket.js\";\n{types}")
}

fn version() -> String {
    let version = comment("Version of the protocol (semantic versioning).", "");
    let refusal = comment(
        "Beginning of the `connect_error` message of a server of another major version.",
        "",
    );
    format!(
        "{version}export const PROTOCOL_VERSION = {VERSION:?};\n\n\
         {refusal}export const UNSUPPORTED_VERSION = {UNSUPPORTED_VERSION:?};\n"
    )
}

fn namespaces() -> Vec<String> {
    let paths: Vec<_> = Namespace::ALL
        .iter()
        .map(|at| at.path().to_owned())
        .collect();
    let constants = Namespace::ALL.iter().map(|at| {
        let name = identifier(*at).to_shouty_snake_case();
        let docs = comment(&clean(at.docs()), "");
        format!("{docs}export const {name}_NAMESPACE = {:?};\n", at.path())
    });
    let all = closed_set(
        "Path of a namespace.",
        "NAMESPACES",
        "NamespacePath",
        &paths,
    );
    constants.chain([all]).collect()
}

fn names(protocol: &Protocol) -> String {
    let name = |event: &Event| event.name.to_owned();
    let sent: Vec<_> = protocol
        .client_events()
        .map(|(event, _)| name(event))
        .collect();
    let received: Vec<_> = protocol.server_events().map(name).collect();
    let client = closed_set(
        "Name of an event that clients send.",
        "CLIENT_EVENT_NAMES",
        "ClientEventName",
        &sent,
    );
    let server = closed_set(
        "Name of an event that the server sends.",
        "SERVER_EVENT_NAMES",
        "ServerEventName",
        &received,
    );
    format!("{client}\n{server}")
}

/// Where to find an event by its name alone: the first of its namespaces.
fn event_namespaces(protocol: &Protocol) -> String {
    let elsewhere = protocol
        .events
        .iter()
        .filter(|event| !event.namespaces.contains(&Namespace::Root));
    let entries: String = elsewhere
        .filter_map(|event| Some((event, event.namespaces.first()?)))
        .map(|(event, at)| format!("  {}: {:?},\n", key(event.name), at.path()))
        .collect();
    let docs = comment("Namespaces of the events that do not exist on `/`.", "");
    format!("{docs}export const EVENT_NAMESPACES = {{\n{entries}}} as const;\n")
}

fn shared_maps(protocol: &Protocol) -> String {
    let received = server_map(protocol, Event::is_shared);
    let sent = client_map(protocol, Event::is_shared);
    format!(
        "/** Events that the server sends on every namespace. */\n\
         export interface SharedServerToClientEvents {{\n{received}}}\n\n\
         /** Events that clients send on every namespace. */\n\
         export interface SharedClientToServerEvents {{\n{sent}}}\n"
    )
}

fn namespace_types(protocol: &Protocol, namespace: Namespace) -> String {
    let (id, path) = (identifier(namespace), namespace.path());
    let own = |event: &Event| !event.is_shared() && event.namespaces.contains(&namespace);
    let map = |direction: &str, docs: String, entries: String| {
        let head = format!("{id}{direction} extends Shared{direction}");
        if entries.is_empty() {
            format!("{docs}export interface {head} {{}}\n")
        } else {
            format!("{docs}export interface {head} {{\n{entries}}}\n")
        }
    };
    let received = map(
        "ServerToClientEvents",
        comment(&format!("Events that the server sends on `{path}`."), ""),
        server_map(protocol, own),
    );
    let sent = map(
        "ClientToServerEvents",
        comment(&format!("Events that clients send on `{path}`."), ""),
        client_map(protocol, own),
    );
    let socket = generic(
        &format!("export type {id}Socket = ProtocolSocket"),
        &format!("{id}ServerToClientEvents"),
        &format!("{id}ClientToServerEvents"),
        "",
    );
    format!("{received}\n{sent}\n/** A client's socket on `{path}`. */\n{socket}")
}

fn server_map(protocol: &Protocol, wanted: impl Fn(&Event) -> bool) -> String {
    let events = protocol.server_events().filter(|event| wanted(event));
    events.map(server_event).collect()
}

fn server_event(event: &Event) -> String {
    let arguments = event.argument.as_ref().map(argument).unwrap_or_default();
    let docs = comment(&event.tagged_docs(), "  ");
    format!("{docs}  {}: ({arguments}) => void;\n", key(event.name))
}

fn client_map(protocol: &Protocol, wanted: impl Fn(&Event) -> bool) -> String {
    let events = protocol.client_events().filter(|(event, _)| wanted(event));
    events
        .map(|(event, callback)| client_event(event, callback))
        .collect()
}

fn client_event(event: &Event, callback: &TypeUse) -> String {
    let (docs, key, response) = (
        comment(&event.tagged_docs(), "  "),
        key(event.name),
        &callback.name,
    );
    let arguments = argument_lists(event.argument.as_ref());
    docs + &generic(
        &format!("  {key}: EventWithCallback"),
        &arguments,
        response,
        "  ",
    )
}

/// `before<first, second>;`, broken where it is too long for a line.
fn generic(before: &str, first: &str, second: &str, indent: &str) -> String {
    let single = format!("{before}<{first}, {second}>;\n");
    if single.trim_end().chars().count() <= LINE_WIDTH {
        return single;
    }
    format!("{before}<\n{indent}  {first},\n{indent}  {second}\n{indent}>;\n")
}

/// The tuple of arguments before the callback; one that may be left out makes it two tuples, as a
/// callback cannot follow an optional element.
fn argument_lists(given: Option<&TypedArgument>) -> String {
    match given {
        None => "[]".into(),
        Some(given) if given.required => format!("[{}]", argument(given)),
        Some(given) => format!("[] | [{}: {}]", given.name, given.of.name),
    }
}

fn argument(argument: &TypedArgument) -> String {
    let optional = if argument.required { "" } else { "?" };
    format!("{}{optional}: {}", argument.name, argument.of.name)
}

/// A name as a key of an object.
pub(super) fn key(name: &str) -> String {
    if name.chars().all(char::is_alphanumeric) {
        name.to_owned()
    } else {
        format!("{name:?}")
    }
}

/// Name of a namespace in identifiers: `Root`, `Media`, `Notifications`.
fn identifier(namespace: Namespace) -> String {
    format!("{namespace:?}").to_pascal_case()
}
