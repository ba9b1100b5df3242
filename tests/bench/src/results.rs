//! The results of all rounds, and their medians.

use crate::scenario::{Measured, Metric, Scenario};
use crate::server::Server;
use std::collections::BTreeMap;

/// All that was measured: one value per round.
#[derive(Default)]
pub(crate) struct Results {
    values: BTreeMap<(Scenario, Server, Metric), Vec<f64>>,
}

impl Results {
    /// Notes one round.
    pub(crate) fn add(&mut self, scenario: Scenario, server: Server, measured: Measured) {
        for (metric, value) in measured {
            self.values
                .entry((scenario, server, metric))
                .or_default()
                .push(value);
        }
    }

    /// The values of all rounds, sorted.
    pub(crate) fn of(
        &self,
        scenario: Scenario,
        server: Server,
        metric: Metric,
    ) -> Option<Vec<f64>> {
        let mut values = self.values.get(&(scenario, server, metric))?.clone();
        values.sort_by(f64::total_cmp);
        Some(values)
    }

    /// The median of all rounds.
    pub(crate) fn median(&self, scenario: Scenario, server: Server, metric: Metric) -> Option<f64> {
        let values = self.of(scenario, server, metric)?;
        let upper = values[values.len() / 2];
        let lower = values[(values.len() - 1) / 2];
        Some((lower + upper) / 2.0)
    }

    /// Everything measured under this name, whatever the scenario and the server.
    pub(crate) fn all(&self, metric: Metric) -> impl Iterator<Item = f64> {
        let wanted = move |key: &(Scenario, Server, Metric)| key.2 == metric;
        self.values
            .iter()
            .filter(move |(key, _)| wanted(key))
            .flat_map(|(_, values)| values.clone())
    }
}
