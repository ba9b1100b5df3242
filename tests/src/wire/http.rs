//! HTTP requests on a connection that stays open.

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{CONTENT_TYPE, HOST};
use hyper_util::rt::TokioIo;
use std::collections::BTreeMap;
use tokio::net::TcpStream;

/// Where a server is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// `host:port`.
    pub authority: String,
}

/// Why a request got no answer.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// Not a URL of a server.
    #[error("the URL must read http://HOST:PORT")]
    Url,
    /// No connection.
    #[error("no connection: {0}")]
    Connect(#[from] std::io::Error),
    /// The conversation broke down.
    #[error("no answer: {0}")]
    Exchange(#[from] hyper::Error),
    /// Not a request.
    #[error("not a request: {0}")]
    Request(#[from] hyper::http::Error),
}

/// A connection for one request after the other.
pub struct Http {
    origin: Origin,
    sender: SendRequest<Full<Bytes>>,
}

impl Origin {
    /// Reads `http://HOST:PORT`.
    ///
    /// # Errors
    /// When it is something else.
    pub fn parse(url: &str) -> Result<Self, HttpError> {
        let authority = url.strip_prefix("http://").ok_or(HttpError::Url)?;
        let authority = authority.trim_end_matches('/');
        if authority.is_empty() || authority.contains('/') {
            return Err(HttpError::Url);
        }
        let authority = match authority.rsplit_once(':') {
            Some((_, port)) if port.parse::<u16>().is_ok() => authority.to_owned(),
            _ => format!("{authority}:80"),
        };
        Ok(Self { authority })
    }
}

impl Http {
    /// Connects.
    ///
    /// # Errors
    /// When nobody listens there.
    pub async fn connect(origin: &Origin) -> Result<Self, HttpError> {
        let stream = TcpStream::connect(&origin.authority).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self {
            origin: origin.clone(),
            sender,
        })
    }

    /// Sends a request and reads the whole answer: its status and its text.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn request(
        &mut self,
        method: &str,
        path: &str,
        headers: &BTreeMap<String, String>,
        body: Option<(&str, String)>,
    ) -> Result<(u16, String), HttpError> {
        // A server may close a connection that was idle.
        if self.sender.ready().await.is_err() {
            *self = Self::connect(&self.origin).await?;
        }
        let mut request = hyper::Request::builder().method(method).uri(path);
        request = request.header(HOST, &self.origin.authority);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let body = body.map(|(kind, text)| (kind.to_owned(), text));
        let body = match body {
            Some((kind, text)) => {
                request = request.header(CONTENT_TYPE, kind);
                Full::from(text)
            }
            None => Full::default(),
        };
        let answer = self.sender.send_request(request.body(body)?).await?;
        let status = answer.status().as_u16();
        let bytes = answer.into_body().collect().await?.to_bytes();
        Ok((status, String::from_utf8_lossy(&bytes).into_owned()))
    }
}
