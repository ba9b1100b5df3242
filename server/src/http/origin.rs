//! Origins: which web pages may talk to the server.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

/// The setting `CORS_ORIGIN`.
#[derive(Debug, Clone)]
pub enum AllowedOrigins {
    /// Loopback origins and the server's own.
    Local,
    /// Every origin.
    Any,
    /// These origins.
    List(Arc<[String]>),
}

impl AllowedOrigins {
    /// Reads the setting; `None` when it holds something that is no origin.
    #[must_use]
    pub fn parse(setting: Option<&str>) -> Option<Self> {
        match setting.map(str::trim) {
            None | Some("") => Some(Self::Local),
            Some("*") => Some(Self::Any),
            Some(list) => list
                .split(',')
                .map(|origin| origin.trim().trim_end_matches('/'))
                .map(|origin| is_origin(origin).then(|| origin.to_ascii_lowercase()))
                .collect::<Option<Arc<[String]>>>()
                .map(Self::List),
        }
    }

    fn allows(&self, origin: &HeaderValue, headers: &HeaderMap) -> bool {
        let Ok(origin) = origin.to_str() else {
            return false;
        };
        let origin = origin.to_ascii_lowercase();
        match self {
            Self::Any => true,
            Self::Local => is_loopback(&origin) || is_own(&origin, headers),
            Self::List(list) => list.contains(&origin),
        }
    }
}

fn is_origin(text: &str) -> bool {
    text.parse::<Uri>().is_ok_and(|uri| {
        let path_is_empty = matches!(uri.path(), "" | "/");
        uri.scheme().is_some() && uri.host().is_some() && path_is_empty && uri.query().is_none()
    })
}

fn is_loopback(origin: &str) -> bool {
    origin.parse::<Uri>().is_ok_and(|uri| {
        let host = uri.host().unwrap_or_default();
        host == "localhost"
            || host.ends_with(".localhost")
            || address(host).is_some_and(|address| address.is_loopback())
    })
}

/// Whether the page was loaded from this server: its origin names the address the request names.
///
/// Only an address counts. A name can be made to point here by whoever owns it (DNS rebinding), so
/// an operator who serves pages under a name lists it.
fn is_own(origin: &str, headers: &HeaderMap) -> bool {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    let (Some(host), Some(authority)) = (host, authority) else {
        return false;
    };
    let is_address = origin
        .parse::<Uri>()
        .is_ok_and(|uri| address(uri.host().unwrap_or_default()).is_some());
    is_address && authority == host
}

fn address(host: &str) -> Option<std::net::IpAddr> {
    host.trim_matches(['[', ']']).parse().ok()
}

/// Refuses a request whose `Origin` is not allowed, before anything else looks at it.
pub(crate) async fn refuse_foreign_origins(
    State(allowed): State<AllowedOrigins>,
    request: Request,
    next: Next,
) -> Response {
    match request.headers().get(header::ORIGIN) {
        Some(origin) if !allowed.allows(origin, request.headers()) => {
            (StatusCode::FORBIDDEN, "Origin is not allowed\n").into_response()
        }
        _ => next.run(request).await,
    }
}

/// The CORS headers for the origins that were let through.
pub(crate) fn cors(allowed: AllowedOrigins) -> CorsLayer {
    CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(move |origin, parts| {
            allowed.allows(origin, &parts.headers)
        }))
        .allow_methods([Method::GET, Method::POST])
        .allow_headers(AllowHeaders::mirror_request())
        .allow_credentials(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(setting: Option<&str>, origin: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static("192.0.2.7:8080"));
        let origin = HeaderValue::from_str(origin).unwrap();
        AllowedOrigins::parse(setting)
            .unwrap()
            .allows(&origin, &headers)
    }

    #[test]
    fn without_the_setting_only_loopback_and_the_own_origin_may_connect() {
        for origin in [
            "http://localhost:5173",
            "http://127.0.0.1",
            "http://[::1]:3000",
        ] {
            assert!(allows(None, origin), "{origin}");
        }
        assert!(allows(None, "http://192.0.2.7:8080"));
        for origin in [
            "https://example.com",
            "http://localhost.example.com",
            "http://192.0.2.8:8080",
            "null",
        ] {
            assert!(!allows(None, origin), "{origin}");
        }
    }

    #[test]
    fn a_name_is_not_the_servers_own_though_the_request_names_it() {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::HOST,
            HeaderValue::from_static("rebound.example.com"),
        );
        let origin = HeaderValue::from_static("http://rebound.example.com");
        assert!(!AllowedOrigins::Local.allows(&origin, &headers));
    }

    #[test]
    fn a_list_allows_what_it_names() {
        let list = Some("https://app.example.com, https://other.example.com/");
        assert!(allows(list, "https://app.example.com"));
        assert!(allows(list, "https://other.example.com"));
        assert!(!allows(list, "http://app.example.com"));
        assert!(!allows(list, "http://localhost:5173"));
        assert!(allows(Some("*"), "https://anything.example.com"));
    }

    #[test]
    fn a_list_of_something_else_is_refused() {
        for setting in [
            "app.example.com",
            "https://a.example.com/path",
            "https://a.example.com,,",
        ] {
            assert!(AllowedOrigins::parse(Some(setting)).is_none(), "{setting}");
        }
    }
}
