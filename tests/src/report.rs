//! Reports: what a run found, for people, for programs and for CI.

use crate::replay::Verdict;
use crate::suite::Telling;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write;

/// Stories that are known to fail, one a line; what follows a `#` is for readers.
#[derive(Debug, Default)]
pub struct KnownFailures(BTreeSet<String>);

/// What a telling means for the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// As the story says.
    Passed,
    /// A deviation.
    Failed,
    /// A deviation that was known.
    KnownFailure,
    /// A known deviation that is gone.
    Fixed,
    /// The story could not be told.
    Skipped,
}

impl KnownFailures {
    /// Reads the file.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let lines = text
            .lines()
            .map(|line| line.split('#').next().unwrap_or_default().trim());
        Self(
            lines
                .filter(|line| !line.is_empty())
                .map(str::to_owned)
                .collect(),
        )
    }

    /// Names of the file that are no stories.
    #[must_use]
    pub fn unknown(&self, stories: &[&str]) -> Vec<String> {
        let unknown = self
            .0
            .iter()
            .filter(|name| !stories.contains(&name.as_str()));
        unknown.cloned().collect()
    }

    /// What a telling means.
    #[must_use]
    pub fn outcome(&self, telling: &Telling) -> Outcome {
        match (&telling.verdict, self.0.contains(&telling.story)) {
            (Verdict::Skipped(_), _) => Outcome::Skipped,
            (Verdict::Passed(_), false) => Outcome::Passed,
            (Verdict::Passed(_), true) => Outcome::Fixed,
            (Verdict::Failed(_), false) => Outcome::Failed,
            (Verdict::Failed(_), true) => Outcome::KnownFailure,
        }
    }
}

impl Outcome {
    fn word(self) -> &'static str {
        match self {
            Self::Passed => "pass",
            Self::Failed => "FAIL",
            Self::KnownFailure => "known",
            Self::Fixed => "FIXED",
            Self::Skipped => "skip",
        }
    }
}

/// Whether a run is good: nothing fails that is not known to, and what is known does.
#[must_use]
pub fn is_good(tellings: &[Telling], known: &KnownFailures) -> bool {
    tellings
        .iter()
        .all(|telling| !matches!(known.outcome(telling), Outcome::Failed | Outcome::Fixed))
}

/// A table with the first deviation of each story that failed.
#[must_use]
pub fn table(tellings: &[Telling], known: &KnownFailures) -> String {
    let width = tellings
        .iter()
        .map(|telling| telling.story.len())
        .max()
        .unwrap_or_default();
    let mut text = String::new();
    for telling in tellings {
        let outcome = known.outcome(telling);
        let transport = transport(telling);
        let line = format!(
            "{:5} {:width$} {transport:9}",
            outcome.word(),
            telling.story
        );
        let _ = match &telling.verdict {
            Verdict::Passed(_) => writeln!(text, "{line} {:5} ms", telling.took.as_millis()),
            Verdict::Skipped(reason) => writeln!(text, "{line} {reason}"),
            Verdict::Failed(deviation) => {
                let about = &telling.about;
                let details = format!("{about}\n{deviation}");
                let indented = details.lines().map(|line| format!("      {line}\n"));
                writeln!(text, "{line}\n{}", indented.collect::<String>())
            }
        };
    }
    let count = |outcome| {
        tellings
            .iter()
            .filter(|it| known.outcome(it) == outcome)
            .count()
    };
    let _ = writeln!(
        text,
        "\n{} passed, {} failed, {} known to fail, {} skipped",
        count(Outcome::Passed),
        count(Outcome::Failed),
        count(Outcome::KnownFailure),
        count(Outcome::Skipped),
    );
    if count(Outcome::Fixed) > 0 {
        let fixed = count(Outcome::Fixed);
        let _ = writeln!(
            text,
            "{fixed} known to fail pass now: remove them from the file"
        );
    }
    text
}

/// The same for programs.
#[must_use]
pub fn json(tellings: &[Telling], known: &KnownFailures) -> Value {
    let stories = tellings.iter().map(|telling| {
        let mut one = json!({
            "story": telling.story,
            "about": telling.about,
            "transport": transport(telling),
            "outcome": known.outcome(telling).word().to_lowercase(),
            "durationMs": u64::try_from(telling.took.as_millis()).unwrap_or(u64::MAX),
        });
        match &telling.verdict {
            Verdict::Passed(_) => {}
            Verdict::Skipped(reason) => one["reason"] = json!(reason),
            Verdict::Failed(deviation) => {
                let difference = deviation.difference.as_ref();
                one["deviation"] = json!({
                    "step": deviation.step,
                    "line": deviation.line,
                    "problem": deviation.problem,
                    "path": difference.map(|it| &it.path),
                    "expected": difference.map(|it| &it.expected),
                    "received": difference.map(|it| &it.received),
                    "arrived": deviation.arrived,
                });
            }
        }
        one
    });
    json!({ "passed": is_good(tellings, known), "stories": stories.collect::<Vec<_>>() })
}

/// The same for CI, as JUnit has it: known failures count as skipped.
#[must_use]
pub fn junit(tellings: &[Telling], known: &KnownFailures) -> String {
    let count = |outcomes: &[Outcome]| {
        tellings
            .iter()
            .filter(|it| outcomes.contains(&known.outcome(it)))
            .count()
    };
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(
        text,
        "<testsuite name=\"conformance\" tests=\"{}\" failures=\"{}\" skipped=\"{}\">",
        tellings.len(),
        count(&[Outcome::Failed, Outcome::Fixed]),
        count(&[Outcome::Skipped, Outcome::KnownFailure]),
    );
    for telling in tellings {
        let (area, story) = telling
            .story
            .split_once('/')
            .unwrap_or(("", &telling.story));
        let name = format!("{story} ({})", transport(telling));
        let _ = write!(
            text,
            "  <testcase classname=\"{}\" name=\"{}\" time=\"{:.3}\">",
            escaped(area),
            escaped(&name),
            telling.took.as_secs_f64(),
        );
        let _ = match (known.outcome(telling), &telling.verdict) {
            (Outcome::Failed, Verdict::Failed(deviation)) => {
                let problem = escaped(&deviation.problem);
                let whole = escaped(&deviation.to_string());
                write!(text, "<failure message=\"{problem}\">{whole}</failure>")
            }
            (Outcome::Fixed, _) => {
                write!(text, "<failure message=\"known to fail, but passes now\"/>")
            }
            (Outcome::KnownFailure, _) => write!(text, "<skipped message=\"known to fail\"/>"),
            (_, Verdict::Skipped(reason)) => {
                write!(text, "<skipped message=\"{}\"/>", escaped(reason))
            }
            _ => Ok(()),
        };
        text.push_str("</testcase>\n");
    }
    text.push_str("</testsuite>\n");
    text
}

fn transport(telling: &Telling) -> &'static str {
    match telling.transport {
        crate::wire::Transport::Websocket => "websocket",
        crate::wire::Transport::Polling => "polling",
    }
}

fn escaped(text: &str) -> String {
    let legal = |c: &char| *c >= ' ' || matches!(c, '\n' | '\t');
    let mut escaped = String::new();
    for letter in text.chars().filter(legal) {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            letter => escaped.push(letter),
        }
    }
    escaped
}
