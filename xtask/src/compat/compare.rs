//! Compares two bundles, or two schemas, and collects the findings.

use super::bare::bare;
use super::bundle::{Bundle, Event, Sender};
use super::cause::{Names, Payload};
use super::changes::{Change, changes};
use super::finding::Finding;
use super::inclusion::{self, Document};
use super::level::{Axis, Direction, Level};
use super::manifest;
use super::payload::breaks;
use super::rules::*;
use super::versions::RequiredVersion;
use anyhow::Context;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What a comparison came to.
#[derive(Debug, Default)]
pub(super) struct Comparison {
    pub(super) findings: Vec<Finding>,
    /// How many payloads were compared.
    pub(super) payloads: usize,
    /// How far versions must be raised.
    pub(super) versions: Vec<RequiredVersion>,
}

/// Compares two bundles: clients of the first meet a server of the second.
///
/// # Errors
/// When a schema of one of them cannot be read.
pub(super) fn bundles(
    old: &Bundle,
    new: &Bundle,
    names: &Names,
    today: &str,
) -> anyhow::Result<Comparison> {
    let mut comparison = Comparison::default();
    for finding in manifest::compare(old, new, today) {
        add_with_source(&mut comparison, finding);
    }
    for part in parts(old, new) {
        let (was, now) = (old.complete(part.old), new.complete(part.new));
        comparison.payloads += 1;
        let payload = Payload {
            subject: part.subject,
            pointer: part.pointer,
            direction: part.direction,
            old: &was,
            new: &now,
            names,
        };
        compare_payload(&payload, true, &mut comparison)
            .with_context(|| payload.subject.clone())?;
    }
    named_types(old, new, &mut comparison);
    tell_source_with_wire(&mut comparison);
    Ok(comparison)
}

/// What breaks on the wire breaks code as well: that is one finding, not two.
fn tell_source_with_wire(comparison: &mut Comparison) {
    let findings = std::mem::take(&mut comparison.findings);
    let (mut wire, source): (Vec<_>, Vec<_>) =
        findings.into_iter().partition(|it| it.axis == Axis::Wire);
    let mut left = Vec::new();
    for finding in source {
        let same = |other: &&mut Finding| {
            other.rule == finding.rule
                && other.level >= finding.level
                && type_of(&other.pointer) == type_of(&finding.pointer)
                && (other.pointer.starts_with(&finding.pointer) || other.change == finding.change)
        };
        match wire.iter_mut().find(same) {
            Some(told) => told.breaks_source = true,
            None => left.push(finding),
        }
    }
    wire.extend(left);
    comparison.findings = wire;
}

/// Compares one pair of schemas.
///
/// # Errors
/// When one of them cannot be read.
pub(super) fn pair(old: &Value, new: &Value, direction: Direction) -> anyhow::Result<Comparison> {
    let names = Names {
        clients: "a client of the old schema".into(),
        server: "a server of the new schema".into(),
    };
    let mut comparison = Comparison {
        payloads: 1,
        ..Comparison::default()
    };
    let payload = Payload {
        subject: format!("payload ({})", direction.name()),
        pointer: String::new(),
        direction,
        old,
        new,
        names: &names,
    };
    compare_payload(&payload, false, &mut comparison)?;
    Ok(comparison)
}

/// One payload of both bundles.
struct Part<'a> {
    subject: String,
    pointer: String,
    direction: Direction,
    old: &'a Value,
    new: &'a Value,
}

/// The payloads that both bundles have.
fn parts<'a>(old: &'a Bundle, new: &'a Bundle) -> Vec<Part<'a>> {
    let mut parts = Vec::new();
    for now in &new.events {
        if let Some(was) = manifest::twin(old, now) {
            event_parts(was, now, &mut parts);
        }
    }
    if let (Some(was), Some(now)) = (&old.handshake, &new.handshake) {
        parts.push(Part {
            subject: "handshake (client to server)".into(),
            pointer: "/handshake".into(),
            direction: Direction::ClientToServer,
            old: &was.schema,
            new: &now.schema,
        });
    }
    parts
}

fn event_parts<'a>(was: &'a Event, now: &'a Event, parts: &mut Vec<Part<'a>>) {
    let pointer = manifest::pointer(now);
    let arguments = was.arguments.iter().zip(&now.arguments).enumerate();
    for (index, (old, new)) in arguments {
        parts.push(Part {
            subject: format!("{}, argument `{}`", manifest::shown(now), new.name),
            pointer: format!("{pointer}/arguments/{index}/schema"),
            direction: manifest::direction(now),
            old: &old.schema,
            new: &new.schema,
        });
    }
    if let (Sender::Client, Some(old), Some(new)) = (now.direction, &was.callback, &now.callback) {
        parts.push(Part {
            subject: format!("event `{}`, callback (server to client)", now.name),
            pointer: format!("{pointer}/callback/schema"),
            direction: Direction::ServerToClient,
            old: &old.schema,
            new: &new.schema,
        });
    }
}

fn compare_payload(
    payload: &Payload<'_>,
    with_source: bool,
    comparison: &mut Comparison,
) -> anyhow::Result<()> {
    if bare(payload.old) == bare(payload.new) && with_source {
        return Ok(());
    }
    inclusion::check(payload.old).context("in the old schema")?;
    inclusion::check(payload.new).context("in the new schema")?;
    if payload.old == payload.new {
        return Ok(());
    }
    let (writer, reader) = payload.roles();
    let found = breaks(writer, reader)?;
    let refused = !found.is_empty();
    let changes = changes(payload.old, payload.new);
    for (index, found) in found.into_iter().enumerate() {
        // Which keyword refuses what nobody has seen the schemas themselves must tell.
        if !found.unseen || !tell_unseen(payload, &changes, comparison) {
            merge(comparison, payload.finding(&found, index == 0));
        }
    }
    for change in changes {
        tolerated(payload, &change, refused, comparison);
        if with_source {
            source(payload, &change, comparison);
        }
    }
    Ok(())
}

/// Tells the bounds that refuse a payload too large to show; whether there are any.
fn tell_unseen(payload: &Payload<'_>, changes: &[Change], comparison: &mut Comparison) -> bool {
    let breaks = |change: &&Change| {
        let level = rule(change.rule).map(|it| it.level(Axis::Wire, payload.direction));
        [BOUND_TIGHTENED, BOUND_LOOSENED].contains(&change.rule) && level == Some(Level::Breaking)
    };
    let mut told = false;
    for change in changes.iter().filter(breaks) {
        let mut finding = wire_finding(payload, change);
        finding.refusal = Some("a payload beyond the bound, too large to show here".into());
        merge(comparison, finding);
        told = true;
    }
    told
}

/// What the wire tolerates is told as well; what would break it was told by inclusion, or does not.
fn tolerated(payload: &Payload<'_>, change: &Change, refused: bool, comparison: &mut Comparison) {
    let Some(rule) = rule(change.rule) else {
        return;
    };
    let level = rule.level(Axis::Wire, payload.direction);
    if level == Level::Breaking || (refused && told(change, comparison)) {
        return;
    }
    merge(comparison, wire_finding(payload, change));
}

fn wire_finding(payload: &Payload<'_>, change: &Change) -> Finding {
    let pointer = place(payload, &change.pointer);
    let direction = Some(payload.direction);
    let (subject, text) = (payload.subject.clone(), &change.text);
    let mut finding = Finding::new(change.rule, Axis::Wire, direction, subject, pointer, text);
    let (writer, reader) = payload.people();
    finding.writer = Some(writer);
    finding.reader = Some(reader);
    finding
}

/// Whether a field that is gone was already told to be refused.
fn told(change: &Change, comparison: &Comparison) -> bool {
    let name = change.pointer.rsplit('/').next().unwrap_or("");
    let field = format!("`{name}`");
    let mut findings = comparison.findings.iter();
    findings.any(|finding| finding.rule == FIELD_REFUSED && finding.change.contains(&field))
}

/// What the change does to code that imports the types.
fn source(payload: &Payload<'_>, change: &Change, comparison: &mut Comparison) {
    let Some(rule) = rule(change.rule) else {
        return;
    };
    if rule.level(Axis::Source, payload.direction) == Level::Compatible {
        return;
    }
    let pointer = place(payload, &change.pointer);
    // A rename inside the named type is told once for all events that use it.
    let subject = match type_of(&pointer) {
        Some(name) => format!("type `{name}`"),
        None => payload.subject.clone(),
    };
    let direction = Some(payload.direction);
    let finding = Finding::new(
        change.rule,
        Axis::Source,
        direction,
        subject,
        pointer,
        &change.text,
    );
    merge(comparison, finding);
}

fn type_of(pointer: &str) -> Option<&str> {
    let rest = pointer.strip_prefix("/$defs/")?;
    rest.split('/').next()
}

fn place(payload: &Payload<'_>, pointer: &str) -> String {
    match pointer.starts_with("/$defs/") {
        true => pointer.to_owned(),
        false => format!("{}{pointer}", payload.pointer),
    }
}

/// Named types that came, went or were renamed: nothing of it shows on the wire.
fn named_types(old: &Bundle, new: &Bundle, comparison: &mut Comparison) {
    let used = |bundle: &Bundle| -> BTreeSet<String> {
        let directions = Direction::BOTH.into_iter();
        directions.flat_map(|it| bundle.types(it)).collect()
    };
    let (before, after) = (used(old), used(new));
    let shape = |bundle: &Bundle, name: &str| bundle.definitions.get(name).map(bare);
    let same = |name: &str, other: &str| {
        let whole = |bundle: &Bundle, name: &str| {
            bundle.complete(&json!({ "$ref": super::inclusion::place("#/$defs", name) }))
        };
        let (was, now) = (whole(old, name), whole(new, other));
        let (one, other) = (Document::new(&was), Document::new(&now));
        inclusion::same((&one, &was), (&other, &now))
    };
    let mut added: BTreeSet<&String> = after.difference(&before).collect();
    let mut add = |rule, name: &str, text: String| {
        let subject = format!("type `{name}`");
        let pointer = super::inclusion::place("/$defs", name);
        merge(
            comparison,
            Finding::new(rule, Axis::Source, None, subject, pointer, text),
        );
    };
    for name in before.difference(&after) {
        let was = shape(old, name);
        let renamed = added.iter().find(|other| shape(new, other) == was);
        // A type that refers to itself is spelled differently under another name.
        let renamed = renamed.or_else(|| added.iter().find(|other| same(name, other)));
        let renamed = renamed.copied();
        match renamed {
            Some(now) => {
                added.remove(now);
                add(
                    TYPE_RENAMED,
                    name,
                    format!("`{name}` is now called `{now}`"),
                );
            }
            None => add(TYPE_REMOVED, name, format!("`{name}` was removed")),
        }
    }
    for name in added {
        add(TYPE_ADDED, name, format!("`{name}` was added"));
    }
}

fn add_with_source(comparison: &mut Comparison, finding: Finding) {
    let source = rule(finding.rule)
        .zip(finding.direction)
        .filter(|(rule, direction)| {
            rule.level(Axis::Source, *direction) > rule.level(Axis::Wire, *direction)
        });
    if source.is_some() {
        let (subject, pointer) = (finding.subject.clone(), finding.pointer.clone());
        let change = finding.change.clone();
        let source = Finding::new(
            finding.rule,
            Axis::Source,
            finding.direction,
            subject,
            pointer,
            change,
        );
        merge(comparison, source);
    }
    merge(comparison, finding);
}

/// Adds a finding, or the event it concerns to the same finding about another one.
pub(super) fn merge(comparison: &mut Comparison, finding: Finding) {
    let known = comparison
        .findings
        .iter_mut()
        .find(|known| known.is_same(&finding));
    match known {
        Some(known) => {
            if known.subject != finding.subject && !known.also.contains(&finding.subject) {
                known.also.push(finding.subject);
            }
        }
        None => comparison.findings.push(finding),
    }
}
