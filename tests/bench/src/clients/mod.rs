//! The comparison of clients: one server that costs next to nothing, one connection, each client in
//! turn.

mod source;

mod own;

mod bare;

mod report;

use crate::extent::{Extent, chosen};
use crate::machine::Conditions;
use crate::server::{LOAD_CORE, SERVER_CORE, listening, pinned};
use anyhow::{Context, Result, bail, ensure};
use clap::ValueEnum;
use report::{Rates, Report};
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

pub(crate) use source::run as run_source;

/// Nothing takes this long, unless a client hangs.
const LIMIT: Duration = Duration::from_secs(120);

/// Calls that are in flight at any time.
const IN_FLIGHT: usize = 64;

/// A client to measure. The order is that of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Client {
    /// tokio-tungstenite and serde, without anything a client needs.
    Bare,
    /// slop-sdk on a current-thread runtime.
    Sdk,
    /// slop-sdk on a multi-thread runtime, which may use both cores.
    SdkThreads,
    /// The crate rust_socketio.
    RustSocketio,
    /// socket.io-client in Node.
    Node,
}

/// What a client does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Task {
    /// Receives `mediaProgress` events as their type.
    Events,
    /// Calls `ping`, 64 in flight.
    Acks,
}

impl Client {
    /// Heading of its column.
    fn title(self) -> &'static str {
        match self {
            Self::Bare => "bare tungstenite + serde",
            Self::Sdk => "slop-sdk, current-thread",
            Self::SdkThreads => "slop-sdk, multi-thread",
            Self::RustSocketio => "rust_socketio 0.6",
            Self::Node => "socket.io-client in Node",
        }
    }

    /// rust_socketio mixes the answers of calls in flight up, and panics.
    fn can(self, task: Task) -> bool {
        !(self == Self::RustSocketio && task == Task::Acks)
    }

    fn command(self, task: Task, repository: &Path) -> Result<Command> {
        let this = std::env::current_exe()?;
        let task = name(&task)?;
        let mut command = match self {
            Self::SdkThreads => Command::new(&this),
            _ => pinned(LOAD_CORE),
        };
        match self {
            Self::Bare | Self::Sdk => command.arg(&this),
            Self::SdkThreads => &mut command,
            Self::RustSocketio => command.arg(this.with_file_name("slop-bench-rust-socketio")),
            Self::Node => command
                .arg("node")
                .arg(repository.join("tests/bench/node/client.js"))
                .env("NODE_ENV", "production"),
        };
        if matches!(self, Self::Bare | Self::Sdk | Self::SdkThreads) {
            command.args(["client", &name(&self)?]);
        }
        command.arg(task);
        Ok(command)
    }
}

/// What a client prints when it is done.
#[derive(Debug, Serialize, Deserialize)]
struct Measured {
    per_second: f64,
}

#[derive(clap::Args)]
pub(crate) struct Options {
    #[command(flatten)]
    extent: Extent,
    /// Measure this client only; may be given several times.
    #[arg(long, value_enum)]
    client: Vec<Client>,
}

/// One client doing one task.
#[derive(clap::Args)]
pub(crate) struct ClientOptions {
    client: Client,
    task: Task,
    /// The server's address.
    address: SocketAddr,
    /// Events or calls that are measured.
    count: usize,
}

/// Runs the comparison, prints the report and writes it where that was asked for.
pub(crate) fn compare(options: &Options) -> Result<()> {
    let page = options
        .extent
        .page(&[("--client", !options.client.is_empty())])?;
    let conditions = Conditions::now(&options.extent.repository)?;
    let clients = chosen(&options.client);
    let rounds = options.extent.rounds();
    let count = if options.extent.quick {
        20_000
    } else {
        200_000
    };
    let mut rates = Rates::default();
    for round in 1..=rounds {
        for task in Task::value_variants() {
            eprintln!("round {round} of {rounds}: clients, {}", name(task)?);
            for client in clients.iter().filter(|client| client.can(*task)) {
                let measured = measure(*client, *task, count, &options.extent.repository)
                    .with_context(|| {
                        format!("{}, {}", client.title(), name(task).unwrap_or_default())
                    })?;
                rates.add(*client, *task, measured.per_second);
            }
        }
    }
    let report = Report {
        rates,
        clients,
        conditions,
        rounds,
        count,
    };
    println!("{}", report.markdown());
    if let Some(page) = page {
        report.write(&page)?;
    }
    Ok(())
}

/// Starts the server and one client, each on its core.
fn measure(client: Client, task: Task, count: usize, repository: &Path) -> Result<Measured> {
    let mut source = pinned(SERVER_CORE);
    let child = source
        .arg(std::env::current_exe()?)
        .arg("source")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .context("starting through taskset (util-linux)")?;
    let mut source = Stopped(child);
    let stdout = source.0.stdout.take().context("stdout was not piped")?;
    let address = listening(stdout)?;
    let output = client
        .command(task, repository)?
        .args([address.to_string(), count.to_string()])
        .stderr(Stdio::inherit())
        .output()?;
    ensure!(output.status.success(), "the client failed");
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// A process that ends with this.
struct Stopped(Child);

impl Drop for Stopped {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs one client and prints what was measured as one line of JSON.
pub(crate) fn run_client(options: &ClientOptions) -> Result<()> {
    let mut runtime = match options.client {
        Client::SdkThreads => tokio::runtime::Builder::new_multi_thread(),
        _ => tokio::runtime::Builder::new_current_thread(),
    };
    let (address, count) = (options.address, options.count);
    let task = options.task;
    let run = async move {
        match options.client {
            Client::Bare => bare::measure(address, task, count).await,
            // The comparison is about a task of the application, not about the runtime's first one.
            Client::Sdk | Client::SdkThreads => {
                tokio::spawn(own::measure(address, task, count)).await?
            }
            Client::RustSocketio | Client::Node => bail!("not a part of this program"),
        }
    };
    let per_second = runtime.enable_all().build()?.block_on(async {
        let measured = tokio::time::timeout(LIMIT, run).await;
        measured.context("the client hangs")?
    })?;
    println!("{}", serde_json::to_string(&Measured { per_second })?);
    Ok(())
}

/// Name on the command line.
fn name(value: &impl ValueEnum) -> Result<String> {
    let value = value
        .to_possible_value()
        .context("every value has a name")?;
    Ok(value.get_name().to_owned())
}
