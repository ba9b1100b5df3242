//! The versions of the packages that carry the types: npm and the crates of the workspace.

use super::compare::{Comparison, merge};
use super::finding::Finding;
use super::level::Axis;
use super::read::Place;
use super::rules::PACKAGE_VERSION_TOO_LOW;
use super::version::{Bump, Version};
use serde_json::Value;
use std::path::Path;

/// A file with a package's version, and how to find it there.
type Package = (&'static str, &'static str, fn(&str) -> Option<String>);

const PACKAGES: [Package; 2] = [
    ("@slopstudios/protocol", "bindings/package.json", npm),
    ("the workspace's crates", "Cargo.toml", cargo),
];

/// Adds a finding for each package whose version is too low for what changed since.
///
/// # Errors
/// When a file of the project cannot be read.
pub(super) fn check(
    old: &Place,
    new: &Place,
    root: &Path,
    comparison: &mut Comparison,
) -> anyhow::Result<()> {
    let levels = comparison.findings.iter().map(|finding| finding.level);
    let bump = Bump::for_levels(levels, false);
    for (name, path, read) in PACKAGES {
        let version = |text: Option<String>| text.and_then(|text| Version::parse(&read(&text)?));
        let was = version(old.file(root, path)?);
        let now = version(new.file(root, path)?);
        let (Some(was), Some(now)) = (was, now) else {
            continue;
        };
        let needed = was.raised(bump);
        if now < needed {
            let text = format!("{name} declares {now}; the change needs at least {needed}");
            let pointer = format!("/{path}");
            merge(
                comparison,
                Finding::new(PACKAGE_VERSION_TOO_LOW, Axis::Source, None, name, pointer, text),
            );
        }
    }
    Ok(())
}

fn npm(text: &str) -> Option<String> {
    let package: Value = serde_json::from_str(text).ok()?;
    package["version"].as_str().map(str::to_owned)
}

fn cargo(text: &str) -> Option<String> {
    let manifest: toml::Table = text.parse().ok()?;
    let version = manifest.get("workspace")?.get("package")?.get("version")?;
    version.as_str().map(str::to_owned)
}
