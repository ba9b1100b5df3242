//! The reader: turns what was captured into a transcript that is the same every time.
//!
//! Ids, times and names become tokens, chunks of output are joined, and sentences that nobody
//! fixed become `<text>`. It is the one place where that happens.

mod order;

pub use order::{chunk, process_lane};

use crate::contract::{Contract, Fields, Rules, fixed_part, is_sentence, varies};
use crate::transcript::{Act, NotATranscript, Step, Transcript};
use order::{in_order, joined};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A conversation as it was captured: a transcript with real values, and what some of them mean.
#[derive(Debug, Clone)]
pub struct Session {
    /// Real values and the tokens that stand for them.
    pub names: BTreeMap<String, String>,
    /// What happened, in the order of arrival.
    pub transcript: Transcript,
}

/// What becomes of sentences that are the server's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sentences {
    /// They stay, as a snapshot shows them.
    Stay,
    /// They become `<text>`, as any server may put them its own way.
    Become,
}

impl Session {
    /// Reads a captured session.
    ///
    /// # Errors
    /// When it is not one; the message says why.
    pub fn parse(story: &str, text: &str) -> Result<Self, NotATranscript> {
        #[derive(Deserialize)]
        struct Names {
            #[serde(default)]
            names: BTreeMap<String, String>,
        }
        let transcript = Transcript::parse(story, text)?;
        let names: Names = serde_json::from_str(text).map_err(|error| NotATranscript {
            story: story.to_owned(),
            problem: error.to_string(),
        })?;
        Ok(Self {
            names: names.names,
            transcript,
        })
    }

    /// The transcript of it.
    #[must_use]
    pub fn read(self, sentences: Sentences) -> Transcript {
        let mut transcript = self.transcript;
        let mut reader = Reader::new(self.names, sentences);
        for client in transcript.clients.values_mut() {
            client.auth = client.auth.take().map(|auth| reader.value(&auth));
            for header in client.headers.values_mut() {
                *header = reader.text(header);
            }
        }
        let steps = joined(in_order(transcript.steps));
        let clients = &transcript.clients;
        transcript.steps = steps
            .into_iter()
            .map(|step| reader.step(step, |name| &clients[name].namespace))
            .collect();
        transcript
    }
}

struct Reader {
    /// Longest first, so that no name hides in another.
    names: Vec<(String, String)>,
    sentences: Sentences,
    processes: usize,
    told: Vec<String>,
    numbers: Vec<String>,
    asked: BTreeMap<u32, String>,
}

impl Reader {
    fn new(names: BTreeMap<String, String>, sentences: Sentences) -> Self {
        let tokens: Vec<_> = names
            .values()
            .filter(|it| it.starts_with("<processId:"))
            .collect();
        let processes = tokens.len();
        let mut reader = Self {
            names: names.into_iter().collect(),
            sentences,
            processes,
            told: Vec::new(),
            numbers: Vec::new(),
            asked: BTreeMap::new(),
        };
        reader.sort_names();
        reader
    }

    fn sort_names(&mut self) {
        self.names
            .sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    }

    fn step<'a>(&mut self, step: Step, namespace: impl Fn(&str) -> &'a String) -> Step {
        match step {
            Step::Socket { client, act } => {
                let act = self.act(act, &client, namespace(&client));
                Step::Socket { client, act }
            }
            Step::Request(mut request) => {
                for header in request.headers.values_mut() {
                    *header = self.text(header);
                }
                request.body = request.body.map(|body| self.value(&body));
                request.answer = request.answer.map(|answer| self.value(&answer));
                Step::Request(request)
            }
            step => step,
        }
    }

    fn act(&mut self, act: Act, client: &str, namespace: &str) -> Act {
        let contract = Contract::get();
        match act {
            Act::IsRefused { message } => Act::IsRefused {
                message: self.sentence(&message),
            },
            Act::Emits {
                event,
                arguments,
                callback,
            } => {
                arguments.iter().for_each(|argument| self.note(argument));
                self.asked
                    .extend(callback.map(|number| (number, event.clone())));
                let arguments = arguments.iter().map(|value| self.value(value)).collect();
                Act::Emits {
                    event,
                    arguments,
                    callback,
                }
            }
            Act::Receives { event, payload } => {
                let payload = self.payload(contract.event(namespace, &event), &payload, client);
                Act::Receives { event, payload }
            }
            Act::IsCalledBack { callback, with } => {
                let asked = self.asked.get(&callback).cloned().unwrap_or_default();
                let with = self.payload(contract.callback(namespace, &asked), &with, client);
                Act::IsCalledBack { callback, with }
            }
            act => act,
        }
    }

    fn note(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.told.push(text.clone()),
            Value::Number(number) if number.as_u64().is_some_and(|it| it >= 100) => {
                self.numbers.push(number.to_string());
            }
            Value::Array(items) => items.iter().for_each(|item| self.note(item)),
            Value::Object(fields) => fields.values().for_each(|value| self.note(value)),
            _ => {}
        }
    }

    fn payload(&mut self, rules: Option<&Rules>, payload: &Value, client: &str) -> Value {
        match rules.filter(|rules| rules.is_the_servers()) {
            None => self.value(payload),
            Some(rules) => self.of_the_server(Some(rules.schema()), "", payload, client),
        }
    }

    /// A part of a payload that is the server's own, at a field whose schema is known.
    fn of_the_server(
        &mut self,
        schema: Option<&Value>,
        field: &str,
        value: &Value,
        client: &str,
    ) -> Value {
        let contract = Contract::get();
        let resolved = schema.map(|schema| contract.resolve(schema));
        let name = resolved.and_then(|(name, _)| name);
        match value {
            Value::Object(fields) => {
                let read = fields.iter().map(|(key, value)| {
                    let schema = schema.and_then(|schema| contract.field(schema, key));
                    (key.clone(), self.of_the_server(schema, key, value, client))
                });
                Value::Object(read.collect::<Fields>())
            }
            Value::Array(items) => {
                let schema = resolved.map(|(_, schema)| &schema["items"]);
                let read = items
                    .iter()
                    .map(|item| self.of_the_server(schema, field, item, client));
                Value::Array(read.collect())
            }
            Value::String(_) if field == "connectedAt" => json!(format!("<connectedAt:{client}>")),
            Value::String(_) if name == Some("Timestamp") => json!("<time>"),
            Value::String(id) if name == Some("ProcessId") => json!(self.process(id)),
            Value::String(sentence) if is_sentence(field) => json!(self.sentence(sentence)),
            Value::Number(_) if field == "timestamp" => json!("<millis>"),
            Value::Number(_) if field == "durationMs" => json!("<duration>"),
            Value::Number(latency) if field == "latency" && latency.as_f64() > Some(0.0) => {
                json!("<latency>")
            }
            other => self.value(other),
        }
    }

    fn process(&mut self, id: &str) -> String {
        let is_known = self.names.iter().any(|(name, _)| name == id);
        if !is_known && !id.starts_with('<') && !self.told.iter().any(|told| told == id) {
            self.processes += 1;
            let token = format!("<processId:{}>", self.processes);
            self.names.push((id.to_owned(), token));
            self.sort_names();
        }
        self.text(id)
    }

    fn sentence(&self, sentence: &str) -> String {
        match self.sentences {
            Sentences::Stay if !varies(sentence) => self.text(sentence),
            Sentences::Stay | Sentences::Become => fixed_part(&self.text(sentence), &self.numbers),
        }
    }

    fn value(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => json!(self.text(text)),
            Value::Array(items) => items.iter().map(|item| self.value(item)).collect(),
            Value::Object(fields) => {
                let fields = fields.iter();
                fields
                    .map(|(key, value)| (key.clone(), self.value(value)))
                    .collect()
            }
            other => other.clone(),
        }
    }

    fn text(&self, text: &str) -> String {
        if let Some(repeated) = repeated(text) {
            return repeated;
        }
        let mut text = text.to_owned();
        for (name, token) in self.names.iter().filter(|(name, _)| !name.is_empty()) {
            text = text.replace(name.as_str(), token);
        }
        text
    }
}

/// A long text of one character, as its token.
fn repeated(text: &str) -> Option<String> {
    const LONG: usize = 100;
    let first = text.chars().next()?;
    let length = text.chars().count();
    (length >= LONG && text.chars().all(|it| it == first))
        .then(|| format!("<repeat:{first}:{length}>"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was captured: ids, a user's name and a time are real, and the output comes in chunks.
    const CAPTURED: &str = r#"{
      "about": "A captured session.",
      "names": { "u-17": "<user:ada>", "sock-1": "<socketId:ada>" },
      "clients": { "ada": { "namespace": "/" }, "grace": { "namespace": "/" } },
      "steps": [
        { "ada": "emits", "event": "claude:execute", "arguments": [{ "prompt": "hi", "timeoutMs": 600 }], "callback": 4 },
        { "grace": "receives", "event": "pong", "payload": { "timestamp": 1700000000000 } },
        { "ada": "is called back", "callback": 4, "with": { "success": true, "processId": "claude_1" } },
        { "ada": "receives", "event": "claude:progress", "payload":
          { "processId": "claude_1", "status": "running", "data": "Hel", "timestamp": "2026-01-31T12:00:00.000Z" } },
        { "ada": "receives", "event": "claude:progress", "payload":
          { "processId": "claude_2", "status": "running", "data": "Other", "timestamp": "2026-01-31T12:00:00.000Z" } },
        { "ada": "receives", "event": "claude:progress", "payload":
          { "processId": "claude_1", "status": "running", "data": "lo", "timestamp": "2026-01-31T12:00:00.000Z" } },
        { "ada": "receives", "event": "claude:error", "payload":
          { "processId": "claude_1", "code": "EXECUTION_ERROR", "message": "More than 600 ms", "timestamp": "2026-01-31T12:00:00.000Z" } }
      ]
    }"#;

    #[test]
    fn a_captured_session_becomes_a_transcript() {
        let session = Session::parse("claude/captured", CAPTURED).unwrap();
        let transcript = session.read(Sentences::Become);
        let lines: Vec<_> = transcript
            .steps
            .iter()
            .map(crate::format::step_line)
            .collect();
        let report = |process: usize, data: &str| {
            format!(
                r#"{{ "ada": "receives", "event": "claude:progress", "payload": {{ "data": "{data}", "processId": "<processId:{process}>", "status": "running", "timestamp": "<time>" }} }}"#
            )
        };
        let expected = [
            r#"{ "ada": "emits", "event": "claude:execute", "arguments": [{ "prompt": "hi", "timeoutMs": 600 }], "callback": 4 }"#.to_owned(),
            r#"{ "ada": "is called back", "callback": 4, "with": { "processId": "<processId:1>", "success": true } }"#.to_owned(),
            report(1, "Hello"),
            r#"{ "ada": "receives", "event": "claude:error", "payload": { "code": "EXECUTION_ERROR", "message": "<text>600<text>", "processId": "<processId:1>", "timestamp": "<time>" } }"#.to_owned(),
            report(2, "Other"),
            r#"{ "grace": "receives", "event": "pong", "payload": { "timestamp": "<millis>" } }"#.to_owned(),
        ];
        assert_eq!(lines, expected);
        let again = Transcript::parse("claude/captured", &transcript.to_text()).unwrap();
        assert_eq!(again, transcript);
    }

    #[test]
    fn names_become_tokens_wherever_they_stand() {
        let reader = Reader::new(
            [("u-17".to_owned(), "<user:ada>".to_owned())].into(),
            Sentences::Become,
        );
        assert_eq!(
            reader.value(&json!(["user:u-17"])),
            json!(["user:<user:ada>"])
        );
        assert_eq!(reader.text(&"x".repeat(129)), "<repeat:x:129>");
    }
}
