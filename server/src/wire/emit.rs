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
use tokio::sync::Mutex;

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

async fn deliver(link: &Link, mut attempt: impl FnMut() -> Result<(), SendError>) {
    let connection = &link.connection;
    let attempt = || match attempt() {
        // Who was cut off is sent nothing more, also when it was others' turn until now.
        Err(SendError::Socket(SocketError::InternalChannelFull)) if !connection.is_closed() => {
            Attempt::Full
        }
        Err(SendError::Socket(_)) | Ok(()) => Attempt::Over,
        Err(error) => {
            tracing::error!(%error, "an answer could not be encoded");
            Attempt::Over
        }
    };
    if !in_turn(&connection.sending, PATIENCE, attempt).await {
        cut_off(link);
    }
}

enum Attempt {
    /// There is no room in the send buffer.
    Full,
    /// It was sent, or never will be.
    Over,
}

/// `emit` never waits and loses what does not fit: so this asks again until there is room. One
/// after the other, or those with bad luck would wait for ever while the client reads. False when
/// there was no room for as long as patience lasts.
async fn in_turn(
    turns: &Mutex<()>,
    patience: Duration,
    mut attempt: impl FnMut() -> Attempt,
) -> bool {
    let _turn = turns.lock().await;
    let mut since: Option<Instant> = None;
    while let Attempt::Full = attempt() {
        if since.get_or_insert_with(Instant::now).elapsed() >= patience {
            return false;
        }
        tokio::time::sleep(PAUSE).await;
    }
    true
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    const PATIENCE: Duration = Duration::from_secs(1);
    const MESSAGES: u32 = 40;

    fn run(work: impl Future<Output = ()>) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build();
        runtime.unwrap().block_on(work);
    }

    #[test]
    fn a_slow_reader_gets_everything_though_the_last_message_waits_longer_than_patience_lasts() {
        // All of them take twice as long as one may wait.
        let reads_one_in = 2 * PATIENCE / MESSAGES;
        let (turns, begun, sent) = (Mutex::new(()), Instant::now(), Cell::new(0));
        let messages = (0..MESSAGES).map(|_| {
            in_turn(&turns, PATIENCE, || {
                if begun.elapsed() < reads_one_in * (sent.get() + 1) {
                    return Attempt::Full;
                }
                sent.set(sent.get() + 1);
                Attempt::Over
            })
        });
        run(async {
            let delivered = futures_util::future::join_all(messages).await;
            assert!(delivered.into_iter().all(|is_delivered| is_delivered));
        });
        assert_eq!(sent.get(), MESSAGES);
    }

    #[test]
    fn a_client_that_reads_nothing_is_given_up() {
        run(async {
            let turns = Mutex::new(());
            let patience = Duration::from_millis(20);
            assert!(!in_turn(&turns, patience, || Attempt::Full).await);
            // Whoever comes next is not held up.
            assert!(in_turn(&turns, patience, || Attempt::Over).await);
        });
    }
}
