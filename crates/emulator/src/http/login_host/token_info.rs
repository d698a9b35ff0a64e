//! `/oauth/tokeninfo`: what an ID token says, for whoever debugs a client.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use serde_json::Value;

use super::token::TokenRefused;
use crate::fault::LoginFault;
use crate::http::parameters::{Parameters, UnreadableBody};
use crate::http::{host, kakao_json};
use crate::jws::{self, Distrust};
use crate::live::LiveWorld;

pub(super) async fn decode(
    State(live): State<Arc<LiveWorld>>,
    request: Request,
) -> Result<Response, TokenRefused> {
    let issuer = host::login_base(request.headers(), request.uri());
    let parameters = Parameters::read(request, &live).await;
    let parameters = parameters.map_err(|UnreadableBody| LoginFault::MalformedRequest)?;
    let invalid = |problem| LoginFault::InvalidIdToken { problem };
    let token = parameters.get("id_token").ok_or(invalid("id_token is missing"))?;
    let claims = jws::verify(token).map_err(|distrust| {
        invalid(match distrust {
            Distrust::Malformed => "malformed id_token",
            Distrust::WrongSignature => "invalid id_token signature",
        })
    })?;
    if claims.get("iss").and_then(Value::as_str) != Some(&issuer) {
        return Err(invalid("id_token of another issuer").into());
    }
    let expires_at = claims.get("exp").and_then(Value::as_i64).unwrap_or_default();
    if expires_at <= live.clock().now().as_second() {
        return Err(invalid("expired id_token").into());
    }
    Ok(kakao_json(200, &claims))
}
