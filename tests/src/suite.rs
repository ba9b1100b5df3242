//! The suite: many stories against one server, side by side.

use crate::replay::{Manner, Target, Verdict, replay};
use crate::transcript::{Need, Transcript};
use crate::wire::Transport;
use futures_util::stream::{self, StreamExt};
use std::time::{Duration, Instant};

/// Where stories find a server.
pub trait Servers: Sync {
    /// A server with what the story needs, for as long as the target lives; or why there is none.
    fn target(&self, story: &Transcript) -> impl Future<Output = Result<Target, String>> + Send;
}

/// How one story went.
#[derive(Debug)]
pub struct Telling {
    /// Which story.
    pub story: String,
    /// What it tells.
    pub about: String,
    /// How sockets connected.
    pub transport: Transport,
    /// How it ended.
    pub verdict: Verdict,
    /// How long it took.
    pub took: Duration,
}

/// How to go through the stories.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Each story is told once over each of them.
    pub transports: Vec<Transport>,
    /// How long to wait for what must arrive.
    pub patience: Duration,
    /// Stories at the same time.
    pub at_once: usize,
}

/// Tells all stories over all transports; the result is in the order of the stories.
pub async fn tell(stories: &[Transcript], servers: &impl Servers, plan: &Plan) -> Vec<Telling> {
    // A server may take a slow Redis for none, and many stories at once make every Redis slow.
    let (with_redis, others): (Vec<_>, Vec<_>) = stories
        .iter()
        .partition(|story| story.has_need(&Need::Redis));
    let mut told = tell_at_once(&others, servers, plan).await;
    told.extend(tell_at_once(&with_redis, servers, plan).await);
    let order = |transport| plan.transports.iter().position(|it| *it == transport);
    told.sort_by_key(|telling| (order(telling.transport), telling.story.clone()));
    told
}

async fn tell_at_once(
    stories: &[&Transcript],
    servers: &impl Servers,
    plan: &Plan,
) -> Vec<Telling> {
    let tellings = plan
        .transports
        .iter()
        .flat_map(|transport| stories.iter().map(move |story| (*story, *transport)));
    let told = stream::iter(tellings).map(|(story, transport)| async move {
        let manner = Manner {
            transport,
            patience: plan.patience,
        };
        tell_one(story, servers, manner).await
    });
    told.buffer_unordered(plan.at_once).collect().await
}

async fn tell_one(story: &Transcript, servers: &impl Servers, manner: Manner) -> Telling {
    let target = servers.target(story).await;
    let since = Instant::now();
    let verdict = match target {
        Ok(mut target) => replay(story, &mut target, manner).await,
        Err(reason) => Verdict::Skipped(reason),
    };
    Telling {
        story: story.story.clone(),
        about: story.about.clone(),
        transport: manner.transport,
        verdict,
        took: since.elapsed(),
    }
}
