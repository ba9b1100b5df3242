//! Binary packets: a text that announces attachments, and the attachments that follow it.

use super::Malformed;
use bytes::Bytes;
use std::sync::Arc;

/// The attachments of one packet, in order. Shared by all who receive it.
pub(crate) type Attachments = Option<Arc<[Bytes]>>;

/// A packet whose attachments are still coming.
#[derive(Debug)]
pub(crate) struct Gathering<P> {
    packet: P,
    missing: usize,
    gathered: Vec<Bytes>,
    /// Bytes that may still come.
    room: usize,
}

impl<P> Gathering<P> {
    /// Waits for this many attachments, which must not be larger than `max_bytes` together.
    pub(crate) fn new(packet: P, attachments: usize, max_bytes: usize) -> Self {
        Self {
            packet,
            missing: attachments,
            gathered: Vec::new(),
            room: max_bytes,
        }
    }

    /// Adds one.
    pub(crate) fn add(&mut self, attachment: Bytes) -> Result<(), Malformed> {
        self.room = self
            .room
            .checked_sub(attachment.len())
            .ok_or(Malformed::AttachmentsTooLarge)?;
        self.missing = self.missing.saturating_sub(1);
        self.gathered.push(attachment);
        Ok(())
    }

    /// Whether all have come.
    pub(crate) fn is_complete(&self) -> bool {
        self.missing == 0
    }

    /// The packet and its attachments.
    pub(crate) fn finish(self) -> (P, Attachments) {
        (self.packet, Some(self.gathered.into()))
    }
}
