//! The journal of one process: what happened to it, for everybody who follows it.
//!
//! The runner writes and never waits. Each follower reads at its own pace from a place of its own,
//! so a slow one costs no memory and delays nobody: what it has not read yet it gets in larger
//! chunks.

use crate::clock;
use slop_schema::claude::{
    ClaudeCompletePayload, ClaudeErrorPayload, ClaudeProgressPayload, ClaudeQueuedPayload,
};
use slop_schema::scalar::{ProcessId, SafeUint, Timestamp};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// Output that a follower lags behind with reaches it in chunks of about this size.
const MAX_CHUNK_BYTES: usize = 16 * 1024;
/// Put at the end of output that was cut.
const CUT_MARK: &str = "\n[output truncated]\n";

/// Something that happened to a process.
#[derive(Debug, Clone, PartialEq)]
pub enum Update {
    /// It waits at this place.
    Queued(ClaudeQueuedPayload),
    /// It started, or printed something.
    Progress(ClaudeProgressPayload),
    /// It completed.
    Complete(Arc<ClaudeCompletePayload>),
    /// It failed, timed out or was cancelled.
    Error(ClaudeErrorPayload),
}

/// The journal; cheap to clone.
#[derive(Clone)]
pub(super) struct Journal(Arc<Shared>);

struct Shared {
    process: ProcessId,
    max_output_bytes: usize,
    pages: Mutex<Pages>,
    /// Counts changes, so that followers can wait for one.
    changes: watch::Sender<u64>,
}

#[derive(Default)]
struct Pages {
    output: String,
    is_cut: bool,
    entries: Vec<Entry>,
    last: Option<Update>,
}

enum Entry {
    Queued(SafeUint, Timestamp),
    Message(String, Timestamp),
    /// Output up to this place, from where the entry before ended.
    Output {
        end: usize,
        at: Timestamp,
    },
}

/// One follower's place in a journal.
pub struct Updates {
    journal: Journal,
    changes: watch::Receiver<u64>,
    next_entry: usize,
    read_output: usize,
    /// Whether the follower comes late: it then gets all output so far in one piece.
    catches_up: bool,
    is_over: bool,
}

impl Journal {
    pub(super) fn new(process: ProcessId, max_output_bytes: usize) -> Self {
        let (changes, _) = watch::channel(0);
        let pages = Mutex::default();
        Self(Arc::new(Shared {
            process,
            max_output_bytes,
            pages,
            changes,
        }))
    }

    /// A process that had ended before: its journal has just the last update.
    pub(super) fn closed(process: ProcessId, last: Update) -> Self {
        let journal = Self::new(process, 0);
        journal.close(|_| last);
        journal
    }

    /// The process waits at this position.
    pub(super) fn queued(&self, position: usize, at: Timestamp) {
        let position = SafeUint::saturating(position as u64);
        self.write(|pages| pages.entries.push(Entry::Queued(position, at)));
    }

    /// A status message.
    pub(super) fn message(&self, message: impl Into<String>, at: Timestamp) {
        self.write(|pages| pages.entries.push(Entry::Message(message.into(), at)));
    }

    /// Output. What exceeds the limit is dropped, with a mark where it was cut.
    pub(super) fn output(&self, text: &str, at: Timestamp) {
        let max = self.0.max_output_bytes;
        self.write(|pages| {
            if pages.is_cut {
                return;
            }
            let room = max.saturating_sub(pages.output.len());
            if text.len() <= room {
                pages.output.push_str(text);
            } else {
                pages
                    .output
                    .push_str(&text[..text.floor_char_boundary(room)]);
                pages.output.push_str(CUT_MARK);
                pages.is_cut = true;
            }
            let end = pages.output.len();
            match pages.entries.last_mut() {
                Some(Entry::Output {
                    end: last_end,
                    at: last_at,
                }) => {
                    (*last_end, *last_at) = (end, at);
                }
                _ => pages.entries.push(Entry::Output { end, at }),
            }
        });
    }

    /// The one final update, made from all output; a second is not even made.
    pub(super) fn close(&self, last: impl FnOnce(&str) -> Update) -> Update {
        let mut pages = self.lock();
        let Pages {
            output,
            last: closed,
            ..
        } = &mut *pages;
        let last = closed.get_or_insert_with(|| last(output)).clone();
        drop(pages);
        self.0.changes.send_modify(|count| *count += 1);
        last
    }

    /// How much output was kept so far.
    pub(super) fn output_bytes(&self) -> usize {
        self.lock().output.len()
    }

    /// What the journal weighs in memory.
    pub(super) fn bytes(&self) -> usize {
        let pages = self.lock();
        let last = match &pages.last {
            Some(Update::Complete(payload)) => {
                let parsed = payload.result.parsed_response.as_ref();
                payload.result.stdout.len() + parsed.map_or(0, |parsed| parsed.content.len())
            }
            _ => 0,
        };
        pages.output.len() + last
    }

    /// Frees what nobody needs any more: who comes after the end gets the final update only.
    pub(super) fn shrink(&self) {
        let mut pages = self.lock();
        if pages.last.is_some() && !self.has_followers() {
            pages.output = String::new();
            pages.entries = Vec::new();
        }
    }

    /// Whether somebody follows the process.
    pub(super) fn has_followers(&self) -> bool {
        self.0.changes.receiver_count() > 0
    }

    /// Follows the process from its beginning.
    pub(super) fn follow(&self) -> Updates {
        Updates {
            journal: self.clone(),
            changes: self.0.changes.subscribe(),
            next_entry: 0,
            read_output: 0,
            catches_up: false,
            is_over: false,
        }
    }

    /// Follows the process from now on, after one update that tells what was missed.
    pub(super) fn catch_up(&self) -> Updates {
        Updates {
            catches_up: true,
            ..self.follow()
        }
    }

    fn write(&self, change: impl FnOnce(&mut Pages)) {
        change(&mut self.lock());
        self.0.changes.send_modify(|count| *count += 1);
    }

    fn lock(&self) -> MutexGuard<'_, Pages> {
        self.0.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Updates {
    /// The next update; `None` after the final one.
    pub async fn next(&mut self) -> Option<Update> {
        loop {
            // Marked as seen before looking, so that no change between is missed.
            self.changes.borrow_and_update();
            if self.is_over {
                return None;
            }
            if let Some(update) = self.read() {
                return Some(update);
            }
            // The journal lives as long as this follower does: waiting cannot fail.
            self.changes.changed().await.ok()?;
        }
    }

    fn read(&mut self) -> Option<Update> {
        let journal = self.journal.clone();
        let pages = journal.lock();
        if std::mem::take(&mut self.catches_up) {
            // An output entry at the end may still grow: it is not done with.
            let grows = matches!(pages.entries.last(), Some(Entry::Output { .. }));
            self.next_entry = pages.entries.len() - usize::from(grows);
            let read = std::mem::replace(&mut self.read_output, pages.output.len());
            if pages.last.is_none()
                && let Some(missed) = self.missed(&pages, read)
            {
                return Some(missed);
            }
        } else if let Some(update) = self.read_entry(&pages) {
            return Some(update);
        }
        let last = pages.last.clone()?;
        self.is_over = true;
        Some(last)
    }

    fn read_entry(&mut self, pages: &Pages) -> Option<Update> {
        // The last output entry grows: it is done with only when another one follows.
        while let Some(entry) = pages.entries.get(self.next_entry) {
            let process = self.journal.0.process.clone();
            match entry {
                Entry::Output { end, at } if self.read_output < *end => {
                    return Some(self.read_chunk(process, pages, *end, *at));
                }
                Entry::Output { .. } if self.next_entry + 1 == pages.entries.len() => return None,
                Entry::Output { .. } => self.next_entry += 1,
                Entry::Queued(position, at) => {
                    self.next_entry += 1;
                    return Some(Update::Queued(ClaudeQueuedPayload::at(
                        process, *position, *at,
                    )));
                }
                Entry::Message(message, at) => {
                    self.next_entry += 1;
                    let payload = ClaudeProgressPayload::message(process, message.as_str(), *at);
                    return Some(Update::Progress(payload));
                }
            }
        }
        None
    }

    fn read_chunk(
        &mut self,
        process: ProcessId,
        pages: &Pages,
        end: usize,
        at: Timestamp,
    ) -> Update {
        let start = self.read_output;
        let end = pages
            .output
            .ceil_char_boundary(end.min(start + MAX_CHUNK_BYTES));
        self.read_output = end;
        Update::Progress(ClaudeProgressPayload::output(
            process,
            &pages.output[start..end],
            at,
        ))
    }

    /// What somebody who comes late has missed of a process that runs.
    fn missed(&self, pages: &Pages, read: usize) -> Option<Update> {
        let process = self.journal.0.process.clone();
        if pages.output.len() > read {
            let output = &pages.output[read..];
            let payload = ClaudeProgressPayload::output(process, output, clock::now());
            return Some(Update::Progress(payload));
        }
        // It runs and is silent: its start is what was missed.
        pages.entries.iter().rev().find_map(|entry| match entry {
            Entry::Message(message, at) => Some(Update::Progress(ClaudeProgressPayload::message(
                process.clone(),
                message.as_str(),
                *at,
            ))),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests;
