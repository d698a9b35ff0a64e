//! The pages: one to work on, one for what went wrong, one after logging out.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use katok_bubble::Language;
use serde::Deserialize;
use url::Url;

use super::assets;
use super::consent_routes;
use super::envelope;
use super::language::Reader;
use super::leaving;
use super::refusal::Refusal;
use super::request_log::StorageFailed;
use super::sdk::{self, Sdk};
use super::signed_in::Visitor;
use crate::app::App;
use crate::config::KakaoAt;
use crate::outbox::Told;
use crate::sentence::Sentence;
use crate::session::Access;
use crate::store::UnlinkState;

/// What every page says about itself.
pub(super) struct Frame {
    pub(super) assets: &'static str,
    /// Where the chat rooms stand, when this is the emulator.
    pub(super) emulator_rooms: Option<Url>,
    pub(super) language: Language,
    /// Which of a person's own pages this is, by its address; none is for everybody.
    pub(super) place: Option<&'static str>,
    /// Where the switch of languages leads.
    here: String,
}

impl Frame {
    pub(super) fn of(app: &App, language: Language) -> Self {
        let kakao = &app.settings.kakao;
        let rooms = kakao.api_base_url.join("/_emulator/").ok();
        let emulator_rooms = rooms.filter(|_| kakao.at == KakaoAt::Emulator);
        Self { assets: assets::base(), emulator_rooms, language, place: None, here: "/".to_owned() }
    }

    /// The same around a page of somebody signed in.
    pub(super) fn of_person(app: &App, language: Language, place: &'static str) -> Self {
        Self { place: Some(place), ..Self::of(app, language) }.at(place)
    }

    /// Where this page is to be had in the other language. Unless it is said, that is the first page: from ours, a link
    /// to an address such as `/message` would send.
    pub(super) fn at(mut self, here: impl Into<String>) -> Self {
        self.here = here.into();
        self
    }

    /// One of two wordings, as the page is read.
    pub(super) fn say<'a>(&self, korean: &'a str, english: &'a str) -> &'a str {
        self.language.choose(korean, english)
    }

    /// A sentence, as the page is read.
    pub(super) fn tell<'a>(&self, sentence: &'a Sentence) -> &'a str {
        sentence.read_in(self.language)
    }

    /// As people here read it; a page with times says that they are Korean.
    #[expect(clippy::unused_self, reason = "templates have the frame at hand")]
    pub(super) fn time(&self, time: &Timestamp) -> String {
        time.to_zoned(TimeZone::fixed(Offset::constant(9))).strftime("%Y-%m-%d %H:%M").to_string()
    }

    /// Where this page is to be had in the other language.
    pub(super) fn switch(&self) -> String {
        let mark = if self.here.contains('?') { '&' } else { '?' };
        format!("{}{mark}lang={}", self.here, self.language.choose("en", "ko"))
    }
}

#[derive(Template)]
#[template(path = "index.html")]
struct Index {
    frame: Frame,
    signed_in: bool,
    /// Whether whoever signs in is to come back to the first page.
    is_first_page: bool,
    cancelled: bool,
    /// What somebody should know who wanted to leave.
    left: Option<Sentence>,
    /// How far somebody has just been signed out: `here`, `everywhere` or `unconfirmed`.
    logout: Option<String>,
    /// What became of the message that followed the sign-in.
    sent: Option<Told>,
    sdk: Option<Sdk>,
}

#[derive(Template)]
#[template(path = "logged_out.html")]
struct LoggedOut {
    frame: Frame,
}

/// After the way to Kakao's log-out and back.
pub(super) fn logged_out(app: &App, Reader(language): Reader) -> Response {
    render(&LoggedOut { frame: Frame::of(app, language) })
}

#[derive(Template)]
#[template(path = "told.html")]
struct ToldPage {
    frame: Frame,
    told: Told,
    /// Where this page is, to look again.
    here: String,
}

/// What became of a message, as a page of its own.
pub(super) fn told(app: &App, Reader(language): Reader, told: Told, here: String) -> Response {
    render(&ToldPage { frame: Frame::of(app, language).at(&here), told, here })
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    frame: Frame,
    problem: &'a Problem,
}

/// Something that went wrong on the way, as a page.
pub(super) struct Problem {
    pub(super) title: Sentence,
    pub(super) sentence: Sentence,
    /// Where to sign in, if that is what helps.
    pub(super) sign_in: Option<String>,
}

#[derive(Template)]
#[template(path = "ask_first.html")]
struct AskFirst<'a> {
    frame: Frame,
    action: &'a str,
    question: Sentence,
}

/// Asks somebody who came by a link or an address bar whether they want what it would do.
pub(super) fn ask_first(app: &App, Reader(language): Reader, uri: &Uri) -> Response {
    let question = match uri.path() {
        "/logout" => Sentence::new("로그아웃할까요?", "Log out?"),
        "/unlink" => Sentence::new(
            "이 앱과의 연결을 끊을까요? 동의와 저장된 토큰이 모두 사라집니다.",
            "Unlink this app? All consents and the stored tokens will be gone.",
        ),
        "/friend-message" => Sentence::new("친구에게 메시지를 보낼까요?", "Send a message to friends?"),
        _ => Sentence::new("나에게 메시지를 보낼까요?", "Send a message to yourself?"),
    };
    let action = uri.path_and_query().map_or("/", |path| path.as_str());
    (StatusCode::FORBIDDEN, render(&AskFirst { frame: Frame::of(app, language), action, question }))
        .into_response()
}

#[derive(Default, Deserialize)]
pub(super) struct Outcome {
    login: Option<String>,
    logout: Option<String>,
    unlink: Option<String>,
    sent: Option<String>,
}

/// `GET /` and `GET /index.html`
pub(super) async fn index(
    State(app): State<Arc<App>>,
    visitor: Result<Visitor, Refusal>,
    outcome: Result<Query<Outcome>, QueryRejection>,
    Reader(language): Reader,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    if let Some(home) = other_name_of_this_machine(&app, &headers, &uri) {
        return home.into_response();
    }
    let Query(outcome) = outcome.unwrap_or_default();
    let sdk = Sdk::of(&app).filter(|_| uri.path() == "/index.html");
    let more = sdk.as_ref().map(|_| sdk::headers(&app)).unwrap_or_default();
    let page = match visitor {
        Ok(Visitor(access)) => render(&Index {
            frame: match access {
                Access::Anonymous => Frame::of(&app, language),
                _ => Frame::of_person(&app, language, "/index.html"),
            },
            signed_in: access != Access::Anonymous,
            is_first_page: uri.path() == "/",
            cancelled: outcome.login.as_deref() == Some("cancelled"),
            left: match outcome.unlink.as_deref() {
                // A link from elsewhere tells nobody who is signed in that they have left.
                _ if access != Access::Anonymous => None,
                Some("confirmed") => Some(Sentence::new(
                    "연결을 끊고 여기에 있던 정보를 모두 지웠습니다.",
                    "You are unlinked, and your data here is all deleted.",
                )),
                Some("pending") => leaving::advice(UnlinkState::Pending).map(|(_, sentence)| sentence),
                Some("unconfirmed") => {
                    leaving::advice(UnlinkState::Unconfirmed).map(|(_, sentence)| sentence)
                }
                _ => None,
            },
            logout: outcome.logout,
            sent: match (outcome.sent, access.account()) {
                (Some(sent), Some(account)) => consent_routes::told_to(&app, &sent, &account).await,
                _ => None,
            },
            sdk,
        }),
        Err(_) => storage_silent(&app, Reader(language)),
    };
    (more, page).into_response()
}

/// A page that could not be put together for want of the database.
pub(super) fn storage_silent(app: &App, reader: Reader) -> Response {
    let sentence = Sentence::new(
        "저장소가 답하지 않습니다. 잠시 뒤 다시 열어 보세요.",
        "The storage does not answer. Open this page again in a moment.",
    );
    let title = Sentence::new("잠시 쉬고 있습니다", "Out of service for a moment");
    let silent = Problem { title, sentence, sign_in: None };
    let mut response = problem(app, reader, StatusCode::SERVICE_UNAVAILABLE, &silent);
    response.extensions_mut().insert(StorageFailed);
    response
}

/// Any address we do not have.
pub(super) async fn not_found(State(app): State<Arc<App>>, reader: Reader, uri: Uri) -> Response {
    if envelope::is_v1(uri.path()) {
        return Refusal::not_found().into_response();
    }
    let sentence = Sentence::new("이 주소에는 아무것도 없습니다.", "There is nothing at this address.");
    let title = Sentence::new("없는 주소입니다", "No such address");
    problem(&app, reader, StatusCode::NOT_FOUND, &Problem { title, sentence, sign_in: None })
}

/// A refusal, for somebody who pressed a button of a page.
pub(super) fn refused(app: &App, Reader(language): Reader, page: &str, refusal: Refusal) -> String {
    let sign_in = (refusal.action() == Some("sign_in")).then(|| format!("/authorize?next={page}"));
    let title = if sign_in.is_some() {
        Sentence::new("로그인이 필요합니다", "Sign in first")
    } else {
        Sentence::new("하지 못했습니다", "That could not be done")
    };
    let problem = &Problem { title, sentence: refusal.sentence, sign_in };
    ProblemPage { frame: Frame::of(app, language), problem }.render().unwrap_or_default()
}

pub(super) fn problem(
    app: &App,
    Reader(language): Reader,
    status: StatusCode,
    problem: &Problem,
) -> Response {
    (status, render(&ProblemPage { frame: Frame::of(app, language), problem })).into_response()
}

pub(super) fn render(page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => Html(html).into_response(),
        Err(error) => {
            tracing::error!(%error, "web.page.unrendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Leads `127.0.0.1` and `localhost` to whichever of them Kakao sends people back to.
///
/// Cookies belong to one of the two names; a sign-in begun under the other would not be recognised.
pub(super) fn other_name_of_this_machine(app: &App, headers: &HeaderMap, uri: &Uri) -> Option<Redirect> {
    let public_url = &app.settings.public_url;
    let asked = headers.get(header::HOST)?.to_str().ok()?;
    let asked = Url::parse(&format!("{}://{asked}", public_url.scheme())).ok()?;
    let loopback = |url: &Url| matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    let same_port = asked.port_or_known_default() == public_url.port_or_known_default();
    if !loopback(&asked) || !loopback(public_url) || !same_port || asked.host() == public_url.host() {
        return None;
    }
    let mut home = public_url.clone();
    home.set_path(uri.path());
    home.set_query(uri.query());
    Some(Redirect::temporary(home.as_str()))
}
