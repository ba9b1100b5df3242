//! One socket and what the server remembers of it: its session, its inbox, what it follows.

use super::{Socket as SocketHandle, emit, forward, inbox::Inbox, rooms};
use crate::app::App;
use crate::claude::Updates;
use crate::clock;
use crate::session::{AuthFailure, Session, User};
use slop_schema::protocol::AuthError;
use slop_schema::scalar::{ProcessId, Timestamp, UserId};
use slop_schema::session::AuthErrorPayload;
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
    is_closed: AtomicBool,
    /// Held by the message whose turn it is to be sent.
    pub(super) sending: tokio::sync::Mutex<()>,
    following: Mutex<HashMap<ProcessId, Following>>,
}

/// A Claude process whose events the socket receives, or has received.
struct Following {
    owner: UserId,
    forwarding: AbortHandle,
}

impl Connection {
    pub(super) fn new() -> Self {
        Self {
            connected_at: clock::now(),
            inbox: Inbox::held(),
            session: Mutex::default(),
            expiry: Mutex::default(),
            must_end: AtomicBool::new(false),
            is_closed: AtomicBool::new(false),
            sending: tokio::sync::Mutex::default(),
            following: Mutex::default(),
        }
    }

    pub(super) fn session(&self) -> MutexGuard<'_, Session> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends what the server does for this socket on its own account.
    pub(super) fn close(&self) {
        self.is_closed.store(true, Ordering::Relaxed);
        self.set_expiry(None);
        self.unfollow_unless(|_| false);
    }

    /// Whether nothing more is done for this socket.
    pub(super) fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::Relaxed)
    }

    /// Stops forwarding the processes of those who are not kept.
    fn unfollow_unless(&self, keep: impl Fn(&UserId) -> bool) {
        self.following().retain(|_, following| {
            let kept = keep(&following.owner);
            if !kept {
                following.forwarding.abort();
            }
            kept
        });
    }

    fn following(&self) -> MutexGuard<'_, HashMap<ProcessId, Following>> {
        self.following
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Replaces the timer that ends the session.
    fn set_expiry(&self, timer: Option<AbortHandle>) {
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
        let checked = self.app.tokens().check(token, clock::now());
        let user = checked.inspect_err(|_| {
            if self.connection.session().fail() {
                self.connection.must_end.store(true, Ordering::Relaxed);
            }
        })?;
        {
            let mut session = self.connection.session();
            let former = session.sign_in(user.clone());
            if let Some(former) = former.filter(|former| former.id != user.id) {
                self.socket.leave(rooms::of_user(&former.id));
            }
            // Also what was followed before a logout: it is another user's now.
            self.connection.unfollow_unless(|owner| *owner == user.id);
            self.join(rooms::of_user(&user.id));
        }
        self.end_session_at(user.expires_at);
        Ok(user)
    }

    /// Ends the session, if there is one.
    pub(super) fn sign_out(&self) {
        self.connection.set_expiry(None);
        self.leave_user(&mut self.connection.session());
    }

    /// Signs out and leaves the user's room. Both happen under the session's lock, as signing in
    /// does, or a session that ends could take the next one out of its room.
    fn leave_user(&self, session: &mut Session) -> bool {
        let Some(user) = session.sign_out() else {
            return false;
        };
        self.socket.leave(rooms::of_user(&user.id));
        true
    }

    /// Joins a room, unless the socket has left: what a gone socket joins, nobody ever leaves.
    pub(super) fn join(&self, room: String) {
        if self.socket.connected() {
            self.socket.join(room);
        }
        if !self.socket.connected() {
            self.socket.leave_all();
        }
    }

    /// Receives the events of a user's process, unless the socket does already.
    pub(super) fn follow(&self, owner: UserId, process: ProcessId, updates: Updates) {
        if !self.socket.connected() {
            return;
        }
        self.connection
            .following()
            .entry(process)
            .or_insert_with(|| {
                let forward = forward::forward(self.clone(), updates);
                Following {
                    owner,
                    forwarding: tokio::spawn(forward).abort_handle(),
                }
            });
        if !self.socket.connected() {
            self.connection.close();
        }
    }

    /// Whether the socket is to be disconnected after its answer.
    pub(super) fn must_end(&self) -> bool {
        self.connection.must_end.load(Ordering::Relaxed)
    }

    /// Sets the timer that ends the session together with its token.
    fn end_session_at(&self, end: Timestamp) {
        if !self.socket.connected() {
            return;
        }
        let socket = Arc::downgrade(&self.socket);
        let (app, connection) = (self.app.clone(), self.connection.clone());
        let wait = Duration::from_millis(end.millis_since(clock::now()).get());
        let timer = tokio::spawn(async move {
            tokio::time::sleep(wait).await;
            if let Some(socket) = socket.upgrade() {
                Link {
                    app,
                    socket,
                    connection,
                }
                .expire(end)
                .await;
            }
        });
        self.connection.set_expiry(Some(timer.abort_handle()));
        // A socket that left meanwhile must not be remembered until its token expires.
        if !self.socket.connected() {
            self.connection.set_expiry(None);
        }
    }

    /// Ends the session whose token has just expired; a newer session is left alone.
    async fn expire(&self, end: Timestamp) {
        let is_expired = {
            let mut session = self.connection.session();
            let is_due = session.user().is_some_and(|user| user.expires_at == end);
            is_due && self.leave_user(&mut session)
        };
        if is_expired {
            let sentence = AuthFailure::Expired.to_string();
            emit::to_socket::<AuthError>(self, &AuthErrorPayload::new(sentence)).await;
        }
    }
}
