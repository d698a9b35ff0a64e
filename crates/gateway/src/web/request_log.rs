//! What is noted of every request: method, route and outcome, never its query, its headers or its body.

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tokio::time::Instant;
use tracing::Span;
use tracing::field::Empty;

use crate::app::App;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Put into an answer that failed for the database's sake.
#[derive(Clone, Copy)]
pub(super) struct StorageFailed;

/// A request under way, under an id that its answer names.
pub(super) struct Noted {
    begun: Instant,
    method: &'static str,
    /// The route and not the path: a path is what a stranger writes.
    route: Option<MatchedPath>,
    id: HeaderValue,
    pub(super) span: Span,
}

impl Noted {
    pub(super) fn new(app: &App, request: &Request) -> Self {
        let method = method(request.method());
        let route = request.extensions().get::<MatchedPath>().cloned();
        let id = given_id(request.headers()).unwrap_or_else(|| new_id(app));
        let span = tracing::info_span!(
            "web.request",
            http.method = method,
            http.route = name(route.as_ref()),
            request.id = id.to_str().unwrap_or_default(),
            account.id = Empty,
            http.status = Empty,
            duration_ms = Empty,
        );
        Self { begun: Instant::now(), method, route, id, span }
    }

    /// Notes how it was answered, and counts it.
    pub(super) fn answered(self, app: &App, response: &mut Response) {
        let took = self.begun.elapsed();
        let status = response.status().as_u16();
        self.span.record("http.status", status);
        self.span.record("duration_ms", u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
        self.span.in_scope(|| tracing::info!("web.request.done"));
        app.telemetry.request(self.method, name(self.route.as_ref()), status, took);
        if response.extensions().get::<StorageFailed>().is_some() {
            app.telemetry.database_failed();
        }
        response.headers_mut().insert(REQUEST_ID, self.id);
    }
}

fn name(route: Option<&MatchedPath>) -> &str {
    route.map_or("none", MatchedPath::as_str)
}

/// The methods there are; a stranger can send any word.
fn method(method: &Method) -> &'static str {
    const KNOWN: [Method; 7] = [
        Method::GET,
        Method::POST,
        Method::PUT,
        Method::DELETE,
        Method::HEAD,
        Method::OPTIONS,
        Method::PATCH,
    ];
    let names = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"];
    KNOWN.iter().position(|known| known == method).map_or("other", |place| names[place])
}

/// The id a proxy gave, if it is one.
fn given_id(headers: &HeaderMap) -> Option<HeaderValue> {
    let id = headers.get(REQUEST_ID)?;
    let is_id = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    ((1..=64).contains(&id.len()) && id.as_bytes().iter().all(is_id)).then(|| id.clone())
}

fn new_id(app: &App) -> HeaderValue {
    let mut bytes = [0; 12];
    app.chance.fill(&mut bytes);
    HeaderValue::from_str(&URL_SAFE_NO_PAD.encode(bytes)).expect("base64 is printable")
}
