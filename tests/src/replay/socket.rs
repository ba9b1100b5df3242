//! A socket of a replay: what arrived at it and has not been asked about yet.

use crate::matching::short;
use crate::reader::process_lane;
use crate::wire::{Connection, Received, Sent};
use serde_json::Value;
use std::collections::BTreeMap;
use tokio::time::Instant;

/// Callback ids of this socket; the one that empties it at the end is the highest.
const LAST_ID: u64 = 1_000_000;

/// Something that arrived.
#[derive(Debug, Clone, PartialEq)]
pub struct Arrival {
    /// Its place in the order of arrival at its socket.
    pub order: usize,
    /// What it is.
    pub what: Received,
}

/// A connected socket.
pub struct Socket {
    connection: Connection,
    /// What arrived and has not been asked about yet.
    pub pending: Vec<Arrival>,
    arrivals: usize,
    has_ended: bool,
    /// Events that were sent with a callback, by the number of the callback.
    pub asked: BTreeMap<u32, String>,
}

impl Arrival {
    /// The process that an event reports on.
    pub fn process(&self) -> Option<String> {
        match &self.what {
            Received::Event { event, arguments } => process_lane(event, arguments.first()?),
            _ => None,
        }
    }
}

impl Socket {
    /// A socket on a connection that was just opened.
    pub fn new(connection: Connection) -> Self {
        Self {
            connection,
            pending: Vec::new(),
            arrivals: 0,
            has_ended: false,
            asked: BTreeMap::new(),
        }
    }

    /// Sends a packet.
    pub fn send(&self, packet: Sent) {
        self.connection.send(packet);
    }

    /// The first arrival that is the one wanted; `None` when it does not come in time.
    pub async fn take(
        &mut self,
        deadline: Instant,
        is_wanted: impl Fn(&Arrival) -> bool,
    ) -> Option<Arrival> {
        loop {
            if let Some(place) = self.pending.iter().position(&is_wanted) {
                return Some(self.pending.remove(place));
            }
            if self.has_ended {
                return None;
            }
            let received = tokio::time::timeout_at(deadline, self.connection.receive()).await;
            self.note(received.ok()??);
        }
    }

    /// Notes all that has arrived.
    pub fn catch_up(&mut self) {
        while let Some(received) = self.connection.received() {
            self.note(received);
        }
    }

    fn note(&mut self, received: Received) {
        // One end is enough: whether the connection goes with the socket is up to the server.
        if self.has_ended && received.is_end() {
            return;
        }
        self.has_ended |= received.is_end();
        self.arrivals += 1;
        self.pending.push(Arrival {
            order: self.arrivals,
            what: received,
        });
    }

    /// Makes sure that all the server sent before has arrived, without minding how it answers.
    pub async fn settle(&mut self, namespace: &str, deadline: Instant) {
        if self.has_ended {
            return;
        }
        let (event, told) = match namespace {
            "/" => ("ping", "pong"),
            _ => ("logout", "loggedOut"),
        };
        let id = Some(LAST_ID);
        self.send(Sent::Event(id, vec![event.into()]));
        let is_answer = |arrival: &Arrival| matches!(arrival.what, Received::Callback { id, .. } if id == LAST_ID);
        let answered = self.take(deadline, is_answer).await.is_some();
        self.catch_up();
        // The event that goes with the answer is the last of its name.
        let is_told =
            |it: &Arrival| matches!(&it.what, Received::Event { event, .. } if event == told);
        if let Some(place) = self.pending.iter().rposition(is_told).filter(|_| answered) {
            self.pending.remove(place);
        }
    }

    /// Disconnects, and waits until the server was told.
    pub async fn disconnect(mut self, deadline: Instant) {
        if !self.has_ended {
            self.send(Sent::Disconnect);
            self.connection.close();
            while let Ok(Some(_)) =
                tokio::time::timeout_at(deadline, self.connection.receive()).await
            {}
        }
    }

    /// What arrived and was not asked about, as a report shows it.
    pub fn arrived(&self) -> Vec<String> {
        const LIMIT: usize = 5;
        let arrived = self.pending.iter().take(LIMIT);
        arrived.map(|arrival| self.shown(&arrival.what)).collect()
    }

    /// An arrival as a report shows it.
    pub fn shown(&self, what: &Received) -> String {
        let list = |arguments: &[Value]| arguments.iter().map(short).collect::<Vec<_>>().join(", ");
        match what {
            Received::Event { event, arguments } => format!("`{event}` {}", list(arguments)),
            Received::Callback { id, arguments } => {
                let asked = u32::try_from(*id)
                    .ok()
                    .and_then(|number| self.asked.get(&number));
                let asked = asked.map_or("nothing that was asked", String::as_str);
                format!("the callback of `{asked}`: {}", list(arguments))
            }
            Received::Connected { .. } => "CONNECT".to_owned(),
            Received::Refused { message } => format!("a refused CONNECT: {message}"),
            Received::Disconnected => "the end: the server disconnected the socket".to_owned(),
            Received::Closed { reason } => format!("the end: {reason}"),
        }
    }
}
