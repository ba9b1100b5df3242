//! The stand-in for the Claude CLI: a hidden subcommand that speaks stream-json, so that the demo
//! runs without the real CLI, through the same runner. It says plainly what it is.

use serde_json::{Value, json};
use std::io::{Read, Write};
use std::process::ExitCode;
use std::time::Duration;

/// First argument that makes `slop-server` the stand-in.
pub const SUBCOMMAND: &str = "claude-stand-in";

const MODEL: &str = "stand-in";
const PAUSE_BETWEEN_WORDS: Duration = Duration::from_millis(40);

/// Reads a prompt from standard input and streams an answer to standard output.
#[must_use]
pub fn run() -> ExitCode {
    let mut prompt = String::new();
    match std::io::stdin()
        .read_to_string(&mut prompt)
        .and_then(|_| answer(prompt.trim()))
    {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn answer(prompt: &str) -> std::io::Result<()> {
    let text = format!(
        "This answer comes from a stand-in, not from Claude: the real CLI was not found or no API \
         key is set. Your prompt has {} characters.",
        prompt.chars().count()
    );
    let message = json!({"id": "msg_stand_in", "model": MODEL});
    line(&json!({"type": "system", "subtype": "init", "model": MODEL}))?;
    event(&json!({"type": "message_start", "message": message}))?;
    for word in text.split_inclusive(' ') {
        let delta = json!({"type": "text_delta", "text": word});
        event(&json!({"type": "content_block_delta", "index": 0, "delta": delta}))?;
        std::thread::sleep(PAUSE_BETWEEN_WORDS);
    }
    line(&json!({"type": "assistant", "message": {
        "id": "msg_stand_in", "model": MODEL, "content": [{"type": "text", "text": text}],
    }, "parent_tool_use_id": null}))?;
    event(&json!({"type": "message_stop"}))?;
    let words = |text: &str| text.split_whitespace().count();
    line(&json!({
        "type": "result", "subtype": "success", "is_error": false, "result": text,
        "stop_reason": "end_turn",
        "modelUsage": {MODEL: {"inputTokens": words(prompt), "outputTokens": words(&text)}},
    }))
}

fn event(event: &Value) -> std::io::Result<()> {
    line(&json!({"type": "stream_event", "event": event, "parent_tool_use_id": null}))
}

fn line(line: &Value) -> std::io::Result<()> {
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{line}")?;
    stdout.flush()
}
