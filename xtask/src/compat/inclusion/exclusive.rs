//! Unions whose alternatives exclude each other: by type, or by a tag that each requires.
//!
//! For those `oneOf` says what `anyOf` says, and needs no comparison of each with each.

use super::node::{Node, NodeId, Types};
use super::solve::{Sign, Solver};
use serde_json::Value;
use std::collections::{BTreeMap, HashSet};
use std::rc::Rc;

/// References are followed so far.
const MAX_DEPTH: usize = 12;

/// Values of the members that an alternative requires, where they are few.
type Tags = BTreeMap<Rc<str>, Rc<[Value]>>;

impl Solver<'_> {
    /// Whether no value satisfies two of the parts. May say no where it is so.
    pub(super) fn exclude_each_other(&mut self, union: NodeId, parts: &[NodeId]) -> bool {
        if let Some(known) = self.exclusive.get(&union) {
            return *known;
        }
        let exclusive = self.find_exclusive(parts);
        self.exclusive.insert(union, exclusive);
        exclusive
    }

    fn find_exclusive(&mut self, parts: &[NodeId]) -> bool {
        let types: Vec<Types> = parts
            .iter()
            .map(|part| self.types((*part, Sign::Accepts), 0))
            .collect();
        let mut rest = Vec::new();
        for (index, of) in types.iter().enumerate() {
            let meets = |other: &Types| of.meets(*other);
            let others = types[..index].iter().chain(&types[index + 1..]);
            if others.into_iter().any(meets) {
                rest.push((parts[index], *of));
            }
        }
        if rest.iter().any(|(_, of)| *of != Types::OBJECT) {
            return rest.is_empty();
        }
        let tags: Vec<Tags> = rest.iter().map(|(part, _)| self.tags(*part)).collect();
        let Some(first) = tags.first() else {
            return true;
        };
        first.keys().any(|name| {
            let mut seen = HashSet::new();
            tags.iter().all(|tags| {
                let values = tags.get(name);
                values.is_some_and(|values| values.iter().all(|value| seen.insert(value)))
            })
        })
    }

    fn tags(&self, part: NodeId) -> Tags {
        let (mut required, mut named) = (HashSet::new(), BTreeMap::new());
        self.gather(part, 0, &mut required, &mut named);
        named.retain(|name, _| required.contains(name));
        named
    }

    fn gather(
        &self,
        node: NodeId,
        depth: usize,
        required: &mut HashSet<Rc<str>>,
        named: &mut Tags,
    ) {
        if depth > MAX_DEPTH {
            return;
        }
        match &*self.graph.node(node) {
            Node::All(parts) => {
                for part in parts {
                    self.gather(*part, depth + 1, required, named);
                }
            }
            Node::Reference(reference) => {
                self.gather(self.graph.target(*reference), depth + 1, required, named);
            }
            Node::Unevaluated { beside, .. } => self.gather(*beside, depth + 1, required, named),
            Node::Has(name) => {
                required.insert(Rc::clone(name));
            }
            Node::Members(members) => {
                for (name, node) in &members.named {
                    if let Some(values) = self.finite(&[(*node, Sign::Accepts)]) {
                        named.insert(Rc::clone(name), values);
                    }
                }
            }
            _ => {}
        }
    }
}
