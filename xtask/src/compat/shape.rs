//! What schemas have in common however they are spelled: types, closed sets, tags.

use super::inclusion::Document;
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

/// Whether other schemas say something about the same value.
pub(super) fn in_place(object: &Map<String, Value>) -> bool {
    let keywords = [
        "allOf",
        "anyOf",
        "oneOf",
        "not",
        "if",
        "$ref",
        "dependentSchemas",
    ];
    keywords.iter().any(|keyword| object.contains_key(*keyword))
}

/// Whether all that the schema says of fields, it says of named ones.
pub(super) fn names_its_fields(object: &Map<String, Value>) -> bool {
    let rest = object.get("additionalProperties");
    let others = ["patternProperties", "propertyNames", "enum", "const"];
    rest.is_none_or(Value::is_boolean) && !others.iter().any(|it| object.contains_key(*it))
}

/// References are followed so far.
const MAX_DEPTH: usize = 20;

/// What a schema that is only a reference leads to.
pub(super) fn resolved<'a>(document: &Document<'a>, schema: &'a Value) -> &'a Value {
    let mut schema = schema;
    for _ in 0..MAX_DEPTH {
        let reference = schema.get("$ref").and_then(Value::as_str);
        match reference.and_then(|reference| document.resolve(reference).ok()) {
            Some((_, target)) => schema = target,
            None => break,
        }
    }
    schema
}

/// Whether whatever the schema accepts may have the field: it is declared here, in one of the
/// schemas that are all to hold, or in each of those of which one is to hold.
pub(super) fn declares(
    document: &Document<'_>,
    object: &Map<String, Value>,
    name: &str,
    depth: usize,
) -> bool {
    let declared = |schema: &Value| {
        let object = schema.as_object();
        depth < MAX_DEPTH && object.is_some_and(|it| declares(document, it, name, depth + 1))
    };
    let list = |keyword: &str| object.get(keyword).and_then(Value::as_array);
    let reference = object.get("$ref").and_then(Value::as_str);
    let target = reference.and_then(|reference| document.resolve(reference).ok());
    let branches = [object.get("then"), object.get("else")];
    let values = object
        .get("const")
        .into_iter()
        .chain(list("enum").into_iter().flatten());
    let mut values = values.filter_map(Value::as_object).peekable();
    (values.peek().is_some() && values.all(|value| value.contains_key(name)))
        || properties(object).is_some_and(|it| it.contains_key(name))
        || target.is_some_and(|(_, schema)| declared(schema))
        || list("allOf").is_some_and(|all| all.iter().any(declared))
        || ["anyOf", "oneOf"].into_iter().filter_map(list).any(|any| {
            let mut objects = any.iter().filter(|it| has_objects(document, it)).peekable();
            objects.peek().is_some() && objects.all(declared)
        })
        || (branches.iter().all(Option::is_some) && branches.into_iter().flatten().all(declared))
}

/// Whether objects are among what the schema accepts, as far as its type says.
fn has_objects(document: &Document<'_>, schema: &Value) -> bool {
    let Value::Object(object) = resolved(document, schema) else {
        return true;
    };
    let types = types(object);
    types.is_empty() || types.contains("object")
}

/// Whether the one alternative that is left may be another state of the one that is gone: of the same
/// types and, if objects, with a field in common.
pub(super) fn alike(before: &Document<'_>, old: &Value, after: &Document<'_>, new: &Value) -> bool {
    let (old, new) = (resolved(before, old), resolved(after, new));
    if tag(old).is_some() && tag(new).is_some() {
        return false;
    }
    let (Value::Object(old), Value::Object(new)) = (old, new) else {
        return false;
    };
    let of = types(old);
    if of != types(new) || of.is_empty() {
        return false;
    }
    let mut fields = properties(old).into_iter().flat_map(Map::keys);
    !of.contains("object") || fields.any(|name| requires(old, name) && requires(new, name))
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
