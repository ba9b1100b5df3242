//! Records that wait to be written: the latest of each execution, in the order they were made. Pure.

use super::record::{Ending, StoredExecution};
use slop_schema::scalar::ProcessId;
use std::collections::{BTreeMap, HashMap};

/// What waits at most. A store that is away for long must not fill the server's memory.
const MAX_BYTES: usize = 64 * 1024 * 1024;
/// What a record without output weighs.
const EMPTY_RECORD_BYTES: usize = 1024;

/// A record's place among those that wait.
pub(super) type Place = u64;

/// The records that wait.
#[derive(Default)]
pub(super) struct Unwritten {
    records: BTreeMap<Place, (ProcessId, StoredExecution)>,
    places: HashMap<ProcessId, Place>,
    last_place: Place,
    bytes: usize,
}

impl Unwritten {
    /// Adds a record; an older one of the same execution need not be written any more. When too
    /// much waits, the oldest are given up.
    pub(super) fn add(&mut self, process: ProcessId, execution: StoredExecution) {
        if let Some(older) = self.places.get(&process) {
            self.remove(*older);
        }
        self.last_place += 1;
        self.bytes += weigh(&execution);
        self.places.insert(process.clone(), self.last_place);
        self.records.insert(self.last_place, (process, execution));
        while self.bytes > MAX_BYTES
            && let Some(oldest) = self.records.keys().next()
        {
            self.remove(*oldest);
        }
    }

    /// The record that is to be written next. It stays until it was.
    pub(super) fn first(&self) -> Option<(Place, ProcessId, StoredExecution)> {
        let (place, (process, execution)) = self.records.first_key_value()?;
        Some((*place, process.clone(), execution.clone()))
    }

    /// Notes that a record was written. A newer one of the same execution still waits.
    pub(super) fn remove(&mut self, place: Place) {
        if let Some((process, execution)) = self.records.remove(&place) {
            self.places.remove(&process);
            self.bytes -= weigh(&execution);
        }
    }

    /// Whether nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        self.records.is_empty()
    }
}

fn weigh(execution: &StoredExecution) -> usize {
    let Some(Ending::Complete(payload)) = &execution.ending else {
        return EMPTY_RECORD_BYTES;
    };
    let content = payload
        .result
        .parsed_response
        .as_ref()
        .map_or(0, |parsed| parsed.content.len());
    EMPTY_RECORD_BYTES + payload.result.stdout.len() + payload.result.stderr.len() + content
}

#[cfg(test)]
mod tests {
    use super::*;
    use slop_schema::claude::ClaudeProcessStatus;
    use slop_schema::scalar::UserId;

    fn process(name: &str) -> ProcessId {
        ProcessId::new(name).unwrap()
    }

    fn record(status: ClaudeProcessStatus) -> StoredExecution {
        StoredExecution {
            owner: UserId::new("u").unwrap(),
            status,
            ending: None,
            server: String::new(),
            server_is_alive: true,
        }
    }

    #[test]
    fn a_newer_record_replaces_an_older_one_that_waits_or_is_being_written() {
        let mut unwritten = Unwritten::default();
        unwritten.add(process("a"), record(ClaudeProcessStatus::Running));
        unwritten.add(process("b"), record(ClaudeProcessStatus::Running));
        let (being_written, first, _) = unwritten.first().unwrap();
        assert_eq!(first, process("a"));
        unwritten.add(process("a"), record(ClaudeProcessStatus::Failed));
        unwritten.remove(being_written);
        let (place, second, _) = unwritten.first().unwrap();
        assert_eq!(second, process("b"));
        unwritten.remove(place);
        let (place, last, execution) = unwritten.first().unwrap();
        assert_eq!(
            (last, execution.status),
            (process("a"), ClaudeProcessStatus::Failed)
        );
        unwritten.remove(place);
        assert!(unwritten.is_empty() && unwritten.places.is_empty());
        assert_eq!(unwritten.bytes, 0);
    }

    #[test]
    fn what_waits_is_bounded_and_the_oldest_are_given_up() {
        let mut unwritten = Unwritten::default();
        let most = MAX_BYTES / EMPTY_RECORD_BYTES;
        for number in 0..=most {
            unwritten.add(
                process(&format!("p{number}")),
                record(ClaudeProcessStatus::Running),
            );
        }
        assert_eq!(unwritten.records.len(), most);
        assert_eq!(unwritten.places.len(), most);
        assert_eq!(unwritten.first().unwrap().1, process("p1"));
    }
}
