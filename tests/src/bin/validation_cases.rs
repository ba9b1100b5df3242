//! Prints values with the verdict of the server's validator, for validators in other languages.
//!
//! A line is `{"type", "value", "valid", "paths"}`: the name of a payload or callback, a JSON value,
//! whether it satisfies the schema, and JSON pointers to what breaks a rule. A long text that
//! repeats one character is written as `{"$repeat": [character, times]}`. The same seed prints
//! the same lines.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "test support: a panic is a failed test"
)]

use conformance::bundle::{Bundle, validator};
use conformance::{mutations, times, values};
use jsonschema::Validator;
use jsonschema::error::ValidationErrorKind;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::{Write, stdout};
use std::num::NonZero;
use std::thread::{self, available_parallelism};

/// Values of each kind for each type.
const VALID: usize = 400;
const MUTATED: usize = 2200;
const WITH_OTHER_TIMES: usize = 400;
const ANY: usize = 200;

fn main() -> std::io::Result<()> {
    let seed = std::env::args().nth(1).map_or(0, |seed| {
        seed.parse().expect("the argument is a number, the seed")
    });
    let types: Vec<_> = Bundle::read().types().into_iter().collect();
    let threads = available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        let shares = types.chunks(types.len().div_ceil(threads));
        let shares = shares.map(|types| scope.spawn(|| lines(types, seed)));
        // All are started before the first is waited for.
        let shares: Vec<_> = shares.collect();
        shares.into_iter().try_for_each(|share| {
            let lines = share.join().expect("values and their verdicts");
            stdout().write_all(lines.as_bytes())
        })
    })
}

fn lines(types: &[(String, Value)], seed: u64) -> String {
    let mut lines = String::new();
    for (name, schema) in types {
        let mut cases = Cases::new(name, schema, seed);
        let valid = cases.make(values::valid(schema), VALID);
        let any = cases.make(values::any_value(), ANY);
        // To make a value costs more than to choose one of those made before.
        let [of_valid, of_any] = [&valid, &any].map(|made| select(made.clone()).boxed());
        let mutated = mutations::changed(of_valid.clone(), of_any);
        let mutated = cases.make(mutated, MUTATED);
        let other_times = cases.make(times::other_times(of_valid), WITH_OTHER_TIMES);
        for value in [valid, mutated, other_times, any].into_iter().flatten() {
            lines += &format!("{}\n", cases.line(&value));
        }
    }
    lines
}

struct Cases<'a> {
    name: &'a str,
    validator: Validator,
    runner: TestRunner,
}

impl<'a> Cases<'a> {
    fn new(name: &'a str, schema: &Value, seed: u64) -> Self {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
        Self {
            name,
            validator: validator(schema),
            runner: TestRunner::new_with_rng(Config::default(), rng),
        }
    }

    fn make(&mut self, values: BoxedStrategy<Value>, count: usize) -> Vec<Value> {
        let mut make = || values.new_tree(&mut self.runner).map(|tree| tree.current());
        (0..count).map(|_| make().expect("a value")).collect()
    }

    fn line(&self, value: &Value) -> Value {
        // As on the wire: what is validated was read from text.
        let value = serde_json::from_str(&value.to_string()).expect("JSON");
        let paths = paths(&self.validator, &value);
        json!({
            "type": self.name,
            "valid": paths.is_empty(),
            "paths": paths,
            "value": abbreviated(value),
        })
    }
}

/// Pointers to what breaks a rule, as the server reports them; one for each place.
fn paths(validator: &Validator, value: &Value) -> BTreeSet<String> {
    let errors = validator.iter_errors(value);
    let pointers = errors.map(|error| {
        let place = error.instance_path().as_str();
        match error.kind() {
            ValidationErrorKind::Required { property } => {
                format!("{place}/{}", property.as_str().unwrap_or_default())
            }
            _ => place.to_owned(),
        }
    });
    let pointers: BTreeSet<_> = pointers.collect();
    assert_eq!(pointers.is_empty(), validator.is_valid(value));
    pointers
}

/// The value with texts of one repeated character written shorter.
fn abbreviated(value: Value) -> Value {
    match value {
        Value::String(text) if text.len() > 100 => {
            let first = text.chars().next().unwrap_or_default();
            let times = text.chars().count();
            if String::from(first).repeat(times) == text {
                json!({ "$repeat": [first, times] })
            } else {
                Value::String(text)
            }
        }
        Value::Array(items) => items.into_iter().map(abbreviated).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, value)| (name, abbreviated(value)))
            .collect(),
        other => other,
    }
}
