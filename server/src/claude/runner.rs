//! The runner: starts one process, reads it, stops it, reaps it. Nothing else spawns.

use super::command::Command;
use super::output::{Conclusion, Output, Shown};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdout};
use tokio::time::{Instant, sleep_until, timeout};

/// The CLI exits without draining its output: what does not fit into the pipe is lost.
const STDOUT_PIPE_BYTES: usize = 1024 * 1024;
/// Standard error that is kept; the rest is read and dropped.
const MAX_STDERR_BYTES: usize = 64 * 1024;
/// Time between the polite and the final signal.
const GRACE: Duration = Duration::from_secs(2);
/// Time for output that is still in the pipe after the process has ended.
const DRAIN: Duration = Duration::from_secs(1);

/// What is known about a process that has ended.
pub(super) struct Finished {
    /// Exit code; `None` when a signal ended it.
    pub(super) exit_code: Option<i32>,
    /// Standard error, decoded with replacement characters.
    pub(super) stderr: String,
    /// What its output meant.
    pub(super) conclusion: Conclusion,
    /// Whether it ran into its time limit.
    pub(super) timed_out: bool,
}

/// Runs a command to its end and shows its output as it comes.
///
/// `stop` resolves when the process is to be stopped; `limit` is how long it may run.
pub(super) async fn run(
    command: Command,
    stop: impl Future<Output = ()>,
    limit: Duration,
    mut show: impl FnMut(Shown),
) -> std::io::Result<Finished> {
    let deadline = Instant::now() + limit;
    let mut child = spawn(&command)?;
    let group = child
        .id()
        .and_then(|id| i32::try_from(id).ok())
        .and_then(Pid::from_raw);
    let mut group = Group(group);
    if let Some(stdin) = child.stdin.take() {
        tokio::spawn(write_input(stdin, command.input));
    }
    let stderr = tokio::spawn(read_capped(child.stderr.take()));
    let mut output = Output::up_to(command.max_output_bytes);

    let mut reading = Reading {
        stdout: child.stdout.take(),
        buffer: vec![0; 64 * 1024],
    };
    let (status, timed_out) = tokio::select! {
        status = reading.until_exit(&mut child, &mut output, &mut show) => (Some(status?), false),
        () = stop => (None, false),
        () = sleep_until(deadline) => (None, true),
    };
    let status = match status {
        Some(status) => status,
        None => {
            match command.is_supervised {
                true => group.signal_leader(Signal::TERM),
                false => group.signal(Signal::TERM),
            }
            let ending = reading.until_exit(&mut child, &mut output, &mut show);
            match timeout(GRACE, ending).await {
                Ok(status) => status?,
                Err(_) => {
                    group.signal(Signal::KILL);
                    child.wait().await?
                }
            }
        }
    };
    // What the process left behind in its group ends with it.
    group.signal(Signal::KILL);
    let _ = timeout(DRAIN, reading.read_to_end(&mut output, &mut show)).await;
    let stderr = timeout(DRAIN, stderr)
        .await
        .ok()
        .and_then(Result::ok)
        .unwrap_or_default();
    group.0 = None;
    let conclusion = output.finish(&mut show);
    Ok(Finished {
        exit_code: status.code(),
        stderr,
        conclusion,
        timed_out,
    })
}

fn spawn(command: &Command) -> std::io::Result<Child> {
    let child = tokio::process::Command::new(&command.program)
        .args(&command.arguments)
        .env_clear()
        .envs(
            command
                .environment
                .iter()
                .map(|(name, value)| (name, value)),
        )
        .current_dir(&command.directory)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()?;
    if let Some(stdout) = &child.stdout {
        // A system that allows only smaller pipes still works, with more risk of lost output.
        let _ = rustix::pipe::fcntl_setpipe_size(stdout, STDOUT_PIPE_BYTES);
    }
    Ok(child)
}

/// The process group of a child; killed when the run is abandoned.
struct Group(Option<Pid>);

impl Group {
    fn signal(&self, signal: Signal) {
        if let Some(group) = self.0 {
            // The group is gone when all its processes have ended.
            let _ = kill_process_group(group, signal);
        }
    }

    fn signal_leader(&self, signal: Signal) {
        if let Some(leader) = self.0 {
            let _ = kill_process(leader, signal);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.signal(Signal::KILL);
    }
}

struct Reading {
    stdout: Option<ChildStdout>,
    buffer: Vec<u8>,
}

impl Reading {
    /// Reads until the process has ended. Children that it leaves behind may hold the pipe open:
    /// its end is not waited for.
    async fn until_exit(
        &mut self,
        child: &mut Child,
        output: &mut Output,
        show: &mut impl FnMut(Shown),
    ) -> std::io::Result<ExitStatus> {
        let exit = child.wait();
        tokio::pin!(exit);
        tokio::select! {
            status = &mut exit => return status,
            () = self.read_to_end(output, show) => {}
        }
        exit.await
    }

    /// Reads until the pipe is closed; can be given up and taken up again.
    async fn read_to_end(&mut self, output: &mut Output, show: &mut impl FnMut(Shown)) {
        while let Some(stdout) = &mut self.stdout {
            match stdout.read(&mut self.buffer).await {
                Ok(0) | Err(_) => self.stdout = None,
                Ok(count) => output.feed(&self.buffer[..count], show),
            }
        }
    }
}

/// Standard input that stays open would hang the CLI: dropping it closes it.
async fn write_input(mut stdin: tokio::process::ChildStdin, input: String) {
    // A process that does not read its input ends with an error of its own.
    let _ = stdin.write_all(input.as_bytes()).await;
    let _ = stdin.shutdown().await;
}

async fn read_capped(source: Option<impl AsyncRead + Unpin>) -> String {
    let Some(mut source) = source else {
        return String::new();
    };
    let mut kept = Vec::new();
    let mut buffer = [0; 8 * 1024];
    while let Ok(count @ 1..) = source.read(&mut buffer).await {
        let room = MAX_STDERR_BYTES.saturating_sub(kept.len());
        kept.extend_from_slice(&buffer[..count.min(room)]);
    }
    String::from_utf8_lossy(&kept).into_owned()
}
