//! From which states of an automaton so many characters lead to an accepting one.

use super::node::Count;
use std::collections::{HashMap, HashSet};

/// Sets of states, by the number of characters that are left.
pub(super) struct Layers {
    pub(super) sets: Vec<HashSet<usize>>,
    /// The layer at which the sets begin to repeat.
    repeats_from: usize,
}

impl Layers {
    pub(super) fn new(edges: &[Vec<(char, usize)>], accepting: &[bool], length: Count) -> Self {
        let mut before = vec![Vec::new(); edges.len()];
        for (from, edges) in edges.iter().enumerate() {
            for (_, to) in edges {
                before[*to].push(from);
            }
        }
        let accepting = accepting.iter().enumerate();
        let first: HashSet<usize> = accepting
            .filter_map(|(state, accepts)| accepts.then_some(state))
            .collect();
        let sorted = |set: &HashSet<usize>| {
            let mut states: Vec<_> = set.iter().copied().collect();
            states.sort_unstable();
            states
        };
        let mut known = HashMap::from([(sorted(&first), 0)]);
        let mut layers = Self {
            sets: vec![first],
            repeats_from: 0,
        };
        let last = length.max.unwrap_or(u64::MAX);
        while (layers.sets.len() as u64) <= last {
            let next: HashSet<usize> = layers
                .sets
                .last()
                .into_iter()
                .flatten()
                .flat_map(|state| before[*state].iter().copied())
                .collect();
            let number = layers.sets.len();
            match known.entry(sorted(&next)) {
                std::collections::hash_map::Entry::Occupied(first) => {
                    layers.repeats_from = *first.get();
                    return layers;
                }
                std::collections::hash_map::Entry::Vacant(place) => {
                    place.insert(number);
                }
            }
            layers.sets.push(next);
        }
        layers.repeats_from = layers.sets.len();
        layers
    }

    pub(super) fn at(&self, length: u64) -> &HashSet<usize> {
        let index = usize::try_from(length).unwrap_or(usize::MAX);
        if index < self.sets.len() {
            return &self.sets[index];
        }
        let period = (self.sets.len() - self.repeats_from).max(1);
        let first = self.repeats_from.min(self.sets.len() - 1);
        &self.sets[(first + (index - first) % period).min(self.sets.len() - 1)]
    }

    pub(super) fn distinct(&self) -> usize {
        self.sets.len()
    }
}
