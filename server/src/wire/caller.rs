//! The caller of an event, as handlers see it: who it is and what they can do for it.

use super::{Socket as SocketHandle, emit, forward, inbox::Inbox, rooms};
use crate::app::App;
use crate::claude::Updates;
use crate::clock;
use crate::refusal::Refusal;
use crate::session::{AuthFailure, Session, User};
use slop_schema::ServerEvent;
use slop_schema::event::{Access, Anyone, SignedIn};
use slop_schema::protocol::{AuthError, Authenticated};
use slop_schema::scalar::{MediaId, ProcessId, RoomName, Timestamp};
use slop_schema::session::{AuthErrorPayload, AuthenticatedPayload};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::task::AbortHandle;

/// What the server remembers of one socket on one namespace.
pub(super) struct Connection {
    pub(super) connected_at: Timestamp,
    pub(super) inbox: Inbox,
    session: Mutex<Session>,
    expiry: Mutex<Option<AbortHandle>>,
    must_end: AtomicBool,
    /// The Claude processes whose events the socket receives, or has received.
    following: Mutex<HashMap<ProcessId, AbortHandle>>,
}

impl Connection {
    pub(super) fn new() -> Self {
        Self {
            connected_at: clock::now(),
            inbox: Inbox::held(),
            session: Mutex::default(),
            expiry: Mutex::default(),
            must_end: AtomicBool::new(false),
            following: Mutex::default(),
        }
    }

    fn session(&self) -> MutexGuard<'_, Session> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends what the server does for this socket.
    pub(super) fn close(&self) {
        self.set_expiry(None);
        self.unfollow_all();
    }

    /// Follows a process by this task, unless the socket follows it already.
    fn follow(&self, process: ProcessId, forward: impl FnOnce() -> AbortHandle) {
        let mut following = self.following.lock().unwrap_or_else(PoisonError::into_inner);
        following.entry(process).or_insert_with(forward);
    }

    fn unfollow_all(&self) {
        let mut following = self.following.lock().unwrap_or_else(PoisonError::into_inner);
        for (_, forwarding) in following.drain() {
            forwarding.abort();
        }
    }

    /// Replaces the timer that ends the session.
    pub(super) fn set_expiry(&self, timer: Option<AbortHandle>) {
        let mut expiry = self.expiry.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(former) = std::mem::replace(&mut *expiry, timer) {
            former.abort();
        }
    }
}

/// One socket together with what the server remembers of it.
#[derive(Clone)]
pub(super) struct Link {
    pub(super) app: App,
    pub(super) socket: SocketHandle,
    pub(super) connection: Arc<Connection>,
}

impl Link {
    /// Signs in with a token. A failure leaves the session as it was, and is counted.
    pub(super) fn authenticate(&self, token: &str) -> Result<User, AuthFailure> {
        let user = self
            .app
            .tokens()
            .check(token, clock::now())
            .inspect_err(|_| {
                if self.connection.session().fail() {
                    self.connection.must_end.store(true, Ordering::Relaxed);
                }
            })?;
        let former = self.connection.session().sign_in(user.clone());
        if let Some(former) = former.filter(|former| former.id != user.id) {
            self.socket.leave(rooms::of_user(&former.id));
            self.connection.unfollow_all();
        }
        self.socket.join(rooms::of_user(&user.id));
        self.end_session_at(user.expires_at);
        Ok(user)
    }

    /// Whether the socket is to be disconnected after its answer.
    pub(super) fn must_end(&self) -> bool {
        self.connection.must_end.load(Ordering::Relaxed)
    }

    /// Receives the events of a process, unless the socket does already.
    fn follow(&self, process: ProcessId, updates: Updates) {
        self.connection.follow(process, || {
            tokio::spawn(forward::forward(self.socket.clone(), updates)).abort_handle()
        });
    }

    fn sign_out(&self) -> bool {
        let former = self.connection.session().sign_out();
        self.connection.set_expiry(None);
        if let Some(user) = &former {
            self.socket.leave(rooms::of_user(&user.id));
        }
        former.is_some()
    }

    /// Sets the timer that ends the session together with its token.
    fn end_session_at(&self, end: Timestamp) {
        let socket = Arc::downgrade(&self.socket);
        let (app, connection) = (self.app.clone(), self.connection.clone());
        let wait = Duration::from_millis(end.millis_since(clock::now()).get());
        let timer = tokio::spawn(async move {
            tokio::time::sleep(wait).await;
            let Some(socket) = socket.upgrade() else {
                return;
            };
            let link = Link {
                app,
                socket,
                connection,
            };
            if link.sign_out() {
                let sentence = AuthFailure::Expired.to_string();
                emit::to_socket::<AuthError>(&link.socket, &AuthErrorPayload::new(sentence)).await;
            }
        });
        self.connection.set_expiry(Some(timer.abort_handle()));
    }
}

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
        emit::to_socket::<E>(&self.link.socket, payload).await;
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
        self.link.socket.join(room.to_string());
        Ok(())
    }

    /// Leaves a room, also one the socket is not in.
    pub fn leave(&self, room: &RoomName) {
        self.link.connection.session().leave(room);
        self.link.socket.leave(room.to_string());
    }

    /// Receives the events of a media item from now on.
    pub fn follow_media(&self, media: &MediaId) {
        self.link.socket.join(rooms::of_media(media));
    }

    /// No longer receives the events of a media item.
    pub fn unfollow_media(&self, media: &MediaId) {
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
        self.link.follow(process, updates);
    }
}
