//! Fan-out: one published event reaches every listener of a room.
//!
//! All servers are asked the same way, by `POST /publish`. An event is in flight until its last
//! listener has it, so no server is asked for more than it delivers.

use super::connection::{Connection, Packet, open_many};
use super::proc::CpuWatch;
use super::publish::Publisher;
use super::{Effort, LOST_AFTER, Target};
use crate::scenario::{Measured, Metric};
use anyhow::{Context, Result, ensure};
use slop_schema::ClientEvent;
use slop_schema::protocol::JoinRoom;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed};
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};

const IN_FLIGHT: usize = 4;
const ROOM: &str = "fan-out";

/// Every listener receives this, followed by the publisher's number and some text.
const EVENT_START: &[u8] = br#"["projectUpdate",{"publisher":"#;

/// What listeners and publishers tell each other.
#[derive(Default)]
struct Shared {
    received: [AtomicUsize; IN_FLIGHT],
    everyone_has_it: [Notify; IN_FLIGHT],
    deliveries: AtomicU64,
    stop: AtomicBool,
}

pub(super) async fn measure(target: &Target, effort: &Effort) -> Result<Measured> {
    let shared = Arc::new(Shared::default());
    let listeners = effort.listeners;
    for mut connection in open_many(target.address, listeners).await? {
        join(&mut connection).await?;
        tokio::spawn(listen(connection, shared.clone(), listeners));
    }
    let mut publishing = Vec::new();
    for number in 0..IN_FLIGHT {
        let publisher = Publisher::connect(target).await?;
        publishing.push(tokio::spawn(publish(
            publisher,
            number,
            shared.clone(),
            listeners,
        )));
    }
    sleep(effort.warm_up).await;

    let mut measured = Measured::new();
    let before = shared.deliveries.load(Relaxed);
    let cpu = CpuWatch::start(target)?;
    sleep(effort.measure).await;
    let deliveries = (shared.deliveries.load(Relaxed) - before) as f64;
    let (seconds, cpu_micros) = cpu.stop(&mut measured)?;
    shared.stop.store(true, Relaxed);

    let mut lost = 0;
    for publisher in publishing {
        lost += publisher.await??;
    }
    ensure!(deliveries > 0.0, "nothing was delivered");
    measured.insert(Metric::DeliveriesPerSecond, deliveries / seconds);
    measured.insert(Metric::CpuPerDelivery, cpu_micros / deliveries);
    measured.insert(Metric::Lost, lost as f64);
    Ok(measured)
}

async fn join(connection: &mut Connection) -> Result<()> {
    connection.request(format_args!("[\"{}\",\"{ROOM}\"]", JoinRoom::NAME));
    let mut joined = false;
    while !joined {
        let received = connection.receive(|packet| joined |= matches!(packet, Packet::Ack(_)));
        timeout(LOST_AFTER, received)
            .await
            .context("joinRoom was not answered")??;
    }
    Ok(())
}

async fn listen(mut connection: Connection, shared: Arc<Shared>, listeners: usize) -> Result<()> {
    loop {
        connection
            .receive(|packet| {
                if let Packet::Event(event) = packet
                    && let Some([number, ..]) = event.strip_prefix(EVENT_START)
                {
                    let number = usize::from(number - b'0');
                    shared.deliveries.fetch_add(1, Relaxed);
                    if shared.received[number].fetch_add(1, Relaxed) + 1 == listeners {
                        shared.everyone_has_it[number].notify_one();
                    }
                }
            })
            .await?;
    }
}

/// Publishes until told to stop; returns the deliveries that never came.
async fn publish(
    mut publisher: Publisher,
    number: usize,
    shared: Arc<Shared>,
    listeners: usize,
) -> Result<usize> {
    let text = "The build of the project has finished and its pages are being published";
    let payload = format!(r#"{{"publisher":{number},"text":"{text}"}}"#);
    let place = format!(r#""namespace":"/","room":"{ROOM}","event":"projectUpdate""#);
    let body = format!(r#"{{{place},"payload":{payload}}}"#);
    while !shared.stop.load(Relaxed) {
        shared.received[number].store(0, Relaxed);
        publisher.publish(&body).await?;
        if timeout(LOST_AFTER, shared.everyone_has_it[number].notified())
            .await
            .is_err()
        {
            return Ok(listeners - shared.received[number].load(Relaxed));
        }
    }
    Ok(0)
}
