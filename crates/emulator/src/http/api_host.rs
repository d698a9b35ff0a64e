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
use axum::routing::get;
use katok_listener::PeerAddr;
use percent_encoding::percent_decode_str;

use super::host;
use super::parameters::{self, Parameters, UnreadableBody};
use crate::fault::ApiFault;
use crate::live::LiveWorld;
use crate::world::app_call::AppCall;
use crate::world::credentials::Credentials;
use crate::world::gate::Enter;

pub(super) fn routes() -> Router<Arc<LiveWorld>> {
    Router::new()
        .merge(user::routes())
        .route("/v1/oidc/userinfo", get(userinfo::userinfo))
        .merge(talk::routes())
}

/// A call to kapi: who calls, with what, and under which address kapi stands for the caller.
struct ApiCall {
    credentials: Credentials,
    parameters: Parameters,
    base: String,
    /// The origin of the page that Kakao's JavaScript SDK says it runs on.
    page_origin: Option<String>,
    /// The body is JSON, which Kakao hears no parameters in.
    json_body: bool,
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
        let json_body = parameters::essence(&headers).eq_ignore_ascii_case("application/json");
        let page_origin = page_origin(&headers);
        let credentials = credentials(&headers, &parameters);
        enter(live, &credentials, &path, peer)?;
        Ok(Self { credentials, parameters, base, page_origin, json_body })
    }
}

impl ApiCall {
    fn app_call(&self) -> AppCall {
        AppCall { credentials: self.credentials.clone(), page_origin: self.page_origin.clone() }
    }
}

/// Kakao's SDKs say what they are: `KA: sdk/2.8.1 os/javascript … origin/https%3A%2F%2Fshop.example.com`.
fn page_origin(headers: &HeaderMap) -> Option<String> {
    let agent = headers.get("ka")?.to_str().ok()?;
    let origin = agent.split_whitespace().find_map(|word| word.strip_prefix("origin/"))?;
    Some(percent_decode_str(origin).decode_utf8_lossy().into_owned())
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
        // passport-kakao shows its token so, and people sign in by it.
        let token = parameters.owned("access_token").filter(|token| !token.is_empty());
        token.map_or(Credentials::Missing, Credentials::Token)
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
