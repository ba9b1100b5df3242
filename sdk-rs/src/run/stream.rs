//! A run: one Claude execution, from its queue position to its result.

use super::catch_up::Place;
use super::queue::output_bytes;
use super::{Item, RunQueue};
use crate::client::Client;
use crate::error::CallError;
use crate::events::{RawEvent, Undecodable};
use futures_util::Stream;
use slop_schema::claude::{
    ClaudeCompletePayload, ClaudeErrorCode, ClaudeErrorPayload, ClaudeProcessResult,
    ClaudeProcessStatus, ClaudeProgressPayload, ClaudeQueuedPayload,
};
use slop_schema::protocol::{
    ClaudeCancel, ClaudeComplete, ClaudeError, ClaudeProgress, ClaudeQueued, ClaudeStatus,
};
use slop_schema::scalar::ProcessId;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

/// Something that happened to a run.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum RunUpdate {
    /// It waits for its turn.
    Queued(ClaudeQueuedPayload),
    /// It started, or printed something. Over all updates, `data` put together is the output, with
    /// nothing missing and nothing twice, however often the connection was lost. (Of a run that
    /// fails while it is lost, the server does not tell the last output any more.)
    Progress(ClaudeProgressPayload),
    /// The connection was lost and is back; what was missed follows.
    Reconnected,
    /// The run was not read for so long that this many bytes of output were dropped here. The
    /// result has all of it.
    Lagged {
        /// Bytes of UTF-8.
        bytes: u64,
    },
    /// An event about the run that cannot be read.
    Undecodable(Undecodable),
}

/// Why a run has no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// It failed.
    #[error("{message}")]
    Failed {
        /// The server's code.
        code: ClaudeErrorCode,
        /// The server's sentence.
        message: String,
    },
    /// Its user cancelled it.
    #[error("{message}")]
    Cancelled {
        /// The server's sentence.
        message: String,
    },
    /// It took too long, in the queue or running.
    #[error("{message}")]
    TimedOut {
        /// The server's sentence.
        message: String,
    },
    /// After a lost connection, or when another user signed in, the server did not let the client
    /// follow the process any more. It may still run.
    #[error("the process was lost sight of: {message}")]
    OutOfSight {
        /// The server's sentence.
        message: String,
    },
    /// The client has ended. The process goes on; [`follow`](crate::Claude::follow) finds it.
    #[error("the client is closed")]
    Closed,
    /// Its final event cannot be read.
    #[error(transparent)]
    Undecodable(#[from] Undecodable),
}

/// One Claude execution: a stream of what happens, and then its outcome.
///
/// A lost connection does not end it: the client connects again, asks the server what it missed,
/// and goes on where it was. Dropping a run does not end the process; [`cancel`](Self::cancel)
/// does.
#[must_use = "a run says nothing unless it is read"]
pub struct Run {
    client: Client,
    process: ProcessId,
    queue: Arc<RunQueue>,
    place: Place,
    outcome: Option<Result<Box<ClaudeProcessResult>, RunError>>,
}

impl Run {
    pub(crate) fn new(client: Client, process: ProcessId, queue: Arc<RunQueue>) -> Self {
        Self {
            client,
            process,
            queue,
            place: Place::default(),
            outcome: None,
        }
    }

    /// The process.
    #[must_use]
    pub fn process_id(&self) -> &ProcessId {
        &self.process
    }

    /// What happens next; `None` when the run is over. Cancellation-safe.
    pub async fn next(&mut self) -> Option<RunUpdate> {
        poll_fn(|cx| self.poll(cx)).await
    }

    /// Waits for the end and gives the result. Updates that were not read are skipped.
    ///
    /// # Errors
    /// When the run failed, was cancelled or timed out, or the client has ended. Cancellation-safe;
    /// a second call gives the same.
    pub async fn outcome(&mut self) -> Result<ClaudeProcessResult, RunError> {
        while self.next().await.is_some() {}
        let outcome = match self.outcome.clone() {
            Some(outcome) => outcome,
            None => Err(RunError::Closed),
        };
        match outcome {
            Ok(result) => Ok(*result),
            Err(error) => {
                let error = self.look_for_timeout(error).await;
                self.outcome = Some(Err(error.clone()));
                Err(error)
            }
        }
    }

    /// Asks the server to end the process. Its outcome is then [`RunError::Cancelled`].
    ///
    /// # Errors
    /// When the server refuses, as it does when the process has ended, or cannot be asked.
    pub async fn cancel(&self) -> Result<(), CallError> {
        let callback = self.client.call::<ClaudeCancel>(self.process.clone());
        callback.await.map(|_| ())
    }

    /// A process that ran out of time fails like any other: only its status tells them apart.
    async fn look_for_timeout(&self, error: RunError) -> RunError {
        let RunError::Failed { code, message } = error else {
            return error;
        };
        if code == ClaudeErrorCode::ExecutionError {
            let status = self.client.call::<ClaudeStatus>(self.process.clone()).await;
            let status = status.ok().and_then(|callback| callback.status);
            if status == Some(ClaudeProcessStatus::Timeout) {
                return RunError::TimedOut { message };
            }
        }
        RunError::Failed { code, message }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<RunUpdate>> {
        while self.outcome.is_none() {
            let update = match ready!(self.queue.poll_pop(cx)) {
                Item::Event(event) => self.take(&event),
                Item::Dropped(bytes) => match self.place.skip(bytes) {
                    0 => None,
                    bytes => Some(RunUpdate::Lagged { bytes }),
                },
                Item::Rejoined => {
                    self.place.rewind();
                    Some(RunUpdate::Reconnected)
                }
                Item::Refused(message) => self.end(Err(RunError::OutOfSight { message })),
                Item::End => self.end(Err(RunError::Closed)),
            };
            if update.is_some() {
                return Poll::Ready(update);
            }
        }
        Poll::Ready(None)
    }

    fn end(&mut self, outcome: Result<Box<ClaudeProcessResult>, RunError>) -> Option<RunUpdate> {
        self.client.shared().runs.remove(&self.queue);
        self.outcome = Some(outcome);
        None
    }

    fn take(&mut self, event: &RawEvent) -> Option<RunUpdate> {
        if event.is::<ClaudeProgress>() {
            match event.payload::<ClaudeProgress>() {
                Ok(payload) => self.progress(payload),
                Err(error) => {
                    self.place.skip(output_bytes(event));
                    Some(RunUpdate::Undecodable(error))
                }
            }
        } else if event.is::<ClaudeQueued>() {
            let payload = event.payload::<ClaudeQueued>();
            Some(payload.map_or_else(RunUpdate::Undecodable, RunUpdate::Queued))
        } else if event.is::<ClaudeComplete>() {
            match event.payload::<ClaudeComplete>() {
                Ok(payload) => self.complete(payload),
                Err(error) => self.end(Err(error.into())),
            }
        } else if event.is::<ClaudeError>() {
            let payload = event.payload::<ClaudeError>();
            self.end(Err(payload.map_or_else(Into::into, Into::into)))
        } else {
            None
        }
    }

    /// Of a process that ended while the connection was lost the server tells only the result: what
    /// was not read yet comes from there.
    fn complete(&mut self, payload: ClaudeCompletePayload) -> Option<RunUpdate> {
        let rest = self.place.take_all(&payload.result.stdout);
        self.end(Ok(Box::new(payload.result)));
        let rest = ClaudeProgressPayload::output(payload.process_id, rest?, payload.timestamp);
        Some(RunUpdate::Progress(rest))
    }

    fn progress(&mut self, mut payload: ClaudeProgressPayload) -> Option<RunUpdate> {
        if let Some(data) = payload.data.take() {
            payload.data = self.place.take(data);
            if payload.data.is_none() && payload.message.is_none() && payload.progress.is_none() {
                return None;
            }
        }
        Some(RunUpdate::Progress(payload))
    }
}

impl From<ClaudeErrorPayload> for RunError {
    fn from(payload: ClaudeErrorPayload) -> Self {
        let ClaudeErrorPayload { code, message, .. } = payload;
        match code {
            ClaudeErrorCode::Cancelled => Self::Cancelled { message },
            ClaudeErrorCode::QueueTimeout => Self::TimedOut { message },
            code => Self::Failed { code, message },
        }
    }
}

impl Stream for Run {
    type Item = RunUpdate;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<RunUpdate>> {
        self.get_mut().poll(cx)
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        self.client.shared().runs.remove(&self.queue);
    }
}

impl fmt::Debug for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run")
            .field("process", &self.process)
            .finish_non_exhaustive()
    }
}
