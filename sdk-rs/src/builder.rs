//! The builder: how a client connects.

use crate::backoff::Backoff;
use crate::client::Client;
use crate::error::ConnectError;
use crate::memory::Memory;
use crate::shared::Shared;
use crate::token::{ProviderError, Token, TokenSource};
use crate::transport::{Address, Connector, Io, Proxy, Route, Tls};
use slop_schema::Namespace;
use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue};

/// Settings that were checked.
#[derive(Clone)]
pub(crate) struct Config {
    pub(crate) address: Address,
    pub(crate) route: Route,
    pub(crate) namespaces: Vec<Namespace>,
    pub(crate) backoff: Backoff,
    pub(crate) connect_timeout: Duration,
    pub(crate) request_timeout: Duration,
    pub(crate) event_capacity: usize,
}

/// Settings of a client, from [`Client::builder`].
#[must_use = "a builder does nothing until it connects"]
pub struct Builder {
    url: String,
    path: String,
    tokens: TokenSource,
    namespaces: Vec<Namespace>,
    backoff: Backoff,
    connect_timeout: Duration,
    request_timeout: Duration,
    event_capacity: usize,
    route: Route,
    /// The first setting that cannot be used.
    error: Option<ConnectError>,
}

/// Leaves headers and tokens out: they are secrets.
impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder")
            .field("path", &self.path)
            .field("tokens", &self.tokens)
            .field("namespaces", &self.namespaces)
            .finish_non_exhaustive()
    }
}

impl Builder {
    pub(crate) fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            path: "/socket.io/".into(),
            tokens: TokenSource::None,
            namespaces: Namespace::ALL.to_vec(),
            backoff: Backoff::default(),
            connect_timeout: Duration::from_secs(20),
            request_timeout: Duration::from_secs(10),
            event_capacity: 1024,
            route: Route {
                max_message_bytes: 64 * 1024 * 1024,
                ..Route::default()
            },
            error: None,
        }
    }

    /// Signs in with this token, on each connection. Without one the client connects
    /// unauthenticated.
    pub fn token(mut self, token: impl Into<Token>) -> Self {
        self.tokens = TokenSource::Fixed(token.into());
        self
    }

    /// Signs in with a token that is asked for before each attempt to connect, so that a
    /// short-lived one is always fresh. The time it takes counts towards the connect timeout.
    pub fn token_provider<F, Fut, T, E>(mut self, provide: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<T, E>> + Send + 'static,
        T: Into<Token>,
        E: Into<ProviderError>,
    {
        self.tokens = TokenSource::provider(provide);
        self
    }

    /// The namespaces to connect to [default: all of them, on one TCP connection].
    pub fn namespaces(mut self, namespaces: impl IntoIterator<Item = Namespace>) -> Self {
        self.namespaces = namespaces.into_iter().collect();
        self.namespaces.sort_unstable();
        self.namespaces.dedup();
        if self.namespaces.is_empty() {
            self.refuse(ConnectError::Setting("at least one namespace is needed"));
        }
        self
    }

    /// How long an attempt to connect may take, from the token to the restored rooms [default: 20
    /// s].
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.connect_timeout = limit;
        self
    }

    /// How long a call waits for its answer, or for a connection to be sent on [default: 10 s].
    pub fn request_timeout(mut self, limit: Duration) -> Self {
        self.request_timeout = limit;
        self
    }

    /// When and how often to connect again.
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }

    /// How many events each stream keeps that were not read yet [default: 1024].
    pub fn event_capacity(mut self, events: usize) -> Self {
        self.event_capacity = events;
        self
    }

    /// The largest message to accept, in bytes [default: 64 MiB]. It bounds the output of an
    /// execution that can be caught up with in one piece.
    pub fn max_message_bytes(mut self, bytes: usize) -> Self {
        self.route.max_message_bytes = bytes;
        self
    }

    /// The path of the Socket.IO server [default: `/socket.io/`].
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// A header of the WebSocket handshake. May be called several times.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        match (name.parse::<HeaderName>(), value.parse::<HeaderValue>()) {
            (Ok(name), Ok(mut value)) => {
                value.set_sensitive(true);
                self.route.headers.push((name, value));
            }
            _ => self.refuse(ConnectError::Setting(
                "a header must have a name and value that HTTP allows",
            )),
        }
        self
    }

    /// TLS settings [default: rustls with the system's roots, or native-tls when that is the only
    /// one compiled in].
    pub fn tls(mut self, tls: Tls) -> Self {
        self.route.tls = Some(tls);
        self
    }

    /// An HTTP proxy to tunnel through, like `http://user:password@proxy.example:3128`.
    pub fn proxy(mut self, url: &str) -> Self {
        match Proxy::read(url) {
            Ok(proxy) => self.route.proxy = Some(proxy),
            Err(error) => self.refuse(error),
        }
        self
    }

    /// The application's own way to the server: from host and port to a stream, on which TLS still
    /// comes for `https`. Replaces TCP and the proxy.
    pub fn connector<F, Fut, S>(mut self, connect: F) -> Self
    where
        F: Fn(String, u16) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = io::Result<S>> + Send + 'static,
        S: Io,
    {
        let connector: Connector = Arc::new(move |host, port| {
            let stream = connect(host, port);
            Box::pin(async move { stream.await.map(|stream| Box::new(stream) as Box<dyn Io>) })
        });
        self.route.connector = Some(connector);
        self
    }

    /// Connects: resolves once all namespaces are connected and the token has signed in. The client
    /// then keeps the connection in a task of the current Tokio runtime.
    ///
    /// # Errors
    /// When the server cannot be reached, refuses, or takes too long. It is tried once: connecting
    /// *again* is the client's own business, and starts with the first connection.
    ///
    /// # Cancel safety
    /// Dropping the future drops the connection.
    pub async fn connect(self) -> Result<Client, ConnectError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let config = Config {
            address: Address::read(&self.url, &self.path)?,
            route: self.route,
            namespaces: self.namespaces,
            backoff: self.backoff,
            connect_timeout: self.connect_timeout,
            request_timeout: self.request_timeout,
            event_capacity: self.event_capacity,
        };
        let shared = Shared::new(config, Memory::new(self.tokens));
        Client::connect(Arc::new(shared)).await
    }

    fn refuse(&mut self, error: ConnectError) {
        self.error.get_or_insert(error);
    }
}
