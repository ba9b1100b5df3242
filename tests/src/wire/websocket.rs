//! Engine.IO over one WebSocket.

use super::{Ends, Origin, Step};
use futures_util::{SinkExt, StreamExt};
use std::collections::BTreeMap;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue};

/// Runs the connection to its end; the error says how it ended badly.
pub async fn run(
    origin: &Origin,
    headers: &BTreeMap<String, String>,
    mut ends: Ends,
) -> Result<(), String> {
    let url = format!(
        "ws://{}/socket.io/?EIO=4&transport=websocket",
        origin.authority
    );
    let mut request = url
        .into_client_request()
        .map_err(|error| error.to_string())?;
    for (name, value) in headers {
        let name = HeaderName::try_from(name).map_err(|error| error.to_string())?;
        let value = HeaderValue::try_from(value).map_err(|error| error.to_string())?;
        request.headers_mut().insert(name, value);
    }
    let stream = TcpStream::connect(&origin.authority)
        .await
        .map_err(|e| e.to_string())?;
    stream.set_nodelay(true).map_err(|e| e.to_string())?;
    let opened = tokio_tungstenite::client_async(request, stream).await;
    let (socket, _) = opened.map_err(|error| format!("no WebSocket: {error}"))?;
    let (mut sink, mut stream) = socket.split();
    loop {
        let reply = tokio::select! {
            message = stream.next() => match message {
                None | Some(Ok(Message::Close(_))) => return Ok(()),
                Some(Err(error)) => return Err(format!("the WebSocket broke: {error}")),
                Some(Ok(Message::Text(packet))) => match ends.take(packet.as_str())? {
                    Step::Pong => "3".to_owned(),
                    Step::Close => return Ok(()),
                    Step::Nothing => continue,
                },
                Some(Ok(_)) => continue,
            },
            sent = ends.outbox.recv() => match sent {
                None => return Ok(()),
                Some(sent) => sent.encode(&ends.namespace),
            },
        };
        let written = sink.send(Message::text(reply)).await;
        written.map_err(|error| format!("the WebSocket broke: {error}"))?;
    }
}
