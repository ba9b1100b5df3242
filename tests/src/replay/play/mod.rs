//! One replay: the sockets, what tokens mean, and the step that is next.

mod connecting;

mod arrivals;

mod around;

use super::deviation::Deviation;
use super::socket::Socket;
use super::{Manner, Target, Verdict};
use crate::contract::{Contract, First};
use crate::format::step_line;
use crate::matching::{Difference, Matching, Told};
use crate::placeholders::{Kind, Meanings, Missing, Piece, pieces};
use crate::reader::Session;
use crate::transcript::{Act, Need, Step, Transcript};
use crate::wire::Sent;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::Instant;

/// How long a process of a story has at the end to say what it must not say.
const LAST_WORDS: Duration = Duration::from_millis(100);
/// How long an answer may take that no story is about.
const SETTLING: Duration = Duration::from_secs(2);

struct Play<'a> {
    transcript: &'a Transcript,
    target: &'a mut Target,
    manner: Manner,
    contract: &'static Contract,
    meanings: Meanings,
    told: Told,
    sockets: BTreeMap<String, Socket>,
    /// When the last event of a name and the last callback of one were asked about, by socket.
    orders: BTreeMap<(String, First, String), (usize, Value)>,
    observed: Vec<Step>,
}

/// Why a step was not passed.
enum Stop {
    Skip(String),
    Deviates(String, Option<Difference>),
}

type Passed<T = ()> = Result<T, Stop>;

/// Plays all steps, then looks for what should not have arrived.
pub async fn play(transcript: &Transcript, target: &mut Target, manner: Manner) -> Verdict {
    let run = uuid::Uuid::new_v4().simple().to_string()[..8].to_owned();
    let meanings = Meanings::new(run, target.credentials.clone());
    let mut play = Play {
        transcript,
        target,
        manner,
        contract: Contract::get(),
        meanings,
        told: Told::default(),
        sockets: BTreeMap::new(),
        orders: BTreeMap::new(),
        observed: Vec::new(),
    };
    for (index, step) in transcript.steps.iter().enumerate() {
        if let Err(stop) = play.step(step).await {
            return play.stopped(index + 1, Some(step), stop);
        }
    }
    match play.nothing_else().await {
        Ok(()) => Verdict::Passed(Box::new(play.session())),
        Err(stop) => play.stopped(transcript.steps.len() + 1, None, stop),
    }
}

impl Play<'_> {
    fn stopped(&mut self, number: usize, step: Option<&Step>, stop: Stop) -> Verdict {
        let (problem, difference) = match stop {
            Stop::Skip(reason) => return Verdict::Skipped(reason),
            Stop::Deviates(problem, difference) => (problem, difference),
        };
        let client = match step {
            Some(Step::Socket { client, .. }) => Some(client),
            _ => None,
        };
        let socket = client.and_then(|client| self.sockets.get_mut(client));
        let arrived = socket.map(|socket| {
            socket.catch_up();
            socket.arrived()
        });
        Verdict::Failed(Box::new(Deviation {
            step: number,
            line: step.map(step_line).unwrap_or_default(),
            problem,
            difference,
            arrived: arrived.unwrap_or_default(),
        }))
    }

    async fn step(&mut self, step: &Step) -> Passed {
        match step {
            Step::Wait { ms, .. } => {
                tokio::time::sleep(Duration::from_millis(*ms)).await;
                self.observed.push(step.clone());
                Ok(())
            }
            Step::Redis(what) => {
                self.observed.push(step.clone());
                self.redis(*what).await
            }
            Step::Request(request) => self.request(request).await,
            Step::Socket { client, act } => {
                let observed = self.act(client, act).await?;
                self.observed.push(Step::Socket {
                    client: client.clone(),
                    act: observed,
                });
                Ok(())
            }
        }
    }

    async fn act(&mut self, client: &str, act: &Act) -> Passed<Act> {
        match act {
            Act::Connects => self.connect(client).await?,
            Act::IsRefused { message } => return self.is_refused(client, message).await,
            Act::Emits {
                event,
                arguments,
                callback,
            } => {
                self.emit(client, event, arguments, *callback)?;
            }
            Act::Receives { event, payload } => {
                let payload = self.receive(client, event, payload).await?;
                return Ok(Act::Receives {
                    event: event.clone(),
                    payload,
                });
            }
            Act::IsCalledBack { callback, with } => {
                let with = self.called_back(client, *callback, with).await?;
                return Ok(Act::IsCalledBack {
                    callback: *callback,
                    with,
                });
            }
            Act::Disconnects => {
                self.settle(client).await?;
                let deadline = self.deadline();
                if let Some(socket) = self.sockets.remove(client) {
                    socket.disconnect(deadline).await;
                }
            }
            Act::IsDisconnected => self.is_disconnected(client).await?,
        }
        Ok(act.clone())
    }

    fn deadline(&self) -> Instant {
        Instant::now() + self.manner.patience
    }

    fn late(&self, what: &str) -> Stop {
        let seconds = self.manner.patience.as_secs_f32();
        deviates(format!("{what} did not arrive within {seconds} s"))
    }

    fn namespace(&self, client: &str) -> &str {
        &self.transcript.clients[client].namespace
    }

    fn socket(&mut self, client: &str) -> Passed<&mut Socket> {
        let socket = self.sockets.get_mut(client);
        socket.ok_or_else(|| deviates(format!("{client} is not connected")))
    }

    fn emit(
        &mut self,
        client: &str,
        event: &str,
        arguments: &[Value],
        callback: Option<u32>,
    ) -> Passed {
        let mut values = vec![json!(event)];
        for argument in arguments {
            values.push(self.meanings.expand(argument)?);
        }
        values[1..].iter().for_each(|value| self.told.note(value));
        let socket = self.socket(client)?;
        socket
            .asked
            .extend(callback.map(|number| (number, event.to_owned())));
        socket.send(Sent::Event(callback.map(u64::from), values));
        Ok(())
    }

    fn matching(&mut self) -> Matching<'_> {
        Matching {
            contract: self.contract,
            meanings: &mut self.meanings,
            told: &self.told,
        }
    }

    async fn settle(&mut self, client: &str) -> Passed {
        let namespace = self.namespace(client).to_owned();
        let deadline = Instant::now() + SETTLING.min(self.manner.patience);
        let socket = self.socket(client)?;
        socket.settle(&namespace, deadline).await;
        match socket.arrived().first() {
            None => Ok(()),
            Some(_) => {
                let arrived = socket.arrived().join("; ");
                Err(deviates(format!(
                    "{client} must not receive anything else, but got {arrived}"
                )))
            }
        }
    }

    async fn nothing_else(&mut self) -> Passed {
        if self.transcript.has_need(&Need::Claude) {
            tokio::time::sleep(LAST_WORDS).await;
        }
        let clients: Vec<_> = self.sockets.keys().cloned().collect();
        for client in clients {
            self.settle(&client).await?;
        }
        Ok(())
    }

    /// What happened, with the names of this replay.
    fn session(&self) -> Session {
        let mut names = BTreeMap::new();
        let text = self.transcript.to_text();
        for piece in pieces(&text) {
            if let Piece::Token(Kind::Name, _, token) = piece
                && let Ok(name) = self.meanings.expand_piece(piece)
            {
                names.insert(name, token.to_owned());
            }
        }
        for (id, token) in self.meanings.history() {
            let is_id = !token.starts_with("<connectedAt");
            names.extend(
                id.as_str()
                    .filter(|_| is_id)
                    .map(|id| (id.to_owned(), token.clone())),
            );
        }
        let mut transcript = self.transcript.clone();
        transcript.steps = self.observed.clone();
        Session { names, transcript }
    }
}

fn deviates(problem: String) -> Stop {
    Stop::Deviates(problem, None)
}

/// Events and callbacks carry one value.
fn only(arguments: &[Value], what: &str) -> Passed<Value> {
    match arguments {
        [payload] => Ok(payload.clone()),
        _ => Err(deviates(format!(
            "{what} carries {} values instead of one",
            arguments.len()
        ))),
    }
}

impl From<Missing> for Stop {
    fn from(missing: Missing) -> Self {
        match missing {
            Missing::Secret(_) | Missing::PublishToken => Self::Skip(missing.to_string()),
            Missing::Unbound(_) | Missing::NotSendable(_) => {
                Self::Deviates(missing.to_string(), None)
            }
        }
    }
}
