//! Liveness: how long the way to the server and back takes.

use crate::client::Client;
use crate::error::CallError;
use slop_schema::protocol::Ping;
use slop_schema::scalar::OutOfBounds;
use std::time::Duration;
use tokio::time::Instant;

impl Client {
    /// Sends `ping` and tells how long the answer took.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn ping(&self) -> Result<Duration, CallError> {
        let sent = Instant::now();
        self.call::<Ping>(()).await?;
        Ok(sent.elapsed())
    }
}

/// A value outside the bounds that the protocol sets is not sent at all.
pub(super) fn scalar<T>(value: Result<T, OutOfBounds>) -> Result<T, CallError> {
    value.map_err(|error| CallError::Payload(serde::ser::Error::custom(error)))
}
