//! The report on clients: one table and the targets.

use super::{Client, Task};
use crate::machine::Conditions;
use crate::report::{replace, verdict};
use anyhow::Result;
use std::collections::BTreeMap;
use std::path::Path;

const BEGIN: &str = "<!-- clients: `cargo xtask bench --write` replaces what follows -->";
const END: &str = "<!-- end of what was measured of clients -->";

/// How many a second, in each round.
#[derive(Default)]
pub(super) struct Rates(BTreeMap<(Task, Client), Vec<f64>>);

impl Rates {
    pub(super) fn add(&mut self, client: Client, task: Task, rate: f64) {
        self.0.entry((task, client)).or_default().push(rate);
    }

    fn sorted(&self, client: Client, task: Task) -> Option<Vec<f64>> {
        let mut rates = self.0.get(&(task, client))?.clone();
        rates.sort_by(f64::total_cmp);
        Some(rates)
    }

    fn median(&self, client: Client, task: Task) -> Option<f64> {
        let rates = self.sorted(client, task)?;
        let (lower, upper) = (rates[(rates.len() - 1) / 2], rates[rates.len() / 2]);
        Some((lower + upper) / 2.0)
    }

    /// How many times the one is as fast as the other.
    fn ratio(&self, task: Task, one: Client, other: Client) -> Option<f64> {
        Some(self.median(one, task)? / self.median(other, task)?)
    }
}

/// A run to be shown.
pub(super) struct Report {
    pub(super) rates: Rates,
    pub(super) clients: Vec<Client>,
    pub(super) conditions: Conditions,
    pub(super) rounds: usize,
    pub(super) count: usize,
}

impl Report {
    pub(super) fn markdown(&self) -> String {
        let mut lines = vec![
            self.conditions.describe(),
            format!(
                "{} events and calls each; medians of {} interleaved rounds, least and most in \
                 parentheses.",
                self.count, self.rounds
            ),
            String::new(),
            "| | typed events per second | against bare | callbacks per second, 64 in flight | \
             against Node |"
                .into(),
            "|---|---|---|---|---|".into(),
        ];
        lines.extend(self.clients.iter().map(|client| self.row(*client)));
        lines.push(String::new());
        lines.extend(self.targets());
        lines.join("\n")
    }

    /// Replaces the measured part of the page.
    pub(super) fn write(&self, page: &Path) -> Result<()> {
        replace(page, BEGIN, END, &self.markdown())
    }

    fn row(&self, client: Client) -> String {
        let times = |ratio: Option<f64>| {
            let ratio = ratio.map(|ratio| format!("{ratio:.2} ×"));
            ratio.unwrap_or_default()
        };
        format!(
            "| {} | {} | {} | {} | {} |",
            client.title(),
            self.cell(client, Task::Events),
            times(self.rates.ratio(Task::Events, client, Client::Bare)),
            self.cell(client, Task::Acks),
            times(self.rates.ratio(Task::Acks, client, Client::Node)),
        )
    }

    fn cell(&self, client: Client, task: Task) -> String {
        let (Some(rates), Some(median)) = (
            self.rates.sorted(client, task),
            self.rates.median(client, task),
        ) else {
            return "not possible".into();
        };
        match rates.as_slice() {
            [least, .., most] => format!("{median:.0} ({least:.0} to {most:.0})"),
            _ => format!("{median:.0}"),
        }
    }

    /// Each target with what was measured, where it was.
    fn targets(&self) -> Vec<String> {
        let at_least = |what: &str, least: f64, task, one, other| {
            let is = self.rates.ratio(task, one, other)?;
            Some(verdict(what, is >= least, &format!("{is:.2}")))
        };
        let rows = [
            at_least(
                "Events on a current-thread runtime: at least 0.8 of bare",
                0.8,
                Task::Events,
                Client::Sdk,
                Client::Bare,
            ),
            at_least(
                "Events on a multi-thread runtime: at least 0.6 of bare",
                0.6,
                Task::Events,
                Client::SdkThreads,
                Client::Bare,
            ),
            at_least(
                "Events: at least 3 times Node's client",
                3.0,
                Task::Events,
                Client::Sdk,
                Client::Node,
            ),
            at_least(
                "Callbacks with 64 in flight: at least 2 times Node's client",
                2.0,
                Task::Acks,
                Client::Sdk,
                Client::Node,
            ),
        ];
        let mut lines: Vec<String> = rows.into_iter().flatten().collect();
        if !lines.is_empty() {
            lines.insert(0, "| Target | Measured | |\n|---|---|---|".into());
        }
        lines
    }
}
