//! `/consent/{id}`: to the consent that a message waits for, and what became of the message.

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use katok_client::{Prompt, ScopeSet};
use serde::Deserialize;

use super::language::Reader;
use super::login_routes;
use super::pages::{self, Problem};
use super::refusal::Refusal;
use super::signed_in::Visitor;
use crate::app::App;
use crate::login;
use crate::outbox::{self, State as DeliveryState, Told};
use crate::sentence::Sentence;
use crate::store::{AccountId, KeptMessage, MessageId, StoreError};

#[derive(Default, Deserialize)]
pub(super) struct Ask {
    /// `login` lets another person sign in where Kakao still knows the last one.
    #[serde(default)]
    prompt: String,
}

/// `GET /consent/{id}`: leads to Kakao for exactly the consent that is missing.
///
/// Whoever follows the link signs in on the way; only as the one whose message it is does it go on.
pub(super) async fn consent(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    reader: Reader,
    headers: HeaderMap,
    uri: Uri,
    ask: Result<Query<Ask>, QueryRejection>,
    visitor: Result<Visitor, Refusal>,
) -> Response {
    if let Some(home) = pages::other_name_of_this_machine(&app, &headers, &uri) {
        return home.into_response();
    }
    let message = match find(&app, &id).await {
        Ok(Some(message)) => message,
        Ok(None) => return gone(&app, reader),
        Err(error) => return storage_silent(&app, reader, &error),
    };
    let prompt = ask.is_ok_and(|Query(ask)| ask.prompt == "login").then_some(Prompt::Login);
    let is_yours = match visitor.ok().and_then(|Visitor(access)| access.account()) {
        Some(account) if account == message.account => true,
        Some(_) if prompt.is_none() => return not_yours(&app, reader, &message.id, true),
        _ => false,
    };
    let waits = message.deliveries.iter().any(|delivery| delivery.state == DeliveryState::WaitingConsent);
    if is_yours && !waits {
        return (StatusCode::FOUND, [(header::LOCATION, outcome_of(&message.id))]).into_response();
    }
    // To be told what became of it, one only has to sign in.
    let scopes = message.scopes.as_deref().filter(|_| waits).map(ScopeSet::parse).unwrap_or_default();
    let waiting = Some(message.id.clone());
    let ask =
        login::Ask { scopes, prompt, person: Some(&message.account), is_asked: true, waiting, next: None };
    login_routes::lead_to_kakao(&app, &headers, ask).await
}

/// `GET /consent/{id}/outcome`: says in words what became of the message, to the one who sent it.
pub(super) async fn outcome(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    reader: Reader,
    visitor: Result<Visitor, Refusal>,
) -> Response {
    let message = match find(&app, &id).await {
        Ok(Some(message)) => message,
        Ok(None) => return gone(&app, reader),
        Err(error) => return storage_silent(&app, reader, &error),
    };
    match visitor.ok().and_then(|Visitor(access)| access.account()) {
        Some(account) if account == message.account => {
            pages::told(&app, reader, outbox::tell(&message), outcome_of(&message.id))
        }
        visitor => not_yours(&app, reader, &message.id, visitor.is_some()),
    }
}

/// Where it is told what became of a message.
pub(super) fn outcome_of(message: &MessageId) -> String {
    format!("/consent/{message}/outcome")
}

/// What became of a message, if it is this account's.
pub(super) async fn told_to(app: &App, id: &str, account: &AccountId) -> Option<Told> {
    let message = find(app, id).await.ok()??;
    (message.account == *account).then(|| outbox::tell(&message))
}

async fn find(app: &App, id: &str) -> Result<Option<KeptMessage>, StoreError> {
    match MessageId::presented(id) {
        Some(id) => Ok(app.store.message(&id).await?),
        None => Ok(None),
    }
}

fn storage_silent(app: &App, reader: Reader, error: &StoreError) -> Response {
    tracing::error!(%error, "store.failed");
    pages::storage_silent(app, reader)
}

fn gone(app: &App, reader: Reader) -> Response {
    let sentence = Sentence::new(
        "이 링크의 메시지가 없거나 기다리는 시간이 지났습니다. 메시지를 다시 보내세요.",
        "There is no message behind this link, or it has waited too long. Send it again.",
    );
    let title = Sentence::new("없거나 지난 링크입니다", "No such link, or no longer");
    pages::problem(app, reader, StatusCode::NOT_FOUND, &Problem { title, sentence, sign_in: None })
}

fn not_yours(app: &App, reader: Reader, id: &MessageId, is_somebody: bool) -> Response {
    let sentence = Sentence::new(
        "이 링크는 그 메시지를 쓴 사람의 것입니다. 메시지를 쓸 때의 카카오계정으로 로그인하세요.",
        "This link is for the one who wrote the message. Sign in with the Kakao Account it was written with.",
    );
    let (title, sign_in) = if is_somebody {
        // Kakao still knows the wrong person.
        (
            Sentence::new("다른 계정의 메시지입니다", "Another account's message"),
            format!("/consent/{id}?prompt=login"),
        )
    } else {
        (Sentence::new("로그인이 필요합니다", "Sign in first"), format!("/consent/{id}"))
    };
    let problem = Problem { title, sentence, sign_in: Some(sign_in) };
    pages::problem(app, reader, StatusCode::FORBIDDEN, &problem)
}
