//! Streams: what a Claude process writes, on its way to the clients.

use super::connection::{Connection, Packet};
use super::latency::Latencies;
use super::proc::CpuWatch;
use super::{Effort, Target};
use crate::scenario::{Measured, Metric};
use crate::scripted_claude::LINE_BYTES;
use crate::server::TOKEN;
use anyhow::{Context, Result};
use serde::Deserialize;
use serde::de::IgnoredAny;
use slop_schema::ServerEvent;
use slop_schema::protocol::{ClaudeComplete, ClaudeError, ClaudeProgress};
use std::borrow::Cow;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::time::timeout;

/// Output of one execution: 8 MiB, which is under the limit of what the server keeps.
const STREAM_LINES: usize = 8 * 1024 * 1024 / LINE_BYTES;

/// No execution takes as long as this.
const SILENCE: Duration = Duration::from_secs(20);

/// What came of one execution.
#[derive(Default)]
struct Stream {
    bytes: usize,
    latencies: Latencies,
    /// From the request to the last chunk.
    took: Duration,
}

/// The time from each write of the process to its arrival at the client.
pub(super) async fn latency(target: &Target, effort: &Effort) -> Result<Measured> {
    let mut connection = Connection::sign_in(target.address, TOKEN).await?;
    follow(&mut connection, "chunks", effort.streamed_chunks / 10).await?;

    let mut measured = Measured::new();
    let cpu = CpuWatch::start(target)?;
    let stream = follow(&mut connection, "chunks", effort.streamed_chunks).await?;
    cpu.stop(&mut measured)?;
    let lost = effort.streamed_chunks.abs_diff(stream.latencies.count());
    measured.insert(Metric::Lost, lost as f64);
    stream.latencies.report(&mut measured);
    Ok(measured)
}

/// How fast the output of processes that write at once reaches their clients.
pub(super) async fn throughput(
    target: &Target,
    effort: &Effort,
    clients: usize,
) -> Result<Measured> {
    let mut connections = Vec::new();
    for _ in 0..clients {
        let mut connection = Connection::sign_in(target.address, TOKEN).await?;
        follow(&mut connection, "lines", STREAM_LINES / 10).await?;
        connections.push(connection);
    }

    let mut measured = Measured::new();
    let cpu = CpuWatch::start(target)?;
    let rounds = (effort.streams / clients).max(1);
    let following: Vec<_> = connections
        .into_iter()
        .map(|connection| tokio::spawn(follow_rounds(connection, rounds)))
        .collect();
    let (mut bytes, mut took) = (0, Duration::ZERO);
    for stream in following {
        let stream = stream.await??;
        bytes += stream.bytes;
        took = took.max(stream.took);
    }
    let (_, cpu_micros) = cpu.stop(&mut measured)?;
    let expected = clients * rounds * STREAM_LINES * LINE_BYTES;
    let megabytes = bytes as f64 / 1e6;
    measured.insert(Metric::MegabytesPerSecond, megabytes / took.as_secs_f64());
    measured.insert(Metric::CpuPerMegabyte, cpu_micros / 1000.0 / megabytes);
    measured.insert(Metric::Lost, expected.abs_diff(bytes) as f64);
    Ok(measured)
}

/// One execution after the other; the time is the sum of theirs.
async fn follow_rounds(mut connection: Connection, rounds: usize) -> Result<Stream> {
    let mut sum = Stream::default();
    for _ in 0..rounds {
        let stream = follow(&mut connection, "lines", STREAM_LINES).await?;
        sum.bytes += stream.bytes;
        sum.took += stream.took;
    }
    Ok(sum)
}

/// Executes a prompt and follows it to its end.
async fn follow(connection: &mut Connection, what: &str, count: usize) -> Result<Stream> {
    let began = Instant::now();
    connection.request(format_args!(
        "[\"claude:execute\",{{\"prompt\":\"{what} {count}\"}}]"
    ));
    let mut stream = Stream::default();
    let mut has_ended = false;
    while !has_ended {
        let received = connection.receive(|packet| {
            if let Packet::Event(event) = packet {
                has_ended |= stream.take(event, began);
            }
        });
        timeout(SILENCE, received)
            .await
            .context("the stream stopped")??;
    }
    Ok(stream)
}

#[derive(Deserialize)]
struct Progress<'a> {
    #[serde(borrow)]
    data: Option<Cow<'a, str>>,
}

impl Stream {
    /// Takes an event in; true when it was the last one.
    fn take(&mut self, event: &[u8], began: Instant) -> bool {
        if is(event, ClaudeComplete::NAME) || is(event, ClaudeError::NAME) {
            return true;
        }
        if is(event, ClaudeProgress::NAME)
            && let Ok((_, Progress { data: Some(data) })) =
                serde_json::from_slice::<(IgnoredAny, Progress<'_>)>(event)
        {
            self.bytes += data.len();
            self.took = began.elapsed();
            self.note_latencies(&data);
        }
        false
    }

    fn note_latencies(&mut self, data: &str) {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let stamps = data.lines().filter_map(|line| line.strip_prefix('@'));
        let micros = stamps.filter_map(|line| line.split(' ').next()?.parse().ok());
        for written in micros.map(Duration::from_micros) {
            self.latencies.add(now.saturating_sub(written));
        }
    }
}

/// Whether the event, a JSON array, has this name.
fn is(event: &[u8], name: &str) -> bool {
    event.strip_prefix(b"[\"").is_some_and(|event| {
        event
            .strip_prefix(name.as_bytes())
            .is_some_and(|rest| rest.starts_with(b"\""))
    })
}
