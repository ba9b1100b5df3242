//! Tokens in transcripts: what stands for an id, a time, a name, a signed token or any text.
//!
//! `<user:ada>` is a name that each replay makes its own, so that stories run side by side on one
//! server. `<processId:1>` is an id that the server chose: the same token is the same id
//! throughout. `<time>` and the like stand for values that differ each time.

use crate::jwt;
use serde_json::Value;
use std::collections::BTreeMap;

/// What a token stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Any text with at least one character; beside other text, any text at all.
    Text,
    /// A time in ISO 8601.
    Time,
    /// Milliseconds since 1970.
    Millis,
    /// Milliseconds since the time that the client sent.
    Latency,
    /// How long something took, in milliseconds.
    Duration,
    /// An id or time of the server's that must be the same wherever the token stands.
    Bound,
    /// A name of this replay: a user, a room, a media item.
    Name,
    /// A JSON Web Token.
    Token,
    /// The token of `POST /publish`.
    PublishToken,
    /// A text repeated: `<repeat:x:100001>`.
    Repeat,
}

/// A piece of a text with tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Plain text.
    Plain(&'a str),
    /// A token: its kind, what follows its colon, and all of it.
    Token(Kind, &'a str, &'a str),
}

/// Splits a text into plain text and tokens. Other texts between angle brackets are plain.
#[must_use]
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut plain = 0;
    let mut from = 0;
    while let Some(open) = text[from..].find('<').map(|at| from + at) {
        let Some(close) = text[open..].find('>').map(|at| open + at) else {
            break;
        };
        let inside = &text[open + 1..close];
        let (name, argument) = inside.split_once(':').unwrap_or((inside, ""));
        match kind(name) {
            None => from = open + 1,
            Some(kind) => {
                if plain < open {
                    pieces.push(Piece::Plain(&text[plain..open]));
                }
                pieces.push(Piece::Token(kind, argument, &text[open..=close]));
                plain = close + 1;
                from = plain;
            }
        }
    }
    if plain < text.len() {
        pieces.push(Piece::Plain(&text[plain..]));
    }
    pieces
}

fn kind(name: &str) -> Option<Kind> {
    Some(match name {
        "text" => Kind::Text,
        "time" => Kind::Time,
        "millis" => Kind::Millis,
        "latency" => Kind::Latency,
        "duration" => Kind::Duration,
        "processId" | "socketId" | "connectedAt" => Kind::Bound,
        "user" | "room" | "media" => Kind::Name,
        "token" => Kind::Token,
        "publishToken" => Kind::PublishToken,
        "repeat" => Kind::Repeat,
        _ => return None,
    })
}

/// Who may be whom, and how a token is made.
#[derive(Clone, Default)]
pub struct Credentials {
    /// The secret that signs tokens.
    pub secret: Option<String>,
    /// Ready tokens by user.
    pub tokens: BTreeMap<String, String>,
    /// The token of `POST /publish`.
    pub publish_token: Option<String>,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").finish_non_exhaustive()
    }
}

/// What a story's tokens mean in one replay.
#[derive(Debug)]
pub struct Meanings {
    run: String,
    credentials: Credentials,
    bound: BTreeMap<String, Value>,
    /// All that was ever bound: a socket that reconnects has another id.
    history: Vec<(Value, String)>,
}

/// Something that this replay has no meaning for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    /// A token that only the secret can sign.
    #[error("needs the JWT secret (--secret) for {0}")]
    Secret(String),
    /// The token of `POST /publish`.
    #[error("needs the publish token (--publish-token)")]
    PublishToken,
    /// An id that nothing has brought yet.
    #[error("{0} stands before anything brought it")]
    Unbound(String),
    /// A token that cannot be used here.
    #[error("{0} cannot be sent")]
    NotSendable(String),
}

impl Meanings {
    /// Meanings of a replay of its own.
    #[must_use]
    pub fn new(run: String, credentials: Credentials) -> Self {
        Self {
            run,
            credentials,
            bound: BTreeMap::new(),
            history: Vec::new(),
        }
    }

    /// What an id stands for, if something brought it.
    #[must_use]
    pub fn bound(&self, token: &str) -> Option<&Value> {
        self.bound.get(token)
    }

    /// From now on the token stands for this value.
    pub fn bind(&mut self, token: &str, value: Value) {
        self.history.push((value.clone(), token.to_owned()));
        self.bound.insert(token.to_owned(), value);
    }

    /// All ids that tokens have stood for, with their tokens.
    #[must_use]
    pub fn history(&self) -> &[(Value, String)] {
        &self.history
    }

    /// The token that already stands for this value.
    #[must_use]
    pub fn token_of(&self, value: &Value) -> Option<&str> {
        let found = self.bound.iter().find(|(_, bound)| *bound == value);
        found.map(|(token, _)| token.as_str())
    }

    /// A value of a story as it is sent.
    ///
    /// # Errors
    /// When this replay lacks something that the value needs.
    pub fn expand(&self, value: &Value) -> Result<Value, Missing> {
        Ok(match value {
            Value::String(text) => Value::String(self.expand_text(text)?),
            Value::Array(items) => {
                let items: Result<Vec<_>, _> = items.iter().map(|item| self.expand(item)).collect();
                items?.into()
            }
            Value::Object(fields) => {
                let expanded = fields
                    .iter()
                    .map(|(key, value)| Ok((self.expand_text(key)?, self.expand(value)?)));
                Value::Object(expanded.collect::<Result<_, Missing>>()?)
            }
            _ => value.clone(),
        })
    }

    /// A text of a story as it is sent.
    ///
    /// # Errors
    /// When this replay lacks something that the text needs.
    pub fn expand_text(&self, text: &str) -> Result<String, Missing> {
        let pieces = pieces(text);
        pieces
            .into_iter()
            .map(|piece| self.expand_piece(piece))
            .collect()
    }

    /// A piece of a text as it is sent.
    ///
    /// # Errors
    /// When this replay lacks something that the piece needs.
    pub fn expand_piece(&self, piece: Piece<'_>) -> Result<String, Missing> {
        let (kind, argument, whole) = match piece {
            Piece::Plain(text) => return Ok(text.to_owned()),
            Piece::Token(kind, argument, whole) => (kind, argument, whole),
        };
        match kind {
            Kind::Name => Ok(self.name(whole, argument)),
            Kind::Repeat => {
                let (text, times) = argument.rsplit_once(':').unwrap_or((argument, "0"));
                Ok(text.repeat(times.parse().unwrap_or_default()))
            }
            Kind::Token => self.signed(argument, whole),
            Kind::PublishToken => self
                .credentials
                .publish_token
                .clone()
                .ok_or(Missing::PublishToken),
            Kind::Bound => match self.bound.get(whole) {
                Some(Value::String(text)) => Ok(text.clone()),
                _ => Err(Missing::Unbound(whole.to_owned())),
            },
            Kind::Text | Kind::Time | Kind::Millis | Kind::Latency | Kind::Duration => {
                Err(Missing::NotSendable(whole.to_owned()))
            }
        }
    }

    /// A name of this replay's own; a user with a ready token has the name that it says.
    fn name(&self, whole: &str, argument: &str) -> String {
        let ready = self
            .credentials
            .tokens
            .get(argument)
            .filter(|_| whole.starts_with("<user:"));
        let user = ready.and_then(|token| jwt::user_of(token));
        user.unwrap_or_else(|| format!("{}-{argument}", self.run))
    }

    fn signed(&self, argument: &str, whole: &str) -> Result<String, Missing> {
        let (user, variant) = argument.split_once(", ").unwrap_or((argument, ""));
        if let Some(ready) = self
            .credentials
            .tokens
            .get(user)
            .filter(|_| variant.is_empty())
        {
            return Ok(ready.clone());
        }
        let missing = || Missing::Secret(whole.to_owned());
        let secret = self.credentials.secret.as_ref().ok_or_else(missing)?;
        jwt::sign(&format!("{}-{user}", self.run), variant, secret).ok_or_else(missing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_known_tokens_are_tokens() {
        let text = "a <b> <user:ada>, <text>";
        let expected = [
            Piece::Plain("a <b> "),
            Piece::Token(Kind::Name, "ada", "<user:ada>"),
            Piece::Plain(", "),
            Piece::Token(Kind::Text, "", "<text>"),
        ];
        assert_eq!(pieces(text), expected);
        assert_eq!(pieces("x < y"), [Piece::Plain("x < y")]);
    }

    #[test]
    fn names_are_the_replays_own_and_ids_are_what_was_brought() {
        let mut meanings = Meanings::new("r1".to_owned(), Credentials::default());
        let sent = json!({ "room": "user:<user:ada>", "long": "<repeat:ab:2>" });
        let expanded = json!({ "room": "user:r1-ada", "long": "abab" });
        assert_eq!(meanings.expand(&sent), Ok(expanded));
        let id = json!("<processId:1>");
        let unbound = Missing::Unbound("<processId:1>".to_owned());
        assert_eq!(meanings.expand(&id), Err(unbound));
        meanings.bind("<processId:1>", json!("claude_x"));
        assert_eq!(meanings.expand(&id), Ok(json!("claude_x")));
        let token = meanings.expand(&json!("<token:ada>"));
        assert_eq!(token, Err(Missing::Secret("<token:ada>".to_owned())));
    }
}
