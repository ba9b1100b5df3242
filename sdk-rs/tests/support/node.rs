//! Another server: socket.io 4.8 in Node, in a process of its own.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// A running server. It is killed when it is dropped.
pub struct NodeServer {
    child: Child,
    address: SocketAddr,
}

impl NodeServer {
    /// Starts on a free port.
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// One whose clients notice soon when it is silent.
    pub async fn start_with_quick_heartbeat() -> Self {
        Self::start_with(&["300", "700"]).await
    }

    async fn start_with(arguments: &[&str]) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/node/server.js");
        let mut child = Command::new("node")
            .arg(script)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the tests of slop-sdk need Node");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = super::within("the Node server", lines.next_line()).await;
        let line = line.unwrap().expect("run: npm ci");
        let port: u16 = line.trim().parse().unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        Self { child, address }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
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
