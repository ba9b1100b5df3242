//! Objects: which members there must be, may be and must not be, and an object that has them.

use super::facts::Scope;
use super::holds::{evaluates, member_nodes};
use super::node::{Count, Graph, Members, Node};
use super::number;
use super::pattern;
use super::solve::{Branch, Item, Literal, Outcome, Sign, Solver, TOO_LARGE, both, either};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// What an object has to satisfy.
#[derive(Debug, Clone)]
pub(super) struct Objects {
    pub(super) members: Vec<(Rc<Members>, Sign, Option<Rc<Scope>>)>,
    pub(super) has: BTreeSet<Rc<str>>,
    /// Names that the writer's own schema requires.
    pub(super) written: BTreeSet<Rc<str>>,
    pub(super) lacks: BTreeSet<Rc<str>>,
    pub(super) size: Count,
    pub(super) names: Vec<Literal>,
    pub(super) demands: Vec<Demand>,
    pub(super) unevaluated: Vec<(usize, Literal)>,
}

impl Default for Objects {
    fn default() -> Self {
        Self {
            members: Vec::new(),
            has: BTreeSet::new(),
            written: BTreeSet::new(),
            lacks: BTreeSet::new(),
            size: Count::ANY,
            names: Vec::new(),
            demands: Vec::new(),
            unevaluated: Vec::new(),
        }
    }
}

/// A member that must be there.
#[derive(Debug, Clone)]
pub(super) struct Demand {
    pub(super) name: DemandedName,
    /// What else its value has to satisfy.
    pub(super) value: Option<Literal>,
    /// What else its name has to satisfy.
    pub(super) key: Option<Literal>,
}

/// The name of a member that must be there.
#[derive(Debug, Clone)]
pub(super) enum DemandedName {
    Is(Rc<str>),
    Matching(Rc<str>),
    /// Neither declared by these nor matching a pattern of theirs.
    Outside(Rc<Members>),
    /// Not evaluated in the scope with this number.
    Unevaluated(usize),
    Any,
}

/// The ways in which an object can violate what is said of its members.
pub(super) fn violated(graph: &Graph, members: &Rc<Members>) -> Vec<Branch> {
    let named = members.named.iter();
    let named = named.map(|(name, node)| (DemandedName::Is(Rc::clone(name)), *node));
    let matching = members.patterns.iter();
    let matching = matching.map(|(name, node)| (DemandedName::Matching(Rc::clone(name)), *node));
    let outside = (DemandedName::Outside(Rc::clone(members)), members.rest);
    named
        .chain(matching)
        .chain([outside])
        .filter(|(_, node)| *node != graph.anything)
        .map(|(name, node)| {
            vec![Item::Demand(Demand {
                name,
                value: Some((node, Sign::Rejects)),
                key: None,
            })]
        })
        .collect()
}

impl Objects {
    /// Whether the writer sends nothing but what it declares.
    fn closed(&self) -> bool {
        let written = || {
            self.members
                .iter()
                .filter(|(_, sign, _)| *sign == Sign::Writes)
        };
        let says_rest = written().any(|(members, ..)| members.explicit)
            || self
                .unevaluated
                .iter()
                .any(|(_, (_, sign))| *sign == Sign::Writes);
        !says_rest && written().any(|(members, ..)| members.declares)
    }

    fn declared(&self, name: &str) -> bool {
        self.written.contains(name)
            || self
                .members
                .iter()
                .any(|(members, sign, _)| *sign == Sign::Writes && evaluates(members, name))
    }

    fn evaluated(&self, scope: usize, name: &str) -> bool {
        self.members
            .iter()
            .any(|(members, _, of)| Scope::lies_in(of, scope) && evaluates(members, name))
    }

    /// What the value of a member has to satisfy; `None` when there must be no such member.
    pub(super) fn value(&self, graph: &Graph, name: &str) -> Option<Vec<Literal>> {
        if self.lacks.contains(name) || (self.closed() && !self.declared(name)) {
            return None;
        }
        let mut literals = Vec::new();
        for (members, sign, _) in &self.members {
            literals.extend(member_nodes(members, name).map(|node| (node, *sign)));
        }
        for (scope, literal) in &self.unevaluated {
            if !self.evaluated(*scope, name) {
                literals.push(*literal);
            }
        }
        let nothing = |(node, sign): &Literal| *sign != Sign::Rejects && *node == graph.nothing;
        (!literals.iter().any(nothing)).then_some(literals)
    }

    /// Every name that is mentioned.
    pub(super) fn mentioned(&self) -> BTreeSet<Rc<str>> {
        let named = self.members.iter().flat_map(|(it, ..)| it.named.keys());
        named.chain(&self.has).chain(&self.lacks).cloned().collect()
    }

    pub(super) fn patterns(&self) -> BTreeSet<Rc<str>> {
        let patterns = self.members.iter().flat_map(|(it, ..)| &it.patterns);
        let demanded = self.demands.iter().flat_map(|demand| match &demand.name {
            DemandedName::Matching(source) => vec![Rc::clone(source)],
            DemandedName::Outside(members) => {
                let patterns = members.patterns.iter();
                patterns.map(|(source, _)| Rc::clone(source)).collect()
            }
            _ => Vec::new(),
        });
        patterns
            .map(|(source, _)| Rc::clone(source))
            .chain(demanded)
            .collect()
    }

    pub(super) fn name_fits(&self, demand: &Demand, name: &str) -> bool {
        match &demand.name {
            DemandedName::Is(wanted) => **wanted == *name,
            DemandedName::Matching(source) => pattern::matches(source, name),
            DemandedName::Outside(members) => {
                !members.named.contains_key(name)
                    && !members
                        .patterns
                        .iter()
                        .any(|(source, _)| pattern::matches(source, name))
            }
            DemandedName::Unevaluated(scope) => !self.evaluated(*scope, name),
            DemandedName::Any => true,
        }
    }
}

/// The members that were decided on, with what their values have to satisfy besides.
pub(super) type Chosen = BTreeMap<Rc<str>, Vec<Literal>>;

impl Solver<'_> {
    pub(super) fn solve_object(&mut self, objects: &Objects, excluded: &[Value]) -> Outcome {
        if objects.size.is_empty() || !objects.has.is_disjoint(&objects.lacks) {
            return Outcome::Empty;
        }
        let chosen: Chosen = objects
            .has
            .iter()
            .map(|name| (Rc::clone(name), Vec::new()))
            .collect();
        let found = self.place(objects, 0, chosen);
        match found {
            Outcome::Witness(value) if excluded.contains(&number::canonical(&value)) => {
                self.another(objects, &value, excluded)
            }
            found => found,
        }
    }

    /// Decides on a member for each demand.
    fn place(&mut self, objects: &Objects, index: usize, chosen: Chosen) -> Outcome {
        self.steps += 1;
        if objects
            .size
            .max
            .is_some_and(|max| chosen.len() as u64 > max)
        {
            return Outcome::Empty;
        }
        let Some(demand) = objects.demands.get(index) else {
            return self.complete(objects, chosen);
        };
        let (candidates, mut unknown) = self.candidates(objects, demand, &chosen);
        for name in candidates {
            let mut next = chosen.clone();
            let literals = next.entry(Rc::clone(&name)).or_default();
            literals.extend(demand.value);
            let literals = literals.clone();
            match self.member(objects, &name, &literals) {
                Outcome::Empty => continue,
                Outcome::Unknown(why) if why != TOO_LARGE => unknown = either(unknown, why),
                _ => match self.place(objects, index + 1, next) {
                    Outcome::Witness(value) => return Outcome::Witness(value),
                    Outcome::Unknown(why) => unknown = either(unknown, why),
                    Outcome::Empty => {}
                },
            }
        }
        unknown.map_or(Outcome::Empty, Outcome::Unknown)
    }

    /// A value for a member.
    fn member(&mut self, objects: &Objects, name: &str, besides: &[Literal]) -> Outcome {
        let key = Value::String(name.to_owned());
        if !self.fits(&key, &objects.names) {
            return Outcome::Empty;
        }
        let Some(mut literals) = objects.value(self.graph, name) else {
            return Outcome::Empty;
        };
        literals.extend(besides);
        self.solve(literals)
    }

    /// Finds the values, and further members when there are too few.
    fn complete(&mut self, objects: &Objects, chosen: Chosen) -> Outcome {
        let mut object = Map::new();
        let mut unknown = None;
        for (name, besides) in &chosen {
            match self.member(objects, name, besides) {
                Outcome::Witness(value) => {
                    object.insert(name.to_string(), value);
                }
                Outcome::Unknown(why) => unknown = both(unknown, why),
                Outcome::Empty => return Outcome::Empty,
            }
        }
        if let Some(why) = unknown {
            let enough = chosen.len() as u64 >= objects.size.min;
            let why = if enough { why } else { "objects" };
            return Outcome::Unknown(why);
        }
        let wanted = objects.size.min;
        if (object.len() as u64) < wanted
            && let Some(outcome) = self.fill(objects, &mut object, wanted)
        {
            return outcome;
        }
        Outcome::Witness(Value::Object(object))
    }

    /// Adds members until there are enough; the outcome when that cannot be done.
    fn fill(
        &mut self,
        objects: &Objects,
        object: &mut Map<String, Value>,
        wanted: u64,
    ) -> Option<Outcome> {
        let mut unknown = None;
        for name in objects.mentioned() {
            if object.len() as u64 >= wanted || object.contains_key(&*name) {
                continue;
            }
            match self.member(objects, &name, &[]) {
                Outcome::Witness(value) => {
                    object.insert(name.to_string(), value);
                }
                Outcome::Unknown(why) => unknown = Some(why),
                Outcome::Empty => {}
            }
        }
        while (object.len() as u64) < wanted {
            if object.len() > 2000 {
                return Some(Outcome::Unknown("many members"));
            }
            let mut taken = objects.mentioned();
            taken.extend(object.keys().map(|name| name.as_str().into()));
            let (names, why) = self.fresh(objects, None, &taken);
            unknown = unknown.or(why);
            let before = object.len();
            for name in names {
                if let Outcome::Witness(value) = self.member(objects, &name, &[]) {
                    object.insert(name.to_string(), value);
                    break;
                }
            }
            if object.len() == before {
                return Some(unknown.map_or(Outcome::Empty, Outcome::Unknown));
            }
        }
        None
    }

    /// Another object than the one that was found: without one of its members, with another value of
    /// one, or with one more. One of these each other object is.
    fn another(&mut self, objects: &Objects, found: &Value, excluded: &[Value]) -> Outcome {
        let Value::Object(found) = found else {
            return Outcome::Unknown("objects");
        };
        let mut others = Vec::new();
        for (name, value) in found {
            let mut changed = objects.clone();
            let same = self
                .graph
                .add(Node::Values(Rc::from([number::canonical(value)])));
            changed.demands.push(Demand {
                name: DemandedName::Is(name.as_str().into()),
                value: Some((same, Sign::Rejects)),
                key: None,
            });
            others.push(changed);
            let mut without = objects.clone();
            without.lacks.insert(name.as_str().into());
            others.push(without);
        }
        let names: Rc<[Value]> = found.keys().map(|name| name.as_str().into()).collect();
        let mut more = objects.clone();
        more.demands.push(Demand {
            name: DemandedName::Any,
            value: None,
            key: Some((self.graph.add(Node::Values(names)), Sign::Rejects)),
        });
        others.push(more);
        let mut unknown = None;
        for other in others {
            if self.exhausted() {
                return Outcome::Unknown("too large");
            }
            match self.solve_object(&other, excluded) {
                Outcome::Witness(value) => return Outcome::Witness(value),
                Outcome::Unknown(why) => unknown = either(unknown, why),
                Outcome::Empty => {}
            }
        }
        unknown.map_or(Outcome::Empty, Outcome::Unknown)
    }
}
