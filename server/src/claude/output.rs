//! What the CLI's output means: text for the clients, and what the CLI says about its answer.
//!
//! Pure: pieces of standard output in, text out. The lines are those of `--output-format
//! stream-json`; a CLI that prints plain text works too.

use super::lines::{Lines, Piece};
use serde::Deserialize;
use serde_json::Value;
use slop_schema::claude::{ClaudeParsedResponse, ClaudeUsage};
use slop_schema::scalar::SafeUint;
use std::collections::{BTreeMap, HashSet};

/// The model of assistant lines that the CLI makes up itself.
const SYNTHETIC_MODEL: &str = "<synthetic>";

/// Something to tell the clients.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// A chunk of output.
    Text(String),
    /// A status message.
    Message(String),
}

/// Reads the CLI's standard output.
#[derive(Default)]
pub(super) struct Output {
    lines: Lines,
    max_text_bytes: Option<usize>,
    spoke_json: bool,
    slot: Slot,
    finished_messages: HashSet<String>,
    content: String,
    model: Option<String>,
    saw_message_stop: bool,
    result: Option<ResultLine>,
}

/// The message the CLI is writing. A dropped stream is asked for again, so the same message may
/// come twice; what was shown of it is not shown again.
#[derive(Default)]
struct Slot {
    message: Option<String>,
    text: String,
    shown: String,
    /// Where each block begins in `text`.
    blocks: Vec<usize>,
    /// Whether `text` is just what was shown: the usual case, in which nothing is compared.
    in_step: bool,
}

/// What is known once the output has ended.
pub(super) struct Conclusion {
    /// What the CLI said about its answer; absent without a result line.
    pub(super) parsed_response: Option<ClaudeParsedResponse>,
    /// The error the CLI reported on its standard output.
    pub(super) reported_error: Option<String>,
    /// Whether the answer is known to be whole.
    pub(super) is_whole: bool,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Line {
    System(SystemLine),
    StreamEvent(StreamLine),
    Assistant(AssistantLine),
    Result(Box<ResultLine>),
    User {},
    RateLimitEvent {},
}

#[derive(Deserialize)]
struct SystemLine {
    subtype: Option<String>,
    attempt: Option<u64>,
    max_retries: Option<u64>,
}

#[derive(Deserialize)]
struct StreamLine {
    event: Value,
    parent_tool_use_id: Option<String>,
    /// On an end that the CLI makes up itself, when the stream was dropped.
    abandoned_blocks: Option<AbandonedBlocks>,
}

#[derive(Deserialize)]
struct AbandonedBlocks {
    from_block_index: usize,
}

#[derive(Deserialize)]
struct AssistantLine {
    message: AssistantMessage,
    parent_tool_use_id: Option<String>,
}

#[derive(Deserialize)]
struct AssistantMessage {
    id: Option<String>,
    model: Option<String>,
    #[serde(default)]
    content: Vec<Value>,
}

#[derive(Deserialize)]
struct ResultLine {
    #[serde(default)]
    is_error: bool,
    result: Option<String>,
    stop_reason: Option<String>,
    usage: Option<ApiUsage>,
    #[serde(default, rename = "modelUsage")]
    model_usage: BTreeMap<String, ModelUsage>,
    #[serde(default)]
    errors: Vec<Value>,
}

#[derive(Deserialize, Clone, Copy, Default)]
struct ApiUsage {
    #[serde(default)]
    input_tokens: u64,
    #[serde(default)]
    output_tokens: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ModelUsage {
    #[serde(default)]
    input_tokens: u64,
    #[serde(default)]
    output_tokens: u64,
}

impl Output {
    /// Takes in about so much text of the CLI's messages and no more, which is cut by then.
    pub(super) fn up_to(max_text_bytes: usize) -> Self {
        Self {
            max_text_bytes: Some(max_text_bytes),
            ..Self::default()
        }
    }

    /// Takes bytes of standard output in and hands out what to show: text that came in one read is
    /// one chunk.
    pub(super) fn feed(&mut self, bytes: &[u8], show: &mut impl FnMut(Shown)) {
        let mut chunk = String::new();
        let mut join = |shown| match shown {
            Shown::Text(text) if chunk.is_empty() => chunk = text,
            Shown::Text(text) => chunk.push_str(&text),
            Shown::Message(message) => {
                show_text(std::mem::take(&mut chunk), show);
                show(Shown::Message(message));
            }
        };
        let mut lines = std::mem::take(&mut self.lines);
        lines.feed(bytes, |piece| self.piece(piece, &mut join));
        self.lines = lines;
        show_text(chunk, show);
    }

    /// Says what is known when the output has ended.
    pub(super) fn finish(mut self, show: &mut impl FnMut(Shown)) -> Conclusion {
        let mut lines = std::mem::take(&mut self.lines);
        lines.finish(|piece| self.piece(piece, show));
        self.end_message();
        let is_whole = !self.spoke_json || self.result.is_some() || self.saw_message_stop;
        let reported_error = self
            .result
            .as_ref()
            .filter(|result| result.is_error)
            .map(|result| {
                let sentence = result.result.clone().filter(|text| !text.is_empty());
                sentence
                    .or_else(|| Some(result.errors.first()?.as_str()?.to_owned()))
                    .unwrap_or_default()
            });
        let parsed_response = self.result.as_ref().map(|result| {
            let mut parsed = ClaudeParsedResponse {
                content: std::mem::take(&mut self.content),
                usage: result.usage(),
                model: self.model.take(),
                stop_reason: result.stop_reason.clone(),
            };
            if parsed.content.is_empty() && !result.is_error {
                parsed.content = result.result.clone().unwrap_or_default();
            }
            parsed
        });
        Conclusion {
            parsed_response,
            reported_error,
            is_whole,
        }
    }

    fn piece(&mut self, piece: Piece, show: &mut impl FnMut(Shown)) {
        match piece {
            Piece::Plain(text) => show(Shown::Text(text)),
            Piece::JsonLine(line) => match serde_json::from_str::<Line>(&line) {
                Ok(parsed) => {
                    self.spoke_json = true;
                    self.line(parsed, show);
                }
                // Types of a newer CLI are ignored, once it is clear that it is the CLI who speaks.
                Err(_) if self.spoke_json && has_type(&line) => {}
                Err(_) => show(Shown::Text(line + "\n")),
            },
        }
    }

    fn line(&mut self, line: Line, show: &mut impl FnMut(Shown)) {
        match line {
            Line::System(system) => {
                if system.subtype.as_deref() == Some("api_retry") {
                    let attempt = system.attempt.unwrap_or(1);
                    let of = system
                        .max_retries
                        .map(|max| format!("/{max}"))
                        .unwrap_or_default();
                    show(Shown::Message(format!("Retrying ({attempt}{of})")));
                }
            }
            Line::StreamEvent(stream) if stream.parent_tool_use_id.is_none() => {
                match stream.abandoned_blocks {
                    Some(blocks) => self.content += &self.slot.abandon(blocks.from_block_index),
                    None => self.stream_event(&stream.event, show),
                }
            }
            Line::Assistant(line) if line.parent_tool_use_id.is_none() => {
                self.assistant(line.message, show);
            }
            Line::Result(result) => self.result = Some(*result),
            Line::StreamEvent(_) | Line::Assistant(_) | Line::User {} | Line::RateLimitEvent {} => {
            }
        }
    }

    fn stream_event(&mut self, event: &Value, show: &mut impl FnMut(Shown)) {
        match event["type"].as_str() {
            Some("message_start") => {
                self.slot
                    .begin(event["message"]["id"].as_str().map(str::to_owned));
            }
            Some("content_block_start") => self.slot.begin_block(),
            Some("content_block_delta") if event["delta"]["type"] == "text_delta" => {
                self.extend(event["delta"]["text"].as_str().unwrap_or_default(), show);
            }
            Some("message_stop") => {
                self.saw_message_stop = true;
                self.end_message();
            }
            _ => {}
        }
    }

    /// A whole message. It repeats what was streamed, unless the stream was dropped and the message
    /// asked for again, or nothing was streamed at all.
    fn assistant(&mut self, message: AssistantMessage, show: &mut impl FnMut(Shown)) {
        if message.model.as_deref() == Some(SYNTHETIC_MODEL) {
            return;
        }
        if message.model.is_some() {
            self.model = message.model;
        }
        let known = message.id.is_some()
            && (message.id == self.slot.message
                || message
                    .id
                    .as_ref()
                    .is_some_and(|id| self.finished_messages.contains(id)));
        if known {
            return;
        }
        let text: String = message
            .content
            .iter()
            .filter_map(|block| block["text"].as_str())
            .collect();
        self.slot.begin(message.id);
        self.extend(&text, show);
        self.end_message();
    }

    fn extend(&mut self, text: &str, show: &mut impl FnMut(Shown)) {
        let taken = self.content.len() + self.slot.text.len();
        if self.max_text_bytes.is_none_or(|max| taken <= max) {
            self.slot.extend(text, show);
        }
    }

    fn end_message(&mut self) {
        let slot = std::mem::take(&mut self.slot);
        self.finished_messages.extend(slot.message);
        self.content.push_str(&slot.text);
    }
}

impl Slot {
    /// A message begins; what was shown of an unfinished one stays for comparison.
    fn begin(&mut self, message: Option<String>) {
        self.message = message;
        self.text.clear();
        self.blocks.clear();
        self.in_step = self.shown.is_empty();
    }

    fn begin_block(&mut self) {
        self.blocks.push(self.text.len());
    }

    /// The stream was dropped. What came before this block stays, and is handed out; the rest will
    /// be asked for again and compared with what was shown of it.
    fn abandon(&mut self, from_block: usize) -> String {
        let kept = self
            .blocks
            .get(from_block)
            .copied()
            .unwrap_or(self.text.len());
        // All that is in `text` was shown.
        self.shown.drain(..kept);
        self.text.truncate(kept);
        let kept = std::mem::take(&mut self.text);
        self.begin(None);
        kept
    }

    /// Adds text and shows what exceeds the text already shown.
    fn extend(&mut self, text: &str, show: &mut impl FnMut(Shown)) {
        self.text.push_str(text);
        if self.in_step || self.shown.is_empty() {
            self.in_step = true;
            self.shown.push_str(text);
            return show_text(text.to_owned(), show);
        }
        if let Some(more) = self.text.strip_prefix(self.shown.as_str()) {
            show_text(more.to_owned(), show);
        } else if self.shown.starts_with(self.text.as_str()) {
            return;
        } else {
            show_text(format!("\n{}", self.text), show);
        }
        self.shown.clone_from(&self.text);
        self.in_step = true;
    }
}

impl ResultLine {
    /// The sum over all models; the line's own `usage` is all zeros after a dropped stream.
    fn usage(&self) -> Option<ClaudeUsage> {
        let (input, output) = if self.model_usage.is_empty() {
            let usage = self.usage?;
            (usage.input_tokens, usage.output_tokens)
        } else {
            self.model_usage
                .values()
                .fold((0_u64, 0_u64), |(input, output), usage| {
                    (
                        input.saturating_add(usage.input_tokens),
                        output.saturating_add(usage.output_tokens),
                    )
                })
        };
        Some(ClaudeUsage::new(
            SafeUint::saturating(input),
            SafeUint::saturating(output),
        ))
    }
}

fn show_text(text: String, show: &mut impl FnMut(Shown)) {
    if !text.is_empty() {
        show(Shown::Text(text));
    }
}

fn has_type(line: &str) -> bool {
    serde_json::from_str::<Value>(line).is_ok_and(|line| line["type"].is_string())
}

#[cfg(test)]
mod tests;
