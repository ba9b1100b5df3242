//! Values made from a JSON Schema: what it accepts. [`crate::mutations`] makes those close to it.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::string::string_regex;
use serde_json::{Map, Value, json};

/// Values that the schema accepts, with unknown extra properties now and then.
pub fn valid(schema: &Value) -> BoxedStrategy<Value> {
    value(schema, &schema["$defs"])
}

fn value(schema: &Value, definitions: &Value) -> BoxedStrategy<Value> {
    if let Some(target) = schema["$ref"].as_str() {
        let name = target.trim_start_matches("#/$defs/");
        return value(&definitions[name], definitions);
    }
    if let Some(values) = schema["enum"].as_array() {
        return select(values.clone()).boxed();
    }
    if let Some(alternatives) = schema["anyOf"].as_array() {
        return one_of(alternatives.iter().map(|schema| value(schema, definitions)));
    }
    match &schema["type"] {
        Value::Array(types) => one_of(types.iter().map(|name| of_type(name, schema, definitions))),
        name => of_type(name, schema, definitions),
    }
}

fn of_type(name: &Value, schema: &Value, definitions: &Value) -> BoxedStrategy<Value> {
    match name.as_str() {
        Some("null") => Just(Value::Null).boxed(),
        Some("boolean") => any::<bool>().prop_map(Value::from).boxed(),
        Some("integer") => integer(schema),
        Some("number") => number(schema),
        Some("string") => text(schema),
        Some("array") => {
            let items = vec(value(&schema["items"], definitions), 0..4);
            items.prop_map(Value::from).boxed()
        }
        Some("object") => object(schema, definitions),
        _ => panic!("values of this schema cannot be made: {schema}"),
    }
}

fn integer(schema: &Value) -> BoxedStrategy<Value> {
    let bound = |key: &str| schema[key].as_i64().expect("integers have bounds");
    let (lower, upper) = (bound("minimum"), bound("maximum"));
    one_of([
        (lower..=upper).prop_map(Value::from).boxed(),
        (lower..=upper.min(lower.saturating_add(10)))
            .prop_map(Value::from)
            .boxed(),
        select(vec![json!(lower), json!(upper)]).boxed(),
    ])
}

fn number(schema: &Value) -> BoxedStrategy<Value> {
    let lower = schema["minimum"].as_f64().unwrap_or(-1e300);
    let upper = schema["maximum"].as_f64().unwrap_or(1e300);
    let edges = vec![
        json!(lower),
        json!(upper),
        json!(lower.max(0.0)),
        json!(upper.min(1.0)),
    ];
    one_of([
        (lower..=upper).prop_map(Value::from).boxed(),
        select(edges).boxed(),
    ])
}

fn text(schema: &Value) -> BoxedStrategy<Value> {
    if schema["format"] == "date-time" {
        return date_time();
    }
    if let Some(pattern) = schema["pattern"].as_str() {
        // The generator takes no anchors: all it makes matches from end to end.
        let pattern = pattern.trim_start_matches('^').trim_end_matches('$');
        let strategy = string_regex(pattern).expect("the pattern is a regular expression");
        return strategy.prop_map(Value::from).boxed();
    }
    let length = |key: &str| {
        schema[key]
            .as_u64()
            .and_then(|length| usize::try_from(length).ok())
    };
    let shortest = length("minLength").unwrap_or(0);
    let longest = length("maxLength").unwrap_or(shortest + 300);
    let short = vec(any::<char>(), shortest..=longest.min(shortest + 20));
    // Only the bounds themselves tell characters from bytes and from UTF-16 units.
    let edge = (
        select(vec![shortest, longest]),
        select(vec!['a', 'é', '\u{1f600}']),
    );
    prop_oneof![
        9 => short.prop_map(|letters| json!(String::from_iter(letters))),
        1 => edge.prop_map(|(length, letter)| json!(String::from_iter(vec![letter; length]))),
    ]
    .boxed()
}

fn date_time() -> BoxedStrategy<Value> {
    let day = (1970..=9999, 1..=12, 1..=28);
    let time = (0..=23, 0..=59, 0..=59);
    let fraction = select(vec!["", ".5", ".123", ".123456789"]);
    let offset = select(vec!["Z", "+00:00", "-08:00", "+05:30"]);
    (day, time, fraction, offset)
        .prop_map(
            |((year, month, day), (hour, minute, second), fraction, offset)| {
                let day = format!("{year:04}-{month:02}-{day:02}");
                json!(format!(
                    "{day}T{hour:02}:{minute:02}:{second:02}{fraction}{offset}"
                ))
            },
        )
        .boxed()
}

fn object(schema: &Value, definitions: &Value) -> BoxedStrategy<Value> {
    let Some(properties) = schema["properties"].as_object() else {
        return any_object();
    };
    let required = |name: &String| {
        let names = schema["required"].as_array();
        names.is_some_and(|names| names.iter().any(|it| it == name))
    };
    let mut object = Just(Map::new()).boxed();
    for (name, property) in properties {
        let values = value(property, definitions);
        let values = match required(name) {
            true => values.prop_map(Some).boxed(),
            false => proptest::option::of(values).boxed(),
        };
        let name = name.clone();
        object = (object, values)
            .prop_map(move |(mut object, value)| {
                object.extend(value.map(|value| (name.clone(), value)));
                object
            })
            .boxed();
    }
    // A newer peer may send what this schema does not know yet.
    let extra = proptest::option::weighted(0.2, any_value());
    (object, extra)
        .prop_map(|(mut object, extra)| {
            object.extend(extra.map(|value| ("unknown extra".to_owned(), value)));
            Value::Object(object)
        })
        .boxed()
}

/// Any JSON of some depth.
pub fn any_value() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        select(awkward_values()),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        let members = vec((any::<String>(), inner.clone()), 0..4);
        prop_oneof![
            vec(inner, 0..4).prop_map(Value::from),
            members.prop_map(|members| members.into_iter().collect()),
        ]
    })
    .boxed()
}

fn any_object() -> BoxedStrategy<Value> {
    let members = vec((any::<String>(), any_value()), 0..4);
    members
        .prop_map(|members| members.into_iter().collect())
        .boxed()
}

/// Values at which implementations of JSON, and our own rules, part ways.
pub fn awkward_values() -> Vec<Value> {
    let numbers = "[0, -0.0, -1, 1, 1.0, 1e2, 1.5, 100.5, -2147483649, 9007199254740991,
        9007199254740992, 9007199254740993.0, 1e300, -1e300, 18446744073709551615]";
    let mut values: Vec<Value> = serde_json::from_str(numbers).expect("JSON");
    values.extend([
        json!(null),
        json!(true),
        json!(false),
        json!([]),
        json!({}),
        json!([[]]),
    ]);
    let texts = [
        "",
        " ",
        "a b",
        "running",
        "info",
        "SOMETHING_ELSE",
        "2026-01-31 12:00:00Z",
    ];
    values.extend(texts.map(Value::from));
    values.extend([129, 4097, 100_001].map(|length| json!("x".repeat(length))));
    values
}

fn one_of(strategies: impl IntoIterator<Item = BoxedStrategy<Value>>) -> BoxedStrategy<Value> {
    proptest::strategy::Union::new(strategies).boxed()
}
