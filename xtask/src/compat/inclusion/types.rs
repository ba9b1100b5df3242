//! Which types, and which few values, can fit a statement at all.

use super::node::{Node, NodeId, Types};
use super::solve::{Literal, Sign, Solver};
use serde_json::Value;
use std::rc::Rc;

impl Solver<'_> {
    /// Types of values that can fit a literal, and perhaps some more.
    pub(super) fn types(&mut self, literal: Literal, depth: usize) -> Types {
        if let Some(types) = self.types.get(&literal) {
            return *types;
        }
        if depth > 60 {
            return Types::ALL;
        }
        let (id, sign) = literal;
        let accepted = sign != Sign::Rejects;
        let node = self.graph.node(id);
        let mut joined = |parts: &[NodeId], union: bool| {
            let start = if union { Types::NONE } else { Types::ALL };
            parts.iter().fold(start, |types, part| {
                let of = self.types((*part, sign), depth + 1);
                if union { types | of } else { types & of }
            })
        };
        let types = match &*node {
            Node::Anything if !accepted => Types::NONE,
            Node::Nothing if accepted => Types::NONE,
            Node::All(parts) => joined(parts, !accepted),
            Node::AnyOf(parts) => joined(parts, accepted),
            Node::OneOf(parts) if accepted => joined(parts, true),
            Node::Not(part) => {
                let sign = if accepted {
                    Sign::Rejects
                } else {
                    Sign::Accepts
                };
                self.types((*part, sign), depth + 1)
            }
            Node::If {
                then, otherwise, ..
            } => joined(&[*then, *otherwise], true),
            Node::Types(types) if accepted => *types,
            Node::Types(types) => types.others(),
            Node::Values(values) if accepted => values
                .iter()
                .fold(Types::NONE, |types, value| types | Types::of(value)),
            Node::Unevaluated { beside, .. } if accepted => joined(&[*beside], true),
            typed if !accepted => typed.applies_to(),
            _ => Types::ALL,
        };
        self.types.insert(literal, types);
        types
    }

    /// All values there can be, when they are few.
    pub(super) fn finite(&self, literals: &[Literal]) -> Option<Rc<[Value]>> {
        let positive = literals.iter().filter(|(_, sign)| *sign != Sign::Rejects);
        positive
            .filter_map(|(node, _)| self.finite_node(*node, 0))
            .min_by_key(|values| values.len())
    }

    fn finite_node(&self, node: NodeId, depth: usize) -> Option<Rc<[Value]>> {
        if depth > 8 {
            return None;
        }
        match &*self.graph.node(node) {
            Node::Values(values) => Some(Rc::clone(values)),
            Node::Types(types) if *types == Types::NULL => Some(Rc::from([Value::Null])),
            Node::Types(types) if (Types::BOOLEAN | Types::NULL).contains(*types) => {
                let mut values = vec![Value::Bool(true), Value::Bool(false)];
                values.extend(types.contains(Types::NULL).then_some(Value::Null));
                Some(values.into())
            }
            Node::All(parts) => parts
                .iter()
                .find_map(|part| self.finite_node(*part, depth + 1)),
            Node::AnyOf(parts) | Node::OneOf(parts) => {
                let mut all = Vec::new();
                for part in parts {
                    all.extend(self.finite_node(*part, depth + 1)?.iter().cloned());
                }
                Some(all.into())
            }
            Node::Unevaluated { beside, .. } => self.finite_node(*beside, depth + 1),
            _ => None,
        }
    }
}
