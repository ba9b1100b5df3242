//! Running a command: its messages are seen at once, its report is kept and shown when it failed.

use super::Outcome;
use super::tally::Tally;
use anyhow::Context;
use std::process::{Command, Stdio};

/// A command that is one check: it passes or fails.
pub(super) fn check(command: &mut Command) -> anyhow::Result<Outcome> {
    let finished = run(command)?;
    Ok(Outcome::Ran(if finished.succeeded {
        Tally::PASSED
    } else {
        Tally::FAILED
    }))
}

/// A command that runs tests and prints how many.
pub(super) fn tests(command: &mut Command) -> anyhow::Result<Outcome> {
    let finished = run(command)?;
    Ok(Outcome::Ran(Tally::read(
        &finished.report,
        finished.succeeded,
    )))
}

/// Whether a command can be started and succeeds; what it prints is of no interest.
pub(super) fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

struct Finished {
    succeeded: bool,
    report: String,
}

fn run(command: &mut Command) -> anyhow::Result<Finished> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start {}", command.get_program().display()))?;
    let finished = Finished {
        succeeded: output.status.success(),
        report: String::from_utf8_lossy(&output.stdout).into_owned(),
    };
    if !finished.succeeded {
        print!("{}", finished.report);
    }
    Ok(finished)
}
