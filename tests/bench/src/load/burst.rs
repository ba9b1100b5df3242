//! Bursts: more requests in flight on one connection than a small send buffer holds answers.

use super::connection::{Connection, Packet};
use super::{Effort, LOST_AFTER, Target};
use crate::scenario::{Measured, Metric};
use anyhow::Result;
use tokio::time::timeout;

const IN_FLIGHT: usize = 256;

pub(super) async fn measure(target: &Target, effort: &Effort) -> Result<Measured> {
    let mut lost = 0;
    for _ in 0..effort.bursts {
        // A new connection each time: a server may have closed the one it lost answers on.
        let mut connection = Connection::open(target.address).await?;
        for _ in 0..IN_FLIGHT {
            connection.heartbeat();
        }
        lost += IN_FLIGHT - answers(&mut connection).await;
    }
    Ok(Measured::from([(Metric::Lost, lost as f64)]))
}

/// Waits for the answers and counts them; silence or a closed connection ends the count.
async fn answers(connection: &mut Connection) -> usize {
    let mut answered = 0;
    while answered < IN_FLIGHT {
        let received = connection.receive(|packet| {
            answered += usize::from(matches!(packet, Packet::Ack(_)));
        });
        match timeout(LOST_AFTER, received).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) | Err(_) => break,
        }
    }
    answered
}
