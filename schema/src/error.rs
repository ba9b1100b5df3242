//! Errors outside the `claude:*` events: the server's `error` event.

use crate::wire::non_null;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

// Readers in Rust keep codes they do not know: a newer server must not break them.
/// What went wrong.
///
/// - `INVALID_PAYLOAD`: the payload of an event broke a rule of its schema
/// - `UNKNOWN_EVENT`: no such event on this namespace
/// - `INTERNAL_ERROR`: the server failed; the event may be sent again
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the variants are the document\'s own words")]
#[non_exhaustive]
pub enum ErrorCode {
    InvalidPayload,
    UnknownEvent,
    InternalError,
    /// A code of a newer protocol.
    #[serde(untagged)]
    #[ts(skip)]
    #[schemars(skip)]
    Unknown(String),
}

/// Why an event of the client was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[ts(optional_fields)]
#[non_exhaustive]
pub struct ErrorPayload {
    /// Error code
    pub code: ErrorCode,
    /// Human-readable error message; never contains the offending value
    pub message: String,
    /// Name of the event that was refused
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "non_null"
    )]
    pub event: Option<String>,
    /// What is wrong with the payload, rule by rule
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "non_null"
    )]
    pub details: Option<Vec<ErrorDetail>>,
}

impl ErrorPayload {
    /// An error about an event, if its name can be told.
    #[must_use]
    pub fn new(code: ErrorCode, message: impl Into<String>, event: Option<String>) -> Self {
        Self {
            code,
            message: message.into(),
            event,
            details: None,
        }
    }

    /// The same with what is wrong, rule by rule; an empty list is left out.
    #[must_use]
    pub fn with_details(mut self, details: Vec<ErrorDetail>) -> Self {
        self.details = (!details.is_empty()).then_some(details);
        self
    }
}

/// One rule that a payload broke.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ErrorDetail {
    /// JSON pointer into the payload; empty for the payload as a whole
    pub path: String,
    /// The rule that was broken
    pub message: String,
}

impl ErrorDetail {
    /// A broken rule and its place.
    #[must_use]
    pub fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            message: message.into(),
        }
    }
}
