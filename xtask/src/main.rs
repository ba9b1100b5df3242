//! `cargo xtask`: the project's tools.

use clap::{Parser, Subcommand};
use std::path::Path;

mod generate;

mod test;

mod compat;

mod bench;

mod kit;

#[derive(Parser)]
#[command(name = "cargo xtask", about)]
struct Arguments {
    #[command(subcommand)]
    tool: Tool,
}

#[derive(Subcommand)]
enum Tool {
    /// Write everything that follows from the protocol table: TypeScript, JSON Schema, AsyncAPI and
    /// the reference.
    Generate(generate::Options),
    /// Set up and run every check and test of the project.
    Test(test::Options),
    /// Measure the server side by side with others and write docs/benchmarks.md.
    Bench(bench::Options),
    /// Tell whether a change of the protocol may ship: compare it with a revision or a release.
    Compat(compat::Options),
    /// Replay the conformance stories against a server in any language.
    Conformance(kit::Options),
    /// Tell a conformance story to the server, and write down its transcript.
    Record(kit::Options),
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().tool {
        Tool::Generate(options) => generate::run(&options),
        Tool::Test(options) => test::run(&options),
        Tool::Bench(options) => bench::run(&options),
        Tool::Compat(options) => compat::run(options),
        Tool::Conformance(options) => ended_as(kit::replay(&options)?),
        Tool::Record(options) => ended_as(kit::record(&options)?),
    }
}

/// Ends as another program ended. Without a code it was killed.
fn ended_as(status: std::process::ExitStatus) -> ! {
    std::process::exit(status.code().unwrap_or(2))
}

/// The Cargo that runs this tool.
fn cargo() -> std::ffi::OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// The project's root: this crate lies one level below it.
fn project_root() -> &'static Path {
    const CRATE: &str = env!("CARGO_MANIFEST_DIR");
    Path::new(CRATE).parent().unwrap_or(Path::new(CRATE))
}
