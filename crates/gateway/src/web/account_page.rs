//! `/account`: who one is at Kakao, where one is signed in, one's API keys, and the ways out. Plain forms, no script.

mod at_kakao;
mod keys;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{Redirect, Response};
use axum::routing::{get, post};
use axum_extra::extract::CookieJar;
use jiff::Timestamp;
use katok_client::ConsentItem;

use self::at_kakao::AtKakao;
use self::keys::KeyForm;
use super::language::Reader;
use super::leaving;
use super::pages::{Frame, render};
use super::refusal::Refusal;
use super::signed_in::{Acting, SignedIn};
use crate::api_key;
use crate::app::App;
use crate::device;
use crate::sentence::{self, Sentence};
use crate::session::{self, Session};
use crate::store::{ListedApiKey, ListedSession, SessionId};

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/account", get(account))
        .route("/account/sessions/end-others", post(end_others))
        .route("/account/sessions/{id}/end", post(end))
        .route("/account/consents/{scope}/withdraw", post(at_kakao::withdraw))
        .route("/account/keys", post(keys::make_key))
        .route("/account/keys/{id}/revoke", post(keys::revoke_key))
        .route("/account/unlink", get(ask_to_unlink).post(unlink))
}

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    frame: Frame,
    at_kakao: AtKakao,
    current: SessionId,
    sessions: Vec<ListedSession>,
    keys: Vec<ListedApiKey>,
    now: Timestamp,
    shown: Shown,
    most_keys: i64,
}

/// What the page shows beside what there is.
#[derive(Default)]
struct Shown {
    /// A key made just now: shown on this page and never again.
    made: Option<String>,
    /// What is wrong with the key that somebody wanted.
    wrong: Option<Sentence>,
    /// What the form of a new key holds.
    form: KeyForm,
}

impl AccountPage {
    /// As Kakao's consent screen calls it, in the reader's language where that is known.
    fn consent_name<'a>(&self, item: &'a ConsentItem) -> &'a str {
        match sentence::consent_name(&item.id) {
            Some((ko, en)) => self.frame.language.choose(ko, en),
            None => &item.display_name,
        }
    }

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
    shown: Shown,
) -> Result<Response, Refusal> {
    Ok(render(&AccountPage {
        frame: Frame::of_person(app, language, "/account"),
        at_kakao: AtKakao::read(app, &session.account).await,
        sessions: session::living(app, &session.account).await?,
        keys: app.store.api_keys(&session.account).await?,
        current: session.id,
        now: app.clock.now(),
        shown,
        most_keys: api_key::MOST,
    }))
}

/// `GET /account`
async fn account(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
    reader: Reader,
) -> Result<Response, Refusal> {
    page(&app, reader, session, Shown::default()).await
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

#[derive(Template)]
#[template(path = "unlink.html")]
struct UnlinkPage {
    frame: Frame,
}

/// `GET /account/unlink`: what would be lost.
async fn ask_to_unlink(
    State(app): State<Arc<App>>,
    SignedIn(_): SignedIn,
    Reader(language): Reader,
) -> Response {
    render(&UnlinkPage { frame: Frame::of_person(&app, language, "/account").at("/account/unlink") })
}

/// `POST /account/unlink`: what `/unlink` does, and then the page of nobody.
async fn unlink(
    State(app): State<Arc<App>>,
    Acting(session): Acting,
    jar: CookieJar,
) -> Result<(CookieJar, Redirect), Refusal> {
    let (unlinked, jar) = leaving::leave(&app, session, jar).await?;
    Ok((jar, Redirect::to(&format!("/index.html?unlink={}", unlinked.receipt.state.as_str()))))
}
