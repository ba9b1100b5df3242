//! Values close to what a schema accepts: one place is changed. Most are refused.

use crate::values::{any_value, awkward_values, valid};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

/// Values that the schema accepts, with one place of them changed.
pub fn mutated(schema: &Value) -> BoxedStrategy<Value> {
    changed(valid(schema), any_value())
}

/// The same values with one place of them changed, now and then into one of the others.
pub fn changed(values: BoxedStrategy<Value>, others: BoxedStrategy<Value>) -> BoxedStrategy<Value> {
    (values, any::<Index>(), mutation(others))
        .prop_map(|(mut value, place, mutation)| {
            let place = place.index(count(&mut value));
            change(&mut value, place, &mutation);
            value
        })
        .boxed()
}

/// What happens to one place of a value.
#[derive(Debug, Clone)]
enum Mutation {
    Replace(Value),
    RemovePart(Index),
    Wrap,
}

fn mutation(others: BoxedStrategy<Value>) -> BoxedStrategy<Mutation> {
    prop_oneof![
        4 => select(awkward_values()).prop_map(Mutation::Replace),
        2 => others.prop_map(Mutation::Replace),
        2 => any::<Index>().prop_map(Mutation::RemovePart),
        1 => Just(Mutation::Wrap),
    ]
    .boxed()
}

/// How many places a value has: itself and all inside it.
fn count(value: &mut Value) -> usize {
    1 + children(value).into_iter().map(count).sum::<usize>()
}

/// Changes the place with this number, counted from the value itself.
fn change(value: &mut Value, place: usize, mutation: &Mutation) {
    if place == 0 {
        *value = match mutation {
            Mutation::Replace(other) => other.clone(),
            Mutation::RemovePart(part) => without(value, part),
            Mutation::Wrap => json!([value.take()]),
        };
        return;
    }
    let mut before = 1;
    for child in children(value) {
        let size = count(child);
        if place < before + size {
            return change(child, place - before, mutation);
        }
        before += size;
    }
}

/// A value without one of its parts, or `null` where it has none.
fn without(value: &Value, part: &Index) -> Value {
    let mut value = value.clone();
    match &mut value {
        Value::Object(object) if !object.is_empty() => {
            let name = object.keys().nth(part.index(object.len())).cloned();
            object.remove(&name.unwrap_or_default());
        }
        Value::Array(items) if !items.is_empty() => {
            items.remove(part.index(items.len()));
        }
        _ => return Value::Null,
    }
    value
}

fn children(value: &mut Value) -> Vec<&mut Value> {
    match value {
        Value::Object(object) => object.values_mut().collect(),
        Value::Array(items) => items.iter_mut().collect(),
        _ => Vec::new(),
    }
}
