//! Moving the end of tokens, over HTTP.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Body, ControlFault, read};
use crate::http::host;
use crate::live::LiveWorld;
use crate::sign_in::{SignInError, Tokens, sign_in};
use crate::world::aging::{AgeRefreshToken, AgedToken, ExpireAccessToken, NoSuchToken};

/// Two months: what a new refresh token has.
const LONGEST_LIFE: u32 = 60 * 24 * 60 * 60;

impl From<NoSuchToken> for ControlFault {
    fn from(error: NoSuchToken) -> Self {
        Self { status: StatusCode::NOT_FOUND, ..Self::bad_request("no_such_token", error.to_string()) }
    }
}

impl From<SignInError> for ControlFault {
    fn from(error: SignInError) -> Self {
        let text = error.to_string();
        match error {
            SignInError::NotApproved(error) => error.into(),
            SignInError::NoSuchApp(_) => {
                Self { status: StatusCode::NOT_FOUND, ..Self::bad_request("no_such_app", text) }
            }
            SignInError::NoRedirectUri(_) => Self::bad_request("no_redirect_uri", text),
            SignInError::NoTokens(_) => Self::bad_request("no_tokens", text),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignIn {
    app: String,
    person: String,
    #[serde(default)]
    scopes: BTreeSet<String>,
}

/// Tokens of somebody who signs in and agrees to everything, without a browser.
pub(super) async fn issue(
    State(live): State<Arc<LiveWorld>>,
    headers: HeaderMap,
    uri: Uri,
    Body(body): Body,
) -> Result<Json<Tokens>, ControlFault> {
    let SignIn { app, person, scopes } = read(&body)?;
    let issuer = host::login_base(&headers, &uri);
    Ok(Json(sign_in(&live, &issuer, &app, &person, &scopes).await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expire {
    access_token: String,
}

pub(super) async fn expire(
    State(live): State<Arc<LiveWorld>>,
    Body(body): Body,
) -> Result<Json<Value>, ControlFault> {
    let Expire { access_token } = read(&body)?;
    Ok(told(&live.apply(ExpireAccessToken { access_token })?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Age {
    refresh_token: String,
    remaining_seconds: u32,
}

pub(super) async fn age(
    State(live): State<Arc<LiveWorld>>,
    Body(body): Body,
) -> Result<Json<Value>, ControlFault> {
    let Age { refresh_token, remaining_seconds } = read(&body)?;
    if remaining_seconds > LONGEST_LIFE {
        let description = format!(
            "remaining_seconds: {LONGEST_LIFE}(60일) 이하여야 합니다. It must be {LONGEST_LIFE} (60 days) or less."
        );
        return Err(ControlFault::bad_request("bad_request", description));
    }
    let remaining = SignedDuration::from_secs(remaining_seconds.into());
    Ok(told(&live.apply(AgeRefreshToken { refresh_token, remaining })?))
}

fn told(AgedToken { link, expires_at }: &AgedToken) -> Json<Value> {
    Json(json!({"app": link.app, "person": link.person, "expires_at": expires_at}))
}
