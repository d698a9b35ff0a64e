//! `/authorize` and the redirect path: to Kakao and back.

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, RawQuery, Request, State};
use axum::handler::Handler as _;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use katok_client::{
    AuthorizationError, AuthorizationErrorCode, AuthorizationResponse, ErrorKind, Prompt, ScopeSet,
};
use serde::Deserialize;

use super::compose_page;
use super::consent_routes;
use super::cookies::{self, Name};
use super::language::Reader;
use super::pages::{self, Problem};
use super::refusal::{Refusal, storage_trouble, vault_key_missing};
use super::relay_page;
use super::request_log::StorageFailed;
use super::sdk::Sdk;
use super::setup_page;
use super::signed_in::Visitor;
use super::site;
use super::to_its_end;
use crate::app::App;
use crate::device;
use crate::login::{self, Ended, Errand, LoginFailure, NextPage};
use crate::outbox::{self, Order};
use crate::seal::DoesNotOpen;
use crate::sentence::{Sentence, explain, explain_redirect};
use crate::setup::Trouble;
use crate::store::Receiver;

#[derive(Default, Deserialize)]
pub(super) struct Ask {
    #[serde(default)]
    scope: String,
    /// `login` lets another person sign in where Kakao still knows the last one.
    #[serde(default)]
    prompt: String,
    /// Which page of ours to lead back to; anything else counts as nothing.
    #[serde(default)]
    next: String,
}

/// `GET /authorize[?scope=a,b][&next=/history]`: begins a sign-in and sends the browser to Kakao.
pub(super) async fn authorize(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    uri: Uri,
    ask: Result<Query<Ask>, QueryRejection>,
    visitor: Result<Visitor, Refusal>,
) -> Response {
    if let Some(home) = pages::other_name_of_this_machine(&app, &headers, &uri) {
        return home.into_response();
    }
    let Query(ask) = ask.unwrap_or_default();
    let visitor = visitor.ok().and_then(|Visitor(access)| access.account());
    let ask = login::Ask {
        scopes: ScopeSet::parse(&ask.scope),
        prompt: (ask.prompt == "login").then_some(Prompt::Login),
        person: visitor.as_ref(),
        is_asked: site::is_asked(&headers),
        waiting: None,
        next: NextPage::presented(&ask.next),
    };
    lead_to_kakao(&app, &headers, ask).await
}

/// Begins a sign-in and sends the browser on.
pub(super) async fn lead_to_kakao(app: &App, headers: &HeaderMap, ask: login::Ask<'_>) -> Response {
    let public_url = &app.settings.public_url;
    let held = cookies::read(headers, Name::Login, public_url);
    match login::begin(app, held, ask).await {
        Ok(begun) => {
            let jar = cookies::set_login(CookieJar::new(), &begun.browser, public_url);
            // Kakao's sample answers 302, and its curl lines show it.
            (StatusCode::FOUND, jar, [(header::LOCATION, begun.kakao.to_string())]).into_response()
        }
        Err(failure) => problem(app, Reader::of(headers), failure),
    }
}

/// `GET /` where Kakao sends people back to it: a visit without an answer of Kakao's gets the page.
pub(super) async fn redirect_or_page(State(app): State<Arc<App>>, request: Request) -> Response {
    let query = request.uri().query().unwrap_or_default();
    let mut names = url::form_urlencoded::parse(query.as_bytes()).map(|(name, _)| name);
    if names.any(|name| matches!(&*name, "code" | "error" | "state")) {
        redirect.call(request, app).await
    } else {
        compose_page::home.call(request, app).await
    }
}

/// `GET /redirect?code=…&state=…`, or whichever path is registered: ends a sign-in and leads to the page.
pub(super) async fn redirect(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    RawQuery(callback): RawQuery,
) -> Response {
    let public_url = &app.settings.public_url;
    let browser = cookies::read(&headers, Name::Login, public_url);
    let old_session = cookies::read(&headers, Name::Session, public_url);
    let callback = match AuthorizationResponse::parse(&callback.unwrap_or_default()) {
        Ok(callback) => callback,
        Err(error) => return problem(&app, Reader::of(&headers), error.into()),
    };
    if callback.state().secret() == Sdk::STATE && Sdk::of(&app).is_some() {
        return after_sdk(&app, &headers, callback).await;
    }
    let user_agent = headers.get(header::USER_AGENT).map_or(&[][..], HeaderValue::as_bytes);
    let user_agent = device::shortened(user_agent);
    let working = app.clone();
    let completed = to_its_end(&app, async move {
        let ended =
            login::complete(&working, callback, browser.as_ref(), old_session.as_ref(), user_agent).await?;
        let Ended::SignedIn(completed) = ended else { return Ok(None) };
        tracing::info!(account.id = %completed.account, "web.login.done");
        let next = run_errand(&working, &completed).await;
        Ok(Some((completed.secrets, next)))
    });
    let completed = completed.await;
    if completed.is_ok() {
        app.trouble.is_mended();
    }
    app.telemetry.sign_in(completed.as_ref().map_or_else(LoginFailure::word, |_| "done"));
    match completed {
        Ok(None) | Err(LoginFailure::Declined(Errand::Relay(_))) => {
            relay_page::brought(&app, Reader::of(&headers))
        }
        Ok(Some((secrets, next))) => {
            (cookies::set_session(CookieJar::new(), &secrets, &app.settings), found(&next)).into_response()
        }
        Err(LoginFailure::Declined(Errand::Waiting(message))) => {
            found(&consent_routes::outcome_of(&message)).into_response()
        }
        Err(LoginFailure::Declined(_)) => found("/index.html?login=cancelled").into_response(),
        Err(failure) => match set_up_wrong(&failure) {
            Some(trouble) => {
                tracing::warn!(error = %failure, "web.login.failed");
                setup_page::at_sign_in(&app, Reader::of(&headers), trouble)
            }
            None => problem(&app, Reader::of(&headers), failure),
        },
    }
}

/// The SDK has signed somebody in at Kakao: what follows is a sign-in of ours.
async fn after_sdk(app: &App, headers: &HeaderMap, callback: AuthorizationResponse) -> Response {
    let state = callback.state().clone();
    match callback.code(&state) {
        Err(AuthorizationError::Refused { error: AuthorizationErrorCode::AccessDenied, .. }) => {
            found("/index.html?login=cancelled").into_response()
        }
        _ => lead_to_kakao(app, headers, login::Ask::default()).await,
    }
}

/// Whether Kakao refused for want of a setting: then the page says which one, and what to enter where.
fn set_up_wrong(failure: &LoginFailure) -> Option<Trouble> {
    match failure {
        LoginFailure::Refused { error } => {
            // Not noted for others to see: anybody can come back with such words.
            Trouble::of_redirect(error.as_str())
        }
        LoginFailure::Kakao(error) => Trouble::of_code(&error.kakao_code()?.to_string()),
        _ => None,
    }
}

/// Does what somebody signed in for, and says which page tells of it. They are signed in whatever comes of it.
async fn run_errand(app: &App, completed: &login::Completed) -> String {
    let account = &completed.account;
    let by_link = match &completed.errand {
        Errand::Waiting(message) => Some(message),
        _ => None,
    };
    let led_back = completed.next.as_ref().map(|next| next.as_str().to_owned());
    if let Err(error) = outbox::consented(app, account, by_link).await {
        tracing::error!(%error, "web.login.waiting_not_resumed");
    }
    let done = match (&completed.errand, &app.settings.sign_in.send_after) {
        (Errand::Waiting(message), _) => {
            let done = outbox::wait_for(app, account, message).await;
            done.map(|()| consent_routes::outcome_of(message)).map_err(outbox::NotAccepted::from)
        }
        (Errand::SignIn, Some(send_after)) => {
            let sender = outbox::Sender { account, api_key: None, recurring: None };
            let order = Order::at_once(vec![Receiver::Me], send_after.template.clone());
            let sent = outbox::send_and_wait(app, sender, &order).await;
            sent.map(|sent| {
                led_back.clone().unwrap_or_else(|| format!("/index.html?login=success&sent={}", sent.message))
            })
        }
        (Errand::SignIn | Errand::OnlySignIn | Errand::MoreConsent | Errand::Relay(_), _) => {
            Ok(led_back.clone().unwrap_or_else(signed_in))
        }
    };
    done.unwrap_or_else(|error| {
        tracing::error!(%error, "web.login.errand_failed");
        led_back.unwrap_or_else(signed_in)
    })
}

/// Where a sign-in ends that names no page.
fn signed_in() -> String {
    "/index.html?login=success".to_owned()
}

fn found(path: &str) -> impl IntoResponse + use<> {
    (StatusCode::FOUND, [(header::LOCATION, path.to_owned())])
}

pub(super) fn problem(app: &App, reader: Reader, failure: LoginFailure) -> Response {
    tracing::warn!(error = %failure, "web.login.failed");
    let is_of_the_storage = matches!(failure, LoginFailure::Store(_));
    let (status, sentence) = match failure {
        LoginFailure::NotOurs | LoginFailure::Declined(_) => (
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
        LoginFailure::IdToken(error) => {
            let status = if login::is_unanswered(&error) {
                StatusCode::GATEWAY_TIMEOUT
            } else {
                StatusCode::BAD_GATEWAY
            };
            (status, login::explain_id_token(&error))
        }
        LoginFailure::TwoPeople => (
            StatusCode::BAD_GATEWAY,
            Sentence::new(
                "카카오의 ID 토큰과 사용자 정보가 서로 다른 사람을 가리켜 아무도 로그인하지 않았습니다. 처음부터 다시 로그인하세요.",
                "Kakao's ID token and user information name two people, so nobody was signed in. Sign in again from the start.",
            ),
        ),
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
    let title = Sentence::new("로그인하지 못했습니다", "You could not be signed in");
    let problem = Problem { title, sentence, sign_in: Some("/authorize".to_owned()) };
    let mut response = pages::problem(app, reader, status, &problem);
    if is_of_the_storage {
        response.extensions_mut().insert(StorageFailed);
    }
    response
}
