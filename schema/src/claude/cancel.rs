//! `claude:cancel`: end a process.

use crate::event::{Callback, RefusalEvent};
use crate::wire::non_null;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Outcome of `claude:cancel`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[ts(optional_fields)]
#[non_exhaustive]
pub struct ClaudeCancelCallback {
    /// Whether the process was cancelled by this call
    pub success: bool,
    /// Success message
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "non_null"
    )]
    pub message: Option<String>,
    /// Error message (if failed)
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "non_null"
    )]
    pub error: Option<String>,
}

impl ClaudeCancelCallback {
    /// The process was cancelled.
    #[must_use]
    pub fn cancelled() -> Self {
        Self {
            success: true,
            message: Some("Process cancelled successfully".into()),
            error: None,
        }
    }
}

impl Callback for ClaudeCancelCallback {
    const REFUSAL_EVENT: RefusalEvent = RefusalEvent::ClaudeError;

    fn refused(sentence: &str) -> Option<Self> {
        Some(Self {
            success: false,
            message: None,
            error: Some(sentence.into()),
        })
    }
}
