//! The rules of a JSON Schema, as `bindings/src/validate/interpreter.ts` reads them.

use super::LINE_WIDTH;
use super::events::key;

/// What a value must be.
#[derive(Clone, PartialEq)]
pub(super) enum Rule {
    /// A function of the interpreter.
    Function(&'static str),
    /// What a function of the interpreter makes of its arguments.
    Call(&'static str, Vec<Rule>),
    /// An argument of a function that is no rule itself.
    Literal(String),
    /// The constant with this name.
    Constant(String),
    /// A list of things.
    List(Box<Rule>),
    /// An object: rules of its fields by name, with a question mark where the field is optional.
    Fields(Vec<(String, Rule)>),
}

/// Lets bundlers drop what is not used.
pub(super) const PURE: &str = "/* @__PURE__ */";

impl Rule {
    /// This rule and all inside it.
    pub(super) fn visit<'a>(&'a self, visit: &mut impl FnMut(&'a Rule)) {
        visit(self);
        match self {
            Self::Function(_) | Self::Literal(_) | Self::Constant(_) => {}
            Self::Call(_, arguments) => arguments.iter().for_each(|rule| rule.visit(visit)),
            Self::List(items) => items.visit(visit),
            Self::Fields(fields) => fields.iter().for_each(|(_, rule)| rule.visit(visit)),
        }
    }

    /// The same rule with each constant replaced for which there is something else.
    pub(super) fn replace(&self, by: &impl Fn(&str) -> Option<Rule>) -> Rule {
        match self {
            Self::Constant(name) => by(name).unwrap_or_else(|| self.clone()),
            Self::Call(function, arguments) => Self::Call(
                function,
                arguments.iter().map(|rule| rule.replace(by)).collect(),
            ),
            Self::List(items) => Self::List(Box::new(items.replace(by))),
            Self::Fields(fields) => Self::Fields(
                fields
                    .iter()
                    .map(|(name, rule)| (name.clone(), rule.replace(by)))
                    .collect(),
            ),
            other => other.clone(),
        }
    }

    /// The rule as an expression between what stands before and after it on its line.
    pub(super) fn print(&self, before: &str, after: &str, indent: usize) -> String {
        let single = format!("{before}{}{after}", self.on_one_line());
        match self {
            Self::Fields(fields) if indent + single.chars().count() > LINE_WIDTH => {
                let inner = indent + 2;
                let lines = fields.iter().map(|(name, rule)| {
                    let line = rule.print(&format!("{}: ", key(name)), ",", inner);
                    format!("{}{line}\n", " ".repeat(inner))
                });
                let lines: String = lines.collect();
                format!("{before}{{\n{lines}{}}}{after}", " ".repeat(indent))
            }
            _ => single,
        }
    }

    fn on_one_line(&self) -> String {
        match self {
            Self::Function(name) => (*name).to_owned(),
            Self::Literal(text) | Self::Constant(text) => text.clone(),
            Self::Call(function, arguments) => {
                let arguments: Vec<_> = arguments.iter().map(Self::on_one_line).collect();
                format!("{PURE} {function}({})", arguments.join(", "))
            }
            Self::List(items) => format!("[{}]", items.on_one_line()),
            Self::Fields(fields) if fields.is_empty() => "{}".into(),
            Self::Fields(fields) => {
                let fields = fields
                    .iter()
                    .map(|(name, rule)| format!("{}: {}", key(name), rule.on_one_line()));
                format!("{{ {} }}", fields.collect::<Vec<_>>().join(", "))
            }
        }
    }
}
