//! `/account`: where one is signed in, one's API keys, and the ways out. Plain forms, no script.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::language::Reader;
use super::pages::{Frame, render};
use super::refusal::Refusal;
use super::signed_in::{Acting, SignedIn};
use crate::api_key::{self, KeyScope, KeyWish, NotMade};
use crate::app::App;
use crate::device;
use crate::sentence::Sentence;
use crate::session::{self, Session};
use crate::store::{ApiKeyId, ListedApiKey, ListedSession, SessionId};

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/account", get(account))
        .route("/account/sessions/end-others", post(end_others))
        .route("/account/sessions/{id}/end", post(end))
        .route("/account/keys", post(make_key))
        .route("/account/keys/{id}/revoke", post(revoke_key))
}

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    frame: Frame,
    current: SessionId,
    sessions: Vec<ListedSession>,
    keys: Vec<ListedApiKey>,
    now: Timestamp,
    /// A key made just now: shown on this page and never again.
    made: Option<String>,
    /// What is wrong with the key that somebody wanted.
    wrong: Option<Sentence>,
    /// What the form of a new key holds.
    form: KeyForm,
    most_keys: i64,
}

impl AccountPage {
    fn device(&self, session: &ListedSession) -> String {
        device::recognised(&session.user_agent).unwrap_or_else(|| match session.user_agent.as_str() {
            "" => self.frame.say("이름 없는 프로그램", "A program without a name").to_owned(),
            user_agent => user_agent.to_owned(),
        })
    }

    fn has_ended(&self, key: &ListedApiKey) -> bool {
        key.expires_at.is_some_and(|end| end <= self.now)
    }
}

async fn page(
    app: &App,
    Reader(language): Reader,
    session: Session,
    made: Option<String>,
    (form, wrong): (KeyForm, Option<Sentence>),
) -> Result<Response, Refusal> {
    Ok(render(&AccountPage {
        frame: Frame::of_person(app, language, "/account"),
        sessions: session::living(app, &session.account).await?,
        keys: app.store.api_keys(&session.account).await?,
        current: session.id,
        now: app.clock.now(),
        made,
        wrong,
        form,
        most_keys: api_key::MOST,
    }))
}

/// `GET /account`
async fn account(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
    reader: Reader,
) -> Result<Response, Refusal> {
    page(&app, reader, session, None, (KeyForm::default(), None)).await
}

/// `POST /account/sessions/{id}/end`
async fn end(
    State(app): State<Arc<App>>,
    Acting(session): Acting,
    Path(id): Path<String>,
) -> Result<Redirect, Refusal> {
    let id = SessionId::presented(&id).ok_or_else(Refusal::not_found)?;
    // One that is gone already is what the person wanted.
    app.store.end_session(&session.account, &id).await?;
    Ok(Redirect::to("/account#sessions"))
}

/// `POST /account/sessions/end-others`
async fn end_others(State(app): State<Arc<App>>, Acting(session): Acting) -> Result<Redirect, Refusal> {
    app.store.end_other_sessions(&session.account, &session.id).await?;
    Ok(Redirect::to("/account#sessions"))
}

/// A key as the form asks for it: a box a scope, days in place of a date.
#[derive(Clone, Deserialize)]
struct KeyForm {
    name: String,
    send_me: Option<String>,
    send_friends: Option<String>,
    read: Option<String>,
    days: String,
    daily_cap: String,
}

impl Default for KeyForm {
    fn default() -> Self {
        Self {
            name: String::new(),
            send_me: Some("on".to_owned()),
            send_friends: None,
            read: None,
            days: "90".to_owned(),
            daily_cap: String::new(),
        }
    }
}

impl KeyForm {
    fn wish(self, now: Timestamp) -> Result<KeyWish, Sentence> {
        let boxes = [
            (self.send_me, KeyScope::SendMe),
            (self.send_friends, KeyScope::SendFriends),
            (self.read, KeyScope::Read),
        ];
        let number = |text: &str| match text.trim() {
            "" => Ok(None),
            text => text.parse::<i64>().map(Some).map_err(|_| {
                Sentence::new("하루 한도와 만료는 수로 적으세요.", "Give cap and expiry as numbers.")
            }),
        };
        let days = number(&self.days)?.map(|days| SignedDuration::from_hours(days.clamp(0, 3650) * 24));
        Ok(KeyWish {
            name: self.name,
            scopes: boxes.into_iter().filter_map(|(ticked, scope)| ticked.and(Some(scope))).collect(),
            expires_at: days.map(|days| now + days),
            daily_cap: number(&self.daily_cap)?,
        })
    }
}

/// `POST /account/keys`: answers with the page that shows the key, this once.
async fn make_key(
    State(app): State<Arc<App>>,
    Acting(session): Acting,
    reader: Reader,
    form: Result<Form<KeyForm>, FormRejection>,
) -> Result<Response, Refusal> {
    let Form(form) = form.map_err(|error| Refusal::unreadable_form(error.status()))?;
    let made = match form.clone().wish(app.clock.now()) {
        Ok(wish) => api_key::make(&app, &session.account, wish).await,
        Err(wrong) => Err(NotMade::Malformed(wrong)),
    };
    match made {
        Ok((key, _)) => {
            let key = key.as_str().to_owned();
            page(&app, reader, session, Some(key), (KeyForm::default(), None)).await
        }
        Err(NotMade::Malformed(wrong)) => {
            let page = page(&app, reader, session, None, (form, Some(wrong))).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /account/keys/{id}/revoke`
async fn revoke_key(
    State(app): State<Arc<App>>,
    Acting(session): Acting,
    Path(id): Path<String>,
) -> Result<Redirect, Refusal> {
    let id = ApiKeyId::presented(&id).ok_or_else(Refusal::not_found)?;
    api_key::revoke(&app, &session.account, &id).await?;
    Ok(Redirect::to("/account#keys"))
}
