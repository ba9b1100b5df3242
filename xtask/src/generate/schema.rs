//! JSON Schema of the protocol's types, normalised to what all three of serde, TypeScript and the
//! validators mean.

use anyhow::{Context, bail, ensure};
use schemars::generate::{SchemaGenerator, SchemaSettings};
use serde_json::{Map, Value, json};
use slop_schema::event::WireType;
use std::collections::BTreeMap;

/// Collects the schemas of types, by who writes them.
pub(super) struct Schemas {
    /// What clients write: the contract of deserialization.
    read_by_server: SchemaGenerator,
    /// What the server writes: the contract of serialization. Only there are fields like
    /// `latency` both required and nullable.
    written_by_server: SchemaGenerator,
}

impl Schemas {
    pub(super) fn new() -> Self {
        let settings = SchemaSettings::draft2020_12;
        Self {
            read_by_server: settings().into_generator(),
            written_by_server: settings().for_serialize().into_generator(),
        }
    }

    /// A reference to the schema of a type that clients write.
    pub(super) fn read_by_server<T: WireType>(&mut self) -> Value {
        self.read_by_server.subschema_for::<T>().to_value()
    }

    /// A reference to the schema of a type that the server writes.
    pub(super) fn written_by_server<T: WireType>(&mut self) -> Value {
        self.written_by_server.subschema_for::<T>().to_value()
    }

    /// The definitions both kinds of references point to.
    ///
    /// A type that both sides write must have one schema, or its name would mean two things.
    pub(super) fn finish(mut self) -> anyhow::Result<BTreeMap<String, Value>> {
        let mut definitions = BTreeMap::new();
        let read = self.read_by_server.take_definitions(true);
        let written = self.written_by_server.take_definitions(true);
        for (name, schema) in read.into_iter().chain(written) {
            let schema = normalise(schema).with_context(|| format!("in the type {name}"))?;
            let same = definitions.get(&name).is_none_or(|other| *other == schema);
            ensure!(
                same,
                "{name} is used in both directions, but its schema is not the same when it is read \
                 and when it is written: give each direction a type of its own"
            );
            definitions.insert(name, schema);
        }
        Ok(definitions)
    }
}

/// Brings a schema and everything inside it into the one form the project uses.
fn normalise(schema: Value) -> anyhow::Result<Value> {
    match schema {
        Value::Object(object) => normalise_object(object),
        Value::Array(items) => items.into_iter().map(normalise).collect(),
        other => Ok(other),
    }
}

fn normalise_object(object: Map<String, Value>) -> anyhow::Result<Value> {
    let mut normal = BTreeMap::new();
    for (key, value) in object {
        normal.insert(key, normalise(value)?);
    }
    optional_properties_lose_null(&mut normal)?;
    single_alternative_stands_alone(&mut normal)?;
    numeric_format_becomes_bounds(&mut normal)?;
    // Sorted keys: the bytes must not depend on which map the build chose for JSON objects.
    Ok(Value::Object(normal.into_iter().collect()))
}

/// A property is absent or `null`, never both: TypeScript says `field?: T`, and so does serde.
fn optional_properties_lose_null(schema: &mut BTreeMap<String, Value>) -> anyhow::Result<()> {
    let required = schema.get("required").cloned().unwrap_or(json!([]));
    let required = required.as_array().cloned().unwrap_or_default();
    let Some(Value::Object(properties)) = schema.get_mut("properties") else {
        return Ok(());
    };
    for (name, property) in properties {
        if let (false, Value::Object(property)) = (required.contains(&json!(name)), property) {
            lose_null(property).with_context(|| format!("in the property {name}"))?;
        }
    }
    Ok(())
}

fn lose_null(property: &mut Map<String, Value>) -> anyhow::Result<()> {
    if let Some(Value::Array(types)) = property.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            property.insert("type".into(), only);
        }
    }
    if let Some(Value::Array(alternatives)) = property.get_mut("anyOf") {
        alternatives.retain(|schema| *schema != json!({ "type": "null" }));
        let mut map = std::mem::take(property).into_iter().collect();
        single_alternative_stands_alone(&mut map)?;
        property.extend(map);
    }
    Ok(())
}

/// `anyOf` with one element, as enums with a variant for unknown values have it, is that element.
fn single_alternative_stands_alone(schema: &mut BTreeMap<String, Value>) -> anyhow::Result<()> {
    let Some(Value::Array(alternatives)) = schema.get("anyOf") else {
        return Ok(());
    };
    let [Value::Object(only)] = alternatives.as_slice() else {
        return Ok(());
    };
    let only = only.clone();
    schema.remove("anyOf");
    for (key, value) in only {
        // The description at the place of use is the nearer one.
        if key != "description" && schema.contains_key(&key) {
            bail!("`{key}` stands both beside and inside a single `anyOf`");
        }
        schema.entry(key).or_insert(value);
    }
    Ok(())
}

/// Validators ignore formats like `int32`, so the numbers they mean become bounds.
fn numeric_format_becomes_bounds(schema: &mut BTreeMap<String, Value>) -> anyhow::Result<()> {
    let Some(Value::String(format)) = schema.get("format") else {
        return Ok(());
    };
    let (minimum, maximum) = match format.as_str() {
        "int8" => (i64::from(i8::MIN), i64::from(i8::MAX)),
        "int16" => (i64::from(i16::MIN), i64::from(i16::MAX)),
        "int32" => (i64::from(i32::MIN), i64::from(i32::MAX)),
        "uint8" => (0, i64::from(u8::MAX)),
        "uint16" => (0, i64::from(u16::MAX)),
        "uint32" => (0, i64::from(u32::MAX)),
        "int64" | "uint64" | "int" | "uint" => {
            ensure!(
                schema.contains_key("minimum") && schema.contains_key("maximum"),
                "a 64-bit integer without bounds does not survive JavaScript: use SafeUint"
            );
            schema.remove("format");
            return Ok(());
        }
        "float" | "double" => {
            schema.remove("format");
            return Ok(());
        }
        _ => return Ok(()),
    };
    schema.remove("format");
    schema.entry("minimum".into()).or_insert(json!(minimum));
    schema.entry("maximum".into()).or_insert(json!(maximum));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn optional_properties_are_never_null_and_required_ones_may_be() {
        let schema = json!({
            "required": ["latency"],
            "properties": {
                "email": { "type": ["string", "null"] },
                "usage": { "anyOf": [{ "$ref": "#/$defs/Usage" }, { "type": "null" }] },
                "latency": { "type": ["number", "null"] },
            },
        });
        let normal = normalise(schema).unwrap();
        assert_eq!(normal["properties"]["email"], json!({ "type": "string" }));
        assert_eq!(
            normal["properties"]["usage"],
            json!({ "$ref": "#/$defs/Usage" })
        );
        let latency = json!({ "type": ["number", "null"] });
        assert_eq!(normal["properties"]["latency"], latency);
    }

    #[test]
    fn a_single_alternative_stands_alone_under_the_nearer_description() {
        let alternative = json!({ "enum": ["A"], "description": "inside" });
        let schema = json!({ "anyOf": [alternative], "description": "beside" });
        let expected = json!({ "enum": ["A"], "description": "beside" });
        assert_eq!(normalise(schema).unwrap(), expected);
    }

    #[test]
    fn numeric_formats_become_bounds() {
        let normal = normalise(json!({ "type": "integer", "format": "int32" })).unwrap();
        let bounds = json!({ "type": "integer", "minimum": i32::MIN, "maximum": i32::MAX });
        assert_eq!(normal, bounds);
    }

    #[test]
    fn an_unbounded_64_bit_integer_is_refused() {
        let unbounded = json!({ "type": "integer", "format": "uint64", "minimum": 0 });
        let error = normalise(unbounded).unwrap_err().to_string();
        assert!(error.contains("use SafeUint"), "{error}");
    }

    #[test]
    fn a_type_that_means_two_things_is_refused_by_name() {
        #[derive(
            Debug, Clone, serde::Serialize, serde::Deserialize, schemars::JsonSchema, ts_rs::TS,
        )]
        struct Ambiguous {
            #[serde(default)]
            required_only_when_written: bool,
        }
        let mut schemas = Schemas::new();
        schemas.read_by_server::<Ambiguous>();
        schemas.written_by_server::<Ambiguous>();
        let error = schemas.finish().unwrap_err().to_string();
        assert!(
            error.starts_with("Ambiguous is used in both directions"),
            "{error}"
        );
    }
}
