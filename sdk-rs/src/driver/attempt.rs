//! One attempt to connect, from the token to the restored subscriptions, within one time limit.

use super::{greeting, restore};
use crate::engine::Engine;
use crate::error::{ConnectError, Step};
use crate::events::Delivery;
use crate::shared::Shared;
use crate::state::NotRestored;
use slop_schema::session::AuthenticatedPayload;
use tokio::time::timeout;
use tracing::Instrument;

/// A connection that stands.
pub(crate) struct Established {
    pub(crate) engine: Engine,
    pub(crate) user: Option<AuthenticatedPayload>,
    pub(crate) not_restored: Vec<NotRestored>,
}

/// Makes a connection that is ready for the user's calls.
pub(crate) async fn connect(
    shared: &Shared,
    delivery: &mut Delivery,
) -> Result<Established, ConnectError> {
    let after = shared.config.connect_timeout;
    let mut step = Step::Token;
    let span = tracing::debug_span!("connect", server = %shared.config.address.host_and_port());
    let attempt = attempt(shared, delivery, &mut step).instrument(span);
    match timeout(after, attempt).await {
        Ok(outcome) => outcome,
        Err(_) => Err(ConnectError::TimedOut {
            after,
            waiting_for: step,
        }),
    }
}

async fn attempt(
    shared: &Shared,
    delivery: &mut Delivery,
    step: &mut Step,
) -> Result<Established, ConnectError> {
    let config = &shared.config;
    let token = shared.memory.token().await.map_err(ConnectError::Token)?;
    let socket = config.route.open(&config.address, step).await?;
    *step = Step::Open;
    let mut engine = Engine::open(socket, config.route.max_message_bytes).await?;
    *step = Step::Namespaces;
    let user = greeting::greet(shared, delivery, &mut engine, token, step).await?;
    *step = Step::Restore;
    let not_restored = restore::restore(shared, delivery, &mut engine).await?;
    shared.runs.wake();
    tracing::debug!(signed_in = user.is_some(), "connected");
    Ok(Established {
        engine,
        user,
        not_restored,
    })
}
