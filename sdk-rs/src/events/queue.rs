//! The queue of one subscriber: bounded, and exact about what did not fit.

use super::RawEvent;
use futures_util::task::AtomicWaker;
use slop_schema::{Namespace, ServerEvent};
use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

/// Events a subscriber takes out at a time: one lock for all of them.
const BATCH: usize = 64;

/// Which events a subscriber wants.
#[derive(Debug, Clone)]
pub(crate) enum Filter {
    All,
    /// One event, on these namespaces.
    Named(&'static str, &'static [Namespace]),
    /// One event, on one of its namespaces.
    NamedOn(Cow<'static, str>, Namespace),
}

impl Filter {
    pub(crate) fn event<E: ServerEvent>() -> Self {
        Self::Named(E::NAME, E::NAMESPACES)
    }

    pub(super) fn wants(&self, namespace: Namespace, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Named(wanted, on) => *wanted == name && on.contains(&namespace),
            Self::NamedOn(wanted, on) => *wanted == name && *on == namespace,
        }
    }
}

/// The queue of one subscriber.
pub(crate) struct Queue {
    pub(super) filter: Filter,
    capacity: usize,
    waiting: Mutex<Waiting>,
    reader: AtomicWaker,
    /// Whether the reader is to be woken when the batch is over.
    has_news: AtomicBool,
    /// Whether there is still a reader.
    is_read: AtomicBool,
}

#[derive(Default)]
struct Waiting {
    events: VecDeque<RawEvent>,
    /// Events that were dropped before the first of `events`.
    dropped: u64,
    is_over: bool,
}

/// What a reader finds.
#[derive(Debug)]
pub(super) enum Found {
    /// This many events were dropped here.
    Gap(u64),
    Events,
    End,
}

impl Queue {
    pub(crate) fn new(filter: Filter, capacity: usize) -> Self {
        Self {
            filter,
            capacity: capacity.max(1),
            waiting: Mutex::default(),
            reader: AtomicWaker::new(),
            has_news: AtomicBool::new(false),
            is_read: AtomicBool::new(true),
        }
    }

    /// Adds an event. A full queue drops its oldest: what is new is worth more, and a final event
    /// comes last.
    pub(crate) fn push(&self, event: RawEvent) {
        let mut waiting = self.lock();
        if waiting.events.len() >= self.capacity {
            waiting.events.pop_front();
            waiting.dropped += 1;
        }
        waiting.events.push_back(event);
        drop(waiting);
        self.has_news.store(true, Ordering::Release);
    }

    /// Wakes the reader if there is something new: once for many events.
    pub(crate) fn wake(&self) {
        if self.has_news.swap(false, Ordering::AcqRel) {
            self.reader.wake();
        }
    }

    /// No more events will come.
    pub(crate) fn end(&self) {
        self.lock().is_over = true;
        self.reader.wake();
    }

    /// The reader has gone.
    pub(super) fn forget(&self) {
        self.is_read.store(false, Ordering::Release);
        self.lock().events = VecDeque::new();
    }

    pub(super) fn is_read(&self) -> bool {
        self.is_read.load(Ordering::Acquire)
    }

    /// Moves what waits to the reader's own queue, which is empty.
    pub(super) fn poll_take(
        &self,
        cx: &mut Context<'_>,
        own: &mut VecDeque<RawEvent>,
    ) -> Poll<Found> {
        if let Some(found) = self.take(own) {
            return Poll::Ready(found);
        }
        self.reader.register(cx.waker());
        // Something may have come before the waker was registered.
        self.take(own).map_or(Poll::Pending, Poll::Ready)
    }

    fn take(&self, own: &mut VecDeque<RawEvent>) -> Option<Found> {
        let mut waiting = self.lock();
        if waiting.dropped > 0 {
            return Some(Found::Gap(std::mem::take(&mut waiting.dropped)));
        }
        if waiting.events.is_empty() {
            return waiting.is_over.then_some(Found::End);
        }
        let count = waiting.events.len().min(BATCH);
        own.extend(waiting.events.drain(..count));
        Some(Found::Events)
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
