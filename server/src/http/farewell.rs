//! Farewell: what becomes of requests for a socket while the server closes all of them.

use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Where Socket.IO is served.
const SOCKET_IO: &str = "/socket.io/";

/// Whether connections may be opened, and how many clients poll; cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Farewell(Arc<Shared>);

#[derive(Default)]
struct Shared {
    is_closing: AtomicBool,
    polls: AtomicUsize,
}

/// A request that waits for packets.
struct Poll(Farewell);

impl Farewell {
    /// From now on nobody opens a connection. A client that tries takes it for a failure of the
    /// network and tries again; the library would tell it that the namespace is invalid, for good.
    pub(crate) fn refuse_newcomers(&self) {
        self.0.is_closing.store(true, Ordering::Relaxed);
    }

    /// How many requests wait for packets now.
    pub(crate) fn polls(&self) -> usize {
        self.0.polls.load(Ordering::Relaxed)
    }

    fn poll(&self) -> Poll {
        self.0.polls.fetch_add(1, Ordering::Relaxed);
        Poll(self.clone())
    }
}

impl Drop for Poll {
    fn drop(&mut self) {
        self.0.0.polls.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Counts polls, and refuses newcomers while the server closes.
pub(crate) async fn attend(
    State(farewell): State<Farewell>,
    request: Request,
    next: Next,
) -> Response {
    if !request.uri().path().starts_with(SOCKET_IO) {
        return next.run(request).await;
    }
    let query = request.uri().query().unwrap_or_default();
    let is_known = query.split('&').any(|part| part.starts_with("sid="));
    if !is_known && farewell.0.is_closing.load(Ordering::Relaxed) {
        return (StatusCode::SERVICE_UNAVAILABLE, "closing\n").into_response();
    }
    let is_poll = is_known && request.method() == Method::GET && query.contains("polling");
    let _poll = is_poll.then(|| farewell.poll());
    next.run(request).await
}
