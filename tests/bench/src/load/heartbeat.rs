//! Heartbeats with callbacks: what one costs the server, and how long it takes.

use super::connection::{Connection, Packet, open_many};
use super::latency::Latencies;
use super::proc::CpuWatch;
use super::{Effort, LOST_AFTER, STALL, Target};
use crate::scenario::{Measured, Metric};
use anyhow::{Result, ensure};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Instant;
use tokio::time::{sleep, timeout};

const CONNECTIONS: usize = 64;

/// Longest time between a request and its answer, counted in requests of the same connection.
const WINDOW: usize = 1024;

const WARM_UP: u8 = 0;
const MEASURE: u8 = 1;
const STOP: u8 = 2;

pub(super) async fn measure(
    target: &Target,
    effort: &Effort,
    in_flight: usize,
) -> Result<Measured> {
    let phase = Arc::new(AtomicU8::new(WARM_UP));
    let mut beating = Vec::new();
    for connection in open_many(target.address, CONNECTIONS).await? {
        let pulse = Pulse::new(connection, phase.clone());
        beating.push(tokio::spawn(pulse.run(in_flight)));
    }
    sleep(effort.warm_up).await;

    let mut measured = Measured::new();
    let cpu = CpuWatch::start(target)?;
    phase.store(MEASURE, Ordering::Relaxed);
    sleep(effort.measure).await;
    phase.store(STOP, Ordering::Relaxed);
    let (seconds, cpu_micros) = cpu.stop(&mut measured)?;

    let mut latencies = Latencies::default();
    let (mut lost, mut stalls) = (0, 0);
    for pulse in beating {
        let pulse = pulse.await??;
        lost += pulse.in_flight + pulse.acks.abs_diff(pulse.events);
        stalls += pulse.stalls;
        latencies.append(pulse.latencies);
    }
    let acks = latencies.count() as f64;
    ensure!(acks > 0.0, "nothing was acknowledged");
    measured.insert(Metric::CpuPerAck, cpu_micros / acks);
    measured.insert(Metric::AcksPerSecond, acks / seconds);
    measured.insert(Metric::Lost, lost as f64);
    measured.insert(Metric::Stalls, f64::from(stalls));
    latencies.report(&mut measured);
    Ok(measured)
}

/// One connection that keeps a number of heartbeats in flight.
struct Pulse {
    connection: Connection,
    phase: Arc<AtomicU8>,
    sent_at: Vec<Instant>,
    in_flight: usize,
    acks: usize,
    events: usize,
    latencies: Latencies,
    last_answer: Instant,
    stalls: u32,
}

impl Pulse {
    fn new(connection: Connection, phase: Arc<AtomicU8>) -> Self {
        Self {
            connection,
            phase,
            sent_at: vec![Instant::now(); WINDOW],
            in_flight: 0,
            acks: 0,
            events: 0,
            latencies: Latencies::default(),
            last_answer: Instant::now(),
            stalls: 0,
        }
    }

    /// Beats until told to stop, then waits for the answers that are still due.
    async fn run(mut self, in_flight: usize) -> Result<Self> {
        self.beat(in_flight);
        while self.in_flight > 0 {
            match timeout(LOST_AFTER, self.connection.fill()).await {
                Ok(filled) => filled?,
                Err(_) => break,
            }
            let answered = self.take_answers()?;
            if self.phase.load(Ordering::Relaxed) != STOP {
                self.beat(answered);
            }
        }
        Ok(self)
    }

    fn beat(&mut self, times: usize) {
        let now = Instant::now();
        for _ in 0..times {
            let number = self.connection.heartbeat();
            self.sent_at[number as usize % WINDOW] = now;
        }
        self.in_flight += times;
    }

    /// Counts what has arrived; returns the number of callbacks.
    fn take_answers(&mut self) -> Result<usize> {
        let now = Instant::now();
        let measuring = self.phase.load(Ordering::Relaxed) == MEASURE;
        let mut answered = 0;
        self.connection.drain(|packet| match packet {
            Packet::Ack(number) => {
                answered += 1;
                if measuring {
                    self.latencies
                        .add(now - self.sent_at[number as usize % WINDOW]);
                }
            }
            Packet::Event(event) if event.starts_with(b"[\"heartbeatAck\"") => self.events += 1,
            _ => {}
        })?;
        self.acks += answered;
        self.in_flight -= answered;
        if measuring && now - self.last_answer > STALL {
            self.stalls += 1;
        }
        self.last_answer = now;
        Ok(answered)
    }
}
