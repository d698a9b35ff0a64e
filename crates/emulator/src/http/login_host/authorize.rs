//! `/oauth/authorize` and the forms of its pages.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum_extra::extract::CookieJar;

use super::pages::{AccountChooser, ConsentPage, FaultPage, SignInPage, SignUpPage, SuspendedPage};
use super::{session_cookie, set_session_cookie};
use crate::fault::LoginFault;
use crate::http::found;
use crate::http::parameters::{FilledIn, Parameters};
use crate::live::LiveWorld;
use crate::world::authorize::{
    AskedBy, Authorize, AuthorizeRequest, Authorized, ConsentAnswer, DecideConsent, Decided, Visitor,
    query_after_sign_in,
};
use crate::world::consent::Ticked;
use crate::world::session::{BrowserState, Proof, SignIn, SignUp};

/// The page or redirect that the person needs next.
pub(super) async fn open(
    State(live): State<Arc<LiveWorld>>,
    RawQuery(query): RawQuery,
    cookies: CookieJar,
) -> Result<Response, FaultPage> {
    let query = query.unwrap_or_default();
    let request = AuthorizeRequest::from_query(&query);
    let login_hint = request.login_hint.clone().unwrap_or_default();
    let visitor = Visitor::Browser { cookie: session_cookie(&cookies) };
    Ok(match live.apply(Authorize { request, visitor })? {
        Authorized::Redirect(address) => found(&address),
        Authorized::SignIn(asker) => SignInPage::new(&live, asker, query, login_hint).show(StatusCode::OK),
        Authorized::SignUp(asker) => SignUpPage::new(asker, query, login_hint).show(StatusCode::OK),
        Authorized::ChooseAccount(asker, accounts) => {
            AccountChooser::new(&live, asker, &accounts, query).show()
        }
        Authorized::Consent(asker, person, questions) => {
            ConsentPage::new(&live, asker, &person, questions, query).show()
        }
        Authorized::AccountSuspended(person) => SuspendedPage::new(&live, &person, query).show(),
    })
}

/// Signs somebody in and goes on with the request that asked for it.
pub(super) async fn sign_in(
    State(live): State<Arc<LiveWorld>>,
    RawQuery(query): RawQuery,
    cookies: CookieJar,
    FilledIn(form): FilledIn,
) -> Result<Response, FaultPage> {
    let query = query.unwrap_or_default();
    let asker = live.apply(AskedBy { request: AuthorizeRequest::from_query(&query) })?;
    let proof = match (form.owned("person"), form.owned("email"), form.owned("password")) {
        (Some(person), _, _) => Proof::Click { person },
        (None, Some(email), Some(password)) => Proof::Password { email, password },
        _ => return Err(LoginFault::MalformedRequest.into()),
    };
    let Ok(secret) = live.apply(SignIn { proof, browser: browser(&cookies, &form) }) else {
        let email = form.owned("email").unwrap_or_default();
        let page = SignInPage::new(&live, asker, query, email).after_wrong_password();
        return Ok(page.show(StatusCode::UNAUTHORIZED));
    };
    Ok(go_on(&query, &secret))
}

/// Makes an account and goes on with the request that asked for it.
pub(super) async fn sign_up(
    State(live): State<Arc<LiveWorld>>,
    RawQuery(query): RawQuery,
    cookies: CookieJar,
    FilledIn(form): FilledIn,
) -> Result<Response, FaultPage> {
    let query = query.unwrap_or_default();
    let asker = live.apply(AskedBy { request: AuthorizeRequest::from_query(&query) })?;
    let field = |name| form.owned(name).unwrap_or_default();
    let (nickname, email, password) = (field("nickname"), field("email"), field("password"));
    let browser = browser(&cookies, &form);
    let signed_up =
        live.apply(SignUp { nickname: nickname.clone(), email: email.clone(), password, browser });
    Ok(match signed_up {
        Ok(secret) => go_on(&query, &secret),
        Err(refused) => {
            SignUpPage::new(asker, query, email).after(refused, nickname).show(StatusCode::BAD_REQUEST)
        }
    })
}

fn browser(cookies: &CookieJar, form: &Parameters) -> BrowserState {
    BrowserState { cookie: session_cookie(cookies), keep: form.get("keep").is_some() }
}

fn go_on(query: &str, secret: &str) -> Response {
    let mut response = found(&format!("/oauth/authorize?{}", query_after_sign_in(query)));
    set_session_cookie(&mut response, secret);
    response
}

/// Takes what the person pressed on the consent page.
pub(super) async fn decide(
    State(live): State<Arc<LiveWorld>>,
    RawQuery(query): RawQuery,
    cookies: CookieJar,
    FilledIn(form): FilledIn,
) -> Result<Response, FaultPage> {
    let query = query.unwrap_or_default();
    let request = AuthorizeRequest::from_query(&query);
    let visitor = Visitor::Browser { cookie: session_cookie(&cookies) };
    let ticked = |name| form.all(name).map(str::to_owned).collect();
    let answer = match form.get("decision") {
        Some("agree") => ConsentAnswer::Agree(Ticked {
            items: ticked("scope"),
            terms: ticked("service_terms"),
            channels: ticked("channel"),
        }),
        Some("cancel") => ConsentAnswer::Cancel,
        _ => return Err(LoginFault::MalformedRequest.into()),
    };
    Ok(match live.apply(DecideConsent { request, visitor, answer })? {
        Decided::Redirect(address) => found(&address),
        Decided::OpenAgain => found(&format!("/oauth/authorize?{query}")),
    })
}
