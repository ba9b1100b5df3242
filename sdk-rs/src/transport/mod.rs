//! Transport: from a URL to an open WebSocket.

mod address;

mod proxy;

mod secret;

mod stream;

mod tls;

pub(crate) use address::Address;
pub(crate) use proxy::Proxy;
pub(crate) use secret::SecretFrame;
pub(crate) use stream::Stream;
pub use stream::{Connecting, Io};
pub use tls::Tls;

use crate::error::{ConnectError, ConnectionLost, Step};
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::error::Error as WebSocketError;
use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

/// Eagerly allocated for each connection.
const READ_BUFFER_BYTES: usize = 64 * 1024;

/// A connector of the application's own: from host and port to a stream.
pub(crate) type Connector = Arc<dyn Fn(String, u16) -> Connecting + Send + Sync>;

/// How the network is reached.
#[derive(Clone, Default)]
pub(crate) struct Route {
    pub(crate) proxy: Option<Proxy>,
    pub(crate) connector: Option<Connector>,
    pub(crate) tls: Option<Tls>,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) max_message_bytes: usize,
}

impl Route {
    /// Opens a WebSocket. `step` tells what is waited for.
    pub(crate) async fn open(
        &self,
        address: &Address,
        step: &mut Step,
    ) -> Result<WebSocketStream<Stream>, ConnectError> {
        *step = Step::Network;
        let stream = self.reach(address).await?;
        let stream = if address.is_secure {
            tls::wrap(stream, address, self.tls.as_ref()).await?
        } else {
            stream
        };
        *step = Step::WebSocket;
        let mut request = address
            .uri
            .clone()
            .into_client_request()
            .map_err(|_| ConnectError::Url("cannot be used"))?;
        for (name, value) in &self.headers {
            request.headers_mut().append(name, value.clone());
        }
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER_BYTES)
            .max_message_size(Some(self.max_message_bytes))
            .max_frame_size(Some(self.max_message_bytes));
        let opened = client_async_with_config(request, stream, Some(config)).await;
        opened.map(|(socket, _)| socket).map_err(not_a_web_socket)
    }

    async fn reach(&self, address: &Address) -> Result<Stream, ConnectError> {
        let unreachable = |name: &str| {
            let address = name.to_owned();
            move |source| ConnectError::Unreachable { address, source }
        };
        let name = address.host_and_port();
        if let Some(connector) = &self.connector {
            let stream = connector(address.host.clone(), address.port).await;
            return stream.map(Stream::Boxed).map_err(unreachable(&name));
        }
        let (host, port) = match &self.proxy {
            Some(proxy) => (proxy.host.as_str(), proxy.port),
            None => (address.host.as_str(), address.port),
        };
        let tcp = TcpStream::connect((host, port))
            .await
            .and_then(|tcp| tcp.set_nodelay(true).map(|()| tcp));
        let mut tcp = match &self.proxy {
            Some(_) => tcp.map_err(unreachable(&format!("the proxy {host}:{port}")))?,
            None => tcp.map_err(unreachable(&name))?,
        };
        if let Some(proxy) = &self.proxy {
            proxy.tunnel(&mut tcp, &name).await?;
        }
        Ok(Stream::Tcp(tcp))
    }
}

fn not_a_web_socket(error: WebSocketError) -> ConnectError {
    match error {
        WebSocketError::Http(response) => ConnectError::Http {
            status: response.status().as_u16(),
        },
        WebSocketError::Io(error) => ConnectError::Lost(ConnectionLost::Broken(error.to_string())),
        error => ConnectError::NotSocketIo(error.to_string()),
    }
}
