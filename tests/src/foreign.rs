//! A server of which only its URL is known.

use crate::placeholders::Credentials;
use crate::replay::Target;
use crate::suite::Servers;
use crate::transcript::{Need, Transcript};
use crate::wire::Origin;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// A server in any language, and those that were started with other settings for some stories.
#[derive(Debug)]
pub struct Foreign {
    /// The server with its usual settings.
    pub origin: Origin,
    /// Servers with other settings, by the names of the configurations; one story at a time.
    pub configured: BTreeMap<String, (Origin, Arc<Semaphore>)>,
    /// Who may be whom there.
    pub credentials: Credentials,
    /// Whether the scripted Claude CLI is behind them.
    pub has_claude: bool,
    /// Whether they look at the version of the protocol that a client names.
    pub checks_versions: bool,
    /// Stories that may execute prompts at the same time.
    pub executing: Arc<Semaphore>,
}

impl Servers for Foreign {
    async fn target(&self, story: &Transcript) -> Result<Target, String> {
        if story.has_need(&Need::Redis) {
            return Err(
                "needs a Redis that the replay may stop: told to our server only".to_owned(),
            );
        }
        let (origin, turns) = match story.config() {
            None => (&self.origin, &self.executing),
            Some(name) => {
                let found = self
                    .configured
                    .get(name)
                    .map(|(origin, turns)| (origin, turns));
                found.ok_or_else(|| format!("needs a server with --config-url {name}=URL"))?
            }
        };
        let takes_turns = story.config().is_some() || story.has_need(&Need::Claude);
        let turn = match takes_turns {
            true => Some(
                turns
                    .clone()
                    .acquire_owned()
                    .await
                    .map_err(|error| error.to_string())?,
            ),
            false => None,
        };
        Ok(Target {
            origin: origin.clone(),
            credentials: self.credentials.clone(),
            has_claude: self.has_claude,
            checks_versions: self.checks_versions,
            redis: None,
            guard: turn.map(|turn| Box::new(turn) as _),
        })
    }
}
