//! One JSON Schema document: its dialect and what its references point to.

use anyhow::{Context, bail};
use serde_json::Value;
use std::collections::HashMap;

/// A document with the names by which its parts can be referred to.
pub(crate) struct Document<'a> {
    root: &'a Value,
    dialect: Dialect,
    /// JSON pointers of what `$id` and `$anchor` name.
    names: HashMap<String, String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dialect {
    /// Draft 7 and older.
    Old,
    /// Draft 2019-09 and later, and documents that do not say.
    New,
}

impl<'a> Document<'a> {
    /// Reads the names in a document.
    pub(crate) fn new(root: &'a Value) -> Self {
        let dialect = match root.get("$schema").and_then(Value::as_str) {
            Some(uri)
                if ["draft-03", "draft-04", "draft-06", "draft-07"]
                    .iter()
                    .any(|old| uri.contains(old)) =>
            {
                Dialect::Old
            }
            _ => Dialect::New,
        };
        let mut names = HashMap::new();
        collect_names(root, "", &mut names);
        Self {
            root,
            dialect,
            names,
        }
    }

    pub(crate) fn root(&self) -> &'a Value {
        self.root
    }

    /// Whether keywords beside a `$ref` mean nothing.
    pub(crate) fn references_stand_alone(&self) -> bool {
        self.dialect == Dialect::Old
    }

    /// What a reference points to, with its JSON pointer.
    pub(crate) fn resolve(&self, reference: &str) -> anyhow::Result<(String, &'a Value)> {
        let (resource, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let base = match self.names.get(resource) {
            Some(base) => base.as_str(),
            None if resource.is_empty() => "",
            None => bail!(
                "`{reference}` lies outside of the document; put what it describes into `$defs`"
            ),
        };
        let fragment = percent_decoded(fragment);
        let pointer = if fragment.is_empty() || fragment.starts_with('/') {
            format!("{base}{fragment}")
        } else {
            let anchor = self.names.get(&format!("#{fragment}"));
            anchor
                .with_context(|| format!("`{reference}` leads nowhere: there is no such anchor"))?
                .clone()
        };
        let target = self.root.pointer(&pointer);
        let target = target.with_context(|| format!("`{reference}` leads nowhere"))?;
        Ok((pointer, target))
    }
}

/// Finds every `$id` and anchor. Absolute identifiers also go by their last segment, as relative
/// references beside them do.
fn collect_names(schema: &Value, at: &str, names: &mut HashMap<String, String>) {
    match schema {
        Value::Object(object) => {
            for keyword in ["$id", "id"] {
                let id = object.get(keyword).and_then(Value::as_str);
                if let Some(id) = id
                    .map(|id| id.trim_end_matches('#'))
                    .filter(|id| !id.is_empty())
                {
                    if id.starts_with('#') {
                        names.insert(id.to_owned(), at.to_owned());
                        continue;
                    }
                    names.insert(id.to_owned(), at.to_owned());
                    let last = id.rsplit('/').next().unwrap_or(id);
                    names
                        .entry(last.to_owned())
                        .or_insert_with(|| at.to_owned());
                }
            }
            for keyword in ["$anchor", "$dynamicAnchor"] {
                if let Some(anchor) = object.get(keyword).and_then(Value::as_str) {
                    names.insert(format!("#{anchor}"), at.to_owned());
                }
            }
            for (key, value) in object {
                if !matches!(key.as_str(), "const" | "enum" | "default" | "examples") {
                    collect_names(value, &super::parse::place(at, key), names);
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect_names(item, &super::parse::place(at, &index.to_string()), names);
            }
        }
        _ => {}
    }
}

fn percent_decoded(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let byte = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match byte {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
