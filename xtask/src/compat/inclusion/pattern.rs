//! Patterns: what they match, by the engine of the validator, and their automata.

use anyhow::bail;
use jsonschema::Validator;
use regex_automata::dfa::dense;
use regex_automata::util::syntax;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// Larger automata are not built.
const MAX_AUTOMATON_BYTES: usize = 1 << 20;

struct Compiled {
    validator: Option<Validator>,
    automaton: Option<Option<Rc<dense::DFA<Vec<u32>>>>>,
}

thread_local! {
    static PATTERNS: RefCell<HashMap<String, Compiled>> = RefCell::default();
}

fn with<T>(pattern: &str, use_it: impl FnOnce(&mut Compiled) -> T) -> T {
    PATTERNS.with_borrow_mut(|patterns| {
        if !patterns.contains_key(pattern) {
            let compiled = Compiled {
                validator: jsonschema::draft202012::new(&json!({ "pattern": pattern })).ok(),
                automaton: None,
            };
            patterns.insert(pattern.to_owned(), compiled);
        }
        // The entry was made above when there was none.
        let mut missing = Compiled {
            validator: None,
            automaton: Some(None),
        };
        use_it(patterns.get_mut(pattern).unwrap_or(&mut missing))
    })
}

/// Fails when a pattern is not a regular expression.
pub(crate) fn check(pattern: &str) -> anyhow::Result<()> {
    if with(pattern, |compiled| compiled.validator.is_none()) {
        bail!("`{pattern}` is not a regular expression");
    }
    Ok(())
}

/// Whether the pattern matches somewhere in the text.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let text = Value::String(text.to_owned());
    with(pattern, |compiled| {
        compiled
            .validator
            .as_ref()
            .is_some_and(|validator| validator.is_valid(&text))
    })
}

/// The automaton of a pattern; `None` when it looks around, refers back or is too large.
pub(crate) fn automaton(pattern: &str) -> Option<Rc<dense::DFA<Vec<u32>>>> {
    with(pattern, |compiled| {
        compiled
            .automaton
            .get_or_insert_with(|| build(pattern).map(Rc::new))
            .clone()
    })
}

fn build(pattern: &str) -> Option<dense::DFA<Vec<u32>>> {
    let pattern = jsonschema_regex::to_rust_regex(pattern).ok()?;
    let limits = dense::Config::new()
        .dfa_size_limit(Some(MAX_AUTOMATON_BYTES))
        .determinize_size_limit(Some(4 * MAX_AUTOMATON_BYTES))
        .match_kind(regex_automata::MatchKind::All)
        .start_kind(regex_automata::dfa::StartKind::Unanchored);
    dense::Builder::new()
        .configure(limits)
        .syntax(syntax::Config::new().utf8(true))
        .build(&pattern)
        .ok()
}

/// Takes apart a pattern that repeats one kind of character from end to end, with bounds: what
/// repeats without bounds, and how often. `^[a-z]{1,64}$` is `^[a-z]*$` with a length.
pub(crate) fn repetition(pattern: &str) -> Option<(String, u64, Option<u64>)> {
    let inside = pattern.strip_prefix('^')?.strip_suffix("}$")?;
    let (kind, bounds) = inside.rsplit_once('{')?;
    let (least, most) = match bounds.split_once(',') {
        Some((least, "")) => (least.parse().ok()?, None),
        Some((least, most)) => (least.parse().ok()?, Some(most.parse().ok()?)),
        None => (bounds.parse().ok()?, Some(bounds.parse().ok()?)),
    };
    let mut letters = kind.chars();
    let single = match (letters.next()?, letters.next()) {
        ('[', _) => kind.find(']') == Some(kind.len() - 1) && !kind.contains('\\'),
        ('\\', Some('d' | 'w' | 's' | 'D' | 'W' | 'S')) => letters.next().is_none(),
        ('.', None) => true,
        (letter, None) => letter.is_alphanumeric(),
        _ => false,
    };
    single.then(|| (format!("^{kind}*$"), least, most))
}

/// Takes apart a pattern that begins with looks ahead, as rules for passwords do: what must match
/// from the beginning, and what must not.
pub(crate) fn looks_ahead(pattern: &str) -> Option<(Vec<String>, Vec<String>)> {
    let mut rest = pattern.strip_prefix('^')?;
    let (mut matching, mut not_matching) = (Vec::new(), Vec::new());
    while let Some(inside) = rest.strip_prefix("(?=").or(rest.strip_prefix("(?!")) {
        let end = closing(inside)?;
        let looked_at = format!("^(?:{})", &inside[..end]);
        if rest.starts_with("(?=") {
            matching.push(looked_at);
        } else {
            not_matching.push(looked_at);
        }
        rest = &inside[end + 1..];
    }
    let found = !matching.is_empty() || !not_matching.is_empty();
    // An alternative of the whole would not be subject to what is looked for at the beginning.
    let alone = found && !has_top_level_alternative(rest);
    if !rest.is_empty() {
        matching.push(format!("^{rest}"));
    }
    let mut parts = matching.iter().chain(&not_matching);
    (alone && parts.all(|part| check(part).is_ok())).then_some((matching, not_matching))
}

/// Where the group ends that was opened before the text.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0;
    for (index, letter) in outside_of_classes(text) {
        match letter {
            '(' => depth += 1,
            ')' if depth == 0 => return Some(index),
            ')' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn has_top_level_alternative(text: &str) -> bool {
    let mut depth = 0;
    outside_of_classes(text).any(|(_, letter)| {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        letter == '|' && depth == 0
    })
}

/// The characters of a pattern that are neither escaped nor in a class.
fn outside_of_classes(text: &str) -> impl Iterator<Item = (usize, char)> {
    let (mut escaped, mut class) = (false, false);
    text.char_indices().filter(move |(_, letter)| {
        if escaped {
            escaped = false;
            return false;
        }
        match letter {
            '\\' => escaped = true,
            '[' => class = true,
            ']' if class => {
                class = false;
                return false;
            }
            _ => {}
        }
        !escaped && !class
    })
}

/// Texts made of a pattern's own letters, some of which may match it.
pub(crate) fn letters(pattern: &str) -> Vec<String> {
    let words = pattern.split(|letter: char| !letter.is_alphanumeric());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    let mut texts: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    for word in &words {
        texts.extend([format!("{word}a"), format!("a{word}"), word.repeat(8)]);
        texts.extend(words.iter().map(|other| format!("{word}{other}")));
    }
    texts.truncate(200);
    texts
}
