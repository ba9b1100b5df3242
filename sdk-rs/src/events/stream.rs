//! Streams of events.

use super::bus::Bus;
use super::queue::{Filter, Found, Queue};
use super::{RawEvent, Undecodable};
use futures_util::Stream;
use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

/// Why there is no event at this place of a stream. The stream goes on after it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EventError {
    /// The subscriber was too slow: this many events are missing at exactly this place.
    #[error("{0} events were dropped: they were not read in time")]
    Lagged(u64),
    /// The payload is not what the protocol declares.
    #[error(transparent)]
    Undecodable(#[from] Undecodable),
}

/// The events that one subscriber wants, in the order in which the server sent them.
///
/// The stream keeps [`event_capacity`](crate::Builder::event_capacity) events that were not read
/// yet. When more come, the oldest are dropped and counted: [`EventError::Lagged`] stands where
/// they were. Neither the connection nor calls ever wait for a subscriber.
///
/// It goes on over lost connections; what was sent meanwhile did not reach the client. The server's
/// `welcome` marks the place where a new connection begins. It ends when the client does.
#[must_use = "a stream does nothing unless it is read"]
pub struct EventStream<T> {
    bus: Arc<Bus>,
    queue: Arc<Queue>,
    own: VecDeque<RawEvent>,
    read: fn(&RawEvent) -> Result<T, Undecodable>,
}

impl<T> EventStream<T> {
    pub(crate) fn new(
        bus: Arc<Bus>,
        filter: Filter,
        capacity: usize,
        read: fn(&RawEvent) -> Result<T, Undecodable>,
    ) -> Self {
        let queue = bus.subscribe(filter, capacity);
        Self {
            bus,
            queue,
            own: VecDeque::new(),
            read,
        }
    }

    /// The next event; `None` when the client has ended. Cancellation-safe.
    pub async fn next(&mut self) -> Option<Result<T, EventError>> {
        poll_fn(|cx| self.poll(cx)).await
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<T, EventError>>> {
        loop {
            if let Some(event) = self.own.pop_front() {
                return Poll::Ready(Some((self.read)(&event).map_err(Into::into)));
            }
            match ready!(self.queue.poll_take(cx, &mut self.own)) {
                Found::Gap(dropped) => {
                    return Poll::Ready(Some(Err(EventError::Lagged(dropped))));
                }
                Found::Events => {}
                Found::End => return Poll::Ready(None),
            }
        }
    }
}

impl<T> Stream for EventStream<T> {
    type Item = Result<T, EventError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll(cx)
    }
}

impl<T> Drop for EventStream<T> {
    fn drop(&mut self) {
        self.bus.unsubscribe(&self.queue);
    }
}

impl<T> fmt::Debug for EventStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventStream")
            .field("filter", &self.queue.filter)
            .finish_non_exhaustive()
    }
}
