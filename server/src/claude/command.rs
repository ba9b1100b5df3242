//! How the CLI is called: arguments, environment, standard input. Pure.

use super::supervisor;
use crate::config::ClaudeConfig;
use slop_schema::claude::ClaudeExecutePayload;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Everything needed to start one process.
pub(super) struct Command {
    pub(super) program: PathBuf,
    /// Whether the program is the supervisor.
    pub(super) is_supervised: bool,
    pub(super) arguments: Vec<OsString>,
    /// The whole environment: nothing else is inherited.
    pub(super) environment: Vec<(&'static str, OsString)>,
    pub(super) directory: PathBuf,
    /// Written to standard input, which is then closed.
    pub(super) input: String,
    /// How much of its output is kept.
    pub(super) max_output_bytes: usize,
}

/// Places of the server that the CLI may use.
pub(super) struct Places<'a> {
    /// Home directory of the CLI.
    pub(super) home: &'a Path,
    /// Directory to run in.
    pub(super) directory: &'a Path,
    /// File that holds the system prompt, when there is one.
    pub(super) system_prompt: Option<&'a Path>,
}

/// Arguments that keep a run to itself: no tools, no settings, no MCP servers, no slash commands,
/// no stored session, whatever the working directory holds.
const HERMETIC: [&str; 10] = [
    "-p",
    "--output-format",
    "stream-json",
    "--verbose",
    "--include-partial-messages",
    "--tools=",
    "--setting-sources=",
    "--strict-mcp-config",
    "--disable-slash-commands",
    "--no-session-persistence",
];

/// Builds the call of one execution.
pub(super) fn build(
    config: &ClaudeConfig,
    payload: &ClaudeExecutePayload,
    places: &Places<'_>,
) -> Command {
    let mut arguments: Vec<OsString> = Vec::new();
    let program = match &config.supervisor {
        Some(supervisor) => {
            arguments.extend(supervisor::arguments(config.program.clone().into()));
            supervisor.clone()
        }
        None => config.program.clone(),
    };
    arguments.extend(config.leading_arguments.iter().map(OsString::from));
    arguments.extend(HERMETIC.map(OsString::from));
    if config.bare {
        arguments.push("--bare".into());
    }
    if let Some(model) = &payload.model {
        arguments.push(format!("--model={}", model.as_str()).into());
    }
    if let Some(file) = places.system_prompt {
        arguments.push("--system-prompt-file".into());
        arguments.push(file.into());
    }
    Command {
        program,
        is_supervised: config.supervisor.is_some(),
        arguments,
        environment: environment(config, payload, places.home),
        directory: places.directory.to_owned(),
        input: input(payload.prompt.as_str()),
        max_output_bytes: config.max_output_bytes,
    }
}

fn environment(
    config: &ClaudeConfig,
    payload: &ClaudeExecutePayload,
    home: &Path,
) -> Vec<(&'static str, OsString)> {
    let mut environment: Vec<(&'static str, OsString)> = vec![
        ("HOME", home.into()),
        ("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1".into()),
        ("DISABLE_TELEMETRY", "1".into()),
        ("DISABLE_AUTOUPDATER", "1".into()),
        ("CLAUDE_CODE_DISABLE_ATTACHMENTS", "1".into()),
        ("CLAUDE_CODE_MAX_RETRIES", "2".into()),
    ];
    environment.extend(std::env::var_os("PATH").map(|path| ("PATH", path)));
    if let Some(key) = &config.api_key {
        environment.push(("ANTHROPIC_API_KEY", key.reveal().into()));
    }
    if let Some(url) = &config.base_url {
        environment.push(("ANTHROPIC_BASE_URL", url.into()));
    }
    // The CLI has no flag for this; with thinking on, thinking would eat up the limit.
    if let Some(tokens) = payload.max_tokens {
        environment.push((
            "CLAUDE_CODE_MAX_OUTPUT_TOKENS",
            tokens.get().to_string().into(),
        ));
        environment.push(("CLAUDE_CODE_DISABLE_THINKING", "1".into()));
    }
    environment
}

/// A prompt that begins with a slash would be a command of the CLI: a newline makes it text.
fn input(prompt: &str) -> String {
    if prompt.starts_with('/') {
        format!("\n{prompt}")
    } else {
        prompt.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use slop_schema::scalar::{ModelName, PositiveInt, Prompt};
    use std::time::Duration;

    fn config() -> ClaudeConfig {
        ClaudeConfig {
            program: "claude".into(),
            leading_arguments: Vec::new(),
            supervisor: None,
            bare: true,
            max_concurrent: 1,
            max_queued: 1,
            process_timeout: Duration::from_secs(1),
            max_timeout: Duration::from_secs(1),
            queue_timeout: Duration::from_secs(1),
            process_ttl: Duration::from_secs(1),
            max_output_bytes: 1,
            workspace_root: None,
            api_key: None,
            base_url: None,
        }
    }

    fn call(payload: &ClaudeExecutePayload) -> Command {
        let places = Places {
            home: Path::new("/home"),
            directory: Path::new("/empty"),
            system_prompt: payload.system_prompt.as_ref().map(|_| Path::new("/system")),
        };
        build(&config(), payload, &places)
    }

    #[test]
    fn the_prompt_goes_to_standard_input_and_is_never_a_command() {
        for (prompt, input) in [
            ("hello", "hello"),
            ("/heapdump", "\n/heapdump"),
            ("--x", "--x"),
        ] {
            let call = call(&ClaudeExecutePayload::new(Prompt::new(prompt).unwrap()));
            assert_eq!(call.input, input);
            assert!(!call.arguments.iter().any(|argument| argument == prompt));
        }
    }

    #[test]
    fn options_of_the_payload_become_arguments_and_environment() {
        let mut payload = ClaudeExecutePayload::new(Prompt::new("x").unwrap());
        payload.model = Some(ModelName::new("--resume").unwrap());
        payload.max_tokens = Some(PositiveInt::new(1000).unwrap());
        let call = call(&payload);
        assert!(
            call.arguments
                .iter()
                .any(|argument| argument == "--model=--resume")
        );
        let tokens = call
            .environment
            .iter()
            .find(|(name, _)| name.ends_with("OUTPUT_TOKENS"));
        assert_eq!(tokens.unwrap().1, "1000");
    }
}
