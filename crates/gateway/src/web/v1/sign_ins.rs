//! `/v1/sign-ins`: for a terminal that no browser can come back to. Nobody is signed in here by it.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use katok_client::{CodeChallenge, ScopeSet};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Body;
use crate::app::App;
use crate::login::relay::{self, Answer, Brought};
use crate::sentence::Sentence;
use crate::store::RelayId;
use crate::web::refusal::Refusal;
use crate::web::site::{self, Verdict};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wish {
    /// Which Kakao app at which address, as a fingerprint.
    app: String,
    code_challenge: String,
    secret_digest: String,
    #[serde(default)]
    scope: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Proof {
    secret: String,
}

/// `POST /v1/sign-ins`
pub(super) async fn offer(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Body(wish): Body<Wish>,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    not_from_another_site(&headers)?;
    if wish.app != app.realm {
        return Err(Refusal::other_app());
    }
    let challenge = CodeChallenge::presented(&wish.code_challenge);
    let digest = URL_SAFE_NO_PAD.decode(&wish.secret_digest).ok().and_then(|digest| digest.try_into().ok());
    let (Some(challenge), Some(digest)) = (challenge, digest) else {
        return Err(Refusal::invalid(Sentence::new(
            "code_challenge와 secret_digest는 SHA-256을 base64url로 쓴 것이어야 합니다.",
            "code_challenge and secret_digest have to be SHA-256 in base64url.",
        )));
    };
    let scopes = ScopeSet::parse(&wish.scope);
    let relay = relay::offer(&app, digest, &challenge, &scopes).await?;
    let relay = relay.ok_or_else(|| Refusal::too_many(60))?;
    let page = app.settings.public_url.join(&format!("/sign-in/{}", relay.id.as_str()));
    let answer = json!({
        "id": relay.id.as_str(),
        "page": page.map(String::from).unwrap_or_default(),
        "number": relay.number,
        "redirect_uri": app.redirect_uri.to_string(),
        "expires_at": relay.expires_at,
    });
    Ok((StatusCode::CREATED, Json(answer)))
}

/// `POST /v1/sign-ins/{id}/code`
pub(super) async fn fetch(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Path(id): Path<String>,
    Body(proof): Body<Proof>,
) -> Result<Json<Value>, Refusal> {
    not_from_another_site(&headers)?;
    let id = RelayId::presented(&id).ok_or_else(Refusal::not_found)?;
    match relay::fetch(&app, &id, &proof.secret).await? {
        Answer::Waiting => Ok(Json(json!({"state": "waiting"}))),
        Answer::Brought(Brought::Code(code)) => Ok(Json(json!({"state": "done", "code": code}))),
        Answer::Brought(Brought::Refused(error)) => Ok(Json(json!({"state": "refused", "error": error}))),
        Answer::Nothing => Err(Refusal::not_found()),
    }
}

/// Only programs ask here.
fn not_from_another_site(headers: &HeaderMap) -> Result<(), Refusal> {
    match site::judge(&Method::POST, headers) {
        Verdict::Ours => Ok(()),
        _ => Err(Refusal::cross_site()),
    }
}
