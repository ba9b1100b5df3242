//! A Socket.IO client of the least cost: one WebSocket, the namespace `/`, short requests.
//!
//! Requests gather in a buffer until [`Connection::flush`]; what one read brought is handed over in
//! one go. Nothing is allocated per message and no JSON is parsed.

use anyhow::{Context, Result, bail, ensure};
use slop_schema::ClientEvent;
use slop_schema::protocol::Heartbeat;
use std::fmt::Display;
use std::io::Write;
use std::net::SocketAddr;
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The handshake as socket.io-client sends it from Node.
const UPGRADE: &str = "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n\
    Sec-WebSocket-Version: 13\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    Connection: Upgrade\r\n\
    Upgrade: websocket\r\n\
    Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\
    Host: ";

/// A client must mask what it sends; nothing asks for a new key each time.
const MASK: [u8; 4] = [0x3a, 0x91, 0x5c, 0xe7];

/// Bytes before the payload of a short, masked frame.
const HEAD_BYTES: usize = 2 + MASK.len();

/// What the server sent, as far as a scenario cares.
#[derive(Debug, Clone, Copy)]
pub(super) enum Packet<'a> {
    /// The Engine.IO handshake.
    Open,
    /// The namespace is connected: events may be sent.
    Connect,
    /// An event: its name and arguments as a JSON array.
    Event(&'a [u8]),
    /// The callback of the request with this number.
    Ack(u64),
}

/// A connected socket.
pub(super) struct Connection {
    stream: TcpStream,
    inbox: Vec<u8>,
    outbox: Vec<u8>,
    requests: u64,
}

impl Connection {
    /// Connects and returns as soon as CONNECT has arrived: the first moment events may be sent.
    pub(super) async fn open(address: SocketAddr) -> Result<Self> {
        Self::open_with(address, "").await
    }

    /// The same, signed in.
    pub(super) async fn sign_in(address: SocketAddr, token: &str) -> Result<Self> {
        Self::open_with(address, &format!("{{\"token\":\"{token}\"}}")).await
    }

    async fn open_with(address: SocketAddr, auth: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let mut connection = Self {
            stream,
            inbox: Vec::new(),
            outbox: Vec::new(),
            requests: 0,
        };
        write!(connection.outbox, "{UPGRADE}{address}\r\n\r\n")?;
        connection.upgraded().await?;
        connection
            .wait_for(|packet| matches!(packet, Packet::Open))
            .await?;
        connection.queue(format_args!("40{auth}"));
        connection
            .wait_for(|packet| matches!(packet, Packet::Connect))
            .await?;
        Ok(connection)
    }

    /// Queues an event that asks for a callback, given as a JSON array; returns its number.
    pub(super) fn request(&mut self, event: impl Display) -> u64 {
        let number = self.requests;
        self.requests += 1;
        self.queue(format_args!("42{number}{event}"));
        number
    }

    /// Queues a heartbeat with the present time.
    pub(super) fn heartbeat(&mut self) -> u64 {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
            .as_millis();
        let event = Heartbeat::NAME;
        self.request(format_args!("[\"{event}\",{{\"timestamp\":{now}}}]"))
    }

    /// Sends what is queued.
    pub(super) async fn flush(&mut self) -> Result<()> {
        if !self.outbox.is_empty() {
            self.stream.write_all(&self.outbox).await?;
            self.outbox.clear();
        }
        Ok(())
    }

    /// Sends what is queued and waits for the server to send something, without looking at it.
    pub(super) async fn fill(&mut self) -> Result<()> {
        self.flush().await?;
        self.inbox.reserve(8 * 1024);
        let bytes = self.stream.read_buf(&mut self.inbox).await?;
        ensure!(bytes > 0, "the server closed the connection");
        Ok(())
    }

    /// Hands over the packets that have arrived, and queues the answers to Engine.IO's pings.
    pub(super) fn drain(&mut self, mut take: impl FnMut(Packet<'_>)) -> Result<()> {
        let mut at = 0;
        while let Some((payload, end)) = frame(&self.inbox, at) {
            ensure!(
                self.inbox[at] == 0x81,
                "not a whole text message: the server closed or failed"
            );
            at = end;
            match &self.inbox[payload] {
                [b'0', ..] => take(Packet::Open),
                [b'2'] => queue(&mut self.outbox, format_args!("3")),
                [b'4', b'0', ..] => take(Packet::Connect),
                [b'4', b'2', event @ ..] => take(Packet::Event(event)),
                [b'4', b'3', ack @ ..] => take(Packet::Ack(number(ack))),
                other => bail!("unexpected packet: {}", String::from_utf8_lossy(other)),
            }
        }
        self.inbox.drain(..at);
        Ok(())
    }

    /// Waits for packets and hands them over.
    pub(super) async fn receive(&mut self, take: impl FnMut(Packet<'_>)) -> Result<()> {
        self.fill().await?;
        self.drain(take)
    }

    /// Queues one packet.
    fn queue(&mut self, packet: std::fmt::Arguments<'_>) {
        queue(&mut self.outbox, packet);
    }

    /// Sends what is queued and receives until a packet of this kind has come.
    async fn wait_for(&mut self, wanted: impl Fn(Packet<'_>) -> bool) -> Result<()> {
        let mut seen = false;
        // One read may have brought more than what was waited for before.
        self.drain(|packet| seen |= wanted(packet))?;
        while !seen {
            self.receive(|packet| seen |= wanted(packet)).await?;
        }
        Ok(())
    }

    /// Waits for the end of the response to the upgrade.
    async fn upgraded(&mut self) -> Result<()> {
        const END: &[u8] = b"\r\n\r\n";
        loop {
            self.fill().await?;
            if let Some(end) = self
                .inbox
                .windows(END.len())
                .position(|window| window == END)
            {
                let status = self
                    .inbox
                    .split(|byte| *byte == b'\r')
                    .next()
                    .unwrap_or_default();
                let status = String::from_utf8_lossy(status);
                ensure!(status.starts_with("HTTP/1.1 101"), "no upgrade: {status}");
                self.inbox.drain(..end + END.len());
                return Ok(());
            }
        }
    }
}

/// Appends one masked text message.
fn queue(outbox: &mut Vec<u8>, packet: std::fmt::Arguments<'_>) {
    let start = outbox.len();
    outbox.extend_from_slice(&[0x81, 0, MASK[0], MASK[1], MASK[2], MASK[3]]);
    // Writing to a vector cannot fail.
    let _ = outbox.write_fmt(packet);
    let mut payload = start + HEAD_BYTES;
    let length = outbox.len() - payload;
    if length < 126 {
        outbox[start + 1] = 0x80 | length as u8;
    } else {
        // Only a token is as long as this.
        let length = u16::try_from(length).unwrap_or_else(|_| unreachable!("short packets"));
        outbox[start + 1] = 0x80 | 126;
        outbox.splice(start + 2..start + 2, length.to_be_bytes());
        payload += 2;
    }
    for (byte, mask) in outbox[payload..].iter_mut().zip(MASK.iter().cycle()) {
        *byte ^= mask;
    }
}

/// Finds the frame that begins at this place: where its payload lies and where it ends.
fn frame(inbox: &[u8], at: usize) -> Option<(std::ops::Range<usize>, usize)> {
    let head = inbox.get(at..)?;
    let (length, head_bytes) = match head.get(1)? & 0x7f {
        126 => (
            u16::from_be_bytes(*head.get(2..)?.first_chunk()?) as usize,
            4,
        ),
        127 => (
            u64::from_be_bytes(*head.get(2..)?.first_chunk()?) as usize,
            10,
        ),
        short => (short as usize, 2),
    };
    let payload = at + head_bytes;
    let end = payload.checked_add(length)?;
    (end <= inbox.len()).then_some((payload..end, end))
}

/// The number at the beginning.
fn number(text: &[u8]) -> u64 {
    text.iter()
        .take_while(|byte| byte.is_ascii_digit())
        .fold(0, |number, digit| number * 10 + u64::from(digit - b'0'))
}

/// Opens many connections, a few at a time.
pub(super) async fn open_many(address: SocketAddr, count: usize) -> Result<Vec<Connection>> {
    const AT_A_TIME: usize = 32;
    let mut connections = Vec::with_capacity(count);
    while connections.len() < count {
        let batch = AT_A_TIME.min(count - connections.len());
        let opening: Vec<_> = (0..batch)
            .map(|_| tokio::spawn(Connection::open(address)))
            .collect();
        for connection in opening {
            connections.push(connection.await?.context("connecting")?);
        }
    }
    Ok(connections)
}
