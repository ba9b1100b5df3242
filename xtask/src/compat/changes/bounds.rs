//! Bounds that became tighter or looser.

use super::Walk;
use crate::compat::rules::{BOUND_LOOSENED, BOUND_TIGHTENED};
use crate::compat::words::short;
use serde_json::{Map, Value};

impl Walk<'_> {
    pub(super) fn bounds(&mut self, old: &Map<String, Value>, new: &Map<String, Value>, at: &str) {
        const UPPER: [&str; 5] = [
            "maximum",
            "exclusiveMaximum",
            "maxLength",
            "maxItems",
            "maxProperties",
        ];
        const LOWER: [&str; 5] = [
            "minimum",
            "exclusiveMinimum",
            "minLength",
            "minItems",
            "minProperties",
        ];
        const OTHER: [&str; 4] = ["pattern", "format", "multipleOf", "uniqueItems"];
        for keyword in UPPER.iter().chain(&LOWER).chain(&OTHER) {
            let (before, after) = (old.get(*keyword), new.get(*keyword));
            if before == after {
                continue;
            }
            let number = |value: Option<&Value>| value.and_then(Value::as_f64);
            let tighter = match (before, after) {
                (_, None) => false,
                (None, _) => true,
                (before, after) => match UPPER.contains(keyword) {
                    true => number(after) < number(before),
                    false if LOWER.contains(keyword) => number(after) > number(before),
                    false => true,
                },
            };
            let shown = |value: Option<&Value>| value.map_or("absent".to_owned(), short);
            let text = format!(
                "`{keyword}` was {} and is now {}",
                shown(before),
                shown(after)
            );
            let rule = if tighter {
                BOUND_TIGHTENED
            } else {
                BOUND_LOOSENED
            };
            self.add(rule, &format!("{at}/{keyword}"), text);
        }
    }
}
