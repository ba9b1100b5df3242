//! Arrays: their items one by one, how many, which are contained, and an array that has them.

use super::facts::Scope;
use super::node::{Count, Node, NodeId};
use super::solve::{Literal, Outcome, Sign, Solver, TOO_LARGE, both, either};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// What an array has to satisfy.
#[derive(Debug, Clone)]
pub(super) struct Arrays {
    pub(super) elements: Vec<Elements>,
    pub(super) count: Count,
    pub(super) unique: bool,
    pub(super) repeats: bool,
    pub(super) contains: Vec<(NodeId, Count)>,
    pub(super) demands: Vec<Demand>,
    pub(super) unevaluated: Vec<(usize, Literal)>,
}

impl Default for Arrays {
    fn default() -> Self {
        Self {
            elements: Vec::new(),
            count: Count::ANY,
            unique: false,
            repeats: false,
            contains: Vec::new(),
            demands: Vec::new(),
            unevaluated: Vec::new(),
        }
    }
}

/// What items must be, by place.
#[derive(Debug, Clone)]
pub(super) struct Elements {
    pub(super) prefix: Vec<NodeId>,
    pub(super) rest: NodeId,
    pub(super) explicit: bool,
    pub(super) sign: Sign,
    pub(super) scope: Option<Rc<Scope>>,
}

/// An item that must be there.
#[derive(Debug, Clone)]
pub(super) struct Demand {
    pub(super) place: Place,
    pub(super) value: Literal,
}

/// Where an item must be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    At(usize),
    From(usize),
    Unevaluated(usize),
}

/// What the items at some places have to satisfy besides.
pub(super) type Placed = BTreeMap<usize, Vec<Literal>>;

/// More items are not made.
const MOST: u64 = 20_000;
/// So many contained items are told apart.
const CONTAINED: u64 = 64;
/// So many more than the least are tried.
const CONTAINED_CASES: u64 = 5;

impl Arrays {
    pub(super) fn longest_prefix(&self) -> usize {
        let prefixes = self.elements.iter().map(|it| it.prefix.len());
        prefixes.max().unwrap_or(0)
    }

    fn evaluated(&self, scope: usize, index: usize) -> bool {
        let mut inside = self
            .elements
            .iter()
            .filter(|it| Scope::lies_in(&it.scope, scope));
        inside.any(|it| it.explicit || index < it.prefix.len())
    }

    /// What the item at a place has to satisfy.
    pub(super) fn item(&self, index: usize) -> Vec<Literal> {
        let elements = self.elements.iter();
        let mut literals: Vec<Literal> = elements
            .map(|it| (*it.prefix.get(index).unwrap_or(&it.rest), it.sign))
            .collect();
        for (scope, literal) in &self.unevaluated {
            if !self.evaluated(*scope, index) {
                literals.push(*literal);
            }
        }
        literals
    }
}

impl Solver<'_> {
    pub(super) fn solve_array(&mut self, arrays: &Arrays, excluded: &[Value]) -> Outcome {
        // Where nothing can stand, the array has ended.
        let nothing =
            |(node, sign): &Literal| *sign != Sign::Rejects && *node == self.graph.nothing;
        let end = (0..=arrays.longest_prefix()).find(|it| arrays.item(*it).iter().any(nothing));
        let mut arrays = arrays.clone();
        arrays.count = arrays.count.and(Count {
            min: 0,
            max: end.map(|end| end as u64),
        });
        let arrays = &arrays;
        let impossible = arrays.contains.iter().any(|(_, count)| count.is_empty());
        if impossible || arrays.count.is_empty() || (arrays.unique && arrays.repeats) {
            return Outcome::Empty;
        }
        let mut unknown = None;
        for counts in self.contained_counts(arrays) {
            let Some(counts) = counts else {
                unknown = Some("many contained items");
                continue;
            };
            let mut demands = arrays.demands.clone();
            for ((schema, _), wanted) in arrays.contains.iter().zip(counts) {
                let demand = Demand {
                    place: Place::From(0),
                    value: (*schema, Sign::Accepts),
                };
                demands.extend((0..wanted).map(|_| demand.clone()));
            }
            match self.place_items(arrays, &demands, Placed::new(), excluded) {
                Outcome::Witness(array) => return Outcome::Witness(array),
                Outcome::Unknown(why) => unknown = either(unknown, why),
                Outcome::Empty => {}
            }
        }
        unknown.map_or(Outcome::Empty, Outcome::Unknown)
    }

    /// How many items of each kind are to be contained. Where there is a maximum, all others must
    /// not be of the kind, so that each number up to it is another case.
    fn contained_counts(&self, arrays: &Arrays) -> Vec<Option<Vec<u64>>> {
        let mut all: Vec<Option<Vec<u64>>> = vec![Some(Vec::new())];
        for (_, count) in &arrays.contains {
            let most = count.max.unwrap_or(count.min);
            let tried = count.min..=most.min(count.min.saturating_add(CONTAINED_CASES));
            let fits = |wanted: &u64| *wanted <= CONTAINED;
            let given_up =
                tried.clone().next_back() < Some(most) || !tried.clone().all(|it| fits(&it));
            let before = std::mem::take(&mut all);
            for wanted in tried.filter(fits) {
                let with = |counts: &Option<Vec<u64>>| {
                    let mut counts = counts.clone()?;
                    counts.push(wanted);
                    Some(counts)
                };
                all.extend(before.iter().map(with));
            }
            all.extend(given_up.then_some(None));
        }
        all
    }

    /// Decides on a place for each demand.
    fn place_items(
        &mut self,
        arrays: &Arrays,
        demands: &[Demand],
        placed: Placed,
        excluded: &[Value],
    ) -> Outcome {
        self.steps += 1;
        if self.exhausted() {
            return Outcome::Unknown("too large");
        }
        let Some((demand, rest)) = demands.split_first() else {
            return self.complete_items(arrays, &placed, excluded);
        };
        // Beyond the prefixes all places are alike, so that one for each demand is enough.
        let last = arrays.longest_prefix() + demands.len() + placed.len();
        let places = match demand.place {
            Place::At(index) => index..index + 1,
            Place::From(first) => first..last.max(first + 1),
            Place::Unevaluated(_) => 0..last.max(1),
        };
        let mut unknown = None;
        for index in places {
            if arrays.count.max.is_some_and(|max| index as u64 >= max) {
                break;
            }
            if let Place::Unevaluated(scope) = demand.place
                && arrays.evaluated(scope, index)
            {
                continue;
            }
            let besides = placed.get(&index).cloned().unwrap_or_default();
            // Two demands for the same thing are two items.
            if besides.contains(&demand.value) {
                continue;
            }
            let mut next = placed.clone();
            next.entry(index).or_default().push(demand.value);
            let besides = next.get(&index).cloned().unwrap_or_default();
            match self.element(arrays, index, &besides) {
                Outcome::Empty => continue,
                Outcome::Unknown(why) if why != TOO_LARGE => unknown = either(unknown, why),
                _ => match self.place_items(arrays, rest, next, excluded) {
                    Outcome::Witness(value) => return Outcome::Witness(value),
                    Outcome::Unknown(why) => unknown = either(unknown, why),
                    Outcome::Empty => {}
                },
            }
        }
        unknown.map_or(Outcome::Empty, Outcome::Unknown)
    }

    fn element(&mut self, arrays: &Arrays, index: usize, besides: &[Literal]) -> Outcome {
        let mut literals = arrays.item(index);
        literals.extend(besides);
        self.solve(literals)
    }

    fn complete_items(&mut self, arrays: &Arrays, placed: &Placed, excluded: &[Value]) -> Outcome {
        let needed = placed.keys().next_back().map_or(0, |last| last + 1);
        let shortest = arrays.count.min.max(needed as u64);
        if arrays.count.max.is_some_and(|max| shortest > max) {
            return Outcome::Empty;
        }
        if shortest > MOST {
            return self.many_items(arrays, placed);
        }
        let shortest = usize::try_from(shortest).unwrap_or(0);
        if arrays.repeats {
            return self.with_repetition(arrays, placed, shortest);
        }
        let found = self.items(arrays, placed, shortest);
        let Outcome::Witness(array) = found else {
            return found;
        };
        if !excluded.contains(&array) {
            return Outcome::Witness(array);
        }
        // One item more makes another array, and so does another item.
        for more in 1..=excluded.len() {
            let length = shortest + more;
            let room = arrays.count.max.is_none_or(|max| length as u64 <= max);
            if room
                && let Outcome::Witness(array) = self.items(arrays, placed, length)
                && !excluded.contains(&array)
            {
                return Outcome::Witness(array);
            }
        }
        let Value::Array(items) = &array else {
            return Outcome::Unknown("arrays");
        };
        for (index, item) in items.iter().enumerate() {
            let mut besides = placed.get(&index).cloned().unwrap_or_default();
            let same = self.graph.add(Node::Values(Rc::from([item.clone()])));
            besides.push((same, Sign::Rejects));
            if let Outcome::Witness(other) = self.element(arrays, index, &besides) {
                let mut items = items.clone();
                items[index] = other;
                let array = Value::Array(items);
                if !excluded.contains(&array) {
                    return Outcome::Witness(array);
                }
            }
        }
        match (items.is_empty(), arrays.count.max) {
            (true, Some(0)) => Outcome::Empty,
            _ => Outcome::Unknown("arrays"),
        }
    }

    /// Whether there is an array of so many items that it is not made.
    fn many_items(&mut self, arrays: &Arrays, placed: &Placed) -> Outcome {
        let mut unknown = (arrays.unique || arrays.repeats).then_some("many items");
        let places = placed.keys().copied();
        let last = arrays.longest_prefix() + placed.len();
        // Beyond the prefixes and what was placed all places are alike.
        let places: BTreeSet<usize> = places.chain(0..=last).collect();
        for place in places {
            match self.solve(self.item_literals(arrays, placed, place)) {
                Outcome::Empty => return Outcome::Empty,
                Outcome::Unknown(why) => unknown = both(unknown, why),
                Outcome::Witness(_) => {}
            }
        }
        Outcome::Unknown(unknown.unwrap_or(TOO_LARGE))
    }

    /// An array of this length.
    pub(super) fn items(&mut self, arrays: &Arrays, placed: &Placed, length: usize) -> Outcome {
        if arrays.unique && length > 400 {
            return Outcome::Unknown("many different items");
        }
        let mut items: Vec<Value> = Vec::new();
        let mut unknown = None;
        for index in 0..length {
            let mut literals = self.item_literals(arrays, placed, index);
            if arrays.unique && !items.is_empty() {
                let taken = self.graph.add(Node::Values(items.clone().into()));
                literals.push((taken, Sign::Rejects));
            }
            match self.solve(literals) {
                Outcome::Witness(value) => items.push(super::number::canonical(&value)),
                Outcome::Unknown(TOO_LARGE) if arrays.unique => {
                    return Outcome::Unknown("many different items");
                }
                Outcome::Unknown(why) => unknown = both(unknown, why),
                // Another choice before could have left one for this place.
                Outcome::Empty if arrays.unique => return self.matched(arrays, placed, length),
                Outcome::Empty => return Outcome::Empty,
            }
        }
        match unknown {
            Some(why) => Outcome::Unknown(why),
            None => Outcome::Witness(Value::Array(items)),
        }
    }

    /// What the item at a place has to satisfy, with what was decided for it.
    pub(super) fn item_literals(
        &self,
        arrays: &Arrays,
        placed: &Placed,
        index: usize,
    ) -> Vec<Literal> {
        let mut literals = arrays.item(index);
        let besides = placed.get(&index).cloned().unwrap_or_default();
        for (schema, count) in &arrays.contains {
            if count.max.is_some() && !besides.contains(&(*schema, Sign::Accepts)) {
                literals.push((*schema, Sign::Rejects));
            }
        }
        literals.extend(besides);
        literals
    }
}
