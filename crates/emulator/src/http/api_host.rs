//! kapi.kakao.com: the user's calls and KakaoTalk's.

mod fault;
mod talk;
mod user;
mod userinfo;

use std::net::Ipv4Addr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use axum::routing::{get, post};
use katok_listener::PeerAddr;

use super::host;
use super::parameters::{Parameters, UnreadableBody};
use crate::fault::ApiFault;
use crate::live::LiveWorld;
use crate::world::credentials::Credentials;
use crate::world::gate::Enter;

pub(super) fn routes() -> Router<Arc<LiveWorld>> {
    Router::new()
        .merge(user::routes())
        .route("/v1/oidc/userinfo", get(userinfo::userinfo))
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
        let path = request.uri().path().to_owned();
        let peer = request.extensions().get::<PeerAddr>().copied();
        let parameters = Parameters::read(request, live).await.map_err(|UnreadableBody| {
            ApiFault::BadParameter { text: "the request body is incomplete or too large.".to_owned() }
        })?;
        let credentials = credentials(&headers, &parameters);
        enter(live, &credentials, &path, peer)?;
        Ok(Self { credentials, parameters, base })
    }
}

/// Every call passes here, before what it asks for is looked at.
fn enter(
    live: &LiveWorld,
    credentials: &Credentials,
    path: &str,
    peer: Option<PeerAddr>,
) -> Result<(), ApiFault> {
    // Whoever serves the router otherwise than by our listener knows no addresses.
    let caller_ip = peer.map_or(Ipv4Addr::UNSPECIFIED.into(), |peer| peer.0.ip());
    live.apply(Enter { credentials, path, caller_ip })
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
