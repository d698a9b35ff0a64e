//! The pages of kauth: sign-in, consent, and what went wrong.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::fault::LoginFault;
use crate::http::page::{Powers, page};
use crate::http::pages::Face;
use crate::live::LiveWorld;
use crate::seed::{AppKey, PersonKey};
use crate::world::consent::Asked;

/// Everybody of the world, one click each; or e-mail and password, as at Kakao.
#[derive(Template)]
#[template(path = "sign_in.html")]
pub(super) struct SignInPage {
    app: AppKey,
    people: Vec<Face>,
    /// The authorize request to go on with.
    query: String,
    email: String,
    wrong_password: bool,
}

impl SignInPage {
    pub(super) fn new(live: &LiveWorld, app: &AppKey, query: String, email: String) -> Self {
        let people = live.read(|world, _| world.people().iter().map(Face::new).collect());
        Self { app: app.clone(), people, query, email, wrong_password: false }
    }

    pub(super) fn after_wrong_password(self) -> Self {
        Self { wrong_password: true, ..self }
    }

    pub(super) fn show(&self, status: StatusCode) -> Response {
        page(status, self, Powers::LeadsAway)
    }
}

/// What an app asks somebody to agree to.
#[derive(Template)]
#[template(path = "consent.html")]
pub(super) struct ConsentPage {
    app: AppKey,
    person: Option<Face>,
    asked: Vec<Asked>,
    /// The authorize request to go on with.
    query: String,
}

impl ConsentPage {
    pub(super) fn new(
        live: &LiveWorld,
        app: &AppKey,
        person: &PersonKey,
        asked: Vec<Asked>,
        query: String,
    ) -> Self {
        let person = live.read(|world, _| world.person(person.as_str()).map(Face::new));
        Self { app: app.clone(), person, asked, query }
    }

    pub(super) fn show(&self) -> Response {
        page(StatusCode::OK, self, Powers::LeadsAway)
    }
}

/// A refusal of kauth as a person sees it; the service hears nothing of it.
pub(in crate::http) struct FaultPage(pub(in crate::http) LoginFault);

impl From<LoginFault> for FaultPage {
    fn from(fault: LoginFault) -> Self {
        Self(fault)
    }
}

#[derive(Template)]
#[template(path = "fault.html")]
struct FaultTemplate<'a> {
    code: &'a str,
    description: String,
    remedy: (&'static str, &'static str),
}

impl IntoResponse for FaultPage {
    fn into_response(self) -> Response {
        let Self(fault) = self;
        let status = StatusCode::from_u16(fault.status()).expect("faults have valid statuses");
        let (code, description, remedy) = (fault.code(), fault.description(), fault.remedy());
        page(status, &FaultTemplate { code, description, remedy }, Powers::Plain)
    }
}

/// The page of a fault that somebody scripted.
pub(in crate::http) fn scripted_fault_page(status: u16, code: &str, description: String) -> Response {
    let status = StatusCode::from_u16(status).expect("scripted statuses are checked");
    let remedy = (
        "시험용으로 걸어 둔 장애입니다. /_emulator/v1/faults에서 볼 수 있습니다.",
        "Somebody scripted this fault; see /_emulator/v1/faults.",
    );
    page(status, &FaultTemplate { code, description, remedy }, Powers::Plain)
}
