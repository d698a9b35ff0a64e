//! kauth.kakao.com: sign-in, consent and tokens.

mod pages;
mod token;

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware;
use axum::response::Response;
use axum::routing::{get, post};
use axum_extra::extract::CookieJar;

use self::pages::{ConsentPage, SignInPage};
use super::parameters::FilledIn;
use super::{found, origin, wrong_method};
use crate::fault::LoginFault;
use crate::live::LiveWorld;
use crate::seed::PersonKey;
use crate::world::authorize::{
    Authorize, AuthorizeRequest, AuthorizeSignedOut, Authorized, ConsentAnswer, DecideConsent, SignedOut,
    query_after_sign_in,
};
use crate::world::session::{SESSION_LIFETIME, SignIn};
pub(super) use pages::{FaultPage, scripted_fault_page};

/// Cookies know no ports: the gateway on the same `localhost` sees this one, so it has a name of its own.
pub(super) const SESSION_COOKIE: &str = "kakao_emulator_session";

pub(super) fn routes() -> Router<Arc<LiveWorld>> {
    Router::new()
        // Left to itself, HEAD would do what GET does: issue a code nobody sees, or spend one.
        .route("/oauth/authorize", get(authorize).head(wrong_method))
        .route("/oauth/authorize/sign_in", post(sign_in))
        .route("/oauth/authorize/consent", post(consent))
        .layer(middleware::from_fn(origin::refuse_foreign_sites))
        .route("/oauth/token", post(token::issue).get(token::issue).head(wrong_method))
}

/// The page or redirect that the person needs next.
async fn authorize(
    State(live): State<Arc<LiveWorld>>,
    RawQuery(query): RawQuery,
    cookies: CookieJar,
) -> Result<Response, FaultPage> {
    let query = query.unwrap_or_default();
    let request = AuthorizeRequest::from_query(&query);
    let Some(person) = signed_in(&live, &cookies, &request) else {
        let login_hint = request.login_hint.clone().unwrap_or_default();
        return Ok(match live.apply(AuthorizeSignedOut { request })? {
            SignedOut::Redirect(address) => found(&address),
            SignedOut::SignIn { app } => SignInPage::new(&live, &app, query, login_hint).show(StatusCode::OK),
        });
    };
    Ok(match live.apply(Authorize { request, person: person.clone() })? {
        Authorized::Redirect(address) => found(&address),
        Authorized::Consent { app, asked } => ConsentPage::new(&live, &app, &person, asked, query).show(),
    })
}

/// Who is signed in in this browser, as far as the request is content with that.
fn signed_in(live: &LiveWorld, cookies: &CookieJar, request: &AuthorizeRequest) -> Option<PersonKey> {
    let cookie = cookies.get(SESSION_COOKIE).filter(|_| !request.wants_sign_in())?;
    live.read(|world, now| world.signed_in(cookie.value(), now).cloned())
}

/// Signs somebody in and goes on with the request that asked for it.
async fn sign_in(
    State(live): State<Arc<LiveWorld>>,
    RawQuery(query): RawQuery,
    FilledIn(form): FilledIn,
) -> Result<Response, FaultPage> {
    let query = query.unwrap_or_default();
    let request = AuthorizeRequest::from_query(&query);
    let SignedOut::SignIn { app } = live.apply(AuthorizeSignedOut { request })? else {
        return Err(LoginFault::MalformedRequest.into());
    };
    let proof = match (form.owned("person"), form.owned("email"), form.owned("password")) {
        (Some(person), _, _) => SignIn::Click { person },
        (None, Some(email), Some(password)) => SignIn::Password { email, password },
        _ => return Err(LoginFault::MalformedRequest.into()),
    };
    let Ok(secret) = live.apply(proof) else {
        let email = form.owned("email").unwrap_or_default();
        let page = SignInPage::new(&live, &app, query, email).after_wrong_password();
        return Ok(page.show(StatusCode::UNAUTHORIZED));
    };
    let cookie = format!(
        "{SESSION_COOKIE}={secret}; Path=/; Max-Age={}; HttpOnly; SameSite=Lax",
        SESSION_LIFETIME.as_secs()
    );
    let mut response = found(&format!("/oauth/authorize?{}", query_after_sign_in(&query)));
    let cookie = HeaderValue::from_str(&cookie).expect("session secrets are base64url");
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}

/// Takes what the person pressed on the consent page.
async fn consent(
    State(live): State<Arc<LiveWorld>>,
    RawQuery(query): RawQuery,
    cookies: CookieJar,
    FilledIn(form): FilledIn,
) -> Result<Response, FaultPage> {
    let query = query.unwrap_or_default();
    let request = AuthorizeRequest::from_query(&query);
    let Some(person) = signed_in(&live, &cookies, &request) else {
        // The session has ended while the page was open, or the request asks for a new one.
        return Ok(found(&format!("/oauth/authorize?{query}")));
    };
    let answer = match form.get("decision") {
        Some("agree") => {
            let items: BTreeSet<String> = form.all("scope").map(str::to_owned).collect();
            ConsentAnswer::Agree { items }
        }
        Some("cancel") => ConsentAnswer::Cancel,
        _ => return Err(LoginFault::MalformedRequest.into()),
    };
    Ok(found(&live.apply(DecideConsent { request, person, answer })?))
}
