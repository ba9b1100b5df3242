//! Media generation: `subscribeMedia`, `mediaProgress`, `mediaComplete`, `mediaError`, on `/media`.

use crate::event::Callback;
use crate::scalar::{JsonObject, MediaId, Percent};
use crate::wire::non_null;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A payload about one media item, sent to the item's subscribers.
pub trait AboutMedia {
    /// The item.
    fn media_id(&self) -> &MediaId;
}

macro_rules! about_media {
    ($($payload:ident)*) => {
        $(impl AboutMedia for $payload {
            fn media_id(&self) -> &MediaId {
                &self.media_id
            }
        })*
    };
}

about_media!(MediaProgressPayload MediaCompletePayload MediaErrorPayload);

/// How far a media item is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[ts(optional_fields)]
#[non_exhaustive]
pub struct MediaProgressPayload {
    /// Media item ID
    pub media_id: MediaId,
    /// Progress percentage (0-100)
    pub progress: Percent,
    /// Current processing stage
    pub stage: String,
    /// Status message
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "non_null"
    )]
    pub message: Option<String>,
}

impl MediaProgressPayload {
    /// Progress without a message.
    #[must_use]
    pub fn new(media_id: MediaId, progress: Percent, stage: impl Into<String>) -> Self {
        Self {
            media_id,
            progress,
            stage: stage.into(),
            message: None,
        }
    }
}

/// A finished media item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[ts(optional_fields)]
#[non_exhaustive]
pub struct MediaCompletePayload {
    /// Media item ID
    pub media_id: MediaId,
    /// Generated media URL
    pub url: String,
    /// Thumbnail URL
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "non_null"
    )]
    pub thumbnail_url: Option<String>,
    /// Additional metadata
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "non_null"
    )]
    #[ts(type = "Record<string, unknown>")]
    pub metadata: Option<JsonObject>,
}

impl MediaCompletePayload {
    /// A finished item without thumbnail and metadata.
    #[must_use]
    pub fn new(media_id: MediaId, url: impl Into<String>) -> Self {
        Self {
            media_id,
            url: url.into(),
            thumbnail_url: None,
            metadata: None,
        }
    }
}

/// A media item that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[ts(optional_fields)]
#[non_exhaustive]
pub struct MediaErrorPayload {
    /// Media item ID
    pub media_id: MediaId,
    /// Error message
    pub error: String,
    /// Error code
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "non_null"
    )]
    pub code: Option<String>,
}

impl MediaErrorPayload {
    /// A failure without a code.
    #[must_use]
    pub fn new(media_id: MediaId, error: impl Into<String>) -> Self {
        Self {
            media_id,
            error: error.into(),
            code: None,
        }
    }
}

/// Outcome of `subscribeMedia` and `unsubscribeMedia`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[ts(optional_fields)]
#[non_exhaustive]
pub struct MediaSubscribeResponse {
    /// Whether the socket is now subscribed (or unsubscribed)
    pub success: bool,
    /// Media item ID, if successful
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "non_null"
    )]
    pub media_id: Option<MediaId>,
    /// Error message, if failed
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "non_null"
    )]
    pub error: Option<String>,
}

impl MediaSubscribeResponse {
    /// Subscribing or unsubscribing succeeded.
    #[must_use]
    pub fn done(media_id: MediaId) -> Self {
        Self {
            success: true,
            media_id: Some(media_id),
            error: None,
        }
    }
}

impl Callback for MediaSubscribeResponse {
    fn refused(sentence: &str) -> Option<Self> {
        Some(Self {
            success: false,
            media_id: None,
            error: Some(sentence.into()),
        })
    }
}
