//! Reads the rules of the protocol's types from their JSON Schemas.

use super::rules::Rule;
use super::types::constant_of;
use crate::generate::declaration::{Field, Kind};
use crate::generate::protocol::Protocol;
use anyhow::{Context, bail, ensure};
use heck::ToLowerCamelCase;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Rules of types by the name of a constant, each after those it is made of.
pub(super) type Constants = Vec<(String, Rule)>;

/// Reads rules, and remembers those of the types that others refer to.
pub(super) struct Reader<'a> {
    protocol: &'a Protocol,
    /// How many types have a rule, for naming those that share one.
    shared: BTreeMap<String, usize>,
    pub(super) constants: Constants,
}

/// Keywords of a schema that were not read yet.
type Keywords = Map<String, Value>;

impl<'a> Reader<'a> {
    pub(super) fn new(protocol: &'a Protocol) -> Self {
        let mut shared = BTreeMap::new();
        for schema in protocol.schemas.values() {
            *shared.entry(without_docs(schema).to_string()).or_default() += 1;
        }
        Self {
            protocol,
            shared,
            constants: Constants::new(),
        }
    }

    /// The rule of a declared type.
    pub(super) fn of_type(&mut self, name: &str) -> anyhow::Result<Rule> {
        let rule = self.read_type(name);
        rule.with_context(|| format!("the type {name} cannot be checked"))
    }

    fn read_type(&mut self, name: &str) -> anyhow::Result<Rule> {
        let protocol = self.protocol;
        let schema = protocol.schemas.get(name).context("it has no schema")?;
        let mut declarations = protocol.declarations.iter();
        let declared = declarations.find(|declaration| declaration.name == name);
        match &declared.context("it is not declared")?.kind {
            Kind::Interface(fields) => self.fields(fields, schema),
            Kind::Alias(_) => self.rule(schema),
            Kind::ClosedSet(values) => {
                let same = schema["enum"] == json!(values);
                ensure!(same, "TypeScript has other values");
                let values = Rule::Literal(constant_of(name));
                Ok(Rule::Call("oneOf", vec![values]))
            }
        }
    }

    /// The rules of an object's fields, in the order in which the type declares them.
    fn fields(&mut self, fields: &[Field], schema: &Value) -> anyhow::Result<Rule> {
        let mut rules = Vec::new();
        for Field { name, optional, .. } in fields {
            let rule = self.rule(&schema["properties"][name]);
            let rule = rule.with_context(|| format!("in the field {name}"))?;
            let mark = if *optional { "?" } else { "" };
            rules.push((format!("{name}{mark}"), rule));
        }
        Ok(Rule::Fields(rules))
    }

    /// The rule of a type that another one refers to. Types with the same rule share a constant.
    pub(super) fn reference(&mut self, name: &str) -> anyhow::Result<Rule> {
        let rule = self.of_type(name)?;
        let schema = without_docs(&self.protocol.schemas[name]).to_string();
        let constant = match &rule {
            Rule::Function(_) => return Ok(rule),
            Rule::Call(function, arguments) if self.shared[&schema] > 1 => {
                let numbers = arguments.iter().map(|it| it.print("", "", 0));
                format!("{function}{}", numbers.collect::<Vec<_>>().join("To"))
            }
            _ => name.to_lower_camel_case(),
        };
        if self.constants.iter().all(|(name, _)| *name != constant) {
            self.constants.push((constant.clone(), rule));
        }
        Ok(Rule::Constant(constant))
    }

    /// The rule of a schema that stands for itself.
    fn rule(&mut self, schema: &Value) -> anyhow::Result<Rule> {
        let schema = without_docs(schema);
        let keywords = schema.as_object().cloned();
        let mut keywords = keywords.context("a schema is an object")?;
        let rule = self.read(&mut keywords)?;
        ensure!(
            keywords.is_empty(),
            "bindings/src/validate/interpreter.ts has nothing for {keywords:?}"
        );
        Ok(rule)
    }

    fn read(&mut self, keywords: &mut Keywords) -> anyhow::Result<Rule> {
        if let Some(Value::String(target)) = keywords.remove("$ref") {
            return self.reference(target.trim_start_matches("#/$defs/"));
        }
        if let Some(other) = other_than_null(keywords) {
            return Ok(Rule::Call("nullable", vec![self.rule(&other)?]));
        }
        match keywords.remove("type").as_ref().and_then(Value::as_str) {
            Some("boolean") => Ok(Rule::Function("boolean")),
            Some("integer") => Ok(Rule::Call(
                "integer",
                vec![take(keywords, "minimum")?, take(keywords, "maximum")?],
            )),
            Some("number") => {
                let bounds = ["minimum", "maximum"].map(|bound| take(keywords, bound).ok());
                let bounds = match bounds {
                    [None, Some(maximum)] => vec![Rule::Literal("-Infinity".into()), maximum],
                    bounds => bounds.into_iter().flatten().collect(),
                };
                Ok(Rule::Call("number", bounds))
            }
            Some("string") => text(keywords),
            Some("array") => {
                let items = keywords.remove("items").context("a list of anything")?;
                Ok(Rule::List(Box::new(self.rule(&items)?)))
            }
            Some("object") => {
                let open = keywords.remove("additionalProperties");
                ensure!(open == Some(json!(true)), "fields without a declaration");
                Ok(Rule::Fields(Vec::new()))
            }
            other => bail!("the type {other:?}"),
        }
    }
}

fn text(keywords: &mut Keywords) -> anyhow::Result<Rule> {
    if keywords.is_empty() {
        return Ok(Rule::Function("string"));
    }
    if let Ok(pattern) = take(keywords, "pattern") {
        return Ok(Rule::Call("pattern", vec![pattern]));
    }
    if let Some(format) = keywords.remove("format") {
        ensure!(format == "date-time", "the format {format}");
        return Ok(Rule::Function("dateTime"));
    }
    let shortest = keywords.remove("minLength");
    ensure!(
        shortest == Some(json!(1)),
        "text of {shortest:?} characters"
    );
    Ok(Rule::Call("text", vec![take(keywords, "maxLength")?]))
}

/// What a value is when it is not null; `None` if it never is null.
fn other_than_null(keywords: &mut Keywords) -> Option<Value> {
    if let Some(Value::Array(alternatives)) = keywords.get("anyOf")
        && let [other, null] = alternatives.as_slice()
        && *null == json!({ "type": "null" })
    {
        let other = other.clone();
        keywords.remove("anyOf");
        return Some(other);
    }
    if let Some(Value::Array(types)) = keywords.get("type")
        && let [other, Value::String(null)] = types.as_slice()
        && null == "null"
    {
        let other = other.clone();
        let mut schema = std::mem::take(keywords);
        schema.insert("type".into(), other);
        return Some(Value::Object(schema));
    }
    None
}

fn take(keywords: &mut Keywords, keyword: &str) -> anyhow::Result<Rule> {
    let value = keywords.remove(keyword);
    let value = value.with_context(|| format!("`{keyword}` is missing"))?;
    Ok(Rule::Literal(value.to_string()))
}

fn without_docs(schema: &Value) -> Value {
    let mut schema = schema.clone();
    if let Value::Object(keywords) = &mut schema {
        keywords.remove("description");
        keywords.remove("deprecated");
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(schema: &Value) -> anyhow::Result<String> {
        let protocol = Protocol::read()?;
        let rule = Reader::new(&protocol).rule(schema)?;
        Ok(rule.print("", "", 0).replace("/* @__PURE__ */ ", ""))
    }

    #[test]
    fn each_kind_of_schema_has_its_function() {
        for (schema, expected) in [
            (json!({ "type": "number" }), "number()"),
            (json!({ "type": "number", "minimum": 0 }), "number(0)"),
            (
                json!({ "type": "number", "maximum": 1.5 }),
                "number(-Infinity, 1.5)",
            ),
            (
                json!({ "type": ["integer", "null"], "minimum": -1, "maximum": 1 }),
                "nullable(integer(-1, 1))",
            ),
            (
                json!({ "anyOf": [{ "type": "boolean" }, { "type": "null" }] }),
                "nullable(boolean)",
            ),
            (
                json!({ "type": "array", "items": { "type": "string" } }),
                "[string]",
            ),
        ] {
            assert_eq!(rule(&schema).unwrap(), expected);
        }
    }

    #[test]
    fn a_rule_that_the_interpreter_does_not_know_is_refused() {
        for (schema, name) in [
            (
                json!({ "type": "string", "minLength": 1, "maxLength": 2, "pattern": "a" }),
                "minLength",
            ),
            (
                json!({ "type": "string", "minLength": 2, "maxLength": 9 }),
                "2",
            ),
            (json!({ "type": "number", "multipleOf": 2 }), "multipleOf"),
            (json!({ "type": "string", "format": "email" }), "email"),
            (json!({ "type": "integer" }), "minimum"),
            (
                json!({ "type": "object", "additionalProperties": false }),
                "fields",
            ),
        ] {
            let error = rule(&schema).map_err(|error| error.to_string());
            assert!(
                error.as_ref().is_err_and(|it| it.contains(name)),
                "{error:?}"
            );
        }
    }
}
