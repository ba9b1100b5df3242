//! Media: following the generation of media items.

use super::liveness::scalar;
use crate::client::Client;
use crate::error::CallError;
use slop_schema::protocol::{SubscribeMedia, UnsubscribeMedia};
use slop_schema::scalar::MediaId;

/// Media generation, from [`Client::media`].
#[derive(Debug, Clone, Copy)]
pub struct Media<'a>(&'a Client);

impl Client {
    /// Media generation.
    #[must_use]
    pub fn media(&self) -> Media<'_> {
        Media(self)
    }
}

impl Media<'_> {
    /// Receives the events of a media item, now and on each new connection, unless that is
    /// [refused](crate::Connected::not_restored). Read them with [`Client::on`].
    ///
    /// # Errors
    /// When the server refuses or cannot be asked.
    pub async fn subscribe(self, media: impl Into<String>) -> Result<(), CallError> {
        let media = scalar(MediaId::new(media))?;
        self.0.call::<SubscribeMedia>(media).await.map(|_| ())
    }

    /// No longer receives them.
    ///
    /// # Errors
    /// When the server refuses or cannot be asked.
    pub async fn unsubscribe(self, media: impl Into<String>) -> Result<(), CallError> {
        let media = scalar(MediaId::new(media))?;
        self.0.call::<UnsubscribeMedia>(media).await.map(|_| ())
    }
}
