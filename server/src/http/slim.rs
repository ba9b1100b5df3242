//! Slim requests: frees the memory that an idle WebSocket would hold.
//!
//! The engine keeps the head of the request that opened a connection. Its header values and URI
//! are slices of the buffer the request was read into, and so would keep that whole buffer alive.

use axum::extract::{OriginalUri, Request};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, SEC_WEBSOCKET_KEY};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri};
use axum::middleware::Next;
use axum::response::Response;

/// What is read after this point: the offered token by the admission, the rest by the engine.
const READ_LATER: [HeaderName; 3] = [AUTHORIZATION, CONTENT_TYPE, SEC_WEBSOCKET_KEY];

/// Copies what is read later and drops the rest, so that the read buffer can go.
pub(crate) async fn slim_request(mut request: Request, next: Next) -> Response {
    request.extensions_mut().remove::<OriginalUri>();
    if let Ok(uri) = request.uri().to_string().parse::<Uri>() {
        *request.uri_mut() = uri;
    }
    let mut copies = HeaderMap::with_capacity(READ_LATER.len());
    for name in READ_LATER {
        let value = request.headers().get(&name).map(HeaderValue::as_bytes);
        if let Some(Ok(copy)) = value.map(HeaderValue::from_bytes) {
            copies.insert(name, copy);
        }
    }
    *request.headers_mut() = copies;
    next.run(request).await
}
