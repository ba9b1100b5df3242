//! What changed between two schemas, field by field: for everything that breaks no payload, and for
//! code that imports the types.

mod bounds;

mod lists;

use super::bare::bare;

use super::inclusion::{self, Document};
use super::rules::*;
use super::shape::{
    declares, has_reference, in_place, names_its_fields, properties, requires, types, values, words,
};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// One difference.
#[derive(Debug, Clone)]
pub(super) struct Change {
    pub(super) rule: &'static str,
    /// Where, as a JSON pointer; inside a named type from `/$defs/` on.
    pub(super) pointer: String,
    /// What, in one sentence.
    pub(super) text: String,
}

/// All differences between two schemas.
pub(super) fn changes(old: &Value, new: &Value) -> Vec<Change> {
    let (old, new) = (bare(old), bare(new));
    let mut walk = Walk {
        old: Document::new(&old),
        new: Document::new(&new),
        seen: BTreeSet::new(),
        order: Vec::new(),
        compared: 0,
        found: Vec::new(),
    };
    walk.schemas(&old, &new, "", 0);
    walk.found
}

struct Walk<'a> {
    old: Document<'a>,
    new: Document<'a>,
    seen: BTreeSet<(String, String)>,
    /// What was seen, in this order.
    order: Vec<(String, String)>,
    /// How many parts were compared as a whole.
    compared: usize,
    found: Vec<Change>,
}

const MAX_DEPTH: usize = 200;
/// Parts that are compared as a whole; beyond, a new spelling may be told as a change.
const MAX_COMPARED: usize = 300;

impl<'a> Walk<'a> {
    /// Adds what changed, and says whether there is anything.
    fn schemas(&mut self, old: &'a Value, new: &'a Value, at: &str, depth: usize) -> bool {
        let references = [old, new].map(|schema| schema.get("$ref").and_then(Value::as_str));
        if depth > MAX_DEPTH || (old == new && references == [None, None] && !has_reference(old)) {
            return false;
        }
        let (found, seen) = (self.found.len(), self.order.len());
        let differ = match references {
            [None, None] => self.keywords(old, new, at, depth),
            _ => self.references(old, new, at, depth, references),
        };
        if self.found.len() > found && !differ && self.same(old, new) {
            // Only the spelling differs. Elsewhere the types in it may differ all the same.
            self.found.truncate(found);
            for pair in self.order.drain(seen..) {
                self.seen.remove(&pair);
            }
        }
        self.found.len() > found
    }

    /// Whether both say the same, however they are spelled.
    fn same(&mut self, old: &'a Value, new: &'a Value) -> bool {
        self.compared += 1;
        self.compared <= MAX_COMPARED && inclusion::same((&self.old, old), (&self.new, new))
    }

    /// Whether the schemas certainly differ, because those of a part of the value do.
    fn keywords(&mut self, old: &'a Value, new: &'a Value, at: &str, depth: usize) -> bool {
        let (Value::Object(old), Value::Object(new)) = (old, new) else {
            return false;
        };
        self.types(old, new, at);
        self.values(old, new, at);
        self.bounds(old, new, at);
        let mut differ = self.fields(old, new, at, depth);
        for keyword in ["items", "additionalProperties", "contains", "propertyNames"] {
            if let (Some(old), Some(new)) = (old.get(keyword), new.get(keyword)) {
                differ |= self.schemas(old, new, &format!("{at}/{keyword}"), depth + 1);
            }
        }
        for keyword in ["prefixItems", "allOf", "anyOf", "oneOf"] {
            let parts_differ = self.lists(old, new, keyword, at, depth);
            if parts_differ && old.len() == 1 && new.len() == 1 {
                return true;
            }
        }
        // What one schema says of a part, another one may say as well.
        differ && !in_place(old) && !in_place(new)
    }

    fn references(
        &mut self,
        old: &'a Value,
        new: &'a Value,
        at: &str,
        depth: usize,
        references: [Option<&str>; 2],
    ) -> bool {
        let target = |document: &Document<'a>, schema: &'a Value, reference: Option<&str>| {
            let found = reference.and_then(|reference| document.resolve(reference).ok());
            found.unwrap_or((String::new(), schema))
        };
        let (old_at, old_target) = target(&self.old, old, references[0]);
        let (new_at, new_target) = target(&self.new, new, references[1]);
        let pair = (format!("{old_at} {at}"), new_at.clone());
        let named = references[1].is_some();
        let pair = if named {
            (old_at, new_at.clone())
        } else {
            pair
        };
        if self.seen.insert(pair.clone()) {
            self.order.push(pair);
            let at = if named { new_at.as_str() } else { at };
            let differ = self.schemas(old_target, new_target, at, depth + 1);
            let alone = |schema: &Value| schema.as_object().is_some_and(|it| it.len() == 1);
            return differ && alone(old) && alone(new);
        }
        false
    }

    fn fields(
        &mut self,
        old: &'a Map<String, Value>,
        new: &'a Map<String, Value>,
        at: &str,
        depth: usize,
    ) -> bool {
        let mut differ = false;
        // What is not declared by its name may be declared otherwise.
        let certain = names_its_fields(old) && names_its_fields(new);
        let (before, after) = (properties(old), properties(new));
        for (name, schema) in before.iter().flat_map(|it| it.iter()) {
            let place = super::inclusion::place(&format!("{at}/properties"), name);
            let was = requires(old, name);
            let Some(now) = after.and_then(|after| after.get(name)) else {
                if declares(&self.new, new, name, 0) {
                    continue;
                }
                let (rule, word) = match was {
                    true => (FIELD_REMOVED_REQUIRED, "required"),
                    false => (FIELD_REMOVED_OPTIONAL, "optional"),
                };
                self.add(
                    rule,
                    &place,
                    format!("the {word} field `{name}` was removed"),
                );
                differ |= certain;
                continue;
            };
            match (was, requires(new, name)) {
                (false, true) => self.add(
                    FIELD_BECAME_REQUIRED,
                    &place,
                    format!("the field `{name}` was optional and is now required"),
                ),
                (true, false) => self.add(
                    FIELD_BECAME_OPTIONAL,
                    &place,
                    format!("the field `{name}` was required and is now optional"),
                ),
                _ => {}
            }
            differ |= self.schemas(schema, now, &place, depth + 1);
        }
        for name in after.iter().flat_map(|it| it.keys()) {
            if declares(&self.old, old, name, 0) {
                continue;
            }
            let place = super::inclusion::place(&format!("{at}/properties"), name);
            let (rule, word) = match requires(new, name) {
                true => (FIELD_ADDED_REQUIRED, "required"),
                false => (FIELD_ADDED_OPTIONAL, "optional"),
            };
            self.add(rule, &place, format!("the {word} field `{name}` was added"));
            differ |= certain;
        }
        let closed = |object: &Map<String, Value>| {
            object.get("additionalProperties") == Some(&Value::Bool(false))
                || object.get("unevaluatedProperties") == Some(&Value::Bool(false))
        };
        match (closed(old), closed(new)) {
            (false, true) => self.add(OBJECT_CLOSED, at, "unknown fields are now refused".into()),
            (true, false) => self.add(OBJECT_OPENED, at, "unknown fields are now accepted".into()),
            _ => {}
        }
        differ
    }

    fn types(&mut self, old: &Map<String, Value>, new: &Map<String, Value>, at: &str) {
        let (before, after) = (types(old), types(new));
        if before == after {
            return;
        }
        let removed: Vec<_> = before.difference(&after).cloned().collect();
        let added: Vec<_> = after.difference(&before).cloned().collect();
        let text = format!(
            "the type was {} and is now {}",
            words(&before),
            words(&after)
        );
        let rule = match (removed.as_slice(), added.as_slice()) {
            ([], [only]) if only == "null" => NULL_ADDED,
            ([only], []) if only == "null" => NULL_REMOVED,
            ([integer], [number]) if integer == "integer" && number == "number" => TYPE_WIDENED,
            ([number], [integer]) if integer == "integer" && number == "number" => TYPE_NARROWED,
            ([], _) if !before.is_empty() => TYPE_WIDENED,
            (_, []) if after.is_empty() => TYPE_WIDENED,
            (_, []) | ([], _) => TYPE_NARROWED,
            _ => TYPE_CHANGED,
        };
        self.add(rule, at, text);
    }

    fn values(&mut self, old: &Map<String, Value>, new: &Map<String, Value>, at: &str) {
        let (Some(before), Some(after)) = (values(old), values(new)) else {
            match (values(old), values(new)) {
                (Some(_), None) if types(old) == types(new) => {
                    self.add(TYPE_WIDENED, at, "the closed set is now open".into());
                }
                (None, Some(_)) if types(old) == types(new) => {
                    self.add(TYPE_NARROWED, at, "only a closed set is left".into());
                }
                _ => {}
            }
            return;
        };
        let codes = at.split('/').any(|step| step.ends_with("ErrorCode"));
        let pick = |code, value| if codes { code } else { value };
        for value in before.difference(&after) {
            let rule = pick(ERROR_CODE_REMOVED, ENUM_VALUE_REMOVED);
            self.add(rule, at, format!("`{value}` was removed"));
        }
        for value in after.difference(&before) {
            let rule = pick(ERROR_CODE_ADDED, ENUM_VALUE_ADDED);
            self.add(rule, at, format!("`{value}` was added"));
        }
    }

    fn add(&mut self, rule: &'static str, at: &str, text: String) {
        self.found.push(Change {
            rule,
            pointer: at.to_owned(),
            text,
        });
    }
}
