//! Slim requests: frees the memory that an idle WebSocket would hold.
//!
//! The engine keeps the head of the request that opened a connection. Its header values and URI
//! are slices of the buffer the request was read into, and so would keep that whole buffer alive.

use axum::extract::{OriginalUri, Request};
use axum::http::{HeaderMap, HeaderValue, Uri};
use axum::middleware::Next;
use axum::response::Response;

/// Copies what the engine keeps, so that the read buffer can go.
pub(crate) async fn slim_request(mut request: Request, next: Next) -> Response {
    request.extensions_mut().remove::<OriginalUri>();
    if let Ok(uri) = request.uri().to_string().parse::<Uri>() {
        *request.uri_mut() = uri;
    }
    let headers = request.headers();
    let mut copies = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers {
        if let Ok(copy) = HeaderValue::from_bytes(value.as_bytes()) {
            copies.append(name.clone(), copy);
        }
    }
    *request.headers_mut() = copies;
    next.run(request).await
}
