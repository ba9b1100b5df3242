//! The protocol as the generators read it: the table's events with their TypeScript and their
//! JSON Schema.

use super::declaration::{Declaration, Declarations};
use super::schema::Schemas;
use anyhow::Context;
use serde_json::Value;
use slop_schema::event::{AccessLevel, Argument, AudienceKind, Deprecation, RateLimit, WireType};
use slop_schema::{ClientEvent, EventVisitor, Namespace, ServerEvent, visit_events};
use std::collections::BTreeMap;

/// Everything the table says.
pub(super) struct Protocol {
    /// What a client sends when it connects.
    pub(super) handshake: TypeUse,
    /// All events, in the order of the table.
    pub(super) events: Vec<Event>,
    /// All named types, those of an event after the event's place in the table.
    pub(super) declarations: Vec<Declaration>,
    /// JSON Schema of each named type.
    pub(super) schemas: BTreeMap<String, Value>,
}

/// One row of the table.
pub(super) struct Event {
    pub(super) name: &'static str,
    pub(super) namespaces: &'static [Namespace],
    pub(super) docs: String,
    pub(super) argument: Option<TypedArgument>,
    pub(super) direction: Direction,
    pub(super) rate_limit: Option<RateLimit>,
    pub(super) deprecated: Option<Deprecation>,
}

/// Who sends an event, with what only that direction has.
pub(super) enum Direction {
    Client {
        access: AccessLevel,
        callback: TypeUse,
    },
    Server {
        audience: AudienceKind,
    },
}

/// The argument of an event.
pub(super) struct TypedArgument {
    pub(super) name: &'static str,
    pub(super) required: bool,
    pub(super) of: TypeUse,
}

/// A type where an event uses it.
pub(super) struct TypeUse {
    /// Name of the type, the same in TypeScript and in the schema's definitions.
    pub(super) name: String,
    /// Reference to its schema.
    pub(super) schema: Value,
}

impl Protocol {
    /// Reads the table.
    pub(super) fn read() -> anyhow::Result<Self> {
        let mut reader = Reader {
            handshake: None,
            events: Vec::new(),
            declarations: Declarations::new(),
            schemas: Schemas::new(),
        };
        visit_events(&mut reader);
        let schemas = reader.schemas.finish()?;
        let declarations = reader.declarations.finish(&schemas)?;
        Ok(Self {
            handshake: reader.handshake.context("the table has a handshake")?,
            events: reader.events,
            declarations,
            schemas,
        })
    }

    /// Events that clients send, with their callbacks.
    pub(super) fn client_events(&self) -> impl Iterator<Item = (&Event, &TypeUse)> {
        self.events
            .iter()
            .filter_map(|event| match &event.direction {
                Direction::Client { callback, .. } => Some((event, callback)),
                Direction::Server { .. } => None,
            })
    }

    /// Events that the server sends.
    pub(super) fn server_events(&self) -> impl Iterator<Item = &Event> {
        let server = |event: &&Event| matches!(event.direction, Direction::Server { .. });
        self.events.iter().filter(server)
    }
}

impl Event {
    /// The documentation as editors read it: with a tag when the event is going away.
    pub(super) fn tagged_docs(&self) -> String {
        match &self.deprecated {
            Some(of) => format!(
                "{}\n\n@deprecated since {}: {}",
                self.docs, of.since, of.note
            ),
            None => self.docs.clone(),
        }
    }

    /// Whether the event exists on every namespace.
    pub(super) fn is_shared(&self) -> bool {
        Namespace::ALL
            .iter()
            .all(|namespace| self.namespaces.contains(namespace))
    }
}

struct Reader {
    handshake: Option<TypeUse>,
    events: Vec<Event>,
    declarations: Declarations,
    schemas: Schemas,
}

impl Reader {
    fn argument<T: WireType>(&mut self, argument: Argument, schema: Value) -> TypedArgument {
        TypedArgument {
            name: argument.name,
            required: argument.required,
            of: TypeUse {
                name: self.declarations.add::<T>(),
                schema,
            },
        }
    }
}

impl EventVisitor for Reader {
    fn handshake<A: WireType>(&mut self) {
        self.handshake = Some(TypeUse {
            name: self.declarations.add::<A>(),
            schema: self.schemas.read_by_server::<A>(),
        });
    }

    fn client<E: ClientEvent>(&mut self) {
        let argument = E::ARGUMENT.map(|argument| {
            let schema = self.schemas.read_by_server::<E::Argument>();
            self.argument::<E::Argument>(argument, schema)
        });
        let callback = TypeUse {
            name: self.declarations.add::<E::Ack>(),
            schema: self.schemas.written_by_server::<E::Ack>(),
        };
        self.events.push(Event {
            name: E::NAME,
            namespaces: E::NAMESPACES,
            docs: clean(E::DOCS),
            argument,
            direction: Direction::Client {
                access: E::ACCESS,
                callback,
            },
            rate_limit: E::RATE_LIMIT,
            deprecated: E::DEPRECATED,
        });
    }

    fn server<E: ServerEvent>(&mut self) {
        let argument = E::ARGUMENT.map(|argument| {
            let schema = self.schemas.written_by_server::<E::Payload>();
            self.argument::<E::Payload>(argument, schema)
        });
        self.events.push(Event {
            name: E::NAME,
            namespaces: E::NAMESPACES,
            docs: clean(E::DOCS),
            argument,
            direction: Direction::Server {
                audience: E::AUDIENCE,
            },
            rate_limit: None,
            deprecated: E::DEPRECATED,
        });
    }
}

/// Doc comments begin each line with the space after `///`.
pub(super) fn clean(docs: &str) -> String {
    let lines: Vec<_> = docs
        .lines()
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect();
    lines.join("\n").trim().to_owned()
}
