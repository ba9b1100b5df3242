//! Arrays whose items must all be different, or must not.

use super::array::{Arrays, Placed};
use super::node::Node;
use super::solve::{Outcome, Sign, Solver};
use serde_json::Value;
use std::rc::Rc;

/// So many different items are matched with their places.
const MATCHED: usize = 12;

impl Solver<'_> {
    /// An array of different items, each from a short list of candidates for its place.
    pub(super) fn matched(&mut self, arrays: &Arrays, placed: &Placed, length: usize) -> Outcome {
        if length > MATCHED {
            return Outcome::Unknown("many different items");
        }
        let mut candidates: Vec<Vec<Value>> = Vec::new();
        let mut unknown = None;
        for index in 0..length {
            let mut known: Vec<Value> = Vec::new();
            // With as many candidates as places one is always left.
            while known.len() < length {
                let mut literals = self.item_literals(arrays, placed, index);
                let taken = self.graph.add(Node::Values(known.clone().into()));
                literals.push((taken, Sign::Rejects));
                match self.solve(literals) {
                    Outcome::Witness(value) => known.push(super::number::canonical(&value)),
                    Outcome::Unknown(why) => {
                        unknown = Some(why);
                        break;
                    }
                    Outcome::Empty => break,
                }
            }
            candidates.push(known);
        }
        let mut items = Vec::new();
        match choose_different(&candidates, &mut items) {
            true => Outcome::Witness(Value::Array(items)),
            false => unknown.map_or(Outcome::Empty, Outcome::Unknown),
        }
    }

    /// An array in which two items are equal.
    pub(super) fn with_repetition(
        &mut self,
        arrays: &Arrays,
        placed: &Placed,
        shortest: usize,
    ) -> Outcome {
        let places = arrays.longest_prefix() + placed.len() + 2;
        let places = places.max(shortest).min(40);
        let mut unknown = (shortest > 40).then_some("many items");
        for second in 1..places {
            if arrays.count.max.is_some_and(|max| second as u64 >= max) {
                break;
            }
            for first in 0..second {
                let mut literals = self.item_literals(arrays, placed, first);
                literals.extend(self.item_literals(arrays, placed, second));
                let equal = match self.solve(literals) {
                    Outcome::Witness(value) => value,
                    Outcome::Unknown(why) => {
                        unknown = Some(why);
                        continue;
                    }
                    Outcome::Empty => continue,
                };
                let same = self
                    .graph
                    .add(Node::Values(Rc::from([super::number::canonical(&equal)])));
                let mut next = placed.clone();
                for place in [first, second] {
                    next.entry(place).or_default().push((same, Sign::Accepts));
                }
                match self.items(arrays, &next, shortest.max(second + 1)) {
                    Outcome::Witness(array) => return Outcome::Witness(array),
                    Outcome::Unknown(why) => unknown = Some(why),
                    Outcome::Empty => {}
                }
            }
        }
        unknown.map_or(Outcome::Empty, Outcome::Unknown)
    }
}

/// Takes one candidate for each place, all different.
fn choose_different(candidates: &[Vec<Value>], chosen: &mut Vec<Value>) -> bool {
    let Some(here) = candidates.get(chosen.len()) else {
        return true;
    };
    for value in here {
        if !chosen.contains(value) {
            chosen.push(value.clone());
            if choose_different(candidates, chosen) {
                return true;
            }
            chosen.pop();
        }
    }
    false
}
