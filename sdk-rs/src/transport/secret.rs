//! Frames that hold a token. They are put together here, because the WebSocket library logs what it
//! sends, at its level `trace`.

use super::Stream;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::AsyncWrite;

/// A text message as one masked frame (RFC 6455, section 5), on its way.
pub(crate) struct SecretFrame {
    bytes: Vec<u8>,
    written: usize,
}

impl SecretFrame {
    pub(crate) fn new(text: &str) -> Self {
        let mask = fastrand::u32(..).to_be_bytes();
        let mut bytes = vec![0x81];
        match (u8::try_from(text.len()), u16::try_from(text.len())) {
            (Ok(length), _) if length < 126 => bytes.push(0x80 | length),
            (_, Ok(length)) => {
                bytes.push(0x80 | 126);
                bytes.extend_from_slice(&length.to_be_bytes());
            }
            _ => {
                bytes.push(0x80 | 127);
                bytes.extend_from_slice(&(text.len() as u64).to_be_bytes());
            }
        }
        bytes.extend_from_slice(&mask);
        let masked = text.bytes().zip(mask.iter().cycle());
        bytes.extend(masked.map(|(byte, mask)| byte ^ mask));
        Self { bytes, written: 0 }
    }

    /// Whether a part of it was written: nothing else may be before the rest.
    pub(crate) fn is_begun(&self) -> bool {
        self.written > 0
    }

    pub(crate) fn poll_write(
        &mut self,
        stream: &mut Stream,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        while let Some(rest @ [_, ..]) = self.bytes.get(self.written..) {
            let count = ready!(Pin::new(&mut *stream).poll_write(cx, rest))?;
            if count == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.written += count;
        }
        Pin::new(stream).poll_flush(cx)
    }
}
