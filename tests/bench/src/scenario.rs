//! The scenarios and what each of them measures.

use crate::server::Server;
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What one run of a scenario against one server yielded.
pub(crate) type Measured = BTreeMap<Metric, f64>;

/// Something to measure. The order is that of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Scenario {
    /// Heartbeats with callbacks, 64 connections with 16 in flight each.
    Heartbeat,
    /// Heartbeats with callbacks, 64 connections with one in flight each.
    HeartbeatSerial,
    /// The first callback on a new connection, one connection after the other.
    FirstCallback,
    /// Events published to a room of 1000 listeners, four at a time.
    FanOut,
    /// Memory of 5000 idle connections.
    Idle,
    /// Whether 20000 events of one socket are answered in the order they were sent.
    Order,
    /// Whether an event sent the moment CONNECT arrives is answered, in 3000 connects.
    Connect,
    /// Whether all events are answered with 256 in flight on one connection.
    Burst,
    /// Chunks of a Claude process that writes one every 2 ms.
    StreamLatency,
    /// Output of a Claude process that writes 8 MiB at once, streamed to one client.
    StreamToOne,
    /// The same ten times over, each to a client of its own.
    StreamToTen,
}

impl Scenario {
    /// The headline of the scenario in the report.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Heartbeat => "`heartbeat`, 64 connections, 16 in flight on each",
            Self::HeartbeatSerial => "`heartbeat`, 64 connections, 1 in flight on each",
            Self::FirstCallback => "First callback after connecting",
            Self::FanOut => "Fan-out to a room of 1000 listeners, 4 events in flight",
            Self::Idle => "5000 idle connections",
            Self::Order => "20000 events of one socket, 32 in flight",
            Self::Connect => "3000 connects, an event sent the moment CONNECT arrives",
            Self::Burst => "2560 events in bursts of 256 on one connection",
            Self::StreamLatency => "`claude:progress`, a chunk of 80 bytes every 2 ms",
            Self::StreamToOne => "`claude:progress`, 8 MiB written at once, one client",
            Self::StreamToTen => {
                "`claude:progress`, 8 MiB written at once, ten clients with one each"
            }
        }
    }

    /// What is measured, in the order of the report.
    pub(crate) fn metrics(self) -> &'static [Metric] {
        match self {
            Self::Heartbeat | Self::HeartbeatSerial => &[
                Metric::CpuPerAck,
                Metric::AcksPerSecond,
                Metric::P50,
                Metric::P99,
                Metric::Lost,
            ],
            Self::FirstCallback => &[Metric::P50, Metric::P99],
            Self::FanOut => &[
                Metric::DeliveriesPerSecond,
                Metric::CpuPerDelivery,
                Metric::Lost,
            ],
            Self::Idle => &[Metric::BytesPerConnection, Metric::ConnectsPerSecond],
            Self::Order => &[Metric::Inversions, Metric::Lost],
            Self::Connect | Self::Burst => &[Metric::Lost],
            Self::StreamLatency => &[Metric::P50, Metric::P99, Metric::Lost],
            Self::StreamToOne | Self::StreamToTen => &[
                Metric::MegabytesPerSecond,
                Metric::CpuPerMegabyte,
                Metric::Lost,
            ],
        }
    }

    /// Whether the server takes part: bare socketioxide starts no processes.
    pub(crate) fn is_served_by(self, server: Server) -> bool {
        let streams = matches!(
            self,
            Self::StreamLatency | Self::StreamToOne | Self::StreamToTen
        );
        !(streams && server == Server::Bare)
    }

    /// Name on the command line.
    pub(crate) fn name(self) -> String {
        self.to_possible_value()
            .map(|value| value.get_name().to_owned())
            .unwrap_or_default()
    }
}

/// One measured number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Metric {
    CpuPerAck,
    AcksPerSecond,
    P50,
    P99,
    DeliveriesPerSecond,
    CpuPerDelivery,
    BytesPerConnection,
    ConnectsPerSecond,
    MegabytesPerSecond,
    CpuPerMegabyte,
    Inversions,
    Lost,
    /// Pauses of over a second, which say that a run is not to be believed.
    Stalls,
    /// Percent of one core that the load generator used: near 100, it was the bottleneck.
    GeneratorCpu,
    /// Percent of one core that processes outside the benchmark used.
    ForeignCpu,
}

impl Metric {
    /// Label with its unit.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::CpuPerAck => "server CPU per acknowledged event, µs",
            Self::AcksPerSecond => "acknowledged events per second",
            Self::P50 => "p50, ms",
            Self::P99 => "p99, ms",
            Self::DeliveriesPerSecond => "deliveries per second",
            Self::CpuPerDelivery => "server CPU per delivery, µs",
            Self::BytesPerConnection => "memory per connection, bytes",
            Self::ConnectsPerSecond => "connects per second while opening them",
            Self::MegabytesPerSecond => "MB per second, all clients together",
            Self::CpuPerMegabyte => "server CPU per MB, ms",
            Self::Inversions => "answers overtaken by a later one",
            Self::Lost => "lost",
            Self::Stalls => "stalls over 1 s",
            Self::GeneratorCpu => "load generator, % of its core",
            Self::ForeignCpu => "other processes, % of a core",
        }
    }

    /// Whether the ratio to Node says anything, and which way: `None` for counts of failures.
    pub(crate) fn better(self) -> Option<Better> {
        match self {
            Self::CpuPerAck | Self::P50 | Self::P99 => Some(Better::Lower),
            Self::CpuPerDelivery | Self::BytesPerConnection => Some(Better::Lower),
            Self::CpuPerMegabyte => Some(Better::Lower),
            Self::AcksPerSecond | Self::DeliveriesPerSecond => Some(Better::Higher),
            Self::MegabytesPerSecond => Some(Better::Higher),
            Self::ConnectsPerSecond => Some(Better::Higher),
            Self::Inversions | Self::Lost | Self::Stalls => None,
            Self::GeneratorCpu | Self::ForeignCpu => None,
        }
    }

    /// The number as the report shows it.
    pub(crate) fn show(self, value: f64) -> String {
        match self {
            Self::CpuPerAck | Self::CpuPerDelivery | Self::P50 | Self::P99 => format!("{value:.2}"),
            Self::CpuPerMegabyte => format!("{value:.2}"),
            _ => format!("{value:.0}"),
        }
    }
}

/// Which direction of a number is the good one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Better {
    Lower,
    Higher,
}
