//! Latencies: samples and their percentiles.

use crate::scenario::{Measured, Metric};
use std::time::Duration;

/// Latencies in microseconds.
#[derive(Debug, Default)]
pub(super) struct Latencies(Vec<u32>);

impl Latencies {
    pub(super) fn add(&mut self, latency: Duration) {
        self.0
            .push(u32::try_from(latency.as_micros()).unwrap_or(u32::MAX));
    }

    pub(super) fn append(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }

    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    /// Notes the median and the 99th percentile.
    pub(super) fn report(mut self, measured: &mut Measured) {
        self.0.sort_unstable();
        measured.insert(Metric::P50, self.percentile(50));
        measured.insert(Metric::P99, self.percentile(99));
    }

    /// Milliseconds below which this percentage lies, of sorted samples.
    fn percentile(&self, percent: usize) -> f64 {
        let last = self.0.len().saturating_sub(1);
        let micros = self
            .0
            .get(last * percent / 100)
            .copied()
            .unwrap_or_default();
        f64::from(micros) / 1000.0
    }
}
