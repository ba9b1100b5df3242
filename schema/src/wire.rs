//! Serde helpers: what the derives cannot say about optional fields.

use serde::{Deserialize, Deserializer};

/// Reads an optional field that may be absent but not `null`, as its schema and typings say.
///
/// Used with `default`, so it is only called when the field is present.
pub(crate) fn non_null<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    T::deserialize(deserializer).map(Some)
}

/// Reads a field that may be `null` but not absent.
///
/// A field with a `deserialize_with` has no implied default, which is the whole point.
pub(crate) fn nullable<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::deserialize(deserializer)
}
