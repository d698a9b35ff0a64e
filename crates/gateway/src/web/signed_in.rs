//! Extractors that give meaning: who asks, and whether they may have it.
//!
//! `SignedIn` and `Acting` are for a person in a browser alone. `Allowed<…>` is for them and for their programs: it
//! names the scope that an API key must have.

use std::marker::PhantomData;
use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::Method;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};

use super::callers;
use super::cookies::{self, Name};
use super::language::Reader;
use super::refusal::Refusal;
use super::site::{self, Verdict};
use super::{bearer, pages};
use crate::api_key::{self, KeyScope};
use crate::app::App;
use crate::last_use;
use crate::session::{self, Access, Session};
use crate::store::{AccountId, StoredApiKey};

/// What the request's cookies allow.
pub(super) struct Visitor(pub(super) Access);

/// Somebody signed in, who may look.
pub(super) struct SignedIn(pub(super) Session);

/// Somebody signed in, on our own page or with a program of their own, who may send and destroy.
pub(super) struct Acting(pub(super) Session);

/// Somebody signed in, as `SignedIn` or `Acting`, or a program with a key of that scope.
pub(super) struct Allowed<S> {
    pub(super) account: AccountId,
    key: Option<Arc<StoredApiKey>>,
    scope: PhantomData<S>,
}

/// What a key must allow.
pub(super) trait Scope {
    /// One of these.
    const NAMES: &[KeyScope];
}

/// `read`
pub(super) struct ToRead;
/// `send:me`
pub(super) struct ToSendToMe;
/// `send:friends`
pub(super) struct ToSendToFriends;
/// `send:me` or `send:friends`: which one is only known when the message has been read.
pub(super) struct ToSend;

impl Scope for ToRead {
    const NAMES: &[KeyScope] = &[KeyScope::Read];
}
impl Scope for ToSendToMe {
    const NAMES: &[KeyScope] = &[KeyScope::SendMe];
}
impl Scope for ToSendToFriends {
    const NAMES: &[KeyScope] = &[KeyScope::SendFriends];
}
impl Scope for ToSend {
    const NAMES: &[KeyScope] = &[KeyScope::SendMe, KeyScope::SendFriends];
}

impl<S> Allowed<S> {
    /// Refuses a key that lacks a scope; a person has them all.
    pub(super) fn must_have(&self, scope: KeyScope) -> Result<(), Refusal> {
        match &self.key {
            Some(key) if !key.may(scope) => Err(Refusal::wrong_scope(scope)),
            _ => Ok(()),
        }
    }

    /// The key that sends, if it is not a person.
    pub(super) fn api_key(&self) -> Option<&Arc<StoredApiKey>> {
        self.key.as_ref()
    }

    /// Counts messages about to be sent again, if a key sends them and has a cap.
    pub(super) async fn count_sends(&self, app: &App, sends: usize) -> Result<(), Refusal> {
        match &self.key {
            Some(key) => Ok(api_key::count_sends(app, key, sends).await?),
            None => Ok(()),
        }
    }
}

impl<S> FromRequestParts<S> for Visitor
where
    Arc<App>: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let app = Arc::<App>::from_ref(state);
        let public_url = &app.settings.public_url;
        let Some(id) = cookies::read(&parts.headers, Name::Session, public_url) else {
            return Ok(Self(Access::Anonymous));
        };
        let Some(stored) = app.store.session(&id.digest(), &app.realm).await? else {
            return Ok(Self(Access::Anonymous));
        };
        let (write, limits) =
            (cookies::read(&parts.headers, Name::Write, public_url), &app.settings.sessions);
        let now = app.clock.now();
        let access = session::access(&stored, write.as_ref(), limits, now);
        if access != Access::Anonymous && stored.is_worth_noting(now) {
            let (store, ends_at) = (app.store.clone(), session::ends_at(limits, stored.created_at, now));
            last_use::note(&app, stored.id.as_str().to_owned(), async move {
                store.session_seen(&stored.id, now, ends_at).await
            });
        }
        Ok(Self(access))
    }
}

impl<S> FromRequestParts<S> for SignedIn
where
    Arc<App>: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        if bearer::shown(&parts.headers).is_some() {
            return Err(Refusal::not_for_keys());
        }
        match Visitor::from_request_parts(parts, state).await?.0 {
            Access::Read(session) | Access::Write(session) => {
                callers::count(&Arc::<App>::from_ref(state), &session.account)?;
                Ok(Self(session))
            }
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
        if is_only_a_question(parts) {
            return Err(Refusal::method_not_allowed().into_response());
        }
        if bearer::shown(&parts.headers).is_some() {
            return Err(Refusal::not_for_keys().into_response());
        }
        let verdict = site::judge(&parts.method, &parts.headers);
        if verdict == Verdict::Refused {
            return Err(Refusal::cross_site().into_response());
        }
        let access = Visitor::from_request_parts(parts, state).await.map_err(Refusal::into_response)?.0;
        match access {
            Access::Anonymous => Err(Refusal::not_signed_in().into_response()),
            _ if verdict == Verdict::AskFirst => {
                Err(pages::ask_first(&Arc::<App>::from_ref(state), Reader::of(&parts.headers), &parts.uri))
            }
            Access::Write(session) => {
                let counted = callers::count(&Arc::<App>::from_ref(state), &session.account);
                counted.map(|()| Self(session)).map_err(Refusal::into_response)
            }
            Access::Read(_) => Err(Refusal::cross_site().into_response()),
        }
    }
}

impl<S, N> FromRequestParts<S> for Allowed<N>
where
    Arc<App>: FromRef<S>,
    S: Send + Sync,
    N: Scope + Send,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let app = Arc::<App>::from_ref(state);
        // No browser adds a key to a request on another site's behalf: where it comes from does not matter.
        let key = bearer::key(&app, &parts.headers).await.map_err(Refusal::into_response)?;
        let only_reads = N::NAMES == [KeyScope::Read];
        let account = match &key {
            Some(key) if !N::NAMES.iter().any(|scope| key.may(*scope)) => {
                return Err(Refusal::wrong_scope(N::NAMES[0]).into_response());
            }
            Some(_) if !only_reads && is_only_a_question(parts) => {
                return Err(Refusal::method_not_allowed().into_response());
            }
            Some(key) => {
                callers::count(&app, &key.account).map_err(Refusal::into_response)?;
                key.account.clone()
            }
            None if only_reads => {
                let signed_in = SignedIn::from_request_parts(parts, state).await;
                signed_in.map_err(Refusal::into_response)?.0.account
            }
            None => Acting::from_request_parts(parts, state).await?.0.account,
        };
        Ok(Self { account, key, scope: PhantomData })
    }
}

/// axum answers HEAD by running GET, and a HEAD is only a question.
fn is_only_a_question(parts: &Parts) -> bool {
    parts.method == Method::HEAD
}
