//! Whether it lives, whether it can work, and which Kakao it talks to.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::refusal::{storage_trouble, vault_key_missing};
use crate::app::App;
use crate::readiness::{self, KakaoIs};
use crate::sentence::Sentence;

/// `GET /healthz`
pub(super) async fn healthz(State(app): State<Arc<App>>) -> Json<Value> {
    Json(json!({
        "status": "ok",
        "kakao": app.settings.kakao.at.as_str(),
        "version": env!("CARGO_PKG_VERSION"),
    }))
}

/// `GET /readyz`: what this gateway needs, each by itself, and which engine its database is.
///
/// Without Kakao it is still ready: pages, sign-outs and clear refusals need none, and with Kakao all gateways
/// would be taken out at once, which helps nobody.
pub(super) async fn readyz(State(app): State<Arc<App>>) -> Response {
    let found = readiness::look(&app).await;
    let state = |works| if works { "ok" } else { "failed" };
    let kakao = match found.kakao {
        KakaoIs::Reachable => "ok",
        KakaoIs::Failing => "failing",
        KakaoIs::Unreachable => "unreachable",
    };
    let (status, word, remedy) = match (&found.database, found.vault, found.kakao) {
        (Err(error), ..) => (StatusCode::SERVICE_UNAVAILABLE, "unready", Some(storage_trouble(error))),
        (_, false, _) => (StatusCode::SERVICE_UNAVAILABLE, "unready", Some(vault_key_missing())),
        (.., KakaoIs::Reachable) => (StatusCode::OK, "ready", None),
        _ => (StatusCode::OK, "degraded", Some(no_kakao())),
    };
    let mut body = json!({
        "status": word,
        "database": app.store.engine(),
        "checks": {"database": state(found.database.is_ok()), "vault": state(found.vault), "kakao": kakao},
    });
    if let Some(sentence) = remedy {
        body["remedy"] = json!(sentence);
    }
    (status, Json(body)).into_response()
}

fn no_kakao() -> Sentence {
    Sentence::new(
        "카카오가 답하지 않습니다. 이 게이트웨이의 네트워크와 카카오의 공지를 확인하세요.",
        "Kakao does not answer. Check this gateway's network, and Kakao's notices.",
    )
}
