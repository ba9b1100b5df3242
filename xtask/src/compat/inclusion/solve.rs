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
use super::node::{Graph, NodeId, Types};
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

/// What is too hard when a value is known to exist that nobody would want to see.
pub(super) const TOO_LARGE: &str = "what is refused is too large to show";
/// Steps after which a search gives up.
const MAX_STEPS: usize = 60_000;
/// Steps of a search whose failure costs only a superfluous sentence.
const FEW_STEPS: usize = 4_000;
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
    /// Searches that found nothing as long as the assumed outer search finds nothing either.
    provisional: HashMap<Vec<Literal>, usize>,
    /// The same in the order in which they ended.
    provisional_order: Vec<Vec<Literal>>,
    pub(super) types: HashMap<Literal, Types>,
    /// Unions of which is known whether their alternatives exclude each other.
    pub(super) exclusive: HashMap<NodeId, bool>,
    pub(super) steps: usize,
    pub(super) scopes: usize,
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
            provisional: HashMap::new(),
            provisional_order: Vec::new(),
            types: HashMap::new(),
            exclusive: HashMap::new(),
            steps: 0,
            scopes: 0,
        }
    }

    /// A search that gives up early.
    pub(super) fn brief(graph: &'g mut Graph) -> Self {
        let mut solver = Self::new(graph);
        solver.steps = MAX_STEPS - FEW_STEPS;
        solver
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
        let assumed = self.open.get(&literals).or(self.provisional.get(&literals));
        if let Some(depth) = assumed {
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
        let before = self.provisional_order.len();
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
        match (&outcome, assumed < depth) {
            (Outcome::Empty, true) => {
                // What relied on this search relies on what it relied on.
                for relying in &self.provisional_order[before..] {
                    if let Some(depth) = self.provisional.get_mut(relying) {
                        *depth = (*depth).min(assumed);
                    }
                }
                self.provisional.insert(literals.clone(), assumed);
                self.provisional_order.push(literals);
            }
            (Outcome::Empty, false) => {
                // What was assumed has come true.
                for settled in self.provisional_order.drain(before..) {
                    self.provisional.remove(&settled);
                    self.known.insert(settled, Outcome::Empty);
                }
                self.known.insert(literals, Outcome::Empty);
            }
            (found, uncertain) => {
                for wrong in self.provisional_order.drain(before..) {
                    self.provisional.remove(&wrong);
                }
                if !uncertain || matches!(found, Outcome::Witness(_)) {
                    self.known.insert(literals, found.clone());
                }
            }
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
                Outcome::Witness(_) => unknown = either(unknown, "a value that does not fit"),
                Outcome::Unknown(why) => unknown = either(unknown, why),
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
                Outcome::Witness(_) => unknown = either(unknown, "a value that does not fit"),
                Outcome::Unknown(why) => unknown = either(unknown, why),
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

/// Of two searches one of which is to succeed: one that does, though unseen, settles both.
pub(super) fn either(known: Option<&'static str>, why: &'static str) -> Option<&'static str> {
    known.filter(|known| *known == TOO_LARGE).or(Some(why))
}

/// Of two searches both of which are to succeed: one that may not leaves both open.
pub(super) fn both(known: Option<&'static str>, why: &'static str) -> Option<&'static str> {
    known.filter(|known| *known != TOO_LARGE).or(Some(why))
}

impl Solver<'_> {
    /// Whether the search has taken too many steps.
    pub(super) fn exhausted(&self) -> bool {
        self.steps > MAX_STEPS
    }
}
