//! Whether two schemas say the same, however each is spelled.

use super::document::Document;
use super::node::{Graph, NodeId};
use super::parse::{Undeclared, parse_part};
use super::solve::{Outcome, Sign, Solver};
use serde_json::Value;

/// A schema and the document in which its references lead somewhere.
pub(crate) type Part<'a> = (&'a Document<'a>, &'a Value);

/// Whether it is proven that both accept the same values and declare the same fields.
///
/// Fields are compared by the values that are left when nothing undeclared is accepted: an optional
/// field of any type changes those, and not what an open object accepts.
pub(crate) fn same(one: Part<'_>, other: Part<'_>) -> bool {
    [Undeclared::Refused, Undeclared::AsWritten]
        .into_iter()
        .all(|undeclared| same_values(one, other, undeclared).unwrap_or(false))
}

fn same_values(one: Part<'_>, other: Part<'_>, undeclared: Undeclared) -> anyhow::Result<bool> {
    let mut graph = Graph::new();
    let one = parse_part(&mut graph, one.0, one.1, undeclared)?;
    let other = parse_part(&mut graph, other.0, other.1, undeclared)?;
    Ok(
        one == other
            || (lies_within(&mut graph, one, other) && lies_within(&mut graph, other, one)),
    )
}

fn lies_within(graph: &mut Graph, one: NodeId, other: NodeId) -> bool {
    let literals = vec![(one, Sign::Accepts), (other, Sign::Rejects)];
    matches!(Solver::brief(graph).solve(literals), Outcome::Empty)
}
