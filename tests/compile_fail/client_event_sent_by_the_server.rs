//! A client event where a server's is needed.

use slop_schema::ServerEvent;

fn emit<E: ServerEvent>() {}

fn main() {
    emit::<slop_schema::protocol::JoinRoom>();
}
