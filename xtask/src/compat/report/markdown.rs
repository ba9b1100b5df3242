//! For a comment on a pull request.

use super::{Report, shown_payload};
use crate::compat::level::Level;

pub(super) fn print(report: &Report) -> String {
    let verdict = match report.level() {
        Level::Breaking => "This change breaks the protocol",
        Level::Dangerous => "This change of the protocol is dangerous",
        Level::Compatible => "This change of the protocol is compatible",
    };
    let mut text = format!(
        "### {verdict}\n\n`{}` → `{}`, {}: {}.\n",
        report.old,
        report.new,
        report.mode,
        report.summary()
    );
    for line in report.versions() {
        text += &format!("- Version of {line}\n");
    }
    for finding in report.notable() {
        text += &format!(
            "\n#### `{}` ({}): {}\n\n- Where: {}, at `{}`\n",
            finding.rule,
            finding.level.name(),
            finding.change,
            finding.subject,
            finding.pointer
        );
        if !finding.also.is_empty() {
            text += &format!("- Also: {}\n", finding.also.join("; "));
        }
        if let (Some(writer), Some(reader)) = (&finding.writer, &finding.reader) {
            text += &format!("- Written by {writer}, read by {reader}\n");
        }
        if let Some(refusal) = &finding.refusal {
            text += &format!("- Refused: {refusal}\n");
        }
        text += &format!(
            "- Do: {}\n- Fingerprint: `{}`\n",
            finding.advice, finding.fingerprint
        );
        if let Some(witness) = &finding.witness {
            text += &format!("\n```json\n{}\n```\n", shown_payload(witness));
        }
    }
    text
}
