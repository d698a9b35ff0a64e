//! Extractors that give meaning: who asks, and whether they may act.

use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::Method;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;

use super::cookies::{self, Name};
use super::pages;
use super::refusal::Refusal;
use super::site::{self, Verdict};
use crate::app::App;
use crate::session::{self, Access};
use crate::store::AccountId;

/// What the request's cookies allow.
pub(super) struct Visitor(pub(super) Access);

/// Somebody signed in, who may look.
pub(super) struct SignedIn(pub(super) AccountId);

/// Somebody signed in, on our own page or with a program of their own, who may send and destroy.
pub(super) struct Acting(pub(super) AccountId);

impl<S> FromRequestParts<S> for Visitor
where
    Arc<App>: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let app = Arc::<App>::from_ref(state);
        let jar = CookieJar::from_headers(&parts.headers);
        let public_url = &app.settings.public_url;
        let Some(id) = cookies::read(&jar, Name::Session, public_url) else {
            return Ok(Self(Access::Anonymous));
        };
        let stored = app.store.session(&id.digest(), &app.realm).await?;
        let write = cookies::read(&jar, Name::Write, public_url);
        Ok(Self(session::access(stored, write.as_ref(), app.clock.now())))
    }
}

impl<S> FromRequestParts<S> for SignedIn
where
    Arc<App>: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        match Visitor::from_request_parts(parts, state).await?.0 {
            Access::Read(account) | Access::Write(account) => Ok(Self(account)),
            Access::Anonymous => Err(Refusal::not_signed_in()),
        }
    }
}

impl<S> FromRequestParts<S> for Acting
where
    Arc<App>: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        // axum answers HEAD by running GET, and a HEAD is only a question.
        if !matches!(parts.method, Method::GET | Method::POST) {
            return Err(Refusal::method_not_allowed().into_response());
        }
        let verdict = site::judge(&parts.method, &parts.headers);
        if verdict == Verdict::Refused {
            return Err(Refusal::cross_site().into_response());
        }
        let access = Visitor::from_request_parts(parts, state).await.map_err(Refusal::into_response)?.0;
        match access {
            Access::Anonymous => Err(Refusal::not_signed_in().into_response()),
            _ if verdict == Verdict::AskFirst => {
                Err(pages::ask_first(&Arc::<App>::from_ref(state), &parts.uri))
            }
            Access::Write(account) => Ok(Self(account)),
            Access::Read(_) => Err(Refusal::cross_site().into_response()),
        }
    }
}
