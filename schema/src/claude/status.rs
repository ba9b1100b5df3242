//! `claude:status`: ask after a process.

use super::ClaudeProcessStatus;
use crate::event::{Callback, RefusalEvent};
use crate::scalar::SafeUint;
use crate::wire::non_null;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Answer to `claude:status`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[ts(optional_fields)]
#[non_exhaustive]
pub struct ClaudeStatusCallback {
    /// Whether the process is known and belongs to the caller
    pub success: bool,
    /// Current status
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "non_null"
    )]
    pub status: Option<ClaudeProcessStatus>,
    /// Position in queue (if queued)
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "non_null"
    )]
    pub queue_position: Option<SafeUint>,
    /// Error message (if failed)
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "non_null"
    )]
    pub error: Option<String>,
}

impl ClaudeStatusCallback {
    /// The status of a process that is not queued.
    #[must_use]
    pub fn is(status: ClaudeProcessStatus) -> Self {
        Self {
            success: true,
            status: Some(status),
            queue_position: None,
            error: None,
        }
    }

    /// A queued process and its position, counted from 0.
    #[must_use]
    pub fn queued(position: SafeUint) -> Self {
        Self {
            queue_position: Some(position),
            ..Self::is(ClaudeProcessStatus::Queued)
        }
    }
}

impl Callback for ClaudeStatusCallback {
    const REFUSAL_EVENT: RefusalEvent = RefusalEvent::ClaudeError;

    fn refused(sentence: &str) -> Option<Self> {
        Some(Self {
            success: false,
            status: None,
            queue_position: None,
            error: Some(sentence.into()),
        })
    }
}
