//! The driver: the one task of a client. It keeps a connection, makes a new one when that is lost,
//! and ends when it is asked to.

mod attempt;

mod greeting;

mod restore;

mod session;

pub(crate) use attempt::{Established, connect};

use crate::backoff::STABLE_AFTER;
use crate::calls::Stop;
use crate::engine::{Engine, Incoming};
use crate::error::{ConnectError, ConnectionLost};
use crate::events::Delivery;
use crate::packet;
use crate::shared::Shared;
use crate::state::{CloseReason, Connected, ConnectionState, Reconnecting};
use session::{End, Session};
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

/// How long saying goodbye may take.
const GOODBYE: Duration = Duration::from_secs(1);

/// Runs until the client ends. Dropped before it is polled, it has ended, too.
pub(crate) fn drive(
    shared: Arc<Shared>,
    delivery: Delivery,
    established: Established,
) -> impl Future<Output = ()> + Send {
    let farewell = Farewell {
        shared: shared.clone(),
        reason: CloseReason::Aborted,
    };
    let driver = Driver {
        shared,
        delivery,
        failed_attempts: 0,
        reconnects: 0,
    };
    run(driver, established, farewell)
}

async fn run(mut driver: Driver, established: Established, mut farewell: Farewell) {
    farewell.reason = driver.run(established).await;
}

struct Driver {
    shared: Arc<Shared>,
    delivery: Delivery,
    /// Attempts since the last connection that lasted.
    failed_attempts: u32,
    reconnects: u64,
}

impl Driver {
    async fn run(&mut self, established: Established) -> CloseReason {
        let mut engine = established.engine;
        loop {
            let connected_at = Instant::now();
            let mut session = Session::new(&self.shared, &mut self.delivery, &mut engine);
            let lost = match session.run().await {
                End::Stopped => {
                    self.say_goodbye(engine).await;
                    return CloseReason::ByClient;
                }
                End::Lost(lost) => lost,
            };
            tracing::info!(reason = %lost, "connection lost");
            drop(engine);
            for effect in self.shared.calls.connection_lost(&lost) {
                self.shared.memory.ended(&effect);
            }
            if connected_at.elapsed() >= STABLE_AFTER {
                self.failed_attempts = 0;
            }
            let established = match self.reconnect(lost).await {
                Ok(established) => established,
                Err(reason) => return reason,
            };
            engine = established.engine;
            self.reconnects += 1;
            self.shared.set_state(ConnectionState::Connected(Connected {
                user: established.user,
                reconnects: self.reconnects,
                not_restored: established.not_restored,
            }));
        }
    }

    async fn reconnect(&mut self, lost: ConnectionLost) -> Result<Established, CloseReason> {
        let mut error: Option<Arc<ConnectError>> = None;
        loop {
            self.failed_attempts = self.failed_attempts.saturating_add(1);
            let attempt = self.failed_attempts;
            let backoff = &self.shared.config.backoff;
            let Some(pause) = backoff.pause(attempt, fastrand::f64()) else {
                let lost = || Arc::new(ConnectError::Lost(lost.clone()));
                return Err(CloseReason::GaveUp(error.unwrap_or_else(lost)));
            };
            self.shared
                .set_state(ConnectionState::Reconnecting(Reconnecting {
                    lost: lost.clone(),
                    attempt,
                    pause,
                    error: error.clone(),
                }));
            let stopped = CloseReason::ByClient;
            unless_stopped(&self.shared, sleep(pause))
                .await
                .ok_or(stopped.clone())?;
            let connecting = connect(&self.shared, &mut self.delivery);
            match unless_stopped(&self.shared, connecting)
                .await
                .ok_or(stopped)?
            {
                Ok(established) => {
                    tracing::info!(attempt, "connected again");
                    return Ok(established);
                }
                Err(failure) => {
                    tracing::info!(attempt, error = %failure, "could not connect");
                    let is_final = failure.is_final(self.shared.memory.token_may_change());
                    let failure = Arc::new(failure);
                    if is_final {
                        return Err(CloseReason::GaveUp(failure));
                    }
                    error = Some(failure);
                }
            }
        }
    }

    /// Disconnects politely, so that the server need not find out.
    async fn say_goodbye(&self, mut engine: Engine) {
        if self.shared.calls.stop() == Stop::Now {
            // Nobody waits for it: what fits into the socket's buffer is sent.
            let mut closing = pin!(engine.close());
            poll_fn(|cx| {
                let _ = closing.as_mut().poll(cx);
                Poll::Ready(())
            })
            .await;
            return;
        }
        let goodbye = async {
            for namespace in &self.shared.config.namespaces {
                engine.write(packet::disconnect(*namespace)).await?;
            }
            engine.close().await
        };
        if !matches!(timeout(GOODBYE, goodbye).await, Ok(Ok(()))) {
            tracing::debug!("the server did not take leave");
        }
    }
}

/// What comes of it, or `None` when the client is asked to end before.
async fn unless_stopped<T>(shared: &Shared, work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    poll_fn(|cx| {
        shared.calls.register(cx.waker());
        if shared.calls.stop() != Stop::No {
            return Poll::Ready(None);
        }
        work.as_mut().poll(cx).map(Some)
    })
    .await
}

/// Hands an event to all who wait for one.
fn deliver(shared: &Shared, delivery: &Delivery, incoming: Incoming) {
    let event = incoming.into_event();
    shared.note_refusal(&event);
    shared.runs.deliver(&event);
    delivery.deliver(event);
}

/// The same before a session, where nobody wakes them after a batch: a server may be slow to
/// restore.
fn deliver_at_once(shared: &Shared, delivery: &mut Delivery, incoming: Incoming) {
    delivery.refresh(&shared.bus);
    deliver(shared, delivery, incoming);
    delivery.wake();
    shared.runs.wake();
}

/// Tells everybody that the client has ended, also when its task is ended from outside.
struct Farewell {
    shared: Arc<Shared>,
    reason: CloseReason,
}

impl Drop for Farewell {
    fn drop(&mut self) {
        self.shared
            .set_state(ConnectionState::Closed(self.reason.clone()));
        self.shared.calls.end();
        self.shared.runs.end();
        self.shared.bus.end();
    }
}
