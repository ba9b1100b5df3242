//! The states of a process. Moves are functions; nobody assigns a status.

use slop_schema::claude::ClaudeProcessStatus;
use slop_schema::scalar::Timestamp;

/// Why a process is stopped before it ends by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// Its user cancelled it.
    Cancelled,
    /// It ran longer than it may.
    TimedOut,
    /// It waited longer than it may.
    WaitedTooLong,
    /// The server stops.
    ServerStopped,
}

/// Where a process stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// It waits for its turn.
    Queued,
    /// It runs.
    Running,
    /// It runs, and was told to stop.
    Stopping(Stop),
    /// It has ended.
    Ended {
        /// How.
        status: ClaudeProcessStatus,
        /// When.
        at: Timestamp,
    },
}

impl State {
    /// What `claude:status` says.
    pub(super) fn status(self) -> ClaudeProcessStatus {
        match self {
            Self::Queued => ClaudeProcessStatus::Queued,
            Self::Running => ClaudeProcessStatus::Running,
            Self::Stopping(stop) => stop.status(),
            Self::Ended { status, .. } => status,
        }
    }

    /// The turn of a queued process has come; `None` when it is not queued.
    pub(super) fn start(self) -> Option<Self> {
        (self == Self::Queued).then_some(Self::Running)
    }

    /// The process is stopped; `None` when that was decided, or it has ended, before. A queued one
    /// has ended with that, a running one has yet to.
    pub(super) fn stop(self, stop: Stop, at: Timestamp) -> Option<Self> {
        match self {
            Self::Queued => Some(Self::Ended {
                status: stop.status(),
                at,
            }),
            Self::Running => Some(Self::Stopping(stop)),
            Self::Stopping(_) | Self::Ended { .. } => None,
        }
    }

    /// A running process has ended, in this status unless its stop decided otherwise before.
    pub(super) fn end(self, status: ClaudeProcessStatus, at: Timestamp) -> Self {
        match self {
            Self::Stopping(stop) => Self::Ended {
                status: stop.status(),
                at,
            },
            Self::Ended { .. } => self,
            Self::Queued | Self::Running => Self::Ended { status, at },
        }
    }
}

impl Stop {
    pub(super) fn status(self) -> ClaudeProcessStatus {
        match self {
            Self::Cancelled => ClaudeProcessStatus::Cancelled,
            Self::TimedOut | Self::WaitedTooLong => ClaudeProcessStatus::Timeout,
            Self::ServerStopped => ClaudeProcessStatus::Failed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: fn() -> Timestamp = || Timestamp::from_millis(0).unwrap();

    fn ended(status: ClaudeProcessStatus) -> State {
        State::Ended { status, at: NOW() }
    }

    #[test]
    fn the_first_stop_decides_and_the_exit_code_no_longer_does() {
        let stopping = State::Running.stop(Stop::Cancelled, NOW()).unwrap();
        assert_eq!(stopping.stop(Stop::TimedOut, NOW()), None);
        assert_eq!(stopping.status(), ClaudeProcessStatus::Cancelled);
        let end = stopping.end(ClaudeProcessStatus::Completed, NOW());
        assert_eq!(end, ended(ClaudeProcessStatus::Cancelled));
    }

    #[test]
    fn what_has_ended_stays_as_it_is() {
        let end = State::Running.end(ClaudeProcessStatus::Completed, NOW());
        assert_eq!(end.end(ClaudeProcessStatus::Failed, NOW()), end);
        assert_eq!(end.stop(Stop::Cancelled, NOW()), None);
        assert_eq!(end.start(), None);
    }

    #[test]
    fn a_queued_process_ends_at_once_and_a_started_one_never_starts_again() {
        assert_eq!(
            State::Queued.stop(Stop::WaitedTooLong, NOW()),
            Some(ended(ClaudeProcessStatus::Timeout))
        );
        assert_eq!(State::Queued.start(), Some(State::Running));
        assert_eq!(State::Running.start(), None);
        assert_eq!(State::Stopping(Stop::Cancelled).start(), None);
    }
}
