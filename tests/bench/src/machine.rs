//! Under which conditions a run was made: machine, tools, date and commit.

use anyhow::{Context, Result};
use std::fs;
use std::path::Path;
use std::process::Command;

/// What a reader must know to judge the numbers.
pub(crate) struct Conditions {
    date: String,
    commit: String,
    machine: String,
    tools: String,
    /// Mean number of processes that wanted a core in the minute before.
    load_average: String,
}

impl Conditions {
    pub(crate) fn now(repository: &Path) -> Result<Self> {
        let output = |program, arguments: &[&str]| output(repository, program, arguments);
        let mut commit = output("git", &["rev-parse", "--short=12", "HEAD"])?;
        if !output("git", &["status", "--porcelain", "--untracked-files=no"])?.is_empty() {
            commit.push_str(" and uncommitted changes");
        }
        let rustc = output("rustc", &["--version"])?;
        let rustc = rustc.split(" (").next().unwrap_or_default();
        let node = output("node", &["--version"])?;
        let load = fs::read_to_string("/proc/loadavg")?;
        Ok(Self {
            date: output("date", &["-u", "+%Y-%m-%d"])?,
            commit,
            machine: machine()?,
            tools: format!("{rustc}, Node {node}"),
            load_average: load.split(' ').next().unwrap_or_default().to_owned(),
        })
    }

    /// As sentences.
    pub(crate) fn describe(&self) -> String {
        let Self {
            date,
            commit,
            machine,
            tools,
            load_average,
        } = self;
        format!(
            "Measured on {date} at commit {commit}, on {machine}, with {tools}. \
             Load average before the run: {load_average}."
        )
    }
}

fn machine() -> Result<String> {
    let cpu = value("/proc/cpuinfo", "model name")?;
    let cores = std::thread::available_parallelism()?;
    let kilobytes: f64 = value("/proc/meminfo", "MemTotal")?
        .trim_end_matches("kB")
        .trim()
        .parse()?;
    let gigabytes = kilobytes * 1024.0 / 1e9;
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let kernel: Vec<&str> = kernel.split('.').take(2).collect();
    let kernel = kernel.join(".");
    Ok(format!(
        "a machine with {cores} cores ({cpu}), {gigabytes:.0} GB, Linux {kernel}"
    ))
}

/// The value of a `key: value` line.
fn value(path: &str, key: &str) -> Result<String> {
    let text = fs::read_to_string(path)?;
    let line = text.lines().find(|line| line.starts_with(key));
    let (_, value) = line
        .and_then(|line| line.split_once(':'))
        .context(path.to_owned())?;
    Ok(value.trim().to_owned())
}

fn output(directory: &Path, program: &str, arguments: &[&str]) -> Result<String> {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(directory)
        .output()
        .with_context(|| format!("running {program}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
