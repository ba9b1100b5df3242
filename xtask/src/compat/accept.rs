//! `schema/compat-accept.toml`: breaks that were looked at and are meant.

use super::compare::{Comparison, merge};
use super::finding::Finding;
use super::level::{Axis, Level};
use super::rules::{ACCEPTANCE_EXPIRED, ACCEPTANCE_UNUSED};
use anyhow::{Context, bail, ensure};
use serde::Deserialize;
use std::fs;
use std::path::Path;

/// Where acceptances are kept.
pub(super) const FILE: &str = "schema/compat-accept.toml";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Acceptances {
    #[serde(default)]
    accept: Vec<Acceptance>,
}

/// One accepted finding.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Acceptance {
    /// Of the finding, as the gate prints it.
    pub(super) fingerprint: String,
    /// Why the break is meant.
    pub(super) reason: String,
    /// The last day on which it is accepted, as `2026-01-31`.
    pub(super) until: String,
}

/// Reads the acceptances; none when there is no file.
///
/// # Errors
/// When an entry is not what it has to be.
pub(super) fn read(path: &Path) -> anyhow::Result<Vec<Acceptance>> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let text = super::read::text(path)?;
    let shown = path.display();
    let file: Acceptances =
        toml::from_str(&text).with_context(|| format!("{shown} is malformed"))?;
    for (index, entry) in file.accept.iter().enumerate() {
        entry
            .check()
            .with_context(|| format!("{shown}: entry {}", index + 1))?;
        let mut before = file.accept[..index].iter();
        ensure!(
            !before.any(|other| other.fingerprint == entry.fingerprint),
            "{shown}: {} is accepted twice",
            entry.fingerprint
        );
    }
    Ok(file.accept)
}

impl Acceptance {
    fn check(&self) -> anyhow::Result<()> {
        let digits = self.fingerprint.chars().all(|it| it.is_ascii_hexdigit());
        ensure!(
            digits && self.fingerprint.len() == 12,
            "`fingerprint` has twelve hexadecimal digits"
        );
        ensure!(
            self.reason.trim().chars().count() >= 10,
            "`reason` must say why the break is meant"
        );
        check_date(&self.until).context("`until`")
    }
}

/// Fails when a text is not a date.
pub(super) fn check_date(text: &str) -> anyhow::Result<()> {
    let date = chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d");
    if date.is_err() || text.len() != 10 {
        bail!("must be a date like 2026-01-31");
    }
    Ok(())
}

/// Marks accepted findings, and tells of acceptances that are expired or fit nothing.
pub(super) fn apply(acceptances: &[Acceptance], comparison: &mut Comparison, today: &str) {
    for entry in acceptances {
        let found: Vec<_> = comparison
            .findings
            .iter_mut()
            .filter(|it| it.fingerprint == entry.fingerprint && it.level > Level::Compatible)
            .collect();
        let fingerprint = &entry.fingerprint;
        let complaint = match (found.is_empty(), entry.until.as_str() < today) {
            (true, _) => Some((ACCEPTANCE_UNUSED, format!("{fingerprint} fits no finding"))),
            (false, true) => {
                let text = format!("{fingerprint} was accepted until {}", entry.until);
                Some((ACCEPTANCE_EXPIRED, text))
            }
            (false, false) => None,
        };
        match complaint {
            Some((rule, text)) => {
                let subject = format!("acceptance {fingerprint}");
                let pointer = format!("/accept/{fingerprint}");
                merge(
                    comparison,
                    Finding::new(rule, Axis::Wire, None, subject, pointer, text),
                );
            }
            None => {
                for finding in found {
                    finding.accepted = Some(entry.reason.clone());
                }
            }
        }
    }
}

/// The block that accepts a finding.
pub(super) fn block(fingerprint: &str, reason: &str, until: &str) -> String {
    format!(
        "[[accept]]\nfingerprint = {}\nreason = {}\nuntil = {}\n",
        quoted(fingerprint),
        quoted(reason),
        quoted(until)
    )
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// Adds an entry to the file.
///
/// # Errors
/// When the entry is malformed, or the file is or cannot be written.
pub(super) fn add(path: &Path, entry: &Acceptance) -> anyhow::Result<()> {
    entry.check()?;
    let known = read(path)?;
    ensure!(
        !known
            .iter()
            .any(|other| other.fingerprint == entry.fingerprint),
        "{} is accepted already; edit {}",
        entry.fingerprint,
        path.display()
    );
    let mut text = match path.exists() {
        true => super::read::text(path)?,
        false => String::new(),
    };
    if !text.is_empty() && !text.ends_with("\n\n") {
        text.push('\n');
    }
    text.push_str(&block(&entry.fingerprint, &entry.reason, &entry.until));
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
