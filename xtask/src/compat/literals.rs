//! Numbers as they are written: those with more digits than are kept.

use anyhow::ensure;
use std::collections::HashMap;

/// Whole numbers beyond 64 bits are read as floating-point numbers, of which one stands for many.
///
/// # Errors
/// When two different ones are read as the same number: their difference would go unseen.
pub(super) fn tell_apart(texts: &[&str]) -> anyhow::Result<()> {
    let mut known: HashMap<u64, &str> = HashMap::new();
    for literal in texts.iter().flat_map(|text| numbers(text)) {
        let Some(read) = rounded(literal) else {
            continue;
        };
        let other = *known.entry(read.to_bits()).or_insert(literal);
        ensure!(
            other == literal,
            "{other} and {literal} cannot be told apart: of whole numbers beyond 64 bits only about \
             16 digits are kept; write such numbers as strings, or a bound with fewer digits"
        );
    }
    Ok(())
}

/// What a whole number beyond 64 bits is read as.
fn rounded(literal: &str) -> Option<f64> {
    let digits = literal.strip_prefix('-').unwrap_or(literal);
    let whole = digits.bytes().all(|byte| byte.is_ascii_digit());
    let kept = literal.parse::<i64>().is_ok() || literal.parse::<u64>().is_ok();
    literal.parse().ok().filter(|_| whole && !kept)
}

/// The numbers in a text of JSON.
fn numbers(text: &str) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    let parts = text.split(move |letter: char| {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => {}
        }
        quoted || !matches!(letter, '0'..='9' | '-' | '+' | '.' | 'e' | 'E')
    });
    parts.filter(|part| part.starts_with(|first: char| first == '-' || first.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::tell_apart;

    const ONE: &str = r#"{"const": 18446744073709551616}"#;

    #[test]
    fn different_numbers_that_are_read_as_one_are_refused() {
        let error = tell_apart(&[ONE, r#"{"const": 18446744073709551617}"#]);
        let told = error.unwrap_err().to_string();
        assert!(
            told.starts_with("18446744073709551616 and 18446744073709551617"),
            "{told}"
        );
    }

    #[test]
    fn others_are_not() {
        let text = r#"{"title": "a \\\" 18446744073709551617", "maximum": 18446744073709551615}"#;
        assert!(tell_apart(&[ONE, ONE, text, r#"[1, -1, 1e30, 0.5]"#]).is_ok());
        assert!(tell_apart(&[ONE, r#"{"const": 99999999999999999999}"#]).is_ok());
    }
}
