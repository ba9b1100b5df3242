//! Splits the CLI's standard output into JSON lines and plain text, never inside a character.

/// Longest JSON line that is kept; a longer one is passed on as plain text.
const MAX_JSON_LINE_BYTES: usize = 16 * 1024 * 1024;

/// A piece of standard output.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// A whole line that begins like a JSON object, without its newline.
    JsonLine(String),
    /// Anything else, as it came; newlines are kept.
    Plain(String),
}

/// Collects bytes until they make up a piece.
#[derive(Default)]
pub(super) struct Lines {
    line: Vec<u8>,
    /// Whether a part of the current line was already passed on as plain text.
    plain: bool,
}

impl Lines {
    /// Takes bytes in and hands out the pieces that are complete.
    pub(super) fn feed(&mut self, mut bytes: &[u8], mut out: impl FnMut(Piece)) {
        while let Some(end) = bytes.iter().position(|&byte| byte == b'\n') {
            self.line.extend_from_slice(&bytes[..end]);
            self.end_line("\n", &mut out);
            bytes = &bytes[end + 1..];
        }
        self.line.extend_from_slice(bytes);
        if self.plain || !may_be_json(&self.line) || self.line.len() > MAX_JSON_LINE_BYTES {
            self.pass_on_whole_characters(&mut out);
        }
    }

    /// Hands out what is left when the output ends.
    pub(super) fn finish(&mut self, mut out: impl FnMut(Piece)) {
        if !self.line.is_empty() {
            self.end_line("", &mut out);
        }
    }

    fn end_line(&mut self, newline: &str, out: &mut impl FnMut(Piece)) {
        let line = String::from_utf8_lossy(&self.line);
        if !self.plain && may_be_json(&self.line) && !self.line.is_empty() {
            out(Piece::JsonLine(line.into_owned()));
        } else {
            out(Piece::Plain(format!("{line}{newline}")));
        }
        self.line.clear();
        self.plain = false;
    }

    /// Plain text does not wait for its newline, only for the rest of a character.
    fn pass_on_whole_characters(&mut self, out: &mut impl FnMut(Piece)) {
        let whole = self.line.len() - incomplete_tail(&self.line);
        if whole == 0 {
            return;
        }
        self.plain = true;
        out(Piece::Plain(
            String::from_utf8_lossy(&self.line[..whole]).into_owned(),
        ));
        self.line.drain(..whole);
    }
}

fn may_be_json(line: &[u8]) -> bool {
    line.iter()
        .find(|byte| !byte.is_ascii_whitespace())
        .is_none_or(|&byte| byte == b'{')
}

/// How many bytes at the end are the beginning of a character that is not all there.
fn incomplete_tail(bytes: &[u8]) -> usize {
    match std::str::from_utf8(&bytes[bytes.len().saturating_sub(4)..]) {
        Ok(_) => 0,
        Err(_) => (1..=bytes.len().min(3))
            .find(|&tail| {
                let start = bytes[bytes.len() - tail];
                let length = match start {
                    0xC2..=0xDF => 2,
                    0xE0..=0xEF => 3,
                    0xF0..=0xF4 => 4,
                    _ => 0,
                };
                length > tail
            })
            .unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(chunks: &[&[u8]]) -> Vec<Piece> {
        let mut lines = Lines::default();
        let mut pieces = Vec::new();
        for chunk in chunks {
            lines.feed(chunk, |piece| pieces.push(piece));
        }
        lines.finish(|piece| pieces.push(piece));
        pieces
    }

    fn plain(text: &str) -> Piece {
        Piece::Plain(text.into())
    }

    #[test]
    fn json_lines_come_whole_and_plain_text_at_once() {
        assert_eq!(
            pieces(&[b"{\"a\"", b":1}\nhel", b"lo\n{\"b\":2}"]),
            [
                Piece::JsonLine("{\"a\":1}".into()),
                plain("hel"),
                plain("lo\n"),
                Piece::JsonLine("{\"b\":2}".into()),
            ]
        );
    }

    #[test]
    fn characters_are_never_split_wherever_the_bytes_are() {
        let text = "añ→🦀é\nx🦀";
        for first in 0..text.len() {
            for second in first..text.len() {
                let bytes = text.as_bytes();
                let found = pieces(&[&bytes[..first], &bytes[first..second], &bytes[second..]]);
                let joined: String = found
                    .into_iter()
                    .map(|piece| match piece {
                        Piece::Plain(text) | Piece::JsonLine(text) => text,
                    })
                    .collect();
                assert_eq!(joined, text);
            }
        }
    }

    #[test]
    fn bytes_that_are_no_characters_are_replaced_and_do_not_stop_the_rest() {
        assert_eq!(
            pieces(&[b"a\xFFb\xF0\x9F", b"\n", b"c"]),
            [plain("a\u{FFFD}b"), plain("\u{FFFD}\n"), plain("c"),]
        );
    }
}
