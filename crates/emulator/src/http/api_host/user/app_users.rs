//! An app's users on the wire.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use serde_json::{Map, Value};

use super::me::{keep_only, property_keys, user};
use crate::fault::ApiFault;
use crate::http::api_host::ApiCall;
use crate::http::kakao_json;
use crate::live::LiveWorld;
use crate::world::app_users::{AppUsers, UserIdPage, UserIds};

/// What each user comes with, asked for or not.
const ALWAYS: [&str; 2] = ["connected_at", "synched_at"];

pub(super) async fn app_users(
    State(live): State<Arc<LiveWorld>>,
    call: ApiCall,
) -> Result<Response, ApiFault> {
    let ApiCall { credentials, parameters, .. } = call;
    let asked = property_keys(&parameters)?;
    let profiles = live.apply(AppUsers {
        credentials,
        target_ids: parameters.owned("target_ids"),
        has_property_keys: asked.is_some(),
    })?;
    // Without keys there are the id and the times alone.
    let mut keys = asked.unwrap_or_default();
    keys.retain(|key| key != "for_partner");
    keys.extend(ALWAYS.map(str::to_owned));
    let users = profiles.iter().map(|profile| {
        let mut user = user(profile, false);
        keep_only(&mut user, &keys);
        user
    });
    Ok(kakao_json(200, &users.collect::<Vec<Map<String, Value>>>()))
}

#[derive(Serialize)]
struct UserIdsAnswer {
    elements: Vec<i64>,
    total_count: usize,
    before_url: Option<String>,
    after_url: Option<String>,
}

pub(super) async fn ids(State(live): State<Arc<LiveWorld>>, call: ApiCall) -> Result<Response, ApiFault> {
    let ApiCall { credentials, parameters, base, .. } = call;
    let UserIdPage { ids, total, limit, descending, before, after } = live.apply(UserIds {
        credentials,
        limit: parameters.owned("limit"),
        from_id: parameters.owned("from_id"),
        order: parameters.owned("order"),
    })?;
    let order = if descending { "desc" } else { "asc" };
    let page = |from: i64| format!("{base}/v1/user/ids?limit={limit}&from_id={from}&order={order}");
    let answer = UserIdsAnswer {
        elements: ids,
        total_count: total,
        before_url: before.map(page),
        after_url: after.map(page),
    };
    Ok(kakao_json(200, &answer))
}
