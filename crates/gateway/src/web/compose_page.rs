//! `/`: where a message is written, seen as a phone will show it, and sent; for nobody, the way in.

mod friends;
mod preview;
mod saved;
mod sending;
mod view;

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, FromRequestParts, Query, Request, State};
use axum::handler::Handler as _;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use katok_bubble::Language;
use serde::Deserialize;

use self::view::{Said, Told, page};
use super::language::Reader;
use super::pages;
use super::refusal::Refusal;
use super::signed_in::{Acting, Visitor};
use crate::app::App;
use crate::compose::{Composition, Draft, JSON, Kind};
use crate::sentence::Sentence;
use crate::session::{Access, Session};
use crate::store::AccountId;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/compose", post(compose))
        .route("/compose/preview", post(preview::preview))
        .route("/compose/send", post(sending::send))
        .route("/compose/friends", get(friends::more))
}

/// What a browser posts: names and values, in the order of the page.
type Fields = Result<Form<Vec<(String, String)>>, FormRejection>;

fn read(form: Fields) -> Result<Vec<(String, String)>, Refusal> {
    form.map(|Form(fields)| fields).map_err(|error| Refusal::unreadable_form(error.status()))
}

#[derive(Default, Deserialize)]
struct Wish {
    #[serde(default)]
    kind: String,
}

/// `GET /[?kind=feed]`
pub(super) async fn home(State(app): State<Arc<App>>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    if let Some(home) = pages::other_name_of_this_machine(&app, &parts.headers, &parts.uri) {
        return home.into_response();
    }
    let visitor = Visitor::from_request_parts(&mut parts, &app).await;
    let Ok(Visitor(Access::Read(session) | Access::Write(session))) = visitor else {
        return pages::index.call(Request::from_parts(parts, body), app).await;
    };
    let Query(Wish { kind }) = Query::try_from_uri(&parts.uri).unwrap_or_default();
    let kind = Kind::of_word(&kind).unwrap_or(Kind::Text);
    let Reader(language) = Reader::of(&parts.headers);
    let composition = Composition::new(Draft::new(kind, app.settings.public_url.as_str()), new_key(&app));
    let said = Said { is_new: true, ..Said::default() };
    page(&app, language, Some(&session.account), &composition, said).await
}

/// A key by which a message is sent once.
fn new_key(app: &App) -> String {
    let mut chance = [0; 16];
    app.chance.fill(&mut chance);
    URL_SAFE_NO_PAD.encode(chance)
}

/// `POST /compose`: the page again, with everything that was typed, and what the pressed button wanted.
async fn compose(
    State(app): State<Arc<App>>,
    Reader(language): Reader,
    acting: Result<Acting, Response>,
    form: Fields,
) -> Result<Response, Response> {
    let session = unless_ended(acting)?;
    let fields = read(form).map_err(IntoResponse::into_response)?;
    let composition = Composition::of_form(&fields);
    let Some(session) = session else { return Ok(ended(&app, language, &composition).await) };
    let account = &session.account;
    writes_it(account, &composition).map_err(IntoResponse::into_response)?;
    let pressed =
        |name: &str| fields.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str());
    let (composition, said) = match (pressed("switch"), pressed("do").unwrap_or_default()) {
        (Some(word), _) => switched(composition, word, language),
        (_, "example") => (with_example(&app, composition, language), Said::default()),
        (_, "friends") => {
            let friend_pages = composition.friend_pages.saturating_add(1);
            (Composition { to_friends: true, friend_pages, ..composition }, Said::default())
        }
        (_, "load") => saved::load(&app, account, composition, language).await,
        (_, "save") => saved::save(&app, account, composition, language).await,
        (_, "delete") => saved::delete(&app, account, composition, language).await,
        _ => (composition, Said { is_judged: true, ..Said::default() }),
    };
    Ok(page(&app, language, Some(account), &composition, said).await)
}

/// Who acts; nobody if their session has ended.
fn unless_ended(acting: Result<Acting, Response>) -> Result<Option<Session>, Response> {
    match acting {
        Ok(Acting(session)) => Ok(Some(session)),
        Err(refused) if refused.status() == StatusCode::UNAUTHORIZED => Ok(None),
        Err(refused) => Err(refused),
    }
}

/// Refuses what somebody else has written in this browser: it would go out under the name of who is signed in now.
fn writes_it(account: &AccountId, composition: &Composition) -> Result<(), Refusal> {
    let by = &composition.written_by;
    if by.is_empty() || *by == view::name_of(account) {
        return Ok(());
    }
    Err(Refusal::conflict().saying(Sentence::new(
        "이 페이지를 연 뒤 이 브라우저에서 다른 사람이 로그인했습니다. 아무것도 하지 않았습니다. 페이지를 새로 열고 다시 쓰세요.",
        "Another person has signed in with this browser since this page was opened. Nothing was done: open the page anew.",
    )))
}

/// A page for one whose session has ended meanwhile: nothing that was typed is lost.
async fn ended(app: &App, language: Language, composition: &Composition) -> Response {
    let page = page(app, language, None, composition, Said::default()).await;
    (StatusCode::UNAUTHORIZED, page).into_response()
}

fn switched(composition: Composition, word: &str, language: Language) -> (Composition, Said) {
    let to = Kind::of_word(word);
    if to.is_none() && word != JSON {
        return (composition, Said::default());
    }
    let Some((draft, lost)) = composition.draft.switched(to) else {
        let problem = language.choose(
            "JSON을 읽을 수 없어 양식으로 옮기지 못했습니다. 아래에 적힌 곳을 고친 뒤 다시 누르세요.",
            "The JSON cannot be read, so it cannot become a form. Mend what is named below and press again.",
        );
        let said = Said { is_judged: true, told: Some(Told::badly(problem)), ..Said::default() };
        return (composition, said);
    };
    let told = if lost.is_empty() {
        None
    } else {
        let lost = lost.join(", ");
        Some(Told::badly(language.choose(
            format!("양식에 없어 옮기지 못한 부분: {lost}"),
            format!("The form has no place for: {lost}"),
        )))
    };
    (Composition { draft, ..composition }, Said { told, ..Said::default() })
}

/// With an example wherever nothing has been written.
fn with_example(app: &App, mut composition: Composition, language: Language) -> Composition {
    let kind = composition.draft.kind.unwrap_or(Kind::Feed);
    let example = kind.example(app.settings.public_url.as_str(), language);
    if composition.draft.kind.is_none() {
        if composition.draft.json.trim().is_empty() {
            composition.draft.json = format!("{example:#}");
        }
    } else if let Some((mut draft, _)) = Draft::of_template(&example) {
        draft.values.append(&mut composition.draft.values);
        composition.draft = draft;
    }
    composition
}
