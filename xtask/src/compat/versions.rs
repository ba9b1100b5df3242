//! Do the declared versions say as much as has changed since the last release?
//!
//! The protocol's version follows the wire; those of the packages follow the wire and the types.

use super::bundle::Bundle;
use super::cause::Names;
use super::compare::{self, Comparison, merge};
use super::finding::Finding;
use super::level::{Axis, Level};
use super::rules::{EVENT_DEPRECATED, PACKAGE_VERSION_TOO_LOW, PROTOCOL_VERSION_TOO_LOW};
use super::version::{Bump, Version};
use super::{RELEASED, read};
use anyhow::Context;
use serde_json::{Value, json};
use std::path::Path;

/// What carries a version, and how far it must be raised.
#[derive(Debug, Clone)]
pub(super) struct RequiredVersion {
    pub(super) of: &'static str,
    pub(super) bump: Bump,
    pub(super) released: Version,
    pub(super) declared: Version,
}

impl RequiredVersion {
    /// The lowest version that says as much.
    pub(super) fn needed(&self) -> Version {
        self.released.raised(self.bump)
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "of": self.of,
            "bump": self.bump,
            "released": self.released.to_string(),
            "atLeast": self.needed().to_string(),
            "declared": self.declared.to_string(),
        })
    }
}

/// The file that says which versions the packages had when a protocol version was released.
const PACKAGES_FILE: &str = "packages.json";

/// A package: its name, the file that declares its version, and how to find it there.
type Package = (&'static str, &'static str, fn(&str) -> Option<String>);

const PACKAGES: [Package; 2] = [
    ("@slopstudios/protocol", "bindings/package.json", npm),
    ("slop-schema", "Cargo.toml", cargo),
];

/// Adds how far versions must be raised, and a finding for each that is too low.
///
/// Versions count from the last release: with each change compared to the one before, a version
/// would have to be raised again and again.
///
/// # Errors
/// When a file of the project cannot be read.
pub(super) fn check(
    released: Option<&Bundle>,
    (old, new): (&Bundle, &Bundle),
    root: &Path,
    today: &str,
    comparison: &mut Comparison,
) -> anyhow::Result<()> {
    let since_release = match released {
        Some(released) => {
            let names = Names {
                clients: String::new(),
                server: String::new(),
            };
            let since = compare::bundles(released, new, &names, today)?;
            levels(&since.findings)
        }
        None => levels(&comparison.findings),
    };
    let from = released.unwrap_or(old);
    let protocol = RequiredVersion {
        of: "the protocol",
        bump: Bump::for_levels(since_release.0.into_iter(), false),
        released: version(&from.version)?,
        declared: version(&new.version)?,
    };
    require(protocol, PROTOCOL_VERSION_TOO_LOW, "/version", comparison);
    let bump = Bump::for_levels(since_release.1.into_iter(), false);
    packages(&from.version, bump, root, comparison)
}

/// The levels on the wire, and all of them.
fn levels(findings: &[Finding]) -> (Vec<Level>, Vec<Level>) {
    // A mark is documentation: it asks for no more than a patch, and patches are not asked for.
    let counted = findings.iter().filter(|it| it.rule != EVENT_DEPRECATED);
    let wire = counted.clone().filter(|it| it.axis == Axis::Wire);
    let wire = wire.map(|it| it.level).collect();
    (wire, counted.map(|it| it.level).collect())
}

fn packages(
    protocol: &str,
    bump: Bump,
    root: &Path,
    comparison: &mut Comparison,
) -> anyhow::Result<()> {
    let path = root.join(RELEASED).join(PACKAGES_FILE);
    if !path.is_file() {
        return Ok(());
    }
    let shown = path.display().to_string();
    let known = read::json(&read::text(&path)?).with_context(|| shown)?;
    for (of, file, find) in PACKAGES {
        let released = known[protocol][of].as_str().and_then(Version::parse);
        let path = root.join(file);
        let text = path.is_file().then(|| read::text(&path)).transpose()?;
        let declared = text.and_then(|text| Version::parse(&find(&text)?));
        let (Some(released), Some(declared)) = (released, declared) else {
            continue;
        };
        let required = RequiredVersion {
            of,
            bump,
            released,
            declared,
        };
        require(
            required,
            PACKAGE_VERSION_TOO_LOW,
            &format!("/{file}"),
            comparison,
        );
    }
    Ok(())
}

fn require(
    required: RequiredVersion,
    rule: &'static str,
    pointer: &str,
    comparison: &mut Comparison,
) {
    let needed = required.needed();
    if required.declared < needed {
        let text = format!(
            "{} declares {}; what changed since {} needs at least {needed}",
            required.of, required.declared, required.released
        );
        let axis = match rule {
            PACKAGE_VERSION_TOO_LOW => Axis::Source,
            _ => Axis::Wire,
        };
        merge(
            comparison,
            Finding::new(rule, axis, None, required.of, pointer, text),
        );
    }
    comparison.versions.push(required);
}

fn version(text: &str) -> anyhow::Result<Version> {
    Version::parse(text).with_context(|| format!("`{text}` is not a version like 1.2.3"))
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
