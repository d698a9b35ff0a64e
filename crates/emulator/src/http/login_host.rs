//! kauth.kakao.com: sign-in, consent, tokens, OpenID Connect and the account's log-out.

mod authorize;
mod discovery;
mod logout;
mod pages;
mod token;
mod token_info;

use std::sync::Arc;

use axum::http::{HeaderValue, header};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Router, middleware};
use axum_extra::extract::CookieJar;

use super::{origin, wrong_method};
use crate::live::LiveWorld;
use crate::world::session::KEPT_SESSION_LIFETIME;
pub(super) use pages::{FaultPage, scripted_fault_page};

/// Cookies know no ports: the gateway on the same `localhost` sees this one, so it has a name of its own.
pub(super) const SESSION_COOKIE: &str = "kakao_emulator_session";

pub(super) fn routes() -> Router<Arc<LiveWorld>> {
    Router::new()
        // Left to itself, HEAD would do what GET does: issue a code nobody sees, or spend one.
        .route("/oauth/authorize", get(authorize::open).head(wrong_method))
        .route("/oauth/authorize/sign_in", post(authorize::sign_in))
        .route("/oauth/authorize/sign_up", post(authorize::sign_up))
        .route("/oauth/authorize/consent", post(authorize::decide))
        .route("/oauth/logout", get(logout::open).head(wrong_method))
        .route("/oauth/logout/decision", post(logout::log_out))
        .layer(middleware::from_fn(origin::refuse_foreign_sites))
        .route("/oauth/token", post(token::issue).get(token::issue).head(wrong_method))
        .route("/oauth/tokeninfo", post(token_info::decode))
        .route("/.well-known/openid-configuration", get(discovery::openid_configuration))
        .route("/.well-known/jwks.json", get(discovery::jwks))
        .route("/.well-known/sse-configuration", get(discovery::events_configuration))
        .route("/.well-known/ssf-configuration", get(discovery::events_configuration))
}

fn session_cookie(cookies: &CookieJar) -> Option<String> {
    cookies.get(SESSION_COOKIE).map(|cookie| cookie.value().to_owned())
}

/// The browser remembers who signed in for longer than they stay signed in.
fn set_session_cookie(response: &mut Response, secret: &str) {
    let lifetime = KEPT_SESSION_LIFETIME.as_secs();
    let cookie = format!("{SESSION_COOKIE}={secret}; Path=/; Max-Age={lifetime}; HttpOnly; SameSite=Lax");
    let cookie = HeaderValue::from_str(&cookie).expect("session secrets are base64url");
    response.headers_mut().insert(header::SET_COOKIE, cookie);
}
