//! Sending: events to rooms, and answers to one socket without ever losing one.

use super::connection::Link;
use super::rooms;
use crate::publish::Address;
use serde::Serialize;
use slop_schema::ServerEvent;
use slop_schema::event::{MediaSubscribers, User};
use slop_schema::media::AboutMedia;
use slop_schema::protocol::Namespace;
use slop_schema::scalar::UserId;
use socketioxide::extract::{AckSender, SocketRef};
use socketioxide::handler::FromMessageParts;
use socketioxide::{SendError, SocketError, SocketIo};
use std::str::FromStr;
use std::time::{Duration, Instant};

/// How long an answer waits for room in a client's send buffer before the client is cut off.
const PATIENCE: Duration = Duration::from_secs(10);
/// Pause between two looks at a full send buffer.
const PAUSE: Duration = Duration::from_millis(2);
/// Pause between two attempts to say goodbye to a client that was cut off.
const PAUSE_BEFORE_GOODBYE: Duration = Duration::from_millis(50);

/// Sends events to everybody whom they concern.
#[derive(Clone)]
pub struct Emitter {
    io: SocketIo,
}

impl Emitter {
    pub(super) fn new(io: SocketIo) -> Self {
        Self { io }
    }

    /// Sends an event to all sockets of a user and returns how many there were.
    pub async fn to_user<E: ServerEvent<Audience = User>>(
        &self,
        user: &UserId,
        payload: &E::Payload,
    ) -> usize {
        self.broadcast::<E>(rooms::of_user(user), payload).await
    }

    /// Sends an event to all subscribers of the media item it is about and returns how many there
    /// were.
    pub async fn to_media_subscribers<E>(&self, payload: &E::Payload) -> usize
    where
        E: ServerEvent<Audience = MediaSubscribers>,
        E::Payload: AboutMedia,
    {
        self.broadcast::<E>(rooms::of_media(payload.media_id()), payload)
            .await
    }

    /// Sends an event that was checked by [`crate::publish`] and returns how many sockets it
    /// reached.
    pub(crate) async fn publish<T: Serialize>(
        &self,
        namespace: Namespace,
        address: &Address,
        event: &str,
        payload: &T,
    ) -> usize {
        let room = match address {
            Address::Media(media) => rooms::of_media(media),
            Address::User(user) => rooms::of_user(user),
            Address::Room(room) => room.to_string(),
        };
        self.broadcast_on(namespace, room, event, payload).await
    }

    /// Whether a name is the id of a connected socket.
    #[must_use]
    pub fn is_socket_id(&self, name: &str) -> bool {
        socketioxide::socket::Sid::from_str(name).is_ok_and(|id| {
            Namespace::ALL
                .iter()
                .filter_map(|namespace| self.io.of(namespace.path()))
                .any(|namespace| namespace.get_socket(id).is_some())
        })
    }

    async fn broadcast<E: ServerEvent>(&self, room: String, payload: &E::Payload) -> usize {
        let mut reached = 0;
        for namespace in E::NAMESPACES {
            reached += self
                .broadcast_on(*namespace, room.clone(), E::NAME, payload)
                .await;
        }
        reached
    }

    async fn broadcast_on<T: Serialize>(
        &self,
        namespace: Namespace,
        room: String,
        event: &str,
        payload: &T,
    ) -> usize {
        let Some(operators) = self.io.of(namespace.path()) else {
            return 0;
        };
        let audience = operators.within(room);
        let reached = audience.clone().sockets().len();
        if let Err(error) = audience.emit(event, payload).await {
            tracing::warn!(event, %error, "an event did not reach every socket");
        }
        reached
    }
}

/// Sends an event to one socket; waits while the socket's send buffer is full.
pub(super) async fn to_socket<E: ServerEvent>(link: &Link, payload: &E::Payload) {
    deliver(link, || link.socket.emit(E::NAME, payload)).await;
}

/// Calls a client back; waits while the socket's send buffer is full.
pub(super) async fn call_back<T: Serialize>(link: &Link, ack_id: Option<i64>, answer: &T) {
    if ack_id.is_none() {
        return;
    }
    deliver(link, || {
        let mut no_value = socketioxide_core::Value::Str("".into(), None);
        let Ok(sender) = AckSender::from_message_parts(&link.socket, &mut no_value, &ack_id);
        sender.send(answer)
    })
    .await;
}

/// `emit` never waits and loses what does not fit: so this asks again until there is room.
async fn deliver(link: &Link, mut attempt: impl FnMut() -> Result<(), SendError>) {
    let mut since: Option<Instant> = None;
    loop {
        match attempt() {
            Err(SendError::Socket(SocketError::InternalChannelFull)) => {
                if since.get_or_insert_with(Instant::now).elapsed() >= PATIENCE {
                    return cut_off(link);
                }
                tokio::time::sleep(PAUSE).await;
            }
            Err(SendError::Socket(SocketError::Closed)) | Ok(()) => return,
            Err(error) => {
                tracing::error!(%error, "an answer could not be encoded");
                return;
            }
        }
    }
}

/// Disconnects a client that does not read. It reconnects and asks for what it missed.
pub(super) fn cut_off(link: &Link) {
    tracing::warn!("client cut off: it does not read what it is sent");
    disconnect(link);
}

/// Disconnects a socket from its namespace; nothing more is done for it.
pub(super) fn disconnect(link: &Link) {
    link.connection.inbox.close();
    link.connection.close();
    let socket = link.socket.clone();
    tokio::spawn(async move {
        // A full send buffer has no room for the goodbye: until there is, the socket stays.
        while let Err(SocketError::InternalChannelFull) =
            SocketRef::from(socket.clone()).disconnect()
        {
            tokio::time::sleep(PAUSE_BEFORE_GOODBYE).await;
        }
    });
}
