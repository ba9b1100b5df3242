//! Catching up: which part of the output is new after a new connection.
//!
//! The server begins again with the whole output so far, in one piece or several. Its pieces need
//! not be those of the connection before, so what was received is counted and skipped. Of a process
//! that has ended it sends only the result, which has all output once more.

/// A reader's place in the output of a process.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// Bytes of output that were received, dropped ones included.
    received: u64,
    /// How many of them are still to come again.
    repeated: u64,
}

impl Place {
    /// The server begins again.
    pub(super) fn rewind(&mut self) {
        self.repeated = self.received;
    }

    /// Takes a piece of output and leaves what is new of it.
    pub(super) fn take(&mut self, piece: String) -> Option<String> {
        let bytes = piece.len() as u64;
        if self.repeated == 0 {
            self.received += bytes;
            return Some(piece);
        }
        if bytes <= self.repeated {
            self.repeated -= bytes;
            return None;
        }
        let mut start = usize::try_from(self.repeated).unwrap_or(piece.len());
        // The same output has its characters at the same places, unless the server is not honest.
        while !piece.is_char_boundary(start) {
            start += 1;
        }
        self.repeated = 0;
        let new = piece.get(start..).unwrap_or_default();
        self.received += new.len() as u64;
        Some(new.to_owned())
    }

    /// Takes all output at once and leaves what is new of it.
    pub(super) fn take_all(&mut self, output: &str) -> Option<String> {
        if output.len() as u64 <= self.received {
            return None;
        }
        self.rewind();
        self.take(output.to_owned())
    }

    /// Output that was dropped before it could be read; gives how much of it was new.
    pub(super) fn skip(&mut self, bytes: u64) -> u64 {
        let repeated = bytes.min(self.repeated);
        self.repeated -= repeated;
        self.received += bytes - repeated;
        bytes - repeated
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig {
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        #[test]
        fn whatever_the_pieces_the_output_is_whole(
            output in "\\PC{0,60}",
            cuts in prop::collection::vec(0_usize..200, 0..8),
            losses in prop::collection::vec(0_usize..200, 0..4),
            has_ended in any::<bool>(),
        ) {
            let mut place = Place::default();
            let mut read = String::new();
            // On each connection some of it arrives; then the server begins again.
            for loss in losses {
                for piece in pieces(&output[..floor(&output, loss)], &cuts) {
                    read.extend(place.take(piece));
                }
                place.rewind();
            }
            // The process has ended, or the last connection tells the rest of it.
            if !has_ended {
                for piece in pieces(&output, &cuts) {
                    read.extend(place.take(piece));
                }
            }
            read.extend(place.take_all(&output));
            prop_assert_eq!(read, output);
        }
    }

    #[test]
    fn a_dishonest_server_causes_no_panic() {
        let mut place = Place::default();
        assert_eq!(place.take("ab".into()), Some("ab".into()));
        place.rewind();
        assert_eq!(place.take("x🦀y".into()), Some("y".into()));
        place.rewind();
        assert_eq!(place.skip(u64::from(u32::MAX)), u64::from(u32::MAX) - 3);
        assert_eq!(place.take_all("shorter than before"), None);
    }

    fn floor(text: &str, mut place: usize) -> usize {
        place = place.min(text.len());
        while !text.is_char_boundary(place) {
            place -= 1;
        }
        place
    }

    fn pieces(text: &str, cuts: &[usize]) -> Vec<String> {
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| floor(text, *cut)).collect();
        cuts.extend([0, text.len()]);
        cuts.sort_unstable();
        cuts.windows(2)
            .map(|cut| text[cut[0]..cut[1]].to_owned())
            .collect()
    }
}
