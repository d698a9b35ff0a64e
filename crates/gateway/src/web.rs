//! HTTP: the only room of the gateway that knows axum. Parse, authorise, call one function, render.

mod account_page;
mod assets;
mod bearer;
mod bounded;
mod callers;
mod compose_page;
mod consent_routes;
mod cookies;
#[cfg(test)]
mod door;
mod envelope;
mod health;
mod history_page;
mod kakao_routes;
mod language;
mod leaving;
mod login_routes;
mod logout_routes;
mod metrics;
mod openapi;
mod pages;
mod passage;
mod refusal;
mod relay_page;
mod request_log;
mod sample_routes;
mod sdk;
mod security_headers;
mod setup_page;
mod signed_in;
mod site;
mod v1;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state as middleware;
use axum::response::IntoResponse as _;
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;
use tracing::Instrument as _;

#[cfg(test)]
pub(crate) use self::door::Door;
use self::refusal::Refusal;
use crate::app::App;

/// All routes of the gateway.
pub(crate) fn router(app: &Arc<App>) -> Router {
    let callback = app.redirect_uri.url().path().to_owned();
    let router = if callback == "/" {
        Router::new().route("/", get(login_routes::redirect_or_page))
    } else {
        // Kakao compares the path letter by letter, so nothing in it stands for something else.
        Router::new()
            .without_v07_checks()
            .route("/", get(compose_page::home))
            .route(&callback, get(login_routes::redirect))
    };
    router
        .route("/index.html", get(pages::index))
        .route("/authorize", get(login_routes::authorize))
        .route("/consent/{id}", get(consent_routes::consent))
        .route("/consent/{id}/outcome", get(consent_routes::outcome))
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
        .route("/metrics", get(metrics::metrics))
        .route("/static/{*path}", get(assets::serve))
        .merge(account_page::routes())
        .merge(compose_page::routes())
        .merge(history_page::routes())
        .merge(logout_routes::routes())
        .merge(relay_page::routes())
        .merge(setup_page::routes())
        .merge(v1::routes())
        .fallback(pages::not_found)
        .method_not_allowed_fallback(|| async { Refusal::method_not_allowed() })
        .layer((
            middleware((app.clone(), Arc::new(security_headers::of(app))), passage::outer),
            CatchPanicLayer::custom(|_| {
                tracing::error!("web.request.panicked");
                Refusal::internal().into_response()
            }),
            middleware(app.clone(), passage::inner),
        ))
        .with_state(app.clone())
}

/// Runs work that must not stop half-way when the browser goes away: Kakao has acted, we must record it.
async fn to_its_end<T: Send + 'static>(app: &App, work: impl Future<Output = T> + Send + 'static) -> T {
    match app.unfinished.spawn(work.in_current_span()).await {
        Ok(outcome) => outcome,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
