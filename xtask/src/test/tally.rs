//! Counting: what the test runners say of themselves, summed.

use std::fmt;
use std::ops::AddAssign;

/// How many checks and tests passed, failed and were skipped.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) passed: u64,
    pub(super) failed: u64,
    pub(super) skipped: u64,
}

impl Tally {
    /// One check that passed.
    pub(super) const PASSED: Self = Self::of(1, 0, 0);
    /// One check that failed.
    pub(super) const FAILED: Self = Self::of(0, 1, 0);
    /// One suite that could not run here.
    pub(super) const SKIPPED: Self = Self::of(0, 0, 1);

    const fn of(passed: u64, failed: u64, skipped: u64) -> Self {
        Self {
            passed,
            failed,
            skipped,
        }
    }

    /// Reads the closing lines of cargo, node's test runner and pytest, and adds them up.
    ///
    /// A runner that failed without counting a failure counts as one, and so does a runner that
    /// ran no test: neither may pass for a success.
    pub(super) fn read(output: &str, succeeded: bool) -> Self {
        let mut tally = Self::default();
        output.lines().for_each(|line| tally.add_line(line.trim()));
        let ran_nothing = tally.passed == 0 && tally.failed == 0;
        if tally.failed == 0 && (!succeeded || ran_nothing) {
            tally.failed = 1;
        }
        tally
    }

    fn add_line(&mut self, line: &str) {
        if let Some(counts) = line.strip_prefix("test result: ") {
            // cargo: `ok. 5 passed; 0 failed; 1 ignored; 0 measured; …`
            self.add_counts(counts.split(['.', ';']));
        } else if let Some(count) = line.strip_prefix("ℹ ").or(line.strip_prefix("# ")) {
            // node: `ℹ pass 5`, in TAP `# pass 5`
            self.add_label(count);
        } else if let Some((counts, _)) = line.trim_matches(['=', ' ']).rsplit_once(" in ") {
            // pytest: `1 failed, 23 passed in 4.20s`
            if counts.starts_with(|first: char| first.is_ascii_digit()) {
                self.add_counts(counts.split(','));
            }
        }
    }

    fn add_counts<'a>(&mut self, counts: impl Iterator<Item = &'a str>) {
        for count in counts {
            if let Some((number, word)) = count.trim().split_once(' ') {
                self.add(word, number);
            }
        }
    }

    fn add_label(&mut self, count: &str) {
        if let Some((word, number)) = count.split_once(' ') {
            self.add(word, number);
        }
    }

    fn add(&mut self, word: &str, number: &str) {
        let Ok(number) = number.parse::<u64>() else {
            return;
        };
        match word {
            "passed" | "pass" => self.passed += number,
            "failed" | "fail" | "error" | "errors" | "cancelled" => self.failed += number,
            "ignored" | "skipped" => self.skipped += number,
            _ => {}
        }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Tally;

    #[test]
    fn cargo_prints_one_line_for_each_binary() {
        let output = "running 5 tests\n\
            test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s\n\
            test result: FAILED. 2 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n";
        assert_eq!(Tally::read(output, false), Tally::of(7, 3, 1));
    }

    #[test]
    fn node_prints_a_label_and_a_number() {
        let spec =
            "✔ a test\nℹ tests 9\nℹ pass 6\nℹ fail 1\nℹ cancelled 1\nℹ skipped 1\nℹ todo 0\n";
        assert_eq!(Tally::read(spec, false), Tally::of(6, 2, 1));
        let tap = "ok 1 - a test\n# tests 2\n# pass 2\n# fail 0\n";
        assert_eq!(Tally::read(tap, true), Tally::of(2, 0, 0));
    }

    #[test]
    fn pytest_prints_a_sentence() {
        let output = "1 failed, 23 passed, 2 skipped in 4.20s\n";
        assert_eq!(Tally::read(output, false), Tally::of(23, 1, 2));
        let decorated = "==== 3 passed, 1 error in 0.10s ====\n";
        assert_eq!(Tally::read(decorated, false), Tally::of(3, 1, 0));
    }

    #[test]
    fn a_runner_that_crashed_or_ran_nothing_has_failed() {
        assert_eq!(
            Tally::read("ℹ pass 4\nℹ fail 0\n", false),
            Tally::of(4, 1, 0)
        );
        assert_eq!(Tally::read("no tests ran in 0.01s\n", true), Tally::FAILED);
    }

    #[test]
    fn the_closing_line_mentions_skips_only_when_there_are_any() {
        assert_eq!(Tally::of(3, 0, 0).to_string(), "3 passed, 0 failed");
        assert_eq!(
            Tally::of(3, 1, 2).to_string(),
            "3 passed, 1 failed, 2 skipped"
        );
    }
}
