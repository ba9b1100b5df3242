//! Settings: each one a flag and an environment variable, checked before anything starts.

use crate::http::AllowedOrigins;
use crate::session::TokenRules;
use crate::store::RateLimit;
use clap::Parser;
use clap::builder::{BoolishValueParser, FalseyValueParser};
use slop_schema::claude::EXECUTE_RATE_LIMIT;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

/// The fewest bytes of a secret outside development mode.
const MIN_SECRET_BYTES: usize = 32;

/// The command line of `slop-server`.
#[derive(Clone, Parser)]
#[command(
    name = "slop-server",
    version,
    about = "The Slop Studios realtime server."
)]
pub struct Settings {
    /// Address to listen on.
    #[arg(long, env = "HOST", default_value = "127.0.0.1")]
    pub host: IpAddr,
    /// Port to listen on; 0 picks a free one.
    #[arg(long, env = "PORT", default_value_t = 3000)]
    pub port: u16,
    /// Threads that serve connections [default: one per processor].
    #[arg(long, env = "WORKERS", value_name = "COUNT")]
    pub workers: Option<std::num::NonZeroUsize>,

    /// Secret that signs the tokens (HS256, HS384, HS512); at least 32 bytes.
    #[arg(
        long,
        env = "JWT_SECRET",
        hide_env_values = true,
        value_name = "SECRET"
    )]
    pub jwt_secret: Option<String>,
    /// Issuer that tokens must name in `iss` [default: not checked].
    #[arg(long, env = "JWT_ISSUER", value_name = "ISSUER")]
    pub jwt_issuer: Option<String>,
    /// Audience that tokens must name in `aud` [default: not checked].
    #[arg(long, env = "JWT_AUDIENCE", value_name = "AUDIENCE")]
    pub jwt_audience: Option<String>,
    /// Allow a short secret. For development only.
    #[arg(long, env = "DEVELOPMENT", value_parser = FalseyValueParser::new())]
    pub development: bool,

    /// Redis to share state through [default: everything in memory].
    #[arg(long, env = "REDIS_URL", hide_env_values = true, value_name = "URL")]
    pub redis_url: Option<String>,
    /// Web origins that may connect: a comma-separated list or `*` [default: loopback origins and
    /// the server's own].
    #[arg(long, env = "CORS_ORIGIN", value_name = "ORIGINS")]
    pub cors_origin: Option<String>,
    /// Bearer token of `POST /publish` [default: publishing over HTTP is off].
    #[arg(
        long,
        env = "PUBLISH_TOKEN",
        hide_env_values = true,
        value_name = "TOKEN"
    )]
    pub publish_token: Option<String>,

    /// The Claude CLI: a path, or a name on PATH.
    #[arg(
        long,
        env = "CLAUDE_CLI_PATH",
        default_value = "claude",
        value_name = "PATH"
    )]
    pub claude_cli_path: PathBuf,
    /// Run the CLI with `--bare`, which needs an API key; turn off to use the operator's login.
    #[arg(
        long,
        env = "CLAUDE_CLI_BARE",
        default_value_t = true,
        action = clap::ArgAction::Set,
        value_parser = BoolishValueParser::new(),
        value_name = "BOOL"
    )]
    pub claude_cli_bare: bool,
    /// Claude processes that may run at the same time.
    #[arg(
        long,
        env = "CLAUDE_MAX_CONCURRENT_PROCESSES",
        default_value_t = 5,
        value_name = "COUNT"
    )]
    pub claude_max_concurrent_processes: usize,
    /// Claude processes that may wait for their turn.
    #[arg(
        long,
        env = "CLAUDE_MAX_QUEUE_SIZE",
        default_value_t = 100,
        value_name = "COUNT"
    )]
    pub claude_max_queue_size: usize,
    /// Time limit of a Claude process that names none, in milliseconds.
    #[arg(
        long,
        env = "CLAUDE_PROCESS_TIMEOUT_MS",
        default_value_t = 300_000,
        value_name = "MS"
    )]
    pub claude_process_timeout_ms: u64,
    /// Highest time limit a client may ask for, in milliseconds.
    #[arg(
        long,
        env = "CLAUDE_MAX_TIMEOUT_MS",
        default_value_t = 3_600_000,
        value_name = "MS"
    )]
    pub claude_max_timeout_ms: u64,
    /// Longest wait in the queue, in milliseconds.
    #[arg(
        long,
        env = "CLAUDE_QUEUE_TIMEOUT_MS",
        default_value_t = 600_000,
        value_name = "MS"
    )]
    pub claude_queue_timeout_ms: u64,
    /// How long an ended Claude process is remembered, in seconds.
    #[arg(
        long,
        env = "CLAUDE_PROCESS_TTL_SECONDS",
        default_value_t = 86_400,
        value_name = "SECONDS"
    )]
    pub claude_process_ttl_seconds: u64,
    /// Output of one Claude process that is kept, in bytes; the rest is cut off, with a mark.
    #[arg(long, env = "CLAUDE_MAX_OUTPUT_BYTES", default_value_t = 10 * 1024 * 1024, value_name = "BYTES")]
    pub claude_max_output_bytes: usize,
    /// Executions a user may ask for in one window.
    #[arg(
        long,
        env = "CLAUDE_RATE_LIMIT_MAX",
        default_value_t = EXECUTE_RATE_LIMIT.max_requests,
        value_name = "COUNT"
    )]
    pub claude_rate_limit_max: u32,
    /// Length of that window, in milliseconds.
    #[arg(
        long,
        env = "CLAUDE_RATE_LIMIT_WINDOW_MS",
        default_value_t = EXECUTE_RATE_LIMIT.window_ms,
        value_name = "MS"
    )]
    pub claude_rate_limit_window_ms: u64,
    /// Directory that working directories must lie in [default: clients may not choose one].
    #[arg(long, env = "CLAUDE_WORKSPACE_ROOT", value_name = "DIRECTORY")]
    pub claude_workspace_root: Option<PathBuf>,
    /// API key, handed to the CLI only.
    #[arg(
        long,
        env = "ANTHROPIC_API_KEY",
        hide_env_values = true,
        value_name = "KEY"
    )]
    pub anthropic_api_key: Option<String>,
    /// Base URL of the API, handed to the CLI only.
    #[arg(long, env = "ANTHROPIC_BASE_URL", value_name = "URL")]
    pub anthropic_base_url: Option<String>,

    /// What to log: a level (error, warn, info, debug, trace) or filter directives. `RUST_LOG`
    /// comes first.
    #[arg(long, env = "LOG_LEVEL", default_value = "info", value_name = "LEVEL")]
    pub log_level: String,
    /// How to log, to standard error.
    #[arg(long, env = "LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,

    /// Run a demo that needs nothing else: an ephemeral secret, a ready token, a page to try, and
    /// sample media progress and notifications.
    #[arg(long)]
    pub demo: bool,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// One line of text an entry.
    Text,
    /// One JSON object an entry.
    Json,
}

/// A setting that cannot be used. The message names the setting and the rule, never the value.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// No secret to check tokens with.
    #[error("JWT_SECRET is required (at least {MIN_SECRET_BYTES} bytes)")]
    SecretMissing,
    /// A secret that could be guessed.
    #[error(
        "JWT_SECRET must be at least {MIN_SECRET_BYTES} bytes (shorter only with --development)"
    )]
    SecretTooShort,
    /// Not an origin.
    #[error("CORS_ORIGIN must be `*` or a comma-separated list like `https://app.example.com`")]
    Origin,
    /// A number that must not be zero.
    #[error("{0} must be at least 1")]
    Zero(&'static str),
    /// A default above the highest allowed.
    #[error("CLAUDE_PROCESS_TIMEOUT_MS must not be above CLAUDE_MAX_TIMEOUT_MS")]
    TimeoutAboveMaximum,
    /// Not a directory.
    #[error("CLAUDE_WORKSPACE_ROOT must be a directory that exists")]
    WorkspaceRoot,
}

/// What the server runs with: settings that were checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// How tokens are checked.
    pub tokens: TokenRules,
    /// Web origins that may connect.
    pub origins: AllowedOrigins,
    /// Bearer token of `POST /publish`; `None` turns it off.
    pub publish_token: Option<Secret>,
    /// How Claude processes run.
    pub claude: ClaudeConfig,
    /// How often a user may ask for an execution.
    pub rate_limit: RateLimit,
    /// Redis to share state through; `None` keeps everything in memory.
    pub redis_url: Option<Secret>,
}

/// How Claude processes run.
#[derive(Debug, Clone)]
pub struct ClaudeConfig {
    /// The executable.
    pub program: PathBuf,
    /// Arguments before those of the CLI, for a program that contains one.
    pub leading_arguments: Vec<String>,
    /// The executable of this server, to run the CLI under; it ends the CLI when the server is
    /// killed. `None` where the server is a library inside another program.
    pub supervisor: Option<PathBuf>,
    /// Whether to pass `--bare`.
    pub bare: bool,
    /// Processes that may run at the same time.
    pub max_concurrent: usize,
    /// Processes that may wait for their turn.
    pub max_queued: usize,
    /// Time limit of a process that names none.
    pub process_timeout: Duration,
    /// Highest time limit a client may ask for.
    pub max_timeout: Duration,
    /// Longest wait in the queue.
    pub queue_timeout: Duration,
    /// How long an ended process is remembered.
    pub process_ttl: Duration,
    /// Output of one process that is kept, in bytes.
    pub max_output_bytes: usize,
    /// Directory that working directories must lie in, resolved.
    pub workspace_root: Option<PathBuf>,
    /// API key for the CLI.
    pub api_key: Option<Secret>,
    /// Base URL of the API for the CLI.
    pub base_url: Option<String>,
}

/// Text that must not be printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Shows where it listens and no more: most settings are secrets or beside the point.
impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings")
            .field("address", &self.address())
            .finish_non_exhaustive()
    }
}

impl Settings {
    /// The secret of the tokens, when one is set.
    #[must_use]
    pub fn secret(&self) -> Option<String> {
        given(&self.jwt_secret)
    }

    /// Where to listen.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        SocketAddr::new(self.host, self.port)
    }

    /// Checks all settings. An empty value counts as an absent one.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn check(&self) -> Result<Config, ConfigError> {
        let secret = self.secret().ok_or(ConfigError::SecretMissing)?;
        if secret.len() < MIN_SECRET_BYTES && !self.development {
            return Err(ConfigError::SecretTooShort);
        }
        Ok(Config {
            tokens: TokenRules::new(
                &secret,
                given(&self.jwt_issuer).as_deref(),
                given(&self.jwt_audience).as_deref(),
            ),
            origins: AllowedOrigins::parse(given(&self.cors_origin).as_deref())
                .ok_or(ConfigError::Origin)?,
            publish_token: given(&self.publish_token).map(Secret::new),
            claude: self.check_claude()?,
            rate_limit: RateLimit {
                max_requests: self.claude_rate_limit_max,
                window: Duration::from_millis(self.claude_rate_limit_window_ms),
            },
            redis_url: given(&self.redis_url).map(Secret::new),
        })
    }

    fn check_claude(&self) -> Result<ClaudeConfig, ConfigError> {
        for (name, number) in [
            (
                "CLAUDE_MAX_CONCURRENT_PROCESSES",
                self.claude_max_concurrent_processes as u64,
            ),
            ("CLAUDE_PROCESS_TIMEOUT_MS", self.claude_process_timeout_ms),
            ("CLAUDE_MAX_TIMEOUT_MS", self.claude_max_timeout_ms),
            ("CLAUDE_QUEUE_TIMEOUT_MS", self.claude_queue_timeout_ms),
            (
                "CLAUDE_RATE_LIMIT_MAX",
                u64::from(self.claude_rate_limit_max),
            ),
            (
                "CLAUDE_RATE_LIMIT_WINDOW_MS",
                self.claude_rate_limit_window_ms,
            ),
        ] {
            if number == 0 {
                return Err(ConfigError::Zero(name));
            }
        }
        if self.claude_process_timeout_ms > self.claude_max_timeout_ms {
            return Err(ConfigError::TimeoutAboveMaximum);
        }
        let workspace_root = match &self.claude_workspace_root {
            Some(root) if !root.as_os_str().is_empty() => Some(
                root.canonicalize()
                    .ok()
                    .filter(|root| root.is_dir())
                    .ok_or(ConfigError::WorkspaceRoot)?,
            ),
            _ => None,
        };
        Ok(ClaudeConfig {
            program: self.claude_cli_path.clone(),
            leading_arguments: Vec::new(),
            supervisor: None,
            bare: self.claude_cli_bare,
            max_concurrent: self.claude_max_concurrent_processes,
            max_queued: self.claude_max_queue_size,
            process_timeout: Duration::from_millis(self.claude_process_timeout_ms),
            max_timeout: Duration::from_millis(self.claude_max_timeout_ms),
            queue_timeout: Duration::from_millis(self.claude_queue_timeout_ms),
            process_ttl: Duration::from_secs(self.claude_process_ttl_seconds),
            max_output_bytes: self.claude_max_output_bytes,
            workspace_root,
            api_key: given(&self.anthropic_api_key).map(Secret::new),
            base_url: given(&self.anthropic_base_url),
        })
    }
}

fn given(setting: &Option<String>) -> Option<String> {
    setting.clone().filter(|text| !text.is_empty())
}
