//! Strings: length, patterns and formats, and a string that satisfies them.

use super::automaton;
use super::node::Count;
use super::solve::{Outcome, TOO_LARGE};
use super::{format, pattern};
use serde_json::Value;
use std::rc::Rc;

/// What a string has to satisfy.
#[derive(Debug, Clone)]
pub(super) struct Text {
    pub(super) length: Count,
    pub(super) patterns: Vec<Rc<str>>,
    pub(super) not_patterns: Vec<Rc<str>>,
    pub(super) formats: Vec<Rc<str>>,
    pub(super) not_formats: Vec<Rc<str>>,
}

impl Default for Text {
    fn default() -> Self {
        Self {
            length: Count::ANY,
            patterns: Vec::new(),
            not_patterns: Vec::new(),
            formats: Vec::new(),
            not_formats: Vec::new(),
        }
    }
}

/// Strings longer than this are not made.
const LONGEST: u64 = 2_000_000;
/// Strings that are tried when only some of them can fit.
const TRIED: usize = 60;

impl Text {
    pub(super) fn solve(&self, excluded: &[Value]) -> Outcome {
        if self.length.is_empty() || self.formats_contradict() {
            return Outcome::Empty;
        }
        if let Some(outcome) = self.unknown_format() {
            return outcome;
        }
        if let Some(found) = self.try_each(excluded, self.examples()) {
            return found;
        }
        if self.patterns.is_empty() && self.not_patterns.is_empty() && self.formats.is_empty() {
            return self.plain(excluded);
        }
        self.by_automaton(excluded)
    }

    fn formats_contradict(&self) -> bool {
        let mut formats = self.formats.iter();
        formats.any(|format| {
            let mut others = self.not_formats.iter();
            others.any(|other| format::is_within(format, other))
        }) || self
            .patterns
            .iter()
            .any(|pattern| self.not_patterns.contains(pattern))
    }

    /// A format nobody knows accepts nobody knows what.
    fn unknown_format(&self) -> Option<Outcome> {
        let unknown = self.not_formats.iter().any(|name| !format::is_known(name));
        unknown.then_some(Outcome::Unknown("an unknown format"))
    }

    fn accepts(&self, text: &str, excluded: &[Value]) -> bool {
        self.length.holds(text.chars().count())
            && self.patterns.iter().all(|it| pattern::matches(it, text))
            && !self
                .not_patterns
                .iter()
                .any(|it| pattern::matches(it, text))
            && self.formats.iter().all(|it| format::accepts(it, text))
            && !self.not_formats.iter().any(|it| format::accepts(it, text))
            && !excluded.iter().any(|value| value.as_str() == Some(text))
    }

    fn try_each<'a>(
        &self,
        excluded: &[Value],
        mut texts: impl Iterator<Item = &'a str>,
    ) -> Option<Outcome> {
        let found = texts.find(|text| self.accepts(text, excluded))?;
        Some(Outcome::Witness(found.into()))
    }

    /// Strings of the wanted formats, and others where a format is to be violated.
    fn examples(&self) -> impl Iterator<Item = &'static str> {
        let wanted = self.formats.iter().flat_map(|name| format::examples(name));
        let odd = (!self.not_formats.is_empty()).then_some(format::ODD);
        let others = self.not_formats.iter().flat_map(|name| {
            // What is just not of this format is often of a similar one.
            format::similar(name)
        });
        let all: Vec<_> = wanted
            .copied()
            .chain(odd.into_iter().flatten())
            .chain(others)
            .collect();
        all.into_iter()
    }

    /// Without patterns the length is all that counts.
    fn plain(&self, excluded: &[Value]) -> Outcome {
        if self.length.min > LONGEST {
            let why = match self.not_formats.is_empty() {
                true => TOO_LARGE,
                false => "a very long string",
            };
            return Outcome::Unknown(why);
        }
        if self.length.max == Some(0) {
            return match self.accepts("", excluded) {
                true => Outcome::Witness("".into()),
                false if self.not_formats.is_empty() => Outcome::Empty,
                false => Outcome::Unknown("formats"),
            };
        }
        let shortest = usize::try_from(self.length.min.max(1)).unwrap_or(usize::MAX);
        let letters = [
            'a', 'b', '0', ' ', '%', '{', '\\', '\u{e9}', '(', '-', '\u{1}',
        ];
        let empty = (self.length.min == 0).then(String::new);
        let repeated = letters
            .iter()
            .map(|letter| letter.to_string().repeat(shortest));
        // As many strings as are excluded, and one more, tell themselves apart by their end.
        let numbered = (0..=excluded.len()).map(|number| {
            let number: String = letters_of(number);
            let fill = shortest.saturating_sub(number.len());
            "a".repeat(fill) + &number
        });
        let candidates: Vec<String> = repeated.chain(numbered).chain(empty).collect();
        self.try_each(excluded, candidates.iter().map(String::as_str))
            .unwrap_or(Outcome::Unknown("strings"))
    }

    fn by_automaton(&self, excluded: &[Value]) -> Outcome {
        let shapes = self.formats.iter().filter_map(|name| format::shape(name));
        let matching: Vec<Rc<str>> = self
            .patterns
            .iter()
            .cloned()
            .chain(shapes.map(Rc::from))
            .collect();
        let wanted = TRIED + excluded.len();
        let Some(found) = automaton::find(&matching, &self.not_patterns, self.length, wanted)
        else {
            let patterns = self.patterns.iter().chain(&self.not_patterns);
            let letters: Vec<_> = patterns.flat_map(|it| pattern::letters(it)).collect();
            let letters = letters.iter().map(String::as_str);
            return self
                .try_each(excluded, format::ODD.into_iter().chain(letters))
                .unwrap_or(Outcome::Unknown("patterns"));
        };
        let strings = found.strings.iter().map(String::as_str);
        match self.try_each(excluded, strings) {
            Some(outcome) => outcome,
            None if found.complete => Outcome::Empty,
            None if !self.formats.is_empty() || !self.not_formats.is_empty() => {
                Outcome::Unknown("formats")
            }
            None => Outcome::Unknown("patterns"),
        }
    }
}

/// A number in letters, as columns of a table are numbered.
fn letters_of(mut number: usize) -> String {
    let mut letters = String::new();
    loop {
        letters.insert(0, char::from(b'a' + u8::try_from(number % 26).unwrap_or(0)));
        number /= 26;
        if number == 0 {
            return letters;
        }
        number -= 1;
    }
}
