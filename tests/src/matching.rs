//! Whether what arrived is what the transcript says, token by token.

use crate::contract::{Contract, Fields, Rules};
use crate::placeholders::{Kind, Meanings, Piece, pieces};
use serde_json::{Value, json};

/// Where a payload differs, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// A JSON pointer into the payload.
    pub path: String,
    /// What should be there.
    pub expected: String,
    /// What is there.
    pub received: String,
}

/// What clients have told the server so far.
#[derive(Debug, Default)]
pub struct Told {
    /// Texts that no sentence of the server may repeat.
    texts: Vec<String>,
    /// Times, as milliseconds.
    millis: Vec<f64>,
}

/// Texts shorter than this may stand in a sentence by chance.
const MIN_TELLING_CHARS: usize = 8;
/// No server has a clock that shows less, in milliseconds: 2020.
const EARLIEST_MILLIS: f64 = 1_577_836_800_000.0;

impl Told {
    /// Notes what a client sends.
    pub fn note(&mut self, value: &Value) {
        match value {
            Value::String(text) if text.chars().count() >= MIN_TELLING_CHARS => {
                self.texts.push(text.clone());
            }
            Value::Number(number) => self.millis.extend(number.as_f64()),
            Value::Array(items) => items.iter().for_each(|item| self.note(item)),
            Value::Object(fields) => fields.values().for_each(|value| self.note(value)),
            _ => {}
        }
    }
}

/// Compares payloads, and learns what tokens stand for.
pub struct Matching<'a> {
    /// What is fixed.
    pub contract: &'a Contract,
    /// What tokens stand for.
    pub meanings: &'a mut Meanings,
    /// What clients told.
    pub told: &'a Told,
}

type Outcome = Result<(), Difference>;

impl Matching<'_> {
    /// Compares a payload; without rules it must be equal to the last field.
    ///
    /// # Errors
    /// The first difference.
    pub fn payload(&mut self, rules: Option<&Rules>, expected: &Value, actual: &Value) -> Outcome {
        let (Some(rules), Value::Object(wanted)) = (rules, expected) else {
            return self.value(rules.map(Rules::schema), expected, actual, "");
        };
        let Some(fields) = actual.as_object() else {
            return self.value(Some(rules.schema()), expected, actual, "");
        };
        let mut wanted = wanted.clone();
        wanted.retain(|field, _| fields.contains_key(field) || !rules.may_lack(field));
        let mut fields = fields.clone();
        fields.retain(|field, _| wanted.contains_key(field) || !rules.may_add(field));
        self.object(Some(rules.schema()), &wanted, &fields, "")
    }

    /// Compares a value at a place of a payload.
    ///
    /// # Errors
    /// The first difference.
    pub fn value(
        &mut self,
        schema: Option<&Value>,
        expected: &Value,
        actual: &Value,
        path: &str,
    ) -> Outcome {
        let differ = || Err(difference(path, expected, actual));
        match (expected, actual) {
            (Value::Object(wanted), Value::Object(fields)) => {
                self.object(schema, wanted, fields, path)
            }
            (Value::Array(wanted), Value::Array(items)) if wanted.len() == items.len() => {
                let schema = schema.map(|schema| &self.contract.resolve(schema).1["items"]);
                let pairs = wanted.iter().zip(items).enumerate();
                pairs.into_iter().try_for_each(|(index, (wanted, item))| {
                    self.value(schema, wanted, item, &format!("{path}/{index}"))
                })
            }
            (Value::Number(wanted), Value::Number(number)) => {
                match wanted.as_f64() == number.as_f64() {
                    true => Ok(()),
                    false => differ(),
                }
            }
            (Value::String(wanted), actual) => match self.text(wanted, actual) {
                true => Ok(()),
                false => differ(),
            },
            _ if expected == actual => Ok(()),
            _ => differ(),
        }
    }

    fn object(
        &mut self,
        schema: Option<&Value>,
        wanted: &Fields,
        fields: &Fields,
        path: &str,
    ) -> Outcome {
        for (name, wanted) in wanted {
            let path = format!("{path}/{name}");
            let schema = schema.and_then(|schema| self.contract.field(schema, name));
            match fields.get(name) {
                None => {
                    return Err(Difference {
                        path,
                        expected: wanted.to_string(),
                        received: "nothing there".to_owned(),
                    });
                }
                Some(value) if wanted == &json!("<latency>") => {
                    if !self.is_latency(value, fields) {
                        return Err(difference(&path, wanted, value));
                    }
                }
                Some(value) if wanted == &json!("<duration>") && !is_duration(value, fields) => {
                    return Err(difference(&path, wanted, value));
                }
                Some(value) => self.value(schema, wanted, value, &path)?,
            }
        }
        let declared = schema.map(|schema| &self.contract.resolve(schema).1["properties"]);
        // What the protocol does not declare may be added by a newer server.
        let may_stand = |name: &String| {
            declared.is_some_and(|declared| declared.is_object() && declared.get(name).is_none())
        };
        let surplus = fields
            .iter()
            .find(|(name, _)| !wanted.contains_key(*name) && !may_stand(name));
        match surplus {
            None => Ok(()),
            Some((name, value)) => Err(Difference {
                path: format!("{path}/{name}"),
                expected: "nothing there".to_owned(),
                received: short(value),
            }),
        }
    }

    fn text(&mut self, wanted: &str, actual: &Value) -> bool {
        let pieces = pieces(wanted);
        if let [Piece::Token(kind, _, token)] = pieces.as_slice() {
            match kind {
                Kind::Time => return actual.as_str().is_some_and(is_time),
                Kind::Millis => return actual.as_f64().is_some_and(|it| it > EARLIEST_MILLIS),
                Kind::Duration => return actual.as_f64().is_some_and(|it| it >= 0.0),
                Kind::Bound => return self.is_bound(token, actual),
                _ => {}
            }
        }
        let Some(actual) = actual.as_str() else {
            return false;
        };
        let tells = pieces
            .iter()
            .any(|piece| matches!(piece, Piece::Token(Kind::Text, ..)));
        if tells
            && self
                .told
                .texts
                .iter()
                .any(|told| actual.contains(told.as_str()))
        {
            return false;
        }
        let mut fixed = vec![String::new()];
        for piece in &pieces {
            match piece {
                Piece::Token(Kind::Text, ..) => fixed.push(String::new()),
                piece => match (self.meanings.expand_piece(*piece), fixed.last_mut()) {
                    (Ok(text), Some(last)) => last.push_str(&text),
                    _ => return false,
                },
            }
        }
        is_like(&fixed, actual)
    }

    fn is_bound(&mut self, token: &str, actual: &Value) -> bool {
        if let Some(bound) = self.meanings.bound(token) {
            return bound == actual;
        }
        // Another token's value cannot be this one's as well: ids are unique.
        let is_new = token.starts_with("<connectedAt") || self.meanings.token_of(actual).is_none();
        let has_form = match token.starts_with("<processId:") {
            true => actual.as_str().is_some_and(is_process_id),
            false => actual.is_string(),
        };
        if is_new && has_form {
            self.meanings.bind(token, actual.clone());
        }
        is_new && has_form
    }

    /// The server's time less the client's, as the server measured it.
    fn is_latency(&self, value: &Value, fields: &Fields) -> bool {
        let (Some(latency), Some(now)) = (value.as_f64(), fields["timestamp"].as_f64()) else {
            return false;
        };
        self.told
            .millis
            .iter()
            .any(|sent| (now - sent - latency).abs() <= 2.0)
    }
}

/// Fixed parts with any text between them; nothing but any text needs at least a character.
fn is_like(fixed: &[String], actual: &str) -> bool {
    let [first, middle @ .., last] = fixed else {
        return fixed.first().is_some_and(|fixed| fixed == actual);
    };
    let Some(mut rest) = actual.strip_prefix(first.as_str()) else {
        return false;
    };
    for part in middle {
        match rest.find(part.as_str()) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    let is_bare = first.is_empty() && last.is_empty() && middle.is_empty();
    rest.ends_with(last.as_str()) && !(is_bare && actual.trim().is_empty())
}

/// `claude_` and a UUIDv7.
fn is_process_id(text: &str) -> bool {
    let uuid = text.strip_prefix("claude_").filter(|uuid| uuid.len() == 36);
    let uuid = uuid.and_then(|uuid| uuid::Uuid::parse_str(uuid).ok());
    uuid.is_some_and(|uuid| uuid.get_version_num() == 7)
}

/// The time from `startedAt` to `completedAt`. A server may measure it with another clock.
fn is_duration(value: &Value, fields: &Fields) -> bool {
    const CLOCKS_DIFFER_MS: f64 = 25.0;
    let millis = |field: &str| {
        let time = fields.get(field)?.as_str()?;
        let time = chrono::DateTime::parse_from_rfc3339(time).ok()?;
        Some(time.timestamp_millis())
    };
    let (Some(start), Some(end)) = (millis("startedAt"), millis("completedAt")) else {
        return true;
    };
    #[allow(
        clippy::cast_precision_loss,
        reason = "milliseconds of a process are few"
    )]
    let lasted = (end - start) as f64;
    value
        .as_f64()
        .is_some_and(|it| (it - lasted).abs() <= CLOCKS_DIFFER_MS)
}

/// A time as JavaScript's `toISOString` prints it, or more precise.
fn is_time(text: &str) -> bool {
    text.ends_with('Z') && chrono::DateTime::parse_from_rfc3339(text).is_ok()
}

fn difference(path: &str, expected: &Value, actual: &Value) -> Difference {
    Difference {
        path: path.to_owned(),
        expected: short(expected),
        received: short(actual),
    }
}

/// A value as a report shows it.
#[must_use]
pub fn short(value: &Value) -> String {
    const LIMIT: usize = 300;
    let text = crate::format::spaced(value);
    match text.char_indices().nth(LIMIT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::placeholders::Credentials;

    fn compare(event: &str, expected: Value, actual: Value) -> Outcome {
        let contract = Contract::get();
        let mut meanings = Meanings::new("r".to_owned(), Credentials::default());
        let mut told = Told::default();
        told.note(&json!([1000, "a secret word"]));
        let mut matching = Matching {
            contract,
            meanings: &mut meanings,
            told: &told,
        };
        matching.payload(contract.event("/", event), &expected, &actual)
    }

    #[test]
    fn a_newer_server_may_add_fields_but_not_use_declared_ones() {
        let error = json!({ "code": "UNKNOWN_EVENT", "message": "<text>", "event": "x" });
        let answer = |more: Value| {
            let mut answer = json!({ "code": "UNKNOWN_EVENT", "message": "No such event" });
            answer
                .as_object_mut()
                .unwrap()
                .extend(more.as_object().unwrap().clone());
            answer
        };
        assert_eq!(
            compare("error", error.clone(), answer(json!({ "new": 1 }))),
            Ok(())
        );
        let wrong = compare("error", error.clone(), answer(json!({ "event": "y" })));
        assert_eq!(wrong.unwrap_err().path, "/event");
        let joined = json!({ "room": "a", "success": true });
        let wrong = compare("roomJoined", joined.clone(), json!({ "room": "a" }));
        assert_eq!(wrong.unwrap_err().path, "/success");
    }

    #[test]
    fn a_sentence_never_repeats_what_was_sent() {
        let error = json!({ "code": "UNKNOWN_EVENT", "message": "<text>" });
        for message in ["a secret word is not known", "", " "] {
            let actual = json!({ "code": "UNKNOWN_EVENT", "message": message });
            assert!(
                compare("error", error.clone(), actual).is_err(),
                "{message}"
            );
        }
    }

    #[test]
    fn times_and_latencies_are_looked_at() {
        let expected =
            json!({ "timestamp": "<millis>", "serverTime": "<time>", "latency": "<latency>" });
        let ack = |now: f64, time: &str, latency: f64| {
            let actual = json!({ "timestamp": now, "serverTime": time, "latency": latency });
            compare("heartbeatAck", expected.clone(), actual).is_ok()
        };
        let (now, time) = (1_700_000_000_000.0, "2026-01-31T12:00:00.000Z");
        assert!(ack(now, time, now - 1000.0));
        assert!(!ack(now, time, 5.0), "not what was measured");
        assert!(!ack(now / 1000.0, time, now / 1000.0 - 1000.0), "seconds");
        assert!(!ack(now, "yesterday", now - 1000.0));
    }

    #[test]
    fn a_process_id_is_a_uuid_of_version_7() {
        assert!(is_process_id("claude_01a20974-2631-768c-8d91-36d5ec490667"));
        assert!(
            !is_process_id("claude_01a20974-2631-468c-8d91-36d5ec490667"),
            "version 4"
        );
        assert!(!is_process_id("claude_1"));
        assert!(!is_process_id("01a20974-2631-768c-8d91-36d5ec490667"));
    }

    #[test]
    fn a_duration_is_that_of_its_times() {
        let times = |duration: f64| {
            json!({
                "startedAt": "2026-01-31T12:00:00.000Z",
                "completedAt": "2026-01-31T12:00:00.050Z",
                "durationMs": duration,
            })
        };
        let of = |duration| {
            let times = times(duration);
            is_duration(&times["durationMs"], times.as_object().unwrap())
        };
        assert!(of(50.0) && of(55.0));
        assert!(!of(0.05));
    }

    #[test]
    fn fixed_parts_stand_in_their_order() {
        let of = |parts: &[&str], actual| {
            is_like(
                &parts.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>(),
                actual,
            )
        };
        assert!(of(&["", "300", ""], "after 300 ms"));
        assert!(of(&["Rate limit exceeded", ""], "Rate limit exceeded"));
        assert!(!of(&["", ""], ""));
        assert!(!of(&["a", "b"], "ac"));
        assert!(!of(&["a"], "ab"));
    }
}
