//! Programs of the system that tests need: found, else installed where that is allowed.

use super::command::succeeds;
use std::process::Command;

/// A program and the Debian package that brings it.
pub(super) struct Program {
    /// Name of the package.
    pub(super) package: &'static str,
    /// A command that succeeds when the program is there.
    probe: &'static [&'static str],
}

/// The store that server nodes share.
pub(super) const REDIS: Program = Program {
    package: "redis-server",
    probe: &["redis-server", "--version"],
};
/// The browser.
pub(super) const CHROMIUM: Program = Program {
    package: "chromium",
    probe: &["chromium", "--version"],
};
/// Python with the module that makes virtual environments.
pub(super) const PYTHON: Program = Program {
    package: "python3-venv",
    probe: &["python3", "-c", "import ensurepip, venv"],
};

impl Program {
    /// Makes sure that the program is there, or tells in one line what to install.
    pub(super) fn provide(&self) -> Result<(), String> {
        if self.is_there() {
            return Ok(());
        }
        println!("installing {}", self.package);
        let install = ["install", "--yes", "--no-install-recommends", self.package];
        if is_root() && apt_get(&["update"]) && apt_get(&install) && self.is_there() {
            return Ok(());
        }
        Err(format!("please install the package {}", self.package))
    }

    fn is_there(&self) -> bool {
        let [program, arguments @ ..] = self.probe else {
            return false;
        };
        succeeds(Command::new(program).args(arguments))
    }
}

fn apt_get(arguments: &[&str]) -> bool {
    let mut command = Command::new("apt-get");
    succeeds(
        command
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive"),
    )
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output();
    output.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
