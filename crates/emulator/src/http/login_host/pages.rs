//! The pages of kauth: sign-in, sign-up, consent, log-out, and what went wrong.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::fault::LoginFault;
use crate::http::page::{Powers, page};
use crate::http::pages::Face;
use crate::live::LiveWorld;
use crate::seed::PersonKey;
use crate::world::authorize::{Asker, query_after_sign_in};
use crate::world::client::ClientKind;
use crate::world::consent::Questions;
use crate::world::session::SignUpRefused;

/// What a page may do whose forms lead to the client.
fn leads_to(asker: &Asker) -> Powers {
    match asker.kind {
        ClientKind::Native => Powers::LeadsToNativeApp,
        ClientKind::RestApi | ClientKind::JavaScript => Powers::LeadsAway,
    }
}

fn face(live: &LiveWorld, person: &PersonKey) -> Option<Face> {
    live.read(|world, _| world.person(person.as_str()).map(Face::new))
}

/// Everybody of the world, one click each; or e-mail and password, as at Kakao.
#[derive(Template)]
#[template(path = "sign_in.html")]
pub(super) struct SignInPage {
    asker: Asker,
    people: Vec<Face>,
    /// The authorize request to go on with.
    query: String,
    email: String,
    wrong_password: bool,
}

impl SignInPage {
    pub(super) fn new(live: &LiveWorld, asker: Asker, query: String, email: String) -> Self {
        let people = live.read(|world, _| world.people().iter().map(Face::new).collect());
        Self { asker, people, query, email, wrong_password: false }
    }

    pub(super) fn after_wrong_password(self) -> Self {
        Self { wrong_password: true, ..self }
    }

    /// Browsers refuse to send a phone number in a field for addresses.
    fn is_address(&self) -> bool {
        self.email.is_empty() || self.email.contains('@')
    }

    pub(super) fn show(&self, status: StatusCode) -> Response {
        page(status, self, leads_to(&self.asker))
    }
}

/// A new account.
#[derive(Template)]
#[template(path = "sign_up.html")]
pub(super) struct SignUpPage {
    asker: Asker,
    query: String,
    without_create: String,
    nickname: String,
    email: String,
    problem: Option<(&'static str, &'static str)>,
}

impl SignUpPage {
    pub(super) fn new(asker: Asker, query: String, email: String) -> Self {
        let without_create = query_after_sign_in(&query);
        Self { asker, query, without_create, nickname: String::new(), email, problem: None }
    }

    pub(super) fn after(self, refused: SignUpRefused, nickname: String) -> Self {
        let problem = match refused {
            SignUpRefused::Incomplete => (
                "닉네임(20자까지), 이메일, 비밀번호를 모두 입력하세요.",
                "Fill in a nickname of up to 20 characters, an e-mail and a password.",
            ),
            SignUpRefused::EmailTaken => {
                ("이미 가입한 이메일입니다.", "There is an account with this e-mail already.")
            }
            SignUpRefused::TooMany => ("더 가입할 수 없습니다.", "There is no room for more accounts."),
        };
        Self { problem: Some(problem), nickname, ..self }
    }

    pub(super) fn show(&self, status: StatusCode) -> Response {
        page(status, self, leads_to(&self.asker))
    }
}

/// Those who have signed in in this browser before.
#[derive(Template)]
#[template(path = "choose_account.html")]
pub(super) struct AccountChooser {
    asker: Asker,
    accounts: Vec<Face>,
    query: String,
}

impl AccountChooser {
    pub(super) fn new(live: &LiveWorld, asker: Asker, accounts: &[PersonKey], query: String) -> Self {
        let accounts = accounts.iter().filter_map(|person| face(live, person)).collect();
        Self { asker, accounts, query }
    }

    pub(super) fn show(&self) -> Response {
        page(StatusCode::OK, self, leads_to(&self.asker))
    }
}

/// What an app asks somebody to agree to.
#[derive(Template)]
#[template(path = "consent.html")]
pub(super) struct ConsentPage {
    asker: Asker,
    person: Option<Face>,
    questions: Questions,
    /// The authorize request to go on with.
    query: String,
}

impl ConsentPage {
    pub(super) fn new(
        live: &LiveWorld,
        asker: Asker,
        person: &PersonKey,
        questions: Questions,
        query: String,
    ) -> Self {
        Self { asker, person: face(live, person), questions, query }
    }

    pub(super) fn show(&self) -> Response {
        page(StatusCode::OK, self, leads_to(&self.asker))
    }
}

/// An account that Kakao has suspended.
#[derive(Template)]
#[template(path = "account_suspended.html")]
pub(super) struct SuspendedPage {
    person: Option<Face>,
    query: String,
}

impl SuspendedPage {
    pub(super) fn new(live: &LiveWorld, person: &PersonKey, query: String) -> Self {
        Self { person: face(live, person), query }
    }

    pub(super) fn show(&self) -> Response {
        page(StatusCode::BAD_REQUEST, self, Powers::Plain)
    }
}

/// How far to log out.
#[derive(Template)]
#[template(path = "logout.html")]
pub(super) struct LogoutPage {
    asker: Asker,
    person: Option<Face>,
    query: String,
}

impl LogoutPage {
    pub(super) fn new(live: &LiveWorld, asker: Asker, person: &PersonKey, query: String) -> Self {
        Self { asker, person: face(live, person), query }
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
