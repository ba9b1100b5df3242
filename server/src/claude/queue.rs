//! The queue: who runs, who waits, and who is next. Pure.
//!
//! First come, first served within one user; between users, turns. Each execution gets a round: the
//! one after its user's last, but not before the round that is being served. The lowest round goes
//! first, the earlier arrival among equals. So one user's fifty prompts leave room for another's
//! one, and nobody gets ahead by having been away.

use slop_schema::scalar::{ProcessId, UserId};
use std::collections::{BTreeMap, HashMap, HashSet};

/// A round, then the order of arrival.
type Turn = (u64, u64);

/// Which processes run and which wait.
#[derive(Debug)]
pub(super) struct Queue {
    max_running: usize,
    max_waiting: usize,
    running: HashSet<ProcessId>,
    waiting: BTreeMap<Turn, (ProcessId, UserId)>,
    turns: HashMap<ProcessId, Turn>,
    /// The last round in which a process of this user was started.
    started_round: HashMap<UserId, u64>,
    served_round: u64,
    arrivals: u64,
    is_closed: bool,
}

/// What becomes of a new process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Admission {
    /// It runs at once.
    Start,
    /// It waits.
    Wait,
    /// There is no room for it to wait.
    Full,
    /// The queue is closed.
    Closed,
}

impl Queue {
    pub(super) fn new(max_running: usize, max_waiting: usize) -> Self {
        Self {
            max_running,
            max_waiting,
            running: HashSet::new(),
            waiting: BTreeMap::new(),
            turns: HashMap::new(),
            started_round: HashMap::new(),
            served_round: 0,
            arrivals: 0,
            is_closed: false,
        }
    }

    /// From now on nobody comes in, and nobody who waits starts.
    pub(super) fn close(&mut self) {
        self.is_closed = true;
    }

    /// Nobody's turn comes any more.
    pub(super) fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// Takes a new process in. It never overtakes those who wait, even if there is room for them.
    pub(super) fn admit(&mut self, process: ProcessId, user: &UserId) -> Admission {
        if self.is_closed {
            return Admission::Closed;
        }
        let may_start = self.running.len() < self.max_running && self.waiting.is_empty();
        if !may_start && self.waiting.len() >= self.max_waiting {
            return Admission::Full;
        }
        let turn = self.next_turn(user);
        if may_start {
            self.serve(turn.0, user);
            self.running.insert(process);
            return Admission::Start;
        }
        self.turns.insert(process.clone(), turn);
        self.waiting.insert(turn, (process, user.clone()));
        Admission::Wait
    }

    /// Takes out a process that ended, was cancelled or waited too long; true when it was there.
    pub(super) fn remove(&mut self, process: &ProcessId) -> bool {
        if let Some(turn) = self.turns.remove(process) {
            self.waiting.remove(&turn);
            return true;
        }
        self.running.remove(process)
    }

    /// Moves the next process from waiting to running, if there is room and one waits.
    pub(super) fn start_next(&mut self) -> Option<ProcessId> {
        if self.is_closed || self.running.len() >= self.max_running {
            return None;
        }
        let ((round, _), (process, user)) = self.waiting.pop_first()?;
        self.serve(round, &user);
        self.turns.remove(&process);
        self.running.insert(process.clone());
        Some(process)
    }

    /// The waiting processes in the order in which they will start, if nobody else comes.
    pub(super) fn waiting(&self) -> impl Iterator<Item = &ProcessId> {
        self.waiting.values().map(|(process, _)| process)
    }

    /// Position of a waiting process, counted from 0.
    pub(super) fn position(&self, process: &ProcessId) -> Option<usize> {
        let turn = self.turns.get(process)?;
        Some(self.waiting.range(..turn).count())
    }

    /// How many processes wait.
    pub(super) fn waiting_count(&self) -> usize {
        self.waiting.len()
    }

    /// The round after the user's last: started or still waiting, but not one that was given up.
    fn next_turn(&mut self, user: &UserId) -> Turn {
        let waiting = self
            .waiting
            .iter()
            .rev()
            .find(|(_, (_, owner))| owner == user);
        let started = self.started_round.get(user).copied();
        let last = waiting.map(|(turn, _)| turn.0).max(started);
        let round = last.map_or(0, |round| round + 1).max(self.served_round);
        self.arrivals += 1;
        (round, self.arrivals)
    }

    fn serve(&mut self, round: u64, user: &UserId) {
        self.served_round = self.served_round.max(round);
        self.started_round.insert(user.clone(), round);
        // Whose last round is behind the served one gets the served one anyway: forget them, now
        // and then.
        if self.started_round.len() > 2 * (self.waiting.len() + self.running.len()) + 16 {
            self.started_round
                .retain(|_, last| *last >= self.served_round);
        }
    }
}

#[cfg(test)]
mod tests;
