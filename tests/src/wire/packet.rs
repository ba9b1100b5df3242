//! Socket.IO packets of the text kind, as a client reads and writes them.

use serde_json::{Value, json};

/// What a client receives.
#[derive(Debug, Clone, PartialEq)]
pub enum Received {
    /// CONNECT: the namespace is open.
    Connected {
        /// The socket's id.
        sid: String,
    },
    /// CONNECT_ERROR: the namespace was refused.
    Refused {
        /// Why.
        message: String,
    },
    /// EVENT.
    Event {
        /// Its name.
        event: String,
        /// Its arguments.
        arguments: Vec<Value>,
    },
    /// ACK.
    Callback {
        /// The id that the client chose.
        id: u64,
        /// Its arguments.
        arguments: Vec<Value>,
    },
    /// DISCONNECT.
    Disconnected,
    /// The connection ended, or never came to be.
    Closed {
        /// How.
        reason: String,
    },
}

impl Received {
    /// The socket's conversation ends with it.
    #[must_use]
    pub fn is_end(&self) -> bool {
        matches!(self, Self::Disconnected | Self::Closed { .. })
    }
}

/// What a client sends, on one namespace.
#[derive(Debug, Clone, PartialEq)]
pub enum Sent {
    /// CONNECT.
    Connect(Option<Value>),
    /// EVENT, with the id of its callback.
    Event(Option<u64>, Vec<Value>),
    /// DISCONNECT.
    Disconnect,
}

impl Sent {
    /// The Engine.IO message that carries it.
    #[must_use]
    pub fn encode(&self, namespace: &str) -> String {
        let place = match namespace {
            "/" => String::new(),
            other => format!("{other},"),
        };
        match self {
            Self::Connect(None) => format!("40{place}"),
            Self::Connect(Some(auth)) => format!("40{place}{auth}"),
            Self::Event(None, values) => format!("42{place}{}", json!(values)),
            Self::Event(Some(id), values) => format!("42{place}{id}{}", json!(values)),
            Self::Disconnect => format!("41{place}"),
        }
    }
}

impl Received {
    /// Reads a packet for this namespace; `None` when it is for another one.
    ///
    /// # Errors
    /// When it is no packet; the message says why.
    pub fn decode(packet: &str, namespace: &str) -> Result<Option<Self>, String> {
        let (kind, rest) = packet.split_at_checked(1).ok_or("an empty packet")?;
        let (place, rest) = match rest.starts_with('/') {
            true => rest.split_once(',').unwrap_or((rest, "")),
            false => ("/", rest),
        };
        if place != namespace {
            return Ok(None);
        }
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (id, data) = rest.split_at(digits);
        let values = || serde_json::from_str::<Vec<Value>>(data).map_err(|e| e.to_string());
        let object = || serde_json::from_str::<Value>(data).map_err(|e| e.to_string());
        let text = |value: &Value, key: &str| value[key].as_str().map(str::to_owned);
        Ok(Some(match kind {
            "0" => Self::Connected {
                sid: text(&object()?, "sid").ok_or("CONNECT without sid")?,
            },
            "1" => Self::Disconnected,
            "2" => {
                let mut arguments = values()?;
                if arguments.is_empty() {
                    return Err("an EVENT without a name".to_owned());
                }
                let event = arguments.remove(0);
                let event = event
                    .as_str()
                    .ok_or("an EVENT whose name is no string")?
                    .to_owned();
                Self::Event { event, arguments }
            }
            "3" => Self::Callback {
                id: id.parse().map_err(|_| "an ACK without id")?,
                arguments: values()?,
            },
            "4" => Self::Refused {
                message: text(&object()?, "message").ok_or("CONNECT_ERROR without message")?,
            },
            _ => return Err(format!("a packet of kind {kind}, which no story asks for")),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_are_written_as_the_protocol_says() {
        let event = Sent::Event(Some(12), vec![json!("a"), json!({"b": 1})]);
        assert_eq!(event.encode("/media"), r#"42/media,12["a",{"b":1}]"#);
        assert_eq!(Sent::Connect(None).encode("/"), "40");
        let connect = Sent::Connect(Some(json!({"token": "t"})));
        assert_eq!(connect.encode("/media"), r#"40/media,{"token":"t"}"#);
        assert_eq!(Sent::Disconnect.encode("/"), "41");
    }

    #[test]
    fn packets_are_read_for_one_namespace() {
        let read = |packet| Received::decode(packet, "/media");
        assert_eq!(read(r#"2["a"]"#), Ok(None));
        let event = Received::Event {
            event: "a".to_owned(),
            arguments: vec![json!(1)],
        };
        assert_eq!(read(r#"2/media,["a",1]"#), Ok(Some(event)));
        let callback = Received::Callback {
            id: 7,
            arguments: vec![],
        };
        assert_eq!(read("3/media,7[]"), Ok(Some(callback)));
        let refused = Received::Refused {
            message: "no".to_owned(),
        };
        assert_eq!(read(r#"4/media,{"message":"no"}"#), Ok(Some(refused)));
        assert_eq!(read("1/media,"), Ok(Some(Received::Disconnected)));
        assert!(read("2/media,[]").is_err());
        assert!(read("").is_err());
    }
}
