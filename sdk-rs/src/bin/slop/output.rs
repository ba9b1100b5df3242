//! Output: for people, or JSON for scripts.
//!
//! Who reads it may be slow, or stop reading: a thread waits for them, and signals and heartbeats
//! wait for nobody.

use crate::failure::Failure;
use serde_json::Value;
use std::fmt::Display;
use std::io::{self, ErrorKind, Write};
use tokio::task::spawn_blocking;

#[derive(Clone, Copy)]
pub(crate) struct Output {
    json: bool,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Self { json }
    }

    pub(crate) fn is_json(self) -> bool {
        self.json
    }

    /// One value a line.
    pub(crate) async fn json(self, value: &Value) -> Result<(), Failure> {
        self.write(format!("{value}\n")).await
    }

    /// Text as it is.
    pub(crate) async fn write(self, text: impl Into<String>) -> Result<(), Failure> {
        match write(io::stdout, text.into()).await {
            // Nobody reads any more, as in `slop listen | head`: the work is done.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(Failure::nobody_reads()),
            written => written.map_err(Failure::local),
        }
    }

    /// What people want to know and scripts do not.
    pub(crate) async fn note(self, text: impl Display) {
        if !self.json {
            // Who does not read it does not want to know.
            let _ = write(io::stderr, format!("slop: {text}\n")).await;
        }
    }
}

async fn write<W: Write + 'static>(to: fn() -> W, text: String) -> io::Result<()> {
    let writing = spawn_blocking(move || {
        let mut to = to();
        to.write_all(text.as_bytes())?;
        to.flush()
    });
    writing.await.map_err(io::Error::other)?
}
