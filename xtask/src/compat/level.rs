//! How bad a change is, for whom, and in which direction.

use serde::Serialize;

/// How bad a change is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Level {
    /// Nobody notices who is not told.
    Compatible,
    /// Everything is still accepted, but something may behave otherwise.
    Dangerous,
    /// Something that worked is refused, or does not compile.
    Breaking,
}

impl Level {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Compatible => "compatible",
            Self::Dangerous => "dangerous",
            Self::Breaking => "breaking",
        }
    }
}

/// What a change can break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Axis {
    /// Payloads that are sent.
    Wire,
    /// Code that imports the types.
    Source,
}

impl Axis {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Wire => "wire",
            Self::Source => "source",
        }
    }
}

/// Who writes a payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Direction {
    /// Clients write, the server reads: arguments of client events and the handshake.
    ClientToServer,
    /// The server writes, clients read: server events and callbacks.
    ServerToClient,
}

impl Direction {
    pub(super) const BOTH: [Self; 2] = [Self::ClientToServer, Self::ServerToClient];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::ClientToServer => "client to server",
            Self::ServerToClient => "server to client",
        }
    }
}
