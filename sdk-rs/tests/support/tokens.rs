//! Tokens as an identity provider would sign them.

use jsonwebtoken::{EncodingKey, Header, encode};
use std::time::{SystemTime, UNIX_EPOCH};

/// The secret of all test servers.
pub const SECRET: &str = "a secret of the client's tests, longer than 32 bytes";

/// A token that signs this user in.
pub fn token(user: &str) -> String {
    token_for(user, 3600)
}

/// A token that expires after this many seconds.
pub fn token_for(user: &str, seconds: i64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let exp = i64::try_from(now.as_secs()).unwrap() + seconds;
    let claims = serde_json::json!({"userId": user, "exp": exp});
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    encode(&Header::default(), &claims, &key).unwrap()
}
