//! The demo: a server that needs nothing else, with a page to try it and samples to see.

use crate::build::Handle;
use crate::clock;
use crate::config::{Config, ConfigError, Settings};
use crate::stand_in;
use axum::Router;
use axum::http::header;
use axum::response::Html;
use axum::routing::get;
use jsonwebtoken::{EncodingKey, Header, encode};
use serde_json::json;
use slop_schema::media::{MediaCompletePayload, MediaProgressPayload};
use slop_schema::notification::{NotificationPayload, NotificationType};
use slop_schema::protocol::{MediaComplete, MediaProgress, Notification};
use slop_schema::scalar::{MediaId, OutOfBounds, Percent, UserId};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// User of the demo's token, and id of its media item.
const NAME: &str = "demo";
const TOKEN_LIFETIME_SECONDS: i64 = 12 * 60 * 60;
const PAUSE_BETWEEN_SAMPLES: Duration = Duration::from_millis(700);

const PAGE: &str = include_str!("../assets/demo.html");
/// The browser build of socket.io-client 4.8.4 (MIT), unmodified.
const SOCKET_IO_CLIENT: &str = include_str!("../assets/socket.io-4.8.4.esm.min.js");

/// Why the demo could not be prepared.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// A setting that cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// No token could be made.
    #[error("cannot make a token: {0}")]
    Token(#[from] jsonwebtoken::errors::Error),
    /// The server does not know its own path.
    #[error("cannot find the server's own executable: {0}")]
    Executable(#[from] std::io::Error),
}

/// A prepared demo.
pub struct Demo {
    config: Config,
    address: SocketAddr,
    token: String,
    uses_stand_in: bool,
}

impl Demo {
    /// Makes a secret and a token, and looks for the real CLI.
    ///
    /// # Errors
    /// When a setting cannot be used.
    pub fn prepare(settings: &Settings, address: SocketAddr) -> Result<Self, DemoError> {
        let secret = settings.secret().unwrap_or_else(ephemeral_secret);
        let mut settings = settings.clone();
        settings.jwt_secret = Some(secret.clone());
        let mut config = settings.check()?;
        if !address.ip().is_loopback() {
            tracing::warn!("the demo gives its token to everybody who can reach {address}");
        }
        let can_use_cli = is_on_path(&config.claude.program)
            && (config.claude.api_key.is_some() || !config.claude.bare);
        if !can_use_cli {
            config.claude.program = std::env::current_exe()?;
            config.claude.leading_arguments = vec![stand_in::SUBCOMMAND.to_owned()];
        }
        let token = token(&settings, &secret)?;
        Ok(Self {
            config,
            address,
            token,
            uses_stand_in: !can_use_cli,
        })
    }

    /// The configuration to build the server from.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// What to tell whoever started the demo.
    #[must_use]
    pub fn greeting(&self) -> String {
        let claude = if self.uses_stand_in {
            "a stand-in (set ANTHROPIC_API_KEY and have `claude` on PATH for the real CLI)"
        } else {
            "the real CLI"
        };
        format!(
            "  page:   http://{address}/\n  claude: {claude}\n  token: {token}\n\n  \
             Paste into a script next to `npm install socket.io-client@4.8`:\n\n    \
             import {{ io }} from \"socket.io-client\";\n    \
             const socket = io(\"http://{address}\", {{ auth: {{ token: \"{token}\" }} }});\n    \
             socket.on(\"authenticated\", () => socket.emit(\"{execute}\", {{ prompt: \"Hi\" }}));\n    \
             socket.on(\"{progress}\", ({{ data }}) => process.stdout.write(data ?? \"\"));\n    \
             socket.on(\"{complete}\", () => socket.close());\n",
            address = self.address,
            token = self.token,
            execute = <slop_schema::protocol::ClaudeExecute as slop_schema::ClientEvent>::NAME,
            progress = <slop_schema::protocol::ClaudeProgress as slop_schema::ServerEvent>::NAME,
            complete = <slop_schema::protocol::ClaudeComplete as slop_schema::ServerEvent>::NAME,
        )
    }

    /// Adds the demo's page to a router.
    pub fn page(&self, router: Router) -> Router {
        let settings = json!({"token": self.token, "userId": NAME, "mediaId": NAME});
        let page = PAGE.replace("{/* settings */}", &settings.to_string());
        let script = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")];
        router.route("/", get(async move || Html(page))).route(
            "/socket.io-client.js",
            get(async move || (script, SOCKET_IO_CLIENT)),
        )
    }
}

/// Publishes media progress and notifications, over and over.
pub async fn publish_samples(handle: Handle) {
    loop {
        if let Err(error) = publish_round(&handle).await {
            tracing::error!(%error, "a sample is out of bounds");
            return;
        }
    }
}

async fn publish_round(handle: &Handle) -> Result<(), OutOfBounds> {
    let media = MediaId::new(NAME)?;
    for percent in [0.0, 20.0, 40.0, 60.0, 80.0, 100.0] {
        let stage = if percent < 60.0 {
            "rendering"
        } else {
            "encoding"
        };
        let progress = MediaProgressPayload::new(media.clone(), Percent::new(percent)?, stage);
        handle.publish_to_media::<MediaProgress>(&progress).await;
        tokio::time::sleep(PAUSE_BETWEEN_SAMPLES).await;
    }
    let complete = MediaCompletePayload::new(media, "https://media.example.com/demo.mp4");
    handle.publish_to_media::<MediaComplete>(&complete).await;
    let notification = NotificationPayload::new(
        uuid::Uuid::now_v7().to_string(),
        NotificationType::Success,
        "Sample media ready",
        "The demo finished generating its sample.",
        clock::now(),
    );
    handle
        .publish_to_user::<Notification>(&UserId::new(NAME)?, &notification)
        .await;
    tokio::time::sleep(PAUSE_BETWEEN_SAMPLES).await;
    Ok(())
}

/// A secret that lives as long as the demo. Version 4 UUIDs come from the system's random source.
fn ephemeral_secret() -> String {
    format!("{}{}", uuid::Uuid::new_v4(), uuid::Uuid::new_v4())
}

fn token(settings: &Settings, secret: &str) -> Result<String, jsonwebtoken::errors::Error> {
    let expires = clock::now().millis() / 1000 + TOKEN_LIFETIME_SECONDS;
    let mut claims = json!({"userId": NAME, "email": "demo@example.com", "exp": expires});
    if let Some(issuer) = &settings.jwt_issuer {
        claims["iss"] = issuer.as_str().into();
    }
    if let Some(audience) = &settings.jwt_audience {
        claims["aud"] = audience.as_str().into();
    }
    encode(
        &Header::default(),
        &claims,
        &EncodingKey::from_secret(secret.as_bytes()),
    )
}

fn is_on_path(program: &Path) -> bool {
    if program.components().count() > 1 {
        return program.is_file();
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .map(|directory| -> PathBuf { directory.join(program) })
        .any(|file| file.is_file())
}
