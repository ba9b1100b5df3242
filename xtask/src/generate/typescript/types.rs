//! `bindings/src/types.ts`: scalars, closed sets, payloads and callbacks.

use super::{HEADER, closed_set, comment};
use crate::generate::declaration::{Declaration, Field, Kind};
use crate::generate::protocol::Protocol;
use heck::ToShoutySnakeCase;

/// Prints the file.
pub(in crate::generate) fn types(protocol: &Protocol) -> String {
    let of_kind = |wanted: fn(&Kind) -> bool| {
        let declarations = protocol.declarations.iter();
        declarations
            .filter(move |declaration| wanted(&declaration.kind))
            .map(declaration)
    };
    let mut parts = vec![HEADER.to_owned()];
    parts.push("// Names, ids, numbers and times.\n".into());
    parts.extend(of_kind(|kind| matches!(kind, Kind::Alias(_))));
    parts.push("// Closed sets.\n".into());
    parts.extend(of_kind(|kind| matches!(kind, Kind::ClosedSet(_))));
    parts.push("// Payloads and callbacks.\n".into());
    parts.extend(of_kind(|kind| matches!(kind, Kind::Interface(_))));
    parts.join("\n")
}

fn declaration(declaration: &Declaration) -> String {
    let Declaration { name, docs, kind } = declaration;
    match kind {
        Kind::Alias(of) => format!("{}export type {name} = {of};\n", comment(docs, "")),
        Kind::ClosedSet(values) => closed_set(docs, &constant_of(name), name, values),
        Kind::Interface(fields) => {
            let fields: String = fields.iter().map(field).collect();
            format!(
                "{}export interface {name} {{\n{fields}}}\n",
                comment(docs, "")
            )
        }
    }
}

fn field(field: &Field) -> String {
    let Field { name, of, docs, .. } = field;
    let optional = if field.optional { "?" } else { "" };
    format!("{}  {name}{optional}: {of};\n", comment(docs, "  "))
}

/// Name of the array that holds the values of a closed set.
pub(super) fn constant_of(name: &str) -> String {
    let constant = name.to_shouty_snake_case();
    if constant.ends_with('S') {
        format!("{constant}ES")
    } else {
        format!("{constant}S")
    }
}
