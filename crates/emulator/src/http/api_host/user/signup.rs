//! Signing up by hand and user properties on the wire.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde_json::json;

use crate::fault::ApiFault;
use crate::http::api_host::ApiCall;
use crate::http::kakao_json;
use crate::live::LiveWorld;
use crate::world::properties::UpdateProfile;
use crate::world::signup::SignUp;

pub(super) async fn sign_up(State(live): State<Arc<LiveWorld>>, call: ApiCall) -> Result<Response, ApiFault> {
    let properties = call.parameters.owned("properties");
    let id = live.apply(SignUp { credentials: call.credentials, properties })?;
    Ok(kakao_json(200, &json!({ "id": id })))
}

pub(super) async fn update_profile(
    State(live): State<Arc<LiveWorld>>,
    call: ApiCall,
) -> Result<Response, ApiFault> {
    let properties = call.parameters.owned("properties");
    let id = live.apply(UpdateProfile { credentials: call.credentials, properties })?;
    Ok(kakao_json(200, &json!({ "id": id })))
}
