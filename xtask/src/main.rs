//! `cargo xtask`: the project's tools.

use clap::{Parser, Subcommand};

mod generate;

mod test;

mod compat;

mod bench;

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
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().tool {
        Tool::Generate(options) => generate::run(&options),
        Tool::Test(options) => test::run(&options),
        Tool::Bench(options) => bench::run(&options),
        Tool::Compat(options) => compat::run(options),
    }
}
