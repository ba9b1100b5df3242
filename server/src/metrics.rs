//! Metrics in the Prometheus text format, at `GET /metrics`.

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use slop_schema::claude::ClaudeProcessStatus;
use slop_schema::protocol::Namespace;
use std::sync::Arc;
use std::time::Duration;

/// How an event ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Its handler answered.
    Answered,
    /// It was refused.
    Refused,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct EventLabels {
    event: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct EventName {
    event: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct NamespacePath {
    namespace: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ExecutionStatus {
    status: String,
}

impl From<ClaudeProcessStatus> for ExecutionStatus {
    fn from(status: ClaudeProcessStatus) -> Self {
        // The wire's own word for the status.
        let status = serde_json::to_value(status).ok();
        let status = status.and_then(|status| status.as_str().map(str::to_owned));
        Self {
            status: status.unwrap_or_default(),
        }
    }
}

/// All counters of the server; cheap to clone.
#[derive(Clone)]
pub struct Metrics(Arc<Families>);

struct Families {
    registry: Registry,
    connections: Family<NamespacePath, Gauge>,
    events: Family<EventLabels, Counter>,
    unknown_events: Counter,
    handling: Family<EventName, Histogram, fn() -> Histogram>,
    executions: Family<ExecutionStatus, Counter>,
    executions_running: Gauge,
    queue_length: Gauge,
    wait_seconds: Histogram,
    execution_seconds: Histogram,
    execution_output_bytes: Counter,
    rate_limited: Counter,
    redis_failures: Counter,
}

impl Outcome {
    fn label(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Refused => "refused",
        }
    }
}

/// The counters of one event, looked up once.
pub struct EventMetrics {
    answered: Counter,
    refused: Counter,
    handling: Histogram,
}

impl EventMetrics {
    /// Counts one event.
    pub fn observe(&self, outcome: Outcome, took: Duration) {
        match outcome {
            Outcome::Answered => self.answered.inc(),
            Outcome::Refused => self.refused.inc(),
        };
        self.handling.observe(took.as_secs_f64());
    }
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("slop");
        let connections = Family::default();
        registry.register("connections", "Connected sockets", connections.clone());
        let events = Family::default();
        registry.register(
            "events",
            "Events received, by how they ended",
            events.clone(),
        );
        let unknown_events = Counter::default();
        registry.register(
            "unknown_events",
            "Events received that the protocol does not know",
            unknown_events.clone(),
        );
        let handling = Family::new_with_constructor(handling_histogram as fn() -> Histogram);
        registry.register_with_unit(
            "event_handling",
            "Time from taking up an event to its answer",
            Unit::Seconds,
            handling.clone(),
        );
        let executions = Family::default();
        registry.register(
            "claude_executions",
            "Claude processes that ended",
            executions.clone(),
        );
        let executions_running = Gauge::default();
        registry.register(
            "claude_executions_running",
            "Claude processes that run",
            executions_running.clone(),
        );
        let queue_length = Gauge::default();
        registry.register(
            "claude_queue_length",
            "Claude processes that wait",
            queue_length.clone(),
        );
        let wait_seconds = Histogram::new([0.001, 0.1, 1.0, 5.0, 15.0, 60.0, 300.0]);
        registry.register_with_unit(
            "claude_wait",
            "Time Claude processes waited for their turn",
            Unit::Seconds,
            wait_seconds.clone(),
        );
        let rate_limited = Counter::default();
        registry.register(
            "claude_rate_limited",
            "Executions refused by the rate limit",
            rate_limited.clone(),
        );
        let redis_failures = Counter::default();
        registry.register(
            "redis_failures",
            "Failed requests to Redis",
            redis_failures.clone(),
        );
        let execution_seconds = Histogram::new([0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 1800.0]);
        registry.register_with_unit(
            "claude_execution",
            "Run time of Claude processes",
            Unit::Seconds,
            execution_seconds.clone(),
        );
        let execution_output_bytes = Counter::default();
        registry.register_with_unit(
            "claude_output",
            "Output of Claude processes",
            Unit::Bytes,
            execution_output_bytes.clone(),
        );
        Self(Arc::new(Families {
            registry,
            connections,
            events,
            unknown_events,
            handling,
            executions,
            executions_running,
            queue_length,
            wait_seconds,
            execution_seconds,
            execution_output_bytes,
            rate_limited,
            redis_failures,
        }))
    }
}

fn handling_histogram() -> Histogram {
    Histogram::new([0.000_01, 0.000_1, 0.001, 0.01, 0.1, 1.0])
}

impl Metrics {
    /// The counters of one event.
    #[must_use]
    pub fn of_event(&self, event: &'static str) -> EventMetrics {
        let of = |outcome: Outcome| {
            let outcome = outcome.label();
            self.0
                .events
                .get_or_create(&EventLabels { event, outcome })
                .clone()
        };
        EventMetrics {
            answered: of(Outcome::Answered),
            refused: of(Outcome::Refused),
            handling: self.0.handling.get_or_create(&EventName { event }).clone(),
        }
    }

    /// Counts an event that the protocol does not know.
    pub fn unknown_event(&self) {
        self.0.unknown_events.inc();
    }

    /// Counts a socket that came.
    pub fn connected(&self, namespace: Namespace) {
        self.0
            .connections
            .get_or_create(&NamespacePath {
                namespace: namespace.path(),
            })
            .inc();
    }

    /// Counts a socket that went.
    pub fn disconnected(&self, namespace: Namespace) {
        self.0
            .connections
            .get_or_create(&NamespacePath {
                namespace: namespace.path(),
            })
            .dec();
    }

    /// Counts a Claude process that started, and how long it waited.
    pub fn execution_started(&self, waited: Duration) {
        self.0.executions_running.inc();
        self.0.wait_seconds.observe(waited.as_secs_f64());
    }

    /// Counts a Claude process that ran and ended.
    pub fn execution_ended(&self, status: ClaudeProcessStatus, took: Duration, output_bytes: u64) {
        self.0.executions_running.dec();
        self.0
            .executions
            .get_or_create(&ExecutionStatus::from(status))
            .inc();
        self.0.execution_seconds.observe(took.as_secs_f64());
        self.0.execution_output_bytes.inc_by(output_bytes);
    }

    /// Counts a Claude process that was stopped while it waited.
    pub fn execution_never_ran(&self, status: ClaudeProcessStatus) {
        self.0
            .executions
            .get_or_create(&ExecutionStatus::from(status))
            .inc();
    }

    /// Sets how many Claude processes wait.
    pub fn queue_length(&self, length: usize) {
        self.0
            .queue_length
            .set(i64::try_from(length).unwrap_or(i64::MAX));
    }

    /// Counts an execution that the rate limit refused.
    pub fn rate_limited(&self) {
        self.0.rate_limited.inc();
    }

    /// Counts a request to Redis that failed.
    pub fn redis_failed(&self) {
        self.0.redis_failures.inc();
    }

    /// Everything in the text format.
    #[must_use]
    pub fn render(&self) -> String {
        let mut page = String::new();
        // Writing to a string cannot fail.
        let _ = text::encode(&mut page, &self.0.registry);
        page
    }
}
