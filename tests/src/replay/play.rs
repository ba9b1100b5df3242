//! One replay: the sockets, what tokens mean, and the step that is next.

use super::deviation::Deviation;
use super::socket::{Arrival, Socket, What};
use super::{Manner, Target, Verdict};
use crate::contract::{Contract, First, ORDER, Rules};
use crate::format::{spaced, step_line};
use crate::matching::{Difference, Matching, Told};
use crate::placeholders::{Kind, Meanings, Missing, Piece, pieces};
use crate::reader::{Session, chunk, process_lane};
use crate::transcript::{Act, RedisStep, Request, Step, Transcript};
use crate::wire::{Connection, Http, Sent};
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

    async fn redis(&mut self, what: RedisStep) -> Passed {
        let Some(redis) = &mut self.target.redis else {
            return Err(Stop::Skip(
                "needs a Redis that the replay may stop".to_owned(),
            ));
        };
        let done = match what {
            RedisStep::Stops => redis.stop().await,
            RedisStep::Starts => redis.start().await,
        };
        done.map_err(|error| Stop::Skip(format!("redis-server: {error}")))
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

    fn open(&mut self, client: &str) -> Passed {
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

    fn expanded(&self, headers: &BTreeMap<String, String>) -> Passed<BTreeMap<String, String>> {
        let headers = headers
            .iter()
            .map(|(name, value)| Ok((name.clone(), self.meanings.expand_text(value)?)));
        headers.collect()
    }

    async fn connect(&mut self, client: &str) -> Passed {
        self.open(client)?;
        let deadline = self.deadline();
        let first = self.socket(client)?.take(deadline, |_| true).await;
        match first.map(|first| first.what) {
            Some(What::Connected(sid)) => {
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

    async fn is_refused(&mut self, client: &str, message: &str) -> Passed<Act> {
        self.open(client)?;
        let deadline = self.deadline();
        let first = self.socket(client)?.take(deadline, |_| true).await;
        let socket = self.sockets.remove(client);
        match first.map(|first| first.what) {
            Some(What::Refused(actual)) => {
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

    async fn is_disconnected(&mut self, client: &str) -> Passed {
        let deadline = self.deadline();
        let is_end = |arrival: &Arrival| matches!(arrival.what, What::Ended(_));
        match self.socket(client)?.take(deadline, is_end).await {
            Some(_) => Ok(()),
            None => Err(self.late("the disconnect")),
        }
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

    async fn receive(&mut self, client: &str, event: &str, expected: &Value) -> Passed<Value> {
        let Some(whole) = chunk(event, expected) else {
            return self.receive_one(client, event, expected).await;
        };
        // Where a server cuts its output is its own affair.
        let mut output = String::new();
        loop {
            let mut wanted = expected.clone();
            wanted["data"] = json!("<text>");
            let mut actual = self.receive_one(client, event, &wanted).await?;
            output.push_str(chunk(event, &actual).unwrap_or_default());
            if output == whole {
                actual["data"] = json!(output);
                return Ok(actual);
            }
            if !whole.starts_with(&output) {
                let difference = Difference {
                    path: "/data, all chunks joined".to_owned(),
                    expected: spaced(&json!(whole)),
                    received: spaced(&json!(output)),
                };
                let problem = format!("the output that {client} receives is another");
                return Err(Stop::Deviates(problem, Some(difference)));
            }
        }
    }

    async fn receive_one(&mut self, client: &str, event: &str, expected: &Value) -> Passed<Value> {
        let process = process_lane(event, expected);
        let process = process.map(|token| self.meanings.expand_text(&token).ok());
        let deadline = self.deadline();
        let is_next = |arrival: &Arrival| match (&arrival.what, &process) {
            (What::Event { .. }, None) => arrival.process().is_none(),
            (What::Event { .. }, Some(None)) => arrival.process().is_some(),
            (What::Event { .. }, Some(known)) => arrival.process() == *known,
            _ => false,
        };
        let Some(arrival) = self.socket(client)?.take(deadline, is_next).await else {
            return Err(self.late(&format!("`{event}`")));
        };
        let order = arrival.order;
        let What::Event {
            event: name,
            arguments,
        } = arrival.what
        else {
            return Err(deviates("an arrival of another kind".to_owned()));
        };
        if name != event {
            let shown = arguments
                .iter()
                .map(crate::matching::short)
                .collect::<Vec<_>>();
            let problem = format!(
                "{client} must receive `{event}`, but received `{name}` {}",
                shown.join(", ")
            );
            return Err(deviates(problem));
        }
        let rules = self.contract.event(self.namespace(client), event);
        let payload = only(&arguments, &format!("`{event}`"))?;
        self.compare(rules, expected, &payload, &format!("`{event}` at {client}"))?;
        self.in_order(client, First::Event, event, order, &payload)?;
        Ok(payload)
    }

    async fn called_back(&mut self, client: &str, number: u32, expected: &Value) -> Passed<Value> {
        let deadline = self.deadline();
        let socket = self.socket(client)?;
        let asked = socket.asked.get(&number).cloned().unwrap_or_default();
        let is_it = |arrival: &Arrival| matches!(arrival.what, What::Callback { id, .. } if id == u64::from(number));
        let what = format!("the callback of `{asked}`");
        let Some(arrival) = socket.take(deadline, is_it).await else {
            return Err(self.late(&what));
        };
        let What::Callback { arguments, .. } = arrival.what else {
            return Err(deviates("an arrival of another kind".to_owned()));
        };
        let payload = only(&arguments, &what)?;
        let rules = self.contract.callback(self.namespace(client), &asked);
        self.compare(rules, expected, &payload, &format!("{what} at {client}"))?;
        self.in_order(client, First::Callback, &asked, arrival.order, &payload)?;
        Ok(payload)
    }

    fn compare(
        &mut self,
        rules: Option<&Rules>,
        expected: &Value,
        actual: &Value,
        what: &str,
    ) -> Passed {
        let compared = self.matching().payload(rules, expected, actual);
        compared
            .map_err(|difference| Stop::Deviates(format!("{what} is another"), Some(difference)))?;
        match rules.and_then(|rules| rules.complaint(actual)) {
            Some(complaint) => Err(deviates(format!("{what}: {complaint}"))),
            None => Ok(()),
        }
    }

    /// Some callbacks come before or after the events that go with them.
    fn in_order(
        &mut self,
        client: &str,
        kind: First,
        name: &str,
        order: usize,
        payload: &Value,
    ) -> Passed {
        for (asked, told, first) in ORDER {
            let (this, other, other_name) = match kind {
                First::Event => (told, First::Callback, asked),
                First::Callback => (asked, First::Event, told),
            };
            if this != name || first == kind {
                continue;
            }
            let key = (client.to_owned(), other, other_name.to_owned());
            let Some((earlier, about)) = self.orders.get(&key) else {
                continue;
            };
            let is_same = asked != "claude:execute" || about["processId"] == payload["processId"];
            if is_same && *earlier > order {
                let problem = match first {
                    First::Event => format!("`{told}` must come before the callback of `{asked}`"),
                    First::Callback => {
                        format!("the callback of `{asked}` must come before `{told}`")
                    }
                };
                return Err(deviates(problem));
            }
        }
        let key = (client.to_owned(), kind, name.to_owned());
        self.orders.insert(key, (order, payload.clone()));
        Ok(())
    }

    async fn request(&mut self, request: &Request) -> Passed {
        let (method, path) = request
            .request
            .split_once(' ')
            .unwrap_or(("GET", &request.request));
        let headers = self.expanded(&request.headers)?;
        let body = request
            .body
            .as_ref()
            .map(|body| self.meanings.expand(body))
            .transpose()?;
        let body = body.map(|body| ("application/json", body.to_string()));
        let answered = async {
            let mut http = Http::connect(&self.target.origin).await?;
            http.request(method, path, &headers, body).await
        };
        let answered = tokio::time::timeout(self.manner.patience, answered).await;
        let answered = answered.map_err(|_| self.late("the answer"))?;
        let (status, text) = answered.map_err(|error| deviates(error.to_string()))?;
        let mut observed = request.clone();
        observed.status = status;
        if status != request.status {
            let difference = Difference {
                path: "status".to_owned(),
                expected: request.status.to_string(),
                received: format!("{status} {}", text.chars().take(200).collect::<String>()),
            };
            let problem = "the request is answered otherwise".to_owned();
            return Err(Stop::Deviates(problem, Some(difference)));
        }
        if let Some(expected) = &request.answer {
            observed.answer = Some(self.answer(expected, &text)?);
        }
        if let Some(missing) = request
            .mentions
            .iter()
            .find(|mention| !text.contains(*mention))
        {
            let shown = text.chars().take(300).collect::<String>();
            return Err(deviates(format!(
                "the answer must mention {missing}, but reads {shown}"
            )));
        }
        self.observed.push(Step::Request(observed));
        Ok(())
    }

    /// Compares the fields that the answer must have. A number may be `null`: not known.
    fn answer(&mut self, expected: &Value, text: &str) -> Passed<Value> {
        let actual: Value = serde_json::from_str(text)
            .map_err(|_| deviates("the answer is not JSON".to_owned()))?;
        for (field, wanted) in expected.as_object().into_iter().flatten() {
            let got = &actual[field];
            if wanted.is_number() && got.is_null() && actual.get(field).is_some() {
                continue;
            }
            let compared = self
                .matching()
                .value(None, wanted, got, &format!("/{field}"));
            compared.map_err(|difference| {
                Stop::Deviates("the answer is another".to_owned(), Some(difference))
            })?;
        }
        Ok(expected.clone())
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
        if self.transcript.has_need(&crate::transcript::Need::Claude) {
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
