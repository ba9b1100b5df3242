//! Refusals: everything the server says no to, as values with a code and a public sentence.

use crate::session::{AuthFailure, MAX_MEDIA, MAX_ROOMS};
use slop_schema::claude::ClaudeErrorCode;
use slop_schema::error::{ErrorCode, ErrorDetail};
use slop_schema::event::RefusalEvent;
use slop_schema::scalar::ProcessId;
use std::borrow::Cow;
use std::time::Duration;

/// Why an event of a client was refused.
#[derive(Debug, Clone, PartialEq)]
pub enum Refusal {
    /// No such event on this namespace.
    UnknownEvent,
    /// The payload broke these rules.
    InvalidPayload(Vec<ErrorDetail>),
    /// The event needs a signed-in user; the sentence is the table's.
    Unauthenticated(&'static str),
    /// The token signed nobody in.
    Authentication(AuthFailure),
    /// The room belongs to the server.
    RoomReserved,
    /// The socket is in too many rooms.
    TooManyRooms,
    /// The socket follows too many media items.
    TooManyMedia,
    /// A Claude operation was refused.
    Claude(ClaudeRefusal),
    /// A defect of the server.
    Internal,
}

/// Why a Claude operation was refused.
#[derive(Debug, Clone, PartialEq)]
pub enum ClaudeRefusal {
    /// The working directory is not one the CLI may run in.
    WorkingDirectory,
    /// The time limit asked for is above the server's.
    TimeoutTooLong {
        /// The server's limit in milliseconds.
        max_timeout_ms: u128,
    },
    /// The user asks too often.
    RateLimited {
        /// When the user may ask again.
        retry_after: Duration,
    },
    /// No more processes may wait.
    QueueFull,
    /// `claude:status` of a process that is not known.
    StatusOfUnknown(ProcessId),
    /// `claude:cancel` of a process that is not known.
    CancelOfUnknown,
    /// The process belongs to another user.
    AccessDenied,
    /// The process has already ended.
    AlreadyEnded,
    /// The server is stopping.
    Stopping,
}

/// What a client is told beside the refused callback.
#[derive(Debug, Clone, PartialEq)]
pub enum Announcement {
    /// The `error` event.
    Error(ErrorCode, Vec<ErrorDetail>),
    /// The `claude:error` event.
    ClaudeError(ClaudeErrorCode, Option<ProcessId>),
    /// The `authError` event.
    AuthError,
    /// Nothing: the callback says it all.
    Nothing,
}

impl Refusal {
    /// The public sentence, which never holds a value that the client sent.
    #[must_use]
    pub fn sentence(&self) -> Cow<'static, str> {
        match self {
            Self::UnknownEvent => "Unknown event".into(),
            Self::InvalidPayload(details) => match details.first() {
                Some(detail) => detail.message.clone().into(),
                None => "Invalid payload".into(),
            },
            Self::Unauthenticated(sentence) => (*sentence).into(),
            Self::Authentication(failure) => failure.to_string().into(),
            Self::RoomReserved => "Room is reserved".into(),
            Self::TooManyRooms => format!("A socket may join at most {MAX_ROOMS} rooms").into(),
            Self::TooManyMedia => {
                format!("A socket may subscribe to at most {MAX_MEDIA} media items").into()
            }
            Self::Claude(refusal) => refusal.sentence(),
            Self::Internal => "Internal error".into(),
        }
    }

    /// The event that goes with the callback. `channel` is where the event's area reports to.
    #[must_use]
    pub fn announcement(&self, channel: RefusalEvent) -> Announcement {
        let claude = channel == RefusalEvent::ClaudeError;
        match self {
            Self::UnknownEvent => Announcement::Error(ErrorCode::UnknownEvent, Vec::new()),
            Self::InvalidPayload(_) if claude => {
                Announcement::ClaudeError(ClaudeErrorCode::InvalidPayload, None)
            }
            Self::InvalidPayload(details) => {
                Announcement::Error(ErrorCode::InvalidPayload, details.clone())
            }
            Self::Unauthenticated(_) => {
                Announcement::ClaudeError(ClaudeErrorCode::Unauthorized, None)
            }
            Self::Authentication(_) => Announcement::AuthError,
            Self::RoomReserved | Self::TooManyRooms | Self::TooManyMedia => Announcement::Nothing,
            Self::Claude(refusal) => refusal.announcement(),
            Self::Internal if claude => {
                Announcement::ClaudeError(ClaudeErrorCode::ExecutionError, None)
            }
            Self::Internal => Announcement::Error(ErrorCode::InternalError, Vec::new()),
        }
    }
}

impl ClaudeRefusal {
    fn sentence(&self) -> Cow<'static, str> {
        match self {
            Self::WorkingDirectory => {
                "workingDirectory must be a directory inside the server's workspace".into()
            }
            Self::TimeoutTooLong { max_timeout_ms } => {
                format!("timeoutMs must be at most {max_timeout_ms}").into()
            }
            Self::RateLimited { retry_after } => {
                let seconds = retry_after.as_millis().div_ceil(1000).max(1);
                format!("Rate limit exceeded: try again in {seconds} s").into()
            }
            Self::QueueFull => "Queue is full".into(),
            Self::StatusOfUnknown(_) | Self::CancelOfUnknown => "Process not found".into(),
            Self::AccessDenied => "Access denied".into(),
            Self::AlreadyEnded => "Could not cancel process (may already be completed)".into(),
            Self::Stopping => "Server is shutting down".into(),
        }
    }

    fn announcement(&self) -> Announcement {
        match self {
            Self::WorkingDirectory | Self::TimeoutTooLong { .. } => {
                Announcement::ClaudeError(ClaudeErrorCode::InvalidPayload, None)
            }
            Self::StatusOfUnknown(process) => {
                Announcement::ClaudeError(ClaudeErrorCode::ProcessNotFound, Some(process.clone()))
            }
            Self::RateLimited { .. } => {
                Announcement::ClaudeError(ClaudeErrorCode::RateLimitExceeded, None)
            }
            Self::Stopping | Self::QueueFull => {
                Announcement::ClaudeError(ClaudeErrorCode::ExecutionError, None)
            }
            Self::CancelOfUnknown | Self::AccessDenied | Self::AlreadyEnded => {
                Announcement::Nothing
            }
        }
    }
}

impl From<AuthFailure> for Refusal {
    fn from(failure: AuthFailure) -> Self {
        Self::Authentication(failure)
    }
}

impl From<ClaudeRefusal> for Refusal {
    fn from(refusal: ClaudeRefusal) -> Self {
        Self::Claude(refusal)
    }
}
