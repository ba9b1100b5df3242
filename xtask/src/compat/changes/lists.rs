//! Alternatives and other lists of schemas: which one became which.

use super::Walk;
use crate::compat::rules::{ALTERNATIVE_ADDED, ALTERNATIVE_REMOVED};
use crate::compat::shape::{alike, resolved, tag, values};
use crate::compat::words::shown_alternative;
use serde_json::{Map, Value};

impl<'a> Walk<'a> {
    /// Lists of schemas: alternatives by their tag or their whole, others by their place. Says whether
    /// an alternative certainly differs.
    pub(super) fn lists(
        &mut self,
        old: &'a Map<String, Value>,
        new: &'a Map<String, Value>,
        keyword: &str,
        at: &str,
        depth: usize,
    ) -> bool {
        let list = |object: &'a Map<String, Value>| object.get(keyword).and_then(Value::as_array);
        let (Some(before), Some(after)) = (list(old), list(new)) else {
            return false;
        };
        let mut differ = false;
        let by_place = matches!(keyword, "prefixItems" | "allOf");
        let mut left: Vec<_> = after.iter().enumerate().collect();
        let mut gone = Vec::new();
        for (index, schema) in before.iter().enumerate() {
            let same = left.iter().position(|(other, candidate)| match by_place {
                true => *other == index,
                false => *candidate == schema || self.same_tag(schema, candidate),
            });
            match same {
                Some(place) => {
                    let (other, candidate) = left.remove(place);
                    let at = format!("{at}/{keyword}/{other}");
                    differ |= self.schemas(schema, candidate, &at, depth + 1);
                }
                None if !by_place && values(old).is_none() => gone.push(schema),
                None => {}
            }
        }
        if let ([schema], [(other, candidate)]) = (gone.as_slice(), left.as_slice())
            && alike(&self.old, schema, &self.new, candidate)
        {
            let at = format!("{at}/{keyword}/{other}");
            self.schemas(schema, candidate, &at, depth + 1);
            return false;
        }
        for schema in gone {
            let text = format!("the alternative {} was removed", shown_alternative(schema));
            self.add(ALTERNATIVE_REMOVED, at, text);
        }
        for (_, schema) in left {
            if matches!(keyword, "anyOf" | "oneOf") && values(new).is_none() {
                self.add(
                    ALTERNATIVE_ADDED,
                    at,
                    format!("the alternative {} was added", shown_alternative(schema)),
                );
            }
        }
        differ && !by_place
    }

    fn same_tag(&self, old: &'a Value, new: &'a Value) -> bool {
        let tag_of = tag(resolved(&self.old, old));
        tag_of.is_some() && tag_of == tag(resolved(&self.new, new))
    }
}
