//! The server's address, as users write it and as the handshake needs it.

use crate::error::ConnectError;
use tokio_tungstenite::tungstenite::http::Uri;
use tokio_tungstenite::tungstenite::http::uri::Authority;

/// Where a server is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    /// The WebSocket handshake's URI.
    pub(crate) uri: Uri,
    /// Without the brackets of IPv6.
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) is_secure: bool,
}

impl Address {
    /// Reads a URL like `https://realtime.example.com` and the path of the Socket.IO server.
    pub(crate) fn read(url: &str, path: &str) -> Result<Self, ConnectError> {
        let wrong = ConnectError::Url;
        let url: Uri = url
            .parse()
            .map_err(|_| wrong("must be like https://realtime.example.com"))?;
        let (is_secure, scheme) = match url.scheme_str() {
            Some("http" | "ws") => (false, "ws"),
            Some("https" | "wss") => (true, "wss"),
            _ => return Err(wrong("must begin with http://, https://, ws:// or wss://")),
        };
        let authority = url.authority().ok_or(wrong("must name a host"))?;
        if authority.as_str().contains('@') {
            return Err(wrong("must not hold a user or password"));
        }
        if !matches!(url.path(), "" | "/") || url.query().is_some() {
            return Err(wrong("must end after the host: the path is a setting"));
        }
        let host = bare_host(authority)?;
        let port = match authority.port() {
            Some(port) => port.as_u16(),
            None if is_secure => 443,
            None => 80,
        };
        let path = path.trim_matches('/');
        let uri = format!("{scheme}://{authority}/{path}/?EIO=4&transport=websocket");
        let uri = uri
            .parse()
            .map_err(|_| ConnectError::Setting("the path must be like /socket.io/"))?;
        Ok(Self {
            uri,
            host,
            port,
            is_secure,
        })
    }

    pub(crate) fn host_and_port(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

/// Without the brackets of IPv6, which neither the resolver nor TLS wants.
pub(super) fn bare_host(authority: &Authority) -> Result<String, ConnectError> {
    let host = authority.host();
    let host = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host);
    if host.is_empty() {
        return Err(ConnectError::Url("must name a host"));
    }
    Ok(host.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_of_all_schemes_lead_to_the_handshake() {
        for (url, uri, port) in [
            (
                "http://localhost:3000",
                "ws://localhost:3000/socket.io/?EIO=4&transport=websocket",
                3000,
            ),
            (
                "https://a.example/",
                "wss://a.example/socket.io/?EIO=4&transport=websocket",
                443,
            ),
            (
                "ws://[::1]",
                "ws://[::1]/socket.io/?EIO=4&transport=websocket",
                80,
            ),
        ] {
            let address = Address::read(url, "/socket.io/").unwrap();
            assert_eq!(address.uri.to_string(), uri);
            assert_eq!(address.port, port);
        }
        let address = Address::read("wss://[::1]:9", "ws").unwrap();
        assert_eq!(address.host, "::1");
        assert_eq!(address.host_and_port(), "[::1]:9");
    }

    #[test]
    fn what_is_no_url_of_a_server_is_refused_with_the_rule() {
        for (url, rule) in [
            ("", "must be like"),
            ("localhost:3000", "must begin with"),
            ("ftp://localhost", "must begin with"),
            ("http://user:secret@localhost", "user or password"),
            ("http://localhost/socket.io", "the path is a setting"),
            ("http://localhost/?token=secret", "the path is a setting"),
        ] {
            let error = Address::read(url, "/socket.io/").unwrap_err().to_string();
            assert!(error.contains(rule), "{url}: {error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
