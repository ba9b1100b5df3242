//! Updates of one process, on their way from the runner to those who follow it.
//!
//! The runner never waits for a reader: output that nobody has taken yet is joined into larger
//! chunks, so a slow reader gets fewer and larger ones.

use slop_schema::claude::{ClaudeCompletePayload, ClaudeErrorPayload, ClaudeProgressPayload};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// Waiting chunks are joined up to this size.
const MAX_JOINED_BYTES: usize = 64 * 1024;

/// Something that happened to a process.
#[derive(Debug, Clone, PartialEq)]
pub enum Update {
    /// It started, or printed something.
    Progress(ClaudeProgressPayload),
    /// It completed.
    Complete(Box<ClaudeCompletePayload>),
    /// It failed, timed out or was cancelled.
    Error(ClaudeErrorPayload),
}

/// The reading end; ends after the process's last update.
pub struct Updates(Arc<Shared>);

/// The writing end; dropping it ends the updates.
pub(super) struct UpdateSender(Arc<Shared>);

#[derive(Default)]
struct Shared {
    waiting: Mutex<Waiting>,
    changed: Notify,
}

#[derive(Default)]
struct Waiting {
    updates: VecDeque<Update>,
    ended: bool,
}

pub(super) fn channel() -> (UpdateSender, Updates) {
    let shared = Arc::new(Shared::default());
    (UpdateSender(shared.clone()), Updates(shared))
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl UpdateSender {
    pub(super) fn send(&self, update: Update) {
        let mut waiting = self.0.lock();
        match join(waiting.updates.back_mut(), update) {
            None => {}
            Some(update) => waiting.updates.push_back(update),
        }
        drop(waiting);
        self.0.changed.notify_one();
    }
}

impl Drop for UpdateSender {
    fn drop(&mut self) {
        self.0.lock().ended = true;
        self.0.changed.notify_one();
    }
}

impl Updates {
    /// The next update; `None` after the last one.
    pub async fn next(&mut self) -> Option<Update> {
        loop {
            {
                let mut waiting = self.0.lock();
                if let Some(update) = waiting.updates.pop_front() {
                    return Some(update);
                }
                if waiting.ended {
                    return None;
                }
            }
            self.0.changed.notified().await;
        }
    }
}

/// Appends a chunk of output to the last waiting one; gives back what could not be joined.
fn join(last: Option<&mut Update>, update: Update) -> Option<Update> {
    let (Some(Update::Progress(last)), Update::Progress(new)) = (last, &update) else {
        return Some(update);
    };
    match (&mut last.data, &new.data) {
        (Some(text), Some(more)) if text.len() + more.len() <= MAX_JOINED_BYTES => {
            text.push_str(more);
            last.timestamp = new.timestamp;
            None
        }
        _ => Some(update),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use slop_schema::scalar::{ProcessId, Timestamp};

    fn chunk(text: &str) -> Update {
        let process = ProcessId::new("claude_1").unwrap();
        let time = Timestamp::from_millis(0).unwrap();
        Update::Progress(ClaudeProgressPayload::output(process, text, time))
    }

    #[tokio::test]
    async fn waiting_chunks_are_joined_and_nothing_is_lost() {
        let (sender, mut updates) = channel();
        sender.send(chunk("a"));
        sender.send(chunk("b"));
        sender.send(chunk(&"c".repeat(MAX_JOINED_BYTES)));
        drop(sender);
        assert_eq!(updates.next().await, Some(chunk("ab")));
        assert_eq!(
            updates.next().await,
            Some(chunk(&"c".repeat(MAX_JOINED_BYTES)))
        );
        assert_eq!(updates.next().await, None);
    }
}
