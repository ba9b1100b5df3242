//! Which keyword of a reader's schema refuses a payload, by the validator that the server uses.

use super::alternatives::{Alternative, SentAs, Sides};
use jsonschema::error::{ValidationError, ValidationErrorKind as Kind};
use jsonschema::{Draft, Validator};
use serde_json::{Value, json};

/// The keyword that refuses a payload.
#[derive(Debug, Clone)]
pub(super) struct Refusal {
    /// The keyword's own name.
    pub(super) keyword: String,
    /// JSON pointer of the keyword in the schema.
    pub(super) at: String,
    /// JSON pointer of what is refused in the payload.
    pub(super) instance: String,
    /// Names of members that are missing or unexpected.
    pub(super) names: Vec<String>,
    /// What the validator says, without the value.
    pub(super) sentence: String,
    /// The refused part of the payload.
    pub(super) value: Value,
    /// The alternative that it was sent as and that the reader does not have.
    pub(super) alternative: Option<Alternative>,
}

/// A validator that checks formats; `None` for spellings that no draft as a whole allows.
pub(super) fn validator(schema: &Value) -> Option<Validator> {
    let build = |draft: Option<Draft>, schema: &Value| {
        let mut options = jsonschema::options().should_validate_formats(true);
        if let Some(draft) = draft {
            options = options.with_draft(draft);
        }
        // Formats that older drafts do not have are still meant by whoever writes them.
        options = options.with_format("uuid", |text: &str| is_of_format("uuid", text));
        options = options.with_format("duration", |text: &str| is_of_format("duration", text));
        options.build(schema).ok()
    };
    if schema.get("$schema").is_some()
        && let Some(validator) = build(None, schema)
    {
        return Some(validator);
    }
    let mut plain = schema.clone();
    if let Value::Object(object) = &mut plain {
        object.remove("$schema");
    }
    let drafts = [Draft::Draft202012, Draft::Draft7, Draft::Draft4];
    drafts
        .into_iter()
        .find_map(|draft| build(Some(draft), &plain))
}

fn is_of_format(format: &'static str, text: &str) -> bool {
    super::inclusion::is_of_format(format, text)
}

impl Refusal {
    /// Why the validator refuses a payload; `None` when it does not.
    pub(super) fn of(validator: &Validator, payload: &Value, sides: &Sides<'_>) -> Option<Self> {
        let mut errors = validator.iter_errors(payload);
        let first = errors.next()?;
        let (error, alternative) = innermost(&first, sides);
        Some(Self::from_error(error, alternative))
    }

    fn from_error(error: &ValidationError<'_>, alternative: Option<Alternative>) -> Self {
        let names = match error.kind() {
            Kind::Required { property } => {
                property.as_str().map(str::to_owned).into_iter().collect()
            }
            Kind::AdditionalProperties { unexpected }
            | Kind::UnevaluatedProperties { unexpected } => unexpected.clone(),
            _ => Vec::new(),
        };
        let at = error.schema_path().as_str().to_owned();
        Self {
            keyword: error.kind().keyword().to_owned(),
            at,
            instance: error.instance_path().as_str().to_owned(),
            names,
            sentence: error.masked_with("it").to_string(),
            value: error.instance().as_ref().clone(),
            alternative,
        }
    }

    /// Takes the refusing keyword out of the schema; whether there was something to take out.
    pub(super) fn relax(&self, schema: &mut Value) -> bool {
        if let Some(place @ Value::Bool(false)) = schema.pointer_mut(&self.at) {
            *place = json!(true);
            return true;
        }
        let Some((parent, keyword)) = self.at.rsplit_once('/') else {
            return false;
        };
        let keyword = keyword.replace("~1", "/").replace("~0", "~");
        let Some(Value::Object(object)) = schema.pointer_mut(parent) else {
            return false;
        };
        if let (Some(Value::Array(required)), [name]) =
            (object.get_mut("required"), self.names.as_slice())
            && keyword == "required"
        {
            required.retain(|other| other.as_str() != Some(name));
            return true;
        }
        object.remove(&keyword).is_some()
    }
}

/// Inside a union, the error of the one alternative that was meant; or the union's own with the
/// alternative that it does not have.
fn innermost<'a>(
    error: &'a ValidationError<'a>,
    sides: &Sides<'_>,
) -> (&'a ValidationError<'a>, Option<Alternative>) {
    let (Kind::AnyOf { context } | Kind::OneOfNotValid { context }) = error.kind() else {
        return (error, None);
    };
    match sides.sent_as(error.schema_path().as_str(), error.instance()) {
        Some(SentAs::Known(place)) => {
            if let Some(first) = context.get(place).and_then(|errors| errors.first()) {
                return innermost(first, sides);
            }
        }
        Some(SentAs::Unknown(alternative)) => return (error, Some(alternative)),
        None => {}
    }
    let depth = steps(error);
    let tag = tag_of(context, depth);
    let meant = |errors: &&Vec<ValidationError<'static>>| {
        !errors.iter().any(|error| match error.kind() {
            Kind::Constant { .. } | Kind::Enum { .. } => {
                steps(error) <= depth || Some(error.instance_path().as_str()) == tag
            }
            Kind::Type { .. } => steps(error) == depth,
            _ => false,
        })
    };
    let mut alternatives = context.iter().filter(meant);
    match (alternatives.next(), alternatives.next()) {
        (Some(errors), None) => errors
            .first()
            .map_or((error, None), |first| innermost(first, sides)),
        _ => (error, None),
    }
}

/// The member by which most alternatives see that another one is meant.
fn tag_of<'a>(context: &'a [Vec<ValidationError<'static>>], depth: usize) -> Option<&'a str> {
    let mut counts = std::collections::BTreeMap::new();
    for error in context.iter().flatten() {
        let fixed = matches!(error.kind(), Kind::Constant { .. } | Kind::Enum { .. });
        if fixed && steps(error) == depth + 1 {
            *counts.entry(error.instance_path().as_str()).or_insert(0) += 1;
        }
    }
    let most = counts.into_iter().max_by_key(|(_, count)| *count);
    most.map(|(place, _)| place)
}

fn steps(error: &ValidationError<'_>) -> usize {
    error.instance_path().as_str().matches('/').count()
}
