//! The state of one socket's session: its user, its rooms, its failed attempts.

use super::User;
use slop_schema::scalar::{MediaId, RoomName, UserId};
use std::collections::BTreeSet;

/// Failed attempts in a row after which a socket is disconnected.
pub const MAX_FAILED_ATTEMPTS: u8 = 5;
/// Rooms a socket may have joined at the same time.
pub const MAX_ROOMS: usize = 100;

/// Media items a socket may follow at the same time.
pub const MAX_MEDIA: usize = 1000;

/// The session of one socket on one namespace.
#[derive(Debug, Default)]
pub struct Session {
    user: Option<User>,
    failed_attempts: u8,
    rooms: BTreeSet<RoomName>,
    media: BTreeSet<MediaId>,
}

impl Session {
    /// The signed-in user.
    #[must_use]
    pub fn user(&self) -> Option<&User> {
        self.user.as_ref()
    }

    /// Signs a user in and returns the one who was.
    pub fn sign_in(&mut self, user: User) -> Option<User> {
        self.failed_attempts = 0;
        self.user.replace(user)
    }

    /// Signs the user out and returns who it was.
    pub fn sign_out(&mut self) -> Option<User> {
        self.user.take()
    }

    /// Counts a failed attempt; true when it was one too many. The session stays as it was.
    pub fn fail(&mut self) -> bool {
        self.failed_attempts = self.failed_attempts.saturating_add(1);
        self.failed_attempts >= MAX_FAILED_ATTEMPTS
    }

    /// Notes a joined room; false when there are too many. Joining twice succeeds.
    pub fn join(&mut self, room: &RoomName) -> bool {
        if self.rooms.contains(room) {
            return true;
        }
        if self.rooms.len() >= MAX_ROOMS {
            return false;
        }
        self.rooms.insert(room.clone());
        true
    }

    /// Notes that a room was left.
    pub fn leave(&mut self, room: &RoomName) {
        self.rooms.remove(room);
    }

    /// Notes a followed media item; false when there are too many. Following twice succeeds.
    pub fn follow_media(&mut self, media: &MediaId) -> bool {
        if self.media.len() >= MAX_MEDIA && !self.media.contains(media) {
            return false;
        }
        self.media.insert(media.clone());
        true
    }

    /// Notes that a media item is no longer followed.
    pub fn unfollow_media(&mut self, media: &MediaId) {
        self.media.remove(media);
    }

    /// What `getConnectionInfo` lists: the socket's own id, the user's room, the joined rooms.
    #[must_use]
    pub fn rooms(&self, socket_id: &str, user_room: impl Fn(&UserId) -> String) -> Vec<String> {
        std::iter::once(socket_id.to_owned())
            .chain(self.user.as_ref().map(|user| user_room(&user.id)))
            .chain(self.rooms.iter().map(ToString::to_string))
            .collect()
    }
}
