//! The contract: what the protocol's schemas, the document and the decisions fix about a payload.
//!
//! Here, and nowhere else, is decided which parts of a payload are the same on every server.

use jsonschema::Validator;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// Sentences that the document or the decisions fix to the letter. All other sentences of a server
/// are its own.
pub const SENTENCES: [&str; 16] = [
    "Token is required",
    "Invalid token",
    "Token has expired",
    "Token not yet valid",
    "Token missing user identifier",
    "Room is reserved",
    "Authentication required to execute Claude commands",
    "Authentication required to query Claude processes",
    "Authentication required to cancel Claude processes",
    "Process started",
    "Queue is full",
    "Process cancelled successfully",
    "Process was cancelled by user",
    "Process not found",
    "Access denied",
    "Could not cancel process (may already be completed)",
];
/// Sentences that begin with these words.
const BEGINNINGS: [&str; 1] = ["Rate limit exceeded"];
/// Sentences that consist of these words and a number.
const NUMBERED: [&str; 1] = ["Queue position: "];

/// Fields that hold a sentence of the server's, in what the server itself says.
const SENTENCE_FIELDS: [&str; 2] = ["message", "error"];

/// Fields of events that a server may leave out.
const OPTIONAL: [(&str, &str); 2] = [("error", "event"), ("error", "details")];

/// Fields of events that a server may add to what the transcript shows.
const ADDITIONAL: [(&str, &str); 2] = [
    ("claude:progress", "progress"),
    ("claude:progress", "message"),
];

/// Which comes first: the callback of a client event, or an event of the server that goes with it.
pub const ORDER: [(&str, &str, First); 6] = [
    ("ping", "pong", First::Event),
    ("heartbeat", "heartbeatAck", First::Event),
    ("claude:execute", "claude:queued", First::Callback),
    ("claude:execute", "claude:progress", First::Callback),
    ("claude:execute", "claude:complete", First::Callback),
    ("claude:cancel", "claude:error", First::Callback),
];

/// What must come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum First {
    /// The server's event.
    Event,
    /// The callback.
    Callback,
}

/// The protocol's events with their schemas.
pub struct Contract {
    defs: Value,
    rules: BTreeMap<(String, String), Rules>,
}

/// What is fixed about one payload.
pub struct Rules {
    name: String,
    says: Says,
    schema: Value,
    validator: Validator,
    namespaces: Vec<String>,
}

/// Whose words a payload holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    /// The server's own.
    Server,
    /// A publisher's: nothing in it is the server's.
    Publisher,
}

impl Contract {
    /// The contract of `schema/json/protocol.json`.
    ///
    /// # Panics
    /// When the bundle of the repository is broken.
    pub fn get() -> &'static Self {
        static CONTRACT: OnceLock<Contract> = OnceLock::new();
        CONTRACT.get_or_init(|| {
            let text = include_str!("../../schema/json/protocol.json");
            Self::new(&serde_json::from_str(text).expect("the bundle is JSON"))
        })
    }

    fn new(bundle: &Value) -> Self {
        let mut rules = BTreeMap::new();
        for event in bundle["events"].as_array().into_iter().flatten() {
            let name = event["name"].as_str().unwrap_or_default().to_owned();
            let direction = event["direction"].as_str().unwrap_or_default().to_owned();
            let schema = match direction.as_str() {
                "client" => &event["callback"]["schema"],
                _ => &event["arguments"][0]["schema"],
            };
            let published = ["mediaSubscribers", "user"].map(|audience| json!(audience));
            let says = match published.contains(&event["audience"]) {
                true => Says::Publisher,
                false => Says::Server,
            };
            let names = event["namespaces"].as_array().into_iter().flatten();
            let namespaces = names.filter_map(Value::as_str).map(str::to_owned).collect();
            let complete = json!({ "$defs": bundle["$defs"], "allOf": [schema] });
            let validator = crate::bundle::validator(&complete);
            let schema = schema.clone();
            let one = Rules {
                name: name.clone(),
                says,
                schema,
                validator,
                namespaces,
            };
            rules.insert((direction, name), one);
        }
        Self {
            defs: bundle["$defs"].clone(),
            rules,
        }
    }

    /// The rules of the payload of an event that a server sends on a namespace.
    #[must_use]
    pub fn event(&self, namespace: &str, name: &str) -> Option<&Rules> {
        self.rules("server", namespace, name)
    }

    /// The rules of the callback of an event that a client sends on a namespace.
    #[must_use]
    pub fn callback(&self, namespace: &str, name: &str) -> Option<&Rules> {
        self.rules("client", namespace, name)
    }

    fn rules(&self, direction: &str, namespace: &str, name: &str) -> Option<&Rules> {
        let rules = self.rules.get(&(direction.to_owned(), name.to_owned()));
        rules.filter(|rules| rules.namespaces.iter().any(|it| it == namespace))
    }

    /// All events of a direction, with the namespaces they exist on.
    pub fn events(&self, direction: &str) -> impl Iterator<Item = (&str, &[String])> {
        let rules = self
            .rules
            .iter()
            .filter(move |((it, _), _)| it == direction);
        rules.map(|((_, name), rules)| (name.as_str(), rules.namespaces.as_slice()))
    }

    /// The values of an enumeration of the schema.
    #[must_use]
    pub fn values(&self, name: &str) -> Vec<&str> {
        let values = self.defs[name]["enum"].as_array();
        values
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect()
    }

    /// Whether the callback of a client event can say no.
    #[must_use]
    pub fn can_refuse(&self, event: &str) -> bool {
        let rules = self.rules.get(&("client".to_owned(), event.to_owned()));
        rules.is_some_and(|rules| self.field(&rules.schema, "error").is_some())
    }

    /// The definition that a schema refers to, with its name.
    #[must_use]
    pub fn resolve<'a>(&'a self, schema: &'a Value) -> (Option<&'a str>, &'a Value) {
        let name = schema["$ref"]
            .as_str()
            .and_then(|it| it.strip_prefix("#/$defs/"));
        match name {
            Some(name) => (Some(name), self.resolve(&self.defs[name]).1),
            None => (None, schema),
        }
    }

    /// The schema of a field of an object, if its schema declares it.
    #[must_use]
    pub fn field<'a>(&'a self, schema: &'a Value, name: &str) -> Option<&'a Value> {
        self.resolve(schema).1["properties"].get(name)
    }
}

impl Rules {
    /// The schema of the payload.
    #[must_use]
    pub fn schema(&self) -> &Value {
        &self.schema
    }

    /// What breaks the schema, with its place; `None` when nothing does.
    #[must_use]
    pub fn complaint(&self, payload: &Value) -> Option<String> {
        let error = self.validator.iter_errors(payload).next()?;
        let place = error.instance_path().to_string();
        Some(match place.as_str() {
            "" => format!("the schema of `{}` says: {error}", self.name),
            place => format!("at {place} the schema of `{}` says: {error}", self.name),
        })
    }

    /// Whether the payload is the server's own words, rather than those of a publisher.
    #[must_use]
    pub fn is_the_servers(&self) -> bool {
        self.says == Says::Server
    }

    /// Whether a server may leave this field of the payload out.
    #[must_use]
    pub fn may_lack(&self, field: &str) -> bool {
        OPTIONAL.contains(&(&self.name, field))
    }
}

impl Rules {
    /// Whether a server may add this field of the protocol where the transcript has none.
    #[must_use]
    pub fn may_add(&self, field: &str) -> bool {
        ADDITIONAL.contains(&(&self.name, field))
    }
}

/// Whether a field of the server's own holds a sentence.
#[must_use]
pub fn is_sentence(field: &str) -> bool {
    SENTENCE_FIELDS.contains(&field)
}

/// Whether a sentence differs each time, such as one that names the seconds to wait.
#[must_use]
pub fn varies(sentence: &str) -> bool {
    BEGINNINGS.iter().any(|words| sentence.starts_with(words))
}

/// What is fixed about a sentence: all of it, its beginning, the numbers it must name, or nothing.
#[must_use]
pub fn fixed_part(sentence: &str, numbers: &[String]) -> String {
    let numbered = NUMBERED.iter().any(|words| sentence.starts_with(words));
    if SENTENCES.contains(&sentence) || numbered {
        return sentence.to_owned();
    }
    if let Some(words) = BEGINNINGS.iter().find(|words| sentence.starts_with(*words)) {
        return format!("{words}<text>");
    }
    let named = |number: &&String| {
        sentence
            .split(|c: char| !c.is_ascii_digit())
            .any(|digits| digits == number.as_str())
    };
    match numbers.iter().find(named) {
        Some(number) => format!("<text>{number}<text>"),
        None => "<text>".to_owned(),
    }
}

/// Fields of an object.
pub type Fields = Map<String, Value>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_fixed_words_stay() {
        assert_eq!(fixed_part("Queue position: 3", &[]), "Queue position: 3");
        assert_eq!(fixed_part("Room is reserved", &[]), "Room is reserved");
        let limited = "Rate limit exceeded: try again in 3 s";
        assert_eq!(fixed_part(limited, &[]), "Rate limit exceeded<text>");
        let late = "Process timed out after 300 ms";
        assert_eq!(fixed_part(late, &["300".to_owned()]), "<text>300<text>");
        assert_eq!(fixed_part(late, &["30".to_owned()]), "<text>");
    }
}
