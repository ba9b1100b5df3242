//! The project's server, in this process, on a thread and runtime of its own.

use super::tokens::SECRET;
use axum::serve::ListenerExt;
use clap::Parser;
use slop_server::Handle;
use slop_server::config::Settings;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::runtime::Builder;
use tokio::sync::oneshot;

/// A running server. It ends when it is dropped, and with it what it runs.
pub struct Server {
    pub address: SocketAddr,
    pub handle: Handle,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts on a free port, with a Claude CLI that runs its prompt as a shell script.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    pub fn start_with(arguments: &[&str]) -> Self {
        Self::start_with_secret(SECRET, arguments)
    }

    /// Starts one that accepts nobody's tokens.
    pub fn start_with_secret(secret: &str, arguments: &[&str]) -> Self {
        let shell = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("../tests/clients/support/shell-claude.sh");
        let shell = shell.to_str().unwrap();
        let own = [
            "slop-server",
            "--jwt-secret",
            secret,
            "--claude-cli-path",
            shell,
            "--claude-rate-limit-max",
            "1000",
        ];
        let settings = Settings::parse_from(own.into_iter().chain(arguments.iter().copied()));
        let (router, handle) = slop_server::build(settings.check().unwrap()).unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let (ready, is_ready) = mpsc::channel();
        let executions = handle.clone();
        let thread = std::thread::spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                let listener = listener.tap_io(|stream| stream.set_nodelay(true).unwrap());
                ready.send(()).unwrap();
                tokio::select! {
                    served = axum::serve(listener, router).into_future() => served.unwrap(),
                    _ = stopped => {}
                }
                // What tests have started must not outlive them.
                executions.shut_down(Duration::from_secs(1)).await;
            });
            runtime.shutdown_background();
        });
        is_ready.recv().unwrap();
        Self {
            address,
            handle,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
