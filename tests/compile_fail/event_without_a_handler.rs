//! A client event that the server does not handle.

use slop_schema::ClientEvent;
use slop_schema::event::{AccessLevel, Anyone, Argument};
use slop_schema::protocol::Namespace;
use slop_schema::rooms::RoomCallback;
use slop_server::compile_fail::{App, Handle};

enum Shout {}

impl ClientEvent for Shout {
    const NAME: &'static str = "shout";
    const NAMESPACES: &'static [Namespace] = &[Namespace::Root];
    const DOCS: &'static str = "";
    const ARGUMENT: Option<Argument> = None;
    type Argument = ();
    type Payload = ();
    type Ack = RoomCallback;
    type Access = Anyone;
    const ACCESS: AccessLevel = AccessLevel::Anyone;
}

fn mounted<H: Handle<Shout>>() {}

fn main() {
    mounted::<App>();
}
