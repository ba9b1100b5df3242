//! Names for members that must be there: mentioned somewhere, or new.

use super::node::{Node, NodeId, Types};
use super::object::{Chosen, Demand, DemandedName, Objects};
use super::solve::{Literal, Outcome, Sign, Solver};
use serde_json::Value;
use std::collections::BTreeSet;
use std::rc::Rc;

/// More patterns are not combined with each other.
const MAX_PATTERNS: usize = 5;

impl Solver<'_> {
    /// Names that a demanded member can have, and whether some may be missing.
    pub(super) fn candidates(
        &mut self,
        objects: &Objects,
        demand: &Demand,
        chosen: &Chosen,
    ) -> (Vec<Rc<str>>, Option<&'static str>) {
        if let DemandedName::Is(name) = &demand.name {
            return (vec![Rc::clone(name)], None);
        }
        let mut names = objects.mentioned();
        names.extend(chosen.keys().cloned());
        let (fresh, unknown) = self.fresh(objects, demand.key, &names);
        let key_fits = |name: &Rc<str>| {
            let name = Value::String(name.to_string());
            demand
                .key
                .is_none_or(|literal| self.fits(&name, &[literal]))
        };
        let names = names.into_iter().chain(fresh);
        let names = names.filter(|name| objects.name_fits(demand, name) && key_fits(name));
        (names.collect(), unknown)
    }

    /// Names that nobody mentions, one for each way in which they match the patterns.
    pub(super) fn fresh(
        &mut self,
        objects: &Objects,
        key: Option<Literal>,
        taken: &BTreeSet<Rc<str>>,
    ) -> (Vec<Rc<str>>, Option<&'static str>) {
        let patterns: Vec<Rc<str>> = objects.patterns().into_iter().collect();
        let mut unknown = (patterns.len() > MAX_PATTERNS).then_some("many patterns");
        let nodes: Vec<NodeId> = patterns
            .into_iter()
            .map(|source| self.graph.add(Node::Pattern(source)))
            .collect();
        let taken: Rc<[Value]> = taken.iter().map(|name| name.as_ref().into()).collect();
        let taken = self.graph.add(Node::Values(taken));
        let string = self.graph.add(Node::Types(Types::STRING));
        let mut names = Vec::new();
        for mask in 0..(1_usize << nodes.len().min(MAX_PATTERNS)) {
            let mut literals = vec![(string, Sign::Accepts), (taken, Sign::Rejects)];
            literals.extend(key);
            literals.extend(&objects.names);
            literals.extend(nodes.iter().enumerate().map(|(index, node)| {
                let matched = index < MAX_PATTERNS && mask & (1 << index) != 0;
                let sign = if matched {
                    Sign::Accepts
                } else {
                    Sign::Rejects
                };
                (*node, sign)
            }));
            let likely = ["extra", "other", "more"].map(Value::from);
            let found = match self.among(&likely, &literals) {
                Outcome::Witness(found) => Outcome::Witness(found),
                _ => self.solve(literals),
            };
            match found {
                Outcome::Witness(Value::String(name)) => names.push(name.into()),
                Outcome::Unknown(why) => unknown = Some(why),
                _ => {}
            }
        }
        (names, unknown)
    }
}
