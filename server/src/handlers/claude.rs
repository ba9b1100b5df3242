//! `claude:execute`, `claude:status`, `claude:cancel`.

use super::Handle;
use crate::app::App;
use crate::claude::{Update, Updates};
use crate::wire::{Answer, Caller, Emitter, Reply};
use slop_schema::claude::{
    ClaudeCancelCallback, ClaudeExecuteCallback, ClaudeExecutePayload, ClaudeStatusCallback,
};
use slop_schema::event::SignedIn;
use slop_schema::protocol::{
    ClaudeCancel, ClaudeComplete, ClaudeError, ClaudeExecute, ClaudeProgress, ClaudeStatus,
};
use slop_schema::scalar::ProcessId;

impl Handle<ClaudeExecute> for App {
    async fn handle(
        &self,
        caller: Caller<SignedIn>,
        payload: ClaudeExecutePayload,
    ) -> Answer<ClaudeExecute> {
        let execution = self.executions().accept(&caller.user().id, payload).await?;
        let process = execution.id().clone();
        caller.follow_process(&process);
        let emitter = self.emitter().clone();
        Ok(Reply::then(
            ClaudeExecuteCallback::accepted(process.clone()),
            move || {
                tokio::spawn(forward(process, execution.start(), emitter));
            },
        ))
    }
}

impl Handle<ClaudeStatus> for App {
    async fn handle(&self, caller: Caller<SignedIn>, process: ProcessId) -> Answer<ClaudeStatus> {
        let status = self.executions().status(&caller.user().id, &process)?;
        caller.follow_process(&process);
        Ok(ClaudeStatusCallback::is(status).into())
    }
}

impl Handle<ClaudeCancel> for App {
    async fn handle(&self, caller: Caller<SignedIn>, process: ProcessId) -> Answer<ClaudeCancel> {
        let stop = self.executions().cancel(&caller.user().id, &process)?;
        Ok(Reply::then(ClaudeCancelCallback::cancelled(), move || {
            stop.carry_out()
        }))
    }
}

/// Sends the updates of a process to everybody who follows it, until its last one.
async fn forward(process: ProcessId, mut updates: Updates, emitter: Emitter) {
    while let Some(update) = updates.next().await {
        match update {
            Update::Progress(payload) => {
                emitter
                    .to_process::<ClaudeProgress>(&process, &payload)
                    .await
            }
            Update::Complete(payload) => {
                emitter
                    .to_process::<ClaudeComplete>(&process, &payload)
                    .await
            }
            Update::Error(payload) => emitter.to_process::<ClaudeError>(&process, &payload).await,
        };
    }
}
