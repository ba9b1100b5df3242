//! Failures: what is told, and the exit code that scripts see.

use serde_json::{Value, json};
use slop_sdk::schema::ClientEvent;
use slop_sdk::schema::claude::ClaudeErrorCode;
use slop_sdk::schema::protocol::Authenticate;
use slop_sdk::{CallError, CloseReason, ConnectError, RefusalCode, RunError};
use std::fmt::Display;
use std::process::ExitCode;

const REFUSED: u8 = 1;
const USAGE: u8 = 2;
const NO_CONNECTION: u8 = 3;
const UNAUTHORIZED: u8 = 4;
const TIMED_OUT: u8 = 5;

pub(crate) struct Failure {
    code: u8,
    /// Nothing when everything was said.
    sentence: Option<String>,
    /// The server's code, where it named one.
    reason: Option<RefusalCode>,
}

impl Failure {
    fn new(code: u8, error: &impl Display) -> Self {
        Self {
            code,
            sentence: Some(error.to_string()),
            reason: None,
        }
    }

    /// Something on this machine, not the server.
    pub(crate) fn local(error: impl Display) -> Self {
        Self::new(REFUSED, &error)
    }

    /// The command line cannot be used.
    pub(crate) fn usage(error: impl Display) -> Self {
        Self::new(USAGE, &error)
    }

    /// Nobody reads the output any more, which is no failure.
    pub(crate) fn nobody_reads() -> Self {
        Self {
            code: 0,
            sentence: None,
            reason: None,
        }
    }

    /// A signal ended the command.
    pub(crate) fn interrupted(signal: u8) -> Self {
        Self {
            code: 128 + signal,
            sentence: None,
            reason: None,
        }
    }

    /// What scripts read, unless everything was said.
    pub(crate) fn to_json(&self) -> Option<Value> {
        let mut json = json!({"error": self.sentence.as_ref()?});
        if let Some(reason) = &self.reason {
            json["code"] = reason.to_string().into();
        }
        Some(json)
    }

    pub(crate) fn report(self) -> ExitCode {
        if let Some(sentence) = self.sentence {
            eprintln!("slop: {sentence}");
        }
        ExitCode::from(self.code)
    }
}

impl From<ConnectError> for Failure {
    fn from(error: ConnectError) -> Self {
        Self::new(code_of_connect(&error), &error)
    }
}

fn code_of_connect(error: &ConnectError) -> u8 {
    match error {
        ConnectError::Url(_) | ConnectError::Setting(_) => USAGE,
        ConnectError::Unauthorized { .. } => UNAUTHORIZED,
        ConnectError::TimedOut { .. } => TIMED_OUT,
        _ => NO_CONNECTION,
    }
}

impl From<CallError> for Failure {
    fn from(error: CallError) -> Self {
        let unauthorized = RefusalCode::Claude(ClaudeErrorCode::Unauthorized);
        let code = match &error {
            CallError::Refused(refusal) if refusal.code == Some(unauthorized) => UNAUTHORIZED,
            // A payload that is wrong has a code, a token that is wrong has none.
            CallError::Refused(refusal)
                if refusal.event == Authenticate::NAME && refusal.code.is_none() =>
            {
                UNAUTHORIZED
            }
            CallError::TimedOut { .. } | CallError::NotConnected { .. } => TIMED_OUT,
            CallError::ConnectionLost(_) | CallError::Closed => NO_CONNECTION,
            CallError::NoNamespace(_) | CallError::Payload(_) => USAGE,
            _ => REFUSED,
        };
        Self {
            reason: error.code().cloned(),
            ..Self::new(code, &error)
        }
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        let code = match &error {
            RunError::TimedOut { .. } => TIMED_OUT,
            RunError::Closed | RunError::OutOfSight { .. } => NO_CONNECTION,
            _ => REFUSED,
        };
        let reason = match &error {
            RunError::Failed { code, .. } => Some(code.clone()),
            RunError::Cancelled { .. } => Some(ClaudeErrorCode::Cancelled),
            _ => None,
        };
        Self {
            reason: reason.map(RefusalCode::Claude),
            ..Self::new(code, &error)
        }
    }
}

impl From<CloseReason> for Failure {
    fn from(reason: CloseReason) -> Self {
        match reason {
            CloseReason::GaveUp(error) => Self::new(code_of_connect(&error), &error),
            _ => Self::new(NO_CONNECTION, &"the connection ended"),
        }
    }
}
