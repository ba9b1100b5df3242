//! Stories of CLI output, one line of stream-json each.

use super::*;
use serde_json::json;

struct Told {
    text: String,
    messages: Vec<String>,
    conclusion: Conclusion,
}

fn tell(lines: &[Value]) -> Told {
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    tell_raw(&text)
}

fn tell_raw(stdout: &str) -> Told {
    let (mut text, mut messages) = (String::new(), Vec::new());
    let mut show = |shown| match shown {
        Shown::Text(chunk) => text.push_str(&chunk),
        Shown::Message(message) => messages.push(message),
    };
    let mut output = Output::default();
    // Byte by byte: where a read ends must make no difference.
    for byte in stdout.as_bytes() {
        output.feed(&[*byte], &mut show);
    }
    let conclusion = output.finish(&mut show);
    Told {
        text,
        messages,
        conclusion,
    }
}

fn start(id: &str) -> Value {
    stream(&json!({"type": "message_start", "message": {"id": id}}))
}

fn delta(text: &str) -> Value {
    let delta = json!({"type": "text_delta", "text": text});
    stream(&json!({"type": "content_block_delta", "delta": delta}))
}

fn start_block() -> Value {
    stream(&json!({"type": "content_block_start", "content_block": {"type": "text"}}))
}

/// The end that the CLI makes up when a stream was dropped.
fn abandoned(from_block: usize) -> Value {
    let mut line = stop();
    line["abandoned_blocks"] = json!({"api_message_id": "m1", "from_block_index": from_block});
    line
}

fn stop() -> Value {
    stream(&json!({"type": "message_stop"}))
}

fn stream(event: &Value) -> Value {
    json!({"type": "stream_event", "event": event, "parent_tool_use_id": null})
}

fn assistant(id: &str, text: &str) -> Value {
    json!({"type": "assistant", "message": {
        "id": id, "model": "claude-opus-4-8", "content": [{"type": "text", "text": text}],
    }})
}

fn result() -> Value {
    json!({
        "type": "result", "subtype": "success", "is_error": false, "result": "Hello",
        "stop_reason": "end_turn", "usage": {"input_tokens": 0, "output_tokens": 0},
        "modelUsage": {"claude-opus-4-8[1m]": {"inputTokens": 11, "outputTokens": 6}},
    })
}

#[test]
fn deltas_make_up_the_output_and_the_result_line_says_the_rest() {
    let told = tell(&[
        json!({"type": "system", "subtype": "init"}),
        start("m1"),
        stream(&json!({"type": "content_block_delta",
            "delta": {"type": "thinking_delta", "thinking": "hm"}})),
        delta("Hel"),
        delta("lo"),
        assistant("m1", "Hello"),
        stop(),
        result(),
    ]);
    assert_eq!(told.text, "Hello");
    assert!(told.conclusion.is_whole && told.conclusion.reported_error.is_none());
    let parsed = told.conclusion.parsed_response.unwrap();
    assert_eq!(parsed.content, "Hello");
    assert_eq!(parsed.usage.unwrap().total_tokens.get(), 17);
    assert_eq!(parsed.model.as_deref(), Some("claude-opus-4-8"));
    assert_eq!(parsed.stop_reason.as_deref(), Some("end_turn"));
}

#[test]
fn a_dropped_stream_that_is_asked_for_again_shows_only_what_is_new() {
    let told = tell(&[
        start("m1"),
        delta("Hel"),
        assistant("m2", "Hello"),
        result(),
    ]);
    assert_eq!(told.text, "Hello");
    assert_eq!(told.conclusion.parsed_response.unwrap().content, "Hello");
}

#[test]
fn a_second_answer_that_differs_from_the_first_comes_on_a_new_line() {
    let told = tell(&[
        start("m1"),
        delta("Hel"),
        assistant("m2", "Good day"),
        result(),
    ]);
    assert_eq!(told.text, "Hel\nGood day");
    assert_eq!(told.conclusion.parsed_response.unwrap().content, "Good day");
}

#[test]
fn a_second_stream_catches_up_with_what_was_shown() {
    let told = tell(&[
        start("m1"),
        delta("Hello wor"),
        start("m2"),
        delta("Hel"),
        delta("lo world"),
        delta("!"),
        stop(),
        result(),
    ]);
    assert_eq!(told.text, "Hello world!");
}

#[test]
fn a_stream_that_the_cli_abandons_is_compared_with_the_next_one() {
    let told = tell(&[
        start("m1"),
        start_block(),
        delta("The whole "),
        delta("ans"),
        abandoned(0),
        start("m2"),
        start_block(),
        delta("The whole "),
        delta("answer."),
        assistant("m2", "The whole answer."),
        stop(),
        result(),
    ]);
    assert_eq!(told.text, "The whole answer.");
    assert_eq!(
        told.conclusion.parsed_response.unwrap().content,
        "The whole answer."
    );
}

#[test]
fn blocks_before_the_abandoned_ones_stay() {
    let told = tell(&[
        start("m1"),
        start_block(),
        delta("First. "),
        assistant("m1", "First. "),
        start_block(),
        delta("Sec"),
        abandoned(1),
        start("m2"),
        start_block(),
        delta("Second."),
        stop(),
        result(),
    ]);
    assert_eq!(told.text, "First. Second.");
    assert_eq!(
        told.conclusion.parsed_response.unwrap().content,
        "First. Second."
    );
}

#[test]
fn a_stream_that_was_only_abandoned_is_no_whole_answer() {
    let told = tell(&[start("m1"), start_block(), delta("The wh"), abandoned(0)]);
    assert!(!told.conclusion.is_whole);
}

#[test]
fn messages_after_the_first_are_shown_in_full() {
    let told = tell(&[
        start("m1"),
        delta("one"),
        stop(),
        assistant("m1", "one"),
        start("m2"),
        delta("one more"),
        stop(),
        assistant("m2", "one more"),
        result(),
    ]);
    assert_eq!(told.text, "oneone more");
    assert_eq!(
        told.conclusion.parsed_response.unwrap().content,
        "oneone more"
    );
}

#[test]
fn synthetic_messages_and_those_of_tools_are_left_out() {
    let mut synthetic = assistant("m9", "API Error");
    synthetic["message"]["model"] = json!("<synthetic>");
    let mut of_tool = delta("inner");
    of_tool["parent_tool_use_id"] = json!("toolu_1");
    assert_eq!(tell(&[synthetic, of_tool, result()]).text, "");
}

#[test]
fn an_error_is_reported_although_the_subtype_says_success() {
    let told = tell(&[json!({
        "type": "result", "subtype": "success", "is_error": true, "result": "Overloaded",
    })]);
    assert_eq!(
        told.conclusion.reported_error.as_deref(),
        Some("Overloaded")
    );
}

#[test]
fn a_retry_becomes_a_message() {
    let retry = json!({"type": "system", "subtype": "api_retry", "attempt": 1, "max_retries": 2});
    assert_eq!(tell(&[retry]).messages, ["Retrying (1/2)"]);
}

#[test]
fn an_output_that_was_cut_is_not_whole() {
    assert!(!tell(&[start("m1"), delta("Hel")]).conclusion.is_whole);
    assert!(
        tell(&[start("m1"), delta("Hello"), stop()])
            .conclusion
            .is_whole
    );
}

#[test]
fn plain_text_is_passed_on_as_it_is() {
    let told = tell_raw("hello\n{\"answer\": 42}\n{\"type\":\"own\"}\nworld");
    assert_eq!(
        told.text,
        "hello\n{\"answer\": 42}\n{\"type\":\"own\"}\nworld"
    );
    assert!(told.conclusion.is_whole && told.conclusion.parsed_response.is_none());
}

#[test]
fn types_of_a_newer_cli_are_ignored() {
    let told = tell(&[
        start("m1"),
        json!({"type": "telemetry"}),
        delta("Hello"),
        stop(),
        result(),
    ]);
    assert_eq!(told.text, "Hello");
}
