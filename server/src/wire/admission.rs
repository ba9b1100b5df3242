//! Admission: what happens when a socket connects to a namespace and when it leaves.
//!
//! Everything is installed in the connect middleware, which runs before the CONNECT packet is sent:
//! an event that the client sends at once is then never lost. It waits in the inbox until the
//! socket was welcomed.

use super::Socket as SocketHandle;
use super::caller::welcome_user;
use super::connection::{Connection, Link};
use super::dispatch::Routes;
use super::emit;
use super::handshake::{Handshake, OfferedToken};
use super::inbox::{Next, Received};
use crate::app::App;
use slop_schema::ServerEvent;
use slop_schema::protocol::{AuthError, Authenticated, Namespace, Welcome};
use slop_schema::session::{AuthErrorPayload, WelcomePayload};
use slop_schema::version::unsupported_version;
use socketioxide::adapter::LocalAdapter;
use socketioxide::handler::{ConnectHandler, MessageHandler, Value};
use socketioxide::socket::{DisconnectReason, Sid};
use std::collections::HashMap;
use std::fmt::Display;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use tracing::Instrument;

/// The connect handler of one namespace.
#[derive(Clone)]
pub(super) struct Admission {
    pub(super) app: App,
    pub(super) namespace: Namespace,
    pub(super) routes: Arc<Routes>,
    pub(super) arriving: Arriving,
}

/// Sockets between the middleware and the connect handler. Kept here and not in the socket's own
/// extensions, whose map would stay allocated for as long as the socket lives.
#[derive(Clone, Default)]
pub(super) struct Arriving(Arc<Mutex<HashMap<Sid, Arc<Connection>>>>);

/// Arriving sockets above which those are looked for that never arrived.
const SWEEP_ABOVE: usize = 1024;

impl Arriving {
    fn put(&self, socket: &SocketHandle, connection: &Arc<Connection>) {
        let mut arriving = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if arriving.len() > SWEEP_ABOVE {
            // A socket that went before its CONNECT was sent has dropped its handlers.
            arriving.retain(|_, connection| Arc::strong_count(connection) > 1);
        }
        arriving.insert(socket.id, connection.clone());
    }

    fn take(&self, socket: &SocketHandle) -> Option<Arc<Connection>> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&socket.id)
    }
}

/// Tells the compiler which of the possible handler kinds these are.
pub(super) enum Own {}

type MiddlewareResult<'a> =
    Pin<Box<dyn Future<Output = Result<(), Box<dyn Display + Send>>> + Send + 'a>>;

impl ConnectHandler<LocalAdapter, Own> for Admission {
    fn call_middleware<'a>(
        &'a self,
        socket: SocketHandle,
        auth: &'a Option<Value>,
    ) -> MiddlewareResult<'a> {
        if !Handshake::read(auth.as_ref()).is_of_a_served_version() {
            tracing::debug!(
                namespace = self.namespace.path(),
                "client of another version"
            );
            let refusal: Box<dyn Display + Send> = Box::new(unsupported_version());
            return Box::pin(async { Err(refusal) });
        }
        let connection = Arc::new(Connection::new());
        self.arriving.put(&socket, &connection);
        socket.on_fallback(Receiver {
            app: self.app.clone(),
            routes: self.routes.clone(),
            connection: connection.clone(),
        });
        let metrics = self.app.metrics().clone();
        let namespace = self.namespace;
        socket.on_disconnect(async move |reason: DisconnectReason| {
            connection.close();
            metrics.disconnected(namespace);
            tracing::debug!(namespace = namespace.path(), %reason, "socket disconnected");
        });
        Box::pin(async { Ok(()) })
    }

    fn call(&self, socket: SocketHandle, auth: Option<Value>) {
        let Some(connection) = self.arriving.take(&socket) else {
            return;
        };
        self.app.metrics().connected(self.namespace);
        let link = Link {
            app: self.app.clone(),
            socket,
            connection,
        };
        tracing::debug!(socket = %link.socket.id, namespace = self.namespace.path(), "connected");
        welcome(&link, &Handshake::read(auth.as_ref()).token(&link.socket));
        if link.connection.inbox.open() == Next::Drain {
            tokio::spawn(drain(self.routes.clone(), link));
        }
    }
}

/// Greets the socket, then signs it in when it came with a token.
fn welcome(link: &Link, token: &OfferedToken) {
    let id = link.socket.id.to_string();
    let greeting = WelcomePayload::new("Welcome to Slop Studios", id, link.connection.connected_at);
    emit_now::<Welcome>(link, &greeting);
    let outcome = match token {
        OfferedToken::None => return,
        OfferedToken::Text(token) => link.authenticate(token),
        OfferedToken::NotText => link.authenticate("not a token"),
    };
    match outcome {
        Ok(user) => emit_now::<Authenticated>(link, &welcome_user(&user)),
        Err(failure) => {
            emit_now::<AuthError>(link, &AuthErrorPayload::new(failure.to_string()));
        }
    }
}

/// Sends to a socket that has just connected: its send buffer has room.
fn emit_now<E: ServerEvent>(link: &Link, payload: &E::Payload) {
    if let Err(error) = link.socket.emit(E::NAME, payload) {
        tracing::warn!(event = E::NAME, %error, "a new socket could not be welcomed");
    }
}

/// Receives every event of one socket.
struct Receiver {
    app: App,
    routes: Arc<Routes>,
    connection: Arc<Connection>,
}

impl MessageHandler<LocalAdapter, Own> for Receiver {
    fn call(&self, socket: SocketHandle, value: Value, ack_id: Option<i64>) {
        let Value::Str(text, attachments) = value else {
            return;
        };
        let has_attachments = attachments.is_some_and(|attachments| !attachments.is_empty());
        match self.connection.inbox.push(Received {
            text,
            has_attachments,
            ack_id,
        }) {
            Next::Wait => {}
            Next::Drain => {
                let (app, connection) = (self.app.clone(), self.connection.clone());
                tokio::spawn(drain(
                    self.routes.clone(),
                    Link {
                        app,
                        socket,
                        connection,
                    },
                ));
            }
            Next::CutOff => {
                let (app, connection) = (self.app.clone(), self.connection.clone());
                emit::cut_off(&Link {
                    app,
                    socket,
                    connection,
                });
            }
        }
    }
}

/// Handles a socket's frames one after the other until none is left.
fn drain(routes: Arc<Routes>, link: Link) -> impl Future<Output = ()> + Send {
    let span = tracing::debug_span!("connection", socket = %link.socket.id, ns = link.socket.ns());
    async move {
        while let Some(received) = link.connection.inbox.next() {
            routes.dispatch(&link, received).await;
            // Handlers seldom wait: a flood of one client must not keep others from their turn.
            tokio::task::coop::consume_budget().await;
        }
    }
    .instrument(span)
}
