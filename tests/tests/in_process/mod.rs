//! Servers of this workspace in the test's own process.

#![allow(dead_code, reason = "no test uses all of it")]

use axum::serve::ListenerExt;
use clap::Parser;
use conformance::configurations::{self, USUAL};
use conformance::placeholders::Credentials;
use conformance::recording::{PUBLISH_TOKEN, SECRET, scripted_claude};
use conformance::redis::Redis;
use conformance::replay::Target;
use conformance::suite::Servers;
use conformance::transcript::{Need, Transcript};
use conformance::wire::Origin;
use slop_server::config::Settings;
use std::path::Path;
use tokio::task::JoinHandle;

/// One server for all stories that need no other settings, and one of its own for each that does.
pub struct InProcess {
    shared: Running,
    credentials: Credentials,
}

struct Running {
    origin: Origin,
    task: JoinHandle<()>,
    _workspace: tempfile::TempDir,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl InProcess {
    /// Starts the shared one.
    pub async fn start() -> Self {
        let credentials = Credentials {
            secret: Some(SECRET.to_owned()),
            publish_token: Some(PUBLISH_TOKEN.to_owned()),
            ..Credentials::default()
        };
        Self {
            shared: start(&[], None).await,
            credentials,
        }
    }

    /// Where the shared one is.
    pub fn url(&self) -> String {
        format!("http://{}", self.shared.origin.authority)
    }

    /// The same server, known by other credentials.
    pub fn with(mut self, credentials: Credentials) -> Self {
        self.credentials = credentials;
        self
    }
}

impl Servers for InProcess {
    async fn target(&self, story: &Transcript) -> Result<Target, String> {
        let redis = match story.has_need(&Need::Redis) {
            true => Some(
                Redis::spawn()
                    .await
                    .map_err(|error| format!("redis-server: {error}"))?,
            ),
            false => None,
        };
        let own = match (story.config(), &redis) {
            (None, None) => None,
            (config, redis) => {
                let settings = config
                    .and_then(configurations::settings)
                    .unwrap_or_default();
                Some(start(settings, redis.as_ref().map(Redis::url)).await)
            }
        };
        Ok(Target {
            origin: own.as_ref().unwrap_or(&self.shared).origin.clone(),
            credentials: self.credentials.clone(),
            has_claude: true,
            checks_versions: true,
            redis,
            guard: own.map(|running| Box::new(running) as _),
        })
    }
}

async fn start(settings: &[(&str, &str)], redis: Option<String>) -> Running {
    let workspace = tempfile::tempdir().unwrap();
    let mut arguments = vec!["slop-server".to_owned()];
    let mut set = |variable: &str, value: &str| {
        let flag = format!("--{}", variable.to_lowercase().replace('_', "-"));
        arguments.retain(|argument| !argument.starts_with(&format!("{flag}=")));
        arguments.push(format!("{flag}={value}"));
    };
    set("JWT_SECRET", SECRET);
    set("PUBLISH_TOKEN", PUBLISH_TOKEN);
    set("CLAUDE_CLI_PATH", &scripted_claude().to_string_lossy());
    for (variable, value) in USUAL.iter().chain(settings) {
        set(
            variable,
            &value.replace("<workspace>", &path(workspace.path())),
        );
    }
    if let Some(url) = redis {
        set("REDIS_URL", &url);
    }
    let config = Settings::try_parse_from(arguments)
        .unwrap()
        .check()
        .unwrap();
    let (router, _) = slop_server::build(config).unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let listener = listener.tap_io(|stream| stream.set_nodelay(true).unwrap());
    let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    Running {
        origin: Origin::parse(&url).unwrap(),
        task,
        _workspace: workspace,
    }
}

fn path(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
