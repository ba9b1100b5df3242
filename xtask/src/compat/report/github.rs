//! Annotations of GitHub Actions: one workflow command a line.

use super::{Report, shown_payload};
use crate::compat::level::Level;
use crate::compat::read::BUNDLE;

pub(super) fn print(report: &Report) -> String {
    let mut text = String::new();
    for finding in report.notable() {
        let command = match finding.level {
            Level::Breaking => "error",
            _ => "warning",
        };
        let mut message = format!("{}: {}", finding.subject, finding.change);
        if let Some(witness) = &finding.witness {
            message += &format!("\npayload that breaks: {}", shown_payload(witness));
        }
        message += &format!("\n{}\nfingerprint: {}", finding.advice, finding.fingerprint);
        text += &format!(
            "::{command} file={BUNDLE},title={}::{}\n",
            property(finding.rule),
            data(&message)
        );
    }
    text + &format!(
        "::notice title=Compatibility::{}\n",
        data(&report.summary())
    )
}

fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
