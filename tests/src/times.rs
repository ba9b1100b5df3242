//! Values whose times are replaced by texts that are nearly times, or are unusual ones.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;

/// The same values with each time replaced.
pub fn other_times(values: BoxedStrategy<Value>) -> BoxedStrategy<Value> {
    (values, near_time())
        .prop_map(|(mut value, time)| {
            replace_times(&mut value, &time);
            value
        })
        .boxed()
}

fn replace_times(value: &mut Value, time: &str) {
    match value {
        Value::String(text) if is_like_a_time(text) => *text = time.to_owned(),
        Value::Array(items) => items.iter_mut().for_each(|item| replace_times(item, time)),
        Value::Object(fields) => fields
            .values_mut()
            .for_each(|field| replace_times(field, time)),
        _ => {}
    }
}

fn is_like_a_time(text: &str) -> bool {
    text.len() >= 20 && text.as_bytes().get(10) == Some(&b'T')
}

/// Texts in the form of a time, with days, hours and offsets that may not exist.
fn near_time() -> BoxedStrategy<String> {
    let day = (
        select(vec![0, 1900, 1999, 2000, 2023, 2024, 9999]),
        select(vec![0, 1, 2, 2, 2, 4, 11, 12, 13]),
        select(vec![0, 1, 28, 29, 29, 30, 31, 32]),
    );
    let time = (
        select(vec![0, 9, 23, 23, 23, 24]),
        select(vec![0, 29, 59, 59, 59, 60]),
        select(vec![0, 59, 60, 60, 61]),
    );
    let separator = select(vec!["T", "T", "T", "t", " ", ""]);
    let fraction = select(vec!["", "", ".5", ".123456789", ".", ",5"]);
    let offset = select(vec![
        "Z", "Z", "z", "+00:00", "-00:00", "+00:30", "-00:30", "+23:59", "-23:59", "+24:00",
        "+05:60", "+0530", "+05", "", "Z ", "Z\n",
    ]);
    (day, separator, time, fraction, offset)
        .prop_map(
            |((year, month, day), separator, (hour, minute, second), fraction, offset)| {
                let day = format!("{year:04}-{month:02}-{day:02}");
                format!("{day}{separator}{hour:02}:{minute:02}:{second:02}{fraction}{offset}")
            },
        )
        .boxed()
}
