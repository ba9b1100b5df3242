//! `cargo xtask test`: sets up and runs every check and test of the project, and counts them.
//!
//! Its last line is always `N passed, N failed`, with `, N skipped` when something was. A step
//! that fails does not stop the others.

mod steps;

mod tally;

mod command;

mod system;

use anyhow::bail;
use std::time::Instant;
use steps::{STEPS, Step, Workspace};
use tally::Tally;

/// What to run.
#[derive(clap::Args)]
pub struct Options {
    /// Run this step only; may be given several times. See `--list`.
    #[arg(long, value_name = "STEP")]
    only: Vec<String>,
    /// Print the steps and run none.
    #[arg(long)]
    list: bool,
}

/// What came of a step.
enum Outcome {
    /// It ran, and this is what it counted.
    Ran(Tally),
    /// It could not run here, and this is why.
    Skipped(String),
}

/// Runs the steps and ends the process with an error when one failed.
pub fn run(options: &Options) -> anyhow::Result<()> {
    if options.list {
        for step in STEPS {
            println!("{:<10} {}", step.name, step.about);
        }
        return Ok(());
    }
    let workspace = Workspace::find()?;
    let mut total = Tally::default();
    let mut failed = Vec::new();
    for step in chosen(&options.only)? {
        let tally = run_step(step, &workspace);
        if tally.failed > 0 {
            failed.push(step.name);
        }
        total += tally;
    }
    for name in &failed {
        println!("failed: {name}; to repeat it: cargo xtask test --only {name}");
    }
    println!("{total}");
    if !failed.is_empty() {
        // Not an error of `main`: the line above must stay the last one.
        std::process::exit(1);
    }
    Ok(())
}

fn chosen(only: &[String]) -> anyhow::Result<Vec<&'static Step>> {
    let known = |name: &String| STEPS.iter().any(|step| step.name == name);
    if let Some(unknown) = only.iter().find(|name| !known(name)) {
        bail!("there is no step `{unknown}`; see: cargo xtask test --list");
    }
    let wanted = |step: &&Step| only.is_empty() || only.iter().any(|name| name == step.name);
    Ok(STEPS.iter().filter(wanted).collect())
}

fn run_step(step: &Step, workspace: &Workspace) -> Tally {
    println!("== {}: {}", step.name, step.about);
    let started = Instant::now();
    let outcome = (step.run)(workspace);
    let seconds = started.elapsed().as_secs_f64();
    let name = step.name;
    match outcome {
        Ok(Outcome::Ran(tally)) => {
            println!("== {name}: {tally} in {seconds:.1} s\n");
            tally
        }
        Ok(Outcome::Skipped(reason)) => {
            println!("== {name}: skipped: {reason}\n");
            Tally::SKIPPED
        }
        Err(error) => {
            println!("== {name}: could not run: {error:#}\n");
            Tally::FAILED
        }
    }
}
