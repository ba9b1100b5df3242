//! The caller of an event, as handlers see it: who it is and what they can do for it.

use super::connection::Link;
use super::{emit, rooms};
use crate::claude::Updates;
use crate::clock;
use crate::refusal::Refusal;
use crate::session::{AuthFailure, Session, User};
use slop_schema::ServerEvent;
use slop_schema::event::{Access, Anyone, SignedIn};
use slop_schema::protocol::Authenticated;
use slop_schema::scalar::{MediaId, ProcessId, RoomName, Timestamp};
use slop_schema::session::AuthenticatedPayload;

/// The payload of `authenticated` for a user who has just signed in.
pub(super) fn welcome_user(user: &User) -> AuthenticatedPayload {
    AuthenticatedPayload::new(user.id.clone(), user.email.clone(), clock::now())
}

/// How an access level of the table is checked, and what it tells the handler.
pub trait Admit: Access + Sized {
    /// What a handler learns about the caller.
    type Who: Send + 'static;

    /// Looks at the session; `None` when the caller may not pass.
    fn admit(session: &Session) -> Option<Self::Who>;
}

impl Admit for Anyone {
    type Who = ();

    fn admit(_session: &Session) -> Option<()> {
        Some(())
    }
}

impl Admit for SignedIn {
    type Who = User;

    fn admit(session: &Session) -> Option<User> {
        session.user().cloned()
    }
}

/// The socket that sent an event, admitted with the access that the table asks for.
pub struct Caller<A: Admit> {
    link: Link,
    who: A::Who,
}

impl<A: Admit> Caller<A> {
    /// Admits the socket, or not.
    pub(super) fn admit(link: &Link) -> Option<Self> {
        let who = A::admit(&link.connection.session())?;
        Some(Self {
            link: link.clone(),
            who,
        })
    }

    /// The socket's id.
    #[must_use]
    pub fn socket_id(&self) -> String {
        self.link.socket.id.to_string()
    }

    /// When the socket connected.
    #[must_use]
    pub fn connected_at(&self) -> Timestamp {
        self.link.connection.connected_at
    }

    /// Sends an event to this socket.
    pub async fn emit<E: ServerEvent>(&self, payload: &E::Payload) {
        emit::to_socket::<E>(&self.link, payload).await;
    }

    /// Signs in with a token and tells the socket so.
    ///
    /// # Errors
    /// Why not; the session is then as it was.
    pub async fn sign_in(&self, token: &str) -> Result<User, AuthFailure> {
        let user = self.link.authenticate(token)?;
        self.emit::<Authenticated>(&welcome_user(&user)).await;
        Ok(user)
    }

    /// Ends the session, if there is one.
    pub fn sign_out(&self) {
        self.link.sign_out();
    }

    /// Whether the socket is signed in.
    #[must_use]
    pub fn is_signed_in(&self) -> bool {
        self.link.connection.session().user().is_some()
    }

    /// The rooms that `getConnectionInfo` lists.
    #[must_use]
    pub fn rooms(&self) -> Vec<String> {
        self.link
            .connection
            .session()
            .rooms(&self.socket_id(), rooms::of_user)
    }

    /// Joins a room.
    ///
    /// # Errors
    /// When the socket is in too many rooms.
    pub fn join(&self, room: &RoomName) -> Result<(), Refusal> {
        if !self.link.connection.session().join(room) {
            return Err(Refusal::TooManyRooms);
        }
        self.link.join(room.to_string());
        Ok(())
    }

    /// Leaves a room, also one the socket is not in.
    pub fn leave(&self, room: &RoomName) {
        self.link.connection.session().leave(room);
        self.link.socket.leave(room.to_string());
    }

    /// Receives the events of a media item from now on.
    ///
    /// # Errors
    /// When the socket follows too many items.
    pub fn follow_media(&self, media: &MediaId) -> Result<(), Refusal> {
        if !self.link.connection.session().follow_media(media) {
            return Err(Refusal::TooManyMedia);
        }
        self.link.join(rooms::of_media(media));
        Ok(())
    }

    /// No longer receives the events of a media item.
    pub fn unfollow_media(&self, media: &MediaId) {
        self.link.connection.session().unfollow_media(media);
        self.link.socket.leave(rooms::of_media(media));
    }
}

impl Caller<SignedIn> {
    /// The signed-in user.
    #[must_use]
    pub fn user(&self) -> &User {
        &self.who
    }

    /// Receives the events of a process, unless the socket does already.
    pub fn follow(&self, process: ProcessId, updates: Updates) {
        self.link.follow(self.who.id.clone(), process, updates);
    }
}
