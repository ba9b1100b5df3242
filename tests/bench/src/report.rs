//! The report: one table, the targets, and what speaks against believing them.

use crate::machine::Conditions;
use crate::results::Results;
use crate::scenario::{Better, Metric, Scenario};
use crate::server::Server;
use anyhow::{Context, Result};
use std::fs;
use std::path::Path;

const BEGIN: &str = "<!-- measured: `cargo xtask bench --write` replaces what follows -->";
const END: &str = "<!-- end of what was measured -->";

/// A run to be shown.
pub(crate) struct Report {
    pub(crate) results: Results,
    pub(crate) scenarios: Vec<Scenario>,
    pub(crate) servers: Vec<Server>,
    pub(crate) conditions: Conditions,
    pub(crate) rounds: usize,
}

impl Report {
    /// The whole report.
    pub(crate) fn markdown(&self) -> String {
        let mut lines = vec![self.conditions.describe(), self.method(), String::new()];
        lines.extend(self.table());
        lines.push(String::new());
        lines.extend(self.targets());
        lines.push(String::new());
        lines.extend(self.doubts());
        lines.join("\n")
    }

    /// Replaces the measured part of the page; the prose around it is written by hand.
    pub(crate) fn write(&self, page: &Path) -> Result<()> {
        replace(page, BEGIN, END, &self.markdown())
    }

    fn method(&self) -> String {
        format!(
            "Medians of {} interleaved rounds, least and most in parentheses.",
            self.rounds
        )
    }

    fn table(&self) -> Vec<String> {
        let titles: Vec<&str> = self.servers.iter().map(|server| server.title()).collect();
        let mut lines = vec![
            format!("| | {} | against Node |", titles.join(" | ")),
            format!("|---|{}---|", "---|".repeat(titles.len())),
        ];
        for scenario in &self.scenarios {
            let blank = " |".repeat(titles.len() + 1);
            lines.push(format!("| **{}** |{blank}", scenario.title()));
            lines.extend(
                scenario
                    .metrics()
                    .iter()
                    .map(|metric| self.row(*scenario, *metric)),
            );
        }
        lines
    }

    fn row(&self, scenario: Scenario, metric: Metric) -> String {
        let cells: Vec<String> = self
            .servers
            .iter()
            .map(|server| self.cell(scenario, *server, metric))
            .collect();
        let ratio = self
            .against_node(scenario, metric)
            .map(|ratio| format!("{ratio:.1} ×"));
        let ratio = ratio.unwrap_or_default();
        format!("| {} | {} | {ratio} |", metric.label(), cells.join(" | "))
    }

    fn cell(&self, scenario: Scenario, server: Server, metric: Metric) -> String {
        let Some(values) = self.results.of(scenario, server, metric) else {
            return String::new();
        };
        let median = self
            .results
            .median(scenario, server, metric)
            .unwrap_or_default();
        let show = |value: Option<&f64>| metric.show(value.copied().unwrap_or_default());
        let (least, most) = (show(values.first()), show(values.last()));
        if least == most {
            return least;
        }
        format!("{} ({least} to {most})", metric.show(median))
    }

    /// How many times better than Node the project's server is.
    fn against_node(&self, scenario: Scenario, metric: Metric) -> Option<f64> {
        let ours = self.results.median(scenario, Server::Slop, metric)?;
        let node = self.results.median(scenario, Server::Node, metric)?;
        let ratio = match metric.better()? {
            Better::Lower => node / ours,
            Better::Higher => ours / node,
        };
        ratio.is_finite().then_some(ratio)
    }

    /// Each target with what was measured, where it was.
    fn targets(&self) -> Vec<String> {
        let ours = |scenario, metric| self.results.median(scenario, Server::Slop, metric);
        let node = |scenario, metric| self.results.median(scenario, Server::Node, metric);
        let most = |scenario, metric| {
            self.results
                .of(scenario, Server::Slop, metric)
                .and_then(|all| all.last().copied())
        };
        let at_least = |what: &str, least: f64, is: Option<f64>| {
            Some(verdict(what, is? >= least, &format!("{:.1}", is?)))
        };
        let below = |what: &str, bound: Option<f64>, is: Option<f64>, unit: &str| {
            let (bound, is) = (bound?, is?);
            Some(verdict(what, is < bound, &format!("{is:.2} {unit}")))
        };
        let none =
            |what: &str, is: Option<f64>| Some(verdict(what, is? == 0.0, &format!("{:.0}", is?)));
        let ratio = self.against_node(Scenario::Heartbeat, Metric::CpuPerAck);
        let p99 = |scenario| (node(scenario, Metric::P99), ours(scenario, Metric::P99));
        let (node_p99, our_p99) = p99(Scenario::Heartbeat);
        let (node_serial_p99, our_serial_p99) = p99(Scenario::HeartbeatSerial);
        let first = ours(Scenario::FirstCallback, Metric::P50);
        let memory = ours(Scenario::Idle, Metric::BytesPerConnection).map(|bytes| bytes / 1000.0);
        let rows = [
            at_least(
                "At least 9 times Node's heartbeats per CPU second",
                9.0,
                ratio,
            ),
            below("p99 below Node's, 16 in flight", node_p99, our_p99, "ms"),
            below(
                "p99 below Node's, 1 in flight",
                node_serial_p99,
                our_serial_p99,
                "ms",
            ),
            below("First callback: p50 under 2 ms", Some(2.0), first, "ms"),
            below(
                "At most 18 kB per idle connection",
                Some(18.0),
                memory,
                "kB",
            ),
            none(
                "No event overtakes another",
                most(Scenario::Order, Metric::Inversions),
            ),
            none(
                "No event lost at connect",
                most(Scenario::Connect, Metric::Lost),
            ),
            none(
                "No callback lost with 256 in flight",
                most(Scenario::Burst, Metric::Lost),
            ),
        ];
        let mut lines: Vec<String> = rows.into_iter().flatten().collect();
        if !lines.is_empty() {
            lines.insert(0, "| Target | Measured | |\n|---|---|---|".into());
        }
        lines
    }

    /// What a reader should know before believing the numbers.
    fn doubts(&self) -> Vec<String> {
        let stalls: f64 = self
            .results
            .all(Metric::Stalls)
            .fold(0.0, |sum, stalls| sum + stalls);
        let most = |metric| self.results.all(metric).fold(0.0, f64::max);
        let (generator, foreign) = (most(Metric::GeneratorCpu), most(Metric::ForeignCpu));
        vec![
            format!("Stalls of over a second: {stalls:.0}."),
            format!("The load generator used at most {generator:.0} % of its core,"),
            format!("other processes at most {foreign:.0} % of a core during a measurement."),
        ]
    }
}

/// Replaces what stands between two lines of a page.
pub(crate) fn replace(page: &Path, begin: &str, end: &str, measured: &str) -> Result<()> {
    let text = fs::read_to_string(page)?;
    let parts = text
        .split_once(begin)
        .and_then(|(before, rest)| rest.split_once(end).map(|(_, after)| (before, after)));
    let (before, after) =
        parts.with_context(|| format!("{} lacks `{begin}` or `{end}`", page.display()))?;
    fs::write(
        page,
        format!("{before}{begin}\n\n{measured}\n\n{end}{after}"),
    )?;
    Ok(())
}

pub(crate) fn verdict(what: &str, met: bool, is: &str) -> String {
    let verdict = if met { "met" } else { "**missed**" };
    format!("| {what} | {is} | {verdict} |")
}
