//! Coverage: what the stories together must show, and what none of them shows.

use crate::contract::{Contract, SENTENCES};
use crate::transcript::{Act, Step, Transcript};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Values of the protocol that no story can bring about, with the reason.
const BEYOND_STORIES: [(&str, &str); 3] = [
    (
        "the status `pending`",
        "a process that is known is queued or running",
    ),
    (
        "error code INTERNAL_ERROR",
        "only a defect of a server leads to it",
    ),
    (
        "claude:error code STREAM_ERROR",
        "the decisions call every failure of the CLI EXECUTION_ERROR",
    ),
];

/// Refusals whose words are not fixed: what is refused, and how a story shows it.
const REFUSALS: [(&str, Shows); 11] = [
    (
        "a time limit above the highest",
        Shows::RefusedWith("claude:execute", "timeoutMs"),
    ),
    (
        "a working directory outside the workspace",
        Shows::RefusedWith("claude:execute", "workingDirectory"),
    ),
    (
        "a rate limit that is exceeded",
        Shows::Code("RATE_LIMIT_EXCEEDED"),
    ),
    ("a wait that was too long", Shows::Code("QUEUE_TIMEOUT")),
    (
        "more than 100 rooms",
        Shows::Refused("joinRoom", "one too many"),
    ),
    ("a disconnect after five failures", Shows::Disconnect),
    ("a foreign origin", Shows::Status(403)),
    ("publishing without the token", Shows::Status(401)),
    ("publishing a bad payload", Shows::Status(400)),
    ("publishing when it is off", Shows::Status(404)),
    (
        "a protocol version of another major number",
        Shows::RefusedConnect,
    ),
];

/// How a story shows a refusal.
enum Shows {
    Code(&'static str),
    Refused(&'static str, &'static str),
    RefusedWith(&'static str, &'static str),
    Disconnect,
    RefusedConnect,
    Status(u16),
}

impl Shows {
    fn is_refusal_of(&self, event: &str, argument: Option<&Value>) -> bool {
        match self {
            Self::Refused(name, value) => *name == event && argument == Some(&json!(value)),
            Self::RefusedWith(name, field) => {
                *name == event && argument.is_some_and(|argument| argument.get(field).is_some())
            }
            _ => false,
        }
    }
}

/// What no story shows, in words; empty when all is shown.
#[must_use]
pub fn gaps(stories: &[Transcript]) -> Vec<String> {
    let shown = shown(stories);
    let wanted = wanted(Contract::get());
    let is_beyond = |what: &String| BEYOND_STORIES.iter().any(|(name, _)| name == what);
    wanted
        .into_iter()
        .filter(|what| !shown.contains(what) && !is_beyond(what))
        .collect()
}

fn wanted(contract: &Contract) -> BTreeSet<String> {
    let mut wanted = BTreeSet::new();
    for (event, namespaces) in contract.events("client") {
        for namespace in namespaces {
            wanted.insert(format!("{event} sent on {namespace}"));
        }
        wanted.insert(format!("{event} called back"));
        if contract.can_refuse(event) {
            wanted.insert(format!("{event} refused"));
        }
    }
    for (event, namespaces) in contract.events("server") {
        wanted.extend(
            namespaces
                .iter()
                .map(|it| format!("{event} received on {it}")),
        );
    }
    let codes = |name, event: &str| {
        let values = contract.values(name).into_iter();
        values
            .map(|code| format!("{event} code {code}"))
            .collect::<Vec<_>>()
    };
    wanted.extend(codes("ClaudeErrorCode", "claude:error"));
    wanted.extend(codes("ErrorCode", "error"));
    wanted.extend(codes("NotificationType", "notification"));
    let statuses = contract.values("ClaudeProcessStatus").into_iter();
    wanted.extend(statuses.map(|status| format!("the status `{status}`")));
    wanted.extend(
        SENTENCES
            .iter()
            .map(|sentence| format!("the sentence `{sentence}`")),
    );
    wanted.extend(REFUSALS.iter().map(|(what, _)| (*what).to_owned()));
    wanted
}

fn shown(stories: &[Transcript]) -> BTreeSet<String> {
    let mut shown = BTreeSet::new();
    for story in stories {
        let mut asked = std::collections::BTreeMap::new();
        for step in &story.steps {
            match step {
                Step::Request(request) => {
                    let showing = REFUSALS.iter().filter(|(_, how)| {
                        matches!(how, Shows::Status(status) if *status == request.status)
                    });
                    shown.extend(showing.map(|(what, _)| (*what).to_owned()));
                }
                Step::Socket { client, act } => {
                    if let Act::Emits {
                        event,
                        arguments,
                        callback: Some(number),
                    } = act
                    {
                        asked.insert(*number, (event.clone(), arguments.clone()));
                    }
                    let namespace = &story.clients[client].namespace;
                    shown.extend(shown_by(act, namespace, &asked));
                }
                Step::Redis(_) | Step::Wait { .. } => {}
            }
        }
    }
    shown
}

type Asked = std::collections::BTreeMap<u32, (String, Vec<Value>)>;

fn shown_by(act: &Act, namespace: &str, asked: &Asked) -> Vec<String> {
    let refusals = |is_it: &dyn Fn(&Shows) -> bool| {
        let showing = REFUSALS.iter().filter(|(_, how)| is_it(how));
        showing
            .map(|(what, _)| (*what).to_owned())
            .collect::<Vec<_>>()
    };
    let mut shown = Vec::new();
    match act {
        Act::Emits { event, .. } => shown.push(format!("{event} sent on {namespace}")),
        Act::Receives { event, payload } => {
            shown.push(format!("{event} received on {namespace}"));
            for field in ["code", "type"] {
                if let Some(code) = payload[field].as_str() {
                    shown.push(format!("{event} code {code}"));
                    shown.extend(refusals(
                        &|how| matches!(how, Shows::Code(it) if *it == code),
                    ));
                }
            }
            shown.extend(sentence(&payload["message"]));
        }
        Act::IsCalledBack { callback, with } => {
            let Some((event, arguments)) = asked.get(callback) else {
                return shown;
            };
            shown.extend(sentence(&with["error"]));
            shown.extend(sentence(&with["message"]));
            let status = with["status"].as_str();
            shown.extend(status.map(|status| format!("the status `{status}`")));
            if with["success"] == json!(false) {
                shown.push(format!("{event} refused"));
                shown.extend(refusals(&|how| how.is_refusal_of(event, arguments.first())));
            } else {
                shown.push(format!("{event} called back"));
            }
        }
        Act::IsDisconnected => shown.extend(refusals(&|how| matches!(how, Shows::Disconnect))),
        Act::IsRefused { .. } => {
            shown.extend(refusals(&|how| matches!(how, Shows::RefusedConnect)))
        }
        Act::Connects | Act::Disconnects => {}
    }
    shown
}

fn sentence(value: &Value) -> Option<String> {
    value
        .as_str()
        .map(|sentence| format!("the sentence `{sentence}`"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stories;

    #[test]
    fn a_contract_without_its_stories_has_gaps() {
        let mut stories = stories::all().unwrap();
        assert_eq!(gaps(&stories), Vec::<String>::new());
        stories.retain(|story| !story.story.starts_with("liveness/"));
        let gaps = gaps(&stories);
        for gap in [
            "heartbeat sent on /",
            "heartbeat called back",
            "heartbeatAck received on /",
        ] {
            assert!(
                gaps.iter().any(|it| it == gap),
                "{gap} is not among {gaps:?}"
            );
        }
    }

    #[test]
    fn what_is_beyond_stories_is_part_of_the_contract_and_not_shown() {
        let (wanted, shown) = (wanted(Contract::get()), shown(&stories::all().unwrap()));
        for (what, _) in BEYOND_STORIES {
            assert!(wanted.contains(what), "{what} is no part of the contract");
            assert!(!shown.contains(what), "{what} is shown: remove it");
        }
    }
}
