//! The user's calls on the wire: one room for each family of them, and here what is about tokens and the link itself.

mod app_users;
mod me;
mod scopes;
mod service_terms;
mod shipping_address;
mod signup;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use jiff::Timestamp;
use serde_json::json;

use super::ApiCall;
use crate::fault::ApiFault;
use crate::http::kakao_json;
use crate::live::LiveWorld;
use crate::world::user::{AccessTokenInfo, Logout, TokenInfo, Unlink};

pub(super) fn routes() -> Router<Arc<LiveWorld>> {
    Router::new()
        .route("/v1/user/access_token_info", get(access_token_info))
        .route("/v1/user/logout", post(logout))
        .route("/v1/user/unlink", post(unlink))
        .route("/v2/user/me", get(me::me).post(me::me))
        .route("/v2/app/users", get(app_users::app_users))
        .route("/v1/user/ids", get(app_users::ids))
        .route("/v1/user/signup", post(signup::sign_up))
        .route("/v1/user/update_profile", post(signup::update_profile))
        .route("/v1/user/shipping_address", get(shipping_address::list))
        .route("/v2/user/scopes", get(scopes::list))
        .route("/v2/user/revoke/scopes", post(scopes::revoke))
        .route("/v2/user/service_terms", get(service_terms::list))
        .route("/v2/user/revoke/service_terms", post(service_terms::revoke))
        .route("/v2/user/upgrade/service_terms", post(service_terms::upgrade))
}

async fn access_token_info(State(live): State<Arc<LiveWorld>>, call: ApiCall) -> Result<Response, ApiFault> {
    let TokenInfo { user_id, expires_in, app_id } =
        live.apply(AccessTokenInfo { credentials: call.credentials })?;
    Ok(kakao_json(200, &json!({ "id": user_id, "expires_in": expires_in, "app_id": app_id })))
}

async fn logout(State(live): State<Arc<LiveWorld>>, call: ApiCall) -> Result<Response, ApiFault> {
    let id = live.apply(Logout { credentials: call.credentials })?;
    Ok(kakao_json(200, &json!({ "id": id })))
}

async fn unlink(State(live): State<Arc<LiveWorld>>, call: ApiCall) -> Result<Response, ApiFault> {
    let id = live.apply(Unlink { credentials: call.credentials })?;
    Ok(kakao_json(200, &json!({ "id": id })))
}

/// Seconds precision, as Kakao prints it.
fn datetime(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
