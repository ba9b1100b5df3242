//! Schemas without what only people read, and with numeric formats as bounds.

use super::inclusion::numeric_format_bounds;
use serde_json::{Map, Value};

/// Keywords that say nothing about which values are accepted.
const ANNOTATIONS: [&str; 9] = [
    "title",
    "description",
    "default",
    "examples",
    "deprecated",
    "readOnly",
    "writeOnly",
    "$comment",
    "markdownDescription",
];

/// The schema without annotations, so that equal schemas are equal.
pub(super) fn bare(schema: &Value) -> Value {
    visit(schema, &|object| {
        object.retain(|keyword, _| !ANNOTATIONS.contains(&keyword.as_str()));
    })
}

/// The schema with the bounds that numeric formats mean, for validators that do not know them, and
/// `nullable` as OpenAPI means it.
pub(super) fn with_bounds(schema: &Value) -> Value {
    visit(schema, &|object| {
        add_bounds(object);
        if object.remove("nullable") == Some(Value::Bool(true)) {
            let plain = Value::Object(std::mem::take(object));
            let null = serde_json::json!({ "type": "null" });
            object.insert("anyOf".into(), Value::Array(vec![plain, null]));
        }
    })
}

fn add_bounds(object: &mut Map<String, Value>) {
    let Some(format) = object.get("format").and_then(Value::as_str) else {
        return;
    };
    let text = |name: &Value| matches!(name.as_str(), Some("integer" | "number"));
    let numeric = match object.get("type") {
        Some(Value::Array(names)) => names.iter().any(text),
        Some(name) => text(name),
        None => true,
    };
    let Some((low, high)) = numeric_format_bounds(format).filter(|_| numeric) else {
        return;
    };
    object.remove("format");
    for (keyword, bound, lower) in [("minimum", low, true), ("maximum", high, false)] {
        let known = object.get(keyword).and_then(Value::as_f64);
        let tighter = known.is_some_and(|known| {
            let bound = bound.as_f64().unwrap_or(known);
            if lower {
                known >= bound
            } else {
                known <= bound
            }
        });
        if !tighter {
            object.insert(keyword.into(), bound);
        }
    }
}

/// Applies a change to every schema object, inside first.
fn visit(schema: &Value, change: &dyn Fn(&mut Map<String, Value>)) -> Value {
    let Value::Object(object) = schema else {
        return schema.clone();
    };
    let mut changed = Map::new();
    for (keyword, value) in object {
        let value = match (keyword.as_str(), value) {
            ("const" | "enum" | "default" | "examples" | "required", _) => value.clone(),
            (
                "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas"
                | "dependencies",
                Value::Object(schemas),
            ) => {
                let schemas = schemas.iter();
                let schemas = schemas.map(|(name, schema)| (name.clone(), visit(schema, change)));
                Value::Object(schemas.collect())
            }
            (_, Value::Array(schemas)) => schemas.iter().map(|it| visit(it, change)).collect(),
            (_, Value::Object(_)) => visit(value, change),
            _ => value.clone(),
        };
        changed.insert(keyword.clone(), value);
    }
    change(&mut changed);
    Value::Object(changed)
}
