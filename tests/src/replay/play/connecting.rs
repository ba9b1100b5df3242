//! How sockets of a replay come to be, and how the server ends them.

use super::{Passed, Play, Stop, deviates};
use crate::replay::socket::{Arrival, Socket};
use crate::transcript::Act;
use crate::wire::{Connection, Received, Sent};
use serde_json::json;
use std::collections::BTreeMap;

impl Play<'_> {
    pub(super) fn open(&mut self, client: &str) -> Passed {
        let spec = &self.transcript.clients[client];
        let auth = spec
            .auth
            .as_ref()
            .map(|auth| self.meanings.expand(auth))
            .transpose()?;
        let headers = self.expanded(&spec.headers)?;
        auth.iter().for_each(|auth| self.told.note(auth));
        let (origin, transport) = (&self.target.origin, self.manner.transport);
        let connection = Connection::open(origin, transport, &spec.namespace, &headers);
        connection.send(Sent::Connect(auth));
        self.sockets
            .insert(client.to_owned(), Socket::new(connection));
        Ok(())
    }

    pub(super) fn expanded(
        &self,
        headers: &BTreeMap<String, String>,
    ) -> Passed<BTreeMap<String, String>> {
        let headers = headers
            .iter()
            .map(|(name, value)| Ok((name.clone(), self.meanings.expand_text(value)?)));
        headers.collect()
    }

    pub(super) async fn connect(&mut self, client: &str) -> Passed {
        self.open(client)?;
        let deadline = self.deadline();
        let first = self.socket(client)?.take(deadline, |_| true).await;
        match first.map(|first| first.what) {
            Some(Received::Connected { sid }) => {
                self.meanings
                    .bind(&format!("<socketId:{client}>"), json!(sid));
                Ok(())
            }
            Some(other) => {
                let shown = self.socket(client)?.shown(&other);
                Err(deviates(format!(
                    "{client} must be connected, but got {shown}"
                )))
            }
            None => Err(self.late("CONNECT")),
        }
    }

    pub(super) async fn is_refused(&mut self, client: &str, message: &str) -> Passed<Act> {
        self.open(client)?;
        let deadline = self.deadline();
        let first = self.socket(client)?.take(deadline, |_| true).await;
        let socket = self.sockets.remove(client);
        match first.map(|first| first.what) {
            Some(Received::Refused { message: actual }) => {
                let (expected, actual) = (json!(message), json!(actual));
                let compared = self.matching().value(None, &expected, &actual, "");
                compared.map_err(|difference| {
                    Stop::Deviates(
                        "the refusal says something else".to_owned(),
                        Some(difference),
                    )
                })?;
                Ok(Act::IsRefused {
                    message: actual.as_str().unwrap_or_default().to_owned(),
                })
            }
            Some(other) => {
                let shown = socket
                    .map(|socket| socket.shown(&other))
                    .unwrap_or_default();
                Err(deviates(format!(
                    "{client} must be refused, but got {shown}"
                )))
            }
            None => Err(self.late("CONNECT_ERROR")),
        }
    }

    pub(super) async fn is_disconnected(&mut self, client: &str) -> Passed {
        let deadline = self.deadline();
        let is_end = |arrival: &Arrival| arrival.what.is_end();
        match self.socket(client)?.take(deadline, is_end).await {
            Some(_) => Ok(()),
            None => Err(self.late("the disconnect")),
        }
    }
}
