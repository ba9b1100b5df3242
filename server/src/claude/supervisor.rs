//! The supervisor: stands between the server and the CLI, so that nothing of the CLI outlives a
//! server that was killed.
//!
//! A hidden subcommand of the server's own binary. It leads the process group that the CLI runs in
//! and passes everything through; when its parent dies, the kernel tells it, and it ends the group.
//!
//! The server sends SIGTERM to the supervisor alone, which hands it on: sent to the group, one that
//! comes just before the CLI is there would reach nobody who ends for it.

use rustix::process::{Pid, Signal};
use std::ffi::OsString;
use std::process::ExitCode;
use tokio::signal::unix::{SignalKind, signal};

/// First argument that makes `slop-server` the supervisor.
pub const SUBCOMMAND: &str = "claude-supervisor";

/// Exit code when the CLI could not be started, as shells have it.
const NOT_STARTED: u8 = 127;

/// The arguments that make a program run under a supervisor of this process.
pub(super) fn arguments(program: OsString) -> [OsString; 3] {
    [
        SUBCOMMAND.into(),
        std::process::id().to_string().into(),
        program,
    ]
}

/// Runs `PARENT PROGRAM ARGUMENTS…` and exits as the program does.
pub fn run(mut arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let parent = arguments
        .next()
        .and_then(|id| id.to_str()?.parse().ok())
        .and_then(Pid::from_raw);
    let (Some(parent), Some(program)) = (parent, arguments.next()) else {
        return not_started();
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    match runtime.map(|runtime| runtime.block_on(supervise(parent, program, arguments))) {
        Ok(Ok(code)) => ExitCode::from(code),
        Ok(Err(_)) | Err(_) => not_started(),
    }
}

async fn supervise(
    parent: Pid,
    program: OsString,
    arguments: impl Iterator<Item = OsString>,
) -> std::io::Result<u8> {
    let mut terminate = signal(SignalKind::terminate())?;
    rustix::process::set_parent_process_death_signal(Some(Signal::TERM))?;
    let mut child = tokio::process::Command::new(program)
        .args(arguments)
        .spawn()?;
    let mut is_handed_on = false;
    loop {
        // The parent may have died before its death could be told.
        if rustix::process::getppid() != Some(parent) {
            signal_group(Signal::KILL);
        }
        tokio::select! {
            status = child.wait() => {
                use std::os::unix::process::ExitStatusExt;
                let status = status?;
                let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal));
                return Ok(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1));
            }
            // Sent by the server, by the kernel, or by the line below.
            _ = terminate.recv() => if !std::mem::replace(&mut is_handed_on, true) {
                signal_group(Signal::TERM);
            }
        }
    }
}

/// Signals the whole group, this process included.
fn signal_group(signal: Signal) {
    let _ = rustix::process::kill_process_group(rustix::process::getpgrp(), signal);
}

fn not_started() -> ExitCode {
    eprintln!("Claude CLI could not be started");
    ExitCode::from(NOT_STARTED)
}
