//! What a socket of a replay must receive: events and callbacks, in their order.

use super::{Passed, Play, Stop, deviates, only};
use crate::contract::{First, ORDER, Rules};
use crate::format::spaced;
use crate::matching::Difference;
use crate::reader::{chunk, process_lane};
use crate::replay::socket::Arrival;
use crate::wire::Received;
use serde_json::{Value, json};

impl Play<'_> {
    pub(super) async fn receive(
        &mut self,
        client: &str,
        event: &str,
        expected: &Value,
    ) -> Passed<Value> {
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

    pub(super) async fn receive_one(
        &mut self,
        client: &str,
        event: &str,
        expected: &Value,
    ) -> Passed<Value> {
        let process = process_lane(event, expected);
        let process = process.map(|token| self.meanings.expand_text(&token).ok());
        let deadline = self.deadline();
        let is_next = |arrival: &Arrival| match (&arrival.what, &process) {
            (Received::Event { .. }, None) => arrival.process().is_none(),
            (Received::Event { .. }, Some(None)) => arrival.process().is_some(),
            (Received::Event { .. }, Some(known)) => arrival.process() == *known,
            _ => false,
        };
        let Some(arrival) = self.socket(client)?.take(deadline, is_next).await else {
            return Err(self.late(&format!("`{event}`")));
        };
        let order = arrival.order;
        let Received::Event {
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

    pub(super) async fn called_back(
        &mut self,
        client: &str,
        number: u32,
        expected: &Value,
    ) -> Passed<Value> {
        let deadline = self.deadline();
        let socket = self.socket(client)?;
        let asked = socket.asked.get(&number).cloned().unwrap_or_default();
        let is_it = |arrival: &Arrival| matches!(arrival.what, Received::Callback { id, .. } if id == u64::from(number));
        let what = format!("the callback of `{asked}`");
        let Some(arrival) = socket.take(deadline, is_it).await else {
            return Err(self.late(&what));
        };
        let Received::Callback { arguments, .. } = arrival.what else {
            return Err(deviates("an arrival of another kind".to_owned()));
        };
        let payload = only(&arguments, &what)?;
        let rules = self.contract.callback(self.namespace(client), &asked);
        self.compare(rules, expected, &payload, &format!("{what} at {client}"))?;
        self.in_order(client, First::Callback, &asked, arrival.order, &payload)?;
        Ok(payload)
    }

    pub(super) fn compare(
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
    pub(super) fn in_order(
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
}
