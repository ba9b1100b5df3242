//! Notifications: `notification`, on `/notifications`.

use crate::scalar::{JsonObject, Timestamp};
use crate::wire::non_null;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Kind of a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the variants are the document\'s own words")]
pub enum NotificationType {
    Info,
    Success,
    Warning,
    Error,
}

/// A notification for one user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[ts(optional_fields)]
#[non_exhaustive]
pub struct NotificationPayload {
    /// Notification ID
    pub id: String,
    /// Kind of notification
    #[serde(rename = "type")]
    pub kind: NotificationType,
    /// Notification title
    pub title: String,
    /// Notification body
    pub message: String,
    /// When it was sent
    pub timestamp: Timestamp,
    /// Additional data
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "non_null"
    )]
    #[ts(type = "Record<string, unknown>")]
    pub data: Option<JsonObject>,
}

impl NotificationPayload {
    /// A notification without additional data.
    #[must_use]
    pub fn new(
        id: impl Into<String>,
        kind: NotificationType,
        title: impl Into<String>,
        message: impl Into<String>,
        timestamp: Timestamp,
    ) -> Self {
        Self {
            id: id.into(),
            kind,
            title: title.into(),
            message: message.into(),
            timestamp,
            data: None,
        }
    }
}
