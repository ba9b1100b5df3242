//! Schemas as a graph of small statements, each about values of one type and true of all others.
//!
//! Nodes are interned: equal schemas, from whichever document, are the same node. So what did not
//! change is recognised at once, and what is spelled in two ways often enough, too.

use num_rational::BigRational;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::{BitAnd, BitOr};
use std::rc::Rc;

/// A node of the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct NodeId(u32);

/// What a schema says, one keyword (or a few that only make sense together) at a time.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Node {
    Anything,
    Nothing,
    All(Vec<NodeId>),
    AnyOf(Vec<NodeId>),
    OneOf(Vec<NodeId>),
    Not(NodeId),
    If {
        condition: NodeId,
        then: NodeId,
        otherwise: NodeId,
    },
    /// A recursive `$ref`; others are resolved while parsing.
    Reference(usize),
    Types(Types),
    Values(Rc<[Value]>),
    Range(Range),
    MultipleOf(BigRational),
    Length(Count),
    Pattern(Rc<str>),
    Format(Rc<str>),
    Elements {
        prefix: Vec<NodeId>,
        rest: NodeId,
        /// Whether the schema says what follows the prefix.
        explicit: bool,
    },
    Items(Count),
    Unique,
    Contains {
        schema: NodeId,
        count: Count,
    },
    Members(Rc<Members>),
    Has(Rc<str>),
    Size(Count),
    Names(NodeId),
    /// `unevaluatedProperties` or `unevaluatedItems` beside everything else of its schema object.
    Unevaluated {
        beside: NodeId,
        schema: NodeId,
        of: Collection,
    },
}

/// What members of objects must be.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Members {
    pub(crate) named: BTreeMap<Rc<str>, NodeId>,
    pub(crate) patterns: Vec<(Rc<str>, NodeId)>,
    pub(crate) rest: NodeId,
    /// Whether the schema says what undeclared members are.
    pub(crate) explicit: bool,
    /// Whether the schema has `properties`, so that its writer sends nothing else.
    pub(crate) declares: bool,
}

/// Whose unevaluated parts are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Collection {
    Object,
    Array,
}

/// Numbers between two bounds.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct Range {
    pub(crate) low: Option<Bound>,
    pub(crate) high: Option<Bound>,
}

/// One end of a range.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Bound {
    pub(crate) at: BigRational,
    pub(crate) exclusive: bool,
}

/// How many there may be; no maximum is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Count {
    pub(crate) min: u64,
    pub(crate) max: Option<u64>,
}

impl Count {
    pub(crate) const ANY: Self = Self { min: 0, max: None };

    pub(crate) fn holds(self, count: usize) -> bool {
        let count = count as u64;
        count >= self.min && self.max.is_none_or(|max| count <= max)
    }

    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            min: self.min.max(other.min),
            max: match (self.max, other.max) {
                (Some(one), Some(two)) => Some(one.min(two)),
                (one, two) => one.or(two),
            },
        }
    }

    pub(crate) fn is_empty(self) -> bool {
        self.max.is_some_and(|max| max < self.min)
    }

    /// What is left of all counts, as at most two ranges.
    pub(crate) fn others(self) -> Vec<Self> {
        let below = self.min.checked_sub(1).map(|max| Self {
            min: 0,
            max: Some(max),
        });
        let above = self
            .max
            .and_then(|max| max.checked_add(1))
            .map(|min| Self { min, max: None });
        below.into_iter().chain(above).collect()
    }
}

/// A set of the types of JSON; numbers are split into whole ones and others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Types(u8);

impl Types {
    pub(crate) const NULL: Self = Self(1);
    pub(crate) const BOOLEAN: Self = Self(2);
    pub(crate) const INTEGER: Self = Self(4);
    pub(crate) const FRACTION: Self = Self(8);
    pub(crate) const STRING: Self = Self(16);
    pub(crate) const ARRAY: Self = Self(32);
    pub(crate) const OBJECT: Self = Self(64);
    pub(crate) const NUMBER: Self = Self(4 | 8);
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const ALL: Self = Self(127);

    /// The types one by one, those with plain values first.
    pub(crate) const EACH: [Self; 7] = [
        Self::STRING,
        Self::INTEGER,
        Self::FRACTION,
        Self::BOOLEAN,
        Self::NULL,
        Self::ARRAY,
        Self::OBJECT,
    ];

    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "null" => Self::NULL,
            "boolean" => Self::BOOLEAN,
            "integer" => Self::INTEGER,
            "number" => Self::NUMBER,
            "string" => Self::STRING,
            "array" => Self::ARRAY,
            "object" => Self::OBJECT,
            _ => return None,
        })
    }

    pub(crate) fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::NULL,
            Value::Bool(_) => Self::BOOLEAN,
            Value::Number(number) if super::number::is_whole(number) => Self::INTEGER,
            Value::Number(_) => Self::FRACTION,
            Value::String(_) => Self::STRING,
            Value::Array(_) => Self::ARRAY,
            Value::Object(_) => Self::OBJECT,
        }
    }

    pub(crate) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    pub(crate) fn others(self) -> Self {
        Self(!self.0 & Self::ALL.0)
    }
}

impl BitOr for Types {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitAnd for Types {
    type Output = Self;
    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

/// Lists of values that are longer are looked up instead of gone through.
const LONG_LIST: usize = 32;

/// All nodes of both schemas.
pub(crate) struct Graph {
    nodes: Vec<Rc<Node>>,
    ids: HashMap<Rc<Node>, NodeId>,
    /// The values of long lists, to be found at once.
    sets: HashMap<NodeId, HashSet<Value>>,
    /// What recursive references point to, once it is parsed.
    targets: Vec<NodeId>,
    pub(crate) anything: NodeId,
    pub(crate) nothing: NodeId,
}

impl Graph {
    pub(crate) fn new() -> Self {
        let mut graph = Self {
            nodes: Vec::new(),
            ids: HashMap::new(),
            sets: HashMap::new(),
            targets: Vec::new(),
            anything: NodeId(0),
            nothing: NodeId(0),
        };
        graph.anything = graph.add(Node::Anything);
        graph.nothing = graph.add(Node::Nothing);
        graph
    }

    /// The node that says this.
    pub(crate) fn add(&mut self, node: Node) -> NodeId {
        if let Some(id) = self.ids.get(&node) {
            return *id;
        }
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        if let Node::Values(values) = &node
            && values.len() > LONG_LIST
        {
            self.sets.insert(id, values.iter().cloned().collect());
        }
        let node = Rc::new(node);
        self.nodes.push(Rc::clone(&node));
        self.ids.insert(node, id);
        id
    }

    pub(crate) fn node(&self, id: NodeId) -> Rc<Node> {
        Rc::clone(&self.nodes[id.0 as usize])
    }

    /// Whether a list of values has this one.
    pub(crate) fn lists(&self, id: NodeId, values: &[Value], value: &Value) -> bool {
        match self.sets.get(&id) {
            Some(set) => set.contains(value),
            None => values.contains(value),
        }
    }

    /// All of these at once, in the simplest spelling.
    pub(crate) fn all(&mut self, parts: Vec<NodeId>) -> NodeId {
        let mut flat = Vec::new();
        for part in parts {
            match &*self.node(part) {
                Node::Anything => {}
                Node::Nothing => return self.nothing,
                Node::All(inner) => flat.extend(inner.iter().copied()),
                _ => flat.push(part),
            }
        }
        flat.sort_unstable();
        flat.dedup();
        match flat.as_slice() {
            [] => self.anything,
            [only] => *only,
            _ => self.add(Node::All(flat)),
        }
    }

    /// At least one of these, in the simplest spelling.
    pub(crate) fn any(&mut self, parts: Vec<NodeId>) -> NodeId {
        let mut flat = Vec::new();
        for part in parts {
            match &*self.node(part) {
                Node::Anything => return self.anything,
                Node::Nothing => {}
                Node::AnyOf(inner) => flat.extend(inner.iter().copied()),
                _ => flat.push(part),
            }
        }
        flat.sort_unstable();
        flat.dedup();
        match flat.as_slice() {
            [] => self.nothing,
            [only] => *only,
            _ => self.add(Node::AnyOf(flat)),
        }
    }

    /// A place for a reference whose target is being parsed.
    pub(crate) fn reserve(&mut self) -> usize {
        self.targets.push(self.anything);
        self.targets.len() - 1
    }

    pub(crate) fn point(&mut self, reference: usize, target: NodeId) {
        self.targets[reference] = target;
    }

    pub(crate) fn target(&self, reference: usize) -> NodeId {
        self.targets[reference]
    }
}
