//! `/sign-in/{id}`: where the QR code of a terminal leads. It says what is about to happen before it leads to Kakao.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum_extra::extract::CookieJar;

use super::cookies::{self, Name};
use super::language::Reader;
use super::login_routes;
use super::pages::{self, Frame, Problem, render};
use super::refusal::Refusal;
use super::site::{self, Verdict};
use crate::app::App;
use crate::login::relay;
use crate::sentence::Sentence;
use crate::store::{RelayId, StoreError, StoredRelay};

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new().route("/sign-in/{id}", get(show).post(lead_on))
}

#[derive(Template)]
#[template(path = "relay.html")]
struct RelayPage {
    frame: Frame,
    relay: StoredRelay,
}

#[derive(Template)]
#[template(path = "relayed.html")]
struct Relayed {
    frame: Frame,
}

/// `GET /sign-in/{id}`: does nothing yet.
async fn show(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    reader: Reader,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    if let Some(home) = pages::other_name_of_this_machine(&app, &headers, &uri) {
        return home.into_response();
    }
    let relay = match find(&app, &id).await {
        Ok(Some(relay)) => relay,
        Ok(None) => return over(&app, reader),
        Err(error) => return login_routes::problem(&app, reader, error.into()),
    };
    let frame = Frame::of(&app, reader.0).at(format!("/sign-in/{}", relay.id.as_str()));
    render(&RelayPage { frame, relay })
}

/// `POST /sign-in/{id}`: somebody pressed the button of our page.
async fn lead_on(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    reader: Reader,
    headers: HeaderMap,
) -> Response {
    if site::judge(&Method::POST, &headers) != Verdict::Ours {
        return Refusal::cross_site().into_response();
    }
    let relay = match find(&app, &id).await {
        Ok(Some(relay)) => relay,
        Ok(None) => return over(&app, reader),
        Err(error) => return login_routes::problem(&app, reader, error.into()),
    };
    let public_url = &app.settings.public_url;
    let held = cookies::read(&headers, Name::Login, public_url);
    match relay::lead_on(&app, held, relay).await {
        Ok(begun) => {
            let jar = cookies::set_login(CookieJar::new(), &begun.browser, public_url);
            (StatusCode::SEE_OTHER, jar, [(header::LOCATION, begun.kakao.to_string())]).into_response()
        }
        Err(failure) => login_routes::problem(&app, reader, failure),
    }
}

/// What a browser sees that has brought a code, or a refusal, for a terminal.
pub(super) fn brought(app: &App, Reader(language): Reader) -> Response {
    render(&Relayed { frame: Frame::of(app, language) })
}

async fn find(app: &App, id: &str) -> Result<Option<StoredRelay>, StoreError> {
    let Some(id) = RelayId::presented(id) else { return Ok(None) };
    app.store.waiting_relay(&id, app.clock.now()).await
}

fn over(app: &App, reader: Reader) -> Response {
    let title = Sentence::new("이 로그인은 끝났습니다", "This sign-in is over");
    let sentence = Sentence::new(
        "이미 쓰였거나 10분이 지났습니다. 터미널에서 katok login --qr을 다시 실행하세요.",
        "It was used already, or ten minutes have passed. Run katok login --qr on the terminal again.",
    );
    let problem = Problem { title, sentence, sign_in: None };
    pages::problem(app, reader, StatusCode::NOT_FOUND, &problem)
}
