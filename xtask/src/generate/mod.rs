//! `cargo xtask generate`: writes every file that follows from the protocol table.
//!
//! [`protocol`] reads the table, the modules after it each print one kind of file. Nothing here
//! names an event or lists them.

use anyhow::{Context, bail};
use std::fs;
use std::path::{Path, PathBuf};

mod protocol;

mod schema;

mod declaration;

mod typescript;

mod bundle;

mod asyncapi;

mod reference;

/// What to do with the generated files.
#[derive(clap::Args)]
pub struct Options {
    /// Write nothing; fail and name the stale files when there are any.
    #[arg(long)]
    check: bool,
    /// Directory of the project whose files are written or checked; this project's own when absent.
    #[arg(long, value_name = "DIRECTORY")]
    root: Option<PathBuf>,
}

/// Writes the generated files, or compares them to what would be written.
pub fn run(options: &Options) -> anyhow::Result<()> {
    let own_root = || crate::project_root().to_owned();
    let root = options.root.clone().unwrap_or_else(own_root);
    let mut stale = Vec::new();
    for file in generated_files()? {
        let path = root.join(file.path);
        // Bytes are compared, and files that are right are left alone: builds that watch their
        // time do not start again.
        if fs::read(&path).is_ok_and(|found| found == file.content.as_bytes()) {
            continue;
        }
        stale.push(file.path);
        if !options.check {
            write(&path, &file.content)?;
        }
    }
    if options.check && !stale.is_empty() {
        bail!(
            "these generated files are stale:\n  {}\nrun: cargo xtask generate",
            stale.join("\n  ")
        );
    }
    for path in stale {
        println!("wrote {path}");
    }
    Ok(())
}

/// One generated file.
struct GeneratedFile {
    /// Where it lies in the project.
    path: &'static str,
    content: String,
}

fn generated_files() -> anyhow::Result<Vec<GeneratedFile>> {
    let protocol = protocol::Protocol::read()?;
    let file = |path, content| GeneratedFile { path, content };
    Ok(vec![
        file("bindings/src/types.ts", typescript::types(&protocol)),
        file("bindings/src/events.ts", typescript::events(&protocol)),
        file(
            "bindings/src/validate/table.ts",
            typescript::schemas(&protocol)?,
        ),
        file(
            "bindings/src/validate/events.ts",
            typescript::schemas_of_events(&protocol),
        ),
        file("schema/json/protocol.json", bundle::print(&protocol)?),
        file("schema/json/asyncapi.json", asyncapi::print(&protocol)?),
        file("docs/events.md", reference::print(&protocol)?),
        file("docs/compat-rules.md", crate::compat::print_reference()),
    ])
}

fn write(path: &Path, content: &str) -> anyhow::Result<()> {
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory)?;
    }
    fs::write(path, content).with_context(|| format!("cannot write {}", path.display()))
}
