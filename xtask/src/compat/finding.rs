//! A finding: what changed, where, for whom, and what to do about it.

use super::level::{Axis, Direction, Level};
use super::rules::{self, Rule};
use serde::Serialize;
use serde_json::Value;
use std::hash::Hasher as _;

/// What the gate found.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Finding {
    pub(super) rule: &'static str,
    pub(super) level: Level,
    pub(super) axis: Axis,
    /// The event, its part, or the type.
    pub(super) subject: String,
    /// Other events and parts that the same change concerns.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) also: Vec<String>,
    /// Where it says so, as a JSON pointer into the bundle or the schema.
    pub(super) pointer: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) direction: Option<Direction>,
    /// What changed, in one sentence.
    pub(super) change: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) writer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reader: Option<String>,
    /// A payload that the writer may send and the reader refuses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) witness: Option<Value>,
    /// Whether code that imports the types does not compile either.
    pub(super) breaks_source: bool,
    /// Why the reader refuses it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) refusal: Option<String>,
    pub(super) advice: &'static str,
    pub(super) fingerprint: String,
    /// The reason for which this finding is accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) accepted: Option<String>,
}

impl Finding {
    /// A finding of a rule about the two sides at once.
    pub(super) fn new(
        id: &'static str,
        axis: Axis,
        direction: Option<Direction>,
        subject: impl Into<String>,
        pointer: impl Into<String>,
        change: impl Into<String>,
    ) -> Self {
        const UNKNOWN: Level = Level::Breaking;
        let rule: Option<&'static Rule> = rules::rule(id);
        let level = match (rule, direction) {
            (Some(rule), Some(direction)) => rule.level(axis, direction),
            (Some(rule), None) => {
                let level = |direction| rule.level(axis, direction);
                Direction::BOTH
                    .map(level)
                    .into_iter()
                    .max()
                    .unwrap_or(UNKNOWN)
            }
            (None, _) => UNKNOWN,
        };
        let mut finding = Self {
            rule: id,
            level,
            axis,
            subject: subject.into(),
            also: Vec::new(),
            pointer: pointer.into(),
            direction,
            change: change.into(),
            writer: None,
            reader: None,
            witness: None,
            refusal: None,
            breaks_source: false,
            advice: rule.map_or("", |rule| rule.advice),
            fingerprint: String::new(),
            accepted: None,
        };
        finding.fingerprint = finding.print();
        finding
    }

    /// Twelve digits that stay the same while the finding does: they depend on the rule, the
    /// place and the change, not on lines, the order of keys or the payload that was found.
    fn print(&self) -> String {
        let direction = self.direction.map_or("", Direction::name);
        let in_type = self.pointer.starts_with("/$defs/");
        let subject = if in_type { "" } else { &self.subject };
        let mut hasher = Fnv(0xcbf2_9ce4_8422_2325);
        for part in [
            self.rule,
            self.axis.name(),
            direction,
            subject,
            &self.pointer,
            &self.change,
        ] {
            hasher.write(part.as_bytes());
            hasher.write(&[0]);
        }
        format!("{:016x}", hasher.finish())[4..].to_owned()
    }

    /// The same, told of the way back.
    pub(super) fn of_rollback(mut self) -> Self {
        self.change = format!("after a rollback, {}", self.change);
        self.fingerprint = self.print();
        self
    }

    /// Whether two findings tell of the same change at the same place.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.fingerprint == other.fingerprint && self.axis == other.axis
    }
}

/// The hash FNV-1a: stable across builds, which the standard library's is not.
struct Fnv(u64);

impl std::hash::Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
