//! Whether a value satisfies a node: validation over the graph.

use super::node::{Collection, Graph, Members, Node, NodeId, Types};
use super::{format, number, pattern};
use serde_json::{Map, Value};
use std::collections::HashSet;

/// Deeper than any value that is made here; ends references that describe nothing.
const MAX_DEPTH: usize = 3000;

impl Graph {
    /// Whether the value, with numbers in canonical spelling, satisfies the node.
    pub(crate) fn holds(&self, node: NodeId, value: &Value) -> bool {
        self.check(node, value, 0)
    }

    fn check(&self, id: NodeId, value: &Value, depth: usize) -> bool {
        if depth > MAX_DEPTH {
            return false;
        }
        let holds = |node: &NodeId| self.check(*node, value, depth + 1);
        match &*self.node(id) {
            Node::Anything => true,
            Node::Nothing => false,
            Node::All(parts) => parts.iter().all(holds),
            Node::AnyOf(parts) => parts.iter().any(holds),
            Node::OneOf(parts) => parts.iter().filter(|part| holds(part)).take(2).count() == 1,
            Node::Not(part) => !holds(part),
            Node::If {
                condition,
                then,
                otherwise,
            } => holds(if holds(condition) { then } else { otherwise }),
            Node::Reference(reference) => holds(&self.target(*reference)),
            Node::Types(types) => types.contains(Types::of(value)),
            Node::Values(values) => self.lists(id, values, value),
            Node::Unevaluated { beside, schema, of } => {
                holds(beside) && self.check_unevaluated(*beside, *schema, *of, value, depth)
            }
            typed => self.check_typed(typed, value, depth),
        }
    }

    fn check_typed(&self, node: &Node, value: &Value, depth: usize) -> bool {
        match (node, value) {
            (Node::Range(range), Value::Number(it)) => number::in_range(&number::exact(it), range),
            (Node::MultipleOf(of), Value::Number(it)) => {
                number::is_multiple(&number::exact(it), of)
            }
            (Node::Length(count), Value::String(text)) => count.holds(text.chars().count()),
            (Node::Pattern(source), Value::String(text)) => pattern::matches(source, text),
            (Node::Format(name), Value::String(text)) => format::accepts(name, text),
            (Node::Elements { prefix, rest, .. }, Value::Array(items)) => {
                items.iter().enumerate().all(|(index, item)| {
                    self.check(*prefix.get(index).unwrap_or(rest), item, depth + 1)
                })
            }
            (Node::Items(count), Value::Array(items)) => count.holds(items.len()),
            (Node::Unique, Value::Array(items)) => {
                let mut seen = HashSet::new();
                items.iter().all(|item| seen.insert(item))
            }
            (Node::Contains { schema, count }, Value::Array(items)) => {
                let contained = |item: &&Value| self.check(*schema, item, depth + 1);
                count.holds(items.iter().filter(contained).count())
            }
            (Node::Members(members), Value::Object(object)) => {
                object.iter().all(|(name, value)| {
                    let mut nodes = member_nodes(members, name);
                    nodes.all(|node| self.check(node, value, depth + 1))
                })
            }
            (Node::Has(name), Value::Object(object)) => object.contains_key(&**name),
            (Node::Size(count), Value::Object(object)) => count.holds(object.len()),
            (Node::Names(schema), Value::Object(object)) => object
                .keys()
                .all(|name| self.check(*schema, &Value::String(name.clone()), depth + 1)),
            _ => true,
        }
    }

    fn check_unevaluated(
        &self,
        beside: NodeId,
        schema: NodeId,
        of: Collection,
        value: &Value,
        depth: usize,
    ) -> bool {
        let mut seen = Evaluated::default();
        self.evaluate(beside, value, depth, &mut seen);
        match (of, value) {
            (Collection::Object, Value::Object(object)) => object
                .iter()
                .filter(|(name, _)| !seen.names.contains(*name))
                .all(|(_, value)| self.check(schema, value, depth + 1)),
            (Collection::Array, Value::Array(items)) => items
                .iter()
                .enumerate()
                .filter(|(index, _)| !seen.indices.contains(index))
                .all(|(_, item)| self.check(schema, item, depth + 1)),
            _ => true,
        }
    }

    /// Which members and items the schemas that hold have looked at.
    fn evaluate(&self, id: NodeId, value: &Value, depth: usize, seen: &mut Evaluated) {
        if depth > MAX_DEPTH || !self.check(id, value, depth + 1) {
            return;
        }
        let mut inside = |node: &NodeId| self.evaluate(*node, value, depth + 1, seen);
        match &*self.node(id) {
            Node::All(parts) | Node::AnyOf(parts) | Node::OneOf(parts) => {
                parts.iter().for_each(inside);
            }
            Node::If {
                condition,
                then,
                otherwise,
            } => {
                // What does not hold adds nothing.
                let holds = self.check(*condition, value, depth + 1);
                inside(condition);
                inside(if holds { then } else { otherwise });
            }
            Node::Reference(reference) => inside(&self.target(*reference)),
            Node::Unevaluated { beside, of, .. } => {
                inside(beside);
                seen.everything(*of, value);
            }
            Node::Members(members) => {
                if let Value::Object(object) = value {
                    let names = object.keys().filter(|name| evaluates(members, name));
                    seen.names.extend(names.cloned());
                }
            }
            Node::Elements {
                prefix, explicit, ..
            } => {
                if let Value::Array(items) = value {
                    let count = if *explicit { items.len() } else { prefix.len() };
                    seen.indices.extend(0..count);
                }
            }
            Node::Contains { schema, .. } => {
                if let Value::Array(items) = value {
                    let contained = items.iter().enumerate();
                    let contained =
                        contained.filter(|(_, item)| self.check(*schema, item, depth + 1));
                    seen.indices.extend(contained.map(|(index, _)| index));
                }
            }
            _ => {}
        }
    }
}

#[derive(Default)]
struct Evaluated {
    names: HashSet<String>,
    indices: HashSet<usize>,
}

impl Evaluated {
    fn everything(&mut self, of: Collection, value: &Value) {
        match (of, value) {
            (Collection::Object, Value::Object(object)) => {
                self.names.extend(Map::keys(object).cloned());
            }
            (Collection::Array, Value::Array(items)) => self.indices.extend(0..items.len()),
            _ => {}
        }
    }
}

/// The nodes a member of this name has to satisfy.
pub(crate) fn member_nodes<'a>(
    members: &'a Members,
    name: &'a str,
) -> impl Iterator<Item = NodeId> + 'a {
    let declared = members.named.get(name).copied();
    let patterns = members.patterns.iter();
    let matching = patterns
        .filter(move |(source, _)| pattern::matches(source, name))
        .map(|(_, node)| *node);
    let mut rest = Some(members.rest);
    let mut known = declared.into_iter().chain(matching).peekable();
    if known.peek().is_some() {
        rest = None;
    }
    known.chain(rest)
}

/// Whether the schema looks at members of this name.
pub(crate) fn evaluates(members: &Members, name: &str) -> bool {
    members.explicit
        || members.named.contains_key(name)
        || members
            .patterns
            .iter()
            .any(|(source, _)| pattern::matches(source, name))
}
