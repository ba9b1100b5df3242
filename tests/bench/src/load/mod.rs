//! The load generator: drives one server through one scenario and measures it from outside.
//!
//! It speaks WebSocket and Socket.IO itself, on one thread, so that it costs less than any server.

use crate::scenario::{Measured, Scenario};
use anyhow::{Context, Result};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::time::timeout;

mod heartbeat;

mod first_callback;

mod fan_out;

mod idle;

mod order;

mod connect;

mod burst;

mod stream;

mod connection;
mod latency;
mod proc;
mod publish;

/// How long an answer may take before it counts as lost.
const LOST_AFTER: Duration = Duration::from_secs(2);

/// No scenario takes this long, unless the server hangs.
const LIMIT: Duration = Duration::from_secs(120);

/// A pause that says a run is not to be believed.
const STALL: Duration = Duration::from_secs(1);

#[derive(clap::Args)]
pub(crate) struct Options {
    scenario: Scenario,
    /// The server's address.
    #[arg(long)]
    address: SocketAddr,
    /// The server's process, whose CPU time and memory are measured.
    #[arg(long)]
    pid: u32,
    /// The server's token for `POST /publish`.
    #[arg(long, default_value = "")]
    publish_token: String,
    /// A tenth of the work: shows that everything runs, its numbers mean nothing.
    #[arg(long)]
    quick: bool,
}

/// The server under load.
struct Target {
    address: SocketAddr,
    pid: u32,
    publish_token: String,
}

/// How much work the scenarios do.
struct Effort {
    warm_up: Duration,
    measure: Duration,
    /// Connections that are measured from their beginning, one after the other.
    first_callbacks: usize,
    idle_connections: usize,
    listeners: usize,
    ordered_events: usize,
    connects: usize,
    bursts: usize,
    streamed_chunks: usize,
    /// Executions of each client, one after the other.
    streams: usize,
}

impl Effort {
    const FULL: Self = Self {
        warm_up: Duration::from_millis(1000),
        measure: Duration::from_millis(4000),
        first_callbacks: 300,
        idle_connections: 5000,
        listeners: 1000,
        ordered_events: 20_000,
        connects: 3000,
        bursts: 10,
        streamed_chunks: 2000,
        streams: 10,
    };
    const QUICK: Self = Self {
        warm_up: Duration::from_millis(100),
        measure: Duration::from_millis(400),
        first_callbacks: 30,
        idle_connections: 500,
        listeners: 100,
        ordered_events: 2000,
        connects: 300,
        bursts: 1,
        streamed_chunks: 200,
        streams: 1,
    };
}

/// Runs one scenario and prints what was measured as one line of JSON.
pub(crate) fn run(options: &Options) -> Result<()> {
    let target = Target {
        address: options.address,
        pid: options.pid,
        publish_token: options.publish_token.clone(),
    };
    let effort = if options.quick {
        Effort::QUICK
    } else {
        Effort::FULL
    };
    let measured = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(async {
            timeout(LIMIT, measure(options.scenario, &target, &effort))
                .await
                .context("the server hangs")?
        })?;
    println!("{}", serde_json::to_string(&measured)?);
    Ok(())
}

async fn measure(scenario: Scenario, target: &Target, effort: &Effort) -> Result<Measured> {
    match scenario {
        Scenario::Heartbeat => heartbeat::measure(target, effort, 16).await,
        Scenario::HeartbeatSerial => heartbeat::measure(target, effort, 1).await,
        Scenario::FirstCallback => first_callback::measure(target, effort).await,
        Scenario::FanOut => fan_out::measure(target, effort).await,
        Scenario::Idle => idle::measure(target, effort).await,
        Scenario::Order => order::measure(target, effort).await,
        Scenario::Connect => connect::measure(target, effort).await,
        Scenario::Burst => burst::measure(target, effort).await,
        Scenario::StreamLatency => stream::latency(target, effort).await,
        Scenario::StreamToOne => stream::throughput(target, effort, 1).await,
        Scenario::StreamToTen => stream::throughput(target, effort, 10).await,
    }
}
