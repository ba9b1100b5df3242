//! Publishing: `POST /publish` over one kept connection.

use super::Target;
use anyhow::{Context, Result, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A connection that publishes one event after the other.
pub(super) struct Publisher {
    stream: TcpStream,
    head: String,
}

impl Publisher {
    pub(super) async fn connect(target: &Target) -> Result<Self> {
        let stream = TcpStream::connect(target.address).await?;
        stream.set_nodelay(true)?;
        let Target {
            address,
            publish_token,
            ..
        } = target;
        let head = format!(
            "POST /publish HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {publish_token}\r\n\
             Content-Type: application/json\r\nContent-Length: "
        );
        Ok(Self { stream, head })
    }

    /// Publishes and waits until the server has taken it on.
    pub(super) async fn publish(&mut self, body: &str) -> Result<()> {
        let request = format!("{}{}\r\n\r\n{body}", self.head, body.len());
        self.stream.write_all(request.as_bytes()).await?;
        let mut response = Vec::new();
        while !is_whole(&response)? {
            let bytes = self.stream.read_buf(&mut response).await?;
            ensure!(bytes > 0, "the server closed the publishing connection");
        }
        Ok(())
    }
}

/// Whether the response has arrived to its end. A refusal is an error.
fn is_whole(response: &[u8]) -> Result<bool> {
    let text = String::from_utf8_lossy(response);
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return Ok(false);
    };
    let accepted = head.starts_with("HTTP/1.1 20");
    ensure!(
        accepted,
        "the publication was refused: {}",
        head.lines().next().unwrap_or_default()
    );
    let head = head.to_ascii_lowercase();
    let (_, length) = head
        .split_once("content-length:")
        .context("no Content-Length")?;
    let length: usize = length.lines().next().unwrap_or_default().trim().parse()?;
    Ok(body.len() >= length)
}
