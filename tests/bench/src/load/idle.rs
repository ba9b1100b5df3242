//! Idle connections: what one costs in memory.

use super::connection::{Connection, open_many};
use super::proc::resident_bytes;
use super::{Effort, Target};
use crate::scenario::{Measured, Metric};
use anyhow::{Result, ensure};
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// Time for the server to tidy up after the connects.
const SETTLE: Duration = Duration::from_secs(2);

pub(super) async fn measure(target: &Target, effort: &Effort) -> Result<Measured> {
    // What a server allocates once is not a connection's: let it do so before the count begins.
    drop(open_many(target.address, 64).await?);
    sleep(SETTLE).await;
    let before = resident_bytes(target.pid)?;

    let began = Instant::now();
    let connections = open_many(target.address, effort.idle_connections).await?;
    let seconds = began.elapsed().as_secs_f64();
    let count = connections.len() as f64;
    let idling: Vec<_> = connections
        .into_iter()
        .map(|connection| tokio::spawn(idle(connection)))
        .collect();
    sleep(SETTLE).await;
    let after = resident_bytes(target.pid)?;

    let left = idling
        .iter()
        .filter(|connection| connection.is_finished())
        .count();
    ensure!(left == 0, "the server closed {left} idle connections");
    Ok(Measured::from([
        (Metric::BytesPerConnection, (after - before) / count),
        (Metric::ConnectsPerSecond, count / seconds),
    ]))
}

/// Answers the server's pings until the connection ends.
async fn idle(mut connection: Connection) {
    while connection.receive(|_| {}).await.is_ok() {}
}
