//! Strings that match some patterns and not others, with a length: found, or proven not to exist.

use super::bytes::{plainness, representatives};
use super::layers::Layers;
use super::node::Count;
use super::pattern;
use regex_automata::dfa::{Automaton as _, dense};
use regex_automata::util::primitives::StateID;
use regex_automata::util::start;
use std::collections::HashMap;
use std::rc::Rc;

/// Larger products are given up.
const MAX_STATES: usize = 5000;
/// Lengths beyond which nothing is tried.
const MAX_LENGTH: u64 = 300_000;

/// Some strings that match, shortest first.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) strings: Vec<String>,
    /// Whether there are no others.
    pub(crate) complete: bool,
}

/// Finds up to `wanted` strings; `None` when a pattern has no automaton or it takes too much.
pub(crate) fn find(
    matching: &[Rc<str>],
    not_matching: &[Rc<str>],
    length: Count,
    wanted: usize,
) -> Option<Found> {
    let mut product = Product::new(matching, not_matching)?;
    product.explore()?;
    product.search(length, wanted)
}

/// Where one pattern's automaton stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Place {
    At(StateID),
    Matched,
}

type State = Box<[Place]>;

struct Product {
    /// The automata that must match, then those that must not.
    automata: Vec<Rc<dense::DFA<Vec<u32>>>>,
    matching: usize,
    /// Bytes of which each stands for all that no automaton tells from it.
    bytes: Vec<u8>,
    states: Vec<State>,
    numbers: HashMap<State, usize>,
    /// Where each state leads, and by which character.
    edges: Vec<Vec<(char, usize)>>,
    accepting: Vec<bool>,
    /// Characters that stand for more than themselves.
    cut: Vec<char>,
}

impl Product {
    fn new(matching: &[Rc<str>], not_matching: &[Rc<str>]) -> Option<Self> {
        let patterns = matching.iter().chain(not_matching);
        let automata: Vec<_> = patterns
            .map(|source| pattern::automaton(source))
            .collect::<Option<_>>()?;
        let start = automata
            .iter()
            .map(|automaton| automaton.start_state(&start::Config::new()).ok())
            .map(|state| state.map(Place::At))
            .collect::<Option<State>>()?;
        let (bytes, cut) = representatives(&automata);
        Some(Self {
            automata,
            matching: matching.len(),
            bytes,
            numbers: HashMap::from([(start.clone(), 0)]),
            states: vec![start],
            edges: Vec::new(),
            accepting: Vec::new(),
            cut,
        })
    }

    fn explore(&mut self) -> Option<()> {
        while self.edges.len() < self.states.len() {
            let state = self.states[self.edges.len()].clone();
            self.accepting.push(self.accepts(&state));
            let mut edges = Vec::new();
            let mut buffer = Vec::new();
            self.characters(&state, &mut buffer, &mut edges);
            let mut numbered: Vec<(char, usize)> = Vec::new();
            for (letter, state) in edges {
                let next = self.states.len();
                let number = *self.numbers.entry(state.clone()).or_insert(next);
                if number == next {
                    self.states.push(state);
                }
                numbered.push((letter, number));
            }
            numbered.sort_by_key(|(letter, _)| plainness(*letter));
            self.edges.push(numbered);
            if self.states.len() > MAX_STATES {
                return None;
            }
        }
        Some(())
    }

    fn accepts(&self, state: &State) -> bool {
        let mut places = state.iter().zip(&self.automata).enumerate();
        places.all(|(index, (place, automaton))| {
            let matched = match place {
                Place::Matched => true,
                Place::At(state) => automaton.is_match_state(automaton.next_eoi_state(*state)),
            };
            matched == (index < self.matching)
        })
    }

    /// The characters that lead somewhere from a state, byte by byte.
    fn characters(&self, state: &State, bytes: &mut Vec<u8>, edges: &mut Vec<(char, State)>) {
        for byte in &self.bytes {
            let wanted = match bytes.as_slice() {
                [] => *byte < 0x80 || (0xc2..=0xf4).contains(byte),
                _ => (0x80..0xc0).contains(byte),
            };
            if !wanted {
                continue;
            }
            let Some(next) = self.step(state, *byte) else {
                continue;
            };
            bytes.push(*byte);
            let length = match bytes[0] {
                0..0x80 => 1,
                0x80..0xe0 => 2,
                0xe0..0xf0 => 3,
                _ => 4,
            };
            if bytes.len() == length {
                let text = std::str::from_utf8(bytes).ok();
                if let Some(letter) = text.and_then(|text| text.chars().next()) {
                    edges.push((letter, next));
                }
            } else {
                self.characters(&next, bytes, edges);
            }
            bytes.pop();
        }
    }

    fn step(&self, state: &State, byte: u8) -> Option<State> {
        let mut next = Vec::with_capacity(state.len());
        for (index, (place, automaton)) in state.iter().zip(&self.automata).enumerate() {
            let place = match place {
                Place::Matched => Place::Matched,
                Place::At(state) => {
                    let state = automaton.next_state(*state, byte);
                    if automaton.is_match_state(state) {
                        Place::Matched
                    } else if automaton.is_dead_state(state) && index < self.matching {
                        return None;
                    } else {
                        Place::At(state)
                    }
                }
            };
            if place == Place::Matched && index >= self.matching {
                return None;
            }
            next.push(place);
        }
        Some(next.into())
    }

    /// Goes through the lengths in question, backwards from the accepting states.
    fn search(&self, length: Count, wanted: usize) -> Option<Found> {
        let mut found = Found {
            strings: Vec::new(),
            complete: true,
        };
        if length.is_empty() {
            return Some(found);
        }
        let layers = Layers::new(&self.edges, &self.accepting, length);
        let last = length.max.unwrap_or(u64::MAX);
        let abridged = self.is_abridged(&layers, length);
        let mut at = length.min;
        let mut empty = 0;
        while at <= last {
            if at > MAX_LENGTH {
                return (!found.strings.is_empty()).then_some(Found {
                    complete: false,
                    ..found
                });
            }
            if layers.at(at).contains(&0) {
                empty = 0;
                let mut text = Vec::new();
                self.spell(&layers, 0, at, &mut text, wanted, &mut found);
                found.complete &= at == 0 || !abridged;
                if found.strings.len() >= wanted {
                    found.complete = false;
                    return Some(found);
                }
            } else {
                empty += 1;
            }
            if empty > layers.distinct() {
                // The layers repeat: what did not come until now never comes.
                break;
            }
            at += 1;
        }
        found.complete |= found.strings.is_empty();
        Some(found)
    }

    /// Whether some string is spelled with a character that stands for others.
    fn is_abridged(&self, layers: &Layers, length: Count) -> bool {
        let longest = usize::try_from(length.max.unwrap_or(u64::MAX)).unwrap_or(usize::MAX);
        let layers = || layers.sets.iter().take(longest);
        let useful = |state: &usize| layers().any(|layer| layer.contains(state));
        let mut edges = self.edges.iter().flatten();
        edges.any(|(letter, to)| useful(to) && (!letter.is_ascii() || self.cut.contains(letter)))
    }

    fn spell(
        &self,
        layers: &Layers,
        state: usize,
        left: u64,
        text: &mut Vec<char>,
        wanted: usize,
        found: &mut Found,
    ) {
        // Long strings are spelled without recursion, and only once.
        let start = text.len();
        let mut state = state;
        let mut left = left;
        while left > 40 {
            let allowed = layers.at(left - 1);
            let Some((letter, next)) = self.edges[state]
                .iter()
                .find(|(_, next)| allowed.contains(next))
            else {
                break;
            };
            text.push(*letter);
            state = *next;
            left -= 1;
        }
        if left == 0 {
            found.strings.push(text.iter().collect());
        } else {
            let allowed = layers.at(left - 1);
            for (letter, next) in &self.edges[state] {
                if found.strings.len() >= wanted {
                    break;
                }
                if allowed.contains(next) {
                    text.push(*letter);
                    self.spell(layers, *next, left - 1, text, wanted, found);
                    text.pop();
                }
            }
        }
        text.truncate(start);
    }
}
