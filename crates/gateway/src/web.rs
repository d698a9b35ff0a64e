//! HTTP: the only room of the gateway that knows axum. Parse, authorise, call one function, render.

mod account_page;
mod assets;
mod bearer;
mod cookies;
mod envelope;
mod health;
mod kakao_routes;
mod leaving;
mod login_routes;
mod logout_routes;
mod openapi;
mod pages;
mod refusal;
mod sample_routes;
mod signed_in;
mod site;
mod v1;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use tokio::time::timeout;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::trace::TraceLayer;
use tracing::Instrument as _;

use self::refusal::Refusal;
use crate::app::App;

/// The longest body taken: a template with every field full is far below.
const BODY_LIMIT: usize = 256 * 1024;
/// Longer than two calls to Kakao at their own limits.
const REQUEST_LIMIT: Duration = Duration::from_mins(1);

/// All routes of the gateway.
pub(crate) fn router(app: Arc<App>) -> Router {
    let headers = ServiceBuilder::new()
        .layer(header(header::CONTENT_SECURITY_POLICY, &content_security_policy(&app)))
        .layer(header(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header(header::REFERRER_POLICY, "same-origin"))
        .layer(header(header::X_FRAME_OPTIONS, "DENY"))
        .layer(header(header::CACHE_CONTROL, "no-store"))
        .layer(header(HeaderName::from_static("cross-origin-opener-policy"), "same-origin"));
    Router::new()
        .route("/", get(pages::index))
        .route("/index.html", get(pages::index))
        .route("/authorize", get(login_routes::authorize))
        .route("/redirect", get(login_routes::redirect))
        .route("/profile", get(sample_routes::profile))
        .route("/friends", get(sample_routes::friends))
        .route("/message", get(sample_routes::message).post(sample_routes::message))
        .route("/friend-message", get(sample_routes::friend_message).post(sample_routes::friend_message))
        .route("/logout", get(sample_routes::logout).post(sample_routes::logout))
        .route("/unlink", get(leaving::unlink).post(leaving::unlink))
        .route("/kakao/unlink", get(kakao_routes::unlink).post(kakao_routes::unlink))
        .route("/kakao/account-status", post(kakao_routes::account_status))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/openapi.json", get(openapi::serve))
        .route("/static/{*path}", get(assets::serve))
        .merge(account_page::routes())
        .merge(logout_routes::routes())
        .merge(v1::routes())
        .fallback(pages::not_found)
        .method_not_allowed_fallback(|| async { Refusal::method_not_allowed() })
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn(in_time))
        .layer(CatchPanicLayer::custom(|_| Refusal::internal().into_response()))
        .layer(middleware::from_fn_with_state(app.clone(), envelope::put_in))
        .layer(headers)
        // The path alone: queries of the callback hold codes and states.
        .layer(TraceLayer::new_for_http().make_span_with(|request: &axum::http::Request<_>| {
            tracing::info_span!("web.request", method = %request.method(), path = request.uri().path())
        }))
        .with_state(app)
}

async fn in_time(request: Request, next: Next) -> Response {
    match timeout(REQUEST_LIMIT, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Refusal::too_slow().into_response(),
    }
}

fn header(name: HeaderName, value: &str) -> SetResponseHeaderLayer<HeaderValue> {
    let value = HeaderValue::from_str(value).expect("our own header values are printable");
    SetResponseHeaderLayer::if_not_present(name, value)
}

/// Nothing but our own files; pictures also from where Kakao keeps profile images.
fn content_security_policy(app: &App) -> String {
    let kakao = app.settings.kakao.api_base_url.origin().ascii_serialization();
    // A browser that posts the form for logging out is led on there, and from there within Kakao.
    let logout = app.settings.kakao.auth_base_url.origin().ascii_serialization();
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
         img-src 'self' https: {kakao}; form-action 'self' {logout} https://*.kakao.com; base-uri 'none'; frame-ancestors 'none'"
    )
}

/// Runs work that must not stop half-way when the browser goes away: Kakao has acted, we must record it.
async fn to_its_end<T: Send + 'static>(app: &App, work: impl Future<Output = T> + Send + 'static) -> T {
    match app.unfinished.spawn(work.in_current_span()).await {
        Ok(outcome) => outcome,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
