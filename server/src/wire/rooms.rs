//! Rooms the server manages itself, and the names clients therefore cannot use.

use slop_schema::scalar::{MediaId, RoomName, UserId};

const USER: &str = "user:";
const CLAUDE: &str = "claude:";
const MEDIA: &str = "media:";

pub(super) fn of_user(user: &UserId) -> String {
    format!("{USER}{user}")
}

pub(super) fn of_media(media: &MediaId) -> String {
    format!("{MEDIA}{media}")
}

/// Whether a room's name is one of those that only the server joins sockets to.
///
/// Socket ids are reserved as well; [`super::Emitter::is_socket_id`] knows them.
#[must_use]
pub fn is_reserved(room: &RoomName) -> bool {
    [USER, CLAUDE, MEDIA]
        .iter()
        .any(|prefix| room.as_str().starts_with(prefix))
}
