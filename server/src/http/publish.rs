//! `POST /publish`: how other services send events to connected clients.

use crate::app::App;
use crate::publish::{self, Address, PublishError};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router, body::Bytes};
use serde::Serialize;
use serde_json::{Map, Value};
use slop_schema::error::ErrorDetail;
use std::sync::Arc;
use subtle::ConstantTimeEq;

#[derive(Clone)]
struct Publishing {
    app: App,
    token: Arc<str>,
}

#[derive(Serialize)]
struct Published {
    delivered: usize,
}

#[derive(Serialize)]
struct Problem {
    error: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    details: Vec<ErrorDetail>,
}

/// The route; without a token there is none, and the path is not found.
pub(crate) fn routes(app: &App, token: Option<&str>) -> Router {
    let Some(token) = token else {
        return Router::new();
    };
    Router::new()
        .route("/publish", post(publish))
        .with_state(Publishing {
            app: app.clone(),
            token: token.into(),
        })
}

async fn publish(
    State(publishing): State<Publishing>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if !is_authorized(&headers, &publishing.token) {
        return problem(StatusCode::UNAUTHORIZED, "Unauthorized".into(), Vec::new());
    }
    match publish_body(&publishing.app, &body).await {
        Ok(delivered) => (StatusCode::ACCEPTED, Json(Published { delivered })).into_response(),
        Err(error) => {
            let sentence = error.to_string();
            problem(StatusCode::BAD_REQUEST, sentence, error.into_details())
        }
    }
}

async fn publish_body(app: &App, body: &[u8]) -> Result<usize, PublishError> {
    let mut body: Map<String, Value> =
        serde_json::from_slice(body).map_err(|_| PublishError::Body("a JSON object".into()))?;
    let namespace = text(&body, "namespace")?.ok_or_else(|| missing("namespace"))?;
    let event = text(&body, "event")?.ok_or_else(|| missing("event"))?;
    let mut addresses = Vec::new();
    for (field, address) in Address::FIELDS {
        if let Some(id) = text(&body, field)? {
            addresses.push(address(&id).ok_or(PublishError::Field(field, "1 to 128 characters"))?);
        }
    }
    let payload = body.remove("payload").ok_or_else(|| missing("payload"))?;
    match <[Address; 1]>::try_from(addresses) {
        Ok([address]) => publish::publish(app, &namespace, &event, address, payload).await,
        Err(_) => Err(PublishError::Address),
    }
}

fn text(body: &Map<String, Value>, field: &'static str) -> Result<Option<String>, PublishError> {
    match body.get(field) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(PublishError::Field(field, "a string")),
    }
}

fn missing(field: &'static str) -> PublishError {
    PublishError::Missing(field)
}

fn is_authorized(headers: &HeaderMap, token: &str) -> bool {
    let offered = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let offered = offered.and_then(|value| value.split_once(' '));
    offered.is_some_and(|(scheme, offered)| {
        scheme.eq_ignore_ascii_case("bearer")
            && bool::from(offered.trim().as_bytes().ct_eq(token.as_bytes()))
    })
}

fn problem(status: StatusCode, error: String, details: Vec<ErrorDetail>) -> Response {
    (status, Json(Problem { error, details })).into_response()
}
