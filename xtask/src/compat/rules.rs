//! The rules: what a change is called, how bad it is in each direction, and what to do about it.

use super::level::{Axis, Direction, Level};
use Level::{Breaking as B, Compatible as C, Dangerous as D};

/// One rule of the gate.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) id: &'static str,
    /// What happened, in one line.
    pub(super) purpose: &'static str,
    /// Level on the wire: client to server, server to client.
    pub(super) wire: [Level; 2],
    /// Level for code that imports the types: of what clients write, of what they read.
    pub(super) source: [Level; 2],
    /// How the gate finds out.
    pub(super) check: &'static str,
    /// What to do instead, or how to go on.
    pub(super) advice: &'static str,
    pub(super) twin: Twin,
}

/// What the opposite change in the opposite direction is.
#[derive(Debug)]
pub(super) enum Twin {
    /// This rule, whose wire levels must be the mirrored ones.
    Of(&'static str),
    /// This rule, but the levels differ, for this reason.
    Except(&'static str, &'static str),
    /// There is none, for this reason.
    None(&'static str),
}

impl Rule {
    pub(super) fn level(&self, axis: Axis, direction: Direction) -> Level {
        let levels = match axis {
            Axis::Wire => &self.wire,
            Axis::Source => &self.source,
        };
        match direction {
            Direction::ClientToServer => levels[0],
            Direction::ServerToClient => levels[1],
        }
    }
}

/// The rule with an id.
pub(super) fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}

const INCLUSION: &str = "inclusion of what the writer declares in what the reader accepts";
const STRUCTURE: &str = "comparison of the two schemas, field by field";
const MANIFEST: &str = "comparison of the two lists of events";
const ALONE: &str = "it concerns both sides of the connection at once";

macro_rules! rules {
    ($($id:ident $purpose:literal wire($wc:ident, $ws:ident) source($sc:ident, $ss:ident)
        $check:ident $twin:expr, $advice:literal;)*) => {
        /// All rules, those of events first.
        pub(super) const RULES: &[Rule] = &[$(Rule {
            id: stringify!($id),
            purpose: $purpose,
            wire: [$wc, $ws],
            source: [$sc, $ss],
            check: $check,
            advice: $advice,
            twin: $twin,
        }),*];
        $(pub(super) const $id: &str = stringify!($id);)*
    };
}

const EVENT: Twin = Twin::None("who removes an event takes it from both sides");

rules! {
    EVENT_REMOVED "An event is gone." wire(B, B) source(B, B) MANIFEST EVENT,
        "Keep the row and mark it `#[deprecated(since = \"…\", note = \"…; sunset YYYY-MM-DD\")]`; remove it after that date.";
    EVENT_REMOVED_AFTER_SUNSET "An event is gone that was deprecated until a date now past." wire(D, D) source(B, B) MANIFEST
        EVENT, "Nothing, when nobody sends or awaits it any more; the metrics of the server tell.";
    EVENT_RENAMED "An event has another name." wire(B, B) source(B, B) MANIFEST EVENT,
        "Declare the new name as a row of its own, and keep the old one, deprecated.";
    EVENT_DIRECTION_CHANGED "An event is sent by the other side." wire(B, B) source(B, B) MANIFEST EVENT,
        "Declare a new event for the other direction.";
    EVENT_ADDED "An event is new." wire(C, C) source(C, C) MANIFEST EVENT, "Nothing.";
    EVENT_DEPRECATED "An event is marked as deprecated." wire(C, C) source(C, C) MANIFEST EVENT,
        "Tell those who use it; the date of its sunset is in the documentation.";
    NAMESPACE_REMOVED "A namespace is gone." wire(B, B) source(B, B) MANIFEST Twin::None(ALONE),
        "Keep the namespace; clients that connect to it would be refused.";
    NAMESPACE_ADDED "A namespace is new." wire(C, C) source(C, C) MANIFEST Twin::None(ALONE), "Nothing.";
    EVENT_LEFT_NAMESPACE "An event no longer exists on a namespace." wire(B, B) source(B, B) MANIFEST EVENT,
        "Keep it there as well: a row may stand on several namespaces.";
    EVENT_JOINED_NAMESPACE "An event exists on one more namespace." wire(C, C) source(C, C) MANIFEST EVENT, "Nothing.";
    CALLBACK_ADDED "A client event is now answered by a callback." wire(C, C) source(C, C) MANIFEST
        Twin::None("only client events have callbacks"), "Nothing: clients that give none get none.";
    CALLBACK_REMOVED "A client event is no longer answered by a callback." wire(B, B) source(B, B) MANIFEST
        Twin::None("only client events have callbacks"), "Keep answering: clients wait for it until they time out.";
    ARGUMENT_ADDED_REQUIRED "An event has one more required argument." wire(B, D) source(B, C) MANIFEST
        Twin::Of("ARGUMENT_REMOVED"),
        "Make the argument optional (`name?: Type`).";
    ARGUMENT_ADDED_OPTIONAL "An event has one more optional argument." wire(C, C) source(C, C) MANIFEST
        Twin::Except("ARGUMENT_REMOVED", "removing does not tell an optional argument from a required one"), "Nothing.";
    ARGUMENT_REMOVED "An event has an argument less." wire(D, B) source(B, B) MANIFEST
        Twin::Of("ARGUMENT_ADDED_REQUIRED"),
        "Keep the argument, or declare a new event.";
    ARGUMENT_BECAME_REQUIRED "An argument must now be given." wire(B, C) source(B, C) MANIFEST
        Twin::Of("ARGUMENT_BECAME_OPTIONAL"), "Leave it optional and choose a default on the server.";
    ARGUMENT_BECAME_OPTIONAL "An argument may now be left out." wire(C, B) source(C, B) MANIFEST
        Twin::Of("ARGUMENT_BECAME_REQUIRED"), "Go on sending it.";
    ACCESS_RAISED "An event now requires a signed-in socket." wire(B, C) source(C, C) MANIFEST
        Twin::None("only client events have an access level"), "Let anyone send it, and refuse only what needs a user.";
    ACCESS_LOWERED "Anyone may now send an event." wire(C, C) source(C, C) MANIFEST
        Twin::None("only client events have an access level"), "Nothing.";
    AUDIENCE_CHANGED "A server event goes to other sockets." wire(C, D) source(C, C) MANIFEST
        Twin::None("only server events have an audience"), "Make sure that those who await it still get it, and nobody who must not.";
    RATE_LIMIT_TIGHTENED "Clients may send an event less often." wire(D, C) source(C, C) MANIFEST
        Twin::None("only client events have a rate limit"), "Tell those who send often; they see RATE_LIMIT_EXCEEDED sooner.";
    RATE_LIMIT_LOOSENED "Clients may send an event more often." wire(C, C) source(C, C) MANIFEST
        Twin::None("only client events have a rate limit"), "Nothing.";

    FIELD_ADDED_OPTIONAL "An object has one more optional field." wire(C, C) source(C, C) STRUCTURE
        Twin::Except("FIELD_REMOVED_OPTIONAL", "what is no longer read or sent may be missed"), "Nothing.";
    FIELD_ADDED_REQUIRED "An object has one more required field." wire(B, C) source(B, C) INCLUSION
        Twin::Except("FIELD_REMOVED_REQUIRED", "what is no longer read may be missed"),
        "Make the field optional (`Option<T>` with `#[serde(default)]`), and choose a default where it is absent.";
    FIELD_REMOVED_OPTIONAL "An optional field is gone." wire(D, D) source(B, B) STRUCTURE
        Twin::Except("FIELD_ADDED_OPTIONAL", "what is no longer read or sent may be missed"),
        "Keep the field and mark it `#[deprecated]` until nobody uses it.";
    FIELD_REMOVED_REQUIRED "A required field is gone." wire(D, B) source(B, B) INCLUSION
        Twin::Except("FIELD_ADDED_REQUIRED", "what is no longer read may be missed"),
        "Go on sending the field, marked `#[deprecated]`, until no client reads it.";
    FIELD_BECAME_REQUIRED "A field must now be there." wire(B, C) source(B, C) INCLUSION
        Twin::Of("FIELD_BECAME_OPTIONAL"), "Leave the field optional and choose a default where it is absent.";
    FIELD_BECAME_OPTIONAL "A field may now be absent." wire(C, B) source(C, B) INCLUSION
        Twin::Of("FIELD_BECAME_REQUIRED"), "Always send the field.";
    FIELD_REFUSED "A reader refuses a field that the writer declares." wire(B, B) source(B, B) INCLUSION
        Twin::Of("FIELD_REFUSED"),
        "Readers must be tolerant: remove `additionalProperties: false` (`deny_unknown_fields`), a release before fields change.";
    OBJECT_CLOSED "A reader no longer accepts unknown fields." wire(D, C) source(C, C) STRUCTURE
        Twin::Of("OBJECT_OPENED"), "Leave the object open: a newer peer may send more than this one knows.";
    OBJECT_OPENED "Unknown fields are accepted that were refused before." wire(C, D) source(C, C) STRUCTURE
        Twin::Of("OBJECT_CLOSED"), "Add no fields before the readers that refuse them are gone.";
    TYPE_CHANGED "A value is of another type." wire(B, B) source(B, B) INCLUSION Twin::Of("TYPE_CHANGED"),
        "Add a new field of the new type, and keep the old one, deprecated.";
    TYPE_NARROWED "A value is of fewer types than before." wire(B, C) source(B, C) INCLUSION
        Twin::Of("TYPE_WIDENED"), "Go on accepting the old type.";
    TYPE_WIDENED "A value is of more types than before." wire(C, B) source(C, B) INCLUSION
        Twin::Of("TYPE_NARROWED"), "Send the new type in a new optional field.";
    NULL_REMOVED "A value must no longer be null." wire(B, C) source(B, C) INCLUSION
        Twin::Of("NULL_ADDED"), "Go on accepting null, and read it as absent.";
    NULL_ADDED "A value may now be null." wire(C, B) source(C, B) INCLUSION
        Twin::Of("NULL_REMOVED"), "Send the old values only, or leave the field out where it is optional.";
    ENUM_VALUE_REMOVED "A value of a closed set is gone." wire(B, C) source(B, B) INCLUSION
        Twin::Of("ENUM_VALUE_ADDED"), "Go on accepting the value; treat it as another one.";
    ENUM_VALUE_ADDED "A closed set has one more value." wire(C, B) source(C, B) INCLUSION
        Twin::Of("ENUM_VALUE_REMOVED"), "Send the new value only to clients that know it, or in a new optional field.";
    ERROR_CODE_REMOVED "An error code is gone." wire(B, C) source(B, B) INCLUSION
        Twin::Of("ERROR_CODE_ADDED"), "Keep the code in the list, even if it is never sent.";
    ERROR_CODE_ADDED "There is a new error code." wire(C, B) source(C, B) INCLUSION
        Twin::Of("ERROR_CODE_REMOVED"), "Use the nearest existing code, and tell more in `message`.";
    BOUND_TIGHTENED "A bound on length, number, items, pattern or format is tighter." wire(B, C) source(C, C) INCLUSION
        Twin::Of("BOUND_LOOSENED"), "Leave the bound; refuse later, with an error code, what cannot be handled.";
    BOUND_LOOSENED "A bound on length, number, items, pattern or format is looser." wire(C, B) source(C, C) INCLUSION
        Twin::Of("BOUND_TIGHTENED"), "Send only what was within the old bound.";
    INTEGER_RANGE_NARROWED "A whole number has a smaller range." wire(B, C) source(B, B) INCLUSION
        Twin::Of("INTEGER_RANGE_WIDENED"), "Leave the wider type.";
    INTEGER_RANGE_WIDENED "A whole number has a larger range." wire(C, B) source(C, B) INCLUSION
        Twin::Of("INTEGER_RANGE_NARROWED"), "Rust clients cannot read it: send larger numbers in a new optional field.";
    ALTERNATIVE_REMOVED "A union has an alternative less." wire(B, C) source(B, B) INCLUSION
        Twin::Of("ALTERNATIVE_ADDED"), "Go on accepting the alternative.";
    ALTERNATIVE_ADDED "A union has one more alternative." wire(C, B) source(C, B) INCLUSION
        Twin::Of("ALTERNATIVE_REMOVED"), "Send the new alternative as an event of its own, or in a new optional field.";
    SCHEMA_TIGHTENED "A value must satisfy more than before." wire(B, C) source(C, C) INCLUSION
        Twin::Of("SCHEMA_LOOSENED"), "Accept what was accepted before.";
    SCHEMA_LOOSENED "A value may be what it could not be before." wire(C, B) source(C, C) INCLUSION
        Twin::Of("SCHEMA_TIGHTENED"), "Send only what was allowed before.";
    PAYLOAD_UNDECIDED "Whether the change breaks could not be decided." wire(B, B) source(C, C) INCLUSION
        Twin::Of("PAYLOAD_UNDECIDED"),
        "Say the same with simpler keywords, or convince yourself and accept the finding by its fingerprint.";

    TYPE_REMOVED "A named type is gone." wire(C, C) source(B, B) STRUCTURE Twin::None(ALONE),
        "Keep the name, for instance as an alias, marked `#[deprecated]`.";
    TYPE_RENAMED "A named type has another name." wire(C, C) source(B, B) STRUCTURE Twin::None(ALONE),
        "Keep the old name as an alias, marked `#[deprecated]`.";
    TYPE_ADDED "A named type is new." wire(C, C) source(C, C) STRUCTURE Twin::None(ALONE), "Nothing.";

    PROTOCOL_VERSION_TOO_LOW "The protocol's version promises more than the change keeps." wire(B, B) source(C, C) MANIFEST
        Twin::None(ALONE), "Raise `version` in schema/src/protocol.rs, then run: cargo xtask generate";
    PACKAGE_VERSION_TOO_LOW "A package's version promises more than the change keeps." wire(C, C) source(B, B) MANIFEST
        Twin::None(ALONE), "Raise the package's version.";
    ACCEPTANCE_EXPIRED "A break was accepted until a date now past." wire(B, B) source(B, B) MANIFEST
        Twin::None(ALONE), "Undo the break, or accept it anew with a reason and a later date.";
    ACCEPTANCE_UNUSED "A break is accepted that is not there." wire(B, B) source(B, B) MANIFEST
        Twin::None(ALONE), "Remove the entry from schema/compat-accept.toml.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_mirrors_its_twin_or_says_why_not() {
        for rule in RULES {
            let (twin, reason) = match &rule.twin {
                Twin::Of(twin) => (twin, None),
                Twin::Except(twin, reason) => (twin, Some(reason)),
                Twin::None(reason) => {
                    assert!(!reason.is_empty(), "{}", rule.id);
                    continue;
                }
            };
            let twin = super::rule(twin).unwrap_or_else(|| panic!("{} has no twin", rule.id));
            let mirrored = [twin.wire[1], twin.wire[0]];
            match reason {
                None => assert_eq!(rule.wire, mirrored, "{} and {}", rule.id, twin.id),
                Some(_) => assert_ne!(rule.wire, mirrored, "{}: the waiver is not needed", rule.id),
            }
        }
    }

    #[test]
    fn ids_are_unique() {
        for (index, rule) in RULES.iter().enumerate() {
            let later = &RULES[index + 1..];
            assert!(
                !later.iter().any(|other| other.id == rule.id),
                "{}",
                rule.id
            );
        }
    }
}
