//! What the facts of a case say already, so that no branch has to be followed for it.

use super::node::Types;
use super::node::{Members, Node};
use super::solve::{Case, Literal, Sign, Solver};

/// References are followed so far.
const MAX_DEPTH: usize = 12;

impl Solver<'_> {
    /// Whether every value of the case fits the literal. May miss some, never invents one.
    pub(super) fn entailed(&self, case: &Case, literal: Literal, depth: usize) -> bool {
        let (id, sign) = literal;
        if depth > MAX_DEPTH {
            return false;
        }
        if case.seen.contains(&literal)
            || (sign == Sign::Accepts && case.seen.contains(&(id, Sign::Writes)))
        {
            return true;
        }
        let accepted = sign != Sign::Rejects;
        let each = |part: &_| self.entailed(case, (*part, sign), depth + 1);
        match &*self.graph.node(id) {
            Node::Anything => accepted,
            Node::Nothing => !accepted,
            // What a writer declares is more than what it accepts: it has to be known as such.
            _ if sign == Sign::Writes => false,
            Node::All(parts) if accepted => parts.iter().all(each),
            Node::All(parts) => parts.iter().any(each),
            Node::AnyOf(parts) if accepted => parts.iter().any(each),
            Node::AnyOf(parts) => parts.iter().all(each),
            Node::OneOf(parts) if !accepted => parts.iter().all(each),
            Node::Not(part) => {
                let sign = if accepted {
                    Sign::Rejects
                } else {
                    Sign::Accepts
                };
                self.entailed(case, (*part, sign), depth + 1)
            }
            Node::Reference(reference) => each(&self.graph.target(*reference)),
            Node::Types(types) => types.meets(case.of) == accepted,
            Node::Values(values) if !accepted => {
                !values.iter().any(|value| case.of.meets(Types::of(value)))
            }
            Node::Has(name) if case.of == Types::OBJECT => {
                let known = case.facts.object.has.contains(name);
                if accepted {
                    return known;
                }
                !known && case.writer_is_known && {
                    let value = case.facts.object.value(self.graph, name);
                    value.is_none()
                }
            }
            Node::Members(members) if !accepted && case.of == Types::OBJECT => {
                self.a_member_is_wrong(case, members)
            }
            Node::Unevaluated { beside, .. } if !accepted => each(beside),
            typed => accepted && !typed.applies_to().meets(case.of),
        }
    }

    /// Whether a member that must be there cannot be what the schema wants of it: so variants of a
    /// union are told apart by their tag.
    fn a_member_is_wrong(&self, case: &Case, members: &Members) -> bool {
        let objects = &case.facts.object;
        objects.has.iter().any(|name| {
            let Some(wanted) = members.named.get(name) else {
                return false;
            };
            let Some(literals) = objects.value(self.graph, name) else {
                return false;
            };
            let values = self.finite(&literals);
            values.is_some_and(|values| {
                let mut each = values.iter();
                each.all(|value| !self.graph.holds(*wanted, value))
            })
        })
    }
}
