//! Tokens: what a JWT must hold to sign a user in.

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde::Deserialize;
use serde_json::Value;
use slop_schema::scalar::{Timestamp, UserId};
use std::sync::Arc;

/// How far the clocks of server and issuer may differ.
const LEEWAY_SECONDS: u64 = 30;

/// A signed-in user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Id from the token.
    pub id: UserId,
    /// Email, when the token has one.
    pub email: Option<String>,
    /// When the sign-in ends.
    pub expires_at: Timestamp,
}

/// Why a token does not sign anyone in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AuthFailure {
    /// The token is empty.
    #[error("Token is required")]
    Missing,
    /// Not a token, a bad signature, another algorithm, a claim that is not as configured.
    #[error("Invalid token")]
    Invalid,
    /// `exp` has passed.
    #[error("Token has expired")]
    Expired,
    /// `nbf` has not come.
    #[error("Token not yet valid")]
    NotYetValid,
    /// Neither `userId` nor `id` nor `sub`.
    #[error("Token missing user identifier")]
    NoUser,
}

/// What a token is checked against.
#[derive(Clone)]
pub struct TokenRules(Arc<Rules>);

struct Rules {
    key: DecodingKey,
    validation: Validation,
}

#[derive(Deserialize)]
struct Claims {
    exp: f64,
    #[serde(rename = "userId")]
    user_id: Option<Value>,
    id: Option<Value>,
    sub: Option<Value>,
    email: Option<Value>,
}

impl TokenRules {
    /// Tokens signed with this secret, and naming this issuer and audience when given.
    #[must_use]
    pub fn new(secret: &str, issuer: Option<&str>, audience: Option<&str>) -> Self {
        // One family only: a token that names another algorithm never reaches the key.
        let mut validation = Validation::new(Algorithm::HS256);
        validation.algorithms = vec![Algorithm::HS256, Algorithm::HS384, Algorithm::HS512];
        validation.leeway = LEEWAY_SECONDS;
        validation.validate_nbf = true;
        validation.validate_aud = audience.is_some();
        let mut required = vec!["exp"];
        if let Some(issuer) = issuer {
            validation.set_issuer(&[issuer]);
            required.push("iss");
        }
        if let Some(audience) = audience {
            validation.set_audience(&[audience]);
            required.push("aud");
        }
        validation.set_required_spec_claims(&required);
        Self(Arc::new(Rules {
            key: DecodingKey::from_secret(secret.as_bytes()),
            validation,
        }))
    }

    /// The user of a token.
    ///
    /// # Errors
    /// Why the token signs nobody in. Details go to the log, without the token.
    pub fn check(&self, token: &str, now: Timestamp) -> Result<User, AuthFailure> {
        if token.is_empty() {
            return Err(AuthFailure::Missing);
        }
        let claims = decode::<Claims>(token, &self.0.key, &self.0.validation)
            .map_err(|error| {
                tracing::debug!(reason = ?error.kind(), "token refused");
                match error.kind() {
                    ErrorKind::ExpiredSignature => AuthFailure::Expired,
                    ErrorKind::ImmatureSignature => AuthFailure::NotYetValid,
                    _ => AuthFailure::Invalid,
                }
            })?
            .claims;
        let id = [claims.user_id, claims.id, claims.sub]
            .into_iter()
            .flatten()
            .find_map(identifier)
            .ok_or(AuthFailure::NoUser)?;
        Ok(User {
            id: UserId::new(id).map_err(|_| AuthFailure::Invalid)?,
            email: claims
                .email
                .and_then(|email| email.as_str().map(str::to_owned)),
            expires_at: end_of_session(claims.exp, now)?,
        })
    }
}

impl std::fmt::Debug for TokenRules {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenRules").finish_non_exhaustive()
    }
}

/// A user id may be a string or, as many databases have it, a whole number.
fn identifier(claim: Value) -> Option<String> {
    match claim {
        Value::String(text) if !text.is_empty() => Some(text),
        Value::Number(number) if number.is_u64() || number.is_i64() => Some(number.to_string()),
        _ => None,
    }
}

/// A session ends when its token expires. A token that was let in within the leeway ends with the
/// leeway, or its session would be over before it began.
#[allow(
    clippy::cast_possible_truncation,
    reason = "bounded: far-off times are cut"
)]
fn end_of_session(exp_seconds: f64, now: Timestamp) -> Result<Timestamp, AuthFailure> {
    const END_OF_CALENDAR_MILLIS: f64 = 253_402_300_799_000.0;
    let leeway_millis = i64::try_from(LEEWAY_SECONDS * 1000).unwrap_or_default();
    let exp = (exp_seconds * 1000.0).clamp(0.0, END_OF_CALENDAR_MILLIS) as i64;
    let end = if exp > now.millis() {
        exp
    } else {
        exp + leeway_millis
    };
    Timestamp::from_millis(end).ok_or(AuthFailure::Invalid)
}
