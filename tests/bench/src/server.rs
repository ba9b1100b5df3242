//! The servers: how each is started, pinned to its core, and stopped.

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// The core of the servers and the core of the load: neither takes time from the other.
pub(crate) const SERVER_CORE: &str = "0";
pub(crate) const LOAD_CORE: &str = "1";

/// Lets the load generator publish. It means nothing outside a benchmark's loopback.
pub(crate) const PUBLISH_TOKEN: &str = "token-of-the-benchmark";

const JWT_SECRET: &str = "secret-of-the-benchmark-which-signs-one-token";

/// That token: it signs a user in until the year 2100.
pub(crate) const TOKEN: &str = concat!(
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.",
    "eyJ1c2VySWQiOiJiZW5jaG1hcmsiLCJleHAiOjQxMDI0NDQ4MDB9.",
    "pUO1xwbSUuBR0rMk5H9lpW48pERVJuHjOZkyuP8XGdw",
);

const START_TIMEOUT: Duration = Duration::from_secs(10);

/// A server to measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Server {
    /// The project's server, as it is shipped.
    Slop,
    /// Bare socketioxide.
    Bare,
    /// Node's socket.io with ajv.
    Node,
}

impl Server {
    /// Heading of its column.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Slop => "slop-server",
            Self::Bare => "bare socketioxide",
            Self::Node => "Node socket.io + ajv",
        }
    }

    /// Starts it on a free port and waits until it listens.
    pub(crate) fn start(self, repository: &Path) -> Result<Running> {
        let log = self.log()?;
        let mut command = self.command(repository)?;
        command
            // Called as the Claude CLI is called, this program plays it.
            .env("CLAUDE_CLI_PATH", std::env::current_exe()?)
            .env("CLAUDE_MAX_CONCURRENT_PROCESSES", "10")
            .env("CLAUDE_RATE_LIMIT_MAX", "1000000")
            .env("JWT_SECRET", JWT_SECRET)
            .env("PUBLISH_TOKEN", PUBLISH_TOKEN)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(&log)?);
        let mut child = command
            .spawn()
            .context("starting through taskset (util-linux)")?;
        let stdout = child.stdout.take().context("stdout was not piped")?;
        let mut running = Running {
            child,
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
        };
        running.address = listening(stdout)
            .with_context(|| format!("{} did not start; see {}", self.title(), log.display()))?;
        Ok(running)
    }

    fn command(self, repository: &Path) -> Result<Command> {
        let this = std::env::current_exe()?;
        let mut command = pinned(SERVER_CORE);
        match self {
            Self::Slop => command
                .arg(this.with_file_name("slop-server"))
                .env("PORT", "0")
                .env("WORKERS", "1")
                .env_remove("RUST_LOG"),
            Self::Bare => command.arg(this).arg("bare"),
            Self::Node => command
                .arg("node")
                .arg(repository.join("tests/bench/node/server.js"))
                .env("NODE_ENV", "production"),
        };
        Ok(command)
    }

    /// Where its diagnostics go: beside the binaries.
    fn log(self) -> Result<PathBuf> {
        let name = self
            .to_possible_value()
            .context("every server has a name")?;
        let file = format!("slop-bench-{}.log", name.get_name());
        Ok(std::env::current_exe()?.with_file_name(file))
    }
}

/// A command that will run on one core.
pub(crate) fn pinned(core: &str) -> Command {
    let mut command = Command::new("taskset");
    command.args(["-c", core]);
    command
}

/// A server that runs until this is dropped.
pub(crate) struct Running {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Running {
    /// The process: taskset has become the server.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself, which the load generator has reported by then.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits for the line that ends in the server's address, and goes on reading so that the server
/// never waits for a full pipe.
pub(crate) fn listening(stdout: ChildStdout) -> Result<SocketAddr> {
    let (found, address) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            if let Some((_, address)) = line.split_once("listening on http://") {
                let _ = found.send(address.trim().parse());
            }
        }
    });
    match address.recv_timeout(START_TIMEOUT) {
        Ok(address) => Ok(address?),
        Err(_) => bail!("no line `listening on http://…`"),
    }
}
