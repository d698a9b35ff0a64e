//! The thin door: hears requests as loosely as Kakao does, asks the world, answers exactly as Kakao does.

mod api_host;
mod control;
mod cross_origin;
mod description;
mod door;
mod exchange;
mod host;
mod login_host;
mod origin;
mod page;
mod pages;
mod parameters;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use tower::ServiceExt as _;
use tower_http::timeout::TimeoutBody;

use crate::fault::{ApiFault, LoginFault};
use crate::live::LiveWorld;
use control::ControlFault;
pub use door::Door;
use host::Side;
use login_host::FaultPage;

/// How long the next part of a body may be on its way.
const BODY_PAUSE: Duration = Duration::from_secs(30);

/// Everything the emulator answers.
pub(crate) fn router(live: Arc<LiveWorld>) -> Router {
    undisturbed(live.clone())
        .layer(middleware::from_fn_with_state(live.clone(), exchange::observe))
        .layer(middleware::from_fn_with_state(live, cross_origin::let_pages_call))
        .layer(middleware::from_fn(expect_the_body))
        .layer(middleware::from_fn(log))
}

/// A body that stops arriving must not hold its connection for ever.
async fn expect_the_body(request: Request, next: Next) -> Response {
    let in_time = |body| Body::new(TimeoutBody::new(BODY_PAUSE, body));
    next.run(request.map(in_time)).await
}

/// What `/oauth/token` answers to this form, whatever faults are scripted; noted nowhere.
pub(crate) async fn ask_for_tokens(live: Arc<LiveWorld>, issuer: &str, form: String) -> Bytes {
    let request = Request::post(format!("{issuer}/oauth/token"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(form))
        .expect("the request is well formed");
    let Ok(response) = undisturbed(live).oneshot(request).await;
    to_bytes(response.into_body(), usize::MAX).await.unwrap_or_default()
}

/// The status of what is answered to this request; only once the answer has been made to its end.
#[cfg(any(test, feature = "fuzz"))]
pub(crate) async fn answer(live: Arc<LiveWorld>, request: axum::http::Request<Vec<u8>>) -> StatusCode {
    let Ok(response) = router(live).oneshot(request.map(Body::from)).await;
    let status = response.status();
    let _ = to_bytes(response.into_body(), usize::MAX).await;
    status
}

/// The same without scripted faults, and noted nowhere.
fn undisturbed(live: Arc<LiveWorld>) -> Router {
    Router::new()
        .merge(login_host::routes())
        .merge(api_host::routes())
        .merge(control::routes())
        .merge(description::routes())
        .merge(pages::routes())
        .fallback(nothing_here)
        .method_not_allowed_fallback(wrong_method)
        .layer(middleware::from_fn(tell_hosts_apart))
        .with_state(live)
}

/// A path under the name of the other Kakao host does not exist.
async fn tell_hosts_apart(request: Request, next: Next) -> Response {
    let side = Side::of_path(request.uri().path());
    match host::kakao_side(request.headers(), request.uri()) {
        Some(asked) if side != asked && side != Side::Emulator => nothing_on(asked, StatusCode::NOT_FOUND),
        // The overview is ours; on a Kakao host there is no such page.
        Some(asked) if request.uri().path() == "/" => nothing_on(asked, StatusCode::NOT_FOUND),
        _ => next.run(request).await,
    }
}

async fn nothing_here(uri: Uri) -> Response {
    nothing_on(Side::of_path(uri.path()), StatusCode::NOT_FOUND)
}

async fn wrong_method(uri: Uri) -> Response {
    nothing_on(Side::of_path(uri.path()), StatusCode::METHOD_NOT_ALLOWED)
}

fn nothing_on(side: Side, status: StatusCode) -> Response {
    match side {
        Side::Login => (status, FaultPage(LoginFault::NoSuchAddress)).into_response(),
        Side::Api if status == StatusCode::METHOD_NOT_ALLOWED => ApiFault::WrongMethod.into_response(),
        Side::Api => ApiFault::NoSuchApi.into_response(),
        Side::Emulator => ControlFault::nothing_here(status).into_response(),
    }
}

/// Never the query, a header or a body: they carry codes, tokens, cookies and texts.
async fn log(request: Request, next: Next) -> Response {
    let (method, path): (Method, String) = (request.method().clone(), request.uri().path().to_owned());
    let response = next.run(request).await;
    tracing::info!(%method, path, status = response.status().as_u16(), "answered");
    response
}

/// JSON as Kakao labels it.
fn kakao_json(status: u16, body: &impl Serialize) -> Response {
    let status = StatusCode::from_u16(status).expect("faults have valid statuses");
    let text = serde_json::to_vec(body).expect("answers are plain data");
    let mut response = (status, text).into_response();
    let json = HeaderValue::from_static("application/json;charset=UTF-8");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

/// The redirect of kauth.
fn found(address: &str) -> Response {
    let location =
        HeaderValue::from_str(address).expect("addresses are ASCII: the seed and the encoding see to it");
    (StatusCode::FOUND, [(header::LOCATION, location)]).into_response()
}
