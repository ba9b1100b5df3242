//! Payload rules: the JSON Schema of each event, compiled once, and sentences for broken rules.

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{JsonType, ValidationError, Validator};
use serde::Deserialize;
use serde_json::{Value, json};
use slop_schema::error::ErrorDetail;
use std::collections::HashMap;
use std::sync::Arc;

/// The bundle that `cargo xtask generate` writes from the protocol table.
const BUNDLE: &str = include_str!("../../../schema/json/protocol.json");
/// Broken rules that are reported at most.
const MAX_DETAILS: usize = 20;

/// The rules of all events of the protocol.
#[derive(Clone)]
pub struct Validators(Arc<HashMap<Key, PayloadRules>>);

type Key = (&'static str, String);

/// The rules of one event's payload.
#[derive(Clone)]
pub struct PayloadRules {
    argument: Arc<str>,
    validator: Arc<Validator>,
}

/// The embedded bundle cannot be used: a defect of the build.
#[derive(Debug, thiserror::Error)]
#[error("schema/json/protocol.json cannot be used: {0}; run: cargo xtask generate")]
pub struct BundleError(String);

#[derive(Deserialize)]
struct Bundle {
    events: Vec<BundledEvent>,
    #[serde(rename = "$defs")]
    definitions: Value,
}

#[derive(Deserialize)]
struct BundledEvent {
    name: String,
    direction: Direction,
    arguments: Vec<BundledArgument>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Direction {
    Client,
    Server,
}

#[derive(Deserialize)]
struct BundledArgument {
    name: String,
    schema: Value,
}

impl Validators {
    /// Compiles the rules of every event that has an argument.
    ///
    /// # Errors
    /// When the embedded bundle is not what the generator writes.
    pub fn compile() -> Result<Self, BundleError> {
        let bundle: Bundle =
            serde_json::from_str(BUNDLE).map_err(|error| BundleError(error.to_string()))?;
        let mut rules = HashMap::new();
        for event in bundle.events {
            let Some(argument) = event.arguments.into_iter().next() else {
                continue;
            };
            let schema = json!({ "$defs": bundle.definitions, "allOf": [argument.schema] });
            let validator = jsonschema::options()
                .should_validate_formats(true)
                .build(&schema)
                .map_err(|error| BundleError(error.to_string()))?;
            let direction = match event.direction {
                Direction::Client => "client",
                Direction::Server => "server",
            };
            rules.insert(
                (direction, event.name),
                PayloadRules {
                    argument: argument.name.into(),
                    validator: validator.into(),
                },
            );
        }
        Ok(Self(rules.into()))
    }

    /// The rules of an event that clients send; `None` when it has no argument.
    #[must_use]
    pub fn of_client_event(&self, name: &str) -> Option<PayloadRules> {
        self.0.get(&("client", name.to_owned())).cloned()
    }

    /// The rules of an event that the server sends; `None` when it has no argument.
    #[must_use]
    pub fn of_server_event(&self, name: &str) -> Option<PayloadRules> {
        self.0.get(&("server", name.to_owned())).cloned()
    }
}

impl PayloadRules {
    /// Checks a payload.
    ///
    /// # Errors
    /// The broken rules, each with its place; never empty.
    pub fn check(&self, payload: &Value) -> Result<(), Vec<ErrorDetail>> {
        if self.validator.is_valid(payload) {
            return Ok(());
        }
        Err(self
            .validator
            .iter_errors(payload)
            .take(MAX_DETAILS)
            .map(|error| self.detail(&error))
            .collect())
    }

    /// The broken rule of a payload that is not there.
    #[must_use]
    pub fn missing(&self) -> Vec<ErrorDetail> {
        vec![ErrorDetail::new(
            "",
            format!("{} is required", as_subject(&self.argument)),
        )]
    }

    /// The broken rule of a payload that cannot be read at all.
    #[must_use]
    pub fn unreadable(&self) -> Vec<ErrorDetail> {
        vec![ErrorDetail::new(
            "",
            format!("{} is not readable JSON", as_subject(&self.argument)),
        )]
    }

    /// The broken rule of a payload with a binary attachment.
    #[must_use]
    pub fn binary(&self) -> Vec<ErrorDetail> {
        let subject = as_subject(&self.argument);
        vec![ErrorDetail::new(
            "",
            format!("{subject} must not contain binary data"),
        )]
    }

    fn detail(&self, error: &ValidationError<'_>) -> ErrorDetail {
        let place = error.instance_path().as_str().to_owned();
        if let ValidationErrorKind::Required {
            property: Value::String(property),
        } = error.kind()
        {
            let path = format!("{place}/{}", property.replace('~', "~0").replace('/', "~1"));
            return ErrorDetail::new(path, format!("{} is required", as_subject(property)));
        }
        let name = place.rsplit('/').next().filter(|name| !name.is_empty());
        let subject = as_subject(name.unwrap_or(&self.argument));
        ErrorDetail::new(place.as_str(), format!("{subject} {}", rule(error.kind())))
    }
}

/// What the broken rule demands. Built from the schema's side of the error only.
fn rule(kind: &ValidationErrorKind) -> String {
    use ValidationErrorKind as Kind;
    match kind {
        Kind::Type {
            kind: TypeKind::Single(expected),
        } => format!("must be {}", described(*expected)),
        Kind::MinLength { limit: 1 } => "must not be empty".into(),
        Kind::MinLength { limit } => format!("must be at least {limit} characters"),
        Kind::MaxLength { limit } => format!("must be at most {limit} characters"),
        Kind::Minimum { limit } => format!("must be at least {limit}"),
        Kind::Maximum { limit } => format!("must be at most {limit}"),
        Kind::Pattern { pattern } => format!("must match {pattern}"),
        Kind::Format { format } => format!("must be a {format}"),
        Kind::Enum { options } => format!("must be one of {options}"),
        other => format!("breaks the rule `{}`", other.keyword()),
    }
}

fn described(json_type: JsonType) -> &'static str {
    match json_type {
        JsonType::Array => "an array",
        JsonType::Boolean => "a boolean",
        JsonType::Integer => "a whole number",
        JsonType::Null => "null",
        JsonType::Number => "a number",
        JsonType::Object => "an object",
        JsonType::String => "a string",
    }
}

/// A field's name at the beginning of a sentence: words are capitalised, camelCase names are not.
fn as_subject(name: &str) -> String {
    if name.chars().any(|letter| !letter.is_ascii_lowercase()) {
        return name.to_owned();
    }
    let mut letters = name.chars();
    letters
        .next()
        .map(|first| first.to_ascii_uppercase())
        .into_iter()
        .chain(letters)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentences(event: &str, payload: &Value) -> Vec<(String, String)> {
        let rules = Validators::compile()
            .unwrap()
            .of_client_event(event)
            .unwrap();
        let details = rules.check(payload).unwrap_err();
        details
            .into_iter()
            .map(|detail| (detail.path, detail.message))
            .collect()
    }

    fn only(path: &str, message: &str) -> Vec<(String, String)> {
        vec![(path.into(), message.into())]
    }

    #[test]
    fn sentences_name_the_field_and_the_rule() {
        let event = "claude:execute";
        assert_eq!(
            sentences(event, &json!({})),
            only("/prompt", "Prompt is required")
        );
        assert_eq!(
            sentences(event, &json!({"prompt": ""})),
            only("/prompt", "Prompt must not be empty")
        );
        assert_eq!(
            sentences(event, &json!({"prompt": "x".repeat(100_001)})),
            only("/prompt", "Prompt must be at most 100000 characters")
        );
        assert_eq!(
            sentences(event, &json!({"prompt": "x", "timeoutMs": 0})),
            only("/timeoutMs", "timeoutMs must be at least 1")
        );
        assert_eq!(
            sentences(event, &json!({"prompt": "x", "timeoutMs": 1.5})),
            only("/timeoutMs", "timeoutMs must be a whole number")
        );
        assert_eq!(
            sentences(event, &json!(["x"])),
            only("", "Payload must be an object")
        );
        assert_eq!(
            sentences("joinRoom", &json!(7)),
            only("", "Room must be a string")
        );
    }

    #[test]
    fn sentences_never_contain_the_value() {
        let secret = "marker-of-the-value";
        for payload in [
            json!(secret),
            json!({ "prompt": [secret] }),
            json!({ "model": secret }),
        ] {
            for (_, sentence) in sentences("claude:execute", &payload) {
                assert!(!sentence.contains(secret), "{sentence}");
            }
        }
    }
}
