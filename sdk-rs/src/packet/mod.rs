//! Packets: the text of Socket.IO (protocol 5) inside Engine.IO (protocol 4), as a client reads and
//! writes it.
//!
//! Reading borrows: a packet is a few slices of the text that was received, and arguments are only
//! read as the type that somebody wants. Nothing here trusts the server.

mod arguments;

mod binary;

mod write;

#[cfg(test)]
mod tests;

pub(crate) use arguments::{ack_argument, ack_arguments, event_argument, event_arguments};
pub(crate) use binary::{Attachments, Gathering};
pub(crate) use write::{ask_after, connect, disconnect, event};

use std::borrow::Cow;

/// First byte of an Engine.IO message that carries a Socket.IO packet.
pub(crate) const MESSAGE: char = '4';

/// What a packet is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Connect,
    Disconnect,
    Event,
    Ack,
    ConnectError,
}

/// A Socket.IO packet, borrowed from the text it came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Packet<'a> {
    pub(crate) kind: Kind,
    /// How many binary messages follow that belong to this packet.
    pub(crate) attachments: usize,
    /// Path of the namespace, without a query.
    pub(crate) namespace: &'a str,
    pub(crate) id: Option<u64>,
    /// JSON, or nothing.
    pub(crate) data: &'a str,
}

/// Why a text is no packet. Never holds what was received.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Malformed {
    #[error("an empty message")]
    Empty,
    #[error("a packet of an unknown type")]
    UnknownType,
    #[error("a packet with too many attachments")]
    TooManyAttachments,
    #[error("a binary packet that does not count its attachments")]
    NoAttachmentCount,
    #[error("an acknowledgement without a usable number")]
    BadId,
    #[error("a packet without arguments")]
    NoArguments,
    #[error("an attachment that no packet announced")]
    UnexpectedAttachment,
    #[error("attachments above the size limit")]
    AttachmentsTooLarge,
    #[error("a packet before the attachments of the one before it")]
    MissingAttachment,
}

/// More attachments than any event has.
const MAX_ATTACHMENTS: usize = 1024;

impl<'a> Packet<'a> {
    /// Reads the text after Engine.IO's `4`.
    pub(crate) fn read(text: &'a str) -> Result<Self, Malformed> {
        let (kind, is_binary) = match text.as_bytes().first() {
            None => return Err(Malformed::Empty),
            Some(b'0') => (Kind::Connect, false),
            Some(b'1') => (Kind::Disconnect, false),
            Some(b'2') => (Kind::Event, false),
            Some(b'3') => (Kind::Ack, false),
            Some(b'4') => (Kind::ConnectError, false),
            Some(b'5') => (Kind::Event, true),
            Some(b'6') => (Kind::Ack, true),
            Some(_) => return Err(Malformed::UnknownType),
        };
        let mut rest = &text[1..];
        let attachments = if is_binary {
            attachment_count(&mut rest)?
        } else {
            0
        };
        let namespace = namespace(&mut rest);
        let id = number(&mut rest)?;
        let packet = Self {
            kind,
            attachments,
            namespace,
            id,
            data: rest,
        };
        packet.check()
    }

    fn check(self) -> Result<Self, Malformed> {
        match self.kind {
            Kind::Event | Kind::Ack if !self.data.starts_with('[') => Err(Malformed::NoArguments),
            Kind::Ack if self.id.is_none() => Err(Malformed::BadId),
            _ => Ok(self),
        }
    }
}

fn attachment_count(rest: &mut &str) -> Result<usize, Malformed> {
    let (count, after) = rest.split_once('-').ok_or(Malformed::NoAttachmentCount)?;
    let is_number = !count.is_empty() && count.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number {
        return Err(Malformed::NoAttachmentCount);
    }
    let count = count
        .parse()
        .ok()
        .filter(|count| *count <= MAX_ATTACHMENTS)
        .ok_or(Malformed::TooManyAttachments)?;
    *rest = after;
    Ok(count)
}

fn namespace<'a>(rest: &mut &'a str) -> &'a str {
    if !rest.starts_with('/') {
        return "/";
    }
    let (path, after) = rest.split_once(',').unwrap_or((*rest, ""));
    *rest = after;
    path.split_once('?').map_or(path, |(path, _)| path)
}

fn number(rest: &mut &str) -> Result<Option<u64>, Malformed> {
    let digits = rest
        .bytes()
        .position(|byte| !byte.is_ascii_digit())
        .unwrap_or(rest.len());
    if digits == 0 {
        return Ok(None);
    }
    let (number, after) = rest.split_at(digits);
    *rest = after;
    number.parse().map(Some).map_err(|_| Malformed::BadId)
}

/// The name of an event: the first of its arguments.
pub(crate) fn event_name(data: &str) -> Option<Cow<'_, str>> {
    let first = data.strip_prefix('[')?.trim_start();
    let inner = first.strip_prefix('"')?;
    let end = inner
        .bytes()
        .position(|byte| matches!(byte, b'"' | b'\\'))?;
    if inner.as_bytes()[end] == b'"' {
        return Some(Cow::Borrowed(&inner[..end]));
    }
    let mut values = serde_json::Deserializer::from_str(first).into_iter::<String>();
    values.next()?.ok().map(Cow::Owned)
}
