//! Three ways to log out from a page: in this browser, everywhere, and of the Kakao account as well.

use std::sync::Arc;

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum_extra::extract::CookieJar;
use katok_client::{AccountLogout, State as LogoutState};

use super::cookies::{self, Name};
use super::language::Reader;
use super::refusal::Refusal;
use super::signed_in::Acting;
use super::{pages, to_its_end};
use crate::account::{self, ActError};
use crate::app::App;
use crate::sentence::Sentence;
use crate::session::BrowserSecret;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/logout/here", post(here))
        .route("/logout/everywhere", post(everywhere))
        .route("/logout/kakao-account", post(kakao_account))
        .route("/logged-out", get(logged_out))
}

/// `POST /logout/here`: this browser's session ends; others and Kakao's tokens stay.
async fn here(
    State(app): State<Arc<App>>,
    Acting(session): Acting,
    jar: CookieJar,
) -> Result<impl IntoResponse, Refusal> {
    app.store.end_session(&session.account, &session.id).await?;
    let jar = cookies::clear_session(jar, &app.settings.public_url);
    Ok((jar, Redirect::to("/index.html?logout=here")))
}

/// `POST /logout/everywhere`: what `/logout` does, and then the page of nobody.
async fn everywhere(State(app): State<Arc<App>>, Acting(session): Acting, jar: CookieJar) -> Response {
    let working = app.clone();
    let outcome = to_its_end(&app, async move { account::log_out(&working, &session.account).await }).await;
    let jar = cookies::clear_session(jar, &app.settings.public_url);
    match outcome {
        Ok(_) | Err(ActError::SignInAgain(_)) => {
            (jar, Redirect::to("/index.html?logout=everywhere")).into_response()
        }
        Err(ActError::SignedOutHereOnly(_)) => {
            (jar, Redirect::to("/index.html?logout=unconfirmed")).into_response()
        }
        Err(error) => Refusal::from(error).into_response(),
    }
}

/// `POST /logout/kakao-account`: this browser's session ends, and Kakao asks whether that of the Kakao account shall.
async fn kakao_account(
    State(app): State<Arc<App>>,
    Acting(session): Acting,
    jar: CookieJar,
) -> Result<impl IntoResponse, Refusal> {
    // First here: whether the browser comes back from Kakao is not in our hands.
    app.store.end_session(&session.account, &session.id).await?;
    let browser = BrowserSecret::generate(app.chance.as_ref());
    let logout = AccountLogout::new(&app.logout_redirect_uri).state(&LogoutState::new(browser.as_str()));
    let public_url = &app.settings.public_url;
    let jar = cookies::set_logout(cookies::clear_session(jar, public_url), &browser, public_url);
    Ok((jar, Redirect::to(app.client.account_logout_url(&logout).as_str())))
}

/// `GET /logged-out?state=…`: back from Kakao. Nothing is done here, so nobody can be logged out by a link to it.
async fn logged_out(
    State(app): State<Arc<App>>,
    jar: CookieJar,
    reader: Reader,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<impl IntoResponse, Refusal> {
    let public_url = &app.settings.public_url;
    let browser = cookies::read(&headers, Name::Logout, public_url);
    let has_ended = browser.is_some_and(|browser| {
        AccountLogout::has_ended(query.as_deref().unwrap_or_default(), &LogoutState::new(browser.as_str()))
    });
    if !has_ended {
        return Err(Refusal::bad_request(Sentence::new(
            "이 브라우저에서 시작한 로그아웃이 아닙니다. 아무것도 바뀌지 않았습니다.",
            "This belongs to no log-out that this browser began. Nothing has changed.",
        )));
    }
    Ok((cookies::clear_logout(jar, public_url), pages::logged_out(&app, reader)))
}
