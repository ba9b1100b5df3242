//! A Claude CLI that writes what its prompt asks for, as fast or as slowly as that says.

use anyhow::{Context, Result, bail};
use std::io::{Read, Write};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Length of a line, its newline included: about that of a line of prose.
pub(crate) const LINE_BYTES: usize = 80;

/// Time between two chunks.
const PACE: Duration = Duration::from_millis(2);

/// Whether this program was called as the CLI is: its first argument is always this.
pub(crate) fn is_called() -> bool {
    std::env::args().nth(1).as_deref() == Some("-p")
}

/// `chunks N` writes N lines at a pace, each beginning with its time in microseconds; `lines N`
/// writes N lines at once.
pub(crate) fn run() -> Result<()> {
    let mut prompt = String::new();
    std::io::stdin().read_to_string(&mut prompt)?;
    let (what, count) = prompt.split_once(' ').context("no count in the prompt")?;
    let count: usize = count.parse()?;
    match what {
        "chunks" => chunks(count),
        "lines" => lines(count),
        _ => bail!("unknown prompt"),
    }
}

fn chunks(count: usize) -> Result<()> {
    let mut stdout = std::io::stdout().lock();
    for _ in 0..count {
        std::thread::sleep(PACE);
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_micros();
        let line = format!("@{now} {:.<1$}\n", "", LINE_BYTES - 19);
        stdout.write_all(line.as_bytes())?;
        stdout.flush()?;
    }
    Ok(())
}

fn lines(count: usize) -> Result<()> {
    let line = format!("{:.<1$}\n", "", LINE_BYTES - 1);
    let mut stdout = std::io::stdout().lock();
    let at_a_time = line.repeat(64 * 1024 / LINE_BYTES);
    let mut left = count * LINE_BYTES;
    while left > 0 {
        let part = at_a_time.len().min(left);
        stdout.write_all(&at_a_time.as_bytes()[..part])?;
        left -= part;
    }
    Ok(stdout.flush()?)
}
