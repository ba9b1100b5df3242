//! Claude: executions and what becomes of them.

use super::liveness::scalar;
use crate::client::{Client, argument_of};
use crate::error::CallError;
use crate::memory::Effect;
use crate::run::{Follow, Run, RunQueue};
use slop_schema::claude::{ClaudeExecutePayload, ClaudeStatusCallback};
use slop_schema::protocol::{ClaudeCancel, ClaudeExecute, ClaudeStatus};
use slop_schema::scalar::{ProcessId, Prompt};
use slop_schema::{ClientEvent, Namespace};
use std::sync::Arc;

/// Claude executions, from [`Client::claude`].
#[derive(Debug, Clone, Copy)]
pub struct Claude<'a>(&'a Client);

impl Client {
    /// Claude executions.
    #[must_use]
    pub fn claude(&self) -> Claude<'_> {
        Claude(self)
    }
}

impl Claude<'_> {
    /// Executes a prompt with the server's defaults.
    ///
    /// # Errors
    /// As [`execute_with`](Self::execute_with).
    pub async fn execute(self, prompt: impl Into<String>) -> Result<Run, CallError> {
        let prompt = scalar(Prompt::new(prompt))?;
        self.execute_with(ClaudeExecutePayload::new(prompt)).await
    }

    /// Executes a prompt; resolves once the server has accepted it.
    ///
    /// # Errors
    /// When the server refuses, because nobody is signed in, the limit is exceeded or the payload
    /// is wrong, or cannot be asked. It is never sent twice: [`CallError::may_have_happened`] tells
    /// whether a process may run nonetheless.
    pub async fn execute_with(self, payload: ClaudeExecutePayload) -> Result<Run, CallError> {
        let queue = Arc::new(RunQueue::default());
        let argument = argument_of::<ClaudeExecute>(&payload)?;
        let callback = self
            .follow_with::<ClaudeExecute>(argument, None, &queue)
            .await?;
        let process = callback.process_id.ok_or_else(|| {
            let error = serde::de::Error::custom("the callback names no process");
            CallError::Undecodable(error)
        })?;
        Ok(Run::new(self.0.clone(), process, queue))
    }

    /// Follows a process from its beginning: one of another connection or program of the same user.
    ///
    /// The server tells each connection of a process once. When this one was told already, because
    /// it executed the process or asked after it, the run has a connection of its own.
    ///
    /// # Errors
    /// When the server does not know the process, it is another user's, or the server cannot be
    /// asked.
    pub async fn follow(self, process: ProcessId) -> Result<Run, CallError> {
        if !self.0.shared().runs.is_known(&process) {
            return self.follow_here(process).await;
        }
        let another = self.0.another().await;
        let another = another.map_err(|error| CallError::NoSecondConnection(error.into()))?;
        another.claude().follow_here(process).await
    }

    /// Asks after a process.
    ///
    /// # Errors
    /// When the server does not know the process, it is another user's, or the server cannot be
    /// asked.
    pub async fn status(self, process: ProcessId) -> Result<ClaudeStatusCallback, CallError> {
        self.0.call::<ClaudeStatus>(process).await
    }

    /// Ends a process.
    ///
    /// # Errors
    /// When the server refuses, as it does when the process has ended, or cannot be asked.
    pub async fn cancel(self, process: ProcessId) -> Result<(), CallError> {
        self.0.call::<ClaudeCancel>(process).await.map(|_| ())
    }

    async fn follow_here(self, process: ProcessId) -> Result<Run, CallError> {
        let queue = Arc::new(RunQueue::default());
        let argument = argument_of::<ClaudeStatus>(&process)?;
        self.follow_with::<ClaudeStatus>(argument, Some(process.clone()), &queue)
            .await?;
        Ok(Run::new(self.0.clone(), process, queue))
    }

    async fn follow_with<E: ClientEvent>(
        self,
        argument: Option<String>,
        process: Option<ProcessId>,
        queue: &Arc<RunQueue>,
    ) -> Result<E::Ack, CallError> {
        let mut unfollow = Unfollow(Some((self.0, queue)));
        let follow = Follow {
            process,
            queue: queue.clone(),
        };
        let effect = Effect::Follow(follow);
        let callback = self
            .0
            .call_with::<E>(Namespace::Root, argument, effect)
            .await?;
        unfollow.0 = None;
        Ok(callback)
    }
}

/// A run that its caller gave up while it was accepted must not be followed for ever.
struct Unfollow<'a>(Option<(&'a Client, &'a Arc<RunQueue>)>);

impl Drop for Unfollow<'_> {
    fn drop(&mut self) {
        if let Some((client, queue)) = self.0 {
            client.shared().runs.remove(queue);
        }
    }
}
