//! What the kernel says of processes: CPU time and memory.

use super::Target;
use crate::scenario::{Measured, Metric};
use anyhow::{Context, Result};
use std::fs;
use std::time::Instant;

/// Watches CPU time over an interval.
pub(super) struct CpuWatch {
    pid: u32,
    began: Instant,
    ticks: Ticks,
}

/// CPU time so far, in clock ticks.
struct Ticks {
    server: u64,
    /// Of processes that the server started and that have ended.
    children: u64,
    generator: u64,
    machine: u64,
}

impl CpuWatch {
    pub(super) fn start(target: &Target) -> Result<Self> {
        Ok(Self {
            pid: target.pid,
            began: Instant::now(),
            ticks: Ticks::read(target.pid)?,
        })
    }

    /// Ends the interval: notes who else used CPU, returns seconds elapsed and the server's
    /// microseconds.
    pub(super) fn stop(self, measured: &mut Measured) -> Result<(f64, f64)> {
        let elapsed = self.began.elapsed().as_secs_f64();
        let now = Ticks::read(self.pid)?;
        let per_second = rustix::param::clock_ticks_per_second() as f64;
        let server = (now.server - self.ticks.server) as f64 / per_second;
        let children = (now.children - self.ticks.children) as f64 / per_second;
        let generator = (now.generator - self.ticks.generator) as f64 / per_second;
        let machine = (now.machine - self.ticks.machine) as f64 / per_second;
        let foreign = (machine - server - children - generator).max(0.0);
        measured.insert(Metric::GeneratorCpu, 100.0 * generator / elapsed);
        measured.insert(Metric::ForeignCpu, 100.0 * foreign / elapsed);
        Ok((elapsed, server * 1e6))
    }
}

impl Ticks {
    fn read(server: u32) -> Result<Self> {
        Ok(Self {
            server: process_ticks(&server.to_string(), 0)?,
            children: process_ticks(&server.to_string(), 2)?,
            generator: process_ticks("self", 0)?,
            machine: machine_ticks()?,
        })
    }
}

/// `utime + stime` of a process with all its threads; two fields further, of its children.
fn process_ticks(pid: &str, further: usize) -> Result<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).context("is the server alive?")?;
    // The name in parentheses may hold spaces; utime is the 12th field after it.
    let (_, fields) = stat.rsplit_once(')').context("no process name in stat")?;
    let ticks = fields.split_ascii_whitespace().skip(11 + further).take(2);
    ticks.map(|field| Ok(field.parse::<u64>()?)).sum()
}

/// Ticks that all cores spent on something: all but idle and waiting for disks.
fn machine_ticks() -> Result<u64> {
    let stat = fs::read_to_string("/proc/stat")?;
    let line = stat.lines().next().context("empty stat")?;
    let fields: Vec<u64> = line
        .split_ascii_whitespace()
        .skip(1)
        .take(8)
        .map_while(|n| n.parse().ok())
        .collect();
    Ok(fields
        .iter()
        .enumerate()
        .filter(|(at, _)| !matches!(at, 3 | 4))
        .map(|(_, n)| n)
        .sum())
}

/// Resident memory of a process, in bytes.
pub(super) fn resident_bytes(pid: u32) -> Result<f64> {
    // Unlike `status`, whose counters lag behind by pages per thread, this one is exact.
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
    let line = rollup
        .lines()
        .find(|line| line.starts_with("Rss:"))
        .context("no Rss")?;
    let kilobytes: f64 = line
        .split_ascii_whitespace()
        .nth(1)
        .context("no Rss")?
        .parse()?;
    Ok(kilobytes * 1024.0)
}
