//! Scalars: names, ids, numbers and times, each with its bounds declared once.
//!
//! Every scalar is a plain JSON string or number on the wire. Reading one outside its bounds is an
//! error, so a value of these types always satisfies its schema.

use chrono::{DateTime, Datelike, SecondsFormat, Timelike, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::borrow::Cow;
use std::fmt;
use ts_rs::TS;

/// A value outside the bounds of its type. The message names the rule, never the value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{type_name} {rule}")]
pub struct OutOfBounds {
    type_name: &'static str,
    rule: Cow<'static, str>,
}

/// Declares a string with a length in characters (Unicode code points, as JSON Schema counts).
macro_rules! text {
    ($(#[$meta:meta])* $name:ident, $min:literal..=$max:literal) => {
        $(#[$meta])*
        ///
        #[doc = concat!(" Length: ", $min, " to ", $max, " characters (Unicode code points).")]
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, TS, JsonSchema)]
        #[serde(transparent)]
        pub struct $name(#[schemars(length(min = $min, max = $max))] String);

        impl $name {
            /// Fewest characters allowed.
            pub const MIN_CHARS: usize = $min;
            /// Most characters allowed.
            pub const MAX_CHARS: usize = $max;

            /// Checks the length.
            ///
            /// # Errors
            /// When the text is shorter or longer than allowed.
            pub fn new(text: impl Into<String>) -> Result<Self, OutOfBounds> {
                let text = text.into();
                let chars = text.chars().take(Self::MAX_CHARS + 1).count();
                if (Self::MIN_CHARS..=Self::MAX_CHARS).contains(&chars) {
                    return Ok(Self(text));
                }
                Err(OutOfBounds {
                    type_name: stringify!($name),
                    rule: concat!("must have ", $min, " to ", $max, " characters").into(),
                })
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = OutOfBounds;

            fn try_from(text: String) -> Result<Self, OutOfBounds> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::new(String::deserialize(deserializer)?).map_err(de::Error::custom)
            }
        }
    };
}

text! {
    /// User's ID, from the claims of the token.
    UserId, 1..=128
}
text! {
    /// Room name. Names beginning with `user:`, `claude:` and `media:`, and any socket ID, are
    /// reserved: the server manages those rooms itself.
    RoomName, 1..=128
}
text! {
    /// Media item ID.
    MediaId, 1..=128
}
text! {
    /// Unique process identifier.
    ProcessId, 1..=128
}
text! {
    /// The prompt to send to Claude.
    Prompt, 1..=100000
}
text! {
    /// A system prompt.
    SystemPrompt, 1..=100000
}
text! {
    /// A directory for the Claude CLI, inside the server's workspace root.
    WorkingDirectory, 1..=4096
}

/// Name of a Claude model: printable ASCII without spaces.
///
/// Length: 1 to 128 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, JsonSchema)]
#[serde(transparent)]
pub struct ModelName(#[schemars(regex(pattern = "^[!-~]{1,128}$"))] String);

impl ModelName {
    /// Checks characters and length.
    ///
    /// # Errors
    /// When the name is empty, too long or holds other characters.
    pub fn new(name: impl Into<String>) -> Result<Self, OutOfBounds> {
        let name = name.into();
        if (1..=128).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Ok(Self(name));
        }
        Err(OutOfBounds {
            type_name: "ModelName",
            rule: "must have 1 to 128 printable ASCII characters without spaces".into(),
        })
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for ModelName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// The largest integer that JavaScript holds exactly: 2^53 - 1.
pub const MAX_SAFE_INTEGER: u64 = 9_007_199_254_740_991;

/// Declares a whole number that JavaScript holds exactly. Reads `5.0` and `5e0` as 5, as JSON
/// Schema does.
macro_rules! whole_number {
    ($(#[$meta:meta])* $name:ident, from $min:literal) => {
        $(#[$meta])*
        ///
        #[doc = concat!(" Range: ", $min, " to 9007199254740991 (2^53 - 1).")]
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, TS, JsonSchema,
        )]
        #[serde(transparent)]
        pub struct $name(#[schemars(range(min = $min, max = MAX_SAFE_INTEGER))] u64);

        impl $name {
            /// Checks the range.
            ///
            /// # Errors
            /// When the number is out of range.
            pub fn new(number: u64) -> Result<Self, OutOfBounds> {
                if ($min..=MAX_SAFE_INTEGER).contains(&number) {
                    return Ok(Self(number));
                }
                Err(OutOfBounds {
                    type_name: stringify!($name),
                    rule: concat!("must be ", $min, " to 9007199254740991").into(),
                })
            }

            /// The nearest number in range.
            #[must_use]
            pub fn saturating(number: u64) -> Self {
                Self(number.clamp($min, MAX_SAFE_INTEGER))
            }

            /// The number.
            #[must_use]
            pub fn get(self) -> u64 {
                self.0
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::new(deserializer.deserialize_any(WholeNumber)?).map_err(de::Error::custom)
            }
        }
    };
}

struct WholeNumber;

impl de::Visitor<'_> for WholeNumber {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number")
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<u64, E> {
        Ok(number)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<u64, E> {
        u64::try_from(number).map_err(|_| E::custom("expected a number that is not negative"))
    }

    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole and in range: checked in the line before"
    )]
    fn visit_f64<E: de::Error>(self, number: f64) -> Result<u64, E> {
        if number.fract() == 0.0 && (0.0..=9_007_199_254_740_992.0).contains(&number) {
            return Ok(number as u64);
        }
        Err(E::custom("expected a whole number"))
    }
}

whole_number! {
    /// A count, a position or a server time in milliseconds since 1970.
    SafeUint, from 0
}
whole_number! {
    /// A number of things of which there is at least one.
    PositiveInt, from 1
}

/// A percentage.
///
/// Range: 0 to 100; fractions are allowed.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, TS, JsonSchema)]
#[schemars(transparent)]
pub struct Percent(#[schemars(range(min = 0, max = 100))] f64);

/// A client's clock in milliseconds. Any finite number.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, TS, JsonSchema)]
#[schemars(transparent)]
pub struct ClientMillis(f64);

impl Percent {
    /// Checks the range.
    ///
    /// # Errors
    /// When the number is not between 0 and 100.
    pub fn new(percent: f64) -> Result<Self, OutOfBounds> {
        if (0.0..=100.0).contains(&percent) {
            return Ok(Self(percent));
        }
        Err(OutOfBounds {
            type_name: "Percent",
            rule: "must be 0 to 100".into(),
        })
    }

    /// The percentage.
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }
}

impl ClientMillis {
    /// Checks that the number is finite.
    ///
    /// # Errors
    /// For infinities and NaN, which JSON cannot hold.
    pub fn new(millis: f64) -> Result<Self, OutOfBounds> {
        if millis.is_finite() {
            return Ok(Self(millis));
        }
        Err(OutOfBounds {
            type_name: "ClientMillis",
            rule: "must be finite".into(),
        })
    }

    /// The time.
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }
}

/// Reads a JSON number, and writes whole ones without a fraction, as JavaScript does.
macro_rules! fractional_number {
    ($name:ident) => {
        impl Serialize for $name {
            #[allow(
                clippy::cast_possible_truncation,
                reason = "whole and small: just checked"
            )]
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if self.0.fract() == 0.0 && self.0.abs() <= 9_007_199_254_740_991.0 {
                    return serializer.serialize_i64(self.0 as i64);
                }
                serializer.serialize_f64(self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::new(f64::deserialize(deserializer)?).map_err(de::Error::custom)
            }
        }
    };
}

fractional_number!(Percent);
fractional_number!(ClientMillis);

/// ISO timestamp, as JavaScript's `toISOString` prints it: `2026-01-31T12:00:00.000Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, TS, JsonSchema)]
#[schemars(transparent)]
pub struct Timestamp(
    #[ts(type = "string")]
    #[schemars(with = "String", extend("format" = "date-time"))]
    DateTime<Utc>,
);

impl Timestamp {
    /// The time so many milliseconds after 1970; `None` when it is out of the calendar's range.
    #[must_use]
    pub fn from_millis(millis: i64) -> Option<Self> {
        DateTime::from_timestamp_millis(millis).map(Self)
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub fn millis(self) -> i64 {
        self.0.timestamp_millis()
    }

    /// Milliseconds since 1970 as the protocol writes them; 0 for times before that.
    #[must_use]
    pub fn safe_millis(self) -> SafeUint {
        SafeUint::saturating(u64::try_from(self.millis()).unwrap_or(0))
    }

    /// Milliseconds from an earlier time to this one; 0 when that time is later.
    #[must_use]
    pub fn millis_since(self, earlier: Self) -> SafeUint {
        SafeUint::saturating(u64::try_from(self.millis() - earlier.millis()).unwrap_or(0))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.common_text() {
            Some(text) => serializer.serialize_str(std::str::from_utf8(&text).unwrap_or_default()),
            None => serializer.collect_str(self),
        }
    }
}

impl Timestamp {
    /// The text, unless the year has more than four digits or a leap second makes it special.
    ///
    /// Every answer to a heartbeat holds a timestamp, and this costs a third of general formatting.
    fn common_text(self) -> Option<[u8; 24]> {
        let (year, millis) = (self.0.year(), self.0.timestamp_subsec_millis());
        if !(0..=9999).contains(&year) || millis > 999 {
            return None;
        }
        let mut text = *b"0000-00-00T00:00:00.000Z";
        let mut put = |place: std::ops::Range<usize>, mut number: u32| {
            for digit in text[place].iter_mut().rev() {
                *digit = b'0' + (number % 10) as u8;
                number /= 10;
            }
        };
        put(0..4, year.unsigned_abs());
        put(5..7, self.0.month());
        put(8..10, self.0.day());
        put(11..13, self.0.hour());
        put(14..16, self.0.minute());
        put(17..19, self.0.second());
        put(20..23, millis);
        Some(text)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        // The parser takes a space for the `T`; the format `date-time` does not.
        if text.contains(' ') {
            return Err(de::Error::custom("expected an ISO timestamp"));
        }
        DateTime::parse_from_rfc3339(&text)
            .map(|time| Self(time.with_timezone(&Utc)))
            .map_err(|_| de::Error::custom("expected an ISO timestamp"))
    }
}

/// A JSON object with any content.
pub type JsonObject = serde_json::Map<String, serde_json::Value>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_are_written_as_they_are_displayed() {
        for millis in [
            0,
            -1,
            951_782_399_999,
            1_769_860_800_123,
            253_402_300_799_999,
            253_402_300_800_000,
            -62_167_219_200_001,
        ] {
            let timestamp = Timestamp::from_millis(millis).unwrap();
            let written = serde_json::to_string(&timestamp).unwrap();
            assert_eq!(written, format!("\"{timestamp}\""));
        }
    }
}
