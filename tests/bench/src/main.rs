//! The benchmark: `compare` runs servers side by side, `load` drives one of them, `bare` is one;
//! `clients` runs clients side by side, `client` is one of them, `source` their server.

use clap::{Parser, Subcommand};

mod compare;
mod extent;
mod machine;
mod report;
mod results;
mod scenario;
mod server;

mod load;

mod bare;

mod clients;

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
    /// Run every client against one server, in interleaved rounds, and report.
    Clients(clients::Options),
    /// Run one client against one running server and print what was measured as JSON.
    Client(clients::ClientOptions),
    /// Serve clients that are compared: sends prepared bytes.
    Source,
}

fn main() -> anyhow::Result<()> {
    if scripted_claude::is_called() {
        return scripted_claude::run();
    }
    match Arguments::parse().role {
        Role::Compare(options) => compare::run(&options),
        Role::Load(options) => load::run(&options),
        Role::Bare => bare::run(),
        Role::Clients(options) => clients::compare(&options),
        Role::Client(options) => clients::run_client(&options),
        Role::Source => clients::run_source(),
    }
}
