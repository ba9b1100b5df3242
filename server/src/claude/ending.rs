//! How a process ended: its status, and its one final update. Pure.

use super::journal::Update;
use super::runner::Finished;
use super::state::Stop;
use slop_schema::claude::{
    ClaudeCompletePayload, ClaudeErrorCode, ClaudeErrorPayload, ClaudeProcessResult,
    ClaudeProcessStatus,
};
use slop_schema::scalar::{ProcessId, Timestamp, UserId};
use std::sync::Arc;
use std::time::Duration;

/// What a run came to.
pub(super) enum Ending {
    /// The CLI could not be started.
    NotStarted,
    /// It ran.
    Ran(Box<Finished>),
}

/// What else the final update tells.
pub(super) struct Facts {
    pub(super) process: ProcessId,
    pub(super) owner: UserId,
    pub(super) started_at: Timestamp,
    pub(super) completed_at: Timestamp,
    pub(super) limit: Duration,
}

impl Ending {
    /// Whether the run was a success, and why not.
    pub(super) fn verdict(&self) -> Result<(), String> {
        let finished = match self {
            Self::NotStarted => return Err("Claude CLI could not be started".into()),
            Self::Ran(finished) => finished,
        };
        let conclusion = &finished.conclusion;
        let reported = conclusion.reported_error.as_deref();
        if reported.is_none() && finished.exit_code == Some(0) {
            return if conclusion.is_whole {
                Ok(())
            } else {
                Err("Claude CLI ended before its answer was complete".into())
            };
        }
        let reported = reported.map(str::trim).filter(|text| !text.is_empty());
        let stderr = Some(finished.stderr.trim()).filter(|text| !text.is_empty());
        Err(match (reported.or(stderr), finished.exit_code) {
            (Some(sentence), _) => sentence.to_owned(),
            (None, Some(code)) => format!("Claude CLI exited with code {code}"),
            (None, None) => "Claude CLI was ended by a signal".into(),
        })
    }

    /// The status, when nobody stopped the process.
    pub(super) fn status(&self) -> ClaudeProcessStatus {
        match self {
            Self::Ran(finished) if finished.timed_out => ClaudeProcessStatus::Timeout,
            _ if self.verdict().is_ok() => ClaudeProcessStatus::Completed,
            _ => ClaudeProcessStatus::Failed,
        }
    }

    /// The one final update of a process that nobody stopped.
    pub(super) fn into_update(
        self,
        status: ClaudeProcessStatus,
        facts: Facts,
        stdout: &str,
    ) -> Update {
        if status == ClaudeProcessStatus::Timeout {
            return stopped(
                Stop::TimedOut,
                facts.process,
                facts.limit,
                facts.completed_at,
            );
        }
        match (self.verdict(), self) {
            (Ok(()), Self::Ran(finished)) => {
                let result = ClaudeProcessResult {
                    id: facts.process,
                    user_id: facts.owner,
                    status,
                    stdout: stdout.to_owned(),
                    stderr: finished.stderr,
                    exit_code: finished.exit_code,
                    started_at: facts.started_at,
                    completed_at: facts.completed_at,
                    duration_ms: facts.completed_at.millis_since(facts.started_at),
                    error: None,
                    parsed_response: finished.conclusion.parsed_response,
                };
                let payload = ClaudeCompletePayload::new(result, facts.completed_at);
                Update::Complete(Arc::new(payload))
            }
            (verdict, _) => {
                let sentence = verdict.err().unwrap_or_default();
                error(
                    facts.process,
                    ClaudeErrorCode::ExecutionError,
                    sentence,
                    facts.completed_at,
                )
            }
        }
    }
}

/// The final update of a process that was stopped. `limit` is the one it ran or waited into.
pub(super) fn stopped(stop: Stop, process: ProcessId, limit: Duration, at: Timestamp) -> Update {
    let limit_ms = limit.as_millis();
    let (code, sentence) = match stop {
        Stop::Cancelled => (
            ClaudeErrorCode::Cancelled,
            "Process was cancelled by user".into(),
        ),
        Stop::TimedOut => (
            ClaudeErrorCode::ExecutionError,
            format!("Process timed out after {limit_ms} ms"),
        ),
        Stop::WaitedTooLong => (
            ClaudeErrorCode::QueueTimeout,
            format!("Process waited in the queue for {limit_ms} ms"),
        ),
        Stop::ServerStopped => (
            ClaudeErrorCode::ExecutionError,
            "Server is shutting down".into(),
        ),
    };
    error(process, code, sentence, at)
}

/// The final update of a process whose server is gone.
pub(super) fn server_died(process: ProcessId, at: Timestamp) -> Update {
    error(
        process,
        ClaudeErrorCode::ExecutionError,
        "Server stopped".into(),
        at,
    )
}

fn error(process: ProcessId, code: ClaudeErrorCode, sentence: String, at: Timestamp) -> Update {
    Update::Error(ClaudeErrorPayload::new(Some(process), code, sentence, at))
}
