//! Every payload, argument and callback survives the way through Socket.IO's own encoding.
//!
//! Its serializer treats newtypes and tuples in its own way, so what `serde_json` writes says
//! nothing about it. Its deserializer is not on the way: the server reads frames itself, and needs
//! to, because that one refuses objects in which the key of a nested object holds an escape.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic, in its helpers too"
)]

use conformance::bundle::Bundle;
use conformance::values;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::Value;
use slop_schema::event::WireType;
use slop_schema::{ClientEvent, EventVisitor, ServerEvent, visit_events};
use socketioxide_core::parser::Parse;
use socketioxide_parser_common::CommonParser;

#[test]
fn every_value_survives_the_wire() {
    struct Types(Bundle);
    impl EventVisitor for Types {
        fn client<E: ClientEvent>(&mut self) {
            let schemas = self.0.event("client", E::NAME);
            if let Some(schema) = schemas.argument() {
                survives::<E::Argument>(Some(E::NAME), &schema);
            }
            survives::<E::Ack>(None, &schemas.callback());
        }
        fn server<E: ServerEvent>(&mut self) {
            let schema = self.0.event("server", E::NAME).argument().unwrap();
            survives::<E::Payload>(Some(E::NAME), &schema);
        }
    }
    visit_events(&mut Types(Bundle::read()));
}

/// With the name of the event for an event, without for a callback.
fn survives<T: WireType>(event: Option<&str>, schema: &Value) {
    let config = Config {
        failure_persistence: None,
        ..Config::default()
    };
    let result = TestRunner::new(config).run(&values::valid(schema), |value| {
        let sent: T = serde_json::from_value(value).unwrap();
        let written = serde_json::to_value(&sent).unwrap();

        let frame = CommonParser.encode_value(&sent, event).unwrap();
        let read: Vec<Value> = serde_json::from_str(frame.as_str().unwrap()).unwrap();
        let expected: Vec<_> = event
            .map(Value::from)
            .into_iter()
            .chain([written])
            .collect();
        prop_assert_eq!(&read, &expected);

        let received: T = serde_json::from_value(read.into_iter().next_back().unwrap()).unwrap();
        prop_assert_eq!(
            serde_json::to_value(received).ok(),
            expected.into_iter().next_back()
        );
        Ok(())
    });
    if let Err(failure) = result {
        panic!("{}: {failure}", std::any::type_name::<T>());
    }
}
