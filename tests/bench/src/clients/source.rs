//! The server of the comparison of clients: it lets everybody in, answers every call and sends
//! events when it is asked to, all of it as prepared bytes, so that the client is what is measured.

use anyhow::{Context, Result};
use futures_util::{FutureExt, SinkExt, StreamExt};
use slop_schema::media::MediaProgressPayload;
use slop_schema::protocol::{MediaProgress, Namespace};
use slop_schema::scalar::{MediaId, Percent};
use slop_schema::{ServerEvent, event::WireType};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, accept_async};

/// A heartbeat that never comes within a measurement.
const OPEN: &str = concat!(
    r#"0{"sid":"source","upgrades":[],"pingInterval":300000,"#,
    r#""pingTimeout":300000,"maxPayload":1000000}"#
);

/// Events that are written at a time.
const EVENTS_AT_A_TIME: usize = 256;

/// Asks for as many events as its argument says.
pub(super) const START: &str = "start";

/// Serves until it is killed.
pub(crate) fn run() -> Result<()> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(async {
            let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
            println!("source listening on http://{}", listener.local_addr()?);
            loop {
                let (stream, _) = listener.accept().await?;
                stream.set_nodelay(true)?;
                tokio::spawn(async move {
                    if let Err(error) = serve(stream).await {
                        eprintln!("source: {error:#}");
                    }
                });
            }
        })
}

async fn serve(stream: TcpStream) -> Result<()> {
    let mut socket = accept_async(stream).await?;
    socket.send(Message::text(OPEN)).await?;
    let events = frames_of_events()?;
    let mut answers = Vec::new();
    while let Some(message) = socket.next().await {
        answer(message, &mut answers, &mut socket, &events).await?;
        // What one read brought is answered with one write.
        while let Some(Some(message)) = socket.next().now_or_never() {
            answer(message, &mut answers, &mut socket, &events).await?;
        }
        if !answers.is_empty() {
            socket.get_mut().write_all(&answers).await?;
            answers.clear();
        }
    }
    Ok(())
}

async fn answer(
    message: Result<Message, tokio_tungstenite::tungstenite::Error>,
    answers: &mut Vec<u8>,
    socket: &mut WebSocketStream<TcpStream>,
    events: &[u8],
) -> Result<()> {
    let Ok(Message::Text(text)) = message else {
        return Ok(());
    };
    if let Some(connect) = text.strip_prefix("40") {
        let namespace = connect.split('{').next().unwrap_or_default();
        frame(answers, &format!("40{namespace}{{\"sid\":\"source\"}}"));
    } else if let Some(event) = text.strip_prefix("42") {
        let (head, body) = event.split_at(event.find('[').context("an event has arguments")?);
        if body.starts_with(&format!("[\"{START}\"")) {
            let count = body.split([',', ']']).nth(1).context("how many events?")?;
            send_events(socket, events, count.parse()?).await?;
        } else {
            // The namespace and the number, as they came.
            frame(
                answers,
                &format!("43{head}[{{\"timestamp\":1769860800123}}]"),
            );
        }
    }
    Ok(())
}

async fn send_events(
    socket: &mut WebSocketStream<TcpStream>,
    events: &[u8],
    count: usize,
) -> Result<()> {
    let bytes_per_event = events.len() / EVENTS_AT_A_TIME;
    let mut left = count;
    while left > 0 {
        let now = left.min(EVENTS_AT_A_TIME);
        let bytes = events.get(..now * bytes_per_event).unwrap_or_default();
        socket.get_mut().write_all(bytes).await?;
        left -= now;
    }
    Ok(())
}

/// Many times the same event of 139 bytes.
fn frames_of_events() -> Result<Vec<u8>> {
    let half = Percent::new(50.0)?;
    let mut payload = MediaProgressPayload::new(MediaId::new("media-1")?, half, "rendering");
    payload.message = Some("Rendering frame 120 of 240, 3 s left".into());
    let packet = packet(Namespace::Media, MediaProgress::NAME, &payload)?;
    let mut frames = Vec::new();
    for _ in 0..EVENTS_AT_A_TIME {
        frame(&mut frames, &packet);
    }
    Ok(frames)
}

fn packet(namespace: Namespace, event: &str, payload: &impl WireType) -> Result<String> {
    let payload = serde_json::to_string(payload)?;
    Ok(format!("42{},[\"{event}\",{payload}]", namespace.path()))
}

/// Appends one text message, as a server sends it.
fn frame(frames: &mut Vec<u8>, text: &str) {
    frames.push(0x81);
    match u8::try_from(text.len()) {
        Ok(length) if length < 126 => frames.push(length),
        _ => {
            frames.push(126);
            let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
            frames.extend_from_slice(&length.to_be_bytes());
        }
    }
    frames.extend_from_slice(text.as_bytes());
}
