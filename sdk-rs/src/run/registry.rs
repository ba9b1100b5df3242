//! Which processes somebody follows, and the way of their events.

use super::{Item, RunQueue};
use crate::events::RawEvent;
use crate::packet;
use serde::Deserialize;
use slop_schema::event::AudienceKind;
use slop_schema::protocol::{ClaudeComplete, ClaudeError};
use slop_schema::scalar::ProcessId;
use slop_schema::{ClientEvent, EventVisitor, Namespace, ServerEvent, visit_events};
use std::collections::HashSet;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

/// Somebody who will follow a process once the server has accepted it.
#[derive(Clone)]
pub(crate) struct Follow {
    /// The process, when it is known before the server has answered.
    pub(crate) process: Option<ProcessId>,
    pub(crate) queue: Arc<RunQueue>,
}

impl fmt::Debug for Follow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Follow")
            .field("process", &self.process)
            .finish_non_exhaustive()
    }
}

/// All runs of a client.
#[derive(Default)]
pub(crate) struct Runs {
    followed: Mutex<Followed>,
    /// How many there are, to be looked at without the lock.
    count: AtomicUsize,
}

#[derive(Default)]
struct Followed {
    runs: Vec<(ProcessId, Arc<RunQueue>)>,
    /// Processes that the server tells this connection of, or has told. It tells each connection
    /// once: who asks again learns nothing of what was.
    known: HashSet<ProcessId>,
    is_over: bool,
}

impl Runs {
    /// From now on, events of the process go to the queue.
    pub(crate) fn add(&self, process: ProcessId, queue: Arc<RunQueue>) {
        let mut followed = self.lock();
        if followed.is_over {
            queue.push(Item::End);
            queue.wake();
            return;
        }
        followed.known.insert(process.clone());
        followed.runs.push((process, queue));
        self.count.store(followed.runs.len(), Ordering::Release);
    }

    /// Whether the server tells this connection of the process already, or did.
    pub(crate) fn is_known(&self, process: &ProcessId) -> bool {
        self.lock().known.contains(process)
    }

    /// It will, once it is asked after the process.
    pub(crate) fn note(&self, process: ProcessId) {
        self.lock().known.insert(process);
    }

    /// They do no more.
    pub(crate) fn remove(&self, queue: &Arc<RunQueue>) {
        let mut followed = self.lock();
        followed
            .runs
            .retain(|(_, other)| !Arc::ptr_eq(other, queue));
        self.count.store(followed.runs.len(), Ordering::Release);
    }

    /// Hands an event to the runs of the process it is about.
    pub(crate) fn deliver(&self, event: &RawEvent) {
        if event.namespace != Namespace::Root || !is_about_a_process(event) {
            return;
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct About {
            process_id: Option<ProcessId>,
        }
        let about = packet::event_argument::<About>(event.data.as_str());
        let Some(process) = about.ok().and_then(|about| about.process_id) else {
            return;
        };
        let runs = self.of(&process);
        if runs.is_empty() {
            self.note(process);
            return;
        }
        let is_final = event.is::<ClaudeComplete>() || event.is::<ClaudeError>();
        for (_, queue) in runs {
            queue.push(Item::Event(event.clone()));
            if is_final {
                queue.wake();
                self.remove(&queue);
            }
        }
    }

    /// Wakes those who read, after a batch of events.
    pub(crate) fn wake(&self) {
        if !self.is_empty() {
            for (_, queue) in &self.lock().runs {
                queue.wake();
            }
        }
    }

    /// The processes that somebody follows.
    pub(crate) fn followed(&self) -> Vec<ProcessId> {
        let followed = self.lock();
        let mut processes: Vec<_> = followed.runs.iter().map(|(it, _)| it.clone()).collect();
        processes.dedup();
        processes
    }

    /// A new connection begins: the processes to ask after.
    pub(crate) fn rejoin(&self) -> Vec<ProcessId> {
        let mut followed = self.lock();
        followed.known.clear();
        let mut processes = Vec::new();
        for (process, queue) in &followed.runs {
            queue.push(Item::Rejoined);
            processes.push(process.clone());
        }
        followed.known.extend(processes.iter().cloned());
        processes
    }

    /// The server does not let the client follow a process again.
    pub(crate) fn refuse(&self, process: &ProcessId, sentence: &str) {
        for (_, queue) in self.of(process) {
            queue.push(Item::Refused(sentence.to_owned()));
            queue.wake();
        }
    }

    /// The client has ended.
    pub(crate) fn end(&self) {
        let mut followed = self.lock();
        followed.is_over = true;
        for (_, queue) in followed.runs.drain(..) {
            queue.push(Item::End);
            queue.wake();
        }
        self.count.store(0, Ordering::Release);
    }

    fn is_empty(&self) -> bool {
        self.count.load(Ordering::Acquire) == 0
    }

    fn of(&self, process: &ProcessId) -> Vec<(ProcessId, Arc<RunQueue>)> {
        let followed = self.lock();
        let is_about = |(other, _): &&(ProcessId, Arc<RunQueue>)| other == process;
        followed.runs.iter().filter(is_about).cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Followed> {
        self.followed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_about_a_process(event: &RawEvent) -> bool {
    static NAMES: LazyLock<Names> = LazyLock::new(|| {
        let mut names = Names(Vec::new());
        visit_events(&mut names);
        names
    });
    NAMES.0.contains(&&*event.name())
}

/// Names of the events that go to those who follow a process.
struct Names(Vec<&'static str>);

impl EventVisitor for Names {
    fn client<E: ClientEvent>(&mut self) {}

    fn server<E: ServerEvent>(&mut self) {
        if E::AUDIENCE == AudienceKind::Process {
            self.0.push(E::NAME);
        }
    }
}
