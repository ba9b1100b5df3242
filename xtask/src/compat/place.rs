//! What a schema says about one place of a payload.

use super::inclusion::{self, Document};
use serde_json::{Map, Value};

/// All schema objects that apply to the place, the outermost first.
pub(super) fn at<'a>(
    schema: &'a Value,
    instance: &str,
    payload: Option<&Value>,
) -> Vec<&'a Map<String, Value>> {
    let document = Document::new(schema);
    let mut found = Vec::new();
    gather(&document, schema, payload, 0, &mut found);
    let mut payload = payload.cloned();
    for step in instance.split('/').skip(1) {
        let step = step.replace("~1", "/").replace("~0", "~");
        payload = payload.and_then(|payload| inside(&payload, &step));
        let mut next = Vec::new();
        for object in found {
            for schema in below(object, &step) {
                gather(&document, schema, payload.as_ref(), 0, &mut next);
            }
        }
        found = next;
    }
    found
}

/// All schema objects that apply where a schema object of this pointer does; none when there is none
/// or it does not declare the value.
pub(super) fn beside<'a>(
    schema: &'a Value,
    pointer: &str,
    value: &Value,
) -> Vec<&'a Map<String, Value>> {
    let document = Document::new(schema);
    let mut found = Vec::new();
    let object = schema.pointer(pointer);
    if let Some(object) = object.filter(|it| inclusion::declares(&document, it, value)) {
        gather(&document, object, Some(value), 0, &mut found);
    }
    found
}

/// What the first of the schema objects that has the keyword says.
pub(super) fn keyword<'a>(objects: &[&'a Map<String, Value>], keyword: &str) -> Option<&'a Value> {
    objects.iter().find_map(|object| object.get(keyword))
}

fn inside(payload: &Value, step: &str) -> Option<Value> {
    match payload {
        Value::Array(items) => items.get(step.parse::<usize>().ok()?).cloned(),
        _ => payload.get(step).cloned(),
    }
}

fn gather<'a>(
    document: &Document<'a>,
    schema: &'a Value,
    payload: Option<&Value>,
    depth: usize,
    found: &mut Vec<&'a Map<String, Value>>,
) {
    let Value::Object(object) = schema else {
        return;
    };
    if depth > 20 || found.len() > 200 || is_other_variant(object, payload) {
        return;
    }
    found.push(object);
    if let Some(reference) = object.get("$ref").and_then(Value::as_str)
        && let Ok((_, target)) = document.resolve(reference)
    {
        gather(document, target, payload, depth + 1, found);
    }
    for keyword in ["allOf", "anyOf", "oneOf"] {
        let parts = object.get(keyword).and_then(Value::as_array);
        for part in parts.into_iter().flatten() {
            gather(document, part, payload, depth + 1, found);
        }
    }
    for keyword in ["then", "else"] {
        if let Some(part) = object.get(keyword) {
            gather(document, part, payload, depth + 1, found);
        }
    }
}

/// Whether a tag says that the payload is another variant of a union.
fn is_other_variant(object: &Map<String, Value>, payload: Option<&Value>) -> bool {
    let Some(properties) = object.get("properties").and_then(Value::as_object) else {
        return false;
    };
    properties.iter().any(|(name, schema)| {
        let tag = schema.get("const");
        let value = payload.and_then(|payload| payload.get(name));
        matches!((tag, value), (Some(tag), Some(value)) if tag != value)
    })
}

fn below<'a>(object: &'a Map<String, Value>, step: &str) -> Vec<&'a Value> {
    let mut schemas = Vec::new();
    let named = object.get("properties").and_then(|it| it.get(step));
    schemas.extend(named);
    if let Ok(index) = step.parse::<usize>() {
        let prefix = object.get("prefixItems").and_then(|it| it.get(index));
        let tuple = object.get("items").and_then(|it| it.get(index));
        let items = object.get("items").filter(|it| !it.is_array());
        schemas.extend(prefix.or(tuple).or(items));
    }
    if schemas.is_empty() {
        let patterns = object.get("patternProperties").and_then(Value::as_object);
        let patterns = patterns.into_iter().flatten();
        schemas.extend(patterns.filter_map(|(source, schema)| {
            inclusion::pattern_matches(source, step).then_some(schema)
        }));
        if schemas.is_empty() {
            schemas.extend(object.get("additionalProperties"));
        }
    }
    schemas
}
