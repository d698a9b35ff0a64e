//! `/v1/quota`: what is left of Kakao's quotas today, and whether what is still to be sent fits in.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::outbox::quota::Forecast;
use crate::web::refusal::Refusal;
use crate::web::signed_in::{Allowed, ToRead};

/// `GET /v1/quota`
pub(super) async fn quota(
    State(app): State<Arc<App>>,
    asker: Allowed<ToRead>,
) -> Result<Json<Forecast>, Refusal> {
    Ok(Json(Forecast::of(&app, &asker.account).await?))
}
