//! Moving the end of tokens, over HTTP.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Body, ControlFault, read};
use crate::live::LiveWorld;
use crate::world::aging::{AgeRefreshToken, AgedToken, ExpireAccessToken, NoSuchToken};

/// Two months: what a new refresh token has.
const LONGEST_LIFE: u32 = 60 * 24 * 60 * 60;

impl From<NoSuchToken> for ControlFault {
    fn from(error: NoSuchToken) -> Self {
        Self { status: StatusCode::NOT_FOUND, ..Self::bad_request("no_such_token", error.to_string()) }
    }
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
