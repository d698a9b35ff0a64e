//! The friend list on the wire.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;

use super::{ApiCall, secure};
use crate::fault::ApiFault;
use crate::http::kakao_json;
use crate::live::LiveWorld;
use crate::world::friends::{Friend, FriendOrder, FriendPage, ListFriends, Paging};

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

impl FriendAnswer {
    fn new(friend: Friend, is_secure: bool) -> Self {
        let image = friend.thumbnail_image_url.unwrap_or_default();
        Self {
            profile_nickname: friend.nickname,
            profile_thumbnail_image: if is_secure { secure(image) } else { image },
            id: friend.user_id,
            uuid: friend.uuid,
            favorite: friend.favorite,
        }
    }
}

pub(super) async fn list(State(live): State<Arc<LiveWorld>>, call: ApiCall) -> Result<Response, ApiFault> {
    let ApiCall { credentials, parameters, base, .. } = call;
    let FriendPage { friends, total, favorites, paging } = live.apply(ListFriends {
        credentials,
        offset: parameters.owned("offset"),
        limit: parameters.owned("limit"),
        order: parameters.owned("order"),
        friend_order: parameters.owned("friend_order"),
    })?;
    let is_secure = parameters.get("secure_resource") == Some("true");
    let next = paging.offset.saturating_add(paging.limit);
    let answer = FriendsAnswer {
        elements: friends.into_iter().map(|friend| FriendAnswer::new(friend, is_secure)).collect(),
        total_count: total,
        after_url: (next < total).then(|| page_address(&base, &paging, next)),
        before_url: (paging.offset > 0)
            .then(|| page_address(&base, &paging, paging.offset.saturating_sub(paging.limit))),
        favorite_count: favorites,
    };
    Ok(kakao_json(200, &answer))
}

fn page_address(base: &str, paging: &Paging, offset: usize) -> String {
    let friend_order = match paging.order {
        FriendOrder::Favorite => "favorite",
        FriendOrder::Nickname => "nickname",
        FriendOrder::Age => "age",
    };
    let order = if paging.descending { "desc" } else { "asc" };
    let limit = paging.limit;
    format!(
        "{base}/v1/api/talk/friends?friend_order={friend_order}&limit={limit}&order={order}&offset={offset}"
    )
}
