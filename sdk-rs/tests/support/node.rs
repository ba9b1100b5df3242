//! Another server: socket.io 4.8 in Node, in a process of its own.

use std::path::Path;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// A running server. It is killed when it is dropped.
pub struct NodeServer {
    child: Child,
    port: u16,
}

impl NodeServer {
    pub async fn start() -> Self {
        Self::start_at(0).await
    }

    /// Starts on the port of one that was killed.
    pub async fn start_at(port: u16) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/node/server.js");
        let mut child = Command::new("node")
            .arg(script)
            .arg(port.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the tests of slop-sdk need Node");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = super::within("the Node server", lines.next_line()).await;
        let line = line.unwrap().expect("run: npm ci");
        let port = line.trim().parse().unwrap();
        Self { child, port }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Ends it as no server ends by itself.
    pub async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }

    /// Freezes it: its connections stand and say nothing.
    pub async fn freeze(&self) {
        let pid = self.child.id().unwrap().to_string();
        let status = Command::new("kill").args(["-STOP", &pid]).status().await;
        assert!(status.unwrap().success());
    }
}
