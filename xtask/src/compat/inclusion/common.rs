//! Which referenced schemas are the same in two documents, with everything they refer to.

use super::document::Document;
use crate::compat::bare::bare;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// JSON pointers of the referenced schemas that say the same in both documents.
pub(super) fn common(one: &Document<'_>, other: &Document<'_>) -> BTreeSet<String> {
    if one.references_stand_alone() != other.references_stand_alone() {
        return BTreeSet::new();
    }
    let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut left = targets(one, one.root());
    while let Some(pointer) = left.pop_first() {
        let (Some(here), Some(there)) =
            (one.root().pointer(&pointer), other.root().pointer(&pointer))
        else {
            continue;
        };
        let (ours, theirs) = (targets(one, here), targets(other, there));
        if ours != theirs || bare(here) != bare(there) {
            continue;
        }
        let unknown = ours.iter().filter(|it| !uses.contains_key(*it)).cloned();
        left.extend(unknown);
        uses.insert(pointer, ours);
    }
    // What refers to something else in the two documents is not the same.
    loop {
        let known: BTreeSet<String> = uses.keys().cloned().collect();
        uses.retain(|_, used| used.is_subset(&known));
        if uses.len() == known.len() {
            return known;
        }
    }
}

/// Where the references in a schema lead.
fn targets(document: &Document<'_>, schema: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    collect(document, schema, &mut found);
    found
}

fn collect(document: &Document<'_>, schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(object) => {
            for (keyword, value) in object {
                let is_reference =
                    matches!(keyword.as_str(), "$ref" | "$dynamicRef" | "$recursiveRef");
                match value.as_str().filter(|_| is_reference) {
                    // Where a reference leads nowhere the parser says so.
                    Some(reference) => match document.resolve(reference) {
                        Ok((pointer, _)) => drop(found.insert(pointer)),
                        Err(_) => drop(found.insert(reference.to_owned())),
                    },
                    None => collect(document, value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(document, item, found)),
        _ => {}
    }
}
