//! What is known of the value in one case, type by type.

use super::array::{self, Arrays};
use super::node::{Graph, Node, NodeId, Types};
use super::number::{self, Numbers};
use super::object::{self, DemandedName, Objects};
use super::solve::{Branch, Case, Contradiction, Item, Literal, Sign};
use super::text::Text;
use serde_json::Value;
use std::rc::Rc;

/// The schema object whose `unevaluated…` keyword wants to know what is evaluated beside it.
#[derive(Debug)]
pub(super) struct Scope {
    pub(super) number: usize,
    pub(super) outer: Option<Rc<Scope>>,
}

impl Scope {
    /// Whether something in this scope lies in the one with the number.
    pub(super) fn lies_in(scope: &Option<Rc<Self>>, number: usize) -> bool {
        let mut at = scope.as_ref();
        while let Some(scope) = at {
            if scope.number == number {
                return true;
            }
            at = scope.outer.as_ref();
        }
        false
    }
}

/// Facts about a value; only those of its type are ever filled.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts {
    pub(super) values: Option<Vec<Value>>,
    pub(super) excluded: Vec<Value>,
    pub(super) numbers: Numbers,
    pub(super) text: Text,
    pub(super) array: Arrays,
    pub(super) object: Objects,
}

impl Facts {
    /// The value is, or is not, one of these.
    pub(super) fn values(
        &mut self,
        of: Types,
        values: &[Value],
        accepted: bool,
    ) -> Result<(), Contradiction> {
        let values = values.iter().filter(|value| of.meets(Types::of(value)));
        if !accepted {
            self.excluded.extend(values.cloned());
            return Ok(());
        }
        match &mut self.values {
            Some(known) => {
                let values: Vec<_> = values.collect();
                known.retain(|value| values.contains(&value));
            }
            None => self.values = Some(values.cloned().collect()),
        }
        if self.values.as_ref().is_some_and(Vec::is_empty) {
            return Err(Contradiction);
        }
        Ok(())
    }
}

impl Node {
    /// The types of values that a keyword says something about; all for those of any value.
    pub(super) fn applies_to(&self) -> Types {
        match self {
            Self::Range(_) | Self::MultipleOf(_) => Types::NUMBER,
            Self::Length(_) | Self::Pattern(_) | Self::Format(_) => Types::STRING,
            Self::Elements { .. } | Self::Items(_) | Self::Unique | Self::Contains { .. } => {
                Types::ARRAY
            }
            Self::Members(_) | Self::Has(_) | Self::Size(_) | Self::Names(_) => Types::OBJECT,
            _ => Types::ALL,
        }
    }
}

/// Adds what a keyword says to the facts or, when it leaves a choice, to the choices.
pub(super) fn add(
    graph: &mut Graph,
    case: &mut Case,
    node: &Node,
    (_, sign): Literal,
    scope: Option<Rc<Scope>>,
) -> Result<(), Contradiction> {
    let accepted = sign != Sign::Rejects;
    let facts = &mut case.facts;
    if !accepted && let Some(others) = others(graph, node) {
        return choose(case, others);
    }
    match node {
        Node::Range(range) => {
            facts.numbers.range = number::intersection(&facts.numbers.range, range);
        }
        Node::MultipleOf(of) if accepted => facts.numbers.multiples.push(of.clone()),
        Node::MultipleOf(of) => facts.numbers.not_multiples.push(of.clone()),
        Node::Length(count) => facts.text.length = facts.text.length.and(*count),
        Node::Pattern(source) if accepted => facts.text.patterns.push(Rc::clone(source)),
        Node::Pattern(source) => facts.text.not_patterns.push(Rc::clone(source)),
        Node::Format(name) if accepted => facts.text.formats.push(Rc::clone(name)),
        Node::Format(name) => facts.text.not_formats.push(Rc::clone(name)),
        Node::Elements {
            prefix,
            rest,
            explicit,
        } => {
            if !accepted {
                return choose(case, violated_elements(graph, prefix, *rest));
            }
            facts.array.elements.push(array::Elements {
                prefix: prefix.clone(),
                rest: *rest,
                explicit: *explicit,
                sign,
                scope,
            });
        }
        Node::Items(count) => facts.array.count = facts.array.count.and(*count),
        Node::Unique if accepted => facts.array.unique = true,
        Node::Unique => facts.array.repeats = true,
        Node::Contains { schema, count } => {
            let known = facts.array.contains.iter_mut();
            match known.into_iter().find(|(known, _)| known == schema) {
                Some((_, known)) => *known = known.and(*count),
                None => facts.array.contains.push((*schema, *count)),
            }
        }
        Node::Members(members) => {
            if !accepted {
                return choose(case, object::violated(graph, members));
            }
            let members = Rc::clone(members);
            facts.object.members.push((members, sign, scope));
        }
        Node::Has(name) if accepted => {
            facts.object.has.insert(Rc::clone(name));
            if sign == Sign::Writes {
                facts.object.written.insert(Rc::clone(name));
            }
        }
        Node::Has(name) => {
            facts.object.lacks.insert(Rc::clone(name));
        }
        Node::Size(count) => facts.object.size = facts.object.size.and(*count),
        Node::Names(schema) if accepted => facts.object.names.push((*schema, Sign::Accepts)),
        Node::Names(schema) => facts.object.demands.push(object::Demand {
            name: DemandedName::Any,
            value: None,
            key: Some((*schema, Sign::Rejects)),
        }),
        _ => {}
    }
    Ok(())
}

/// What violates a keyword that counts or measures, as the same keyword.
fn others(graph: &mut Graph, node: &Node) -> Option<Vec<Branch>> {
    let nodes: Vec<Node> = match node {
        Node::Range(range) => {
            let outside = number::outside(range).into_iter();
            outside.map(Node::Range).collect()
        }
        Node::Length(count) => count.others().into_iter().map(Node::Length).collect(),
        Node::Items(count) => count.others().into_iter().map(Node::Items).collect(),
        Node::Size(count) => count.others().into_iter().map(Node::Size).collect(),
        Node::Contains { schema, count } => {
            let contains = |count| Node::Contains {
                schema: *schema,
                count,
            };
            count.others().into_iter().map(contains).collect()
        }
        _ => return None,
    };
    let branch = |node| vec![Item::Literal((graph.add(node), Sign::Accepts), None)];
    Some(nodes.into_iter().map(branch).collect())
}

fn violated_elements(graph: &Graph, prefix: &[NodeId], rest: NodeId) -> Vec<Branch> {
    let demand = |place, node| {
        let value = (node, Sign::Rejects);
        vec![Item::Element(array::Demand { place, value })]
    };
    let prefix_places = prefix.iter().enumerate();
    let prefix_places = prefix_places.map(|(index, node)| (array::Place::At(index), *node));
    prefix_places
        .chain([(array::Place::From(prefix.len()), rest)])
        .filter(|(_, node)| *node != graph.anything)
        .map(|(place, node)| demand(place, node))
        .collect()
}

fn choose(case: &mut Case, branches: Vec<Branch>) -> Result<(), Contradiction> {
    match branches.len() {
        0 => return Err(Contradiction),
        1 => case.todo.extend(branches.into_iter().flatten()),
        _ => case.choices.push(Rc::new(branches)),
    }
    Ok(())
}
