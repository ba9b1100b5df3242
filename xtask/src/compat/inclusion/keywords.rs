//! The keywords of one schema object, each of the kind that it has to be.

use super::node::{Bound, Count, Range, Types};
use super::number;
use super::parse::place;
use anyhow::{Context, bail};
use serde_json::{Map, Value};
use std::rc::Rc;

/// The keywords of one schema object.
pub(super) struct Keywords<'a> {
    pub(super) object: &'a Map<String, Value>,
    pub(super) at: &'a str,
}

impl<'a> Keywords<'a> {
    pub(super) fn get(&self, name: &str) -> Option<&'a Value> {
        self.object.get(name)
    }

    pub(super) fn types(&self) -> anyhow::Result<Option<Types>> {
        let at = place(self.at, "type");
        let named = |name: &Value| {
            let types = name.as_str().and_then(Types::named);
            types.with_context(|| format!("{at}: {name} is not a type of JSON Schema"))
        };
        match self.get("type") {
            None => Ok(None),
            Some(Value::Array(list)) => {
                let mut types = Types::NONE;
                for name in list {
                    types = types | named(name)?;
                }
                Ok(Some(types))
            }
            Some(name) => named(name).map(Some),
        }
    }

    pub(super) fn values(&self) -> anyhow::Result<Option<Rc<[Value]>>> {
        let constant = self.get("const").map(number::canonical);
        let Some(list) = self.get("enum") else {
            return Ok(constant.map(|value| Rc::from([value])));
        };
        let Value::Array(list) = list else {
            bail!("{}: must be an array", place(self.at, "enum"));
        };
        let mut values: Vec<_> = list.iter().map(number::canonical).collect();
        values.sort_by_cached_key(Value::to_string);
        values.dedup();
        if let Some(constant) = constant {
            values.retain(|value| *value == constant);
        }
        Ok(Some(values.into()))
    }

    pub(super) fn number(&self, name: &str) -> anyhow::Result<Option<num_rational::BigRational>> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Number(number)) => Ok(Some(number::exact(number))),
            Some(_) => bail!("{}: must be a number", place(self.at, name)),
        }
    }

    pub(super) fn range(&self) -> anyhow::Result<Range> {
        Ok(Range {
            low: self.bound("minimum", "exclusiveMinimum", |one, two| one > two)?,
            high: self.bound("maximum", "exclusiveMaximum", |one, two| one < two)?,
        })
    }

    pub(super) fn bound(
        &self,
        inclusive: &str,
        exclusive: &str,
        tighter: fn(&num_rational::BigRational, &num_rational::BigRational) -> bool,
    ) -> anyhow::Result<Option<Bound>> {
        let at = self.number(inclusive)?;
        // Draft 4 and OpenAPI 3.0 say with a boolean that the other bound is exclusive.
        if let Some(Value::Bool(exclusive)) = self.get(exclusive) {
            let exclusive = *exclusive;
            return Ok(at.map(|at| Bound { at, exclusive }));
        }
        let beyond = self.number(exclusive)?;
        Ok(match (at, beyond) {
            (Some(at), Some(beyond)) if tighter(&at, &beyond) => Some(Bound {
                at,
                exclusive: false,
            }),
            (_, Some(at)) => Some(Bound {
                at,
                exclusive: true,
            }),
            (at, None) => at.map(|at| Bound {
                at,
                exclusive: false,
            }),
        })
    }

    pub(super) fn count(&self, [min, max]: [&str; 2]) -> anyhow::Result<Count> {
        let read = |name: &str| match self.get(name) {
            None => Ok(None),
            Some(Value::Number(number)) => number::whole_count(number)
                .with_context(|| format!("{}: must be a whole number", place(self.at, name)))
                .map(Some),
            Some(_) => bail!("{}: must be a whole number", place(self.at, name)),
        };
        Ok(Count {
            min: read(min)?.unwrap_or(0),
            max: read(max)?,
        })
    }

    pub(super) fn flag(&self, name: &str) -> anyhow::Result<bool> {
        match self.get(name) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => bail!("{}: must be true or false", place(self.at, name)),
        }
    }

    pub(super) fn members(
        &self,
        name: &str,
    ) -> anyhow::Result<impl Iterator<Item = (&'a String, &'a Value)> + use<'a>> {
        let members = self.get(name);
        let members = members.map(|members| members_of(members, self.at, name));
        Ok(members.transpose()?.into_iter().flatten())
    }
}

pub(super) fn members_of<'a>(
    value: &'a Value,
    at: &str,
    name: &str,
) -> anyhow::Result<&'a Map<String, Value>> {
    value
        .as_object()
        .with_context(|| format!("{}: must be an object", place(at, name)))
}

pub(super) fn names(value: &Value, at: &str, keyword: &str) -> anyhow::Result<Vec<Rc<str>>> {
    let names = value.as_array().and_then(|names| {
        let names = names.iter().map(|name| name.as_str().map(Rc::from));
        names.collect::<Option<Vec<_>>>()
    });
    names.with_context(|| format!("{}: must be an array of strings", place(at, keyword)))
}

pub(super) fn text<'a>(value: &'a Value, at: &str, keyword: &str) -> anyhow::Result<&'a str> {
    value
        .as_str()
        .with_context(|| format!("{}: must be a string", place(at, keyword)))
}
