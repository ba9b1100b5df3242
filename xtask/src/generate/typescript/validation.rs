//! `bindings/src/validate/`: `table.ts` has a schema for each payload and callback, `events.ts` says
//! which event has which.

use super::events::key;
use super::rules::{PURE, Rule};
use super::rules_of_schemas::Reader;
use super::{HEADER, list};
use crate::generate::protocol::{Direction, Event, Protocol, TypeUse};
use anyhow::ensure;
use std::collections::{BTreeMap, BTreeSet};

/// Prints `table.ts`.
///
/// # Errors
/// When a schema has a rule that the interpreter does not know.
pub(in crate::generate) fn schemas(protocol: &Protocol) -> anyhow::Result<String> {
    let mut reader = Reader::new(protocol);
    let mut rules = Vec::new();
    let roots = roots(protocol)?;
    for root in &roots {
        let rule = reader.of_type(&root.of.name)?;
        rules.push(match rule {
            Rule::Fields(_) => rule,
            _ => reader.reference(&root.of.name)?,
        });
    }
    let constants = with_single_uses_in_place(reader.constants, &mut rules);
    let all = constants.iter().map(|(_, rule)| rule).chain(&rules);
    let parts = [
        HEADER.into(),
        imports(all),
        "// Rules that several schemas have in common.\n".into(),
        constants
            .iter()
            .map(|(name, rule)| constant(name, rule))
            .collect(),
        "// Payloads and callbacks.\n".into(),
        roots
            .iter()
            .zip(&rules)
            .map(|(root, rule)| schema(root, rule))
            .collect(),
    ];
    Ok(parts.join("\n"))
}

/// A type that gets a schema.
struct Root<'a> {
    of: &'a TypeUse,
    /// What sentences call a value of the type.
    name: &'static str,
}

/// What sentences call a value unless the table has another name for an argument.
const USUAL_NAME: &str = "payload";

/// The types that events carry and are called back with, in the order of the table.
fn roots(protocol: &Protocol) -> anyhow::Result<Vec<Root<'_>>> {
    let uses = protocol.events.iter().flat_map(|event| {
        let argument = event.argument.as_ref();
        let argument = argument.map(|argument| (&argument.of, argument.name));
        let callback = callback_of(event).map(|of| (of, USUAL_NAME));
        argument.into_iter().chain(callback)
    });
    let mut roots: Vec<Root<'_>> = Vec::new();
    for (of, name) in uses {
        match roots.iter().find(|root| root.of.name == of.name) {
            Some(root) => ensure!(
                root.name == name,
                "{} is an argument called {name} and one called {}: sentences need one name",
                of.name,
                root.name
            ),
            None => roots.push(Root { of, name }),
        }
    }
    Ok(roots)
}

fn callback_of(event: &Event) -> Option<&TypeUse> {
    match &event.direction {
        Direction::Client { callback, .. } => Some(callback),
        Direction::Server { .. } => None,
    }
}

/// Puts constants that are used once where they are used, and returns the others.
fn with_single_uses_in_place(
    constants: Vec<(String, Rule)>,
    rules: &mut [Rule],
) -> Vec<(String, Rule)> {
    let mut uses = BTreeMap::<String, usize>::new();
    for rule in constants.iter().map(|(_, rule)| rule).chain(&*rules) {
        rule.visit(&mut |rule| {
            if let Rule::Constant(name) = rule {
                *uses.entry(name.clone()).or_default() += 1;
            }
        });
    }
    let mut in_place = BTreeMap::<String, Rule>::new();
    let mut kept = Vec::new();
    for (name, rule) in constants {
        // What it is made of came before it.
        let rule = rule.replace(&|name| in_place.get(name).cloned());
        match uses.get(&name) {
            Some(1) => _ = in_place.insert(name, rule),
            _ => kept.push((name, rule)),
        }
    }
    for rule in rules {
        *rule = rule.replace(&|name| in_place.get(name).cloned());
    }
    kept
}

fn imports<'a>(rules: impl Iterator<Item = &'a Rule>) -> String {
    let mut functions = BTreeSet::from(["schema".to_owned()]);
    let mut closed_sets = BTreeSet::new();
    for rule in rules {
        rule.visit(&mut |rule| match rule {
            Rule::Function(name) => _ = functions.insert((*name).to_owned()),
            Rule::Call(name, arguments) => {
                functions.insert((*name).to_owned());
                if let ("oneOf", [Rule::Literal(values)]) = (*name, arguments.as_slice()) {
                    closed_sets.insert(values.clone());
                }
            }
            _ => {}
        });
    }
    let [functions, closed_sets] =
        [functions, closed_sets].map(|names| names.into_iter().collect::<Vec<_>>());
    [
        list("import {", &closed_sets, "} from \"../types.js\";", " "),
        "import type * as Type from \"../types.js\";\n".into(),
        list("import {", &functions, "} from \"./interpreter.js\";", " "),
        "import type { Schema } from \"./schema.js\";\n".into(),
    ]
    .concat()
}

fn constant(name: &str, rule: &Rule) -> String {
    let after = if matches!(rule, Rule::Fields(_) | Rule::List(_)) {
        " as const;\n"
    } else {
        ";\n"
    };
    rule.print(&format!("const {name} = "), after, 0)
}

fn schema(root: &Root<'_>, rule: &Rule) -> String {
    let name = &root.of.name;
    let before = format!("export const {name}: Schema<Type.{name}> = {PURE} schema(");
    let after = match root.name {
        USUAL_NAME => ");".into(),
        other => format!(", {other:?});"),
    };
    rule.print(&before, &after, 0) + "\n"
}

/// Prints `events.ts`.
pub(in crate::generate) fn schemas_of_events(protocol: &Protocol) -> String {
    let mut types: Vec<_> = protocol.events.iter().flat_map(types_of).collect();
    types.sort();
    types.dedup();
    let lines = |line: fn(&Event) -> Option<String>| {
        let events = protocol.events.iter();
        events.filter_map(line).collect::<String>()
    };
    format!(
        "{HEADER}\nimport type {{ Schema }} from \"./schema.js\";\n{}\n\
         /** Of each event that clients send: its callback, its argument, and whether it may lack it. */\n\
         export const clientEvents: Readonly<\n  \
           Record<string, readonly [Schema<unknown>, Schema<unknown>?, boolean?]>\n\
         > = {{\n{}}};\n\n\
         /** Arguments of the events that the server sends. */\n\
         export const serverEvents: Readonly<Record<string, Schema<unknown>>> = {{\n{}}};\n",
        list("import {", &types, "} from \"./table.js\";", " "),
        lines(client_event),
        lines(server_event)
    )
}

fn types_of(event: &Event) -> impl Iterator<Item = String> {
    let argument = event.argument.as_ref().map(|argument| &argument.of);
    let types = argument.into_iter().chain(callback_of(event));
    types.map(|of| of.name.clone())
}

fn client_event(event: &Event) -> Option<String> {
    let mut parts = vec![callback_of(event)?.name.as_str()];
    if let Some(argument) = &event.argument {
        parts.push(&argument.of.name);
        parts.extend((!argument.required).then_some("true"));
    }
    Some(format!("  {}: [{}],\n", key(event.name), parts.join(", ")))
}

fn server_event(event: &Event) -> Option<String> {
    let argument = event.argument.as_ref()?;
    let is_sent_by_server = callback_of(event).is_none();
    is_sent_by_server.then(|| format!("  {}: {},\n", key(event.name), argument.of.name))
}
