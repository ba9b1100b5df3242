//! Generated files are what the table produces, and a stale one is found and named.

#![allow(clippy::unwrap_used, reason = "a test may panic, in its helpers too")]

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

#[test]
fn generated_files_are_current() {
    let check = generate(&["--check"]);
    // The message names the stale files and the command that repairs them.
    assert!(check.status.success(), "{}", stderr(&check));
}

#[test]
fn each_stale_or_missing_file_is_named_with_the_command_that_repairs_it() {
    let project = tempfile::tempdir().unwrap();
    let root = project.path().to_str().unwrap();
    let check = || generate(&["--root", root, "--check"]);

    let missing = check();
    assert!(!missing.status.success());
    let written = generate(&["--root", root]);
    assert!(written.status.success(), "{}", stderr(&written));
    assert!(check().status.success());

    let files = String::from_utf8(written.stdout).unwrap();
    let files: Vec<_> = files
        .lines()
        .map(|line| line.trim_start_matches("wrote "))
        .collect();
    assert!(!files.is_empty());
    for file in files {
        assert!(
            stderr(&missing).contains(file),
            "{file} was not named as missing"
        );
        let path = project.path().join(file);
        let content = fs::read_to_string(&path).unwrap();
        fs::write(&path, content.clone() + " ").unwrap();
        let stale = check();
        assert_eq!(stale.status.code(), Some(1));
        assert_eq!(
            stderr(&stale).trim_end(),
            format!("Error: these generated files are stale:\n  {file}\nrun: cargo xtask generate")
        );
        fs::write(&path, content).unwrap();
    }
}

#[test]
fn every_link_inside_the_reference_leads_to_one_heading() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/events.md");
    let page = fs::read_to_string(page).unwrap();
    let mut anchors = HashSet::new();
    for heading in page.lines().filter(|line| line.starts_with('#')) {
        let title = heading.trim_start_matches('#').trim().to_lowercase();
        let anchor: String = title
            .chars()
            .filter_map(|letter| match letter {
                ' ' => Some('-'),
                '-' => Some('-'),
                other => other.is_alphanumeric().then_some(other),
            })
            .collect();
        assert!(anchors.insert(anchor), "two headings are called {title}");
    }
    let targets: Vec<_> = page
        .split("](#")
        .skip(1)
        .filter_map(|rest| rest.split_once(')'))
        .collect();
    assert!(targets.len() > anchors.len());
    for (target, _) in targets {
        assert!(
            anchors.contains(target),
            "no heading for the link #{target}"
        );
    }
}

fn generate(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("generate")
        .args(arguments)
        .env_remove("RUST_BACKTRACE")
        .output()
        .unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
