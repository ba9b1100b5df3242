//! The codec against another implementation, against known texts, and against anything at all.

use super::*;
use bytes::Bytes;
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use slop_schema::Namespace;
use slop_schema::session::HandshakeAuth;
use socketioxide_core::Value;
use socketioxide_core::packet::{Packet as Theirs, PacketData};
use socketioxide_core::parser::{Parse, ParseConfig, ParserState};
use socketioxide_parser_common::CommonParser;

fn namespaces() -> impl Strategy<Value = Namespace> {
    prop::sample::select(Namespace::ALL)
}

fn jsons() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        ".{0,12}".prop_map(Json::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::vec((".{0,6}", inner), 0..4)
                .prop_map(|fields| Json::Object(fields.into_iter().collect())),
        ]
    })
}

/// Their text of a packet, as a server sends it.
fn their_text(packet: Theirs) -> String {
    match CommonParser.encode(packet) {
        Value::Str(text, _) => text.to_string(),
        Value::Bytes(_) => panic!("the common parser writes text"),
    }
}

fn their_reading(packet: &str) -> Theirs {
    let text = packet.strip_prefix(MESSAGE).unwrap().to_owned();
    let (config, state) = (ParseConfig::default(), ParserState::default());
    CommonParser
        .decode_str(&config, &state, text.into())
        .unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_they_write_is_read(
        namespace in namespaces(),
        name in "[^\u{0}-\u{1f}\"\\\\]{1,12}",
        argument in jsons(),
        id in 0_i64..,
    ) {
        let data = CommonParser.encode_value(&argument, Some(&name)).unwrap();
        let text = their_text(Theirs::event(namespace.path(), data));
        let packet = Packet::read(&text).unwrap();
        prop_assert_eq!((packet.kind, packet.namespace), (Kind::Event, namespace.path()));
        prop_assert_eq!(event_name(packet.data).unwrap(), name);
        prop_assert_eq!(event_argument::<Json>(packet.data).unwrap(), argument.clone());
        prop_assert_eq!(event_arguments(packet.data).unwrap(), [argument.clone()]);

        let data = CommonParser.encode_value(&argument, None).unwrap();
        let text = their_text(Theirs::ack(namespace.path(), data, id));
        let packet = Packet::read(&text).unwrap();
        prop_assert_eq!((packet.kind, packet.id), (Kind::Ack, u64::try_from(id).ok()));
        prop_assert_eq!(ack_argument::<Json>(packet.data).unwrap(), argument);
    }

    #[test]
    fn what_is_written_they_read(
        namespace in namespaces(),
        name in "[^\u{0}-\u{1f}\"\\\\]{1,12}",
        argument in jsons(),
        id in prop::option::of(0_u64..=i64::MAX as u64),
    ) {
        let text = event(namespace, id, &name, Some(&argument.to_string()));
        let theirs = their_reading(&text);
        prop_assert_eq!(&*theirs.ns, namespace.path());
        let PacketData::Event(data, theirs_id) = theirs.inner else {
            panic!("not an event");
        };
        prop_assert_eq!(theirs_id, id.and_then(|id| i64::try_from(id).ok()));
        prop_assert_eq!(CommonParser.read_event(&data).unwrap(), &name);
        // Not by their reader of values, which refuses keys that hold an escape.
        let Value::Str(data, None) = data else {
            panic!("not text");
        };
        let read: Json = serde_json::from_str(&data).unwrap();
        prop_assert_eq!(read, json!([name, argument]));
    }

    #[test]
    fn every_name_survives(name in ".{0,20}") {
        let text = event(Namespace::Root, None, &name, None);
        let packet = Packet::read(&text[1..]).unwrap();
        prop_assert_eq!(event_name(packet.data).unwrap(), name);
        prop_assert!(event_argument::<Json>(packet.data).is_err());
        prop_assert_eq!(event_arguments(packet.data).unwrap(), Vec::<Json>::new());
    }

    #[test]
    fn nothing_makes_it_panic(text in prop_oneof![
        ".{0,40}",
        "[0-6][0-9]{0,22}-?(/[a-z?,]{0,8})?,?[0-9]{0,22}[\\[\\]{}\",:0-9a-z\\\\]{0,20}",
    ]) {
        if let Ok(packet) = Packet::read(&text) {
            prop_assert!(text.ends_with(packet.data));
            let _ = event_name(packet.data);
            let _ = event_argument::<Json>(packet.data);
            let _ = ack_argument::<HandshakeAuth>(packet.data);
            let _ = event_arguments(packet.data);
        }
    }
}

#[test]
fn texts_of_real_servers_are_read() {
    let read = |text| Packet::read(text).unwrap();
    let connect = read(r#"0/media,{"sid":"-_x"}"#);
    assert_eq!((connect.kind, connect.namespace), (Kind::Connect, "/media"));
    let refused = read(r#"4/media?a=b,{"message":"no"}"#);
    assert_eq!(
        (refused.kind, refused.namespace),
        (Kind::ConnectError, "/media")
    );
    assert_eq!(refused.data, r#"{"message":"no"}"#);
    let bye = read("1/media,");
    assert_eq!((bye.kind, bye.namespace), (Kind::Disconnect, "/media"));
    let binary = read(r#"52-/media,["x",{"_placeholder":true,"num":0},2]"#);
    assert_eq!((binary.kind, binary.attachments), (Kind::Event, 2));
    let ack = read("312[]");
    assert_eq!((ack.kind, ack.id, ack.data), (Kind::Ack, Some(12), "[]"));
    let spaced = read("2[ \"na\\u006de\" , 1 ]");
    assert_eq!(event_name(spaced.data).unwrap(), "name");
    assert_eq!(event_argument::<u8>(spaced.data).unwrap(), 1);
}

#[test]
fn texts_of_no_server_are_refused() {
    for (text, why) in [
        ("", Malformed::Empty),
        ("7", Malformed::UnknownType),
        ("é", Malformed::UnknownType),
        ("2", Malformed::NoArguments),
        ("2{}", Malformed::NoArguments),
        ("3[]", Malformed::BadId),
        ("399999999999999999999[]", Malformed::BadId),
        ("5[\"x\"]", Malformed::NoAttachmentCount),
        ("5-[\"x\"]", Malformed::NoAttachmentCount),
        ("5+1-[\"x\"]", Malformed::NoAttachmentCount),
        ("51025-[\"x\"]", Malformed::TooManyAttachments),
        (
            "599999999999999999999999-[\"x\"]",
            Malformed::TooManyAttachments,
        ),
    ] {
        assert_eq!(Packet::read(text).unwrap_err(), why, "{text}");
    }
    let deep = format!("[\"x\",{}", "[".repeat(100_000));
    assert!(event_argument::<Json>(&deep).is_err());
    for data in ["[\"x\",1", "[\"x\",1]]", "[\"x\" 1]", "[]", "[1,2", "[\"x"] {
        assert!(event_argument::<u8>(data).is_err(), "{data}");
    }
}

#[test]
fn connecting_and_leaving_name_the_namespace() {
    let auth = HandshakeAuth::new(Some("t\"".into()));
    let version = slop_schema::VERSION;
    assert_eq!(
        connect(Namespace::Media, &auth).unwrap(),
        format!(r#"40/media,{{"token":"t\"","protocolVersion":"{version}"}}"#)
    );
    assert_eq!(disconnect(Namespace::Root), "41");
    assert_eq!(disconnect(Namespace::Media), "41/media,");
    assert_eq!(
        event(Namespace::Root, Some(7), "ping", None),
        r#"427["ping"]"#
    );
}

#[test]
fn attachments_are_gathered_up_to_a_size() {
    let mut gathering = Gathering::new(json!(1), 2, 10);
    gathering.add(Bytes::from_static(b"12345")).unwrap();
    assert!(!gathering.is_complete());
    let error = gathering.add(Bytes::from_static(b"123456")).unwrap_err();
    assert_eq!(error, Malformed::AttachmentsTooLarge);
    gathering.add(Bytes::new()).unwrap();
    assert!(gathering.is_complete());
    assert_eq!(gathering.finish().1.unwrap().len(), 2);
}
