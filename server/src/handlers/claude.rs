//! `claude:execute`, `claude:status`, `claude:cancel`.

use super::Handle;
use crate::app::App;
use crate::wire::{Answer, Caller, Reply};
use slop_schema::claude::{
    ClaudeCancelCallback, ClaudeExecuteCallback, ClaudeExecutePayload, ClaudeStatusCallback,
};
use slop_schema::event::SignedIn;
use slop_schema::protocol::{ClaudeCancel, ClaudeExecute, ClaudeStatus};
use slop_schema::scalar::{ProcessId, SafeUint};

impl Handle<ClaudeExecute> for App {
    async fn handle(
        &self,
        caller: Caller<SignedIn>,
        payload: ClaudeExecutePayload,
    ) -> Answer<ClaudeExecute> {
        let accepted = self
            .executions()
            .execute(&caller.user().id, payload)
            .await?;
        let callback = ClaudeExecuteCallback::accepted(accepted.process.clone());
        Ok(Reply::then(callback, move || {
            caller.follow(accepted.process, accepted.updates)
        }))
    }
}

impl Handle<ClaudeStatus> for App {
    async fn handle(&self, caller: Caller<SignedIn>, process: ProcessId) -> Answer<ClaudeStatus> {
        let standing = self
            .executions()
            .status(&caller.user().id, &process)
            .await?;
        let callback = match standing.position {
            Some(position) => ClaudeStatusCallback::queued(SafeUint::saturating(position as u64)),
            None => ClaudeStatusCallback::is(standing.status),
        };
        Ok(Reply::then(callback, move || {
            if let Some(updates) = standing.updates {
                caller.follow(process, updates);
            }
        }))
    }
}

impl Handle<ClaudeCancel> for App {
    async fn handle(&self, caller: Caller<SignedIn>, process: ProcessId) -> Answer<ClaudeCancel> {
        let stop = self
            .executions()
            .cancel(&caller.user().id, &process)
            .await?;
        Ok(Reply::then(ClaudeCancelCallback::cancelled(), move || {
            stop.carry_out()
        }))
    }
}
