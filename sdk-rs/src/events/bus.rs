//! The bus: which subscribers there are, and the driver's way to them.

use super::RawEvent;
use super::queue::{Filter, Queue};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// All subscribers of a client.
#[derive(Default)]
pub(crate) struct Bus {
    subscribers: Mutex<Subscribers>,
    /// Counts changes, so that the driver looks at the list only when there was one.
    changes: AtomicU64,
}

#[derive(Default)]
struct Subscribers {
    queues: Vec<Arc<Queue>>,
    is_over: bool,
}

impl Bus {
    /// Adds a subscriber.
    pub(crate) fn subscribe(&self, filter: Filter, capacity: usize) -> Arc<Queue> {
        let queue = Arc::new(Queue::new(filter, capacity));
        let mut subscribers = self.lock();
        if subscribers.is_over {
            queue.end();
        } else {
            subscribers.queues.push(queue.clone());
            self.changes.fetch_add(1, Ordering::Release);
        }
        queue
    }

    /// Removes a subscriber.
    pub(super) fn unsubscribe(&self, queue: &Arc<Queue>) {
        queue.forget();
        self.lock().queues.retain(|other| other.is_read());
        self.changes.fetch_add(1, Ordering::Release);
    }

    /// No more events will come for anybody.
    pub(crate) fn end(&self) {
        let mut subscribers = self.lock();
        subscribers.is_over = true;
        for queue in subscribers.queues.drain(..) {
            queue.end();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Subscribers> {
        self.subscribers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// The driver's view of the bus.
#[derive(Default)]
pub(crate) struct Delivery {
    queues: Vec<Arc<Queue>>,
    seen: u64,
}

impl Delivery {
    /// Looks whether subscribers have come or gone.
    pub(crate) fn refresh(&mut self, bus: &Bus) {
        let changes = bus.changes.load(Ordering::Acquire);
        if changes != self.seen {
            self.seen = changes;
            self.queues.clone_from(&bus.lock().queues);
        }
    }

    /// Hands an event to all who want it.
    pub(crate) fn deliver(&self, event: RawEvent) {
        let name = event.name();
        let mut wanting = self
            .queues
            .iter()
            .filter(|queue| queue.filter.wants(event.namespace, &name));
        let Some(first) = wanting.next() else {
            return;
        };
        for queue in wanting {
            queue.push(event.clone());
        }
        let first = first.clone();
        drop(name);
        first.push(event);
    }

    /// Wakes the subscribers that were given something.
    pub(crate) fn wake(&self) {
        for queue in &self.queues {
            queue.wake();
        }
    }
}
