//! For people: one block for each finding, in the manner of a compiler.

use super::{Report, shown_payload};
use crate::compat::accept;
use crate::compat::finding::Finding;
use crate::compat::level::{Axis, Level};
use crate::compat::rules::PACKAGE_VERSION_TOO_LOW;

pub(super) fn print(report: &Report) -> String {
    let mut text = String::new();
    for finding in report.notable() {
        text += &block(finding);
        text.push('\n');
    }
    let compatible: Vec<_> = report
        .open()
        .filter(|finding| finding.level == Level::Compatible)
        .collect();
    for finding in compatible.iter().take(40) {
        text += &format!(
            "ok[{}]: {}: {}\n",
            finding.rule, finding.subject, finding.change
        );
    }
    if compatible.len() > 40 {
        text += &format!(
            "ok: and {} more compatible changes\n",
            compatible.len() - 40
        );
    }
    for finding in report.findings.iter().filter(|it| it.accepted.is_some()) {
        let reason = finding.accepted.as_deref().unwrap_or("");
        text += &format!(
            "accepted[{}]: {}: {} ({reason})\n",
            finding.rule, finding.subject, finding.change
        );
    }
    text += &acceptances(report);
    if !text.is_empty() && !text.ends_with("\n\n") {
        text.push('\n');
    }
    text += &format!(
        "{} -> {} ({}): {}\n",
        report.old,
        report.new,
        report.mode,
        report.summary()
    );
    for line in report.versions() {
        text += &format!("  version of {line}\n");
    }
    if report.fails() {
        text += "  a rule in full: cargo xtask compat explain RULE\n";
    }
    text
}

fn block(finding: &Finding) -> String {
    let word = match finding.level {
        Level::Breaking => "error",
        Level::Dangerous => "warning",
        Level::Compatible => "ok",
    };
    let mut text = format!("{word}[{}]: {}\n", finding.rule, finding.change);
    let mut line = |name: &str, value: &str| {
        text += &format!("  {name:>8}: {value}\n");
    };
    line("where", &finding.subject);
    for other in finding.also.iter().take(6) {
        line("", other);
    }
    if finding.also.len() > 6 {
        line("", &format!("and {} more", finding.also.len() - 6));
    }
    line("at", &finding.pointer);
    match (&finding.writer, &finding.reader) {
        (Some(writer), Some(reader)) => {
            line(
                "between",
                &format!("{writer} (writes) and {reader} (reads)"),
            );
        }
        _ if finding.axis == Axis::Source && finding.rule != PACKAGE_VERSION_TOO_LOW => {
            line(
                "between",
                "code that imports the types (TypeScript, Rust); nothing on the wire",
            );
        }
        _ => {}
    }
    if let Some(witness) = &finding.witness {
        line("payload", &shown_payload(witness));
    }
    if let Some(refusal) = &finding.refusal {
        line("refused", refusal);
    }
    if finding.breaks_source {
        line("and", "code that imports the types does not compile");
    }
    line("do", finding.advice);
    line("id", &finding.fingerprint);
    text
}

/// What to paste when the breaks are meant.
fn acceptances(report: &Report) -> String {
    let breaking: Vec<_> = report.notable();
    let mut breaking = breaking
        .iter()
        .filter(|finding| finding.level == Level::Breaking)
        .peekable();
    if breaking.peek().is_none() {
        return String::new();
    }
    let mut text = format!(
        "A break that is meant is accepted in {}, with the reason:\n\n",
        accept::FILE
    );
    for finding in breaking {
        text += &format!(
            "# {}: {}\n",
            finding.rule,
            finding.change.replace('\n', " ")
        );
        text += &accept::block(&finding.fingerprint, "…", &report.until);
        text.push('\n');
    }
    text
}
