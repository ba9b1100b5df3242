//! What is known of formats: numeric ones are ranges, those of strings are sets with examples.

use super::node::{Bound, Range};
use super::number;
use jsonschema::Validator;
use num_bigint::BigInt;
use num_rational::BigRational;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::HashMap;

/// What a format of numbers stands for; `None` for formats of strings.
pub(crate) fn range_of(format: &str) -> Option<Range> {
    let signed = |bits: u32| {
        whole(
            -(BigInt::from(1) << (bits - 1)),
            (BigInt::from(1) << (bits - 1)) - 1,
        )
    };
    let unsigned = |bits: u32| whole(BigInt::from(0), (BigInt::from(1) << bits) - 1);
    Some(match format {
        "int8" => signed(8),
        "int16" => signed(16),
        "int32" => signed(32),
        "int64" | "int" => signed(64),
        "int128" => signed(128),
        "uint8" => unsigned(8),
        "uint16" => unsigned(16),
        "uint32" => unsigned(32),
        "uint64" | "uint" => unsigned(64),
        "uint128" => unsigned(128),
        "float" => float(f64::from(f32::MAX)),
        // What a double cannot hold cannot be read as JSON here.
        "double" => Range::default(),
        _ => return None,
    })
}

/// Bounds that a numeric format adds to a schema, for validators that do not know it.
pub(crate) fn bounds(format: &str) -> Option<(Value, Value)> {
    let whole = |low: i64, high: i64| Some((json!(low), json!(high)));
    match format {
        "int8" => whole(i8::MIN.into(), i8::MAX.into()),
        "int16" => whole(i16::MIN.into(), i16::MAX.into()),
        "int32" => whole(i32::MIN.into(), i32::MAX.into()),
        "int64" | "int" => whole(i64::MIN, i64::MAX),
        "uint8" => whole(0, u8::MAX.into()),
        "uint16" => whole(0, u16::MAX.into()),
        "uint32" => whole(0, u32::MAX.into()),
        "uint64" | "uint" => Some((json!(0), json!(u64::MAX))),
        "int128" => Some((json!(-2f64.powi(127)), json!(2f64.powi(127)))),
        "uint128" => Some((json!(0), json!(2f64.powi(128)))),
        "float" => Some((json!(-f64::from(f32::MAX)), json!(f64::from(f32::MAX)))),
        _ => None,
    }
}

fn whole(low: BigInt, high: BigInt) -> Range {
    let bound = |at| {
        Some(Bound {
            at: BigRational::from_integer(at),
            exclusive: false,
        })
    };
    Range {
        low: bound(low),
        high: bound(high),
    }
}

fn float(limit: f64) -> Range {
    let bound = |limit: f64| {
        let number = serde_json::Number::from_f64(limit)?;
        Some(Bound {
            at: number::exact(&number),
            exclusive: false,
        })
    };
    Range {
        low: bound(-limit),
        high: bound(limit),
    }
}

/// Whether a format says how to show or carry a string, and refuses none.
pub(crate) fn is_annotation(format: &str) -> bool {
    const ANNOTATIONS: [&str; 8] = [
        "password",
        "binary",
        "byte",
        "textarea",
        "markdown",
        "html",
        "color-picker",
        "multiline",
    ];
    ANNOTATIONS.contains(&format) || range_of(format).is_some()
}

/// What is known of one format of strings.
struct Known {
    name: &'static str,
    /// Formats that accept everything this one accepts.
    within: &'static [&'static str],
    examples: &'static [&'static str],
    /// A pattern that everything of this format matches.
    shape: &'static str,
}

const URI: &str = r"^[A-Za-z][A-Za-z0-9+.-]*:";
const KNOWN: &[Known] = &[
    Known {
        name: "date-time",
        within: &[],
        examples: &[
            "2026-01-31T12:00:00Z",
            "2026-01-31T12:00:00.123Z",
            "2026-01-31T12:00:00.123456789+05:30",
        ],
        shape: r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$",
    },
    Known {
        name: "date",
        within: &[],
        examples: &["2026-01-31", "1999-12-01"],
        shape: r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    },
    Known {
        name: "time",
        within: &[],
        examples: &["12:00:00Z", "12:00:00.5+05:30"],
        shape: r"^[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$",
    },
    Known {
        name: "duration",
        within: &[],
        examples: &["P1D", "PT1H", "P1Y2M3DT4H5M6S", "P2W"],
        shape: r"^P[0-9A-Z]+$",
    },
    Known {
        name: "email",
        within: &["idn-email"],
        examples: &[
            "someone@example.com",
            "a@b.co",
            "a@b",
            "a.long.name+tag@mail.example.org",
        ],
        shape: r"[^@]@[^@]",
    },
    Known {
        name: "idn-email",
        within: &[],
        examples: &["someone@example.com", "\u{fc}@example.com", "a@b.co", "a@b"],
        shape: r"[^@]@[^@]",
    },
    Known {
        name: "hostname",
        within: &["idn-hostname"],
        examples: &["example.com", "a", "a.b", "my-host.internal.example.org"],
        shape: r"^[A-Za-z0-9.-]+$",
    },
    Known {
        name: "idn-hostname",
        within: &[],
        examples: &["example.com", "b\u{fc}cher.example", "a"],
        shape: r".",
    },
    Known {
        name: "ipv4",
        within: &[],
        examples: &["192.0.2.1", "1.2.3.4", "255.255.255.255"],
        shape: r"^[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}$",
    },
    Known {
        name: "ipv6",
        within: &[],
        examples: &["2001:db8::1", "::1", "::", "2001:db8:1:2:3:4:5:6"],
        shape: r"^[0-9A-Fa-f:.]+$",
    },
    Known {
        name: "uri",
        within: &["uri-reference", "iri", "iri-reference"],
        examples: &[
            "https://example.com/path?q=1",
            "urn:a",
            "mailto:a@b.co",
            "http://a.b",
        ],
        shape: URI,
    },
    Known {
        name: "uri-reference",
        within: &["iri-reference"],
        examples: &["/path", "https://example.com/", "#fragment", "", "a"],
        shape: r"",
    },
    Known {
        name: "iri",
        within: &["iri-reference"],
        examples: &["https://example.com/b\u{fc}cher", "urn:a"],
        shape: URI,
    },
    Known {
        name: "iri-reference",
        within: &[],
        examples: &["/b\u{fc}cher", "https://example.com/", "", "a"],
        shape: r"",
    },
    Known {
        name: "uri-template",
        within: &[],
        examples: &["/users/{id}", "https://example.com/{?q}", "", "a"],
        shape: r"",
    },
    Known {
        name: "uuid",
        within: &[],
        examples: &[
            "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b",
            "00000000-0000-0000-0000-000000000000",
            "F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6",
        ],
        shape: r"^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$",
    },
    Known {
        name: "json-pointer",
        within: &[],
        examples: &["", "/a/b", "/0"],
        shape: r"^(/|$)",
    },
    Known {
        name: "relative-json-pointer",
        within: &[],
        examples: &["0", "1/a", "2#"],
        shape: r"^[0-9]",
    },
    Known {
        name: "regex",
        within: &[],
        examples: &["^a+$", "", "a"],
        shape: r"",
    },
];

/// Strings that are hardly of any format.
pub(crate) const ODD: [&str; 14] = [
    "not a format \\ ^ % {",
    "a",
    "",
    " ",
    "%",
    "{",
    "(",
    "\\",
    "0",
    "-",
    "example",
    "a b",
    "[",
    "/~",
];

fn known(format: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.name == format)
}

/// Whether what the format accepts is known at all.
pub(crate) fn is_known(format: &str) -> bool {
    known(format).is_some()
}

/// Whether everything of one format is of the other, too.
pub(crate) fn is_within(format: &str, other: &str) -> bool {
    format == other || known(format).is_some_and(|known| known.within.contains(&other))
}

/// Strings of the format.
pub(crate) fn examples(format: &str) -> &'static [&'static str] {
    known(format).map_or(&[], |known| known.examples)
}

/// A pattern that everything of the format matches.
pub(crate) fn shape(format: &str) -> Option<&'static str> {
    known(format)
        .map(|known| known.shape)
        .filter(|shape| !shape.is_empty())
}

thread_local! {
    static VALIDATORS: RefCell<HashMap<String, Option<Validator>>> = RefCell::default();
}

/// Whether a string is of a format, by the validator the server uses; unknown formats accept all.
pub(crate) fn accepts(format: &str, text: &str) -> bool {
    VALIDATORS.with_borrow_mut(|validators| {
        let validator = validators.entry(format.to_owned()).or_insert_with(|| {
            jsonschema::draft202012::options()
                .should_validate_formats(true)
                .build(&json!({ "format": format }))
                .ok()
        });
        let text = Value::String(text.to_owned());
        validator
            .as_ref()
            .is_none_or(|validator| validator.is_valid(&text))
    })
}

/// Strings of other formats.
pub(crate) fn similar(format: &str) -> Vec<&'static str> {
    let others = KNOWN.iter().filter(|known| known.name != format);
    others
        .flat_map(|known| known.examples.iter().copied())
        .collect()
}
