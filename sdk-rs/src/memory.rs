//! What a client remembers between connections: its token, its rooms, the media it follows.

use crate::run::Follow;
use crate::token::{ProviderError, Token, TokenSource};
use slop_schema::protocol::{
    Authenticate, ClaudeStatus, JoinRoom, LeaveRoom, Logout, SubscribeMedia, UnsubscribeMedia,
};
use slop_schema::scalar::ProcessId;
use slop_schema::session::AuthenticatePayload;
use slop_schema::{ClientEvent, Namespace};
use std::any::TypeId;
use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What a call changes, beside its result.
#[derive(Debug, Clone)]
pub(crate) enum Effect {
    None,
    /// Once it succeeds, it is made again on each new connection.
    Remember(Repeated),
    /// As soon as it is asked for, the other is made no more.
    Forget(Repeated),
    /// Once it succeeds, the next connection signs in with this token.
    SignIn(Token),
    /// As soon as it is asked for, nothing is restored any more.
    SignOut,
    /// Once it succeeds, the events of a process go to somebody.
    Follow(Follow),
    /// As soon as it is asked for, the server tells this connection of a process.
    AskAfter(ProcessId),
}

/// A call that is made again on each new connection.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Repeated {
    pub(crate) event: &'static str,
    pub(crate) namespace: Namespace,
    /// JSON.
    pub(crate) argument: String,
}

impl Repeated {
    fn of<E: ClientEvent>(namespace: Namespace, argument: &str) -> Self {
        Self {
            event: E::NAME,
            namespace,
            argument: argument.to_owned(),
        }
    }
}

/// What a call of this event changes, whoever makes it.
pub(crate) fn effect_of<E: ClientEvent>(namespace: Namespace, argument: &str) -> Effect {
    let event = TypeId::of::<E>();
    if event == TypeId::of::<JoinRoom>() {
        Effect::Remember(Repeated::of::<JoinRoom>(namespace, argument))
    } else if event == TypeId::of::<LeaveRoom>() {
        Effect::Forget(Repeated::of::<JoinRoom>(namespace, argument))
    } else if event == TypeId::of::<SubscribeMedia>() {
        Effect::Remember(Repeated::of::<SubscribeMedia>(namespace, argument))
    } else if event == TypeId::of::<UnsubscribeMedia>() {
        Effect::Forget(Repeated::of::<SubscribeMedia>(namespace, argument))
    } else if event == TypeId::of::<Authenticate>() {
        match serde_json::from_str::<AuthenticatePayload>(argument) {
            Ok(payload) => Effect::SignIn(Token::new(payload.token)),
            Err(_) => Effect::None,
        }
    } else if event == TypeId::of::<ClaudeStatus>() {
        serde_json::from_str(argument).map_or(Effect::None, Effect::AskAfter)
    } else if event == TypeId::of::<Logout>() {
        Effect::SignOut
    } else {
        Effect::None
    }
}

/// What a client remembers between connections.
#[derive(Debug)]
pub(crate) struct Memory(Mutex<Remembered>);

#[derive(Debug)]
struct Remembered {
    tokens: TokenSource,
    is_signed_out: bool,
    /// Counts logouts: what was asked for before the last of them changes nothing any more.
    logouts: u64,
    repeated: BTreeSet<Repeated>,
}

impl Memory {
    pub(crate) fn new(tokens: TokenSource) -> Self {
        Self(Mutex::new(Remembered {
            tokens,
            is_signed_out: false,
            logouts: 0,
            repeated: BTreeSet::new(),
        }))
    }

    /// What is done when a call is made, whatever its answer will be: who leaves while the connection
    /// is lost must not be brought back by the next one.
    pub(crate) fn asked(&self, effect: &Effect) {
        match effect {
            Effect::Forget(repeated) => self.forget(repeated),
            Effect::SignOut => {
                let mut remembered = self.lock();
                remembered.is_signed_out = true;
                remembered.logouts += 1;
                remembered.repeated.clear();
            }
            _ => {}
        }
    }

    /// How often the client has logged out.
    pub(crate) fn logouts(&self) -> u64 {
        self.lock().logouts
    }

    /// What is done when a call has succeeded that was made after so many logouts.
    pub(crate) fn succeeded(&self, effect: Effect, logouts: u64) {
        let mut remembered = self.lock();
        if remembered.logouts != logouts {
            return;
        }
        match effect {
            Effect::Remember(repeated) => {
                remembered.repeated.insert(repeated);
            }
            Effect::SignIn(token) => {
                remembered.is_signed_out = false;
                if !remembered.tokens.may_change() {
                    remembered.tokens = TokenSource::Fixed(token);
                }
            }
            _ => {}
        }
    }

    /// What is done when a call was answered, whatever the answer, or will not be: what it is to undo
    /// may have succeeded after it was made.
    pub(crate) fn ended(&self, effect: &Effect) {
        if let Effect::Forget(repeated) = effect {
            self.forget(repeated);
        }
    }

    pub(crate) fn forget(&self, repeated: &Repeated) {
        self.lock().repeated.remove(repeated);
    }

    /// The calls to make again.
    pub(crate) fn repeated(&self) -> Vec<Repeated> {
        self.lock().repeated.iter().cloned().collect()
    }

    /// Where tokens come from, unless the client has logged out.
    pub(crate) fn tokens_in_use(&self) -> TokenSource {
        let remembered = self.lock();
        match remembered.is_signed_out {
            true => TokenSource::None,
            false => remembered.tokens.clone(),
        }
    }

    /// The token to sign in with, if there is one.
    pub(crate) async fn token(&self) -> Result<Option<Token>, ProviderError> {
        self.tokens_in_use().token().await
    }

    /// Whether another attempt may come with another token.
    pub(crate) fn token_may_change(&self) -> bool {
        self.lock().tokens.may_change()
    }

    /// Where tokens come from, whether or not the client has logged out.
    pub(crate) fn tokens(&self) -> TokenSource {
        self.lock().tokens.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Remembered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
