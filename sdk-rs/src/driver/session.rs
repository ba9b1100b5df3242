//! A session: reading, writing and liveness of one connection, polled as one.
//!
//! One poll function does it all, because waiting for any of them would stop the others: a full
//! socket must not stop reading, and reading must not delay a pong. Messages go first, but only so
//! many of them before calls and other tasks have their turn.

use super::deliver;
use crate::calls::{Answer, Outgoing, Stop};
use crate::engine::{Engine, Incoming};
use crate::error::ConnectionLost;
use crate::events::Delivery;
use crate::memory::Effect;
use crate::packet::{self, Kind};
use crate::reply;
use crate::shared::Shared;
use slop_schema::Namespace;
use slop_schema::scalar::ProcessId;
use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::time::{Sleep, sleep_until};

/// Messages that are read before anything else has its turn.
const MESSAGES_PER_TURN: usize = 64;

/// How a session ends.
pub(super) enum End {
    Lost(ConnectionLost),
    Stopped,
}

pub(super) struct Session<'a> {
    shared: &'a Shared,
    delivery: &'a mut Delivery,
    engine: &'a mut Engine,
    /// Processes to ask after: whether their runs may go on.
    unasked: Vec<ProcessId>,
    /// Those that were asked after.
    asked: HashMap<u64, ProcessId>,
    /// The end of draining, while the client is asked to end.
    limit: Option<Pin<Box<Sleep>>>,
}

impl<'a> Session<'a> {
    pub(super) fn new(
        shared: &'a Shared,
        delivery: &'a mut Delivery,
        engine: &'a mut Engine,
    ) -> Self {
        Self {
            shared,
            delivery,
            engine,
            unasked: Vec::new(),
            asked: HashMap::new(),
            limit: None,
        }
    }

    pub(super) async fn run(&mut self) -> End {
        poll_fn(|cx| self.poll(cx)).await
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<End> {
        self.shared.calls.register(cx.waker());
        self.delivery.refresh(&self.shared.bus);
        let turn = self.turn(cx);
        self.delivery.wake();
        self.shared.runs.wake();
        match turn {
            Ok(has_more) => {
                if has_more {
                    // Other tasks first.
                    cx.waker().wake_by_ref();
                }
                self.poll_stop(cx).map(|()| End::Stopped)
            }
            Err(lost) => Poll::Ready(End::Lost(lost)),
        }
    }

    /// Reads, writes and looks at the clock. Tells whether there is more to read.
    fn turn(&mut self, cx: &mut Context<'_>) -> Result<bool, ConnectionLost> {
        let read = self.read(cx)?;
        self.write(cx)?;
        if read > 0 {
            self.engine.heard();
        }
        if let Poll::Ready(lost) = self.engine.poll_silence(cx) {
            return Err(lost);
        }
        Ok(read == MESSAGES_PER_TURN)
    }

    fn read(&mut self, cx: &mut Context<'_>) -> Result<usize, ConnectionLost> {
        for read in 0..MESSAGES_PER_TURN {
            match self.engine.poll_read(cx) {
                Poll::Ready(Ok(Some(incoming))) => self.take(incoming)?,
                Poll::Ready(Ok(None)) => {}
                Poll::Ready(Err(lost)) => return Err(lost),
                Poll::Pending => return Ok(read),
            }
        }
        Ok(MESSAGES_PER_TURN)
    }

    fn write(&mut self, cx: &mut Context<'_>) -> Result<(), ConnectionLost> {
        while self.engine.poll_ready(cx)?.is_ready() {
            if let Some(process) = self.unasked.pop() {
                let id = self.shared.calls.next_id();
                self.engine.send(packet::ask_after(id, &process))?;
                self.asked.insert(id, process);
                continue;
            }
            match self.shared.calls.next_to_send() {
                Some(Outgoing::Packet(packet)) => self.engine.send(packet)?,
                Some(Outgoing::Secret(packet)) => self.engine.send_secret(&packet),
                None => break,
            }
        }
        match self.engine.poll_flush(cx) {
            Poll::Ready(flushed) => flushed,
            Poll::Pending => Ok(()),
        }
    }

    /// Ready when the client is to end, and may.
    fn poll_stop(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.shared.calls.may_end() {
            return Poll::Ready(());
        }
        if let (Stop::Drained(limit), None) = (self.shared.calls.stop(), &self.limit) {
            self.limit = Some(Box::pin(sleep_until(limit)));
        }
        match &mut self.limit {
            Some(limit) => Future::poll(limit.as_mut(), cx),
            None => Poll::Pending,
        }
    }

    fn take(&mut self, incoming: Incoming) -> Result<(), ConnectionLost> {
        match incoming.kind {
            Kind::Event => deliver(self.shared, self.delivery, incoming),
            Kind::Ack => self.answer(incoming),
            Kind::Disconnect => return Err(ConnectionLost::Disconnected(incoming.namespace)),
            Kind::Connect | Kind::ConnectError => {
                tracing::debug!("ignored a packet that only belongs into the greeting");
            }
        }
        Ok(())
    }

    fn answer(&mut self, incoming: Incoming) {
        if let Some(process) = incoming.id.and_then(|id| self.asked.remove(&id)) {
            if let Some(sentence) = reply::refusal_in(incoming.data.as_str()) {
                self.shared.runs.refuse(&process, &sentence);
            }
            return;
        }
        let Some(answered) = incoming.id.and_then(|id| self.shared.calls.answered(id)) else {
            tracing::debug!("ignored an answer that nobody waits for");
            return;
        };
        let effect = answered.effect.clone();
        if !matches!(effect, Effect::None) {
            self.apply(effect, answered.logouts, &incoming);
        }
        answered.hand_over(Answer {
            announced: self.shared.announced(incoming.namespace),
            data: incoming.data,
        });
    }

    fn apply(&mut self, effect: Effect, logouts: u64, incoming: &Incoming) {
        let data = incoming.data.as_str();
        self.shared.memory.ended(&effect);
        if reply::refusal_in(data).is_some() {
            return;
        }
        match effect {
            Effect::Follow(follow) => {
                // Before the next packet is read: the events follow the answer at once.
                if let Some(process) = follow.process.or_else(|| reply::process_in(data)) {
                    self.shared.runs.add(process, follow.queue);
                }
            }
            effect => {
                if matches!(effect, Effect::SignIn(_)) && incoming.namespace == Namespace::Root {
                    // Of another user's processes the server tells nothing any more.
                    self.unasked = self.shared.runs.followed();
                }
                self.shared.memory.succeeded(effect, logouts);
            }
        }
    }
}
