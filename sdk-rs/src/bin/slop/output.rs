//! Output: for people, or JSON for scripts.

use crate::failure::Failure;
use serde_json::Value;
use std::io::{ErrorKind, Write};

pub(crate) struct Output {
    json: bool,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Self { json }
    }

    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// One value a line.
    pub(crate) fn json(&self, value: &Value) -> Result<(), Failure> {
        self.write(&format!("{value}\n"))
    }

    /// Text as it is.
    pub(crate) fn write(&self, text: &str) -> Result<(), Failure> {
        let mut stdout = std::io::stdout().lock();
        let written = stdout
            .write_all(text.as_bytes())
            .and_then(|()| stdout.flush());
        match written {
            // Nobody reads any more, as in `slop listen | head`: the work is done.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(Failure::nobody_reads()),
            written => written.map_err(Failure::local),
        }
    }

    /// What people want to know and scripts do not.
    pub(crate) fn note(&self, text: &str) {
        if !self.json {
            eprintln!("slop: {text}");
        }
    }
}
