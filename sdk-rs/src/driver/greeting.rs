//! The greeting: all namespaces are connected, and signed in when there is a token.

use super::deliver_at_once;
use crate::engine::{Engine, Incoming};
use crate::error::{ConnectError, ConnectionLost, Step};
use crate::events::{Delivery, RawEvent};
use crate::packet::{self, Kind};
use crate::shared::Shared;
use crate::token::Token;
use serde::Deserialize;
use slop_schema::Namespace;
use slop_schema::protocol::{AuthError, Authenticated};
use slop_schema::session::{AuthenticatedPayload, HandshakeAuth};

/// How a server of another major version begins its refusal.
const UNSUPPORTED_VERSION: &str = "Unsupported protocol version";

/// Which answers are still to come.
struct Greeting {
    unconnected: Vec<Namespace>,
    unsigned: Vec<Namespace>,
    user: Option<AuthenticatedPayload>,
}

/// Connects the namespaces on one connection and waits for all of them.
pub(super) async fn greet(
    shared: &Shared,
    delivery: &mut Delivery,
    engine: &mut Engine,
    token: Option<Token>,
    step: &mut Step,
) -> Result<Option<AuthenticatedPayload>, ConnectError> {
    let namespaces = &shared.config.namespaces;
    let mut greeting = Greeting {
        unconnected: namespaces.clone(),
        unsigned: match token {
            Some(_) => namespaces.clone(),
            None => Vec::new(),
        },
        user: None,
    };
    let auth = HandshakeAuth::new(token.map(|token| token.reveal().to_owned()));
    for namespace in namespaces {
        let packet = packet::connect(*namespace, &auth)
            .map_err(|_| ConnectError::Setting("the token cannot be written as JSON"))?;
        engine.write_secret(&packet).await?;
    }
    while !greeting.is_over() {
        if greeting.unconnected.is_empty() {
            *step = Step::SignIn;
        }
        let incoming = engine.next().await?;
        let taken = greeting.take(&incoming);
        if incoming.kind == Kind::Event {
            // Also the one that refuses the token.
            deliver_at_once(shared, delivery, incoming);
        }
        taken?;
    }
    Ok(greeting.user)
}

impl Greeting {
    fn is_over(&self) -> bool {
        self.unconnected.is_empty() && self.unsigned.is_empty()
    }

    fn take(&mut self, incoming: &Incoming) -> Result<(), ConnectError> {
        let namespace = incoming.namespace;
        match incoming.kind {
            Kind::Connect => self.unconnected.retain(|other| *other != namespace),
            Kind::ConnectError => return Err(refused(incoming)),
            Kind::Disconnect => return Err(ConnectionLost::Disconnected(namespace).into()),
            Kind::Ack => {}
            Kind::Event => self.look_for_sign_in(incoming)?,
        }
        Ok(())
    }

    fn look_for_sign_in(&mut self, incoming: &Incoming) -> Result<(), ConnectError> {
        let namespace = incoming.namespace;
        if !self.unsigned.contains(&namespace) {
            return Ok(());
        }
        let event = RawEvent {
            namespace,
            data: incoming.data.clone(),
            attachments: None,
        };
        if event.is::<Authenticated>() {
            self.unsigned.retain(|other| *other != namespace);
            self.user = self.user.take().or(event.payload::<Authenticated>().ok());
        } else if event.is::<AuthError>() {
            let message = event.payload::<AuthError>().map(|payload| payload.message);
            return Err(ConnectError::Unauthorized {
                message: message.unwrap_or_default(),
            });
        }
        Ok(())
    }
}

fn refused(incoming: &Incoming) -> ConnectError {
    #[derive(Deserialize)]
    struct Reason {
        message: String,
    }
    let reason = serde_json::from_str::<Reason>(incoming.data.as_str());
    let message = reason.map_or_else(|_| "without a reason".into(), |reason| reason.message);
    if message.starts_with(UNSUPPORTED_VERSION) {
        return ConnectError::UnsupportedVersion { message };
    }
    ConnectError::Refused {
        namespace: incoming.namespace,
        message,
    }
}
