//! KakaoTalk's calls on the wire.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use serde_json::json;

use super::ApiCall;
use crate::fault::ApiFault;
use crate::http::kakao_json;
use crate::live::LiveWorld;
use crate::world::friends::{Friend, FriendPage, ListFriends, Paging};
use crate::world::message::{SendFailure, SendToFriends, SendToMe};

#[derive(Serialize)]
struct FriendsAnswer {
    elements: Vec<FriendAnswer>,
    total_count: usize,
    after_url: Option<String>,
    before_url: Option<String>,
    favorite_count: usize,
}

#[derive(Serialize)]
struct FriendAnswer {
    profile_nickname: String,
    /// Empty for people who chose no picture.
    profile_thumbnail_image: String,
    id: i64,
    uuid: String,
    favorite: bool,
}

impl From<Friend> for FriendAnswer {
    fn from(friend: Friend) -> Self {
        Self {
            profile_nickname: friend.nickname,
            profile_thumbnail_image: friend.thumbnail_image_url.unwrap_or_default(),
            id: friend.user_id,
            uuid: friend.uuid,
            favorite: friend.favorite,
        }
    }
}

pub(super) async fn friends(State(live): State<Arc<LiveWorld>>, call: ApiCall) -> Result<Response, ApiFault> {
    let ApiCall { credentials, parameters, base } = call;
    let FriendPage { friends, total, favorites, paging } = live.apply(ListFriends {
        credentials,
        offset: parameters.owned("offset"),
        limit: parameters.owned("limit"),
        order: parameters.owned("order"),
        friend_order: parameters.owned("friend_order"),
    })?;
    let next = paging.offset.saturating_add(paging.limit);
    let answer = FriendsAnswer {
        elements: friends.into_iter().map(FriendAnswer::from).collect(),
        total_count: total,
        after_url: (next < total).then(|| page_address(&base, &paging, next)),
        before_url: (paging.offset > 0)
            .then(|| page_address(&base, &paging, paging.offset.saturating_sub(paging.limit))),
        favorite_count: favorites,
    };
    Ok(kakao_json(200, &answer))
}

fn page_address(base: &str, paging: &Paging, offset: usize) -> String {
    let friend_order = if paging.favorites_first { "favorite" } else { "nickname" };
    let order = if paging.descending { "desc" } else { "asc" };
    let limit = paging.limit;
    format!(
        "{base}/v1/api/talk/friends?friend_order={friend_order}&limit={limit}&order={order}&offset={offset}"
    )
}

pub(super) async fn send_to_me(
    State(live): State<Arc<LiveWorld>>,
    call: ApiCall,
) -> Result<Response, ApiFault> {
    let template_object = call.parameters.owned("template_object");
    live.apply(SendToMe { credentials: call.credentials, template_object })?;
    Ok(kakao_json(200, &json!({ "result_code": 0 })))
}

#[derive(Serialize)]
struct SentAnswer {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    successful_receiver_uuids: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failure_info: Vec<FailureInfo>,
}

#[derive(Serialize)]
struct FailureInfo {
    code: i32,
    msg: String,
    receiver_uuids: Vec<String>,
}

impl From<SendFailure> for FailureInfo {
    fn from(SendFailure { fault, receiver_uuids }: SendFailure) -> Self {
        Self { code: fault.code(), msg: fault.text(), receiver_uuids }
    }
}

pub(super) async fn send_to_friends(
    State(live): State<Arc<LiveWorld>>,
    call: ApiCall,
) -> Result<Response, ApiFault> {
    let ApiCall { credentials, parameters, .. } = call;
    let sent = live.apply(SendToFriends {
        credentials,
        receiver_uuids: parameters.owned("receiver_uuids"),
        template_object: parameters.owned("template_object"),
    })?;
    let answer = SentAnswer {
        successful_receiver_uuids: sent.successful_receiver_uuids,
        failure_info: sent.failures.into_iter().map(FailureInfo::from).collect(),
    };
    Ok(kakao_json(200, &answer))
}
