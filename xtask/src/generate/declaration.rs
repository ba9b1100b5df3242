//! The protocol's types as TypeScript declares them, in the order of the table.

use super::protocol::clean;
use anyhow::{Context, ensure};
use serde_json::Value;
use slop_schema::event::WireType;
use std::collections::BTreeMap;
use ts_rs::{Config, TS, TypeVisitor};

/// A named type.
pub(super) struct Declaration {
    pub(super) name: String,
    pub(super) docs: String,
    pub(super) kind: Kind,
}

/// What a named type is.
pub(super) enum Kind {
    /// A struct.
    Interface(Vec<Field>),
    /// An enum: the values, as they are on the wire.
    ClosedSet(Vec<String>),
    /// A scalar with a name of its own.
    Alias(String),
}

/// A field of a struct.
pub(super) struct Field {
    pub(super) name: String,
    pub(super) optional: bool,
    /// Its type in TypeScript.
    pub(super) of: String,
    pub(super) docs: String,
}

/// Collects types and all they are made of.
pub(super) struct Declarations {
    config: Config,
    /// Types that events use, in the order of the table.
    roots: Vec<String>,
    /// Sorted by name: the derive visits what a type is made of in an order that changes with
    /// every compilation.
    found: BTreeMap<String, RawDeclaration>,
}

/// A type as the derive describes it.
struct RawDeclaration {
    docs: String,
    inline: String,
    is_enum: bool,
}

impl Declarations {
    pub(super) fn new() -> Self {
        Self {
            // JSON has one kind of number, and so has JavaScript's `JSON.parse`.
            config: Config::new().with_large_int("number"),
            roots: Vec::new(),
            found: BTreeMap::new(),
        }
    }

    /// Adds a type, and says its name.
    pub(super) fn add<T: WireType>(&mut self) -> String {
        let name = T::ident(&self.config);
        self.visit::<T>();
        self.roots.push(name.clone());
        name
    }

    /// All declarations, each before those it is made of.
    pub(super) fn finish(
        self,
        schemas: &BTreeMap<String, Value>,
    ) -> anyhow::Result<Vec<Declaration>> {
        let mut ordered = Vec::new();
        for root in &self.roots {
            self.place(root, schemas, &mut ordered)?;
        }
        Ok(ordered)
    }

    fn place(
        &self,
        name: &str,
        schemas: &BTreeMap<String, Value>,
        ordered: &mut Vec<Declaration>,
    ) -> anyhow::Result<()> {
        let Some(raw) = self.found.get(name) else {
            return Ok(());
        };
        if ordered.iter().any(|declaration| declaration.name == name) {
            return Ok(());
        }
        let kind = raw.kind();
        let parts: Vec<String> = match &kind {
            Kind::Interface(fields) => {
                check_fields(fields, schemas.get(name))
                    .with_context(|| format!("cannot read the fields of {name}"))?;
                fields.iter().flat_map(|field| words(&field.of)).collect()
            }
            Kind::ClosedSet(_) | Kind::Alias(_) => Vec::new(),
        };
        let schema = schemas.get(name).unwrap_or(&Value::Null);
        ordered.push(Declaration {
            name: name.to_owned(),
            docs: tagged(&raw.docs, schema),
            kind: tagged_fields(kind, schema),
        });
        for part in parts {
            self.place(&part, schemas, ordered)?;
        }
        Ok(())
    }
}

impl TypeVisitor for Declarations {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        // Only types with a place of their own have a declaration; `Option` and `String` have none.
        if T::output_path().is_none() {
            return;
        }
        let raw = RawDeclaration {
            docs: comment_text(&T::docs().unwrap_or_default()),
            inline: T::inline(&self.config),
            is_enum: T::IS_ENUM,
        };
        if self.found.insert(T::ident(&self.config), raw).is_none() {
            T::visit_dependencies(self);
        }
    }
}

impl RawDeclaration {
    fn kind(&self) -> Kind {
        if self.is_enum {
            let values = self
                .inline
                .split(" | ")
                .map(|value| value.trim_matches('"'));
            Kind::ClosedSet(values.map(str::to_owned).collect())
        } else if self.inline.starts_with('{') {
            Kind::Interface(fields(&self.inline))
        } else {
            Kind::Alias(self.inline.clone())
        }
    }
}

/// Reads the fields of an inlined struct: the derive puts each after its comment, on a line of
/// its own.
fn fields(inline: &str) -> Vec<Field> {
    let body = inline.trim_start_matches('{').trim_end_matches('}');
    let mut fields = Vec::new();
    let mut comment = String::new();
    for line in body.lines().map(str::trim_end) {
        if line.starts_with("/**") || line.starts_with(" *") {
            comment.push_str(line);
            comment.push('\n');
        } else if let Some((name, of)) = line.trim_end_matches(',').split_once(": ") {
            fields.push(Field {
                name: name.trim_end_matches('?').to_owned(),
                optional: name.ends_with('?'),
                of: short_array(of),
                docs: comment_text(&std::mem::take(&mut comment)),
            });
        }
    }
    fields
}

/// The documentation with the tag that editors know, when the schema says that it is going away.
fn tagged(docs: &str, schema: &Value) -> String {
    match schema["deprecated"] == true {
        true => format!("{docs}\n\n@deprecated"),
        false => docs.to_owned(),
    }
}

fn tagged_fields(kind: Kind, schema: &Value) -> Kind {
    let Kind::Interface(mut fields) = kind else {
        return kind;
    };
    for field in &mut fields {
        field.docs = tagged(&field.docs, &schema["properties"][&field.name]);
    }
    Kind::Interface(fields)
}

/// The fields that were read must be those of the schema: neither a field without a comment nor
/// one that only one of the two derives knows can pass.
fn check_fields(fields: &[Field], schema: Option<&Value>) -> anyhow::Result<()> {
    let properties = schema.and_then(|schema| schema["properties"].as_object());
    let mut declared: Vec<_> = properties.into_iter().flat_map(|map| map.keys()).collect();
    let mut read: Vec<_> = fields.iter().map(|field| &field.name).collect();
    declared.sort();
    read.sort();
    ensure!(
        declared == read,
        "TypeScript has {read:?}, JSON Schema has {declared:?}; does every field have a comment?"
    );
    Ok(())
}

/// `Array<Name>` as people write it.
fn short_array(of: &str) -> String {
    let inner = of
        .strip_prefix("Array<")
        .and_then(|rest| rest.strip_suffix('>'));
    match inner {
        Some(inner) if inner.chars().all(char::is_alphanumeric) => format!("{inner}[]"),
        _ => of.to_owned(),
    }
}

fn words(of: &str) -> impl Iterator<Item = String> {
    of.split(|letter: char| !letter.is_alphanumeric())
        .map(str::to_owned)
}

/// The text of a `/** … */` comment.
fn comment_text(comment: &str) -> String {
    let lines = comment
        .lines()
        .filter(|line| !matches!(*line, "/**" | " */"));
    let lines: Vec<_> = lines
        .map(|line| line.strip_prefix(" *").unwrap_or(line))
        .collect();
    clean(&lines.join("\n"))
}
