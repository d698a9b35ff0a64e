//! `POST /compose/send`: accepts the message, as `POST /v1/messages` does.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::json;

use super::view::{Said, Told, page};
use super::{Fields, ended, new_key, read, unless_ended, writes_it};
use crate::app::App;
use crate::compose::{Composition, Notes};
use crate::outbox::{self, Asked, NotAccepted, Repeatable};
use crate::sentence::Sentence;
use crate::store::{AccountId, MessageId};
use crate::web::envelope;
use crate::web::language::Reader;
use crate::web::refusal::Refusal;
use crate::web::signed_in::Acting;
use crate::web::to_its_end;

/// Why a message did not go out.
struct NotSent {
    refusal: Refusal,
    /// Whether it would be another message under a key that was used.
    is_used_key: bool,
}

impl From<Refusal> for NotSent {
    fn from(refusal: Refusal) -> Self {
        Self { refusal, is_used_key: false }
    }
}

/// `POST /compose/send`: leads on to what becomes of the message; a script is told where that is.
pub(super) async fn send(
    State(app): State<Arc<App>>,
    Reader(language): Reader,
    headers: HeaderMap,
    acting: Result<Acting, Response>,
    form: Fields,
) -> Result<Response, Response> {
    let session = unless_ended(acting)?;
    let mut composition = Composition::of_form(&read(form).map_err(IntoResponse::into_response)?);
    let is_script = envelope::asks_for_json(&headers);
    let Some(session) = session else {
        if is_script {
            return Err(Refusal::not_signed_in().into_response());
        }
        return Ok(ended(&app, language, &composition).await);
    };
    writes_it(&session.account, &composition).map_err(IntoResponse::into_response)?;
    match accept(&app, session.account.clone(), &composition).await {
        Ok(id) if is_script => Ok(Json(json!({"id": id.as_str(), "href": told_at(&id)})).into_response()),
        Ok(id) => Ok(Redirect::to(&told_at(&id)).into_response()),
        Err(NotSent { mut refusal, is_used_key }) => {
            if is_used_key {
                composition.idempotency_key = new_key(&app);
            }
            if is_script {
                refusal.body.insert("idempotency_key".into(), composition.idempotency_key.into());
                return Err(refusal.into_response());
            }
            let told = Told::badly(language.choose(refusal.sentence.ko, refusal.sentence.en));
            let said = Said { is_judged: true, told: Some(told), ..Said::default() };
            let page = page(&app, language, Some(&session.account), &composition, said).await;
            Ok((refusal.status, page).into_response())
        }
    }
}

/// Where it is told what became of a message.
fn told_at(id: &MessageId) -> String {
    format!("/history/{id}")
}

async fn accept(app: &Arc<App>, account: AccountId, composition: &Composition) -> Result<MessageId, NotSent> {
    let (written, variables) = composition.written();
    let Ok(template) = &written.template else {
        return Err(invalid("JSON을 먼저 고쳐 주세요.", "Mend the JSON first."));
    };
    if composition.to_friends && composition.friends.is_empty() {
        return Err(invalid("받을 친구를 골라 주세요.", "Choose at least one friend."));
    }
    if composition.is_later && composition.send_at().is_none_or(|send_at| send_at <= app.clock.now()) {
        return Err(invalid(
            "보낼 시각을 지금보다 뒤로 정해 주세요.",
            "Choose a time to send that is yet to come.",
        ));
    }
    if !Notes::of(composition, &written, &variables, katok_bubble::Language::Korean).is_sendable() {
        return Err(invalid(
            "카카오가 거절할 부분이 있어 보내지 않았습니다. 표시된 곳을 고쳐 주세요.",
            "Kakao would refuse this, so it was not sent. Mend what is marked.",
        ));
    }
    let key = composition.idempotency_key.trim();
    if !(1..=255).contains(&key.len()) {
        return Err(Refusal::unreadable_form(StatusCode::BAD_REQUEST).into());
    }
    let mut body = composition.body(template);
    let asked: Asked = serde_json::from_value(body.clone()).map_err(|_| Refusal::internal())?;
    let (order, _) = asked.checked(&app.settings.public_url).map_err(Refusal::from)?;
    body.sort_all_objects();
    let repeatable = Repeatable::new(key, body.to_string().as_bytes());
    let working = app.clone();
    // The message may be on the disk when the browser has gone: then it is sent as well.
    let accepted = to_its_end(app, async move {
        let sender = outbox::Sender { account: &account, api_key: None, recurring: None };
        outbox::accept(&working, sender, &order, Some(&repeatable)).await
    });
    accepted.await.map_err(|error| match error {
        NotAccepted::OtherMessage => NotSent { is_used_key: true, ..sent_before().into() },
        error => Refusal::from(error).into(),
    })
}

fn invalid(ko: &str, en: &str) -> NotSent {
    Refusal::invalid(Sentence::new(ko, en)).into()
}

/// The answer was lost, or the page is an old one, and the message has been changed since.
fn sent_before() -> Refusal {
    Refusal::conflict().saying(Sentence::new(
        "고치기 전의 메시지는 이미 접수되었습니다. 고친 메시지도 보내려면 한 번 더 누르세요.",
        "The message as it was before your changes has been accepted. Press again to send this one too.",
    ))
}
