//! Lets pages of any site call Kakao's API, as Kakao's JavaScript SDK does from a service's own pages.

use std::convert::Infallible;

use axum::extract::Request;
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use tower::{Layer as _, ServiceExt as _};
use tower_http::cors::{AllowHeaders, Any, CorsLayer};

use super::host::Side;

/// Stands before the journal and the scripted faults: a page gets to read a scripted refusal, and the browser's
/// question whether it may call uses none up.
pub(super) async fn let_pages_call(request: Request, next: Next) -> Response {
    if !is_for_pages(request.uri().path()) {
        return next.run(request).await;
    }
    let cors = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::POST, Method::DELETE])
        // The wildcard would not stand for `Authorization`.
        .allow_headers(AllowHeaders::mirror_request());
    let answered: Result<Response, Infallible> = cors.layer(next).oneshot(request).await;
    let Ok(response) = answered;
    response
}

/// Sign-in, consent and the emulator's own calls are for nobody else's pages.
fn is_for_pages(path: &str) -> bool {
    Side::of_path(path) == Side::Api || path == "/oauth/token"
}
