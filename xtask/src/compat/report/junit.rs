//! JUnit's XML: a test case for each finding, failed when the gate fails for it.

use super::{FailOn, Report, shown_payload};
use crate::compat::level::Level;

pub(super) fn print(report: &Report) -> String {
    let limit = match report.fail_on {
        FailOn::Breaking => Some(Level::Breaking),
        FailOn::Dangerous => Some(Level::Dangerous),
        FailOn::Never => None,
    };
    let mut cases = String::new();
    let (mut tests, mut failures) = (0, 0);
    for finding in &report.findings {
        tests += 1;
        let name = format!("{}: {}", finding.subject, finding.change);
        cases += &format!(
            "    <testcase classname=\"{}\" name=\"{}\"",
            escaped(finding.rule),
            escaped(&name)
        );
        let failed = limit.is_some_and(|limit| finding.level >= limit);
        if !failed || finding.accepted.is_some() {
            cases += "/>\n";
            continue;
        }
        failures += 1;
        let payload = finding
            .witness
            .as_ref()
            .map(shown_payload)
            .unwrap_or_default();
        let text = format!(
            "at {}\npayload: {payload}\n{}",
            finding.pointer, finding.advice
        );
        cases += &format!(
            ">\n      <failure message=\"{}\">{}</failure>\n    </testcase>\n",
            escaped(&finding.change),
            escaped(&text)
        );
    }
    if tests == 0 {
        tests = 1;
        cases += "    <testcase classname=\"compat\" name=\"nothing changed\"/>\n";
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"compat {}\" \
         tests=\"{tests}\" failures=\"{failures}\">\n{cases}  </testsuite>\n</testsuites>\n",
        escaped(report.mode)
    )
}

fn escaped(text: &str) -> String {
    let plain = |letter: char| match letter {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '"' => "&quot;".to_owned(),
        // XML 1.0 has no way to write other control characters.
        '\n' | '\t' => letter.to_string(),
        letter if letter.is_control() => "\u{fffd}".to_owned(),
        '\u{fffe}' | '\u{ffff}' => "\u{fffd}".to_owned(),
        letter => letter.to_string(),
    };
    text.chars().map(plain).collect()
}
