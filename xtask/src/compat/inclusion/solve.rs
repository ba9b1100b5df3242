//! The search for a value that satisfies some nodes and violates others.
//!
//! It ends with such a value, with the proof that there is none, or (seldom) with neither. To ask
//! whether a reader accepts all that a writer declares is to search for a value that the writer's
//! schema allows and the reader's does not.
//!
//! A set of statements is first split into one case for each type, then reduced to facts about a
//! value of that type; where a statement leaves a choice (`anyOf`, a violated `allOf`), each
//! branch is followed that the facts do not rule out. The facts are then solved: [`super::number`],
//! [`super::text`], [`super::array`], [`super::object`].

use super::facts::{Facts, Scope};
use super::node::{Collection, Graph, Node, NodeId, Types};
use super::number;
use super::object::{Demand, DemandedName};
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// How a node is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Sign {
    /// The value satisfies it.
    Accepts,
    /// The value satisfies it, and its objects have no members but those it declares.
    Writes,
    /// The value violates it.
    Rejects,
}

/// A node and how it is meant.
pub(crate) type Literal = (NodeId, Sign);

/// What a search came to.
#[derive(Debug, Clone)]
pub(crate) enum Outcome {
    /// There is no such value.
    Empty,
    /// This is one.
    Witness(Value),
    /// Nothing was found and nothing proven; the word says what was too hard.
    Unknown(&'static str),
}

/// Steps after which a search gives up.
const MAX_STEPS: usize = 60_000;
/// Values nested deeper are not searched for.
const MAX_DEPTH: usize = 400;

/// A search over one graph.
pub(crate) struct Solver<'g> {
    pub(crate) graph: &'g mut Graph,
    known: HashMap<Vec<Literal>, Outcome>,
    /// Searches that are under way, by their depth.
    open: HashMap<Vec<Literal>, usize>,
    /// For each search under way, the outermost one whose outcome it assumed.
    assumed: Vec<usize>,
    types: HashMap<Literal, Types>,
    /// Unions of which is known whether their alternatives exclude each other.
    pub(super) exclusive: HashMap<NodeId, bool>,
    pub(super) steps: usize,
    scopes: usize,
}

/// One case on its way to facts.
#[derive(Clone)]
pub(super) struct Case {
    pub(super) of: Types,
    pub(super) todo: Vec<Item>,
    pub(super) seen: HashSet<Literal>,
    pub(super) choices: Vec<Rc<Vec<Branch>>>,
    pub(super) facts: Facts,
    /// Whether no choice is left that says what else the writer declares.
    pub(super) writer_is_known: bool,
}

/// One alternative of a choice.
pub(super) type Branch = Vec<Item>;

#[derive(Debug, Clone)]
pub(super) enum Item {
    Literal(Literal, Option<Rc<Scope>>),
    Demand(Demand),
    Element(super::array::Demand),
}

/// A contradiction.
pub(super) struct Contradiction;

impl<'g> Solver<'g> {
    pub(crate) fn new(graph: &'g mut Graph) -> Self {
        Self {
            graph,
            known: HashMap::new(),
            open: HashMap::new(),
            assumed: Vec::new(),
            types: HashMap::new(),
            exclusive: HashMap::new(),
            steps: 0,
            scopes: 0,
        }
    }

    /// Searches for a value that fits all literals.
    pub(crate) fn solve(&mut self, mut literals: Vec<Literal>) -> Outcome {
        literals.sort_unstable();
        literals.dedup();
        if self.contradict(&literals) {
            return Outcome::Empty;
        }
        if let Some(known) = self.known.get(&literals) {
            return known.clone();
        }
        if let Some(depth) = self.open.get(&literals) {
            // A smallest value does not contain another one of the same kind.
            if let Some(assumed) = self.assumed.last_mut() {
                *assumed = (*assumed).min(*depth);
            }
            return Outcome::Empty;
        }
        let depth = self.assumed.len();
        if self.steps > MAX_STEPS || depth > MAX_DEPTH {
            return Outcome::Unknown("too large");
        }
        self.open.insert(literals.clone(), depth);
        self.assumed.push(usize::MAX);
        let outcome = self.by_type(&literals);
        self.open.remove(&literals);
        let assumed = self.assumed.pop().unwrap_or(usize::MAX);
        if assumed < depth
            && let Some(outer) = self.assumed.last_mut()
        {
            *outer = (*outer).min(assumed);
        }
        if assumed >= depth || matches!(outcome, Outcome::Witness(_)) {
            self.known.insert(literals, outcome.clone());
        }
        outcome
    }

    fn contradict(&self, literals: &[Literal]) -> bool {
        let nothing = (self.graph.nothing, self.graph.anything);
        literals.iter().any(|(node, sign)| match sign {
            Sign::Rejects => {
                *node == nothing.1
                    || literals.binary_search(&(*node, Sign::Accepts)).is_ok()
                    || literals.binary_search(&(*node, Sign::Writes)).is_ok()
            }
            _ => *node == nothing.0,
        })
    }

    fn by_type(&mut self, literals: &[Literal]) -> Outcome {
        if let Some(values) = self.finite(literals) {
            return self.among(&values, literals);
        }
        let mut types = Types::ALL;
        for literal in literals {
            types = types & self.types(*literal, 0);
        }
        let mut unknown = None;
        for of in Types::EACH {
            if !types.meets(of) {
                continue;
            }
            let items = literals.iter().map(|literal| Item::Literal(*literal, None));
            let case = Case {
                of,
                todo: items.collect(),
                seen: HashSet::new(),
                choices: Vec::new(),
                facts: Facts::default(),
                writer_is_known: false,
            };
            match self.case(case, literals) {
                Outcome::Witness(value) if self.fits(&value, literals) => {
                    return Outcome::Witness(value);
                }
                Outcome::Witness(_) => unknown = Some("a value that does not fit"),
                Outcome::Unknown(why) => unknown = Some(why),
                Outcome::Empty => {}
            }
        }
        unknown.map_or(Outcome::Empty, Outcome::Unknown)
    }

    /// Whether the value fits all literals.
    pub(super) fn fits(&self, value: &Value, literals: &[Literal]) -> bool {
        let value = number::canonical(value);
        literals
            .iter()
            .all(|(node, sign)| self.graph.holds(*node, &value) != (*sign == Sign::Rejects))
    }

    /// The first of the values that fits.
    pub(super) fn among(&self, values: &[Value], literals: &[Literal]) -> Outcome {
        let found = values.iter().find(|value| self.fits(value, literals));
        found.map_or(Outcome::Empty, |value| Outcome::Witness(value.clone()))
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

    fn case(&mut self, mut case: Case, literals: &[Literal]) -> Outcome {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            return Outcome::Unknown("too large");
        }
        if self.drain(&mut case).is_err() || self.propagate(&mut case).is_err() {
            return Outcome::Empty;
        }
        if let Some(values) = &case.facts.values {
            return self.among(values, literals);
        }
        let Some(choice) = next_choice(&mut case) else {
            return self.finish(&case);
        };
        let mut unknown = None;
        // For a payload as a whole the smallest witness is looked for: it is shown to people.
        let hurry = self.assumed.len() > 2 || choice.len() > 60;
        let mut best: Option<(usize, Value)> = None;
        for branch in choice.iter() {
            let mut next = case.clone();
            next.todo.extend(branch.iter().cloned());
            match self.case(next, literals) {
                Outcome::Witness(value) if self.fits(&value, literals) => {
                    if hurry {
                        return Outcome::Witness(value);
                    }
                    let size = value.to_string().len();
                    if best.as_ref().is_none_or(|(best, _)| size < *best) {
                        best = Some((size, value));
                    }
                }
                Outcome::Witness(_) => unknown = Some("a value that does not fit"),
                Outcome::Unknown(why) => unknown = Some(why),
                Outcome::Empty => {}
            }
        }
        match best {
            Some((_, value)) => Outcome::Witness(value),
            None => unknown.map_or(Outcome::Empty, Outcome::Unknown),
        }
    }

    /// Turns everything that is to do into facts and choices.
    fn drain(&mut self, case: &mut Case) -> Result<(), Contradiction> {
        while let Some(item) = case.todo.pop() {
            match item {
                Item::Literal(literal, scope) => self.reduce(case, literal, scope)?,
                Item::Demand(demand) => case.facts.object.demands.push(demand),
                Item::Element(demand) => case.facts.array.demands.push(demand),
            }
        }
        Ok(())
    }

    fn reduce(
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

    /// Drops choices that are made already and branches that lead nowhere.
    fn propagate(&mut self, case: &mut Case) -> Result<(), Contradiction> {
        let mut changed = true;
        while changed {
            changed = false;
            case.writer_is_known = !case.choices.iter().any(|choice| writes(choice));
            let choices = std::mem::take(&mut case.choices);
            for choice in choices {
                if choice.iter().any(|branch| self.is_made(case, branch)) {
                    continue;
                }
                let viable =
                    |branch: &&Branch| branch.iter().all(|item| self.is_viable(case, item));
                let viable: Vec<_> = choice.iter().filter(viable).cloned().collect();
                match viable.len() {
                    0 => return Err(Contradiction),
                    1 => {
                        case.todo.extend(viable.into_iter().flatten());
                        changed = true;
                    }
                    left if left == choice.len() => case.choices.push(choice),
                    _ => case.choices.push(Rc::new(viable)),
                }
            }
            self.drain(case)?;
        }
        Ok(())
    }

    fn is_made(&self, case: &Case, branch: &Branch) -> bool {
        branch.iter().all(|item| match item {
            // What stands in a scope adds to it, even when it is known to hold.
            Item::Literal(literal, None) => self.entailed(case, *literal, 0),
            _ => false,
        })
    }

    fn is_viable(&mut self, case: &Case, item: &Item) -> bool {
        match item {
            Item::Literal((node, sign), _) => {
                let opposite = match sign {
                    Sign::Rejects => {
                        case.seen.contains(&(*node, Sign::Accepts))
                            || case.seen.contains(&(*node, Sign::Writes))
                    }
                    _ => case.seen.contains(&(*node, Sign::Rejects)),
                };
                !opposite && self.types((*node, *sign), 0).meets(case.of) && {
                    let negated = match sign {
                        Sign::Rejects => Sign::Accepts,
                        _ => Sign::Rejects,
                    };
                    !self.entailed(case, (*node, negated), 0)
                }
            }
            Item::Demand(demand) => match &demand.name {
                DemandedName::Is(name) => !case.facts.object.lacks.contains(name),
                _ => true,
            },
            Item::Element(_) => true,
        }
    }

    fn finish(&mut self, case: &Case) -> Outcome {
        let facts = &case.facts;
        match case.of {
            Types::INTEGER | Types::FRACTION => {
                let mut numbers = facts.numbers.clone();
                numbers.whole = case.of == Types::INTEGER;
                numbers.excluded.clone_from(&facts.excluded);
                numbers.solve()
            }
            Types::STRING => facts.text.solve(&facts.excluded),
            Types::ARRAY => self.solve_array(&facts.array, &facts.excluded),
            Types::OBJECT => self.solve_object(&facts.object, &facts.excluded),
            Types::BOOLEAN => remaining(&[Value::Bool(true), Value::Bool(false)], &facts.excluded),
            _ => remaining(&[Value::Null], &facts.excluded),
        }
    }

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

/// The choice with the fewest branches; those of the writer first, as they say what it declares.
fn next_choice(case: &mut Case) -> Option<Rc<Vec<Branch>>> {
    let rank = |choice: &Rc<Vec<Branch>>| (!writes(choice), choice.len());
    let (index, _) = case
        .choices
        .iter()
        .enumerate()
        .min_by_key(|(_, choice)| rank(choice))?;
    Some(case.choices.swap_remove(index))
}

fn writes(choice: &[Branch]) -> bool {
    let mut items = choice.iter().flatten();
    items.any(|item| matches!(item, Item::Literal((_, Sign::Writes), _)))
}

fn remaining(values: &[Value], excluded: &[Value]) -> Outcome {
    let left = values.iter().find(|value| !excluded.contains(value));
    left.map_or(Outcome::Empty, |value| Outcome::Witness(value.clone()))
}

impl Solver<'_> {
    /// Whether the search has taken too many steps.
    pub(super) fn exhausted(&self) -> bool {
        self.steps > MAX_STEPS
    }
}
