//! Reads JSON Schema (2020-12, and what older drafts and OpenAPI spell differently) into the graph.

use super::document::Document;
use super::keywords::{Keywords, members_of, names, text};
use super::node::{Collection, Count, Graph, Members, Node, NodeId, Range, Types};
use super::{format, number, pattern};
use anyhow::{Context, bail, ensure};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

/// Reads the schema of a document and returns its node.
pub(crate) fn parse(graph: &mut Graph, document: &Document<'_>) -> anyhow::Result<NodeId> {
    parse_beside(graph, document, HashMap::new()).map(|(node, _)| node)
}

/// Reads the schemas of two documents. Types that are the same in both, with all they refer to, are
/// the same nodes, even those that refer to themselves.
pub(crate) fn parse_both(
    graph: &mut Graph,
    one: &Document<'_>,
    other: &Document<'_>,
) -> anyhow::Result<(NodeId, NodeId)> {
    let (first, targets) = parse_beside(graph, one, HashMap::new())?;
    let common = super::common::common(one, other);
    let known = targets
        .into_iter()
        .filter(|(pointer, _)| common.contains(pointer))
        .collect();
    let (second, _) = parse_beside(graph, other, known)?;
    Ok((first, second))
}

/// Reads a part of a document as if it stood alone. With `Undeclared::Refused`, all objects have only
/// the members that they declare, wherever those are declared.
pub(crate) fn parse_part(
    graph: &mut Graph,
    document: &Document<'_>,
    part: &Value,
    undeclared: Undeclared,
) -> anyhow::Result<NodeId> {
    let mut parser = Parser {
        graph,
        document,
        descents: 0,
        targets: HashMap::new(),
        undeclared,
    };
    parser.value(part, "")
}

/// What becomes of members that a schema with `properties` does not declare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Undeclared {
    /// The schema says it.
    AsWritten,
    Refused,
}

fn parse_beside(
    graph: &mut Graph,
    document: &Document<'_>,
    targets: HashMap<String, Target>,
) -> anyhow::Result<(NodeId, HashMap<String, Target>)> {
    let mut parser = Parser {
        graph,
        document,
        descents: 0,
        targets,
        undeclared: Undeclared::AsWritten,
    };
    let node = match parser.targets.get("") {
        Some(Target::Parsed(node)) => *node,
        _ => parser.target("", document.root())?,
    };
    Ok((node, parser.targets))
}

struct Parser<'a> {
    graph: &'a mut Graph,
    document: &'a Document<'a>,
    /// How often the value that is described has changed on the way from the root.
    descents: usize,
    /// Schemas that references point to, by JSON pointer.
    targets: HashMap<String, Target>,
    undeclared: Undeclared,
}

enum Target {
    Parsed(NodeId),
    Open {
        descents: usize,
        reference: Option<usize>,
    },
}

impl Parser<'_> {
    fn target(&mut self, pointer: &str, schema: &Value) -> anyhow::Result<NodeId> {
        let open = Target::Open {
            descents: self.descents,
            reference: None,
        };
        self.targets.insert(pointer.to_owned(), open);
        let node = self.schema(schema, pointer)?;
        let open = self
            .targets
            .insert(pointer.to_owned(), Target::Parsed(node));
        if let Some(Target::Open {
            reference: Some(reference),
            ..
        }) = open
        {
            self.graph.point(reference, node);
        }
        Ok(node)
    }

    fn reference(&mut self, reference: &str, at: &str) -> anyhow::Result<NodeId> {
        let (pointer, schema) = self
            .document
            .resolve(reference)
            .with_context(|| place(at, "$ref"))?;
        match self.targets.get_mut(&pointer) {
            Some(Target::Parsed(node)) => Ok(*node),
            Some(Target::Open {
                descents,
                reference: known,
            }) => {
                ensure!(
                    *descents < self.descents,
                    "{}: the reference leads back to itself and describes nothing",
                    place(at, "$ref")
                );
                let index = match known {
                    Some(index) => *index,
                    None => *known.insert(self.graph.reserve()),
                };
                Ok(self.graph.add(Node::Reference(index)))
            }
            None => self.target(&pointer, schema),
        }
    }

    /// The schema of a whole value, as opposed to one that adds to another schema of the value.
    fn value(&mut self, schema: &Value, at: &str) -> anyhow::Result<NodeId> {
        let node = self.schema(schema, at)?;
        let of_objects = match schema.get("type") {
            Some(Value::String(name)) => name == "object",
            Some(Value::Array(names)) => names.iter().any(|name| name == "object"),
            _ => schema.get("const").is_none() && schema.get("enum").is_none(),
        };
        if self.undeclared == Undeclared::AsWritten || !of_objects {
            return Ok(node);
        }
        Ok(self.graph.add(Node::Unevaluated {
            beside: node,
            schema: self.graph.nothing,
            of: Collection::Object,
        }))
    }

    fn schema(&mut self, schema: &Value, at: &str) -> anyhow::Result<NodeId> {
        let object = match schema {
            Value::Bool(true) => return Ok(self.graph.anything),
            Value::Bool(false) => return Ok(self.graph.nothing),
            Value::Object(object) => object,
            _ => bail!("{}: a schema is an object, true or false", shown(at)),
        };
        if let (true, Some(reference)) =
            (self.document.references_stand_alone(), object.get("$ref"))
        {
            let reference = text(reference, at, "$ref")?;
            return self.reference(reference, at);
        }
        let keywords = Keywords { object, at };
        let mut parts = Vec::new();
        self.in_place(&keywords, &mut parts)?;
        self.scalars(&keywords, &mut parts)?;
        self.array(&keywords, &mut parts)?;
        self.object(&keywords, &mut parts)?;
        let mut node = self.graph.all(parts);
        for (keyword, of) in [
            ("unevaluatedProperties", Collection::Object),
            ("unevaluatedItems", Collection::Array),
        ] {
            if let Some(schema) = self.child(&keywords, keyword)? {
                node = self.graph.add(Node::Unevaluated {
                    beside: node,
                    schema,
                    of,
                });
            }
        }
        if object.get("nullable") == Some(&Value::Bool(true)) {
            let null = self.graph.add(Node::Types(Types::NULL));
            node = self.graph.any(vec![node, null]);
        }
        Ok(node)
    }

    /// Keywords that apply schemas to the same value.
    fn in_place(&mut self, keywords: &Keywords<'_>, parts: &mut Vec<NodeId>) -> anyhow::Result<()> {
        let at = keywords.at;
        for keyword in ["$ref", "$dynamicRef", "$recursiveRef"] {
            if let Some(reference) = keywords.get(keyword) {
                parts.push(self.reference(text(reference, at, keyword)?, at)?);
            }
        }
        if let Some(all) = self.list(keywords, "allOf")? {
            parts.extend(all);
        }
        if let Some(any) = self.list(keywords, "anyOf")? {
            parts.push(self.graph.any(any));
        }
        if let Some(one) = self.list(keywords, "oneOf")? {
            parts.push(self.one_of(one));
        }
        if let Some(schema) = keywords.get("not") {
            let not = self.schema(schema, &place(at, "not"))?;
            parts.push(self.graph.add(Node::Not(not)));
        }
        if let Some(condition) = keywords.get("if") {
            let condition = self.schema(condition, &place(at, "if"))?;
            let mut branch = |keyword| match keywords.get(keyword) {
                Some(schema) => self.schema(schema, &place(at, keyword)),
                None => Ok(self.graph.anything),
            };
            let (then, otherwise) = (branch("then")?, branch("else")?);
            if then != otherwise {
                parts.push(self.graph.add(Node::If {
                    condition,
                    then,
                    otherwise,
                }));
            } else {
                parts.push(then);
            }
        }
        Ok(())
    }

    fn one_of(&mut self, parts: Vec<NodeId>) -> NodeId {
        match parts.as_slice() {
            [] => self.graph.nothing,
            [only] => *only,
            _ => self.graph.add(Node::OneOf(parts)),
        }
    }

    fn scalars(&mut self, keywords: &Keywords<'_>, parts: &mut Vec<NodeId>) -> anyhow::Result<()> {
        let types = keywords.types()?;
        let values = keywords.values()?;
        if let Some(types) = types {
            let implied = |values: &Rc<[Value]>| {
                let mut each = values.iter();
                each.all(|value| types.contains(Types::of(value)))
            };
            // `enum` and `const` say the type themselves.
            if !values.as_ref().is_some_and(implied) {
                parts.push(self.graph.add(Node::Types(types)));
            }
        }
        if let Some(values) = values {
            parts.push(self.graph.add(Node::Values(values)));
        }
        let mut range = keywords.range()?;
        if let Some(name) = keywords.get("format") {
            let name = text(name, keywords.at, "format")?;
            let numbers = types.is_none_or(|types| types.meets(Types::NUMBER));
            match format::range_of(name) {
                Some(bounds) if numbers => range = number::intersection(&range, &bounds),
                None if !format::is_annotation(name) => {
                    parts.push(self.graph.add(Node::Format(name.into())));
                }
                _ => {}
            }
        }
        if range != Range::default() {
            parts.push(self.graph.add(Node::Range(range)));
        }
        if let Some(multiple) = keywords.number("multipleOf")? {
            ensure!(
                multiple > number::zero(),
                "{}: must be greater than 0",
                place(keywords.at, "multipleOf")
            );
            parts.push(self.graph.add(Node::MultipleOf(multiple)));
        }
        self.counted(keywords, parts, ["minLength", "maxLength"], Node::Length)?;
        if let Some(source) = keywords.get("pattern") {
            let source = text(source, keywords.at, "pattern")?;
            pattern::check(source).with_context(|| place(keywords.at, "pattern"))?;
            parts.push(self.pattern(source));
        }
        Ok(())
    }

    fn pattern(&mut self, source: &str) -> NodeId {
        if let Some((repeated, min, max)) = pattern::repetition(source) {
            let repeated = self.graph.add(Node::Pattern(repeated.as_str().into()));
            let length = self.graph.add(Node::Length(Count { min, max }));
            return self.graph.all(vec![repeated, length]);
        }
        let Some((matching, not_matching)) = pattern::looks_ahead(source) else {
            return self.graph.add(Node::Pattern(source.into()));
        };
        let node = |part: String| self.graph.add(Node::Pattern(part.into()));
        let mut parts: Vec<_> = matching.into_iter().map(node).collect();
        for part in not_matching {
            let part = self.graph.add(Node::Pattern(part.into()));
            parts.push(self.graph.add(Node::Not(part)));
        }
        self.graph.all(parts)
    }

    fn counted(
        &mut self,
        keywords: &Keywords<'_>,
        parts: &mut Vec<NodeId>,
        names: [&str; 2],
        node: fn(Count) -> Node,
    ) -> anyhow::Result<()> {
        let count = keywords.count(names)?;
        if count != Count::ANY {
            parts.push(self.graph.add(node(count)));
        }
        Ok(())
    }

    fn array(&mut self, keywords: &Keywords<'_>, parts: &mut Vec<NodeId>) -> anyhow::Result<()> {
        let (first, follow) = match keywords.get("items") {
            Some(Value::Array(_)) => ("items", "additionalItems"),
            _ => ("prefixItems", "items"),
        };
        let prefix = self.below(|parser| parser.list(keywords, first))?;
        let rest = self.below(|parser| parser.child(keywords, follow))?;
        if prefix.is_some() || rest.is_some() {
            let elements = Node::Elements {
                prefix: prefix.unwrap_or_default(),
                rest: rest.unwrap_or(self.graph.anything),
                explicit: rest.is_some(),
            };
            parts.push(self.graph.add(elements));
        }
        self.counted(keywords, parts, ["minItems", "maxItems"], Node::Items)?;
        if keywords.flag("uniqueItems")? {
            parts.push(self.graph.add(Node::Unique));
        }
        if let Some(schema) = self.below(|parser| parser.child(keywords, "contains"))? {
            let mut count = keywords.count(["minContains", "maxContains"])?;
            if keywords.get("minContains").is_none() {
                count.min = 1;
            }
            parts.push(self.graph.add(Node::Contains { schema, count }));
        }
        Ok(())
    }

    fn object(&mut self, keywords: &Keywords<'_>, parts: &mut Vec<NodeId>) -> anyhow::Result<()> {
        if let Some(members) = self.below(|parser| parser.members(keywords))? {
            parts.push(self.graph.add(Node::Members(Rc::new(members))));
        }
        if let Some(required) = keywords.get("required") {
            // A boolean here is a mistake from draft 3, which validators refuse.
            for name in names(required, keywords.at, "required")? {
                parts.push(self.graph.add(Node::Has(name)));
            }
        }
        self.counted(
            keywords,
            parts,
            ["minProperties", "maxProperties"],
            Node::Size,
        )?;
        if let Some(schema) = self.below(|parser| parser.child(keywords, "propertyNames"))? {
            parts.push(self.graph.add(Node::Names(schema)));
        }
        for keyword in ["dependentRequired", "dependentSchemas", "dependencies"] {
            let Some(dependents) = keywords.get(keyword) else {
                continue;
            };
            for (name, dependent) in members_of(dependents, keywords.at, keyword)? {
                let at = place(&place(keywords.at, keyword), name);
                let then = match dependent {
                    Value::Array(_) if keyword != "dependentSchemas" => {
                        let required = names(dependent, &at, "")?;
                        let has = |name| self.graph.add(Node::Has(name));
                        let has = required.into_iter().map(has).collect();
                        self.graph.all(has)
                    }
                    _ => self.schema(dependent, &at)?,
                };
                parts.push(self.dependent(name, then));
            }
        }
        Ok(())
    }

    /// What holds when an object has a member.
    fn dependent(&mut self, name: &str, then: NodeId) -> NodeId {
        let object = self.graph.add(Node::Types(Types::OBJECT));
        let has = self.graph.add(Node::Has(name.into()));
        let condition = self.graph.all(vec![object, has]);
        let otherwise = self.graph.anything;
        self.graph.add(Node::If {
            condition,
            then,
            otherwise,
        })
    }

    fn members(&mut self, keywords: &Keywords<'_>) -> anyhow::Result<Option<Members>> {
        let mut named = BTreeMap::new();
        let properties = keywords.get("properties");
        for (name, schema) in keywords.members("properties")? {
            let at = place(&place(keywords.at, "properties"), name);
            named.insert(name.as_str().into(), self.value(schema, &at)?);
        }
        let mut patterns = Vec::new();
        for (source, schema) in keywords.members("patternProperties")? {
            let at = place(&place(keywords.at, "patternProperties"), source);
            pattern::check(source).with_context(|| at.clone())?;
            patterns.push((source.as_str().into(), self.value(schema, &at)?));
        }
        let rest = self.child(keywords, "additionalProperties")?;
        if properties.is_none() && patterns.is_empty() && rest.is_none() {
            return Ok(None);
        }
        patterns.sort();
        Ok(Some(Members {
            named,
            patterns,
            rest: rest.unwrap_or(self.graph.anything),
            explicit: rest.is_some(),
            declares: properties.is_some(),
        }))
    }

    /// Reads schemas of values inside the described one.
    fn below<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        self.descents += 1;
        let read = read(self);
        self.descents -= 1;
        read
    }

    fn child(&mut self, keywords: &Keywords<'_>, name: &str) -> anyhow::Result<Option<NodeId>> {
        let schema = keywords.get(name);
        schema
            .map(|schema| self.value(schema, &place(keywords.at, name)))
            .transpose()
    }

    fn list(&mut self, keywords: &Keywords<'_>, name: &str) -> anyhow::Result<Option<Vec<NodeId>>> {
        let Some(schemas) = keywords.get(name) else {
            return Ok(None);
        };
        let at = place(keywords.at, name);
        let Value::Array(schemas) = schemas else {
            bail!("{at}: must be an array of schemas");
        };
        let mut nodes = Vec::new();
        for (index, schema) in schemas.iter().enumerate() {
            let at = place(&at, &index.to_string());
            let node = match name {
                "items" | "prefixItems" => self.value(schema, &at)?,
                _ => self.schema(schema, &at)?,
            };
            nodes.push(node);
        }
        Ok(Some(nodes))
    }
}

/// The pointer one step further down.
pub(crate) fn place(at: &str, step: &str) -> String {
    if step.is_empty() {
        return shown(at).to_owned();
    }
    format!("{at}/{}", step.replace('~', "~0").replace('/', "~1"))
}

fn shown(at: &str) -> &str {
    if at.is_empty() { "the schema" } else { at }
}
