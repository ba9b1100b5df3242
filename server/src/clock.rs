//! The clock: the one place that asks the system for the time.

use slop_schema::scalar::Timestamp;

/// Now, in whole milliseconds.
#[must_use]
pub fn now() -> Timestamp {
    let millis = chrono::Utc::now().timestamp_millis();
    // Every clock that a computer can show lies inside the calendar.
    Timestamp::from_millis(millis).unwrap_or_else(|| unreachable!("a clock outside the calendar"))
}
