//! `claude:error`: a Claude operation failed.

use crate::scalar::{ProcessId, Timestamp};
use crate::wire::non_null;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

// Readers in Rust keep codes they do not know: a newer server must not break them.
/// Why a Claude operation failed.
///
/// - `UNAUTHORIZED`: authentication fails
/// - `INVALID_PAYLOAD`: invalid payload is provided
/// - `RATE_LIMIT_EXCEEDED`: rate limit is exceeded
/// - `EXECUTION_ERROR`: execution fails
/// - `STREAM_ERROR`: stream encounters an error
/// - `CANCELLED`: process is cancelled by user
/// - `PROCESS_NOT_FOUND`: process not found during status check
/// - `QUEUE_TIMEOUT`: queue timeout occurs
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the variants are the document\'s own words")]
#[non_exhaustive]
pub enum ClaudeErrorCode {
    Unauthorized,
    InvalidPayload,
    RateLimitExceeded,
    ExecutionError,
    StreamError,
    Cancelled,
    ProcessNotFound,
    QueueTimeout,
    /// A code of a newer protocol.
    #[serde(untagged)]
    #[ts(skip)]
    #[schemars(skip)]
    Unknown(String),
}

/// A failed Claude operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[ts(optional_fields)]
#[non_exhaustive]
pub struct ClaudeErrorPayload {
    /// Process ID (if applicable)
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "non_null"
    )]
    pub process_id: Option<ProcessId>,
    /// Error code
    pub code: ClaudeErrorCode,
    /// Human-readable error message
    pub message: String,
    /// ISO timestamp
    pub timestamp: Timestamp,
}

impl ClaudeErrorPayload {
    /// A failure that concerns no process, or this one.
    #[must_use]
    pub fn new(
        process_id: Option<ProcessId>,
        code: ClaudeErrorCode,
        message: impl Into<String>,
        timestamp: Timestamp,
    ) -> Self {
        Self {
            process_id,
            code,
            message: message.into(),
            timestamp,
        }
    }
}
