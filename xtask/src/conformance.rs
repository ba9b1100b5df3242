//! `cargo xtask conformance`: does a server speak the protocol?
//!
//! Builds and runs the kit, which is in tests/; its exit code is this tool's.

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

/// Replays the stories.
pub(crate) fn run(options: &Options) -> Result<ExitStatus> {
    build(&["conformance"])?;
    kit("replay", &options.arguments)
}

/// Builds packages of the workspace as the tests do, so that nothing is compiled twice.
pub(crate) fn build(packages: &[&str]) -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args(["build", "--quiet", "--bins"])
        .current_dir(crate::project_root());
    command.args(packages.iter().flat_map(|package| ["--package", package]));
    ensure!(
        command.status()?.success(),
        "the conformance kit does not build"
    );
    Ok(())
}

/// Runs the kit, where the caller is: files it is told are the caller's.
pub(crate) fn kit(tool: &str, arguments: &[OsString]) -> Result<ExitStatus> {
    let mut command = Command::new(built("conformance")?);
    command.arg(tool).args(arguments);
    command.status().context("cannot run the conformance kit")
}

/// A binary of the workspace. It is built beside this tool.
pub(crate) fn built(name: &str) -> Result<PathBuf> {
    let xtask = std::env::current_exe().context("cannot find this tool itself")?;
    Ok(xtask.with_file_name(name))
}
