//! Serde and JSON Schema say the same about every type of the protocol.
//!
//! Walks the table, so that a new event is tested by being declared. For each type: what the
//! schema accepts deserializes; what deserializes satisfies the schema, but for the exceptions
//! that [`is_known_exception`] names; what serializes satisfies the schema.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic, in its helpers too"
)]

use conformance::bundle::{Bundle, validator};
use conformance::{mutations, values};
use jsonschema::error::{TypeKind, ValidationError, ValidationErrorKind};
use jsonschema::{JsonType, Validator};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::Value;
use slop_schema::event::WireType;
use slop_schema::{ClientEvent, EventVisitor, ServerEvent, visit_events};

#[test]
fn serde_and_the_schema_agree_on_what_clients_write() {
    struct Arguments(Bundle);
    impl EventVisitor for Arguments {
        fn handshake<A: WireType>(&mut self) {
            agree::<A>("handshake", &self.0.handshake());
        }
        fn client<E: ClientEvent>(&mut self) {
            let schema = self.0.event("client", E::NAME).argument();
            assert_eq!(schema.is_some(), E::ARGUMENT.is_some());
            if let Some(schema) = schema {
                agree::<E::Argument>(&format!("argument of {}", E::NAME), &schema);
            }
        }
        fn server<E: ServerEvent>(&mut self) {}
    }
    visit_events(&mut Arguments(Bundle::read()));
}

#[test]
fn serde_and_the_schema_agree_on_what_the_server_writes() {
    struct Payloads(Bundle);
    impl EventVisitor for Payloads {
        fn client<E: ClientEvent>(&mut self) {
            let schema = self.0.event("client", E::NAME).callback();
            agree::<E::Ack>(&format!("callback of {}", E::NAME), &schema);
        }
        fn server<E: ServerEvent>(&mut self) {
            let schema = self.0.event("server", E::NAME).argument().unwrap();
            agree::<E::Payload>(&format!("payload of {}", E::NAME), &schema);
        }
    }
    visit_events(&mut Payloads(Bundle::read()));
}

fn agree<T: WireType>(what: &str, schema: &Value) {
    let validator = validator(schema);
    let check = |value| agree_on::<T>(&validator, &value);
    run(what, values::valid(schema), |value| {
        prop_assert!(
            validator.is_valid(&value),
            "the generator made an invalid value"
        );
        check(value)
    });
    run(what, mutations::mutated(schema), check);
}

fn run(
    what: &str,
    values: BoxedStrategy<Value>,
    test: impl Fn(Value) -> Result<(), TestCaseError>,
) {
    let config = Config {
        failure_persistence: None,
        ..Config::default()
    };
    if let Err(failure) = TestRunner::new(config).run(&values, test) {
        panic!("{what}: {failure}");
    }
}

fn agree_on<T: WireType>(validator: &Validator, value: &Value) -> Result<(), TestCaseError> {
    // As on the wire: text is parsed once, and the same value is validated and deserialized.
    let text = value.to_string();
    let value: Value = serde_json::from_str(&text).unwrap();
    let read = serde_json::from_value::<T>(value.clone());
    let errors: Vec<_> = validator.iter_errors(&value).collect();
    match read {
        Err(error) => prop_assert!(
            !errors.is_empty() || is_whole_float_exit_code(&value),
            "the schema accepts {text}, serde does not: {error}"
        ),
        Ok(read) if errors.is_empty() => {
            let written = serde_json::to_value(read).unwrap();
            prop_assert!(validator.is_valid(&written), "written as {written}");
        }
        Ok(_) => prop_assert!(
            errors.iter().all(is_known_exception),
            "serde accepts {text}, the schema does not: {errors:?}"
        ),
    }
    Ok(())
}

/// What serde accepts beyond the schema; harmless, as nothing reaches serde unvalidated.
fn is_known_exception(error: &ValidationError<'_>) -> bool {
    match error.kind() {
        // A derived struct also reads its fields from an array, in their order.
        ValidationErrorKind::Type {
            kind: TypeKind::Single(JsonType::Object),
        } => error.instance().is_array(),
        // Codes of a newer protocol are kept; `{"SOMETHING": …}` and the like are not.
        ValidationErrorKind::Enum { .. } => {
            error.instance().is_string() && error.instance_path().as_str().ends_with("/code")
        }
        _ => false,
    }
}

/// What the schema accepts beyond serde: JSON Schema counts `1.0` as an integer, and an exit code
/// is read by Rust clients only, from a server that never writes it so.
fn is_whole_float_exit_code(value: &Value) -> bool {
    value.pointer("/result/exitCode").is_some_and(Value::is_f64)
}
