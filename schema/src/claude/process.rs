//! A Claude process as clients see it: `claude:queued`, `claude:progress`, `claude:complete`.

use crate::scalar::{Percent, ProcessId, SafeUint, Timestamp, UserId};
use crate::wire::{non_null, nullable};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Status of a Claude process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the variants are the document\'s own words")]
pub enum ClaudeProcessStatus {
    Pending,
    Queued,
    Running,
    Completed,
    Failed,
    Timeout,
    Cancelled,
}

/// A step of a running process.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[ts(optional_fields)]
#[non_exhaustive]
pub struct ClaudeProgressPayload {
    /// Unique process identifier
    pub process_id: ProcessId,
    /// Current status ('running')
    pub status: ClaudeProcessStatus,
    /// Incremental output chunk (for streaming)
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "non_null"
    )]
    pub data: Option<String>,
    /// Progress percentage 0-100 (if determinable)
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "non_null"
    )]
    pub progress: Option<Percent>,
    /// Status message
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "non_null"
    )]
    pub message: Option<String>,
    /// ISO timestamp
    pub timestamp: Timestamp,
}

impl ClaudeProgressPayload {
    /// A chunk of output.
    #[must_use]
    pub fn output(process_id: ProcessId, data: impl Into<String>, timestamp: Timestamp) -> Self {
        Self {
            data: Some(data.into()),
            ..Self::running(process_id, timestamp)
        }
    }

    /// A status message.
    #[must_use]
    pub fn message(
        process_id: ProcessId,
        message: impl Into<String>,
        timestamp: Timestamp,
    ) -> Self {
        Self {
            message: Some(message.into()),
            ..Self::running(process_id, timestamp)
        }
    }

    fn running(process_id: ProcessId, timestamp: Timestamp) -> Self {
        Self {
            process_id,
            status: ClaudeProcessStatus::Running,
            data: None,
            progress: None,
            message: None,
            timestamp,
        }
    }
}

/// A process that waits for its turn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ClaudeQueuedPayload {
    /// Unique process identifier
    pub process_id: ProcessId,
    /// Current position in queue (0-indexed)
    pub queue_position: SafeUint,
    /// Informational message (e.g., 'Queue position: 3')
    pub message: String,
    /// ISO timestamp
    pub timestamp: Timestamp,
}

impl ClaudeQueuedPayload {
    /// A process at this position of the queue, counted from 0.
    #[must_use]
    pub fn at(process_id: ProcessId, queue_position: SafeUint, timestamp: Timestamp) -> Self {
        let message = format!("Queue position: {}", queue_position.get());
        Self {
            process_id,
            queue_position,
            message,
            timestamp,
        }
    }
}

/// A process that finished successfully.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ClaudeCompletePayload {
    /// Unique process identifier
    pub process_id: ProcessId,
    /// Full execution result
    pub result: ClaudeProcessResult,
    /// ISO timestamp
    pub timestamp: Timestamp,
}

impl ClaudeCompletePayload {
    /// The process of this result has completed.
    #[must_use]
    pub fn new(result: ClaudeProcessResult, timestamp: Timestamp) -> Self {
        Self {
            process_id: result.id.clone(),
            result,
            timestamp,
        }
    }
}

/// Result of an execution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[ts(optional_fields)]
pub struct ClaudeProcessResult {
    /// Process ID
    pub id: ProcessId,
    /// User who initiated
    pub user_id: UserId,
    /// Final status
    pub status: ClaudeProcessStatus,
    /// Standard output
    pub stdout: String,
    /// Standard error
    pub stderr: String,
    /// Exit code (null if killed)
    #[serde(deserialize_with = "nullable")]
    #[ts(optional = false)]
    pub exit_code: Option<i32>,
    /// When process started
    pub started_at: Timestamp,
    /// When process completed
    pub completed_at: Timestamp,
    /// Duration in milliseconds
    pub duration_ms: SafeUint,
    /// Error message if failed
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "non_null"
    )]
    pub error: Option<String>,
    /// Parsed JSON response
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "non_null"
    )]
    pub parsed_response: Option<ClaudeParsedResponse>,
}

/// What the CLI reported about its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[ts(optional_fields)]
pub struct ClaudeParsedResponse {
    /// Main text response
    pub content: String,
    /// Tokens used
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "non_null"
    )]
    pub usage: Option<ClaudeUsage>,
    /// Model used
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "non_null"
    )]
    pub model: Option<String>,
    /// Stop reason
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "non_null"
    )]
    pub stop_reason: Option<String>,
}

/// Tokens an execution used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ClaudeUsage {
    /// Tokens read
    pub input_tokens: SafeUint,
    /// Tokens written
    pub output_tokens: SafeUint,
    /// Both together
    pub total_tokens: SafeUint,
}

impl ClaudeUsage {
    /// Tokens read and written.
    #[must_use]
    pub fn new(input_tokens: SafeUint, output_tokens: SafeUint) -> Self {
        let total = input_tokens.get().saturating_add(output_tokens.get());
        Self {
            input_tokens,
            output_tokens,
            total_tokens: SafeUint::saturating(total),
        }
    }
}
