//! Strings that match some patterns and not others, with a length: found, or proven not to exist.

use super::node::Count;
use super::pattern;
use regex_automata::dfa::{Automaton as _, dense};
use regex_automata::util::primitives::StateID;
use regex_automata::util::start;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// Larger products are given up.
const MAX_STATES: usize = 5000;
/// Bytes of one kind that are spelled.
const KEPT: usize = 26;
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
        let layers = Layers::new(self, length);
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

/// From which states so many characters lead to an accepting one.
struct Layers {
    sets: Vec<HashSet<usize>>,
    /// The layer at which the sets begin to repeat.
    repeats_from: usize,
}

impl Layers {
    fn new(product: &Product, length: Count) -> Self {
        let mut before = vec![Vec::new(); product.states.len()];
        for (from, edges) in product.edges.iter().enumerate() {
            for (_, to) in edges {
                before[*to].push(from);
            }
        }
        let accepting = product.accepting.iter().enumerate();
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

    fn at(&self, length: u64) -> &HashSet<usize> {
        let index = usize::try_from(length).unwrap_or(usize::MAX);
        if index < self.sets.len() {
            return &self.sets[index];
        }
        let period = (self.sets.len() - self.repeats_from).max(1);
        let first = self.repeats_from.min(self.sets.len() - 1);
        &self.sets[(first + (index - first) % period).min(self.sets.len() - 1)]
    }

    fn distinct(&self) -> usize {
        self.sets.len()
    }
}

/// Bytes that never mean the same in UTF-8 are kept apart.
fn part_of_a_character(byte: u8) -> u8 {
    match byte {
        0..0x80 => 0,
        0x80..0x90 => 1,
        0x90..0xa0 => 2,
        0xa0..0xc0 => 3,
        0xc0..0xe0 => 4,
        0xe0 => 5,
        0xe1..0xed => 6,
        0xed => 7,
        0xee..0xf0 => 8,
        0xf0 => 9,
        0xf1..0xf4 => 10,
        _ => 11,
    }
}

/// Some bytes of each kind, the plainest, and the characters that stand for more than themselves.
fn representatives(automata: &[Rc<dense::DFA<Vec<u32>>>]) -> (Vec<u8>, Vec<char>) {
    let mut bytes: Vec<u8> = (0..=255).collect();
    bytes.sort_by_key(|byte| plainness(char::from(*byte)));
    let mut seen: HashMap<Vec<u8>, usize> = HashMap::new();
    let kind = |byte: u8| -> Vec<u8> {
        let classes = automata.iter();
        let classes = classes.map(|automaton| automaton.byte_classes().get(byte));
        classes.chain([part_of_a_character(byte)]).collect()
    };
    let mut abridged = HashSet::new();
    let mut cut = Vec::new();
    bytes.retain(|byte| {
        let kind = kind(*byte);
        let count = seen.entry(kind.clone()).or_default();
        *count += 1;
        let kept = *count <= if *byte < 0x80 { KEPT } else { 1 };
        if !kept {
            abridged.insert(kind);
        }
        kept
    });
    bytes.retain(|byte| {
        let kind = kind(*byte);
        if *byte < 0x80 && abridged.contains(&kind) {
            cut.push(char::from(*byte));
        }
        true
    });
    (bytes, cut)
}

/// Letters first, then digits, then what else can be read.
fn plainness(letter: char) -> (u8, char) {
    let rank = match letter {
        'a'..='z' => 0,
        'A'..='Z' => 1,
        '0'..='9' => 2,
        '-' | '_' | '.' | '/' | ':' | '@' => 3,
        '!'..='~' => 4,
        ' ' => 5,
        '\u{a0}'.. => 6,
        _ => 7,
    };
    (rank, letter)
}
