//! A server that says what a test tells it to, right or wrong.

use futures_util::{SinkExt, StreamExt};
use std::future::Future;
use std::net::SocketAddr;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, accept_async};

pub type Socket = WebSocketStream<TcpStream>;

/// A listener that treats each connection as a test says. It ends when it is dropped.
pub struct Scripted {
    pub address: SocketAddr,
    accepting: JoinHandle<()>,
}

impl Scripted {
    /// `serve` is given each connection with its number, counted from 0.
    pub async fn tcp<F, Fut>(serve: F) -> Self
    where
        F: Fn(TcpStream, usize) -> Fut + Send + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let accepting = tokio::spawn(async move {
            for number in 0.. {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(serve(stream, number));
            }
        });
        Self { address, accepting }
    }

    /// The same with a WebSocket.
    pub async fn web_socket<F, Fut>(serve: F) -> Self
    where
        F: Fn(Socket, usize) -> Fut + Clone + Send + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        Self::tcp(move |stream, number| {
            let serve = serve.clone();
            async move {
                if let Ok(socket) = accept_async(stream).await {
                    serve(socket, number).await;
                }
            }
        })
        .await
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Says hello and lets a client into all namespaces, as a right server would.
pub async fn let_in(socket: &mut Socket) {
    let open = r#"0{"sid":"s","upgrades":[],"pingInterval":25000,"pingTimeout":20000}"#;
    say(socket, open).await;
    for _ in 0..3 {
        let packet = hear(socket).await;
        let namespace = packet[2..].split('{').next().unwrap().to_owned();
        say(socket, &format!("40{namespace}{{\"sid\":\"x\"}}")).await;
    }
}

pub async fn say(socket: &mut Socket, text: &str) {
    // A client that has gone hears nothing.
    let _ = socket.send(Message::text(text)).await;
}

/// The next text; empty when the client has gone.
pub async fn hear(socket: &mut Socket) -> String {
    loop {
        match socket.next().await {
            Some(Ok(Message::Text(text))) => return text.to_string(),
            Some(Ok(_)) => {}
            _ => return String::new(),
        }
    }
}

/// Answers all calls with nothing until the client has gone.
pub async fn answer(socket: &mut Socket) {
    loop {
        let packet = hear(socket).await;
        if packet.is_empty() {
            return;
        }
        if packet.starts_with("42") {
            let id = id_of(&packet);
            say(socket, &format!("43{id}[{{\"timestamp\":1}}]")).await;
        }
    }
}

/// The number of a call on `/`.
pub fn id_of(packet: &str) -> String {
    let digits = packet[2..].chars();
    digits.take_while(char::is_ascii_digit).collect()
}
