//! Followers of a journal: early ones, late ones, slow ones.

use super::*;
use slop_schema::claude::ClaudeErrorCode;

const TIME: fn() -> Timestamp = || Timestamp::from_millis(0).unwrap();

fn journal(max_output_bytes: usize) -> Journal {
    Journal::new(ProcessId::new("claude_1").unwrap(), max_output_bytes)
}

fn close(journal: &Journal) {
    let process = journal.0.process.clone();
    journal.close(|output| {
        let error = ClaudeErrorCode::ExecutionError;
        Update::Error(ClaudeErrorPayload::new(
            Some(process),
            error,
            output,
            TIME(),
        ))
    });
}

/// Reads what is there now, as a short text per update.
async fn read(updates: &mut Updates, count: usize) -> Vec<String> {
    let mut read = Vec::new();
    for _ in 0..count {
        let next = tokio::time::timeout(std::time::Duration::from_secs(5), updates.next());
        read.push(match next.await.expect("an update") {
            Some(Update::Queued(payload)) => payload.message,
            Some(Update::Progress(payload)) => payload
                .data
                .map_or(payload.message.unwrap_or_default(), |data| {
                    format!("={data}")
                }),
            Some(Update::Error(payload)) => format!("!{}", payload.message),
            Some(Update::Complete(_)) => "complete".into(),
            None => "over".into(),
        });
    }
    read
}

#[tokio::test]
async fn who_follows_from_the_beginning_gets_everything_in_order() {
    let journal = journal(1000);
    let mut updates = journal.follow();
    journal.queued(0, TIME());
    journal.message("Process started", TIME());
    journal.output("a", TIME());
    assert_eq!(
        read(&mut updates, 3).await,
        ["Queue position: 0", "Process started", "=a"]
    );
    journal.output("b", TIME());
    journal.output("c", TIME());
    journal.message("Retrying (1/2)", TIME());
    journal.output("d", TIME());
    close(&journal);
    assert_eq!(
        read(&mut updates, 5).await,
        ["=bc", "Retrying (1/2)", "=d", "!abcd", "over"]
    );
}

#[tokio::test]
async fn who_comes_late_gets_what_was_missed_in_one_piece_and_then_the_rest() {
    let journal = journal(1_000_000);
    journal.message("Process started", TIME());
    let mut early = journal.catch_up();
    assert_eq!(read(&mut early, 1).await, ["Process started"]);
    let long = "x".repeat(3 * MAX_CHUNK_BYTES);
    journal.output(&long, TIME());
    let mut late = journal.catch_up();
    assert_eq!(read(&mut late, 1).await, [format!("={long}")]);
    journal.output("end", TIME());
    assert_eq!(read(&mut late, 1).await, ["=end"]);
    close(&journal);
    assert_eq!(
        read(&mut late, 2).await,
        [format!("!{long}end"), "over".into()]
    );
    let mut last = journal.catch_up();
    assert_eq!(
        read(&mut last, 2).await,
        [format!("!{long}end"), "over".into()]
    );
}

#[tokio::test]
async fn chunks_of_a_slow_reader_are_bounded_and_never_split_a_character() {
    let journal = journal(1_000_000);
    let text = "🦀".repeat(MAX_CHUNK_BYTES);
    let mut updates = journal.follow();
    journal.output("x", TIME());
    journal.output(&text, TIME());
    let chunks = read(&mut updates, 4).await;
    assert!(
        chunks
            .iter()
            .all(|chunk| chunk.len() <= MAX_CHUNK_BYTES + 5)
    );
    let joined: String = chunks.iter().map(|chunk| &chunk[1..]).collect();
    assert_eq!(joined, format!("x{text}"));
}

#[tokio::test]
async fn output_is_cut_at_its_limit_with_a_mark() {
    let journal = journal(5);
    let mut updates = journal.follow();
    journal.output("ab🦀cd", TIME());
    journal.output("more", TIME());
    assert_eq!(read(&mut updates, 1).await, [format!("=ab{CUT_MARK}")]);
}

#[tokio::test]
async fn there_is_one_final_update() {
    let journal = journal(5);
    close(&journal);
    journal.close(|_| unreachable!("the second is not even made"));
    let mut updates = journal.follow();
    assert_eq!(read(&mut updates, 2).await, ["!", "over"]);
}
