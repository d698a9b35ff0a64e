//! kapi.kakao.com: the user's calls and KakaoTalk's.

mod fault;
mod talk;
mod user;

use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use axum::routing::{get, post};

use super::host;
use super::parameters::{Parameters, UnreadableBody};
use crate::fault::ApiFault;
use crate::live::LiveWorld;
use crate::world::credentials::Credentials;

pub(super) fn routes() -> Router<Arc<LiveWorld>> {
    Router::new()
        .route("/v2/user/me", get(user::me).post(user::me))
        .route("/v1/user/logout", post(user::logout))
        .route("/v1/user/unlink", post(user::unlink))
        .route("/v1/api/talk/friends", get(talk::friends))
        .route("/v2/api/talk/memo/default/send", post(talk::send_to_me))
        .route("/v1/api/talk/friends/message/default/send", post(talk::send_to_friends))
}

/// A call to kapi: who calls, with what, and under which address kapi stands for the caller.
struct ApiCall {
    credentials: Credentials,
    parameters: Parameters,
    base: String,
}

impl FromRequest<Arc<LiveWorld>> for ApiCall {
    type Rejection = ApiFault;

    async fn from_request(request: Request, live: &Arc<LiveWorld>) -> Result<Self, ApiFault> {
        let base = host::api_base(request.headers(), request.uri());
        let headers = request.headers().clone();
        let parameters = Parameters::read(request, live).await.map_err(|UnreadableBody| {
            ApiFault::BadParameter { text: "the request body is incomplete or too large.".to_owned() }
        })?;
        Ok(Self { credentials: credentials(&headers, &parameters), parameters, base })
    }
}

fn credentials(headers: &HeaderMap, parameters: &Parameters) -> Credentials {
    let header = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let (scheme, key) = header.and_then(|value| value.trim().split_once(' ')).unwrap_or_default();
    let key = key.trim();
    if key.is_empty() {
        Credentials::Missing
    } else if scheme.eq_ignore_ascii_case("bearer") {
        Credentials::Token(key.to_owned())
    } else if scheme.eq_ignore_ascii_case("kakaoak") {
        Credentials::AdminKey {
            key: key.to_owned(),
            target_id_type: parameters.owned("target_id_type"),
            target_id: parameters.owned("target_id"),
        }
    } else {
        Credentials::Missing
    }
}
