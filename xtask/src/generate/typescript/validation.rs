//! `bindings/src/validate/table.ts`: the schemas of all types and events, as calls of the functions
//! in `interpreter.ts` beside it.

use super::events::key;
use super::types::constant_of;
use super::{HEADER, LINE_WIDTH, list};
use crate::generate::declaration::{Declaration, Kind};
use crate::generate::protocol::{Event, Protocol};
use anyhow::{Context, bail, ensure};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Prints the file.
///
/// # Errors
/// When a schema has a rule that the interpreter does not know.
pub(in crate::generate) fn validation(protocol: &Protocol) -> anyhow::Result<String> {
    let mut table = Table {
        protocol,
        functions: BTreeSet::new(),
        constants: Vec::new(),
        placed: Vec::new(),
        declarations: Vec::new(),
    };
    for declaration in &protocol.declarations {
        table.place(&declaration.name)?;
    }
    let imports = [
        list("import {", &table.constants, "} from \"../types.js\";", " "),
        "import type * as Protocol from \"../types.js\";\n".into(),
        list(
            "import {",
            &names(&table.functions),
            "} from \"./interpreter.js\";",
            " ",
        ),
        "import type { Schema } from \"./schema.js\";\n".into(),
    ];
    let mut parts = vec![HEADER.to_owned(), imports.concat()];
    parts.extend(table.declarations);
    parts.push(events(protocol));
    Ok(parts.join("\n"))
}

/// Name of an argument whose name the table leaves out.
const USUAL_ARGUMENT: &str = "payload";

/// The table while it is written.
struct Table<'a> {
    protocol: &'a Protocol,
    /// Functions of the interpreter that are used.
    functions: BTreeSet<&'static str>,
    /// Closed sets that are used.
    constants: Vec<String>,
    placed: Vec<String>,
    declarations: Vec<String>,
}

impl Table<'_> {
    /// Declares the schema of a type, after those it is made of.
    fn place(&mut self, name: &str) -> anyhow::Result<()> {
        if self.placed.iter().any(|placed| placed == name) {
            return Ok(());
        }
        self.placed.push(name.to_owned());
        let mut of_name = self.protocol.declarations.iter();
        let declaration = of_name
            .find(|declaration| declaration.name == name)
            .with_context(|| format!("the type {name} is not declared"))?;
        let rules = (self.rules(declaration)).with_context(|| format!("in the type {name}"))?;
        let before = format!("export const {name}: Schema<Protocol.{name}> =");
        self.declarations.push(rules.print(&before));
        Ok(())
    }

    fn rules(&mut self, declaration: &Declaration) -> anyhow::Result<Rules> {
        let protocol = self.protocol;
        let schema = (protocol.schemas.get(&declaration.name)).context("it has no schema")?;
        match &declaration.kind {
            Kind::Alias(_) => self.rules_of(schema),
            Kind::ClosedSet(values) => {
                ensure!(
                    schema["enum"] == json!(values),
                    "TypeScript has other values"
                );
                let constant = constant_of(&declaration.name);
                self.constants.push(constant.clone());
                Ok(self.call("oneOf", vec![constant]))
            }
            Kind::Interface(fields) => {
                let (mut required, mut optional) = (Vec::new(), Vec::new());
                for field in fields {
                    let rules = self.rules_of(&schema["properties"][&field.name]);
                    let rules = rules.with_context(|| format!("in the field {}", field.name))?;
                    let fields = if field.optional {
                        &mut optional
                    } else {
                        &mut required
                    };
                    fields.push(format!("{}: {}", key(&field.name), rules.print_inside()));
                }
                Ok(self.object(required, optional))
            }
        }
    }

    fn object(&mut self, required: Vec<String>, optional: Vec<String>) -> Rules {
        self.functions.insert("object");
        Rules::Object { required, optional }
    }

    fn call(&mut self, function: &'static str, arguments: Vec<String>) -> Rules {
        self.functions.insert(function);
        Rules::Call(function, arguments)
    }

    fn constant(&mut self, constant: &'static str) -> Rules {
        self.functions.insert(constant);
        Rules::Name(constant.to_owned())
    }

    /// The rules of a schema that stands for itself.
    fn rules_of(&mut self, schema: &Value) -> anyhow::Result<Rules> {
        let schema = schema.as_object().context("a schema is an object")?;
        let mut keywords = Keywords(schema.clone());
        keywords.0.remove("description");
        let rules = self.read(&mut keywords)?;
        ensure!(
            keywords.0.is_empty(),
            "the interpreter in bindings/src/validate does not know these rules: {:?}",
            keywords.0
        );
        Ok(rules)
    }

    fn read(&mut self, keywords: &mut Keywords) -> anyhow::Result<Rules> {
        if let Some(Value::String(target)) = keywords.0.remove("$ref") {
            let name = target.trim_start_matches("#/$defs/");
            self.place(name)?;
            return Ok(Rules::Name(name.to_owned()));
        }
        if let Some(Value::Array(alternatives)) = keywords.0.remove("anyOf") {
            let [schema, null] = alternatives.as_slice() else {
                bail!("the interpreter knows no alternatives but null");
            };
            ensure!(
                *null == json!({ "type": "null" }),
                "the second alternative is not null"
            );
            let inner = self.rules_of(schema)?.print_inside();
            return Ok(self.call("nullable", vec![inner]));
        }
        match keywords.0.remove("type") {
            Some(Value::String(name)) => self.of_type(&name, keywords),
            Some(Value::Array(types)) => {
                let [Value::String(name), Value::String(null)] = types.as_slice() else {
                    bail!("the interpreter knows no alternatives but null");
                };
                ensure!(null == "null", "the second type is not null");
                let inner = self.of_type(name, keywords)?.print_inside();
                Ok(self.call("nullable", vec![inner]))
            }
            _ => bail!("a schema without a type"),
        }
    }

    fn of_type(&mut self, name: &str, keywords: &mut Keywords) -> anyhow::Result<Rules> {
        match name {
            "boolean" => Ok(self.constant("boolean")),
            "integer" => {
                let bounds = vec![keywords.take("minimum")?, keywords.take("maximum")?];
                Ok(self.call("integer", bounds))
            }
            "number" => {
                let bounds = ["minimum", "maximum"].map(|bound| keywords.take(bound).ok());
                Ok(self.call("number", bounds.into_iter().flatten().collect()))
            }
            "string" => self.text(keywords),
            "array" => {
                let items = keywords.0.remove("items").context("an array of anything")?;
                let items = self.rules_of(&items)?.print_inside();
                Ok(self.call("array", vec![items]))
            }
            "object" => {
                let open = keywords.0.remove("additionalProperties");
                ensure!(
                    open.is_none_or(|open| open == json!(true)),
                    "a closed object"
                );
                Ok(self.constant("anyObject"))
            }
            _ => bail!("the interpreter does not know the type {name}"),
        }
    }

    fn text(&mut self, keywords: &mut Keywords) -> anyhow::Result<Rules> {
        if let Some(pattern) = keywords.0.remove("pattern") {
            return Ok(self.call("pattern", vec![pattern.to_string()]));
        }
        if let Some(format) = keywords.0.remove("format") {
            ensure!(
                format == "date-time",
                "the interpreter does not know the format {format}"
            );
            return Ok(self.constant("dateTime"));
        }
        if keywords.0.is_empty() {
            return Ok(self.constant("string"));
        }
        let bounds = vec![keywords.take("minLength")?, keywords.take("maxLength")?];
        Ok(self.call("text", bounds))
    }
}

/// Keywords of a schema that were not read yet.
struct Keywords(Map<String, Value>);

impl Keywords {
    fn take(&mut self, keyword: &str) -> anyhow::Result<String> {
        let value = self.0.remove(keyword);
        Ok(value
            .with_context(|| format!("`{keyword}` is missing"))?
            .to_string())
    }
}

/// An expression that makes a schema.
enum Rules {
    /// A schema that has a name.
    Name(String),
    /// A function of the interpreter with its arguments.
    Call(&'static str, Vec<String>),
    /// The function `object` with its required and its optional fields.
    Object {
        required: Vec<String>,
        optional: Vec<String>,
    },
}

/// Lets bundlers drop what is not used.
const PURE: &str = "/* @__PURE__ */ ";

impl Rules {
    /// The expression inside another one.
    fn print_inside(&self) -> String {
        match self {
            Self::Name(name) => name.clone(),
            Self::Call(function, arguments) => {
                format!("{PURE}{function}({})", arguments.join(", "))
            }
            Self::Object { required, optional } => {
                let mut arguments = vec![braces(required)];
                arguments.extend((!optional.is_empty()).then(|| braces(optional)));
                format!("{PURE}object({})", arguments.join(", "))
            }
        }
    }

    /// The expression as a statement, broken into lines where it is too long for one.
    fn print(&self, before: &str) -> String {
        let inside = self.print_inside();
        let single = format!("{before} {inside};\n");
        if single.trim_end().chars().count() <= LINE_WIDTH {
            return single;
        }
        match self {
            Self::Object { required, optional } if optional.is_empty() => {
                list(&format!("{before} {PURE}object({{"), required, "});", " ")
            }
            Self::Object { required, optional } => {
                let [required, optional] = [required, optional].map(|fields| block(fields));
                format!("{before} {PURE}object(\n{required}{optional});\n")
            }
            _ => format!("{before}\n  {inside};\n"),
        }
    }
}

/// Fields as an argument that has lines of its own.
fn block(fields: &[String]) -> String {
    let single = format!("  {},\n", braces(fields));
    if single.trim_end().chars().count() <= LINE_WIDTH {
        return single;
    }
    let lines: String = fields
        .iter()
        .map(|field| format!("    {field},\n"))
        .collect();
    format!("  {{\n{lines}  }},\n")
}

fn braces(fields: &[String]) -> String {
    if fields.is_empty() {
        return "{}".into();
    }
    format!("{{ {} }}", fields.join(", "))
}

fn events(protocol: &Protocol) -> String {
    let sent: String = (protocol.client_events())
        .map(|(event, callback)| event_line(event, Some(&callback.name)))
        .collect();
    let received: String = (protocol.server_events())
        .map(|event| event_line(event, None))
        .collect();
    format!(
        "/** Schemas of the events that clients send. */\n\
         export const clientEvents = {{\n{sent}}};\n\n\
         /** Schemas of the events that the server sends. */\n\
         export const serverEvents = {{\n{received}}};\n"
    )
}

fn event_line(event: &Event, callback: Option<&String>) -> String {
    let mut parts = Vec::new();
    if let Some(argument) = &event.argument {
        parts.push(format!("argument: {}", argument.of.name));
        if argument.name != USUAL_ARGUMENT {
            parts.push(format!("name: {:?}", argument.name));
        }
        if !argument.required {
            parts.push("isOptional: true".into());
        }
    }
    parts.extend(callback.map(|name| format!("response: {name}")));
    format!("  {}: {},\n", key(event.name), braces(&parts))
}

fn names(names: &BTreeSet<&'static str>) -> Vec<String> {
    names.iter().copied().map(str::to_owned).collect()
}
