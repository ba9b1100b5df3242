//! What is kept of an execution beyond the life of its server.

use serde::{Deserialize, Serialize};
use slop_schema::claude::{ClaudeCompletePayload, ClaudeErrorPayload, ClaudeProcessStatus};
use slop_schema::scalar::UserId;
use std::sync::Arc;

/// An execution as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredExecution {
    /// Who started it.
    pub owner: UserId,
    /// Its status when it was stored.
    pub status: ClaudeProcessStatus,
    /// Its final update, when it has ended.
    pub ending: Option<Ending>,
    /// The server it runs on; the store fills it in.
    #[serde(default)]
    pub server: String,
    /// Whether that server lives; the store finds out when it loads.
    #[serde(skip)]
    pub server_is_alive: bool,
}

/// The final update of an execution.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Ending {
    /// It completed.
    Complete(Arc<ClaudeCompletePayload>),
    /// It failed, timed out or was cancelled.
    Error(ClaudeErrorPayload),
}
