//! Replaying: a transcript is played against a server until the two part ways.

mod deviation;

mod play;

mod socket;

pub use deviation::Deviation;

use crate::placeholders::Credentials;
use crate::reader::Session;
use crate::redis::Redis;
use crate::transcript::{Need, Transcript};
use crate::wire::{Origin, Transport};
use std::any::Any;
use std::time::Duration;

/// A server under test.
pub struct Target {
    /// Where it is.
    pub origin: Origin,
    /// Who may be whom there.
    pub credentials: Credentials,
    /// Whether the scripted Claude CLI is behind it.
    pub has_claude: bool,
    /// Whether it looks at the version of the protocol that a client names.
    pub checks_versions: bool,
    /// The Redis behind it, when it is the replay's own.
    pub redis: Option<Redis>,
    /// What must live as long as the target.
    pub guard: Option<Box<dyn Any + Send + Sync>>,
}

/// How a replay goes about it.
#[derive(Debug, Clone, Copy)]
pub struct Manner {
    /// How sockets connect.
    pub transport: Transport,
    /// How long to wait for what must arrive.
    pub patience: Duration,
}

/// How a replay ended.
#[derive(Debug)]
pub enum Verdict {
    /// The server spoke as the transcript says.
    Passed(Box<Session>),
    /// It did not.
    Failed(Box<Deviation>),
    /// The story cannot be told there; why.
    Skipped(String),
}

/// Plays a transcript against a server.
pub async fn replay(transcript: &Transcript, target: &mut Target, manner: Manner) -> Verdict {
    if let Some(reason) = lacks(transcript, target) {
        return Verdict::Skipped(reason);
    }
    play::play(transcript, target, manner).await
}

/// What the target lacks for a story.
fn lacks(transcript: &Transcript, target: &Target) -> Option<String> {
    let lack = |need: &Need| match need {
        Need::Publish if target.credentials.publish_token.is_none() => {
            Some("needs the publish token (--publish-token)".to_owned())
        }
        Need::Claude if !target.has_claude => {
            Some("needs the scripted Claude CLI behind the server (--claude)".to_owned())
        }
        Need::Versions if !target.checks_versions => {
            Some("needs a server that checks auth.protocolVersion (--versions)".to_owned())
        }
        Need::Redis if target.redis.is_none() => {
            Some("needs a Redis that the replay may stop".to_owned())
        }
        _ => None,
    };
    transcript.needs.iter().find_map(lack)
}
