//! `slop`: the Slop Studios realtime API on the command line.

mod arguments;

mod execute;

mod listen;

mod ask;

mod failure;
mod interrupt;
mod output;

use arguments::{Arguments, Command, Connection};
use clap::Parser;
use failure::Failure;
use output::Output;
use slop_sdk::schema::Namespace;
use slop_sdk::{Builder, Client};
use std::process::ExitCode;
use std::time::Duration;

/// How long the server may take to see the client off.
const GOODBYE: Duration = Duration::from_secs(2);

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let outcome = match runtime {
        Ok(runtime) => {
            let outcome = runtime.block_on(run(arguments));
            // A thread that still waits for somebody to read would be waited for.
            runtime.shutdown_background();
            outcome
        }
        Err(error) => Err(Failure::local(error)),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

async fn run(arguments: Arguments) -> Result<(), Failure> {
    let output = Output::new(arguments.json);
    let connection = arguments.connection;
    let outcome = match arguments.command {
        Command::Execute(options) => execute::run(&connection, options, output).await,
        Command::Listen(options) => listen::run(&connection, options, output).await,
        Command::Emit(options) => ask::emit(&connection, options, output).await,
        Command::Ping(options) => ask::ping(&connection, options, output).await,
        Command::Info => ask::info(&connection, output).await,
    };
    let failure = outcome.as_ref().err().and_then(Failure::to_json);
    if let (true, Some(failure)) = (output.is_json(), failure) {
        // That nobody reads it changes nothing.
        let _ = interrupt::unless_interrupted(output.json(&failure)).await?;
    }
    outcome
}

/// A client of the one namespace that a command needs.
async fn connect(connection: &Connection, namespace: Namespace) -> Result<Client, Failure> {
    let limit = Duration::from_secs_f64(connection.timeout.get());
    let mut builder: Builder = Client::builder(&connection.url)
        .namespaces([namespace])
        .path(&connection.path)
        .connect_timeout(limit)
        .request_timeout(limit);
    if let Some(token) = connection.token() {
        builder = builder.token(token);
    }
    if let Some(proxy) = &connection.proxy {
        builder = builder.proxy(proxy);
    }
    let connected = interrupt::unless_interrupted(builder.connect()).await?;
    connected.map_err(Into::into)
}
