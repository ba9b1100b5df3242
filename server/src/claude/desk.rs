//! The desk: what is decided together, under one lock: who runs, who waits, where everybody stands.

use super::engine::Standing;
use super::journal::{Journal, Update};
use super::queue::Queue;
use super::records::Records;
use super::state::{State, Stop};
use crate::refusal::ClaudeRefusal;
use slop_schema::claude::ClaudeProcessStatus;
use slop_schema::scalar::{ProcessId, Timestamp, UserId};
use std::time::Duration;

/// What is decided together: who runs, who waits, and where everybody stands.
pub(super) struct Desk {
    pub(super) queue: Queue,
    pub(super) records: Records,
}

impl Desk {
    pub(super) fn new(queue: Queue) -> Self {
        Self {
            queue,
            records: Records::default(),
        }
    }

    pub(super) fn who(&self, process: &ProcessId) -> Option<(UserId, Journal)> {
        let record = self.records.get(process)?;
        Some((record.owner.clone(), record.journal.clone()))
    }

    pub(super) fn owner_and_status(
        &self,
        process: &ProcessId,
    ) -> Option<(UserId, ClaudeProcessStatus)> {
        let record = self.records.get(process)?;
        Some((record.owner.clone(), record.state.status()))
    }

    pub(super) fn standing(
        &self,
        user: &UserId,
        process: &ProcessId,
    ) -> Option<Result<Standing, ClaudeRefusal>> {
        let record = self.records.get(process)?;
        if record.owner != *user {
            return Some(Err(ClaudeRefusal::AccessDenied));
        }
        Some(Ok(Standing {
            status: record.state.status(),
            position: self.queue.position(process),
            updates: Some(record.journal.catch_up()),
        }))
    }

    /// Notes the end of a process that ran: its final status, and the stop that decided it.
    pub(super) fn end(
        &mut self,
        process: &ProcessId,
        status: ClaudeProcessStatus,
        at: Timestamp,
    ) -> (ClaudeProcessStatus, Option<Stop>) {
        self.queue.remove(process);
        let Some(record) = self.records.get_mut(process) else {
            return (status, None);
        };
        let stop = match record.state {
            State::Stopping(stop) => Some(stop),
            _ => {
                record.stop = None;
                None
            }
        };
        record.state = record.state.end(status, at);
        (record.state.status(), stop)
    }

    /// Tells how a process has ended, once the stop that ended it is carried out.
    pub(super) fn close(
        &mut self,
        process: &ProcessId,
        last: Update,
        now: Timestamp,
        ttl: Duration,
    ) {
        let Some(record) = self.records.get_mut(process) else {
            return;
        };
        if record.stop.is_some() {
            record.withheld = Some(last);
            return;
        }
        record.journal.close(|_| last);
        self.records.note_end(process, now, ttl);
    }

    /// Tells every waiting process whose position has changed, while anybody's turn still comes.
    pub(super) fn tell_positions(&mut self, now: Timestamp) {
        if self.queue.is_closed() {
            return;
        }
        for (position, process) in self.queue.waiting().enumerate() {
            let Some(record) = self.records.get_mut(process) else {
                continue;
            };
            if record.position != Some(position) {
                record.position = Some(position);
                record.journal.queued(position, now);
            }
        }
    }
}
