//! A server event where a client's is needed.

use slop_schema::ClientEvent;

fn send<E: ClientEvent>() {}

fn main() {
    send::<slop_schema::protocol::Welcome>();
}
