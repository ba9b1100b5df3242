//! What the gate prints.

mod text;

mod markdown;

mod github;

mod junit;

mod sarif;

use super::finding::Finding;
use super::level::Level;
use super::version::Bump;
use super::versions::RequiredVersion;
use serde_json::{Value, json};

/// How findings are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// Annotations of GitHub Actions.
    Github,
    /// For CI servers that show test results.
    Junit,
    /// For a comment on a pull request.
    Markdown,
    /// For code scanning.
    Sarif,
}

/// From which level on the gate fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum FailOn {
    /// Breaking findings.
    Breaking,
    /// Dangerous findings, too.
    Dangerous,
    /// Nothing: findings are told only.
    Never,
}

/// Everything that is to be told.
pub(super) struct Report {
    pub(super) old: String,
    pub(super) new: String,
    pub(super) mode: &'static str,
    pub(super) payloads: usize,
    pub(super) findings: Vec<Finding>,
    pub(super) fail_on: FailOn,
    pub(super) versions: Vec<RequiredVersion>,
    /// The day until which a suggested acceptance lasts.
    pub(super) until: String,
}

impl Report {
    /// Whether the gate fails.
    pub(super) fn fails(&self) -> bool {
        let limit = match self.fail_on {
            FailOn::Breaking => Level::Breaking,
            FailOn::Dangerous => Level::Dangerous,
            FailOn::Never => return false,
        };
        self.open().any(|finding| finding.level >= limit)
    }

    /// The worst level of what is not accepted.
    pub(super) fn level(&self) -> Level {
        let levels = self.open().map(|finding| finding.level);
        levels.max().unwrap_or(Level::Compatible)
    }

    fn open(&self) -> impl Iterator<Item = &Finding> {
        let findings = self.findings.iter();
        findings.filter(|finding| finding.accepted.is_none())
    }

    fn count(&self, level: Level) -> usize {
        self.open().filter(|finding| finding.level == level).count()
    }

    /// Findings worth telling one by one, the worst first.
    fn notable(&self) -> Vec<&Finding> {
        let mut notable: Vec<_> = self
            .open()
            .filter(|it| it.level > Level::Compatible)
            .collect();
        notable.sort_by_key(|finding| std::cmp::Reverse(finding.level));
        notable
    }

    /// The last line: counts, and the versions that are needed.
    fn summary(&self) -> String {
        let accepted = self.findings.len() - self.open().count();
        let mut text = format!(
            "{} breaking, {} dangerous, {} compatible",
            self.count(Level::Breaking),
            self.count(Level::Dangerous),
            self.count(Level::Compatible)
        );
        if accepted > 0 {
            text += &format!(", {accepted} accepted");
        }
        text
    }

    /// What is asked of the versions.
    fn versions(&self) -> Vec<String> {
        let needed = self.versions.iter().filter(|it| it.bump > Bump::None);
        needed
            .map(|it| {
                format!(
                    "{}: a {} change since {}, so at least {}; declared is {}",
                    it.of,
                    it.bump.name(),
                    it.released,
                    it.needed(),
                    it.declared
                )
            })
            .collect()
    }

    /// Prints the report.
    pub(super) fn print(&self, format: Format) -> String {
        match format {
            Format::Text => text::print(self),
            Format::Json => pretty(&self.json()),
            Format::Github => github::print(self),
            Format::Junit => junit::print(self),
            Format::Markdown => markdown::print(self),
            Format::Sarif => pretty(&sarif::json(self)),
        }
    }

    fn json(&self) -> Value {
        json!({
            "old": self.old,
            "new": self.new,
            "mode": self.mode,
            "level": self.level(),
            "breaking": self.level() == Level::Breaking,
            "fails": self.fails(),
            "payloadsCompared": self.payloads,
            "versions": self.versions.iter().map(RequiredVersion::json).collect::<Vec<_>>(),
            "findings": self.findings,
        })
    }
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

/// The payload with long texts cut: a hundred thousand letters say no more than ten.
fn abridged(payload: &Value) -> Value {
    match payload {
        Value::String(text) if text.chars().count() > 80 => {
            let start: String = text.chars().take(12).collect();
            Value::String(format!("{start}… ({} characters)", text.chars().count()))
        }
        Value::Array(items) if items.len() > 20 => {
            let mut shown: Vec<_> = items.iter().take(3).map(abridged).collect();
            shown.push(Value::String(format!("… ({} items)", items.len())));
            Value::Array(shown)
        }
        Value::Array(items) => items.iter().map(abridged).collect(),
        Value::Object(object) => {
            let members = object.iter();
            let members = members.map(|(name, value)| (name.clone(), abridged(value)));
            Value::Object(members.collect())
        }
        other => other.clone(),
    }
}

/// A payload as it is shown: short enough to be read.
fn shown_payload(payload: &Value) -> String {
    let text = abridged(payload).to_string();
    let count = text.chars().count();
    if count <= 300 {
        return text;
    }
    let start: String = text.chars().take(120).collect();
    let end: String = text.chars().skip(count - 60).collect();
    format!("{start} … {end} ({count} characters)")
}
