//! `/authorize` and `/redirect`: to Kakao and back.

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use katok_client::{AuthorizationResponse, ErrorKind, Prompt, ScopeSet};
use serde::Deserialize;

use super::cookies::{self, Name};
use super::pages::{self, Problem};
use super::refusal::{storage_trouble, vault_key_missing};
use super::request_log::StorageFailed;
use super::to_its_end;
use crate::app::App;
use crate::device;
use crate::login::{self, LoginFailure};
use crate::seal::DoesNotOpen;
use crate::sentence::{Sentence, explain, explain_redirect};

#[derive(Default, Deserialize)]
pub(super) struct Ask {
    #[serde(default)]
    scope: String,
    /// `login` lets another person sign in where Kakao still knows the last one.
    #[serde(default)]
    prompt: String,
}

/// `GET /authorize[?scope=a,b]`: begins a sign-in and sends the browser to Kakao.
pub(super) async fn authorize(
    State(app): State<Arc<App>>,
    jar: CookieJar,
    headers: HeaderMap,
    uri: Uri,
    ask: Result<Query<Ask>, QueryRejection>,
) -> Response {
    if let Some(home) = pages::other_name_of_this_machine(&app, &headers, &uri) {
        return home.into_response();
    }
    let public_url = &app.settings.public_url;
    let Query(ask) = ask.unwrap_or_default();
    let scopes = ScopeSet::parse(&ask.scope);
    let prompt = (ask.prompt == "login").then_some(Prompt::Login);
    let held = cookies::read(&jar, Name::Login, public_url);
    match login::begin(&app, held, &scopes, prompt).await {
        Ok(begun) => {
            let jar = cookies::set_login(jar, &begun.browser, public_url);
            // Kakao's sample answers 302, and its curl lines show it.
            (StatusCode::FOUND, jar, [(header::LOCATION, begun.kakao.to_string())]).into_response()
        }
        Err(error) => problem(&app, LoginFailure::Store(error)),
    }
}

/// `GET /redirect?code=…&state=…`: ends a sign-in and leads to the page.
pub(super) async fn redirect(
    State(app): State<Arc<App>>,
    jar: CookieJar,
    headers: HeaderMap,
    RawQuery(callback): RawQuery,
) -> Response {
    let public_url = &app.settings.public_url;
    let browser = cookies::read(&jar, Name::Login, public_url);
    let old_session = cookies::read(&jar, Name::Session, public_url);
    let callback = match AuthorizationResponse::parse(&callback.unwrap_or_default()) {
        Ok(callback) => callback,
        Err(error) => return problem(&app, error.into()),
    };
    let user_agent = headers.get(header::USER_AGENT).map_or(&[][..], HeaderValue::as_bytes);
    let user_agent = device::shortened(user_agent);
    let working = app.clone();
    let completed = to_its_end(&app, async move {
        login::complete(&working, callback, browser.as_ref(), old_session.as_ref(), user_agent).await
    });
    let completed = completed.await;
    app.telemetry.sign_in(completed.as_ref().map_or_else(LoginFailure::word, |_| "done"));
    match completed {
        Ok((account, secrets)) => {
            tracing::info!(account.id = %account, "web.login.done");
            let jar = cookies::set_session(jar, &secrets, &app.settings);
            (jar, found("/index.html?login=success")).into_response()
        }
        Err(LoginFailure::Declined) => found("/index.html?login=cancelled").into_response(),
        Err(failure) => problem(&app, failure),
    }
}

fn found(path: &'static str) -> impl IntoResponse {
    (StatusCode::FOUND, [(header::LOCATION, path)])
}

fn problem(app: &App, failure: LoginFailure) -> Response {
    tracing::warn!(error = %failure, "web.login.failed");
    let is_of_the_storage = matches!(failure, LoginFailure::Store(_));
    let (status, sentence) = match failure {
        LoginFailure::NotOurs | LoginFailure::Declined => (
            StatusCode::BAD_REQUEST,
            Sentence::new(
                "이 로그인은 이미 쓰였거나, 10분이 지났거나, 다른 브라우저에서 시작되었습니다. 처음부터 다시 로그인하세요.",
                "This sign-in was used already, is older than ten minutes, or was begun in another browser. Sign in again from the start.",
            ),
        ),
        LoginFailure::Refused { error } => (StatusCode::BAD_REQUEST, explain_redirect(error.as_str())),
        LoginFailure::Kakao(error) => {
            let status = match error.kind() {
                ErrorKind::Unanswered => StatusCode::GATEWAY_TIMEOUT,
                _ => StatusCode::BAD_GATEWAY,
            };
            (status, explain(&error))
        }
        LoginFailure::Store(error) => (StatusCode::SERVICE_UNAVAILABLE, storage_trouble(&error)),
        LoginFailure::Vault(DoesNotOpen::KeyMissing(_)) => {
            (StatusCode::SERVICE_UNAVAILABLE, vault_key_missing())
        }
        LoginFailure::Vault(DoesNotOpen::Damaged) => (
            StatusCode::SERVICE_UNAVAILABLE,
            Sentence::new(
                "이 로그인을 이어갈 수 없습니다. 처음부터 다시 로그인하세요.",
                "This sign-in cannot go on. Sign in again from the start.",
            ),
        ),
    };
    let problem = Problem { title: "로그인하지 못했습니다", sentence, offers_sign_in: true };
    let mut response = pages::problem(app, status, &problem);
    if is_of_the_storage {
        response.extensions_mut().insert(StorageFailed);
    }
    response
}
