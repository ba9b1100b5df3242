//! Parts of schemas and payloads in words.

use super::bare::bare;
use super::place;
use serde_json::{Map, Value};

/// What a keyword said and says, when both or one of the two say something.
pub(super) fn change_of(
    keyword: &str,
    old: &[&Map<String, Value>],
    new: &[&Map<String, Value>],
) -> String {
    let shown = |objects: &[&Map<String, Value>]| {
        place::keyword(objects, keyword).map(|value| short(&bare(value)))
    };
    match (shown(old), shown(new)) {
        (Some(old), Some(new)) if old != new => format!("`{keyword}` was {old} and is now {new}"),
        (Some(old), Some(_)) => format!("`{keyword}` is {old}, but what it is about changed"),
        (Some(old), None) => format!("`{keyword}` was {old} and is gone"),
        (None, Some(new)) => format!("`{keyword}` is new: {new}"),
        (None, None) => format!("`{keyword}` changed"),
    }
}

/// Whether the schema is of a whole number with the range of a machine's type.
pub(super) fn is_width(objects: &[&Map<String, Value>]) -> bool {
    let whole = type_names(objects).iter().any(|name| name == "integer");
    let format = place::keyword(objects, "format").and_then(Value::as_str);
    let numeric =
        format.is_some_and(|format| super::inclusion::numeric_format_bounds(format).is_some());
    let widths = [
        i64::from(i8::MAX),
        u8::MAX.into(),
        i16::MAX.into(),
        u16::MAX.into(),
        i32::MAX.into(),
        u32::MAX.into(),
        i64::MAX,
        (1 << 53) - 1,
    ];
    let maximum = place::keyword(objects, "maximum").and_then(Value::as_i64);
    whole && (numeric || maximum.is_some_and(|maximum| widths.contains(&maximum)))
}

pub(super) fn type_names(objects: &[&Map<String, Value>]) -> Vec<String> {
    let mut names = Vec::new();
    for object in objects {
        match object.get("type") {
            Some(Value::String(name)) => names.push(name.clone()),
            Some(Value::Array(list)) => {
                names.extend(
                    list.iter()
                        .filter_map(|name| name.as_str().map(str::to_owned)),
                );
            }
            _ => {
                let values = values_of(&[object]);
                names.extend(values.iter().map(|value| type_name(value).to_owned()));
            }
        }
    }
    names
}

pub(super) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

pub(super) fn values_of(objects: &[&Map<String, Value>]) -> Vec<Value> {
    let mut values = Vec::new();
    for object in objects {
        values.extend(object.get("const").cloned());
        let list = object.get("enum").and_then(Value::as_array);
        values.extend(list.into_iter().flatten().cloned());
    }
    values
}

pub(super) fn list(values: &[Value]) -> String {
    let shown: Vec<_> = values
        .iter()
        .take(8)
        .map(|value| format!("`{value}`"))
        .collect();
    let more = values.len().saturating_sub(8);
    let tail = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    match shown.is_empty() {
        true => "a value".to_owned(),
        false => shown.join(", ") + &tail,
    }
}

/// The verb after [`list`].
pub(super) fn was(values: &[Value]) -> &'static str {
    match values.len() {
        0 | 1 => "was",
        _ => "were",
    }
}

pub(super) fn last(instance: &str) -> String {
    instance.rsplit('/').next().unwrap_or("").to_owned()
}

pub(super) fn shown_place(instance: &str) -> String {
    match instance {
        "" => "the payload".to_owned(),
        place => format!("`{place}`"),
    }
}

/// An alternative of a union: by its name, if it has one.
pub(super) fn shown_alternative(schema: &Value) -> String {
    match schema.get("$ref").and_then(Value::as_str) {
        Some(reference) => format!("`{}`", last(reference)),
        None => short(schema),
    }
}

/// JSON that fits into a sentence.
pub(super) fn short(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() <= 90 {
        return text;
    }
    let start: String = text.chars().take(80).collect();
    format!("{start}… ({} characters)", text.chars().count())
}
