//! What is noted of every request: method, route and outcome, never its query, its headers or its body.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tokio::time::Instant;
use tracing::Instrument as _;
use tracing::field::Empty;

use crate::app::App;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Put into an answer that failed for the database's sake.
#[derive(Clone, Copy)]
pub(super) struct StorageFailed;

/// Notes a request under an id that its answer names, and counts it.
pub(super) async fn noted(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = method(request.method());
    // The route and not the path: a path is what a stranger writes.
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("none", MatchedPath::as_str);
    let id = given_id(request.headers()).unwrap_or_else(|| new_id(&app));
    let span = tracing::info_span!(
        "web.request",
        http.method = method,
        http.route = route,
        request.id = id.to_str().unwrap_or_default(),
        account.id = Empty,
        http.status = Empty,
        duration_ms = Empty,
    );
    let mut response = next.run(request).instrument(span.clone()).await;
    let took = begun.elapsed();
    span.record("http.status", response.status().as_u16());
    span.record("duration_ms", u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
    span.in_scope(|| tracing::info!("web.request.done"));
    app.telemetry.request(method, route, response.status().as_u16(), took);
    if response.extensions().get::<StorageFailed>().is_some() {
        app.telemetry.database_failed();
    }
    response.headers_mut().insert(REQUEST_ID, id);
    response
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
