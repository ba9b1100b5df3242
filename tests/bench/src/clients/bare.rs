//! tokio-tungstenite and serde, and nothing that makes a client of them: the least that this can
//! cost.

use super::{IN_FLIGHT, Task, source::START};
use anyhow::{Context, Result, ensure};
use futures_util::{SinkExt, StreamExt};
use serde::Deserialize;
use serde::de::IgnoredAny;
use slop_schema::ClientEvent;
use slop_schema::liveness::PingResponse;
use slop_schema::media::MediaProgressPayload;
use slop_schema::protocol::Ping;
use std::net::SocketAddr;
use std::time::Instant;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use tokio_tungstenite::{WebSocketStream, client_async};

type Socket = WebSocketStream<TcpStream>;

/// Does a tenth of the task to warm up and then all of it; gives how many a second.
pub(super) async fn measure(address: SocketAddr, task: Task, count: usize) -> Result<f64> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let url = format!("ws://{address}/socket.io/?EIO=4&transport=websocket");
    let (mut socket, _) = client_async(url, stream).await?;
    text(&mut socket).await?;
    for connect in ["40", "40/media,"] {
        socket.send(Message::text(connect)).await?;
        text(&mut socket).await?;
    }
    let mut rate = 0.0;
    for count in [count / 10, count] {
        let began = Instant::now();
        match task {
            Task::Events => receive(&mut socket, count).await?,
            Task::Acks => call(&mut socket, count).await?,
        }
        rate = count as f64 / began.elapsed().as_secs_f64();
    }
    Ok(rate)
}

async fn receive(socket: &mut Socket, count: usize) -> Result<()> {
    #[derive(Deserialize)]
    struct Event(#[allow(dead_code)] IgnoredAny, MediaProgressPayload);
    let start = format!("42[\"{START}\",{count}]");
    socket.send(Message::text(start)).await?;
    let mut sum = 0.0;
    for _ in 0..count {
        let text = text(socket).await?;
        let data = text.strip_prefix("42/media,").context("not an event")?;
        let event: Event = serde_json::from_str(data)?;
        sum += event.1.progress.get();
    }
    ensure!(sum == 50.0 * count as f64, "wrong events");
    Ok(())
}

async fn call(socket: &mut Socket, count: usize) -> Result<()> {
    let mut sent = 0;
    for _ in 0..IN_FLIGHT {
        feed(socket, &mut sent).await?;
    }
    socket.flush().await?;
    for answered in 1..=count {
        let text = text(socket).await?;
        let data = text.find('[').context("not an answer")?;
        let [_answer]: [PingResponse; 1] = serde_json::from_str(&text[data..])?;
        if sent < count {
            feed(socket, &mut sent).await?;
        }
        // With so many in flight, one flush for several calls is what anybody would do.
        if answered % 16 == 0 || sent == count {
            socket.flush().await?;
        }
    }
    Ok(())
}

async fn feed(socket: &mut Socket, sent: &mut usize) -> Result<()> {
    let call = format!("42{sent}[\"{}\"]", Ping::NAME);
    socket.feed(Message::text(call)).await?;
    *sent += 1;
    Ok(())
}

async fn text(socket: &mut Socket) -> Result<Utf8Bytes> {
    match socket.next().await.context("the server has gone")?? {
        Message::Text(text) => Ok(text),
        other => anyhow::bail!("not text: {other:?}"),
    }
}
