//! The queue of one run: everything is kept up to a size. Above it output is dropped, and said to
//! be, and so are positions in the queue.

use crate::events::RawEvent;
use crate::packet;
use futures_util::task::AtomicWaker;
use serde::Deserialize;
use slop_schema::protocol::{ClaudeProgress, ClaudeQueued};
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

/// Text of events that a run keeps while nobody reads it.
const MAX_UNREAD_BYTES: usize = 16 * 1024 * 1024;

/// Something that happened to a run.
#[derive(Debug, Clone)]
pub(crate) enum Item {
    Event(RawEvent),
    /// This much output was dropped here.
    Dropped(u64),
    /// A new connection: the server begins again with all output so far.
    Rejoined,
    /// After a new connection the server refused, with this sentence.
    Refused(String),
    /// The client has ended.
    End,
}

/// The queue of one run.
#[derive(Default)]
pub(crate) struct RunQueue {
    waiting: Mutex<Waiting>,
    reader: AtomicWaker,
}

#[derive(Default)]
struct Waiting {
    items: VecDeque<Item>,
    bytes: usize,
}

impl RunQueue {
    /// Adds an item. Wakes nobody, so that one batch wakes once.
    pub(crate) fn push(&self, item: Item) {
        let mut waiting = self.lock();
        let item = match item {
            Item::Event(event) => {
                let bytes = event.data.as_str().len();
                let is_full = waiting.bytes.saturating_add(bytes) > MAX_UNREAD_BYTES;
                if is_full && event.is::<ClaudeQueued>() {
                    return;
                }
                if is_full && event.is::<ClaudeProgress>() {
                    let dropped = output_bytes(&event);
                    if let Some(Item::Dropped(before)) = waiting.items.back_mut() {
                        *before += dropped;
                        return;
                    }
                    Item::Dropped(dropped)
                } else {
                    waiting.bytes += bytes;
                    Item::Event(event)
                }
            }
            Item::Rejoined if matches!(waiting.items.back(), Some(Item::Rejoined)) => return,
            item => item,
        };
        waiting.items.push_back(item);
    }

    /// Wakes the reader.
    pub(crate) fn wake(&self) {
        if !self.lock().items.is_empty() {
            self.reader.wake();
        }
    }

    pub(super) fn poll_pop(&self, cx: &mut Context<'_>) -> Poll<Item> {
        if let Some(item) = self.pop() {
            return Poll::Ready(item);
        }
        self.reader.register(cx.waker());
        // Something may have come before the waker was registered.
        self.pop().map_or(Poll::Pending, Poll::Ready)
    }

    fn pop(&self) -> Option<Item> {
        let mut waiting = self.lock();
        let item = waiting.items.pop_front()?;
        if let Item::Event(event) = &item {
            waiting.bytes = waiting.bytes.saturating_sub(event.data.as_str().len());
        }
        Some(item)
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How much output an event has.
pub(super) fn output_bytes(event: &RawEvent) -> u64 {
    #[derive(Deserialize)]
    struct Output {
        data: Option<String>,
    }
    let output = packet::event_argument::<Output>(event.data.as_str()).ok();
    output
        .and_then(|output| output.data)
        .map_or(0, |data| data.len() as u64)
}
