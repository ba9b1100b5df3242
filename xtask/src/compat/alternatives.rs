//! Which alternative of a union a refused payload was sent as.
//!
//! The writer knows. Its alternative is also the reader's when both have it by the same name, or by
//! the same tag.

use super::inclusion::{self, Document};
use super::shape::{resolved, tag};
use serde_json::Value;

/// The two schemas of a payload.
pub(super) struct Sides<'a> {
    writer: Document<'a>,
    reader: Document<'a>,
}

/// The alternative that a payload was sent as.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum SentAs {
    /// The reader has it, at this place of its union.
    Known(usize),
    /// The reader does not have it.
    Unknown(Alternative),
}

/// An alternative that only the writer has.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Alternative {
    pub(super) schema: Value,
    /// JSON pointer of the writer's union.
    union: String,
    place: usize,
}

impl<'a> Sides<'a> {
    pub(super) fn new(writer: &'a Value, reader: &'a Value) -> Self {
        Self {
            writer: Document::new(writer),
            reader: Document::new(reader),
        }
    }

    /// The alternative of the union at this place of the reader's schema, as far as the writer has a
    /// union there, and alternatives that can be told apart.
    pub(super) fn sent_as(&self, union: &str, payload: &Value) -> Option<SentAs> {
        let list = |document: &Document<'a>| document.root().pointer(union)?.as_array();
        let (written, read) = (list(&self.writer)?, list(&self.reader)?);
        let mut unknown = None;
        for (place, schema) in written.iter().enumerate() {
            if !inclusion::declares(&self.writer, schema, payload) {
                continue;
            }
            if let Some(place) = self.twin(schema, written, read) {
                return Some(SentAs::Known(place));
            }
            if name(schema).is_some() || tag(schema).is_some() {
                unknown.get_or_insert_with(|| Alternative {
                    schema: schema.clone(),
                    union: union.to_owned(),
                    place,
                });
            }
        }
        unknown.map(SentAs::Unknown)
    }

    /// The place of the reader's alternative that is the same as one of the writer's.
    fn twin(&self, schema: &Value, written: &[Value], read: &[Value]) -> Option<usize> {
        let by_name = |other: &Value| name(other).is_some() && name(other) == name(schema);
        if let Some(place) = read.iter().position(by_name) {
            return Some(place);
        }
        let sent = tag(resolved(&self.writer, schema))?;
        let is_free = |other: &Value| {
            name(other).is_none() || !written.iter().any(|it| name(it) == name(other))
        };
        let by_tag = |other: &Value| tag(resolved(&self.reader, other)).as_ref() == Some(&sent);
        read.iter()
            .position(|other| is_free(other) && by_tag(other))
    }
}

impl Alternative {
    /// Takes the alternative out of the writer's schema; whether others are left.
    pub(super) fn give_up(&self, writer: &mut Value) -> bool {
        let Some(Value::Array(list)) = writer.pointer_mut(&self.union) else {
            return false;
        };
        if list.len() > 1 && self.place < list.len() {
            list.remove(self.place);
            return true;
        }
        false
    }
}

fn name(schema: &Value) -> Option<&str> {
    schema.get("$ref").and_then(Value::as_str)
}
