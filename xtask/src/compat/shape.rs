//! What schemas have in common however they are spelled: types, closed sets, tags.

use super::words::type_name;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

pub(super) fn has_reference(schema: &Value) -> bool {
    match schema {
        Value::Object(object) => object.contains_key("$ref") || object.values().any(has_reference),
        Value::Array(items) => items.iter().any(has_reference),
        _ => false,
    }
}

pub(super) fn properties(object: &Map<String, Value>) -> Option<&Map<String, Value>> {
    object.get("properties").and_then(Value::as_object)
}

pub(super) fn requires(object: &Map<String, Value>, name: &str) -> bool {
    let required = object.get("required").and_then(Value::as_array);
    required.is_some_and(|names| names.iter().any(|it| it == name))
}

/// The types that a schema names, however it spells them.
pub(super) fn types(object: &Map<String, Value>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    match object.get("type") {
        Some(Value::String(name)) => {
            names.insert(name.clone());
        }
        Some(Value::Array(list)) => {
            names.extend(
                list.iter()
                    .filter_map(|name| name.as_str().map(str::to_owned)),
            );
        }
        _ => {
            for value in values(object).unwrap_or_default() {
                let value: Value = serde_json::from_str(&value).unwrap_or_default();
                names.insert(type_name(&value).to_owned());
            }
            for part in alternatives(object) {
                if let Value::Object(part) = part {
                    names.extend(types(part));
                }
            }
        }
    }
    names
}

pub(super) fn alternatives(object: &Map<String, Value>) -> impl Iterator<Item = &Value> {
    let lists = ["anyOf", "oneOf"].into_iter();
    lists
        .filter_map(|keyword| object.get(keyword).and_then(Value::as_array))
        .flatten()
}

/// The values of a closed set, as JSON; `enum` and a union of `const` are the same.
pub(super) fn values(object: &Map<String, Value>) -> Option<BTreeSet<String>> {
    if let Some(value) = object.get("const") {
        return Some(BTreeSet::from([value.to_string()]));
    }
    if let Some(Value::Array(list)) = object.get("enum") {
        return Some(list.iter().map(Value::to_string).collect());
    }
    let mut all = BTreeSet::new();
    let mut any = false;
    for part in alternatives(object) {
        all.extend(values(part.as_object()?)?);
        any = true;
    }
    any.then_some(all)
}

/// What tells an alternative from the others of its union.
pub(super) fn tag(schema: &Value) -> Option<(String, String)> {
    let properties = schema.get("properties")?.as_object()?;
    let tagged = |(name, schema): (&String, &Value)| {
        let constant = schema.get("const").cloned().or_else(|| {
            let list = schema.get("enum")?.as_array()?;
            (list.len() == 1).then(|| list[0].clone())
        })?;
        Some((name.clone(), constant.to_string()))
    };
    properties.iter().find_map(tagged)
}

pub(super) fn words(types: &BTreeSet<String>) -> String {
    match types.is_empty() {
        true => "anything".to_owned(),
        false => types.iter().cloned().collect::<Vec<_>>().join(" or "),
    }
}
