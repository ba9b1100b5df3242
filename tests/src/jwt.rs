//! JSON Web Tokens as an identity provider would sign them, and as nobody should.

use data_encoding::BASE64URL_NOPAD;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Map, Value, json};

/// Variants that a story may name after the user: `<token:ada, expired>`.
pub const VARIANTS: [&str; 14] = [
    "",
    "with email",
    "by id",
    "by sub",
    "HS384",
    "HS512",
    "ending soon",
    "expired",
    "not yet valid",
    "without user",
    "without exp",
    "unsigned",
    "as RS256",
    "by another secret",
];

/// Signs a token for a user; `None` for a variant that does not exist.
#[must_use]
pub fn sign(user: &str, variant: &str, secret: &str) -> Option<String> {
    if !VARIANTS.contains(&variant) {
        return None;
    }
    let text = format!(
        "{}.{}",
        encode(&header(variant)),
        encode(&claims(user, variant))
    );
    if variant == "unsigned" {
        return Some(format!("{text}."));
    }
    let secret = match variant {
        "by another secret" => "a secret that no server has, of more than 32 bytes",
        _ => secret,
    };
    let algorithm = match variant {
        "HS384" => Algorithm::HS384,
        "HS512" => Algorithm::HS512,
        _ => Algorithm::HS256,
    };
    let key = EncodingKey::from_secret(secret.as_bytes());
    let signature = jsonwebtoken::crypto::sign(text.as_bytes(), &key, algorithm).ok()?;
    Some(format!("{text}.{signature}"))
}

fn header(variant: &str) -> Value {
    let algorithm = match variant {
        "HS384" => "HS384",
        "HS512" => "HS512",
        "unsigned" => "none",
        // Signed with the secret all the same: the classic confusion of algorithms.
        "as RS256" => "RS256",
        _ => "HS256",
    };
    json!({ "alg": algorithm, "typ": "JWT" })
}

fn claims(user: &str, variant: &str) -> Value {
    let now = chrono::Utc::now().timestamp();
    let mut claims = Map::new();
    let name = match variant {
        "by id" => Some("id"),
        "by sub" => Some("sub"),
        "without user" => None,
        _ => Some("userId"),
    };
    claims.extend(name.map(|name| (name.to_owned(), json!(user))));
    let exp = match variant {
        "without exp" => None,
        "expired" => Some(now - 120),
        // The leeway is 30 seconds: it ends in 10.
        "ending soon" => Some(now - 20),
        _ => Some(now + 3600),
    };
    claims.extend(exp.map(|exp| ("exp".to_owned(), json!(exp))));
    if variant == "not yet valid" {
        claims.insert("nbf".to_owned(), json!(now + 120));
    }
    if variant == "with email" {
        claims.insert("email".to_owned(), json!("ada@example.org"));
    }
    claims.into()
}

/// The user id that a token claims, unchecked.
#[must_use]
pub fn user_of(token: &str) -> Option<String> {
    let claims = BASE64URL_NOPAD
        .decode(token.split('.').nth(1)?.as_bytes())
        .ok()?;
    let claims: Value = serde_json::from_slice(&claims).ok()?;
    let id = ["userId", "id", "sub"]
        .iter()
        .find_map(|name| claims.get(name))?;
    match id {
        Value::String(id) => Some(id.clone()),
        Value::Number(id) => Some(id.to_string()),
        _ => None,
    }
}

fn encode(value: &Value) -> String {
    BASE64URL_NOPAD.encode(value.to_string().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_says_its_user() {
        let of = |variant| sign("ada", variant, "secret").and_then(|token| user_of(&token));
        for variant in ["", "by id", "by sub", "HS512", "unsigned"] {
            assert_eq!(of(variant).as_deref(), Some("ada"), "{variant}");
        }
        assert_eq!(of("without user"), None);
        assert_eq!(sign("ada", "unheard of", "secret"), None);
    }
}
