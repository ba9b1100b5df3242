//! From the keyword that refuses a payload to the rule that says what changed.

use super::finding::Finding;
use super::level::{Axis, Direction};
use super::payload::Break;
use super::place;
use super::refusal::Refusal;
use super::rules::*;
use super::words::*;
use serde_json::{Map, Value};
use std::collections::HashSet;

/// One payload of the protocol, or one pair of schemas.
pub(super) struct Payload<'a> {
    /// The event and its part, in words.
    pub(super) subject: String,
    /// Where the payload stands in the bundle; empty for a pair of schemas.
    pub(super) pointer: String,
    pub(super) direction: Direction,
    pub(super) old: &'a Value,
    pub(super) new: &'a Value,
    /// What clients and servers of the two sides are called, like `old (1.0.0)`.
    pub(super) names: &'a Names,
}

/// Schema objects that apply to one place of a payload.
type Objects<'a> = Vec<&'a Map<String, Value>>;

/// Who meets whom, in words.
pub(super) struct Names {
    pub(super) clients: String,
    pub(super) server: String,
}

impl Payload<'_> {
    /// The schemas of who writes and who reads: old clients meet a new server.
    pub(super) fn roles(&self) -> (&Value, &Value) {
        match self.direction {
            Direction::ClientToServer => (self.old, self.new),
            Direction::ServerToClient => (self.new, self.old),
        }
    }

    /// Who writes and who reads, in words.
    pub(super) fn people(&self) -> (String, String) {
        let Names { clients, server } = self.names;
        match self.direction {
            Direction::ClientToServer => (clients.clone(), server.clone()),
            Direction::ServerToClient => (server.clone(), clients.clone()),
        }
    }

    /// The finding that tells of a break, the first or a later one.
    pub(super) fn finding(&self, found: &Break, is_first: bool) -> Finding {
        let (rule, change, pointer) = match &found.refusal {
            Some(refusal) => {
                let (rule, change) = self.explain(refusal, found.witness.as_ref());
                let ranges = [INTEGER_RANGE_NARROWED, INTEGER_RANGE_WIDENED];
                // Both ends of a range are one finding.
                let pointer = match refusal.at.rsplit_once('/') {
                    Some((schema, _)) if ranges.contains(&rule) => schema.to_owned(),
                    _ => refusal.at.clone(),
                };
                (rule, change, pointer)
            }
            None => {
                let why = found.undecided.unwrap_or("unknown");
                let what = match is_first {
                    true => "too hard to decide",
                    false => "whether anything else breaks is too hard to decide",
                };
                (PAYLOAD_UNDECIDED, format!("{what}: {why}"), String::new())
            }
        };
        let pointer = match pointer.starts_with("/$defs/") {
            true => pointer,
            false => format!("{}{pointer}", self.pointer),
        };
        let direction = Some(self.direction);
        let mut finding = Finding::new(rule, Axis::Wire, direction, &self.subject, pointer, change);
        let (writer, reader) = self.people();
        finding.writer = Some(writer);
        finding.reader = Some(reader);
        finding.witness.clone_from(&found.witness);
        finding.refusal = found.refusal.as_ref().map(|refusal| refusal.told());
        finding
    }

    /// The rule, and what changed in words.
    fn explain(&self, refusal: &Refusal, witness: Option<&Value>) -> (&'static str, String) {
        let (writer, reader) = self.roles();
        let (written, read) = self.said(writer, reader, refusal, witness);
        let to_server = self.direction == Direction::ClientToServer;
        let pick =
            |client: &'static str, server: &'static str| if to_server { client } else { server };
        let (old, new) = if to_server {
            (&written, &read)
        } else {
            (&read, &written)
        };
        let said = |keyword: &str| change_of(keyword, old, new);
        match refusal.keyword.as_str() {
            "required" => self.required(refusal, &written),
            "falseSchema" if !refusal.at.contains("roperties") => (
                pick(SCHEMA_TIGHTENED, SCHEMA_LOOSENED),
                format!(
                    "{} {}",
                    shown_place(&refusal.instance),
                    pick("is no longer accepted", "was not accepted")
                ),
            ),
            "additionalProperties" | "unevaluatedProperties" | "falseSchema" => {
                let name = refusal
                    .names
                    .first()
                    .cloned()
                    .unwrap_or_else(|| last(&refusal.instance));
                (
                    FIELD_REFUSED,
                    format!("the reader refuses the field `{name}`"),
                )
            }
            "type" | "anyOf" | "oneOf" if refusal.value.is_null() => (
                pick(NULL_REMOVED, NULL_ADDED),
                format!(
                    "{} {} null",
                    shown_place(&refusal.instance),
                    pick("can no longer be", "can now be")
                ),
            ),
            "type" => self.types(refusal, &written, &read, said("type")),
            "enum" | "const" => self.values(refusal, &written, old, new),
            "anyOf" | "oneOf" if !refusal.sentence.contains("more than one") => (
                pick(ALTERNATIVE_REMOVED, ALTERNATIVE_ADDED),
                match &refusal.alternative {
                    Some(alternative) => format!(
                        "the alternative {} was {}",
                        shown_alternative(&alternative.schema),
                        pick("removed", "added")
                    ),
                    None => format!(
                        "{} {} an alternative of the union",
                        shown_place(&refusal.instance),
                        pick("loses", "gets")
                    ),
                },
            ),
            "minimum" | "maximum" if is_width(&written) || is_width(&read) => {
                let rule = pick(INTEGER_RANGE_NARROWED, INTEGER_RANGE_WIDENED);
                let formats = [old, new].map(|it| place::keyword(it, "format"));
                let differ = formats[0] != formats[1];
                (rule, said(if differ { "format" } else { &refusal.keyword }))
            }
            "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf"
            | "minLength" | "maxLength" | "pattern" | "format" | "minItems" | "maxItems"
            | "uniqueItems" | "contains" | "minContains" | "maxContains" | "minProperties"
            | "maxProperties" => (
                pick(BOUND_TIGHTENED, BOUND_LOOSENED),
                said(&refusal.keyword),
            ),
            keyword => {
                let rule = pick(SCHEMA_TIGHTENED, SCHEMA_LOOSENED);
                (
                    rule,
                    format!("`{keyword}` of {} changed", shown_place(&refusal.instance)),
                )
            }
        }
    }

    /// What writer and reader say about the refused part. The writer says it where the reader does,
    /// or else anywhere.
    fn said<'b>(
        &self,
        writer: &'b Value,
        reader: &'b Value,
        refusal: &Refusal,
        witness: Option<&Value>,
    ) -> (Objects<'b>, Objects<'b>) {
        let schema = refusal.at.rsplit_once('/').map_or("", |(schema, _)| schema);
        let written = place::beside(writer, schema, &refusal.value);
        let refusing = reader.pointer(schema).and_then(Value::as_object);
        match refusing.filter(|_| !written.is_empty()) {
            Some(refusing) => (written, vec![refusing]),
            None => {
                let at = |schema: &'b Value| place::at(schema, &refusal.instance, witness);
                (at(writer), at(reader))
            }
        }
    }

    fn required(
        &self,
        refusal: &Refusal,
        written: &[&Map<String, Value>],
    ) -> (&'static str, String) {
        let name = refusal.names.first().map_or("", String::as_str);
        let declared = written.iter().any(|object| {
            object
                .get("properties")
                .is_some_and(|it| it.get(name).is_some())
        });
        match (self.direction, declared) {
            (Direction::ClientToServer, true) => (
                FIELD_BECAME_REQUIRED,
                format!("the field `{name}` was optional and is now required"),
            ),
            (Direction::ClientToServer, false) => (
                FIELD_ADDED_REQUIRED,
                format!("the required field `{name}` was added"),
            ),
            (Direction::ServerToClient, true) => (
                FIELD_BECAME_OPTIONAL,
                format!("the field `{name}` was required and is now optional"),
            ),
            (Direction::ServerToClient, false) => (
                FIELD_REMOVED_REQUIRED,
                format!("the required field `{name}` was removed"),
            ),
        }
    }

    fn types(
        &self,
        refusal: &Refusal,
        written: &[&Map<String, Value>],
        read: &[&Map<String, Value>],
        change: String,
    ) -> (&'static str, String) {
        let to_server = self.direction == Direction::ClientToServer;
        let (written, read) = (type_names(written), type_names(read));
        let shared = written.iter().any(|name| {
            read.contains(name)
                || (name == "integer" && read.iter().any(|it| it == "number"))
                || (name == "number" && read.iter().any(|it| it == "integer"))
        });
        let rule = match (shared || written.is_empty(), to_server) {
            (true, true) => TYPE_NARROWED,
            (true, false) => TYPE_WIDENED,
            (false, _) => TYPE_CHANGED,
        };
        let change = match change.is_empty() {
            true => format!("the type of {} changed", shown_place(&refusal.instance)),
            false => change,
        };
        (rule, change)
    }

    fn values(
        &self,
        refusal: &Refusal,
        written: &[&Map<String, Value>],
        old: &[&Map<String, Value>],
        new: &[&Map<String, Value>],
    ) -> (&'static str, String) {
        let to_server = self.direction == Direction::ClientToServer;
        let (before, after) = (values_of(old), values_of(new));
        if values_of(written).is_empty() {
            let place = shown_place(&refusal.instance);
            let written = type_names(written);
            let same_type =
                written.is_empty() || written.contains(&type_name(&refusal.value).to_owned());
            return match (same_type, to_server) {
                (true, true) => (
                    TYPE_NARROWED,
                    format!("{place} must now be one of {}", list(&after)),
                ),
                (true, false) => (
                    TYPE_WIDENED,
                    format!("{place} was one of {}", list(&before)),
                ),
                (false, _) => (TYPE_CHANGED, format!("{place} is of another type")),
            };
        }
        let codes = refusal
            .at
            .split('/')
            .any(|step| step.ends_with("ErrorCode"));
        let beyond = |values: &[Value], known: &[Value]| {
            let known: HashSet<&Value> = known.iter().collect();
            let beyond = values.iter().filter(|it| !known.contains(it));
            let mut beyond: Vec<_> = beyond.cloned().collect();
            // The order in which a schema lists them must not show in the fingerprint.
            beyond.sort_by_cached_key(Value::to_string);
            beyond
        };
        let (removed, added) = (beyond(&before, &after), beyond(&after, &before));
        match to_server {
            true => {
                let rule = if codes {
                    ERROR_CODE_REMOVED
                } else {
                    ENUM_VALUE_REMOVED
                };
                (
                    rule,
                    format!("{} {} removed", list(&removed), was(&removed)),
                )
            }
            false => {
                let rule = if codes {
                    ERROR_CODE_ADDED
                } else {
                    ENUM_VALUE_ADDED
                };
                (rule, format!("{} {} added", list(&added), was(&added)))
            }
        }
    }
}

impl Refusal {
    /// Where and why the payload is refused.
    fn told(&self) -> String {
        let place = if self.instance.is_empty() {
            "the payload"
        } else {
            &self.instance
        };
        format!("{place}: {}", self.sentence)
    }
}
