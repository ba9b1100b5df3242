//! Configurations: the settings that some stories ask of a server.

/// The settings of a server, by the names of its environment variables.
pub type Settings = &'static [(&'static str, &'static str)];

/// The name of a configuration with its settings.
pub const CONFIGURATIONS: [(&str, Settings); 8] = [
    ("one-at-a-time", &[("CLAUDE_MAX_CONCURRENT_PROCESSES", "1")]),
    (
        "full-queue",
        &[
            ("CLAUDE_MAX_CONCURRENT_PROCESSES", "1"),
            ("CLAUDE_MAX_QUEUE_SIZE", "1"),
        ],
    ),
    (
        "impatient-queue",
        &[
            ("CLAUDE_MAX_CONCURRENT_PROCESSES", "1"),
            ("CLAUDE_QUEUE_TIMEOUT_MS", "500"),
        ],
    ),
    (
        "short-limit",
        &[
            ("CLAUDE_MAX_TIMEOUT_MS", "60000"),
            ("CLAUDE_PROCESS_TIMEOUT_MS", "700"),
        ],
    ),
    ("workspace", &[("CLAUDE_WORKSPACE_ROOT", "<workspace>")]),
    ("two-a-minute", &[("CLAUDE_RATE_LIMIT_MAX", "2")]),
    ("issuer", &[("JWT_ISSUER", "somebody-else")]),
    ("no-publishing", &[("PUBLISH_TOKEN", "")]),
];

/// Settings that let stories run side by side, without changing what any of them is about.
pub const USUAL: Settings = &[("CLAUDE_MAX_CONCURRENT_PROCESSES", "100")];

/// The settings of a configuration.
#[must_use]
pub fn settings(name: &str) -> Option<Settings> {
    let found = CONFIGURATIONS.iter().find(|(it, _)| *it == name);
    found.map(|(_, settings)| *settings)
}
