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
    /// The server stops.
    ServerStopped,
}

/// Where a process stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Accepted; its start follows.
    Pending,
    /// It runs.
    Running,
    /// It is being stopped.
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
            Self::Pending => ClaudeProcessStatus::Pending,
            Self::Running => ClaudeProcessStatus::Running,
            Self::Stopping(stop) => stop.status(),
            Self::Ended { status, .. } => status,
        }
    }

    /// The process was started, unless it was stopped before.
    pub(super) fn started(self) -> Self {
        if self == Self::Pending {
            Self::Running
        } else {
            self
        }
    }

    /// The process is to be stopped; `None` when that has been decided or it has ended already.
    pub(super) fn stopping(self, stop: Stop) -> Option<Self> {
        matches!(self, Self::Pending | Self::Running).then_some(Self::Stopping(stop))
    }

    /// The process has ended, in this status unless its stop decided otherwise before.
    pub(super) fn ended(self, status: ClaudeProcessStatus, at: Timestamp) -> Self {
        match self {
            Self::Stopping(stop) => Self::Ended {
                status: stop.status(),
                at,
            },
            Self::Ended { .. } => self,
            Self::Pending | Self::Running => Self::Ended { status, at },
        }
    }
}

impl Stop {
    pub(super) fn status(self) -> ClaudeProcessStatus {
        match self {
            Self::Cancelled => ClaudeProcessStatus::Cancelled,
            Self::TimedOut => ClaudeProcessStatus::Timeout,
            Self::ServerStopped => ClaudeProcessStatus::Failed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: fn() -> Timestamp = || Timestamp::from_millis(0).unwrap();

    #[test]
    fn the_first_stop_decides_and_the_exit_code_no_longer_does() {
        let stopping = State::Running.stopping(Stop::Cancelled).unwrap();
        assert_eq!(stopping.stopping(Stop::TimedOut), None);
        let ended = stopping.ended(ClaudeProcessStatus::Completed, NOW());
        assert_eq!(ended.status(), ClaudeProcessStatus::Cancelled);
    }

    #[test]
    fn what_has_ended_stays_as_it_is() {
        let ended = State::Running.ended(ClaudeProcessStatus::Completed, NOW());
        assert_eq!(ended.ended(ClaudeProcessStatus::Failed, NOW()), ended);
        assert_eq!(ended.stopping(Stop::Cancelled), None);
        assert_eq!(ended.started(), ended);
    }
}
