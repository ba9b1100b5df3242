//! Arguments of events and acknowledgements: a JSON array, read as the type that is wanted.

use serde::de::{DeserializeOwned, Deserializer, Error as _, IgnoredAny, SeqAccess, Visitor};
use serde_json::{Error, Value};
use std::fmt;
use std::marker::PhantomData;

/// The first argument of an event; its name comes before it and is skipped.
pub(crate) fn event_argument<T: DeserializeOwned>(data: &str) -> Result<T, Error> {
    let mut json = serde_json::Deserializer::from_str(data);
    let argument = json.deserialize_seq(Nth::<T>::new(1))?;
    json.end().map(|()| argument)
}

/// All arguments of an event.
pub(crate) fn event_arguments(data: &str) -> Result<Vec<Value>, Error> {
    let mut values = ack_arguments(data)?;
    if values.is_empty() {
        return Err(Error::custom("the event has no name"));
    }
    values.remove(0);
    Ok(values)
}

/// The first argument of an acknowledgement.
pub(crate) fn ack_argument<T: DeserializeOwned>(data: &str) -> Result<T, Error> {
    let mut json = serde_json::Deserializer::from_str(data);
    let argument = json.deserialize_seq(Nth::<T>::new(0))?;
    json.end().map(|()| argument)
}

/// All arguments of an acknowledgement.
pub(crate) fn ack_arguments(data: &str) -> Result<Vec<Value>, Error> {
    serde_json::from_str(data)
}

/// Reads one element of an array and skips the others.
struct Nth<T> {
    skip: usize,
    element: PhantomData<T>,
}

impl<T> Nth<T> {
    fn new(skip: usize) -> Self {
        Self {
            skip,
            element: PhantomData,
        }
    }
}

impl<'de, T: DeserializeOwned> Visitor<'de> for Nth<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of arguments")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<T, A::Error> {
        for _ in 0..self.skip {
            elements.next_element::<IgnoredAny>()?;
        }
        let element = elements.next_element()?;
        while elements.next_element::<IgnoredAny>()?.is_some() {}
        element.ok_or_else(|| A::Error::custom("the argument is missing"))
    }
}
