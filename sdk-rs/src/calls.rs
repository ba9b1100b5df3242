//! Calls: what waits to be sent, what waits for its answer, and the caller's hold on both.
//!
//! A call is an entry in one map for as long as its caller waits. The caller's [`Ticket`] takes it
//! out when it is dropped, so that an answer, a timeout and a cancelled future end in one way and
//! leave nothing behind. The driver looks the entry up before it sends, so what was abandoned is
//! never sent late.

use crate::engine::Data;
use crate::error::ConnectionLost;
use crate::memory::Effect;
use futures_util::task::AtomicWaker;
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use tokio::sync::oneshot;
use tokio::time::Instant;

/// Whether and how the client is to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Stop {
    #[default]
    No,
    /// Once all calls are answered, or at this time.
    Drained(Instant),
    Now,
}

/// The answer to a call.
#[derive(Debug)]
pub(crate) struct Answer {
    /// Arguments of the acknowledgement.
    pub(crate) data: Data,
    /// The last event that announced a refusal on the call's namespace.
    pub(crate) announced: Option<Data>,
}

/// Why there is none.
#[derive(Debug, Clone)]
pub(crate) enum Failure {
    Lost(ConnectionLost),
    Closed,
}

/// How a call ends: `None` for one that asked for no answer and was sent.
pub(crate) type Outcome = Result<Option<Answer>, Failure>;

/// All calls of a client.
#[derive(Default)]
pub(crate) struct Calls {
    book: Mutex<Book>,
    driver: AtomicWaker,
    last_id: AtomicU64,
}

#[derive(Default)]
struct Book {
    /// In the order in which they were made; some may have been abandoned.
    unsent: VecDeque<u64>,
    entries: HashMap<u64, Entry>,
    stop: Stop,
    /// No more calls: the driver has ended.
    is_over: bool,
}

struct Entry {
    /// The packet, until it is sent.
    packet: Option<String>,
    wants_answer: bool,
    effect: Effect,
    logouts: u64,
    reply: oneshot::Sender<Outcome>,
}

/// A call to be made.
pub(crate) struct Call {
    pub(crate) packet: String,
    pub(crate) wants_answer: bool,
    pub(crate) effect: Effect,
    /// How often the client had logged out when it was made.
    pub(crate) logouts: u64,
}

/// A packet to be sent.
pub(crate) enum Outgoing {
    Packet(String),
    /// One that holds a token.
    Secret(String),
}

/// A caller's hold on its call.
pub(crate) struct Ticket<'a> {
    calls: &'a Calls,
    id: u64,
    reply: oneshot::Receiver<Outcome>,
}

impl Calls {
    /// A number that no call had before.
    pub(crate) fn next_id(&self) -> u64 {
        self.last_id.fetch_add(1, Ordering::Relaxed)
    }

    /// Enters a call.
    pub(crate) fn enter(&self, id: u64, call: Call) -> Result<Ticket<'_>, Failure> {
        let (sender, reply) = oneshot::channel();
        let mut book = self.lock();
        if book.is_over || book.stop != Stop::No {
            return Err(Failure::Closed);
        }
        let entry = Entry {
            packet: Some(call.packet),
            wants_answer: call.wants_answer,
            effect: call.effect,
            logouts: call.logouts,
            reply: sender,
        };
        book.entries.insert(id, entry);
        book.unsent.push_back(id);
        drop(book);
        self.driver.wake();
        Ok(Ticket {
            calls: self,
            id,
            reply,
        })
    }

    /// The driver wants to be woken when there is something to do.
    pub(crate) fn register(&self, waker: &Waker) {
        self.driver.register(waker);
    }

    pub(crate) fn stop(&self) -> Stop {
        self.lock().stop
    }

    /// Whether the client may end: it must, or nobody waits any more.
    pub(crate) fn may_end(&self) -> bool {
        let book = self.lock();
        match book.stop {
            Stop::No => false,
            Stop::Drained(limit) => book.entries.is_empty() || limit <= Instant::now(),
            Stop::Now => true,
        }
    }

    /// Asks the driver to end. The stronger wish wins.
    pub(crate) fn ask_to_stop(&self, stop: Stop) {
        let mut book = self.lock();
        if book.stop != Stop::Now {
            book.stop = stop;
        }
        drop(book);
        self.driver.wake();
    }

    /// The next packet to be sent.
    pub(crate) fn next_to_send(&self) -> Option<Outgoing> {
        let mut book = self.lock();
        loop {
            let id = book.unsent.pop_front()?;
            let Some(entry) = book.entries.get_mut(&id) else {
                continue;
            };
            let Some(packet) = entry.packet.take() else {
                continue;
            };
            let holds_token = matches!(entry.effect, Effect::SignIn(_));
            if !entry.wants_answer {
                if let Some(entry) = book.entries.remove(&id) {
                    let _ = entry.reply.send(Ok(None));
                }
            }
            return Some(match holds_token {
                true => Outgoing::Secret(packet),
                false => Outgoing::Packet(packet),
            });
        }
    }

    /// The answer has come: gives what the call was to change, unless its caller has gone.
    pub(crate) fn answered(&self, id: u64) -> Option<Answered> {
        let mut book = self.lock();
        if book.entries.get(&id)?.packet.is_some() {
            // An answer to what was not asked yet.
            return None;
        }
        let entry = book.entries.remove(&id)?;
        Some(Answered {
            effect: entry.effect,
            logouts: entry.logouts,
            reply: entry.reply,
        })
    }

    /// The connection is gone: what was sent will not be answered, what was not may still be sent.
    /// Gives what those calls were to change.
    pub(crate) fn connection_lost(&self, lost: &ConnectionLost) -> Vec<Effect> {
        let mut book = self.lock();
        let sent: Vec<u64> = book
            .entries
            .iter()
            .filter(|(_, entry)| entry.packet.is_none())
            .map(|(id, _)| *id)
            .collect();
        let mut effects = Vec::new();
        for id in sent {
            if let Some(entry) = book.entries.remove(&id) {
                let _ = entry.reply.send(Err(Failure::Lost(lost.clone())));
                effects.push(entry.effect);
            }
        }
        effects
    }

    /// The client has ended: nothing will be answered any more.
    pub(crate) fn end(&self) {
        let mut book = self.lock();
        book.is_over = true;
        book.unsent.clear();
        for (_, entry) in book.entries.drain() {
            let _ = entry.reply.send(Err(Failure::Closed));
        }
    }

    /// How many calls wait, for tests.
    #[cfg(test)]
    pub(crate) fn waiting(&self) -> (usize, usize) {
        let book = self.lock();
        (book.entries.len(), book.unsent.len())
    }

    fn lock(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call whose answer has come.
pub(crate) struct Answered {
    pub(crate) effect: Effect,
    pub(crate) logouts: u64,
    reply: oneshot::Sender<Outcome>,
}

impl Answered {
    /// Hands the answer to the caller.
    pub(crate) fn hand_over(self, answer: Answer) {
        // A caller that has just gone does not want it.
        let _ = self.reply.send(Ok(Some(answer)));
    }
}

impl Ticket<'_> {
    /// Waits for the end of the call.
    pub(crate) async fn outcome(&mut self) -> Outcome {
        (&mut self.reply).await.unwrap_or(Err(Failure::Closed))
    }

    /// Whether the call was sent.
    pub(crate) fn was_sent(&self) -> bool {
        let book = self.calls.lock();
        book.entries
            .get(&self.id)
            .is_none_or(|entry| entry.packet.is_none())
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        let mut book = self.calls.lock();
        let Some(entry) = book.entries.remove(&self.id) else {
            return;
        };
        if entry.packet.is_some() {
            book.unsent.retain(|id| *id != self.id);
        }
        let may_be_last = book.stop != Stop::No && book.entries.is_empty();
        drop(book);
        if may_be_last {
            self.calls.driver.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call() -> Call {
        Call {
            packet: "42[\"x\"]".into(),
            wants_answer: true,
            effect: Effect::None,
            logouts: 0,
        }
    }

    #[test]
    fn an_abandoned_call_is_never_sent_and_leaves_nothing() {
        let calls = Calls::default();
        let first = calls.enter(1, call()).unwrap();
        let second = calls.enter(2, call()).unwrap();
        drop(first);
        assert_eq!(calls.waiting(), (1, 1));
        assert!(calls.next_to_send().is_some());
        assert!(calls.next_to_send().is_none());
        assert!(second.was_sent());
        drop(second);
        assert_eq!(calls.waiting(), (0, 0));
        assert!(calls.answered(2).is_none(), "a late answer finds nobody");
    }

    #[test]
    fn a_lost_connection_fails_what_was_sent_and_keeps_what_was_not() {
        let calls = Calls::default();
        let mut sent = calls.enter(1, call()).unwrap();
        calls.next_to_send().unwrap();
        let unsent = calls.enter(2, call()).unwrap();
        calls.connection_lost(&ConnectionLost::Closed);
        assert!(matches!(sent.reply.try_recv(), Ok(Err(Failure::Lost(_)))));
        assert!(!unsent.was_sent());
        assert!(calls.next_to_send().is_some());
    }

    #[test]
    fn an_answer_before_the_question_is_none() {
        let calls = Calls::default();
        let _ticket = calls.enter(1, call()).unwrap();
        assert!(calls.answered(1).is_none());
        assert!(calls.answered(u64::MAX).is_none());
        assert_eq!(calls.waiting(), (1, 1));
    }
}
