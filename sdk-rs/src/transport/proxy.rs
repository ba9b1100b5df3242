//! Proxies: a tunnel through an HTTP proxy, by CONNECT (RFC 9110, section 9.3.6).

use super::address::bare_host;
use crate::error::ConnectError;
use std::fmt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::http::Uri;

/// A proxy's answer is longer than this only if it is none.
const MAX_HEAD_BYTES: usize = 16 * 1024;

/// An HTTP proxy.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Proxy {
    pub(crate) host: String,
    pub(crate) port: u16,
    /// The value of `Proxy-Authorization`.
    authorization: Option<String>,
}

/// Leaves the password out.
impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy({}:{})", self.host, self.port)
    }
}

impl Proxy {
    /// Reads a URL like `http://proxy.example:3128`, with a user and password where one is needed.
    pub(crate) fn read(url: &str) -> Result<Self, ConnectError> {
        let wrong = ConnectError::Setting("the proxy must be like http://proxy.example:3128");
        let Ok(url) = url.parse::<Uri>() else {
            return Err(wrong);
        };
        let (Some("http"), Some(authority)) = (url.scheme_str(), url.authority()) else {
            return Err(wrong);
        };
        let authorization = authority.as_str().rsplit_once('@').map(|(user, _)| {
            let user = percent_decoded(user);
            format!("Basic {}", data_encoding::BASE64.encode(&user))
        });
        Ok(Self {
            host: bare_host(authority).map_err(|_| wrong)?,
            port: authority.port_u16().unwrap_or(80),
            authorization,
        })
    }

    /// Asks the proxy for a tunnel to the server.
    pub(super) async fn tunnel(
        &self,
        tcp: &mut TcpStream,
        server: &str,
    ) -> Result<(), ConnectError> {
        let broken = |error: std::io::Error| ConnectError::Proxy(format!("nothing: {error}"));
        let mut request = format!("CONNECT {server} HTTP/1.1\r\nHost: {server}\r\n");
        if let Some(authorization) = &self.authorization {
            request.push_str(&format!("Proxy-Authorization: {authorization}\r\n"));
        }
        request.push_str("\r\n");
        tcp.write_all(request.as_bytes()).await.map_err(broken)?;
        let mut head = Vec::new();
        // Byte by byte, or the server's first bytes could be swallowed. The head is short.
        while !head.ends_with(b"\r\n\r\n") {
            if head.len() >= MAX_HEAD_BYTES {
                return Err(ConnectError::Proxy("too much".into()));
            }
            head.push(tcp.read_u8().await.map_err(broken)?);
        }
        let status = head.split(|byte| *byte == b' ').nth(1).unwrap_or_default();
        match status {
            [b'2', _, _] => Ok(()),
            [_, _, _] if status.iter().all(u8::is_ascii_digit) => {
                let status = String::from_utf8_lossy(status);
                Err(ConnectError::Proxy(format!("with HTTP status {status}")))
            }
            _ => Err(ConnectError::Proxy("something that is not HTTP".into())),
        }
    }
}

fn percent_decoded(text: &str) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escaped = match (first, after) {
            (b'%', [high, low, ..]) => hex(*high).zip(hex(*low)),
            _ => None,
        };
        match escaped {
            Some((high, low)) => {
                decoded.push(high * 16 + low);
                rest = &after[2..];
            }
            None => {
                decoded.push(*first);
                rest = after;
            }
        }
    }
    decoded
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_and_password_are_sent_and_never_shown() {
        let proxy = Proxy::read("http://me:p%40ss@proxy.example:3128").unwrap();
        assert_eq!(proxy.authorization.as_deref(), Some("Basic bWU6cEBzcw=="));
        assert_eq!(format!("{proxy:?}"), "Proxy(proxy.example:3128)");
        assert_eq!(Proxy::read("http://[::1]").unwrap().host, "::1");
        assert!(Proxy::read("proxy.example:3128").is_err());
    }
}
