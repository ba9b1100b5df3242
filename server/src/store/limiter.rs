//! The rate limit: so many requests of a user in a window that begins with the first. Pure.

use slop_schema::scalar::{Timestamp, UserId};
use std::collections::HashMap;
use std::time::Duration;

/// Users that are remembered before those whose window is over are forgotten.
const SWEEP_ABOVE: usize = 1024;

/// How often a user may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// Requests that are let through in one window.
    pub max_requests: u32,
    /// How long a window is.
    pub window: Duration,
}

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RateVerdict {
    /// It passes.
    Allowed,
    /// It is one too many.
    Refused {
        /// When the window ends.
        retry_after: Duration,
    },
}

/// Counts in memory.
pub struct Limiter {
    limit: RateLimit,
    windows: HashMap<UserId, Window>,
    sweep_above: usize,
}

struct Window {
    began: Timestamp,
    requests: u32,
}

impl Limiter {
    pub(super) fn new(limit: RateLimit) -> Self {
        Self {
            limit,
            windows: HashMap::new(),
            sweep_above: SWEEP_ABOVE,
        }
    }

    pub(super) fn count(&mut self, user: &UserId, now: Timestamp) -> RateVerdict {
        if self.windows.len() > self.sweep_above {
            let length = self.limit.window;
            self.windows
                .retain(|_, window| window.ends_in(length, now).is_some());
            self.sweep_above = SWEEP_ABOVE.max(2 * self.windows.len());
        }
        let window = self.windows.entry(user.clone()).or_insert(Window {
            began: now,
            requests: 0,
        });
        if window.ends_in(self.limit.window, now).is_none() {
            *window = Window {
                began: now,
                requests: 0,
            };
        }
        window.requests = window.requests.saturating_add(1);
        if window.requests <= self.limit.max_requests {
            return RateVerdict::Allowed;
        }
        let retry_after = window.ends_in(self.limit.window, now).unwrap_or_default();
        RateVerdict::Refused { retry_after }
    }
}

impl Window {
    /// Time left; `None` when the window is over.
    fn ends_in(&self, length: Duration, now: Timestamp) -> Option<Duration> {
        let age = Duration::from_millis(now.millis_since(self.began).get());
        length.checked_sub(age).filter(|left| !left.is_zero())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter(max_requests: u32) -> Limiter {
        Limiter::new(RateLimit {
            max_requests,
            window: Duration::from_secs(60),
        })
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000).unwrap()
    }

    #[test]
    fn the_window_begins_with_the_first_request_and_refuses_the_one_too_many() {
        let user = UserId::new("u").unwrap();
        let mut limiter = limiter(2);
        assert_eq!(limiter.count(&user, at(0)), RateVerdict::Allowed);
        assert_eq!(limiter.count(&user, at(59)), RateVerdict::Allowed);
        let retry_after = Duration::from_secs(1);
        assert_eq!(
            limiter.count(&user, at(59)),
            RateVerdict::Refused { retry_after }
        );
        assert_eq!(limiter.count(&user, at(60)), RateVerdict::Allowed);
    }

    #[test]
    fn users_are_counted_apart_and_forgotten_when_their_window_is_over() {
        let mut limiter = limiter(1);
        for number in 0..=SWEEP_ABOVE {
            let user = UserId::new(format!("u{number}")).unwrap();
            assert_eq!(limiter.count(&user, at(0)), RateVerdict::Allowed);
        }
        limiter.count(&UserId::new("late").unwrap(), at(60));
        assert_eq!(limiter.windows.len(), 1);
    }
}
