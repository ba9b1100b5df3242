//! Forwarding: the updates of one Claude process, sent to one socket at the socket's own pace.

use super::connection::Link;
use super::emit;
use crate::claude::{Update, Updates};
use slop_schema::protocol::{ClaudeComplete, ClaudeError, ClaudeProgress, ClaudeQueued};

/// Sends every update until the final one. Waits while the socket's send buffer is full; what comes
/// meanwhile is joined into larger chunks by the journal.
pub(super) async fn forward(link: Link, mut updates: Updates) {
    while let Some(update) = updates.next().await {
        match update {
            Update::Queued(payload) => emit::to_socket::<ClaudeQueued>(&link, &payload).await,
            Update::Progress(payload) => {
                emit::to_socket::<ClaudeProgress>(&link, &payload).await;
            }
            Update::Complete(payload) => {
                emit::to_socket::<ClaudeComplete>(&link, &payload).await;
            }
            Update::Error(payload) => emit::to_socket::<ClaudeError>(&link, &payload).await,
        }
        // One process that prints without pause must not keep other tasks from their turn.
        tokio::task::coop::consume_budget().await;
    }
}
