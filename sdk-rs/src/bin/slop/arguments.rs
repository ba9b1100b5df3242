//! The command line.

use clap::{Args, Parser, Subcommand};
use slop_sdk::schema::Namespace;
use std::str::FromStr;

/// The Slop Studios realtime API on the command line.
///
/// The token is read from the variable SLOP_TOKEN; without one the client connects unauthenticated.
#[derive(Parser)]
#[command(name = "slop", version, after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) connection: Connection,
    /// Print JSON, one value a line; also a failure, with the server's code.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0    it worked
  1    the server refused, or the execution failed
  2    the command line cannot be used
  3    no connection: not reached, not Socket.IO, another version, or lost
  4    not signed in, or the token was refused
  5    it took too long
  130  interrupted by Ctrl-C (143 by SIGTERM); an execution was cancelled";

#[derive(Args)]
pub(crate) struct Connection {
    /// The server.
    #[arg(
        long,
        global = true,
        env = "SLOP_URL",
        default_value = "http://localhost:3000"
    )]
    pub(crate) url: String,
    /// Path of the Socket.IO server.
    #[arg(long, global = true, default_value = "/socket.io/")]
    pub(crate) path: String,
    /// HTTP proxy, like `http://proxy.example:3128`.
    #[arg(long, global = true, env = "SLOP_PROXY", hide_env_values = true)]
    pub(crate) proxy: Option<String>,
    /// Longest wait for the connection and for an answer, in seconds.
    #[arg(long, global = true, default_value = "10", value_name = "SECONDS")]
    pub(crate) timeout: Seconds,
}

impl Connection {
    /// Not an option: other users of the machine see the command lines of processes.
    pub(crate) fn token(&self) -> Option<String> {
        std::env::var("SLOP_TOKEN")
            .ok()
            .filter(|token| !token.is_empty())
    }
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Execute a prompt and stream its output. Ctrl-C cancels it.
    Execute(Execute),
    /// Print events as they come.
    Listen(Listen),
    /// Send an event and print its callback.
    Emit(Emit),
    /// Measure the way to the server and back.
    Ping(Ping),
    /// Print what the server knows about a connection.
    Info,
}

#[derive(Args)]
pub(crate) struct Execute {
    /// The prompt; read from standard input when it is left out or `-`.
    pub(crate) prompt: Option<String>,
    /// System prompt.
    #[arg(long)]
    pub(crate) system_prompt: Option<String>,
    /// Model to use.
    #[arg(long)]
    pub(crate) model: Option<String>,
    /// Most tokens of the answer.
    #[arg(long, value_name = "COUNT")]
    pub(crate) max_tokens: Option<u64>,
    /// Working directory, inside the server's workspace.
    #[arg(long, value_name = "DIRECTORY")]
    pub(crate) working_directory: Option<String>,
    /// Time limit of the execution, in milliseconds.
    #[arg(long, value_name = "MS")]
    pub(crate) timeout_ms: Option<u64>,
}

#[derive(Args)]
pub(crate) struct Listen {
    /// The namespace: /, /media or /notifications.
    #[arg(default_value = "/", value_parser = namespace)]
    pub(crate) namespace: Namespace,
    /// Media item to follow, on /media; may be given several times.
    #[arg(long, value_name = "ID")]
    pub(crate) media: Vec<String>,
    /// Room to join, on /; may be given several times.
    #[arg(long, value_name = "ROOM")]
    pub(crate) room: Vec<String>,
    /// Print this event only; may be given several times.
    #[arg(long, value_name = "NAME")]
    pub(crate) event: Vec<String>,
    /// End after this many events.
    #[arg(long, value_name = "COUNT")]
    pub(crate) count: Option<u64>,
}

#[derive(Args)]
pub(crate) struct Emit {
    /// Name of the event.
    pub(crate) event: String,
    /// Its argument: JSON, or text that is not JSON.
    pub(crate) argument: Option<String>,
    /// The namespace: /, /media or /notifications.
    #[arg(long, default_value = "/", value_parser = namespace)]
    pub(crate) namespace: Namespace,
    /// Ask for no callback.
    #[arg(long)]
    pub(crate) no_callback: bool,
}

#[derive(Args)]
pub(crate) struct Ping {
    /// How often.
    #[arg(long, default_value_t = 4)]
    pub(crate) count: u32,
}

/// A number of seconds that a time limit can have.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seconds(f64);

impl Seconds {
    pub(crate) fn get(self) -> f64 {
        self.0
    }
}

impl FromStr for Seconds {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let seconds = text.parse().ok();
        let is_usable = |seconds: &f64| (0.001..=86_400.0).contains(seconds);
        seconds
            .filter(is_usable)
            .map(Self)
            .ok_or("must be 0.001 to 86400 seconds")
    }
}

fn namespace(path: &str) -> Result<Namespace, String> {
    Namespace::from_path(path).ok_or_else(|| {
        let paths: Vec<_> = Namespace::ALL.iter().map(|it| it.path()).collect();
        format!("must be one of {}", paths.join(", "))
    })
}
