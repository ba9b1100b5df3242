//! Sessions: signing in and out while connected.

use crate::client::Client;
use crate::error::CallError;
use crate::token::Token;
use slop_schema::protocol::{Authenticate, Logout};
use slop_schema::scalar::UserId;
use slop_schema::session::AuthenticatePayload;

/// Signing in and out while connected, from [`Client::session`].
#[derive(Debug, Clone, Copy)]
pub struct Session<'a>(&'a Client);

impl Client {
    /// Signing in and out while connected.
    #[must_use]
    pub fn session(&self) -> Session<'_> {
        Session(self)
    }
}

impl Session<'_> {
    /// Signs in with a token, on all namespaces of the client. New connections sign in with it too,
    /// unless the client has a token provider.
    ///
    /// # Errors
    /// When the server refuses the token; the session is then as it was. [`CallError::SignedOut`]
    /// when [`logout`](Self::logout) was called meanwhile, which wins.
    pub async fn authenticate(self, token: impl Into<Token>) -> Result<UserId, CallError> {
        let token = token.into();
        let shared = self.0.shared();
        let logouts = shared.memory.logouts();
        let mut user = None;
        for namespace in &shared.config.namespaces {
            if shared.memory.logouts() != logouts {
                return Err(CallError::SignedOut);
            }
            let payload = AuthenticatePayload::new(token.reveal());
            let callback = self.0.call_on::<Authenticate>(*namespace, payload).await?;
            user = user.or(callback.user_id);
        }
        user.ok_or_else(|| {
            let error = serde::de::Error::custom("the callback names no user");
            CallError::Undecodable(error)
        })
    }

    /// Asks the token provider for a token and signs in with it: for a connection that outlives its
    /// token.
    ///
    /// # Errors
    /// When there is no provider, it fails, or the server refuses the token.
    pub async fn refresh(self) -> Result<UserId, CallError> {
        let token = self.0.shared().memory.tokens().token().await;
        match token.map_err(CallError::Token)? {
            Some(token) => self.authenticate(token).await,
            None => Err(CallError::Token("the client has no token".into())),
        }
    }

    /// Signs out on all namespaces of the client. Nothing is restored on new connections any more:
    /// no token, no rooms, no media.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn logout(self) -> Result<(), CallError> {
        for namespace in &self.0.shared().config.namespaces {
            self.0.call_on::<Logout>(*namespace, ()).await?;
        }
        Ok(())
    }
}
