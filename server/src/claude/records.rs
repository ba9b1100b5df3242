//! The records of this server's processes. Ended ones are kept for a time, within bounds.

use super::execution::Job;
use super::journal::{Journal, Update};
use super::state::State;
use slop_schema::scalar::{ProcessId, Timestamp, UserId};
use std::collections::{HashMap, VecDeque};
use std::time::Duration;
use tokio::sync::oneshot;

/// Ended processes that are kept in memory at most.
const MAX_ENDED: usize = 1000;
/// Output of ended processes that is kept in memory at most.
const MAX_ENDED_BYTES: usize = 64 * 1024 * 1024;

/// What is known of one process.
pub(super) struct Record {
    pub(super) owner: UserId,
    pub(super) state: State,
    pub(super) journal: Journal,
    /// Tells the runner to stop; gone when that was done, or when the process ended unstopped.
    pub(super) stop: Option<oneshot::Sender<()>>,
    /// The final update, as long as the callback of the cancel goes before it.
    pub(super) withheld: Option<Update>,
    /// What is to run, as long as it waits.
    pub(super) job: Option<Job>,
    /// The last position that was told.
    pub(super) position: Option<usize>,
}

/// All records; finds them by id.
#[derive(Default)]
pub(super) struct Records {
    processes: HashMap<ProcessId, Record>,
    /// Ended processes, the oldest first.
    ended: VecDeque<ProcessId>,
}

impl Records {
    pub(super) fn insert(&mut self, process: ProcessId, record: Record) {
        self.processes.insert(process, record);
    }

    pub(super) fn get(&self, process: &ProcessId) -> Option<&Record> {
        self.processes.get(process)
    }

    pub(super) fn get_mut(&mut self, process: &ProcessId) -> Option<&mut Record> {
        self.processes.get_mut(process)
    }

    /// Ids of all processes that have not ended, or whose end was not told.
    pub(super) fn unfinished(&self) -> Vec<ProcessId> {
        let has_ended = |record: &Record| matches!(record.state, State::Ended { .. });
        self.processes
            .iter()
            .filter(|(_, record)| !has_ended(record) || record.withheld.is_some())
            .map(|(process, _)| process.clone())
            .collect()
    }

    /// Journals that somebody still reads.
    pub(super) fn has_readers(&self) -> bool {
        self.processes
            .values()
            .any(|record| record.journal.has_followers())
    }

    /// Notes that a process has ended, and forgets those whose time is over or that are too many.
    pub(super) fn note_end(&mut self, process: &ProcessId, now: Timestamp, ttl: Duration) {
        self.ended.push_back(process.clone());
        let mut bytes: usize = self
            .ended
            .iter()
            .filter_map(|process| self.weigh(process))
            .sum();
        while let Some(oldest) = self.ended.front() {
            let is_over = self
                .processes
                .get(oldest)
                .is_none_or(|record| match record.state {
                    State::Ended { at, .. } => {
                        u128::from(now.millis_since(at).get()) >= ttl.as_millis()
                    }
                    _ => false,
                });
            if !is_over && self.ended.len() <= MAX_ENDED && bytes <= MAX_ENDED_BYTES {
                return;
            }
            bytes -= self.weigh(oldest).unwrap_or(0);
            self.processes.remove(oldest);
            self.ended.pop_front();
        }
    }

    fn weigh(&self, process: &ProcessId) -> Option<usize> {
        let journal = &self.processes.get(process)?.journal;
        journal.shrink();
        Some(journal.bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use slop_schema::claude::ClaudeProcessStatus;

    const TTL: Duration = Duration::from_secs(60);

    fn time(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000).unwrap()
    }

    fn end(records: &mut Records, name: &str, output: &str, at: Timestamp) {
        let process = ProcessId::new(name).unwrap();
        let journal = Journal::new(process.clone(), usize::MAX);
        journal.output(output, at);
        records.insert(
            process.clone(),
            Record {
                owner: UserId::new("u").unwrap(),
                state: State::Ended {
                    status: ClaudeProcessStatus::Completed,
                    at,
                },
                journal,
                stop: None,
                withheld: None,
                job: None,
                position: None,
            },
        );
        records.note_end(&process, at, TTL);
    }

    fn knows(records: &Records, name: &str) -> bool {
        records.get(&ProcessId::new(name).unwrap()).is_some()
    }

    #[test]
    fn ended_processes_are_forgotten_when_their_time_is_over() {
        let mut records = Records::default();
        end(&mut records, "a", "", time(0));
        end(&mut records, "b", "", time(59));
        assert!(knows(&records, "a"));
        end(&mut records, "c", "", time(60));
        assert!(!knows(&records, "a") && knows(&records, "b") && knows(&records, "c"));
    }

    #[test]
    fn ended_processes_are_bounded_by_count_and_by_bytes() {
        let mut records = Records::default();
        for number in 0..=MAX_ENDED {
            end(&mut records, &format!("n{number}"), "", time(0));
        }
        assert!(!knows(&records, "n0") && knows(&records, "n1"));
        end(
            &mut records,
            "large1",
            &"x".repeat(MAX_ENDED_BYTES / 2),
            time(1),
        );
        end(
            &mut records,
            "large2",
            &"x".repeat(MAX_ENDED_BYTES / 2 + 1),
            time(2),
        );
        assert!(!knows(&records, "large1") && knows(&records, "large2"));
    }
}
