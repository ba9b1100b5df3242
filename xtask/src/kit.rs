//! The conformance kit, which is in tests/: built and run as a program; its exit code is this tool's.
//!
//! `cargo xtask conformance`: does a server speak the protocol? `cargo xtask record`: tell a story to
//! the server, and write down its transcript.

use anyhow::{Context, Result, ensure};
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, ExitStatus};

#[derive(clap::Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Options {
    /// What the kit is told; `--help` shows it.
    #[arg(
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "OPTIONS"
    )]
    arguments: Vec<OsString>,
}

/// Replays the stories against a server.
pub(crate) fn replay(options: &Options) -> Result<ExitStatus> {
    build(&["conformance"])?;
    call("replay", &options.arguments)
}

/// Records stories as the project's server, built for it, tells them.
pub(crate) fn record(options: &Options) -> Result<ExitStatus> {
    build(&["conformance", "slop-server"])?;
    let mut arguments = vec!["--server".into(), built("slop-server")?.into()];
    arguments.extend_from_slice(&options.arguments);
    call("record", &arguments)
}

/// Builds packages of the workspace as the tests do, so that nothing is compiled twice.
fn build(packages: &[&str]) -> Result<()> {
    let mut command = Command::new(crate::cargo());
    command
        .args(["build", "--quiet", "--bins"])
        .current_dir(crate::project_root());
    command.args(packages.iter().flat_map(|package| ["--package", package]));
    ensure!(command.status()?.success(), "{packages:?} did not build");
    Ok(())
}

/// Runs the kit, where the caller is: files it is told are the caller's.
fn call(tool: &str, arguments: &[OsString]) -> Result<ExitStatus> {
    let mut command = Command::new(built("conformance")?);
    command.arg(tool).args(arguments);
    command.status().context("cannot run the conformance kit")
}

/// A binary of the workspace. It is built beside this tool.
fn built(name: &str) -> Result<PathBuf> {
    let xtask = std::env::current_exe().context("cannot find this tool itself")?;
    Ok(xtask.with_file_name(name))
}
