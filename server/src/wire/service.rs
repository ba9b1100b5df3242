//! The Socket.IO service with all namespaces mounted.

use super::admission::{Admission, Arriving};
use super::dispatch::Routes;
use super::emit::Emitter;
use super::validate::{BundleError, Validators};
use crate::app::App;
use slop_schema::protocol::Namespace;
use socketioxide::layer::SocketIoLayer;
use socketioxide::{SocketIo, TransportType};
use std::collections::HashSet;

/// Largest message a client may send: holds a prompt of 100000 characters, all escaped.
const MAX_MESSAGE_BYTES: usize = 2 * 1024 * 1024;
/// Packets that may wait to be sent to one client.
const SEND_BUFFER_PACKETS: usize = 512;
/// Bytes a WebSocket reads at once. Events are small; every idle connection holds this buffer.
const WEBSOCKET_READ_BUFFER_BYTES: usize = 512;

/// The running wire.
#[derive(Clone)]
pub struct Wire {
    io: SocketIo,
}

impl Wire {
    /// How many connections are by long polling.
    pub fn polling_connections(&self) -> usize {
        let namespaces = Namespace::ALL.iter();
        let sockets = namespaces
            .filter_map(|namespace| self.io.of(namespace.path()))
            .flat_map(|namespace| namespace.sockets());
        let polling = sockets.filter(|socket| socket.transport_type() == TransportType::Polling);
        polling
            .map(|socket| socket.id)
            .collect::<HashSet<_>>()
            .len()
    }

    /// Disconnects all sockets.
    pub async fn close(&self) {
        self.io.close().await;
    }
}

/// Mounts all namespaces of the protocol.
///
/// # Errors
/// When the embedded schema bundle cannot be used.
pub fn build(
    make_app: impl FnOnce(Emitter, Validators) -> App,
) -> Result<(SocketIoLayer, Wire, App), BundleError> {
    let (layer, io) = SocketIo::builder()
        .max_payload(MAX_MESSAGE_BYTES as u64)
        .ws_max_message_size(MAX_MESSAGE_BYTES)
        .ws_max_frame_size(MAX_MESSAGE_BYTES)
        .ws_read_buffer_size(WEBSOCKET_READ_BUFFER_BYTES)
        .max_buffer_size(SEND_BUFFER_PACKETS)
        .build_layer();
    let validators = Validators::compile()?;
    let app = make_app(Emitter::new(io.clone()), validators.clone());
    for namespace in Namespace::ALL.iter().copied() {
        let routes = Routes::mount(namespace, &validators, &app);
        io.ns(
            namespace.path(),
            Admission {
                app: app.clone(),
                namespace,
                routes,
                arriving: Arriving::default(),
            },
        );
    }
    Ok((layer, Wire { io }, app))
}
