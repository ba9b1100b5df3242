//! Reads JSON and text: from files, directories and git, and never from a network.

use anyhow::{Context, bail, ensure};
use serde::Deserialize as _;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Documents nested deeper are refused: nothing sensible is, and comparing takes stack.
const MAX_NESTING: usize = 1500;

/// Where the bundle lies in the project.
pub(super) const BUNDLE: &str = "schema/json/protocol.json";

/// Parses JSON that may be nested deeply.
pub(super) fn json(text: &str) -> anyhow::Result<Value> {
    let text = text.trim_start_matches('\u{feff}');
    let nesting = nesting(text);
    ensure!(
        nesting <= MAX_NESTING,
        "nested {nesting} levels deep; {MAX_NESTING} are read at most"
    );
    let mut reader = serde_json::Deserializer::from_str(text);
    reader.disable_recursion_limit();
    let value = Value::deserialize(&mut reader).context("not valid JSON")?;
    reader.end().context("not valid JSON")?;
    Ok(value)
}

fn nesting(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut quoted, mut escaped) = (false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// The files of the project at one time.
pub(super) enum Place {
    /// One file: a bundle.
    File(std::path::PathBuf),
    /// A directory: the project, or one with bundles.
    Directory(std::path::PathBuf),
    /// A revision of the repository.
    Revision(String),
}

impl Place {
    /// Finds out what is meant: a file or directory that exists, else a revision.
    pub(super) fn find(root: &Path, name: &str) -> anyhow::Result<Self> {
        let here = Path::new(name);
        let path = if here.exists() {
            here.to_owned()
        } else {
            root.join(name)
        };
        if path.is_dir() {
            return Ok(Self::Directory(path));
        }
        if path.is_file() {
            return Ok(Self::File(path));
        }
        ensure!(
            !name.starts_with('-'),
            "`{name}` is neither a file, a directory nor a git revision"
        );
        let revision = format!("{name}^{{commit}}");
        let known = git(
            root,
            &[
                "rev-parse",
                "--verify",
                "--quiet",
                "--end-of-options",
                &revision,
            ],
        );
        if known.is_err() {
            bail!(
                "`{name}` is neither a file, a directory nor a git revision known here; in a CI, fetch \
                 it first (actions/checkout: `fetch-depth: 0`)"
            );
        }
        Ok(Self::Revision(name.to_owned()))
    }

    /// The bundle, and what to call the place.
    pub(super) fn bundle(&self, root: &Path) -> anyhow::Result<String> {
        match self {
            Self::File(path) => text(path),
            Self::Directory(path) => {
                let candidates = [BUNDLE, "json/protocol.json", "protocol.json"];
                match candidates
                    .iter()
                    .map(|it| path.join(it))
                    .find(|it| it.is_file())
                {
                    Some(path) => text(&path),
                    None => text(&latest(path)?),
                }
            }
            Self::Revision(_) => self
                .file(root, BUNDLE)?
                .with_context(|| format!("there is no {BUNDLE} at {}", self.name())),
        }
    }

    /// Another file of the project, when the place is the whole project and has it.
    pub(super) fn file(&self, root: &Path, path: &str) -> anyhow::Result<Option<String>> {
        match self {
            Self::File(_) => Ok(None),
            Self::Directory(directory) => {
                let path = directory.join(path);
                path.is_file().then(|| text(&path)).transpose()
            }
            Self::Revision(revision) => {
                let object = format!("{revision}:{path}");
                Ok(git(root, &["show", &object]).ok())
            }
        }
    }

    pub(super) fn name(&self) -> String {
        match self {
            Self::File(path) | Self::Directory(path) => path.display().to_string(),
            Self::Revision(name) => name.clone(),
        }
    }
}

/// The bundle of the latest release in a directory of files named by version.
pub(super) fn latest(directory: &Path) -> anyhow::Result<std::path::PathBuf> {
    let mut releases = Vec::new();
    for entry in fs::read_dir(directory).with_context(|| directory.display().to_string())? {
        let path = entry?.path();
        let version = path.file_stem().and_then(|it| it.to_str());
        let version = version.and_then(super::version::Version::parse);
        if let (Some(version), Some("json")) =
            (version, path.extension().and_then(|it| it.to_str()))
        {
            releases.push((version, path));
        }
    }
    releases.sort();
    let latest = releases.pop().map(|(_, path)| path);
    latest.with_context(|| {
        format!(
            "no bundle in {}: neither {BUNDLE} nor one named by version",
            directory.display()
        )
    })
}

pub(super) fn text(path: &Path) -> anyhow::Result<String> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    String::from_utf8(bytes).with_context(|| format!("{} is not UTF-8", path.display()))
}

fn git(root: &Path, arguments: &[&str]) -> anyhow::Result<String> {
    let output = Command::new("git")
        .arg("-C")
        .arg(root)
        .args(arguments)
        .output()
        .context("cannot run git")?;
    ensure!(
        output.status.success(),
        "git {} failed",
        arguments.join(" ")
    );
    String::from_utf8(output.stdout).context("git printed something that is not UTF-8")
}
