//! The second half of the reference: what codes, payloads, callbacks and scalars hold.

use super::link;
use crate::generate::declaration::{Declaration, Field, Kind};
use crate::generate::protocol::Protocol;
use anyhow::Context;
use serde_json::Value;

/// A section of the reference: its title and its types.
pub(super) type Section<'a> = (&'static str, Vec<&'a Declaration>);

/// The sections, in the order of the page; types in the order of the table.
pub(super) fn sections(protocol: &Protocol) -> [Section<'_>; 3] {
    let of_kind = |wanted: fn(&Kind) -> bool| {
        let all = protocol.declarations.iter();
        all.filter(|declaration| wanted(&declaration.kind))
            .collect()
    };
    [
        (
            "Error codes, statuses and kinds",
            of_kind(|kind| matches!(kind, Kind::ClosedSet(_))),
        ),
        (
            "Payloads and callbacks",
            of_kind(|kind| matches!(kind, Kind::Interface(_))),
        ),
        (
            "Names, ids, numbers and times",
            of_kind(|kind| matches!(kind, Kind::Alias(_))),
        ),
    ]
}

/// Prints the sections.
pub(super) fn print(protocol: &Protocol) -> anyhow::Result<String> {
    let mut text = String::new();
    for (title, declarations) in sections(protocol) {
        text += &format!("## {title}\n\n");
        for declaration in declarations {
            let schema = protocol.schemas.get(&declaration.name);
            let schema = schema.with_context(|| format!("{} has no schema", declaration.name))?;
            text += &section(declaration, schema);
        }
    }
    Ok(text)
}

fn section(declaration: &Declaration, schema: &Value) -> String {
    let Declaration { name, docs, kind } = declaration;
    let body = match kind {
        Kind::Interface(fields) => table(fields, schema),
        Kind::ClosedSet(values) => {
            let values: Vec<_> = values
                .iter()
                .map(|value| format!("`\"{value}\"`"))
                .collect();
            format!("One of {}.\n", values.join(", "))
        }
        Kind::Alias(_) => format!("On the wire: {}.\n", type_text(schema)),
    };
    format!("### {name}\n\n{docs}\n\n{body}\n")
}

fn table(fields: &[Field], schema: &Value) -> String {
    let required = schema["required"].as_array();
    let rows = fields.iter().map(|field| {
        let is_required = required.is_some_and(|names| names.iter().any(|it| *it == *field.name));
        let presence = if is_required { "required" } else { "optional" };
        let of = type_text(&schema["properties"][&field.name]);
        let docs = field.docs.replace("\n\n@deprecated", " (deprecated)");
        let docs = docs.replace('\n', " ").replace('|', "\\|");
        format!("| `{}` | {of} | {presence} | {docs} |\n", field.name)
    });
    let rows: String = rows.collect();
    format!("| Field | Type | Presence | Description |\n| --- | --- | --- | --- |\n{rows}")
}

/// A schema in words, with its bounds.
fn type_text(schema: &Value) -> String {
    if let Some(name) = schema["$ref"]
        .as_str()
        .and_then(|target| target.rsplit('/').next())
    {
        return link(name, name);
    }
    if let Some(alternatives) = schema["anyOf"].as_array() {
        let texts: Vec<_> = alternatives.iter().map(type_text).collect();
        return texts.join(" or ");
    }
    let types = match &schema["type"] {
        Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
        Value::String(only) => vec![only.as_str()],
        _ => vec!["any value"],
    };
    let texts: Vec<_> = types.iter().map(|name| named_type(name, schema)).collect();
    texts.join(" or ")
}

fn named_type(name: &str, schema: &Value) -> String {
    match name {
        "integer" => format!("whole number{}", bounds(schema, "minimum", "maximum", "")),
        "number" => format!("number{}", bounds(schema, "minimum", "maximum", "")),
        "array" => format!("array of {}", type_text(&schema["items"])),
        "object" => "object with any content".into(),
        "string" => {
            let length = bounds(schema, "minLength", "maxLength", " characters");
            let pattern = schema["pattern"]
                .as_str()
                .map(|it| format!(", pattern `{it}`"));
            let format = schema["format"]
                .as_str()
                .map(|it| format!(", format `{it}`"));
            [
                "string".into(),
                length,
                pattern.unwrap_or_default(),
                format.unwrap_or_default(),
            ]
            .concat()
        }
        other => other.to_owned(),
    }
}

fn bounds(schema: &Value, lower: &str, upper: &str, unit: &str) -> String {
    match (schema.get(lower), schema.get(upper)) {
        (Some(lower), Some(upper)) => format!(", {lower} to {upper}{unit}"),
        (Some(lower), None) => format!(", at least {lower}{unit}"),
        (None, Some(upper)) => format!(", at most {upper}{unit}"),
        (None, None) => String::new(),
    }
}
