//! Verdicts against values: random schemas, random changes of them, and what a validator says.
//!
//! A verdict "proven" must survive every value that can be thought of; a payload that refutes must
//! be allowed by the writer and refused by the reader.

use super::{Document, Inclusion, inclusion};
use chance::Chance;
use jsonschema::Validator;
use serde_json::{Value, json};

mod chance;

mod schemas;

mod values;

/// Pairs that are tried, and values for each.
const PAIRS: u64 = 2500;
const VALUES: usize = 60;
/// Of a hundred pairs, so many may stay undecided.
const UNDECIDED: u64 = 2;

#[test]
fn what_is_proven_no_value_refutes_and_what_is_refuted_the_validator_refuses() {
    let mut undecided = 0;
    let count = std::env::var("COMPAT_PAIRS").ok();
    let count = count.and_then(|it| it.parse().ok()).unwrap_or(PAIRS);
    for seed in 0..count {
        let mut chance = Chance::new(seed);
        let one = schemas::schema(&mut chance, 3);
        let other = schemas::changed(&mut chance, &one);
        for (writer, reader) in [(&one, &other), (&other, &one)] {
            undecided += u64::from(!check(seed, &mut chance, writer, reader));
        }
    }
    let percent = undecided * 100 / (2 * count);
    assert!(
        percent <= UNDECIDED,
        "{undecided} of {} are undecided",
        2 * count
    );
}

/// Whether the pair is decided, and rightly.
fn check(seed: u64, chance: &mut Chance, writer: &Value, reader: &Value) -> bool {
    let verdict = inclusion(writer, reader).unwrap();
    let declared = validator(&schemas::closed(writer));
    let accepted = validator(reader);
    let shown = || format!("seed {seed}\nwriter {writer}\nreader {reader}");
    match &verdict {
        Inclusion::Refuted(payload) => {
            assert!(
                declared.is_valid(payload),
                "not declared: {payload}\n{}",
                shown()
            );
            assert!(
                !accepted.is_valid(payload),
                "not refused: {payload}\n{}",
                shown()
            );
        }
        Inclusion::Proven => {
            for _ in 0..VALUES {
                let value = values::value(chance, &[writer, reader], 3);
                let breaks = declared.is_valid(&value) && !accepted.is_valid(&value);
                assert!(!breaks, "proven, but breaks: {value}\n{}", shown());
            }
        }
        Inclusion::Undecided(why) if std::env::var_os("COMPAT_PAIRS").is_some() => {
            eprintln!("undecided: {why}\n{}", shown());
        }
        Inclusion::Undecided(_) | Inclusion::RefutedUnseen => {}
    }
    !matches!(verdict, Inclusion::Undecided(_))
}

#[test]
fn a_schema_accepts_what_it_declares_however_it_is_written() {
    for seed in 0..200 {
        let mut chance = Chance::new(seed);
        let schema = schemas::schema(&mut chance, 3);
        let spelled = schemas::respelled(&schema);
        for (one, other) in [(&schema, &spelled), (&spelled, &schema), (&schema, &schema)] {
            let verdict = inclusion(one, other).unwrap();
            assert_eq!(verdict, Inclusion::Proven, "{one}\n{other}");
        }
    }
}

#[test]
fn schemas_that_say_the_same_accept_and_declare_the_same() {
    let same = |one: &Value, other: &Value| {
        let documents = [Document::new(one), Document::new(other)];
        super::same((&documents[0], one), (&documents[1], other))
    };
    let mut respellings = 0;
    for seed in 0..400 {
        let mut chance = Chance::new(seed);
        let schema = schemas::schema(&mut chance, 3);
        respellings += u64::from(same(&schema, &schemas::respelled(&schema)));
        let other = schemas::changed(&mut chance, &schema);
        if !same(&schema, &other) {
            continue;
        }
        for schemas in [
            [schema.clone(), other.clone()],
            [&schema, &other].map(schemas::closed),
        ] {
            let [one, two] = [&schemas[0], &schemas[1]].map(validator);
            for _ in 0..VALUES {
                let value = values::value(&mut chance, &[&schema, &other], 3);
                let (one, two) = (one.is_valid(&value), two.is_valid(&value));
                assert_eq!(one, two, "seed {seed}: {value}\n{schema}\n{other}");
            }
        }
    }
    assert!(respellings >= 380, "{respellings} of 400 are recognised");
}

fn validator(schema: &Value) -> Validator {
    jsonschema::draft202012::options()
        .should_validate_formats(true)
        .build(schema)
        .unwrap_or_else(|error| panic!("{error}: {schema}"))
}

#[test]
fn recursive_schemas_end() {
    let list = |value: Value| {
        json!({ "$ref": "#/$defs/List", "$defs": { "List": {
            "type": "object",
            "properties": { "value": value, "next": { "$ref": "#/$defs/List" } },
            "required": ["value"],
        } } })
    };
    let (strings, numbers) = (
        list(json!({ "type": "string" })),
        list(json!({ "type": "number" })),
    );
    assert_eq!(inclusion(&strings, &strings).unwrap(), Inclusion::Proven);
    assert!(matches!(
        inclusion(&strings, &numbers).unwrap(),
        Inclusion::Refuted(_)
    ));
    assert!(inclusion(&json!({ "$ref": "#" }), &json!(true)).is_err());
}

#[test]
fn what_is_too_large_to_show_is_proven_all_the_same() {
    let items = |most: u64| json!({ "type": "array", "maxItems": most });
    let in_field = |schema: Value| json!({ "type": "object", "properties": { "list": schema } });
    let verdict = inclusion(&items(1_000_000_000), &items(999_999_999)).unwrap();
    assert_eq!(verdict, Inclusion::RefutedUnseen);
    let (writer, reader) = (in_field(items(1_000_000_000)), in_field(items(999_999_999)));
    assert_eq!(
        inclusion(&writer, &reader).unwrap(),
        Inclusion::RefutedUnseen
    );
    assert_eq!(inclusion(&reader, &writer).unwrap(), Inclusion::Proven);
}

#[test]
fn types_that_refer_to_each_other_are_compared_once() {
    // Forty types, each of which refers to five others: every path through them is another one.
    let types = |changed: usize| {
        let of = |index: usize| {
            let other =
                |step: usize| json!({ "$ref": format!("#/$defs/T{}", (index * 7 + step) % 40) });
            let mut properties = json!({ "value": { "type": "string" } });
            for step in 1..6 {
                properties[format!("to{step}")] = json!({ "type": "array", "items": other(step) });
            }
            if index == changed {
                properties["value"] = json!({ "type": ["string", "null"] });
            }
            json!({ "type": "object", "properties": properties, "required": ["value"] })
        };
        let types: serde_json::Map<_, _> = (0..40).map(|it| (format!("T{it}"), of(it))).collect();
        json!({ "$ref": "#/$defs/T0", "$defs": types })
    };
    let (before, after) = (types(usize::MAX), types(33));
    assert_eq!(inclusion(&before, &after).unwrap(), Inclusion::Proven);
    let Inclusion::Refuted(payload) = inclusion(&after, &before).unwrap() else {
        panic!("null is new");
    };
    assert!(validator(&after).is_valid(&payload) && !validator(&before).is_valid(&payload));
}
