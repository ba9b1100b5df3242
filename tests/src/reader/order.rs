//! The order in which a transcript tells what arrived.

use crate::transcript::{Act, Step};
use serde_json::{Value, json};

/// Between two things that clients do, what arrives at different sockets has no order: it is told
/// socket by socket, and on a socket process by process.
pub(super) fn in_order(steps: Vec<Step>) -> Vec<Step> {
    let mut ordered = Vec::new();
    let mut arrivals: Vec<(String, Vec<Step>)> = Vec::new();
    for step in steps {
        match &step {
            Step::Socket { client, act } if act.arrives() => {
                match arrivals.iter_mut().find(|(name, _)| name == client) {
                    Some((_, steps)) => steps.push(step),
                    None => arrivals.push((client.clone(), vec![step])),
                }
            }
            _ => {
                ordered.extend(told_by_socket(&mut arrivals));
                ordered.push(step);
            }
        }
    }
    ordered.extend(told_by_socket(&mut arrivals));
    ordered
}

fn told_by_socket(arrivals: &mut Vec<(String, Vec<Step>)>) -> Vec<Step> {
    let mut arrivals = std::mem::take(arrivals);
    arrivals.sort_by(|(one, _), (other, _)| one.cmp(other));
    let by_process = arrivals.into_iter().flat_map(|(_, mut steps)| {
        let mut processes = Vec::new();
        for process in steps.iter().filter_map(process_of) {
            if !processes.contains(&process) {
                processes.push(process);
            }
        }
        steps.sort_by_key(|step| {
            let process = process_of(step);
            process.and_then(|process| processes.iter().position(|it| *it == process))
        });
        steps
    });
    by_process.collect()
}

fn process_of(step: &Step) -> Option<String> {
    match step {
        Step::Socket {
            act: Act::Receives { event, payload },
            ..
        } => process_lane(event, payload),
        _ => None,
    }
}

/// The process that an event reports on. Reports on different processes have no order.
#[must_use]
pub fn process_lane(event: &str, payload: &Value) -> Option<String> {
    let is_report = event.starts_with("claude:");
    let process = payload["processId"].as_str().filter(|_| is_report)?;
    Some(process.to_owned())
}

/// Where a server cuts its output is its own affair: chunks that follow each other are one.
pub(super) fn joined(steps: Vec<Step>) -> Vec<Step> {
    let mut joined: Vec<Step> = Vec::new();
    for step in steps {
        let chunk = chunk_of(&step).map(str::to_owned);
        let of = |step: &Step| match step {
            Step::Socket { client, .. } => Some((client.clone(), process_of(step))),
            _ => None,
        };
        match (joined.last_mut(), chunk) {
            (Some(last), Some(chunk)) if chunk_of(last).is_some() && of(last) == of(&step) => {
                if let Step::Socket {
                    act: Act::Receives { payload, .. },
                    ..
                } = last
                {
                    let whole = payload["data"].as_str().unwrap_or_default().to_owned() + &chunk;
                    payload["data"] = json!(whole);
                }
            }
            _ => joined.push(step),
        }
    }
    joined
}

fn chunk_of(step: &Step) -> Option<&str> {
    match step {
        Step::Socket {
            act: Act::Receives { event, payload },
            ..
        } => chunk(event, payload),
        _ => None,
    }
}

/// The output that an event carries.
#[must_use]
pub fn chunk<'a>(event: &str, payload: &'a Value) -> Option<&'a str> {
    payload["data"]
        .as_str()
        .filter(|_| event == "claude:progress")
}
