//! The macro that reads the table: a row becomes a marker type, a trait implementation and an entry
//! in the walks over all events.

use crate::protocol::Namespace;

/// Declares the protocol; its one use is `schema/src/protocol.rs`.
#[doc(hidden)]
#[macro_export]
macro_rules! protocol {
    (
        version $version:literal;
        handshake $handshake:ty;
        namespaces { $( $(#[doc = $ns_doc:literal])* $ns:ident = $path:literal ),* $(,)? }
        $( on $on:tt {
            client { $(
                $(#[doc = $c_doc:literal])*
                $(#[deprecated(since = $c_since:literal, note = $c_note:literal)])?
                $client:ident = $c_name:literal $c_args:tt -> $ack:ty,
                    by $access:ident $(($refusal:literal))? $(, limited by $limit:path)?;
            )* }
            server { $(
                $(#[doc = $s_doc:literal])*
                $(#[deprecated(since = $s_since:literal, note = $s_note:literal)])?
                $server:ident = $s_name:literal $s_args:tt to $audience:ident;
            )* }
        } )*
    ) => {
        /// Version of the protocol (semantic versioning).
        pub const VERSION: &str = $version;

        /// A Socket.IO namespace of the protocol.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Namespace { $( $(#[doc = $ns_doc])* $ns ),* }

        impl Namespace {
            /// All namespaces, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$ns),*];

            /// The path clients connect to.
            #[must_use]
            pub const fn path(self) -> &'static str {
                match self { $(Self::$ns => $path),* }
            }

            /// What the namespace is for.
            #[must_use]
            pub const fn docs(self) -> &'static str {
                match self { $(Self::$ns => concat!($($ns_doc, "\n"),*)),* }
            }

            /// The namespace at a path.
            #[must_use]
            pub fn from_path(path: &str) -> Option<Self> {
                match path { $($path => Some(Self::$ns),)* _ => None }
            }
        }

        $( $(
            $(#[doc = $c_doc])*
            #[derive(Debug)]
            pub enum $client {}

            impl $crate::event::ClientEvent for $client {
                const NAME: &'static str = $c_name;
                const NAMESPACES: &'static [Namespace] = $crate::__namespaces!($on);
                const DOCS: &'static str = concat!($($c_doc, "\n"),*);
                const ARGUMENT: Option<$crate::event::Argument> = $crate::__argument!($c_args);
                type Argument = $crate::__argument_type!($c_args);
                type Payload = $crate::__payload_type!($c_args);
                type Ack = $ack;
                type Access = $crate::event::$access;
                const ACCESS: $crate::event::AccessLevel =
                    $crate::__access_level!($access $($refusal)?);
                $(const RATE_LIMIT: Option<$crate::event::RateLimit> = Some($limit);)?
                $(const DEPRECATED: Option<$crate::event::Deprecation> =
                    Some($crate::event::Deprecation { since: $c_since, note: $c_note });)?
            }
        )* $(
            $(#[doc = $s_doc])*
            #[derive(Debug)]
            pub enum $server {}

            impl $crate::event::ServerEvent for $server {
                const NAME: &'static str = $s_name;
                const NAMESPACES: &'static [Namespace] = $crate::__namespaces!($on);
                const DOCS: &'static str = concat!($($s_doc, "\n"),*);
                const ARGUMENT: Option<$crate::event::Argument> = $crate::__argument!($s_args);
                type Payload = $crate::__argument_type!($s_args);
                type Audience = $crate::event::$audience;
                const AUDIENCE: $crate::event::AudienceKind =
                    $crate::event::AudienceKind::$audience;
                $(const DEPRECATED: Option<$crate::event::Deprecation> =
                    Some($crate::event::Deprecation { since: $s_since, note: $s_note });)?
            }
        )* )*

        /// Walks the handshake and all events of the table, in its order.
        pub fn visit_events(visitor: &mut impl $crate::event::EventVisitor) {
            visitor.handshake::<$handshake>();
            $( $(visitor.client::<$client>();)* $(visitor.server::<$server>();)* )*
        }

        const _: () = {
            use $crate::event::{ClientEvent, ServerEvent};
            $crate::table::refuse_duplicates(
                "client",
                &[$($((<$client>::NAME, <$client>::NAMESPACES),)*)*],
            );
            $crate::table::refuse_duplicates(
                "server",
                &[$($((<$server>::NAME, <$server>::NAMESPACES),)*)*],
            );
        };

        $crate::__for_each_client_event!(($) $($($client)*)*);
        $crate::__for_each_server_event!(($) $($($(#[doc = $s_doc])* $server)*)*);
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __namespaces {
    ([$($ns:ident),*]) => { &[$(Namespace::$ns),*] };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __argument {
    (()) => {
        None
    };
    (($name:ident: $ty:ty)) => {
        Some($crate::event::Argument {
            name: stringify!($name),
            required: true,
        })
    };
    (($name:ident?: $ty:ty)) => {
        Some($crate::event::Argument {
            name: stringify!($name),
            required: false,
        })
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __argument_type {
    (()) => {
        ()
    };
    (($name:ident $(?)? : $ty:ty)) => {
        $ty
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __payload_type {
    (()) => { () };
    (($name:ident: $ty:ty)) => { $ty };
    (($name:ident?: $ty:ty)) => { Option<$ty> };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __access_level {
    (Anyone) => {
        $crate::event::AccessLevel::Anyone
    };
    (SignedIn $refusal:literal) => {
        $crate::event::AccessLevel::SignedIn { refusal: $refusal }
    };
}

/// Defines `for_each_client_event!(callback)`, which calls `callback! { Marker Marker … }`.
#[doc(hidden)]
#[macro_export]
macro_rules! __for_each_client_event {
    (($d:tt) $($client:ident)*) => {
        /// Calls the given macro with the marker types of all client events, in table order.
        ///
        /// For code that needs a trait of its own implemented for each event, as the server's
        /// dispatch does; where generic code is enough, use [`visit_events`].
        #[macro_export]
        macro_rules! for_each_client_event {
            ($d callback:ident) => { $d callback! { $($client)* } };
        }
    };
}

/// Defines `for_each_server_event!(callback)`, which calls
/// `callback! { /** docs */ Marker /** docs */ Marker … }`.
#[doc(hidden)]
#[macro_export]
macro_rules! __for_each_server_event {
    (($d:tt) $($(#[doc = $doc:literal])* $server:ident)*) => {
        /// Calls the given macro with the marker types of all server events, in table order, each
        /// after its documentation.
        ///
        /// For code that needs something of its own declared for each event, as a client's enum of
        /// all events; where generic code is enough, use [`visit_events`].
        #[macro_export]
        macro_rules! for_each_server_event {
            ($d callback:ident) => { $d callback! { $($(#[doc = $doc])* $server)* } };
        }
    };
}

/// Compile-time check of the table: one direction never declares a name twice on a namespace.
#[doc(hidden)]
pub const fn refuse_duplicates(direction: &str, rows: &[(&str, &[Namespace])]) {
    let mut first = 0;
    while first < rows.len() {
        let mut second = first + 1;
        while second < rows.len() {
            if same(rows[first].0, rows[second].0) && overlap(rows[first].1, rows[second].1) {
                let mut sentence = Sentence::new();
                sentence.push("two rows declare the ");
                sentence.push(direction);
                sentence.push(" event \"");
                sentence.push(rows[first].0);
                sentence.push("\" on the same namespace: remove or rename one of them");
                sentence.panic();
            }
            second += 1;
        }
        first += 1;
    }
}

const fn same(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    if left.len() != right.len() {
        return false;
    }
    let mut i = 0;
    while i < left.len() {
        if left[i] != right[i] {
            return false;
        }
        i += 1;
    }
    true
}

const fn overlap(left: &[Namespace], right: &[Namespace]) -> bool {
    let mut l = 0;
    while l < left.len() {
        let mut r = 0;
        while r < right.len() {
            if left[l] as u8 == right[r] as u8 {
                return true;
            }
            r += 1;
        }
        l += 1;
    }
    false
}

/// Text put together in a constant context, for a compile error that names the row.
struct Sentence {
    bytes: [u8; 256],
    len: usize,
}

impl Sentence {
    const fn new() -> Self {
        Self {
            bytes: [0; 256],
            len: 0,
        }
    }

    const fn push(&mut self, text: &str) {
        let text = text.as_bytes();
        let mut i = 0;
        while i < text.len() && self.len < self.bytes.len() {
            self.bytes[self.len] = text[i];
            self.len += 1;
            i += 1;
        }
    }

    #[allow(
        clippy::panic,
        reason = "evaluated by the compiler: this is the compile error"
    )]
    const fn panic(&self) -> ! {
        let (used, _) = self.bytes.split_at(self.len);
        match std::str::from_utf8(used) {
            Ok(text) => panic!("{}", text),
            Err(_) => panic!("two rows declare the same event on the same namespace"),
        }
    }
}
