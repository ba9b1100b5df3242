//! The comparison: every scenario against every server, round after round.
//!
//! Servers take turns within each scenario of each round, each in a new process, so that whatever
//! else the machine does meets all of them alike.

use crate::extent::{Extent, chosen};
use crate::machine::Conditions;
use crate::report::Report;
use crate::results::Results;
use crate::scenario::{Measured, Metric, Scenario};
use crate::server::{LOAD_CORE, PUBLISH_TOKEN, Server, pinned};
use anyhow::{Context, Result, ensure};
use std::path::Path;
use std::process::Stdio;

/// Percent of one core used by other processes that make a measurement worth repeating.
const DISTURBED_PERCENT: f64 = 10.0;
/// How often a measurement is made at most.
const ATTEMPTS: usize = 3;

#[derive(clap::Args)]
pub(crate) struct Options {
    #[command(flatten)]
    extent: Extent,
    /// Run this scenario only; may be given several times.
    #[arg(long, value_enum)]
    only: Vec<Scenario>,
    /// Measure this server only; may be given several times.
    #[arg(long, value_enum)]
    server: Vec<Server>,
}

/// Runs the comparison, prints the report and writes it where that was asked for.
pub(crate) fn run(options: &Options) -> Result<()> {
    let cores = std::thread::available_parallelism()?.get();
    ensure!(
        cores >= 2,
        "the benchmark needs two cores: one for the server, one for the load"
    );
    let page = options.extent.page(&[
        ("--only", !options.only.is_empty()),
        ("--server", !options.server.is_empty()),
    ])?;
    let conditions = Conditions::now(&options.extent.repository)?;
    let scenarios = chosen(&options.only);
    let servers = chosen(&options.server);
    let rounds = options.extent.rounds();
    let mut results = Results::default();
    for round in 1..=rounds {
        for scenario in &scenarios {
            eprintln!("round {round} of {rounds}: {}", scenario.title());
            for server in servers
                .iter()
                .filter(|server| scenario.is_served_by(**server))
            {
                let measured = measure_quietly(*scenario, *server, options)
                    .with_context(|| format!("{} against {}", scenario.name(), server.title()))?;
                results.add(*scenario, *server, measured);
            }
        }
    }
    let report = Report {
        results,
        scenarios,
        servers,
        conditions,
        rounds,
    };
    println!("{}", report.markdown());
    if let Some(page) = page {
        report.write(&page)?;
    }
    Ok(())
}

/// Measures again while other processes take part in it, a few times, and keeps the quietest.
fn measure_quietly(scenario: Scenario, server: Server, options: &Options) -> Result<Measured> {
    let disturbance = |measured: &Measured| measured.get(&Metric::ForeignCpu).copied();
    let mut quietest = measure(scenario, server, options)?;
    for _ in 1..ATTEMPTS {
        if options.extent.quick || disturbance(&quietest) < Some(DISTURBED_PERCENT) {
            break;
        }
        let measured = measure(scenario, server, options)?;
        if disturbance(&measured) < disturbance(&quietest) {
            quietest = measured;
        }
    }
    Ok(quietest)
}

/// Starts a server and the load generator, each on its core.
fn measure(scenario: Scenario, server: Server, options: &Options) -> Result<Measured> {
    let running = server.start(&options.extent.repository)?;
    let output = load(scenario, options)?
        .args(["--address", &running.address.to_string()])
        .args(["--pid", &running.pid().to_string()])
        .args(["--publish-token", PUBLISH_TOKEN])
        .stderr(Stdio::inherit())
        .output()?;
    ensure!(output.status.success(), "the load generator failed");
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn load(scenario: Scenario, options: &Options) -> Result<std::process::Command> {
    let this: &Path = &std::env::current_exe()?;
    let mut command = pinned(LOAD_CORE);
    command.arg(this).arg("load").arg(scenario.name());
    if options.extent.quick {
        command.arg("--quick");
    }
    Ok(command)
}
