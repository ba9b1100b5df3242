//! Writing packets: whole Engine.IO messages, ready to be sent.

use super::MESSAGE;
use serde::Serialize;
use slop_schema::protocol::ClaudeStatus;
use slop_schema::scalar::ProcessId;
use slop_schema::{ClientEvent, Namespace};
use std::fmt::Write;

/// CONNECT to a namespace.
pub(crate) fn connect(namespace: Namespace, auth: &impl Serialize) -> serde_json::Result<String> {
    let auth = serde_json::to_string(auth)?;
    let mut packet = head('0', namespace);
    packet.push_str(&auth);
    Ok(packet)
}

/// DISCONNECT from a namespace.
pub(crate) fn disconnect(namespace: Namespace) -> String {
    head('1', namespace)
}

/// EVENT that asks after a process.
pub(crate) fn ask_after(id: u64, process: &ProcessId) -> String {
    let argument = serde_json::Value::from(process.as_str()).to_string();
    event(
        Namespace::Root,
        Some(id),
        ClaudeStatus::NAME,
        Some(&argument),
    )
}

/// EVENT with at most one argument, which is JSON already.
pub(crate) fn event(
    namespace: Namespace,
    id: Option<u64>,
    name: &str,
    argument: Option<&str>,
) -> String {
    let mut packet = head('2', namespace);
    packet.reserve(name.len() + argument.map_or(0, str::len) + 32);
    if let Some(id) = id {
        // Writing to a string cannot fail.
        let _ = write!(packet, "{id}");
    }
    packet.push('[');
    let _ = write!(packet, "{}", serde_json::Value::from(name));
    if let Some(argument) = argument {
        packet.push(',');
        packet.push_str(argument);
    }
    packet.push(']');
    packet
}

fn head(kind: char, namespace: Namespace) -> String {
    let mut packet = String::from(MESSAGE);
    packet.push(kind);
    if namespace.path() != "/" {
        packet.push_str(namespace.path());
        packet.push(',');
    }
    packet
}
