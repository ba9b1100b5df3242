//! `cargo xtask record`: tell a story to the server, and write down its transcript.
//!
//! Builds the server and the kit, which is in tests/; the kit's exit code is this tool's.

use crate::conformance::{build, built, kit};
use anyhow::Result;
use std::ffi::OsString;
use std::process::ExitStatus;

#[derive(clap::Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Options {
    /// What the kit is told: stories as `<area>/<story>`, `--check`, `--from FILE`; `--help` shows
    /// it.
    #[arg(
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "OPTIONS"
    )]
    arguments: Vec<OsString>,
}

/// Records.
pub(crate) fn run(options: &Options) -> Result<ExitStatus> {
    build(&["conformance", "slop-server"])?;
    let server = [OsString::from("--server"), built("slop-server")?.into()];
    let arguments: Vec<_> = server
        .into_iter()
        .chain(options.arguments.iter().cloned())
        .collect();
    kit("record", &arguments)
}
