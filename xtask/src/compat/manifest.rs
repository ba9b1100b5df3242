//! What changed in the list of events: everything but their payloads.

use super::bare::bare;
use super::bundle::{Bundle, Event, Sender};
use super::finding::Finding;
use super::level::{Axis, Direction};
use super::rules::*;
use std::collections::BTreeSet;

/// Compares the events of two bundles; `today` is a date like `2026-01-31`.
pub(super) fn compare(old: &Bundle, new: &Bundle, today: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    namespaces(old, new, &mut found);
    let mut added: Vec<&Event> = new
        .events
        .iter()
        .filter(|event| twin(old, event).is_none())
        .collect();
    for event in &old.events {
        match twin(new, event) {
            Some(now) => compare_event(event, now, &mut found),
            None => removed(event, (old, new), &mut added, today, &mut found),
        }
    }
    for event in added {
        let text = format!("`{}` was added", event.name);
        found.push(about(EVENT_ADDED, event, "", text));
    }
    found
}

/// The same event on the other side.
pub(super) fn twin<'a>(bundle: &'a Bundle, event: &Event) -> Option<&'a Event> {
    let same = |other: &&Event| other.name == event.name && other.direction == event.direction;
    bundle.events.iter().find(same)
}

pub(super) fn direction(event: &Event) -> Direction {
    match event.direction {
        Sender::Client => Direction::ClientToServer,
        Sender::Server => Direction::ServerToClient,
    }
}

/// An event in words.
pub(super) fn shown(event: &Event) -> String {
    format!("event `{}` ({})", event.name, direction(event).name())
}

/// Where an event stands in the bundle. Names, not places in the list: those change.
pub(super) fn pointer(event: &Event) -> String {
    super::inclusion::place("/events", &event.name)
}

fn about(rule: &'static str, event: &Event, part: &str, text: String) -> Finding {
    let pointer = format!("{}{part}", pointer(event));
    let direction = Some(direction(event));
    Finding::new(rule, Axis::Wire, direction, shown(event), pointer, text)
}

fn namespaces(old: &Bundle, new: &Bundle, found: &mut Vec<Finding>) {
    let paths = |bundle: &Bundle| -> BTreeSet<String> {
        let namespaces = bundle.namespaces.iter();
        namespaces.map(|namespace| namespace.path.clone()).collect()
    };
    let (before, after) = (paths(old), paths(new));
    let mut add = |rule, path: &String, word| {
        let subject = format!("namespace `{path}`");
        let text = format!("the namespace `{path}` was {word}");
        found.push(Finding::new(
            rule,
            Axis::Wire,
            None,
            subject,
            "/namespaces",
            text,
        ));
    };
    before
        .difference(&after)
        .for_each(|path| add(NAMESPACE_REMOVED, path, "removed"));
    after
        .difference(&before)
        .for_each(|path| add(NAMESPACE_ADDED, path, "added"));
}

fn removed<'a>(
    event: &Event,
    (old, new): (&Bundle, &'a Bundle),
    added: &mut Vec<&'a Event>,
    today: &str,
    found: &mut Vec<Finding>,
) {
    let name = &event.name;
    let turned = added
        .iter()
        .position(|other| other.name == *name && other.direction != event.direction);
    if let Some(place) = turned {
        let now = added.remove(place);
        let text = format!("`{name}` is now sent from {}", direction(now).name());
        found.push(about(EVENT_DIRECTION_CHANGED, event, "", text));
        return;
    }
    let sunset = event
        .deprecated
        .as_ref()
        .and_then(|it| it.sunset.as_deref());
    if let Some(sunset) = sunset.filter(|sunset| *sunset < today) {
        let text = format!("`{name}` was removed; it was deprecated until {sunset}");
        found.push(about(EVENT_REMOVED_AFTER_SUNSET, event, "", text));
        return;
    }
    let alike = |other: &&Event| payloads(new, other) == payloads(old, event);
    let renamed = added
        .iter()
        .position(|other| other.direction == event.direction && alike(other));
    if let Some(place) = renamed {
        let now = added.remove(place);
        let text = format!("`{name}` is now called `{}`", now.name);
        found.push(about(EVENT_RENAMED, event, "", text));
        return;
    }
    let text = match sunset {
        Some(sunset) => format!("`{name}` was removed before its sunset on {sunset}"),
        None => format!("`{name}` was removed"),
    };
    found.push(about(EVENT_REMOVED, event, "", text));
}

/// What an event carries, spelled out; to recognise it under another name.
fn payloads(bundle: &Bundle, event: &Event) -> Option<Vec<String>> {
    let arguments = event.arguments.iter().map(|it| &it.schema);
    let schemas = arguments.chain(event.callback.iter().map(|it| &it.schema));
    let shown: Vec<_> = schemas
        .map(|schema| bare(&bundle.complete(schema)).to_string())
        .collect();
    // Events without any payload all look alike.
    (!shown.is_empty()).then_some(shown)
}

fn compare_event(old: &Event, new: &Event, found: &mut Vec<Finding>) {
    let name = &new.name;
    let mut add = |rule, part: &str, text: String| found.push(about(rule, new, part, text));
    for path in &old.namespaces {
        if !new.namespaces.contains(path) {
            add(
                EVENT_LEFT_NAMESPACE,
                "/namespaces",
                format!("`{name}` is no longer on `{path}`"),
            );
        }
    }
    for path in &new.namespaces {
        if !old.namespaces.contains(path) {
            add(
                EVENT_JOINED_NAMESPACE,
                "/namespaces",
                format!("`{name}` is now on `{path}`, too"),
            );
        }
    }
    match (&old.callback, &new.callback) {
        (Some(_), None) => add(
            CALLBACK_REMOVED,
            "/callback",
            format!("`{name}` lost its callback"),
        ),
        (None, Some(_)) => add(
            CALLBACK_ADDED,
            "/callback",
            format!("`{name}` got a callback"),
        ),
        _ => {}
    }
    arguments(old, new, &mut add);
    let level = |event: &Event| event.access.as_ref().map(|access| access.level.clone());
    match (level(old).as_deref(), level(new).as_deref()) {
        (Some("anyone"), Some(now)) if now != "anyone" => {
            add(
                ACCESS_RAISED,
                "/access",
                format!("`{name}` now requires a signed-in socket"),
            );
        }
        (Some(was), Some("anyone")) if was != "anyone" => {
            add(
                ACCESS_LOWERED,
                "/access",
                format!("anyone may now send `{name}`"),
            );
        }
        _ => {}
    }
    if old.audience != new.audience {
        let shown = |event: &Event| event.audience.clone().unwrap_or_default();
        let text = format!("`{name}` went to {} and goes to {}", shown(old), shown(new));
        add(AUDIENCE_CHANGED, "/audience", text);
    }
    rate_limit(old, new, &mut add);
    if old.deprecated.is_none() && new.deprecated.is_some() {
        add(
            EVENT_DEPRECATED,
            "/deprecated",
            format!("`{name}` is deprecated"),
        );
    }
}

fn arguments(old: &Event, new: &Event, add: &mut impl FnMut(&'static str, &str, String)) {
    for (index, was) in old.arguments.iter().enumerate() {
        let part = format!("/arguments/{index}");
        let Some(now) = new.arguments.get(index) else {
            add(
                ARGUMENT_REMOVED,
                &part,
                format!("the argument `{}` was removed", was.name),
            );
            continue;
        };
        let (rule, word) = match (was.required, now.required) {
            (false, true) => (ARGUMENT_BECAME_REQUIRED, "required"),
            (true, false) => (ARGUMENT_BECAME_OPTIONAL, "optional"),
            _ => continue,
        };
        add(
            rule,
            &part,
            format!("the argument `{}` is now {word}", now.name),
        );
    }
    for (index, now) in new.arguments.iter().enumerate().skip(old.arguments.len()) {
        let (rule, word) = match now.required {
            true => (ARGUMENT_ADDED_REQUIRED, "required"),
            false => (ARGUMENT_ADDED_OPTIONAL, "optional"),
        };
        let part = format!("/arguments/{index}");
        add(
            rule,
            &part,
            format!("the {word} argument `{}` was added", now.name),
        );
    }
}

fn rate_limit(old: &Event, new: &Event, add: &mut impl FnMut(&'static str, &str, String)) {
    let rate = |event: &Event| {
        let limit = event.rate_limit.as_ref()?;
        Some((limit.max_requests, limit.window_ms.max(1)))
    };
    let shown = |rate: Option<(u64, u64)>| match rate {
        Some((requests, window)) => format!("{requests} per {window} ms"),
        None => "unlimited".to_owned(),
    };
    let (before, after) = (rate(old), rate(new));
    if before == after {
        return;
    }
    let tighter = match (before, after) {
        (None, _) => true,
        (_, None) => false,
        (Some((was, was_in)), Some((now, now_in))) => {
            u128::from(now) * u128::from(was_in) < u128::from(was) * u128::from(now_in) || now < was
        }
    };
    let rule = if tighter {
        RATE_LIMIT_TIGHTENED
    } else {
        RATE_LIMIT_LOOSENED
    };
    let text = format!(
        "`{}` was {} and is {}",
        new.name,
        shown(before),
        shown(after)
    );
    add(rule, "/rateLimit", text);
}
