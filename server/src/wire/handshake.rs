//! The handshake: what a socket offered with its CONNECT, and whether it may come in.

use super::Socket as SocketHandle;
use serde_json::Value as Json;
use slop_schema::version;
use socketioxide::handler::Value;

/// What Socket.IO calls `auth`, read as leniently as a client from another time may have written it.
pub(super) struct Handshake(Json);

/// The token a socket came with.
pub(super) enum OfferedToken {
    None,
    Text(String),
    NotText,
}

impl Handshake {
    /// Reads the `auth` of a CONNECT; one that is no object offers nothing.
    pub(super) fn read(auth: Option<&Value>) -> Self {
        Self(match auth {
            Some(Value::Str(text, _)) => serde_json::from_str(text).unwrap_or_default(),
            _ => Json::Null,
        })
    }

    /// Whether the socket belongs to a client this server can talk to; one that names no version
    /// may be written from the document, and is taken at its word.
    pub(super) fn is_of_a_served_version(&self) -> bool {
        match &self.0["protocolVersion"] {
            Json::Null => true,
            Json::String(client) => version::serves(client),
            _ => false,
        }
    }

    /// The token: `auth.token`, else an `Authorization: Bearer` header. An empty one counts as none.
    pub(super) fn token(&self, socket: &SocketHandle) -> OfferedToken {
        match &self.0["token"] {
            Json::String(token) if !token.is_empty() => OfferedToken::Text(token.clone()),
            Json::Null | Json::String(_) => {
                bearer(socket).map_or(OfferedToken::None, OfferedToken::Text)
            }
            _ => OfferedToken::NotText,
        }
    }
}

fn bearer(socket: &SocketHandle) -> Option<String> {
    let header = socket.req_parts().headers.get("authorization")?;
    let (scheme, token) = header.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then(|| token.to_owned())
}
