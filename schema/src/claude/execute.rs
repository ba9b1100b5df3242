//! `claude:execute`: run a prompt.

use crate::event::{Callback, RateLimit, RefusalEvent};
use crate::scalar::{ModelName, PositiveInt, ProcessId, Prompt, SystemPrompt, WorkingDirectory};
use crate::wire::non_null;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How often a user may ask for an execution, unless the server is told otherwise.
pub const EXECUTE_RATE_LIMIT: RateLimit = RateLimit {
    max_requests: 10,
    window_ms: 60_000,
};

/// What to execute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[ts(optional_fields)]
#[non_exhaustive]
pub struct ClaudeExecutePayload {
    /// The prompt to send to Claude (required)
    pub prompt: Prompt,
    /// Optional system prompt
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "non_null"
    )]
    pub system_prompt: Option<SystemPrompt>,
    /// Optional model override
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "non_null"
    )]
    pub model: Option<ModelName>,
    /// Optional maximum tokens
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "non_null"
    )]
    pub max_tokens: Option<PositiveInt>,
    /// Optional working directory for Claude CLI; a relative path is taken from the server's
    /// workspace root, an absolute one must lie inside it
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "non_null"
    )]
    pub working_directory: Option<WorkingDirectory>,
    /// Optional timeout in milliseconds; the server sets the upper limit
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "non_null"
    )]
    pub timeout_ms: Option<PositiveInt>,
}

impl ClaudeExecutePayload {
    /// A prompt with everything else left to the server.
    #[must_use]
    pub fn new(prompt: Prompt) -> Self {
        Self {
            prompt,
            system_prompt: None,
            model: None,
            max_tokens: None,
            working_directory: None,
            timeout_ms: None,
        }
    }
}

/// Immediate acknowledgment of `claude:execute`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[ts(optional_fields)]
#[non_exhaustive]
pub struct ClaudeExecuteCallback {
    /// Whether the execution was accepted
    pub success: bool,
    /// Unique process ID for tracking (if successful)
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "non_null"
    )]
    pub process_id: Option<ProcessId>,
    /// Error message (if failed)
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "non_null"
    )]
    pub error: Option<String>,
}

impl ClaudeExecuteCallback {
    /// The execution was accepted.
    #[must_use]
    pub fn accepted(process_id: ProcessId) -> Self {
        Self {
            success: true,
            process_id: Some(process_id),
            error: None,
        }
    }
}

impl Callback for ClaudeExecuteCallback {
    const REFUSAL_EVENT: RefusalEvent = RefusalEvent::ClaudeError;

    fn refused(sentence: &str) -> Option<Self> {
        Some(Self {
            success: false,
            process_id: None,
            error: Some(sentence.into()),
        })
    }
}
