//! Order: events of one socket, of several kinds, whose callbacks show when each was handled.

use super::connection::{Connection, Packet};
use super::{Effort, LOST_AFTER, Target};
use crate::scenario::{Measured, Metric};
use anyhow::Result;
use slop_schema::ClientEvent;
use slop_schema::protocol::{JoinRoom, LeaveRoom, Ping};
use tokio::time::timeout;

/// Few enough for the send buffer of every server: this is not about loss.
const IN_FLIGHT: usize = 32;

pub(super) async fn measure(target: &Target, effort: &Effort) -> Result<Measured> {
    let mut connection = Connection::open(target.address).await?;
    let (mut sent, mut answered, mut inversions) = (0, 0, 0);
    let mut latest = None;
    while answered < effort.ordered_events {
        while sent < effort.ordered_events && sent - answered < IN_FLIGHT {
            send(&mut connection, sent);
            sent += 1;
        }
        let received = connection.receive(|packet| {
            if let Packet::Ack(number) = packet {
                answered += 1;
                inversions += usize::from(latest > Some(number));
                latest = latest.max(Some(number));
            }
        });
        match timeout(LOST_AFTER, received).await {
            Ok(received) => received?,
            Err(_) => break,
        }
    }
    Ok(Measured::from([
        (Metric::Inversions, inversions as f64),
        (Metric::Lost, (sent - answered) as f64),
    ]))
}

/// Takes the kinds of events in turn.
fn send(connection: &mut Connection, turn: usize) {
    let (join, leave, ping) = (JoinRoom::NAME, LeaveRoom::NAME, Ping::NAME);
    match turn % 4 {
        0 => connection.request(format_args!("[\"{join}\",\"order\"]")),
        1 => connection.heartbeat(),
        2 => connection.request(format_args!("[\"{leave}\",\"order\"]")),
        _ => connection.request(format_args!("[\"{ping}\"]")),
    };
}
