//! Publishing: which events other services may send, to whom, and by which rules.

use crate::app::App;
use crate::refusal::Refusal;
use serde::Deserialize;
use serde_json::Value;
use slop_schema::error::ErrorDetail;
use slop_schema::event::{AudienceKind, EventVisitor};
use slop_schema::protocol::Namespace;
use slop_schema::scalar::{JsonObject, MediaId, RoomName, UserId};
use slop_schema::{ClientEvent, ServerEvent, visit_events};

/// Names with a meaning of their own in Socket.IO.
const SOCKET_IO_NAMES: [&str; 6] = [
    "connect",
    "connect_error",
    "disconnect",
    "disconnecting",
    "newListener",
    "removeListener",
];
const MAX_EVENT_NAME_CHARS: usize = 128;

/// Whom an event goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// The subscribers of a media item.
    Media(MediaId),
    /// The sockets of a user.
    User(UserId),
    /// The sockets in a room that clients joined.
    Room(RoomName),
}

type ReadAddress = fn(&str) -> Option<Address>;

impl Address {
    /// The fields of `POST /publish` that hold an address.
    pub const FIELDS: [(&'static str, ReadAddress); 3] = [
        ("mediaId", |id| MediaId::new(id).ok().map(Self::Media)),
        ("userId", |id| UserId::new(id).ok().map(Self::User)),
        ("room", |name| RoomName::new(name).ok().map(Self::Room)),
    ];
}

/// Why something was not published.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PublishError {
    /// The body is something else.
    #[error("The body must be {0}")]
    Body(String),
    /// A field is not there.
    #[error("{0} is required")]
    Missing(&'static str),
    /// A field holds something else.
    #[error("{0} must be {1}")]
    Field(&'static str, &'static str),
    /// Not exactly one address.
    #[error("Exactly one of mediaId, userId and room is required")]
    Address,
    /// No namespace of the protocol.
    #[error("namespace is not known")]
    Namespace,
    /// An event of the protocol that the server sends by itself only.
    #[error("This event is not for publishing")]
    NotPublishable,
    /// An event goes to another kind of address.
    #[error("This event needs {0}")]
    WrongAddress(&'static str),
    /// An event that the protocol does not declare.
    #[error("An event that the protocol does not declare may only go to a room of /")]
    Undeclared,
    /// A name that cannot be used.
    #[error("The name of the event is reserved, empty or too long")]
    EventName,
    /// A room of the server's own.
    #[error("Room is reserved")]
    RoomReserved,
    /// The payload breaks the rules of its event.
    #[error("{}", Refusal::InvalidPayload(.0.clone()).sentence())]
    Payload(Vec<ErrorDetail>),
}

impl PublishError {
    /// The broken rules of the payload, with their places.
    #[must_use]
    pub fn into_details(self) -> Vec<ErrorDetail> {
        match self {
            Self::Payload(details) => details,
            _ => Vec::new(),
        }
    }
}

/// Publishes an event and returns how many sockets it reached.
///
/// # Errors
/// When the event, its address or its payload is not one that may be published.
pub(crate) async fn publish(
    app: &App,
    namespace: &str,
    event: &str,
    address: Address,
    payload: Value,
) -> Result<usize, PublishError> {
    let namespace = Namespace::from_path(namespace).ok_or(PublishError::Namespace)?;
    match Declared::find(namespace, event) {
        Some(declared) => {
            publish_declared(app, namespace, event, &declared, address, payload).await
        }
        None => publish_undeclared(app, namespace, event, address, payload).await,
    }
}

async fn publish_declared(
    app: &App,
    namespace: Namespace,
    event: &str,
    declared: &Declared,
    address: Address,
    payload: Value,
) -> Result<usize, PublishError> {
    let audience = declared.audience.ok_or(PublishError::NotPublishable)?;
    match (audience, &address) {
        (AudienceKind::MediaSubscribers, Address::Media(_))
        | (AudienceKind::User, Address::User(_)) => {}
        (AudienceKind::MediaSubscribers, _) => return Err(PublishError::WrongAddress("mediaId")),
        (AudienceKind::User, _) => return Err(PublishError::WrongAddress("userId")),
        (AudienceKind::Socket | AudienceKind::Process, _) => {
            return Err(PublishError::NotPublishable);
        }
    }
    if let Some(rules) = app.validators().of_server_event(event) {
        rules.check(&payload).map_err(PublishError::Payload)?;
    }
    if let Address::Media(media) = &address {
        check_media_id(media, &payload)?;
    }
    let payload = (declared.normalize)(payload)?;
    Ok(app
        .emitter()
        .publish(namespace, &address, event, &payload)
        .await)
}

async fn publish_undeclared(
    app: &App,
    namespace: Namespace,
    event: &str,
    address: Address,
    payload: Value,
) -> Result<usize, PublishError> {
    let (Namespace::Root, Address::Room(room)) = (namespace, &address) else {
        return Err(PublishError::Undeclared);
    };
    let Value::Object(payload) = payload else {
        return Err(PublishError::Field("payload", "an object"));
    };
    publish_to_room(app, room, event, &payload).await
}

/// Publishes an event of the application's own to a room that clients joined.
///
/// # Errors
/// When the room is one of the server's, or the name is taken by the protocol or by Socket.IO.
pub(crate) async fn publish_to_room(
    app: &App,
    room: &RoomName,
    event: &str,
    payload: &JsonObject,
) -> Result<usize, PublishError> {
    let is_usable = (1..=MAX_EVENT_NAME_CHARS).contains(&event.chars().count());
    let is_taken =
        SOCKET_IO_NAMES.contains(&event) || Declared::find(Namespace::Root, event).is_some();
    if !is_usable || is_taken {
        return Err(PublishError::EventName);
    }
    if app.is_server_room(room) {
        return Err(PublishError::RoomReserved);
    }
    let address = Address::Room(room.clone());
    Ok(app
        .emitter()
        .publish(Namespace::Root, &address, event, payload)
        .await)
}

fn check_media_id(media: &MediaId, payload: &Value) -> Result<(), PublishError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct About {
        media_id: MediaId,
    }
    match About::deserialize(payload) {
        Ok(about) if about.media_id == *media => Ok(()),
        _ => Err(PublishError::Payload(vec![ErrorDetail::new(
            "/mediaId",
            "mediaId must equal the mediaId that the event is sent to",
        )])),
    }
}

/// What the table says about a name on a namespace.
struct Declared {
    /// Who receives it; `None` for an event that clients send.
    audience: Option<AudienceKind>,
    /// Reads the payload as its type and writes it again: only what is declared is sent.
    normalize: fn(Value) -> Result<Value, PublishError>,
}

impl Declared {
    fn find(namespace: Namespace, name: &str) -> Option<Self> {
        let mut search = Search {
            namespace,
            name,
            found: None,
        };
        visit_events(&mut search);
        search.found
    }
}

struct Search<'a> {
    namespace: Namespace,
    name: &'a str,
    found: Option<Declared>,
}

impl EventVisitor for Search<'_> {
    fn client<E: ClientEvent>(&mut self) {
        if E::NAME == self.name && E::NAMESPACES.contains(&self.namespace) {
            self.found = Some(Declared {
                audience: None,
                normalize: Ok,
            });
        }
    }

    fn server<E: ServerEvent>(&mut self) {
        if E::NAME == self.name && E::NAMESPACES.contains(&self.namespace) {
            self.found = Some(Declared {
                audience: Some(E::AUDIENCE),
                normalize: normalize::<E>,
            });
        }
    }
}

fn normalize<E: ServerEvent>(payload: Value) -> Result<Value, PublishError> {
    serde_json::from_value::<E::Payload>(payload)
        .and_then(serde_json::to_value)
        .map_err(|_| PublishError::Payload(Vec::new()))
}
