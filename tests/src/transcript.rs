//! A transcript: who connects, what each sends, what each must receive, in which order.
//!
//! What a socket receives stands in the order in which the server must send it. Whatever a story
//! does not mention must not arrive. `tests/transcripts/README.md` describes the file for its readers.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt;

/// One recorded story.
#[derive(Debug, Clone, PartialEq)]
pub struct Transcript {
    /// `<area>/<story>`, where the file lies.
    pub story: String,
    /// What the story tells, with the document's section or the decision it comes from.
    pub about: String,
    /// What a server must offer so that the story can be told.
    pub needs: Vec<Need>,
    /// The sockets by their names in the story.
    pub clients: BTreeMap<String, Client>,
    /// What happens.
    pub steps: Vec<Step>,
}

/// What a story needs beside a server that listens.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// `POST /publish` and its token.
    Publish,
    /// The scripted Claude CLI behind the server.
    Claude,
    /// A Redis of the replay's own behind the server.
    Redis,
    /// A server that refuses clients of another version: neither the document nor the decisions ask
    /// for it.
    Versions,
    /// A server with these settings; see [`crate::configurations`].
    Config(String),
}

/// How a socket connects.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Client {
    /// `/`, `/media` or `/notifications`.
    pub namespace: String,
    /// What it sends with its CONNECT.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth: Option<Value>,
    /// Headers of its HTTP requests.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
}

/// One step of a story.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// What a socket does or meets.
    Socket {
        /// The socket's name.
        client: String,
        /// What it does or meets.
        act: Act,
    },
    /// An HTTP request and its answer.
    Request(Request),
    /// The Redis behind the server stops or starts again, empty.
    Redis(RedisStep),
    /// Nothing happens for a while.
    Wait {
        /// Milliseconds.
        ms: u64,
        /// What the story waits for.
        because: String,
    },
}

/// What a socket does or meets.
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    /// It connects, and the server lets it.
    Connects,
    /// It connects, and the server refuses the namespace.
    IsRefused {
        /// The message of the refusal.
        message: String,
    },
    /// It sends an event.
    Emits {
        /// The event's name.
        event: String,
        /// Its arguments.
        arguments: Vec<Value>,
        /// The number of the callback it asks for.
        callback: Option<u32>,
    },
    /// It receives an event.
    Receives {
        /// The event's name.
        event: String,
        /// Its payload.
        payload: Value,
    },
    /// The callback it asked for comes.
    IsCalledBack {
        /// The number of the callback.
        callback: u32,
        /// What the callback carries.
        with: Value,
    },
    /// It disconnects.
    Disconnects,
    /// The server disconnects it.
    IsDisconnected,
}

/// What becomes of Redis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RedisStep {
    /// It is killed.
    Stops,
    /// It is started again on the same port, empty.
    Starts,
}

/// An HTTP request and the answer it must get.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// Method and path.
    pub request: String,
    /// Its headers.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Its JSON body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// The status of the answer.
    pub status: u16,
    /// The JSON body of the answer, of which more fields may come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Value>,
    /// Texts that the body of the answer must hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<String>,
}

/// A file that is not a transcript.
#[derive(Debug, thiserror::Error)]
#[error("{story}: {problem}")]
pub struct NotATranscript {
    /// Which story.
    pub story: String,
    /// What is wrong with its file.
    pub problem: String,
}

#[derive(Serialize, Deserialize)]
struct File {
    about: String,
    #[serde(default)]
    needs: Vec<String>,
    clients: BTreeMap<String, Client>,
    steps: Vec<Map<String, Value>>,
}

impl Transcript {
    /// Reads the text of a transcript.
    ///
    /// # Errors
    /// When it is not one; the message says why.
    pub fn parse(story: &str, text: &str) -> Result<Self, NotATranscript> {
        let refuse = |problem: String| NotATranscript {
            story: story.to_owned(),
            problem,
        };
        let file: File = serde_json::from_str(text).map_err(|error| refuse(error.to_string()))?;
        let needs = file.needs.iter().map(|need| Need::parse(need)).collect();
        let steps = file.steps.into_iter().enumerate().map(|(index, step)| {
            let parsed = Step::parse(step, &file.clients);
            parsed.map_err(|problem| refuse(format!("step {}: {problem}", index + 1)))
        });
        Ok(Self {
            story: story.to_owned(),
            about: file.about,
            needs: Option::ok_or_else(needs, || refuse("a need is not known".to_owned()))?,
            steps: steps.collect::<Result<_, _>>()?,
            clients: file.clients,
        })
    }

    /// The settings it needs, when they are not the usual ones.
    #[must_use]
    pub fn config(&self) -> Option<&str> {
        self.needs.iter().find_map(|need| match need {
            Need::Config(name) => Some(name.as_str()),
            _ => None,
        })
    }

    /// Whether it needs something.
    #[must_use]
    pub fn has_need(&self, need: &Need) -> bool {
        self.needs.contains(need)
    }
}

impl Need {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text {
            "publish" => Some(Self::Publish),
            "claude" => Some(Self::Claude),
            "redis" => Some(Self::Redis),
            "versions" => Some(Self::Versions),
            _ => text
                .strip_prefix("config:")
                .map(|name| Self::Config(name.to_owned())),
        }
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Publish => f.write_str("publish"),
            Self::Claude => f.write_str("claude"),
            Self::Redis => f.write_str("redis"),
            Self::Versions => f.write_str("versions"),
            Self::Config(name) => write!(f, "config:{name}"),
        }
    }
}

impl Step {
    fn parse(mut step: Map<String, Value>, clients: &BTreeMap<String, Client>) -> Parsed<Self> {
        if step.contains_key("request") {
            return Ok(Self::Request(typed(Value::Object(step))?));
        }
        if let Some(redis) = step.remove("redis") {
            return Ok(Self::Redis(typed(redis)?));
        }
        if let Some(ms) = step.remove("waitMs") {
            return Ok(Self::Wait {
                ms: typed(ms)?,
                because: field(&mut step, "because")?,
            });
        }
        let Some(client) = step.keys().find(|key| clients.contains_key(*key)).cloned() else {
            return Err("it names no client of the story".to_owned());
        };
        let verb: String = field(&mut step, &client)?;
        let act = Act::parse(&verb, &mut step)?;
        match step.keys().next() {
            Some(key) => Err(format!("`{key}` means nothing here")),
            None => Ok(Self::Socket { client, act }),
        }
    }
}

impl Act {
    fn parse(verb: &str, step: &mut Map<String, Value>) -> Parsed<Self> {
        Ok(match verb {
            "connects" => Self::Connects,
            "is refused" => Self::IsRefused {
                message: field(step, "message")?,
            },
            "emits" => Self::Emits {
                event: field(step, "event")?,
                arguments: typed(
                    step.remove("arguments")
                        .unwrap_or_else(|| Vec::<Value>::new().into()),
                )?,
                callback: step.remove("callback").map(typed).transpose()?,
            },
            "receives" => Self::Receives {
                event: field(step, "event")?,
                payload: step.remove("payload").unwrap_or_default(),
            },
            "is called back" => Self::IsCalledBack {
                callback: field(step, "callback")?,
                with: step.remove("with").unwrap_or_default(),
            },
            "disconnects" => Self::Disconnects,
            "is disconnected" => Self::IsDisconnected,
            _ => return Err(format!("`{verb}` is nothing a client does")),
        })
    }
}

type Parsed<T> = Result<T, String>;

fn field<T: serde::de::DeserializeOwned>(step: &mut Map<String, Value>, name: &str) -> Parsed<T> {
    let value = step
        .remove(name)
        .ok_or_else(|| format!("`{name}` is missing"))?;
    typed(value).map_err(|problem| format!("`{name}`: {problem}"))
}

fn typed<T: serde::de::DeserializeOwned>(value: Value) -> Parsed<T> {
    serde_json::from_value(value).map_err(|error| error.to_string())
}

impl Act {
    /// Whether it is the server's doing rather than the client's.
    #[must_use]
    pub fn arrives(&self) -> bool {
        matches!(
            self,
            Self::Receives { .. } | Self::IsCalledBack { .. } | Self::IsDisconnected
        )
    }
}
