//! From statements to facts and choices: what each node means for a value of one type.

use super::facts::Scope;
use super::node::{Collection, Node, NodeId, Types};
use super::object::{Demand, DemandedName};
use super::solve::{Branch, Case, Contradiction, Item, Literal, Sign, Solver};
use std::rc::Rc;

impl Solver<'_> {
    /// Adds a statement to what is known of the case, and what follows from it to what is to do.
    pub(super) fn reduce(
        &mut self,
        case: &mut Case,
        (id, sign): Literal,
        scope: Option<Rc<Scope>>,
    ) -> Result<(), Contradiction> {
        // Inside a scope the same node counts once more: what it evaluates belongs to the scope.
        if !case.seen.insert((id, sign)) && scope.is_none() {
            return Ok(());
        }
        let opposite = match sign {
            Sign::Rejects => {
                case.seen.contains(&(id, Sign::Accepts)) || case.seen.contains(&(id, Sign::Writes))
            }
            _ => case.seen.contains(&(id, Sign::Rejects)),
        };
        if opposite {
            return Err(Contradiction);
        }
        let item = |node: NodeId, sign| Item::Literal((node, sign), scope.clone());
        let branches = |parts: &[NodeId], sign| -> Vec<Branch> {
            parts.iter().map(|part| vec![item(*part, sign)]).collect()
        };
        let accepted = sign != Sign::Rejects;
        match &*self.graph.node(id) {
            Node::Anything | Node::Nothing => {
                let anything = id == self.graph.anything;
                return if anything == accepted {
                    Ok(())
                } else {
                    Err(Contradiction)
                };
            }
            Node::All(parts) if accepted => {
                case.todo.extend(parts.iter().map(|part| item(*part, sign)));
            }
            Node::AnyOf(parts) if !accepted => {
                case.todo.extend(parts.iter().map(|part| item(*part, sign)));
            }
            Node::All(parts) | Node::AnyOf(parts) => {
                case.choices.push(Rc::new(branches(parts, sign)));
            }
            Node::OneOf(parts) if self.exclude_each_other(id, parts) => {
                if accepted {
                    case.choices.push(Rc::new(branches(parts, sign)));
                } else {
                    case.todo.extend(parts.iter().map(|part| item(*part, sign)));
                }
            }
            Node::OneOf(parts) => {
                case.choices.push(Rc::new(one_of(parts, sign, item)));
            }
            Node::Not(part) => {
                let sign = if accepted {
                    Sign::Rejects
                } else {
                    Sign::Accepts
                };
                case.todo.push(Item::Literal((*part, sign), None));
            }
            Node::If {
                condition,
                then,
                otherwise,
            } => {
                let unmet = Item::Literal((*condition, Sign::Rejects), None);
                case.choices.push(Rc::new(vec![
                    vec![item(*condition, Sign::Accepts), item(*then, sign)],
                    vec![unmet, item(*otherwise, sign)],
                ]));
            }
            Node::Reference(reference) => {
                case.todo.push(item(self.graph.target(*reference), sign));
            }
            Node::Types(types) => {
                if types.meets(case.of) != accepted {
                    return Err(Contradiction);
                }
            }
            Node::Values(values) => case.facts.values(case.of, values, accepted)?,
            Node::Unevaluated { beside, schema, of } => {
                self.unevaluated(case, (*beside, *schema, *of), sign, scope)
            }
            typed => {
                if typed.applies_to().meets(case.of) {
                    super::facts::add(self.graph, case, typed, (id, sign), scope)?;
                } else if !accepted {
                    return Err(Contradiction);
                }
            }
        }
        Ok(())
    }

    fn unevaluated(
        &mut self,
        case: &mut Case,
        (beside, schema, of): (NodeId, NodeId, Collection),
        sign: Sign,
        outer: Option<Rc<Scope>>,
    ) {
        self.scopes += 1;
        let scope = Rc::new(Scope {
            number: self.scopes,
            outer: outer.clone(),
        });
        if sign != Sign::Rejects {
            case.todo
                .push(Item::Literal((beside, sign), Some(Rc::clone(&scope))));
            if of == Collection::Object {
                let rule = (scope.number, (schema, sign));
                case.facts.object.unevaluated.push(rule);
            } else {
                case.facts
                    .array
                    .unevaluated
                    .push((scope.number, (schema, sign)));
            }
            return;
        }
        let violated = vec![Item::Literal((beside, Sign::Rejects), None)];
        let holds = Item::Literal((beside, Sign::Accepts), Some(Rc::clone(&scope)));
        let value = (schema, Sign::Rejects);
        let extra = match of {
            Collection::Object => Item::Demand(Demand {
                name: DemandedName::Unevaluated(scope.number),
                value: Some(value),
                key: None,
            }),
            Collection::Array => Item::Element(super::array::Demand {
                place: super::array::Place::Unevaluated(scope.number),
                value,
            }),
        };
        let mut branches = vec![violated];
        let applies = match of {
            Collection::Object => Types::OBJECT,
            Collection::Array => Types::ARRAY,
        };
        if applies.meets(case.of) {
            branches.push(vec![holds, extra]);
        }
        case.choices.push(Rc::new(branches));
    }
}

/// The branches of a `oneOf`.
fn one_of(parts: &[NodeId], sign: Sign, item: impl Fn(NodeId, Sign) -> Item) -> Vec<Branch> {
    let rejected = |part: &NodeId| Item::Literal((*part, Sign::Rejects), None);
    if sign != Sign::Rejects {
        let branch = |(index, part): (usize, &NodeId)| {
            let others = parts.iter().enumerate();
            let others = others.filter(|(other, _)| *other != index);
            let others = others.map(|(_, part)| rejected(part));
            std::iter::once(item(*part, sign)).chain(others).collect()
        };
        return parts.iter().enumerate().map(branch).collect();
    }
    let mut branches = vec![parts.iter().map(rejected).collect()];
    for (index, one) in parts.iter().enumerate() {
        for two in &parts[index + 1..] {
            branches.push(vec![item(*one, Sign::Accepts), item(*two, Sign::Accepts)]);
        }
    }
    branches
}
