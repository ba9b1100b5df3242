//! The steps, in the order in which they run.

use super::Outcome;
use super::command::{check, succeeds, tests};
use super::system::{CHROMIUM, PYTHON, Program, REDIS};
use anyhow::{Context, ensure};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// One step: what it is called, what it does, and how.
pub(super) struct Step {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    pub(super) run: fn(&Workspace) -> anyhow::Result<Outcome>,
}

const fn step(
    name: &'static str,
    about: &'static str,
    run: fn(&Workspace) -> anyhow::Result<Outcome>,
) -> Step {
    Step { name, about, run }
}

/// All steps. Each checks one thing, and none relies on another but `npm` and `build`.
pub(super) const STEPS: &[Step] = &[
    step("npm", "install the Node packages", npm),
    step("generated", "generated files are up to date", generated),
    step(
        "compat",
        "nobody who speaks the last release breaks",
        compat,
    ),
    step("format", "Rust is formatted", format),
    step("clippy", "Rust has no warnings", clippy),
    step("build", "build the server and all tests", build),
    step("rust", "Rust tests", rust),
    step("bindings", "tests of the npm package", bindings),
    step("clients", "Node clients against the server", clients),
    step("redis", "servers that share a Redis", redis),
    step(
        "wire",
        "what the official suites of Engine.IO and Socket.IO ask",
        wire,
    ),
    step(
        "transcripts",
        "transcripts are what the recorder records",
        transcripts,
    ),
    step(
        "faults",
        "the conformance kit catches every fault of a wrong server",
        faults,
    ),
    step("browser", "a page in headless Chromium", browser),
    step("python", "a Python client against the server", python),
];

/// Where things lie.
pub(super) struct Workspace {
    root: PathBuf,
    /// This tool. The server is built beside it.
    xtask: PathBuf,
}

impl Workspace {
    pub(super) fn find() -> anyhow::Result<Self> {
        Ok(Self {
            root: crate::project_root().to_owned(),
            xtask: std::env::current_exe().context("cannot find this tool itself")?,
        })
    }

    fn command(&self, program: impl AsRef<std::ffi::OsStr>, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(&self.root);
        command
    }

    fn cargo(&self, arguments: &[&str]) -> Command {
        self.command(crate::cargo(), arguments)
    }

    /// A command that finds the server's binary in the variable `SLOP_SERVER`.
    fn with_server(&self, program: impl AsRef<std::ffi::OsStr>) -> anyhow::Result<Command> {
        let mut command = self.command(program, &[]);
        command.env("SLOP_SERVER", self.built("slop-server")?);
        Ok(command)
    }

    /// A binary of the workspace.
    fn built(&self, name: &str) -> anyhow::Result<PathBuf> {
        let binary = self.xtask.with_file_name(name);
        ensure!(
            binary.exists(),
            "no {name}; run: cargo xtask test --only build"
        );
        Ok(binary)
    }
}

fn npm(workspace: &Workspace) -> anyhow::Result<Outcome> {
    check(&mut workspace.command("npm", &["ci", "--no-audit", "--no-fund"]))
}

fn generated(workspace: &Workspace) -> anyhow::Result<Outcome> {
    check(&mut workspace.command(&workspace.xtask, &["generate", "--check"]))
}

fn compat(workspace: &Workspace) -> anyhow::Result<Outcome> {
    check(&mut workspace.command(&workspace.xtask, &["compat"]))
}

fn format(workspace: &Workspace) -> anyhow::Result<Outcome> {
    check(&mut workspace.cargo(&["fmt", "--all", "--check"]))
}

fn clippy(workspace: &Workspace) -> anyhow::Result<Outcome> {
    let what = ["clippy", "--workspace", "--all-targets", "--locked"];
    check(workspace.cargo(&what).args(["--", "--deny", "warnings"]))
}

/// Tests and binaries in one go: built apart, they would choose other features and compile the
/// dependencies twice.
fn build(workspace: &Workspace) -> anyhow::Result<Outcome> {
    check(&mut workspace.cargo(&["build", "--workspace", "--bins", "--tests", "--locked"]))
}

fn rust(workspace: &Workspace) -> anyhow::Result<Outcome> {
    if let Err(reason) = REDIS.provide() {
        println!("the stories about Redis are skipped: {reason}");
    }
    tests(&mut workspace.cargo(&["test", "--workspace", "--no-fail-fast", "--locked"]))
}

fn bindings(workspace: &Workspace) -> anyhow::Result<Outcome> {
    let cases = workspace.built("validation_cases")?;
    let mut command = workspace.command("npm", &["test", "--workspace", "bindings"]);
    tests(command.env("SLOP_VALIDATION_CASES", cases))
}

fn clients(workspace: &Workspace) -> anyhow::Result<Outcome> {
    let mut command = workspace.with_server("npm")?;
    tests(command.args(["test", "--workspace", "tests/clients"]))
}

fn redis(workspace: &Workspace) -> anyhow::Result<Outcome> {
    provided(&REDIS, || {
        let mut command = workspace.with_server("npm")?;
        tests(command.args(["run", "test:redis", "--workspace", "tests/clients"]))
    })
}

fn wire(workspace: &Workspace) -> anyhow::Result<Outcome> {
    let mut command = workspace.with_server("npm")?;
    tests(command.args(["run", "test:wire", "--workspace", "tests/peers"]))
}

/// Records the stories of two areas anew: all of them take minutes.
fn transcripts(workspace: &Workspace) -> anyhow::Result<Outcome> {
    let server = workspace.built("slop-server")?;
    let areas = ["record", "--check", "rooms", "liveness", "--server"];
    let mut command = workspace.command(workspace.built("conformance")?, &areas);
    check(command.arg(server))
}

fn faults(workspace: &Workspace) -> anyhow::Result<Outcome> {
    let mut command = workspace.with_server("npm")?;
    command.env("CONFORMANCE_KIT", workspace.built("conformance")?);
    tests(command.args(["run", "test:faults", "--workspace", "tests/peers"]))
}

fn browser(workspace: &Workspace) -> anyhow::Result<Outcome> {
    provided(&CHROMIUM, || {
        let mut command = workspace.with_server("npm")?;
        tests(command.args(["run", "test:browser", "--workspace", "tests/clients"]))
    })
}

fn python(workspace: &Workspace) -> anyhow::Result<Outcome> {
    provided(&PYTHON, || {
        let python = python_environment(workspace)?;
        let mut command = workspace.with_server(python)?;
        command.env("PYTHONDONTWRITEBYTECODE", "1");
        let quietly = ["-m", "pytest", "--quiet", "-p", "no:cacheprovider"];
        tests(command.args(quietly).arg("tests/python"))
    })
}

/// Runs what needs the program, or tells why it cannot.
fn provided(
    program: &Program,
    run: impl FnOnce() -> anyhow::Result<Outcome>,
) -> anyhow::Result<Outcome> {
    match program.provide() {
        Ok(()) => run(),
        Err(reason) => Ok(Outcome::Skipped(reason)),
    }
}

/// The interpreter of a virtual environment that holds what the Python tests require. It is made
/// anew when the requirements have changed.
fn python_environment(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    let requirements = workspace.root.join("tests/python/requirements.txt");
    let environment = workspace.xtask.with_file_name("python-tests");
    let interpreter = environment.join("bin/python");
    let installed = environment.join("requirements.txt");
    let wanted = fs::read(&requirements).context("cannot read tests/python/requirements.txt")?;
    if fs::read(&installed).is_ok_and(|found| found == wanted) {
        return Ok(interpreter);
    }
    let mut make = workspace.command("python3", &["-m", "venv", "--clear"]);
    ensure!(succeeds(make.arg(&environment)), "python3 -m venv failed");
    let mut install = workspace.command(&interpreter, &["-m", "pip", "install", "--requirement"]);
    ensure!(succeeds(install.arg(&requirements)), "pip install failed");
    fs::copy(&requirements, &installed)?;
    Ok(interpreter)
}
