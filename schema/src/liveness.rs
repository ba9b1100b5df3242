//! Liveness: `ping`, `pong`, `heartbeat`, `heartbeatAck`: how a client learns its latency.

use crate::event::Callback;
use crate::scalar::{ClientMillis, SafeUint, Timestamp};
use crate::wire::{non_null, nullable};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Answer to `ping`, as an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PongPayload {
    /// Server timestamp (ms)
    pub timestamp: SafeUint,
}

impl PongPayload {
    /// The server's time.
    #[must_use]
    pub fn new(timestamp: SafeUint) -> Self {
        Self { timestamp }
    }
}

/// Answer to `ping`, as a callback.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PingResponse {
    /// Server timestamp (ms)
    pub timestamp: SafeUint,
}

impl PingResponse {
    /// The server's time.
    #[must_use]
    pub fn new(timestamp: SafeUint) -> Self {
        Self { timestamp }
    }
}

impl Callback for PingResponse {
    fn refused(_sentence: &str) -> Option<Self> {
        None
    }
}

/// What a client tells with its heartbeat.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[ts(optional_fields)]
#[non_exhaustive]
pub struct HeartbeatPayload {
    /// Client timestamp (ms)
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "non_null"
    )]
    pub timestamp: Option<ClientMillis>,
}

impl HeartbeatPayload {
    /// A heartbeat sent at this time of the client's clock.
    #[must_use]
    pub fn at(timestamp: ClientMillis) -> Self {
        Self {
            timestamp: Some(timestamp),
        }
    }
}

/// Answer to `heartbeat`, as an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct HeartbeatAckPayload {
    /// Server timestamp (ms)
    pub timestamp: SafeUint,
    /// Server timestamp (ISO)
    pub server_time: Timestamp,
    /// Calculated latency (ms); null when the heartbeat had no positive timestamp
    #[serde(deserialize_with = "nullable")]
    pub latency: Option<SafeUint>,
}

impl HeartbeatAckPayload {
    /// A heartbeat was received at this time.
    #[must_use]
    pub fn new(server_time: Timestamp, latency: Option<SafeUint>) -> Self {
        Self {
            timestamp: server_time.safe_millis(),
            server_time,
            latency,
        }
    }
}

/// Answer to `heartbeat`, as a callback.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct HeartbeatResponse {
    /// Server timestamp (ms)
    pub timestamp: SafeUint,
    /// Server timestamp (ISO)
    pub server_time: Timestamp,
    /// Calculated latency (ms); null when the heartbeat had no positive timestamp
    #[serde(deserialize_with = "nullable")]
    pub latency: Option<SafeUint>,
}

impl HeartbeatResponse {
    /// A heartbeat was received at this time.
    #[must_use]
    pub fn new(server_time: Timestamp, latency: Option<SafeUint>) -> Self {
        Self {
            timestamp: server_time.safe_millis(),
            server_time,
            latency,
        }
    }
}

impl Callback for HeartbeatResponse {
    fn refused(_sentence: &str) -> Option<Self> {
        None
    }
}
