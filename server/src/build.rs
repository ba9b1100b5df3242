//! Putting the server together: from a configuration to a router and a handle.

use crate::app::{App, Parts};
use crate::claude::{Executions, SetupError};
use crate::config::{Config, Secret};
use crate::http::{self, Farewell, Readiness};
use crate::metrics::Metrics;
use crate::publish::{self, PublishError};
use crate::store::{RedisError, Store};
use crate::wire::{self, BundleError, Wire};
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use slop_schema::ServerEvent;
use slop_schema::event::{MediaSubscribers, User};
use slop_schema::media::AboutMedia;
use slop_schema::scalar::{JsonObject, RoomName, UserId};
use std::time::Duration;
use tower::ServiceBuilder;

/// How long sockets may take to disconnect when the server stops.
const GOODBYE: Duration = Duration::from_secs(1);
/// How long clients that poll may take to fetch what is left for them.
const LAST_POLLS: Duration = Duration::from_secs(1);
/// Pause between two looks at who polls.
const LOOK: Duration = Duration::from_millis(10);

/// Why a server could not be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The embedded schema bundle cannot be used.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// The URL of Redis is not one.
    #[error("REDIS_URL must be the URL of a Redis")]
    Redis(#[from] RedisError),
    /// No directory for the Claude CLI.
    #[error(transparent)]
    Setup(#[from] SetupError),
}

/// What the owner of a server holds in hand: publishing and stopping. Cheap to clone.
#[derive(Clone)]
pub struct Handle {
    app: App,
    wire: Wire,
    readiness: Readiness,
    farewell: Farewell,
}

/// Builds a server: the router serves Socket.IO and HTTP, the handle publishes and stops.
///
/// # Errors
/// When the server's own files cannot be used or made.
pub fn build(config: Config) -> Result<(Router, Handle), BuildError> {
    let metrics = Metrics::default();
    let tokens = config.tokens;
    let store = match &config.redis_url {
        None => Store::memory(config.rate_limit),
        Some(url) => {
            let ttl = config.claude.process_ttl;
            Store::redis(url.reveal(), config.rate_limit, ttl, metrics.clone())?
        }
    };
    let executions = Executions::new(config.claude, store, metrics.clone())?;
    let (socket_io, wire, app) = wire::build(|emitter, validators| {
        App::new(Parts {
            tokens,
            executions,
            emitter,
            validators,
            metrics: metrics.clone(),
        })
    })?;
    let readiness = Readiness::default();
    let farewell = Farewell::default();
    let layers = ServiceBuilder::new()
        .layer(from_fn_with_state(
            config.origins.clone(),
            http::refuse_foreign_origins,
        ))
        .layer(http::cors(config.origins))
        .layer(from_fn_with_state(farewell.clone(), http::attend))
        .layer(from_fn(http::slim_request))
        .layer(socket_io);
    let router = Router::new()
        .merge(http::health_routes(readiness.clone(), metrics))
        .merge(http::publish_routes(
            &app,
            config.publish_token.as_ref().map(Secret::reveal),
        ))
        .layer(layers);
    Ok((
        router,
        Handle {
            app,
            wire,
            readiness,
            farewell,
        },
    ))
}

impl Handle {
    /// Sends an event to all sockets of a user; returns how many there were.
    pub async fn publish_to_user<E: ServerEvent<Audience = User>>(
        &self,
        user: &UserId,
        payload: &E::Payload,
    ) -> usize {
        self.app.emitter().to_user::<E>(user, payload).await
    }

    /// Sends an event to all subscribers of the media item it is about; returns how many there
    /// were.
    pub async fn publish_to_media<E>(&self, payload: &E::Payload) -> usize
    where
        E: ServerEvent<Audience = MediaSubscribers>,
        E::Payload: AboutMedia,
    {
        self.app.emitter().to_media_subscribers::<E>(payload).await
    }

    /// Sends an event of the application's own to a room that clients joined; returns how many
    /// sockets were in it.
    ///
    /// # Errors
    /// When the room is one of the server's, or the name is taken by the protocol or by Socket.IO.
    pub async fn publish_to_room(
        &self,
        room: &RoomName,
        event: &str,
        payload: &JsonObject,
    ) -> Result<usize, PublishError> {
        publish::publish_to_room(&self.app, room, event, payload).await
    }

    /// Stops taking new work, gives every running Claude process its final event, and disconnects
    /// all sockets. Processes that do not end within the limit are killed.
    pub async fn shut_down(&self, limit: Duration) {
        self.readiness.drain();
        self.app.executions().shut_down(limit).await;
        self.farewell.refuse_newcomers();
        let _ = tokio::time::timeout(LAST_POLLS, self.polled_empty()).await;
        // A client that reads nothing would never take its goodbye.
        let _ = tokio::time::timeout(GOODBYE, self.wire.close()).await;
    }

    /// Waits until all that poll wait for packets themselves: then there are none left for them.
    async fn polled_empty(&self) {
        let mut looks = 0;
        // A request may have just got its packets: so it takes two looks.
        while looks < 2 {
            let polling = self.wire.polling_connections();
            if polling == 0 {
                return;
            }
            looks = if self.farewell.polls() < polling {
                0
            } else {
                looks + 1
            };
            tokio::time::sleep(LOOK).await;
        }
    }
}
