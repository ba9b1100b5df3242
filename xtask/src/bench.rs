//! `cargo xtask bench`: measure the server and the client side by side with others.
//!
//! Builds and installs what the comparison needs; the comparison itself, its scenarios and its
//! report are in tests/bench.

use anyhow::{Context, Result, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Do a tenth of the work in one round: shows that everything runs, its numbers mean nothing.
    #[arg(long)]
    quick: bool,
    /// Rounds; medians are reported.
    #[arg(long, value_name = "COUNT")]
    rounds: Option<usize>,
    /// Run this scenario only, say `heartbeat`; may be given several times.
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Measure this server only (slop, bare, node); may be given several times.
    #[arg(long, value_name = "NAME")]
    server: Vec<String>,
    /// Compare the clients only.
    #[arg(long, conflicts_with_all = ["only", "server"])]
    clients: bool,
    /// Write the result into docs/benchmarks.md.
    #[arg(long)]
    write: bool,
}

/// Builds, installs and runs.
pub(crate) fn run(options: &Options) -> Result<()> {
    let repository = crate::project_root();
    succeed(
        Command::new(crate::cargo())
            .args([
                "build",
                "--release",
                "--package",
                "slop-server",
                "--package",
                "slop-bench",
            ])
            .current_dir(repository),
    )?;
    succeed(
        Command::new(crate::cargo())
            .args(["build", "--release", "--locked", "--manifest-path"])
            .arg(repository.join("tests/bench/rust-socketio/Cargo.toml"))
            .arg("--target-dir")
            .arg(target(repository)),
    )?;
    if !repository.join("node_modules/socket.io").exists() {
        succeed(Command::new("npm").arg("ci").current_dir(repository))?;
    }
    if !options.clients {
        succeed(&mut compare_servers(options, repository))?;
    }
    if options.only.is_empty() && options.server.is_empty() {
        succeed(&mut compare_clients(options, repository))?;
    }
    Ok(())
}

fn compare_servers(options: &Options, repository: &Path) -> Command {
    let mut command = comparison("compare", options, repository);
    for (flag, names) in [("--only", &options.only), ("--server", &options.server)] {
        command.args(names.iter().flat_map(|name| [flag, name]));
    }
    command
}

fn compare_clients(options: &Options, repository: &Path) -> Command {
    comparison("clients", options, repository)
}

fn comparison(which: &str, options: &Options, repository: &Path) -> Command {
    let mut command = Command::new(target(repository).join("release/slop-bench"));
    command.arg(which).arg("--repository").arg(repository);
    for (flag, given) in [("--quick", options.quick), ("--write", options.write)] {
        command.args(given.then_some(flag));
    }
    if let Some(rounds) = options.rounds {
        command.args(["--rounds", &rounds.to_string()]);
    }
    command
}

/// Where Cargo puts what it builds.
fn target(repository: &Path) -> PathBuf {
    let chosen = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    repository.join(chosen.unwrap_or_else(|| "target".into()))
}

fn succeed(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("running {command:?}"))?;
    ensure!(status.success(), "{command:?} failed: {status}");
    Ok(())
}
