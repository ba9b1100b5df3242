//! The first callback on a new connection: what a user waits for after the page has connected.

use super::connection::{Connection, Packet};
use super::latency::Latencies;
use super::{Effort, LOST_AFTER, STALL, Target};
use crate::scenario::{Measured, Metric};
use anyhow::Result;
use std::time::Instant;
use tokio::time::timeout;

/// Connections before the measured ones, for the server that compiles as it runs.
const WARM_UP: usize = 50;

pub(super) async fn measure(target: &Target, effort: &Effort) -> Result<Measured> {
    for _ in 0..WARM_UP {
        answer(&mut Connection::open(target.address).await?).await?;
    }
    let mut latencies = Latencies::default();
    let mut stalls = 0;
    for _ in 0..effort.first_callbacks {
        let mut connection = Connection::open(target.address).await?;
        let began = Instant::now();
        timeout(LOST_AFTER, answer(&mut connection)).await??;
        stalls += usize::from(began.elapsed() > STALL);
        latencies.add(began.elapsed());
    }
    let mut measured = Measured::from([(Metric::Stalls, stalls as f64)]);
    latencies.report(&mut measured);
    Ok(measured)
}

/// Sends a heartbeat and waits for its callback.
pub(super) async fn answer(connection: &mut Connection) -> Result<()> {
    let number = connection.heartbeat();
    let mut answered = false;
    while !answered {
        let is_answer = |packet: Packet<'_>| matches!(packet, Packet::Ack(ack) if ack == number);
        connection
            .receive(|packet| answered |= is_answer(packet))
            .await?;
    }
    Ok(())
}
