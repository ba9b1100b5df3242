//! Deviations: the first point at which a server and a transcript part ways.

use crate::matching::Difference;
use std::fmt;

/// Where and how a server deviates from a transcript.
#[derive(Debug, Clone, PartialEq)]
pub struct Deviation {
    /// The step, from 1; after the last one for what should not have arrived.
    pub step: usize,
    /// The step as the transcript has it.
    pub line: String,
    /// What is wrong, in a sentence.
    pub problem: String,
    /// Where the payload differs.
    pub difference: Option<Difference>,
    /// What arrived at that socket and has not been asked about yet.
    pub arrived: Vec<String>,
}

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "step {}: {}", self.step, self.problem)?;
        if !self.line.is_empty() {
            writeln!(f, "    {}", self.line)?;
        }
        if let Some(difference) = &self.difference {
            let place = match difference.path.as_str() {
                "" => "the payload",
                path => path,
            };
            writeln!(f, "    at {place}")?;
            writeln!(f, "    - {}", difference.expected)?;
            writeln!(f, "    + {}", difference.received)?;
        }
        for arrived in &self.arrived {
            writeln!(f, "    arrived: {arrived}")?;
        }
        Ok(())
    }
}
