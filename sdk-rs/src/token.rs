//! Tokens: the secret a client signs in with, and where it comes from.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// A JSON Web Token. It is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Wraps a token.
    #[must_use]
    pub fn new(token: impl Into<String>) -> Self {
        Self(token.into())
    }

    /// The token itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl<T: Into<String>> From<T> for Token {
    fn from(token: T) -> Self {
        Self::new(token)
    }
}

/// Leaves the token out: it is a secret.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// What a token provider fails with. It is shown in logs: it must not hold the token.
pub type ProviderError = Box<dyn std::error::Error + Send + Sync>;

type Provided = Pin<Box<dyn Future<Output = Result<Token, ProviderError>> + Send>>;

/// Where tokens come from.
#[derive(Clone, Default)]
pub(crate) enum TokenSource {
    /// There is none: the client connects unauthenticated.
    #[default]
    None,
    Fixed(Token),
    /// Asked for each attempt to connect, so that a token never has to outlive one.
    Provider(Arc<dyn Fn() -> Provided + Send + Sync>),
}

impl TokenSource {
    pub(crate) fn provider<F, Fut, T, E>(provide: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<T, E>> + Send + 'static,
        T: Into<Token>,
        E: Into<ProviderError>,
    {
        Self::Provider(Arc::new(move || {
            let token = provide();
            Box::pin(async move { token.await.map(Into::into).map_err(Into::into) })
        }))
    }

    pub(crate) async fn token(&self) -> Result<Option<Token>, ProviderError> {
        match self {
            Self::None => Ok(None),
            Self::Fixed(token) => Ok(Some(token.clone())),
            Self::Provider(provide) => provide().await.map(Some),
        }
    }

    /// Whether asking again may give another token.
    pub(crate) fn may_change(&self) -> bool {
        matches!(self, Self::Provider(_))
    }
}

impl fmt::Debug for TokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Fixed(_) => "Fixed(…)",
            Self::Provider(_) => "Provider(…)",
        })
    }
}
