//! `ping`, `heartbeat`.

use super::Handle;
use crate::app::App;
use crate::clock;
use crate::wire::{Answer, Caller};
use slop_schema::event::Anyone;
use slop_schema::liveness::{
    HeartbeatAckPayload, HeartbeatPayload, HeartbeatResponse, PingResponse, PongPayload,
};
use slop_schema::protocol::{Heartbeat, HeartbeatAck, Ping, Pong};
use slop_schema::scalar::{ClientMillis, SafeUint, Timestamp};

impl Handle<Ping> for App {
    async fn handle(&self, caller: Caller<Anyone>, (): ()) -> Answer<Ping> {
        let timestamp = clock::now().safe_millis();
        caller.emit::<Pong>(&PongPayload::new(timestamp)).await;
        Ok(PingResponse::new(timestamp).into())
    }
}

impl Handle<Heartbeat> for App {
    async fn handle(
        &self,
        caller: Caller<Anyone>,
        payload: Option<HeartbeatPayload>,
    ) -> Answer<Heartbeat> {
        let now = clock::now();
        let latency = payload.and_then(|heartbeat| latency(heartbeat.timestamp?, now));
        caller
            .emit::<HeartbeatAck>(&HeartbeatAckPayload::new(now, latency))
            .await;
        Ok(HeartbeatResponse::new(now, latency).into())
    }
}

/// Whole milliseconds since the client's time: unknown without a positive time, never below 0.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "milliseconds since 1970 fit; the rest saturates"
)]
fn latency(sent: ClientMillis, now: Timestamp) -> Option<SafeUint> {
    (sent.get() > 0.0)
        .then(|| SafeUint::saturating((now.millis() as f64 - sent.get()).max(0.0).round() as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latency_is_never_negative_and_unknown_without_a_positive_time() {
        let now = Timestamp::from_millis(1_000).unwrap();
        let of = |sent| latency(ClientMillis::new(sent).unwrap(), now).map(SafeUint::get);
        assert_eq!(of(400.0), Some(600));
        assert_eq!(of(999.6), Some(0));
        assert_eq!(of(5_000.0), Some(0));
        assert_eq!(of(f64::MAX), Some(0));
        assert_eq!(of(0.0), None);
        assert_eq!(of(-1.0), None);
    }
}
