//! Random values, of the kind that the schemas speak of.

use super::chance::Chance;
use serde_json::{Map, Value, json};

/// A value that fits one of the schemas more or less.
pub(super) fn value(chance: &mut Chance, schemas: &[&Value], depth: usize) -> Value {
    let schema = *chance.pick(schemas);
    of_schema(chance, schema, depth)
}

fn of_schema(chance: &mut Chance, schema: &Value, depth: usize) -> Value {
    if chance.once_in(25) {
        return any(chance, depth);
    }
    for keyword in ["anyOf", "oneOf"] {
        if let Some(Value::Array(parts)) = schema.get(keyword) {
            let part = chance.pick(parts).clone();
            return of_schema(chance, &part, depth);
        }
    }
    if let Some(Value::Array(parts)) = schema.get("allOf") {
        let mut all = Map::new();
        for part in parts {
            if let Value::Object(object) = of_schema(chance, part, depth) {
                all.extend(object);
            }
        }
        return Value::Object(all);
    }
    if let Some(value) = schema.get("const") {
        return value.clone();
    }
    if let Some(Value::Array(values)) = schema.get("enum") {
        return chance.pick(values).clone();
    }
    match schema["type"].as_str() {
        Some("integer" | "number") => number(chance, schema),
        Some("string") => string(chance),
        Some("boolean") => json!(chance.once_in(2)),
        Some("array") => array(chance, schema, depth),
        Some("object") => object(chance, schema, depth),
        _ => any(chance, depth),
    }
}

fn number(chance: &mut Chance, schema: &Value) -> Value {
    let bounds = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"];
    let known: Vec<f64> = bounds
        .iter()
        .filter_map(|it| schema[*it].as_f64())
        .collect();
    let base = if known.is_empty() {
        0.0
    } else {
        *chance.pick(&known)
    };
    let number = base + *chance.pick(&[0.0, 1.0, -1.0, 0.5, -0.5, 2.0, 3.0, -2.0, 6.0]);
    match number.fract() == 0.0 {
        true => json!(number as i64),
        false => json!(number),
    }
}

fn string(chance: &mut Chance) -> Value {
    let texts = [
        "",
        "a",
        "b",
        "c",
        "ab",
        "abc",
        "abcd",
        "kind",
        "x-c",
        "7",
        "a7",
        "cab",
        "b b",
        "zz",
        "A",
        "2026-01-31",
        "2026-01-31T12:00:00Z",
        "someone@example.com",
        "192.0.2.1",
        "\u{1f600}",
        "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b",
        "aaaaaaa",
        "one",
    ];
    json!(chance.pick(&texts))
}

fn array(chance: &mut Chance, schema: &Value, depth: usize) -> Value {
    let length = chance.below(5);
    let item = |chance: &mut Chance, index: usize| {
        let prefix = schema["prefixItems"].get(index);
        let contained = schema.get("contains").filter(|_| chance.once_in(3));
        let schema = contained.or(prefix).or(schema.get("items"));
        of_schema(
            chance,
            schema.unwrap_or(&Value::Null),
            depth.saturating_sub(1),
        )
    };
    (0..length).map(|index| item(chance, index)).collect()
}

fn object(chance: &mut Chance, schema: &Value, depth: usize) -> Value {
    let mut object = Map::new();
    let properties = schema["properties"].as_object();
    for (name, schema) in properties.into_iter().flatten() {
        let required = schema_requires(schema, name);
        if required || !chance.once_in(3) {
            object.insert(
                name.clone(),
                of_schema(chance, schema, depth.saturating_sub(1)),
            );
        }
    }
    let rest = schema.get("additionalProperties");
    if chance.once_in(if rest.is_some() { 2 } else { 8 }) {
        let name = chance.pick(&["a", "b", "kind", "x-c", "x-d", "other"]);
        let value = of_schema(
            chance,
            rest.unwrap_or(&Value::Null),
            depth.saturating_sub(1),
        );
        object.insert((*name).to_owned(), value);
    }
    Value::Object(object)
}

fn schema_requires(schema: &Value, name: &str) -> bool {
    let required = schema["required"].as_array();
    required.is_some_and(|names| names.iter().any(|it| it == name))
}

fn any(chance: &mut Chance, depth: usize) -> Value {
    match chance.below(if depth == 0 { 5 } else { 7 }) {
        0 => Value::Null,
        1 => json!(chance.once_in(2)),
        2 => number(chance, &Value::Null),
        3 | 4 => string(chance),
        5 => json!([any(chance, depth - 1)]),
        _ => json!({ "a": any(chance, depth - 1) }),
    }
}
