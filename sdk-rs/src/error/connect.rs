//! Why a connection could not be made.

use super::{BoxError, ConnectionLost};
use slop_schema::{Namespace, VERSION};
use std::fmt;
use std::time::Duration;

/// Why [`connect`](crate::Builder::connect) failed, or an attempt to connect again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The URL cannot be used.
    #[error("the URL {0}")]
    Url(&'static str),
    /// A setting of the builder cannot be used.
    #[error("{0}")]
    Setting(&'static str),
    /// No TLS was compiled in.
    #[error("https needs one of the features `rustls` and `native-tls` of slop-sdk")]
    NoTls,
    /// The token provider failed.
    #[error("the token provider failed: {0}")]
    Token(#[source] BoxError),
    /// No connection to this address.
    #[error("cannot reach {address}: {source}")]
    Unreachable {
        /// Host and port.
        address: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// The proxy did not let the client through.
    #[error("the proxy answered {0}")]
    Proxy(String),
    /// The TLS handshake failed: a certificate that is not trusted, or a server without TLS.
    #[error("the TLS handshake failed: {0}")]
    Tls(#[source] BoxError),
    /// The server answered, but not with a WebSocket.
    #[error("the server answered with HTTP status {status} where Socket.IO was expected")]
    Http {
        /// The status: 404 without a Socket.IO server at that path, 403 for a refused origin.
        status: u16,
    },
    /// The server does not speak Socket.IO.
    #[error("the server does not speak Socket.IO: {0}")]
    NotSocketIo(String),
    /// The server refused a namespace.
    #[error("the server refused the namespace {}: {message}", .namespace.path())]
    Refused {
        /// The namespace.
        namespace: Namespace,
        /// The server's sentence.
        message: String,
    },
    /// The server speaks another major version of the protocol.
    #[error(
        "this client speaks version {VERSION} of the protocol and the server does not: use the \
         release of slop-sdk that goes with the server ({message})"
    )]
    UnsupportedVersion {
        /// The server's sentence.
        message: String,
    },
    /// The token signs nobody in.
    #[error("the server refused the token: {message}")]
    Unauthorized {
        /// The server's sentence.
        message: String,
    },
    /// The connection broke before it stood.
    #[error("{0}")]
    Lost(#[from] ConnectionLost),
    /// It took too long.
    #[error("no connection within {} s: still waiting for {waiting_for}", .after.as_secs_f64())]
    TimedOut {
        /// The limit.
        after: Duration,
        /// What did not come.
        waiting_for: Step,
    },
}

impl ConnectError {
    /// Whether trying again can lead to anything else.
    pub(crate) fn is_final(&self, token_may_change: bool) -> bool {
        match self {
            Self::Url(_) | Self::Setting(_) | Self::NoTls | Self::UnsupportedVersion { .. } => true,
            Self::Unauthorized { .. } => !token_may_change,
            _ => false,
        }
    }
}

/// A step on the way to a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// A token of the provider.
    Token,
    /// TCP, the proxy and TLS.
    Network,
    /// The answer to the WebSocket handshake.
    WebSocket,
    /// The Engine.IO handshake.
    Open,
    /// The namespaces.
    Namespaces,
    /// Whether the token signs in.
    SignIn,
    /// The rooms, media items and executions of the connection before.
    Restore,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Token => "the token provider",
            Self::Network => "the network",
            Self::WebSocket => "the WebSocket handshake",
            Self::Open => "the Socket.IO handshake",
            Self::Namespaces => "the namespaces",
            Self::SignIn => "the outcome of the sign-in",
            Self::Restore => "rooms and subscriptions to be restored",
        })
    }
}
