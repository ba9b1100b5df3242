//! Random schemas, changes of them, and other spellings.

use super::chance::Chance;
use serde_json::{Map, Value, json};

const NAMES: [&str; 4] = ["a", "b", "kind", "x-c"];
const PATTERNS: [&str; 6] = [
    "^a",
    "b$",
    "^[a-c]{1,3}$",
    "^[a-z]*$",
    "[0-9]",
    "^(a|b|kind)$",
];
const FORMATS: [&str; 5] = ["date-time", "date", "uuid", "email", "ipv4"];

/// A schema nested so deep at most.
pub(super) fn schema(chance: &mut Chance, depth: usize) -> Value {
    let scalar = depth == 0 || chance.once_in(3);
    match (scalar, chance.below(12)) {
        (true, 0) => json!({ "type": "boolean" }),
        (true, 1) => json!({ "type": ["string", "null"] }),
        (true, 2 | 3) => enumeration(chance),
        (true, 4..=7) => number(chance),
        (true, _) => string(chance),
        (false, 0) => json!(true),
        (false, 1) => json!({ "anyOf": [schema(chance, depth - 1), { "type": "null" }] }),
        (false, 2) => json!({ "anyOf": [schema(chance, depth - 1), schema(chance, depth - 1)] }),
        (false, 3) => union(chance, depth),
        (false, 4) => json!({ "type": "string", "not": enumeration(chance) }),
        (false, 5) => {
            json!({ "allOf": [object(chance, depth, &NAMES[..2]), object(chance, depth, &NAMES[2..])] })
        }
        (false, 6) => {
            json!({ "type": "object", "additionalProperties": schema(chance, depth - 1) })
        }
        (false, 7 | 8) => array(chance, depth),
        (false, _) => object(chance, depth, &NAMES),
    }
}

fn enumeration(chance: &mut Chance) -> Value {
    let all = ["a", "b", "ab", "c", "", "7"];
    let mut values: Vec<_> = all.iter().filter(|_| chance.once_in(2)).copied().collect();
    values.push("abc");
    json!({ "enum": values })
}

fn number(chance: &mut Chance) -> Value {
    let mut schema = Map::new();
    let name = if chance.once_in(2) {
        "integer"
    } else {
        "number"
    };
    schema.insert("type".into(), json!(name));
    let low = i64::try_from(chance.below(6)).unwrap_or(0);
    if chance.once_in(2) {
        let keyword = if chance.once_in(3) {
            "exclusiveMinimum"
        } else {
            "minimum"
        };
        schema.insert(keyword.into(), json!(low));
    }
    if chance.once_in(2) {
        let keyword = if chance.once_in(3) {
            "exclusiveMaximum"
        } else {
            "maximum"
        };
        let more = i64::try_from(chance.below(6)).unwrap_or(0);
        schema.insert(keyword.into(), json!(low + more + 1));
    }
    if chance.once_in(4) {
        let multiple = [json!(1), json!(2), json!(3), json!(0.5), json!(1.5)];
        schema.insert("multipleOf".into(), chance.pick(&multiple).clone());
    }
    Value::Object(schema)
}

fn string(chance: &mut Chance) -> Value {
    let mut schema = Map::from_iter([("type".to_owned(), json!("string"))]);
    let shortest = chance.below(3);
    if chance.once_in(3) {
        schema.insert("minLength".into(), json!(shortest));
    }
    if chance.once_in(3) {
        schema.insert("maxLength".into(), json!(shortest + chance.below(4)));
    }
    if chance.once_in(3) {
        schema.insert("pattern".into(), json!(chance.pick(&PATTERNS)));
    } else if chance.once_in(4) {
        schema.insert("format".into(), json!(chance.pick(&FORMATS)));
    }
    Value::Object(schema)
}

fn object(chance: &mut Chance, depth: usize, names: &[&str]) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for name in names {
        if chance.once_in(2) {
            properties.insert((*name).into(), schema(chance, depth - 1));
            if chance.once_in(2) {
                required.push(*name);
            }
        }
    }
    let kind = chance.below(16);
    if matches!(kind, 3 | 6) {
        // What conditions speak of is declared.
        properties.entry("a").or_insert(json!(true));
        properties.entry("b").or_insert(json!(true));
    }
    let mut schema = Map::from_iter([
        ("type".to_owned(), json!("object")),
        ("properties".to_owned(), Value::Object(properties)),
        ("required".to_owned(), json!(required)),
    ]);
    match kind {
        0 => drop(schema.insert("minProperties".into(), json!(chance.below(3)))),
        1 => drop(schema.insert("maxProperties".into(), json!(1 + chance.below(3)))),
        2 => drop(schema.insert("additionalProperties".into(), json!(chance.once_in(2)))),
        3 => drop(schema.insert("dependentRequired".into(), json!({ "a": ["b"] }))),
        4 => drop(schema.insert("patternProperties".into(), json!({ "^x-": string(chance) }))),
        5 => drop(schema.insert(
            "propertyNames".into(),
            json!({ "maxLength": 1 + chance.below(4) }),
        )),
        6 => {
            schema.insert("if".into(), json!({ "required": ["a"] }));
            schema.insert("then".into(), json!({ "required": ["b"] }));
        }
        _ => {}
    }
    Value::Object(schema)
}

fn array(chance: &mut Chance, depth: usize) -> Value {
    let mut array = Map::from_iter([("type".to_owned(), json!("array"))]);
    if chance.once_in(4) {
        let prefix = [schema(chance, depth - 1), schema(chance, depth - 1)];
        array.insert("prefixItems".into(), json!(prefix));
    }
    let items = match chance.once_in(6) {
        true => json!(false),
        false => schema(chance, depth - 1),
    };
    array.insert("items".into(), items);
    match chance.below(8) {
        0 => drop(array.insert("minItems".into(), json!(chance.below(4)))),
        1 => drop(array.insert("maxItems".into(), json!(chance.below(4)))),
        2 => drop(array.insert("uniqueItems".into(), json!(true))),
        3 => {
            array.insert("contains".into(), schema(chance, depth - 1));
            if chance.once_in(2) {
                array.insert("maxContains".into(), json!(1 + chance.below(2)));
            }
        }
        _ => {}
    }
    Value::Object(array)
}

fn union(chance: &mut Chance, depth: usize) -> Value {
    let variant = |chance: &mut Chance, tag: &str| {
        let mut object = object(chance, depth, &NAMES);
        object["properties"]["kind"] = json!({ "const": tag });
        object["required"] = json!(["kind"]);
        object
    };
    let keyword = if chance.once_in(2) { "oneOf" } else { "anyOf" };
    json!({ keyword: [variant(chance, "one"), variant(chance, "two"), variant(chance, "three")] })
}

/// The schema with one place of it changed.
pub(super) fn changed(chance: &mut Chance, schema: &Value) -> Value {
    let places = places(schema, "");
    let place = chance.pick(&places).clone();
    let mut changed = schema.clone();
    if let Some(target) = changed.pointer_mut(&place) {
        *target = change(chance, target);
    }
    changed
}

fn change(chance: &mut Chance, schema: &Value) -> Value {
    if chance.once_in(5) {
        return self::schema(chance, 1);
    }
    let mut changed = schema.clone();
    let Value::Object(object) = &mut changed else {
        return self::schema(chance, 1);
    };
    let keywords: Vec<String> = object.keys().cloned().collect();
    let keyword = chance.pick(&keywords).clone();
    match (keyword.as_str(), object.get_mut(&keyword)) {
        ("type", Some(value)) => {
            let names = [
                json!("string"),
                json!("integer"),
                json!("number"),
                json!(["string", "null"]),
            ];
            *value = chance.pick(&names).clone();
        }
        (_, Some(Value::Number(number))) => {
            let other = number.as_f64().unwrap_or(1.0) + 1.0;
            *number = serde_json::Number::from(other as i64);
        }
        ("required" | "enum", Some(Value::Array(list))) => {
            if list.len() > 1 && chance.once_in(2) {
                list.remove(0);
            } else {
                list.push(json!(chance.pick(&NAMES)));
                list.dedup();
                list.sort_by_key(Value::to_string);
                list.dedup();
            }
        }
        ("properties", Some(Value::Object(properties))) => {
            if chance.once_in(2) && !properties.contains_key("b") {
                properties.remove("a");
            } else {
                properties.insert("b".into(), self::schema(chance, 1));
            }
        }
        ("additionalProperties" | "items", _) => {
            drop(object.insert(keyword, self::schema(chance, 1)))
        }
        _ if keyword != "properties" => drop(object.remove(&keyword)),
        _ => {}
    }
    let condition = object.contains_key("if");
    if !condition {
        object.remove("then");
    }
    changed
}

/// JSON pointers of all schemas in the schema.
fn places(schema: &Value, at: &str) -> Vec<String> {
    let mut found = vec![at.to_owned()];
    let Value::Object(object) = schema else {
        return found;
    };
    for (keyword, value) in object {
        let at = format!("{at}/{keyword}");
        match (keyword.as_str(), value) {
            ("properties", Value::Object(schemas)) => {
                for (name, schema) in schemas {
                    found.extend(places(schema, &format!("{at}/{name}")));
                }
            }
            ("items" | "additionalProperties" | "contains", schema) => {
                found.extend(places(schema, &at));
            }
            ("anyOf" | "oneOf" | "prefixItems" | "allOf", Value::Array(schemas)) => {
                for (index, schema) in schemas.iter().enumerate() {
                    found.extend(places(schema, &format!("{at}/{index}")));
                }
            }
            _ => {}
        }
    }
    found
}

/// The schema as its writer means it: nothing but what is declared is sent.
pub(super) fn closed(schema: &Value) -> Value {
    let Value::Object(object) = schema else {
        return schema.clone();
    };
    let mut closed = Map::new();
    for (keyword, value) in object {
        let value = match (keyword.as_str(), value) {
            ("properties" | "patternProperties", Value::Object(schemas)) => {
                let schemas = schemas.iter();
                schemas
                    .map(|(name, schema)| (name.clone(), self::closed(schema)))
                    .collect()
            }
            ("items" | "additionalProperties", schema) => self::closed(schema),
            ("anyOf" | "oneOf" | "prefixItems", Value::Array(schemas)) => {
                schemas.iter().map(self::closed).collect()
            }
            // What is said together is closed together, below.
            ("allOf", Value::Array(schemas)) => schemas
                .iter()
                .map(|schema| opened(schema, self::closed(schema)))
                .collect(),
            _ => value.clone(),
        };
        closed.insert(keyword.clone(), value);
    }
    // Who requires a member of itself declares it.
    let required = object.get("required").cloned().unwrap_or_default();
    let says_rest = closed.contains_key("additionalProperties");
    if let (false, Some(Value::Object(properties))) = (says_rest, closed.get_mut("properties")) {
        for name in required
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
        {
            properties.entry(name).or_insert(json!(true));
        }
    }
    let declares = |object: &Map<String, Value>| object.contains_key("properties");
    if declares(&closed) && !says_rest {
        closed.insert("additionalProperties".into(), json!(false));
    }
    let parts = parts_of(object);
    let explicit = parts
        .iter()
        .any(|it| it.contains_key("additionalProperties"));
    if parts.into_iter().any(declares) && !explicit {
        closed.insert("unevaluatedProperties".into(), json!(false));
    }
    Value::Object(closed)
}

/// The schemas of `allOf`, and those inside of them.
fn parts_of(object: &Map<String, Value>) -> Vec<&Map<String, Value>> {
    let parts = object.get("allOf").and_then(Value::as_array);
    let parts = parts.into_iter().flatten().filter_map(Value::as_object);
    parts
        .flat_map(|part| std::iter::once(part).chain(parts_of(part)))
        .collect()
}

/// Without the closing that was added at the top.
fn opened(schema: &Value, mut closed: Value) -> Value {
    for keyword in ["additionalProperties", "unevaluatedProperties"] {
        if let (None, Value::Object(object)) = (schema.get(keyword), &mut closed) {
            object.remove(keyword);
        }
    }
    closed
}

/// The same schema, spelled in another way.
pub(super) fn respelled(schema: &Value) -> Value {
    let Value::Object(object) = schema else {
        return schema.clone();
    };
    let mut other = Map::new();
    for (keyword, value) in object {
        match (keyword.as_str(), value) {
            ("properties" | "patternProperties", Value::Object(schemas)) => {
                let schemas = schemas.iter();
                let schemas = schemas.map(|(name, schema)| (name.clone(), respelled(schema)));
                other.insert(keyword.clone(), schemas.collect());
            }
            ("items" | "additionalProperties" | "contains", schema) => {
                other.insert(keyword.clone(), respelled(schema));
            }
            ("anyOf" | "oneOf", Value::Array(schemas)) => {
                let schemas: Vec<_> = schemas.iter().rev().map(respelled).collect();
                other.insert(keyword.clone(), json!(schemas));
            }
            ("allOf" | "prefixItems", Value::Array(schemas)) => {
                other.insert(keyword.clone(), schemas.iter().map(respelled).collect());
            }
            ("enum", Value::Array(values)) => {
                let values = values
                    .iter()
                    .rev()
                    .map(|value| json!({ "const": value, "title": "t" }));
                other.insert("oneOf".into(), values.collect());
            }
            ("type", Value::Array(names)) => {
                let names = names.iter().rev().map(|name| json!({ "type": name }));
                other.insert("anyOf".into(), names.collect());
            }
            _ => drop(other.insert(keyword.clone(), value.clone())),
        }
    }
    other.insert("description".into(), json!("another spelling"));
    Value::Object(other)
}
