//! Inclusion: does a reader accept all that a writer declares? Yes, or here is a payload it refuses.

mod node;

mod document;

mod keywords;

mod parse;

mod common;

mod holds;

mod solve;

mod reduce;

mod types;

mod entailed;

mod exclusive;

mod facts;

mod number;

mod text;

mod object;

mod names;

mod array;

mod different;

mod format;

mod pattern;

mod automaton;

mod layers;

mod bytes;

mod same;

pub(crate) use document::Document;
pub(crate) use format::bounds as numeric_format_bounds;
pub(crate) use node::Graph;
pub(crate) use parse::{parse, parse_both, place};
pub(crate) use same::same;
pub(crate) use solve::Outcome;

use parse::Undeclared;
use serde_json::Value;
use solve::{Sign, Solver};

/// What came of comparing a writer's schema with a reader's.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Inclusion {
    /// The reader accepts all that the writer declares.
    Proven,
    /// It does not accept this.
    Refuted(Value),
    /// It does not accept something that is too large to show.
    RefutedUnseen,
    /// Neither could be shown; the words say what was too hard.
    Undecided(&'static str),
}

/// Compares what a writer declares with what a reader accepts.
///
/// # Errors
/// When one of them is not a schema, or refers to something outside of itself.
pub(crate) fn inclusion(writer: &Value, reader: &Value) -> anyhow::Result<Inclusion> {
    let mut graph = Graph::new();
    let documents = [Document::new(writer), Document::new(reader)];
    let (written, read) = parse_both(&mut graph, &documents[0], &documents[1])?;
    let literals = vec![(written, Sign::Writes), (read, Sign::Rejects)];
    Ok(match Solver::new(&mut graph).solve(literals) {
        Outcome::Empty => Inclusion::Proven,
        Outcome::Witness(value) => Inclusion::Refuted(value),
        Outcome::Unknown(solve::TOO_LARGE) => Inclusion::RefutedUnseen,
        Outcome::Unknown(why) => Inclusion::Undecided(why),
    })
}

/// Reads a schema only to see whether it is one.
///
/// # Errors
/// When it is not a schema, or refers to something outside of itself.
pub(crate) fn check(schema: &Value) -> anyhow::Result<()> {
    parse(&mut Graph::new(), &Document::new(schema)).map(|_| ())
}

/// Whether a part of a document declares the value, with all its members; not when it cannot be read.
pub(crate) fn declares(document: &Document<'_>, part: &Value, value: &Value) -> bool {
    let mut graph = Graph::new();
    let node = parse::parse_part(&mut graph, document, part, Undeclared::Refused);
    node.is_ok_and(|node| graph.holds(node, &number::canonical(value)))
}

/// Whether a string is of a format.
pub(crate) fn is_of_format(format: &str, text: &str) -> bool {
    format::accepts(format, text)
}

/// Whether a pattern matches somewhere in a text.
pub(crate) fn pattern_matches(pattern: &str, text: &str) -> bool {
    pattern::matches(pattern, text)
}

#[cfg(test)]
mod tests;
