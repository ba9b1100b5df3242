//! How much a comparison measures, and where it writes that down.

use anyhow::{Result, ensure};
use clap::ValueEnum;
use std::path::PathBuf;

#[derive(clap::Args)]
pub(crate) struct Extent {
    /// Do a tenth of the work in one round: shows that everything runs, its numbers mean nothing.
    #[arg(long)]
    pub(crate) quick: bool,
    /// Rounds; medians are reported.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Write the result into docs/benchmarks.md.
    #[arg(long)]
    write: bool,
    /// Root of the repository.
    #[arg(long, default_value = ".")]
    pub(crate) repository: PathBuf,
}

impl Extent {
    /// How many rounds are measured.
    pub(crate) fn rounds(&self) -> usize {
        if self.quick { 1 } else { self.rounds }
    }

    /// The page that the report goes into, when that was asked for.
    ///
    /// # Errors
    /// When this is not a whole run: it is quick, or one of `selections` was given.
    pub(crate) fn page(&self, selections: &[(&str, bool)]) -> Result<Option<PathBuf>> {
        if !self.write {
            return Ok(None);
        }
        let given = selections.iter().filter(|(_, is_given)| *is_given);
        let quick = self.quick.then_some("--quick");
        let partial: Vec<_> = quick
            .into_iter()
            .chain(given.map(|(name, _)| *name))
            .collect();
        ensure!(
            partial.is_empty(),
            "--write is for whole runs: leave out {}",
            partial.join(" and ")
        );
        Ok(Some(self.repository.join("docs/benchmarks.md")))
    }
}

/// What was asked for, or everything.
pub(crate) fn chosen<T: ValueEnum>(asked: &[T]) -> Vec<T> {
    if asked.is_empty() {
        T::value_variants().to_vec()
    } else {
        asked.to_vec()
    }
}
