//! Backoff: how long to wait before the next attempt to connect.

use std::time::Duration;

/// When and how often the client tries to connect again after it lost its connection.
///
/// The pause doubles with each failed attempt, and half of it is random ("equal jitter"), so that
/// many clients of one server that died do not come back at the same moment. The count starts anew
/// after a connection that lasted for 5 seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backoff {
    first: Duration,
    longest: Duration,
    max_attempts: Option<u32>,
}

/// A connection that lasted this long was a good one.
pub(crate) const STABLE_AFTER: Duration = Duration::from_secs(5);

impl Default for Backoff {
    fn default() -> Self {
        Self::between(Duration::from_millis(500), Duration::from_secs(20))
    }
}

impl Backoff {
    /// Pauses of `first` (at least a millisecond) that grow up to `longest`. There is no limit to
    /// the number of attempts.
    #[must_use]
    pub fn between(first: Duration, longest: Duration) -> Self {
        let first = first.max(Duration::from_millis(1));
        Self {
            first,
            longest: longest.max(first),
            max_attempts: None,
        }
    }

    /// Gives up after this many failed attempts in a row.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = Some(attempts);
        self
    }

    /// The pause before an attempt, counted from 1, or `None` to give up. `chance` is from 0 to 1.
    pub(crate) fn pause(&self, attempt: u32, chance: f64) -> Option<Duration> {
        if self.max_attempts.is_some_and(|most| attempt > most) {
            return None;
        }
        let doublings = attempt.saturating_sub(1).min(31);
        let whole = self.first.saturating_mul(1 << doublings).min(self.longest);
        Some(whole / 2 + (whole / 2).mul_f64(chance.clamp(0.0, 1.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_half_of_each_is_random() {
        let backoff = Backoff::default();
        let millis = |attempt, chance| backoff.pause(attempt, chance).unwrap().as_millis();
        let least: Vec<_> = (1..8).map(|attempt| millis(attempt, 0.0)).collect();
        assert_eq!(least, [250, 500, 1000, 2000, 4000, 8000, 10_000]);
        assert_eq!(millis(1, 1.0), 500);
        assert_eq!(millis(u32::MAX, 1.0), 20_000);
    }

    #[test]
    fn it_gives_up_when_it_was_told_to() {
        let backoff = Backoff::default().max_attempts(2);
        assert!(backoff.pause(2, 0.5).is_some());
        assert_eq!(backoff.pause(3, 0.5), None);
    }

    #[test]
    fn a_first_pause_above_the_longest_is_the_longest() {
        let pause = Duration::from_secs(9);
        let backoff = Backoff::between(pause, Duration::ZERO);
        assert_eq!(backoff.pause(7, 1.0), Some(pause));
    }
}
