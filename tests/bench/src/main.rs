//! The benchmark: `compare` runs servers side by side, `load` drives one of them, `bare` is one.

use clap::{Parser, Subcommand};

mod compare;
mod machine;
mod report;
mod results;
mod scenario;
mod server;

mod load;

mod bare;

mod scripted_claude;

#[derive(Parser)]
#[command(name = "slop-bench", about)]
struct Arguments {
    #[command(subcommand)]
    role: Role,
}

#[derive(Subcommand)]
enum Role {
    /// Run every scenario against every server, in interleaved rounds, and report.
    Compare(compare::Options),
    /// Run one scenario against one running server and print what was measured as JSON.
    Load(load::Options),
    /// Serve the benchmark's events with bare socketioxide: no validation, order or metrics.
    Bare,
}

fn main() -> anyhow::Result<()> {
    if scripted_claude::is_called() {
        return scripted_claude::run();
    }
    match Arguments::parse().role {
        Role::Compare(options) => compare::run(&options),
        Role::Load(options) => load::run(&options),
        Role::Bare => bare::run(),
    }
}
