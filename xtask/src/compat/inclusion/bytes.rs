//! Bytes that stand for others which no automaton tells from them.

use regex_automata::dfa::dense;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// Bytes of one kind that are spelled.
const KEPT: usize = 26;

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
pub(super) fn representatives(automata: &[Rc<dense::DFA<Vec<u32>>>]) -> (Vec<u8>, Vec<char>) {
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
pub(super) fn plainness(letter: char) -> (u8, char) {
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
