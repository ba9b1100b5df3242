//! A received event packet: its name and its first argument, parsed once.

use serde::Deserializer;
use serde::de::{IgnoredAny, SeqAccess, Visitor};
use serde_json::Value;
use std::fmt;

/// `["joinRoom", "project-123", …]`: surplus arguments are ignored.
pub(super) struct Frame<'a> {
    /// Name of the event.
    pub(super) name: &'a str,
    /// First argument; `Err` when the arguments are not JSON that can be read.
    pub(super) argument: Result<Option<Value>, Unreadable>,
}

/// Arguments that are not JSON, or nested too deeply.
#[derive(Debug)]
pub(super) struct Unreadable;

/// Reads the text of an event packet; `None` when it does not even have a name.
pub(super) fn parse(text: &str) -> Option<Frame<'_>> {
    let mut name = None;
    let mut reader = serde_json::Deserializer::from_str(text);
    let argument = reader
        .deserialize_seq(FrameVisitor { name: &mut name })
        .and_then(|argument| reader.end().map(|()| argument))
        .map_err(|_| Unreadable);
    name.map(|name| Frame { name, argument })
}

struct FrameVisitor<'v, 'a> {
    name: &'v mut Option<&'a str>,
}

impl<'a> Visitor<'a> for FrameVisitor<'_, 'a> {
    type Value = Option<Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array that begins with the name of an event")
    }

    fn visit_seq<S: SeqAccess<'a>>(self, mut elements: S) -> Result<Self::Value, S::Error> {
        *self.name = elements.next_element::<&'a str>()?;
        let argument = elements.next_element::<Value>()?;
        while elements.next_element::<IgnoredAny>()?.is_some() {}
        Ok(argument)
    }
}

/// Whether a value contains the stand-in for a binary attachment.
pub(super) fn holds_attachment(value: &Value) -> bool {
    match value {
        Value::Object(fields) => {
            fields.get("_placeholder") == Some(&Value::Bool(true))
                || fields.values().any(holds_attachment)
        }
        Value::Array(items) => items.iter().any(holds_attachment),
        _ => false,
    }
}
