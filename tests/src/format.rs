//! How a transcript is written: one step a line where it fits, always the same for the same story.

use crate::transcript::{Act, Client, RedisStep, Request, Step, Transcript};
use serde_json::{Value, json};
use std::fmt::Write;

const WIDTH: usize = 100;

impl Transcript {
    /// The text of its file.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = String::from("{\n");
        let needs: Vec<String> = self.needs.iter().map(ToString::to_string).collect();
        let _ = writeln!(text, "  \"about\": {},", json!(self.about));
        let _ = writeln!(text, "  \"needs\": {},", spaced(&json!(needs)));
        text.push_str("  \"clients\": {\n");
        let clients = self.clients.iter().map(|(name, client)| {
            format!(
                "    {}: {}",
                json!(name),
                spread(&client_fields(client), 4, name.len() + 8)
            )
        });
        text.push_str(&clients.collect::<Vec<_>>().join(",\n"));
        text.push_str("\n  },\n  \"steps\": [\n");
        let steps = self.steps.iter().map(|step| {
            let line = spread(&step_fields(step), 4, 4);
            format!("    {line}")
        });
        text.push_str(&steps.collect::<Vec<_>>().join(",\n"));
        text.push_str("\n  ]\n}\n");
        text
    }
}

/// A step on one line, as it stands in the file.
#[must_use]
pub fn step_line(step: &Step) -> String {
    one_line(&step_fields(step))
}

type Fields = Vec<(String, Value)>;

fn client_fields(client: &Client) -> Fields {
    let mut fields = vec![("namespace".to_owned(), json!(client.namespace))];
    fields.extend(client.auth.clone().map(|auth| ("auth".to_owned(), auth)));
    if !client.headers.is_empty() {
        fields.push(("headers".to_owned(), json!(client.headers)));
    }
    fields
}

fn step_fields(step: &Step) -> Fields {
    let of = |fields: &[(&str, Value)]| -> Fields {
        let owned = fields.iter();
        owned
            .map(|(key, value)| ((*key).to_owned(), value.clone()))
            .collect()
    };
    match step {
        Step::Socket { client, act } => act_fields(client, act),
        Step::Redis(RedisStep::Stops) => of(&[("redis", json!("stops"))]),
        Step::Redis(RedisStep::Starts) => of(&[("redis", json!("starts"))]),
        Step::Wait { ms, because } => of(&[("waitMs", json!(ms)), ("because", json!(because))]),
        Step::Request(request) => request_fields(request),
    }
}

fn request_fields(request: &Request) -> Fields {
    let mut fields = vec![("request".to_owned(), json!(request.request))];
    if !request.headers.is_empty() {
        fields.push(("headers".to_owned(), json!(request.headers)));
    }
    fields.extend(request.body.clone().map(|body| ("body".to_owned(), body)));
    fields.push(("status".to_owned(), json!(request.status)));
    fields.extend(
        request
            .answer
            .clone()
            .map(|answer| ("answer".to_owned(), answer)),
    );
    if !request.mentions.is_empty() {
        fields.push(("mentions".to_owned(), json!(request.mentions)));
    }
    fields
}

fn act_fields(client: &str, act: &Act) -> Fields {
    let (verb, rest) = match act {
        Act::Connects => ("connects", vec![]),
        Act::IsRefused { message } => ("is refused", vec![("message", json!(message))]),
        Act::Emits {
            event,
            arguments,
            callback,
        } => {
            let mut rest = vec![("event", json!(event))];
            if !arguments.is_empty() {
                rest.push(("arguments", json!(arguments)));
            }
            rest.extend(callback.map(|number| ("callback", json!(number))));
            ("emits", rest)
        }
        Act::Receives { event, payload } => (
            "receives",
            vec![("event", json!(event)), ("payload", payload.clone())],
        ),
        Act::IsCalledBack { callback, with } => (
            "is called back",
            vec![("callback", json!(callback)), ("with", with.clone())],
        ),
        Act::Disconnects => ("disconnects", vec![]),
        Act::IsDisconnected => ("is disconnected", vec![]),
    };
    let first = std::iter::once((client.to_owned(), json!(verb)));
    first
        .chain(rest.into_iter().map(|(key, value)| (key.to_owned(), value)))
        .collect()
}

/// On one line if it fits, else one field a line.
fn spread(fields: &Fields, indent: usize, used: usize) -> String {
    let line = one_line(fields);
    if used + line.chars().count() < WIDTH {
        return line;
    }
    let inner = " ".repeat(indent + 2);
    let lines = fields.iter().map(|(key, value)| {
        let used = indent + key.len() + 6;
        format!(
            "{inner}{}: {}",
            json!(key),
            value_text(value, indent + 2, used)
        )
    });
    format!(
        "{{\n{}\n{}}}",
        lines.collect::<Vec<_>>().join(",\n"),
        " ".repeat(indent)
    )
}

fn value_text(value: &Value, indent: usize, used: usize) -> String {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            let fields = fields
                .iter()
                .map(|(key, value)| (key.clone(), value.clone()));
            spread(&fields.collect(), indent, used)
        }
        Value::Array(items) if !items.is_empty() => {
            let line = spaced(value);
            if used + line.chars().count() < WIDTH {
                return line;
            }
            let inner = " ".repeat(indent + 2);
            let items = items
                .iter()
                .map(|item| format!("{inner}{}", value_text(item, indent + 2, indent + 2)));
            format!(
                "[\n{}\n{}]",
                items.collect::<Vec<_>>().join(",\n"),
                " ".repeat(indent)
            )
        }
        _ => value.to_string(),
    }
}

fn one_line(fields: &Fields) -> String {
    if fields.is_empty() {
        return "{}".to_owned();
    }
    let fields = fields
        .iter()
        .map(|(key, value)| format!("{}: {}", json!(key), spaced(value)));
    format!("{{ {} }}", fields.collect::<Vec<_>>().join(", "))
}

/// JSON on one line with spaces as prettier sets them.
#[must_use]
pub fn spaced(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let fields = fields
                .iter()
                .map(|(key, value)| (key.clone(), value.clone()));
            one_line(&fields.collect())
        }
        Value::Array(items) => {
            format!(
                "[{}]",
                items.iter().map(spaced).collect::<Vec<_>>().join(", ")
            )
        }
        _ => value.to_string(),
    }
}
