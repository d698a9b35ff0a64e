//! The KakaoTalk profile on the wire.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;

use super::{ApiCall, secure};
use crate::fault::ApiFault;
use crate::http::kakao_json;
use crate::live::LiveWorld;
use crate::world::talk_profile::{ShowTalkProfile, TalkProfile};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ProfileAnswer {
    id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    nick_name: Option<String>,
    #[serde(rename = "profileImageURL", skip_serializing_if = "Option::is_none")]
    profile_image: Option<String>,
    #[serde(rename = "thumbnailURL", skip_serializing_if = "Option::is_none")]
    thumbnail: Option<String>,
}

pub(super) async fn show(State(live): State<Arc<LiveWorld>>, call: ApiCall) -> Result<Response, ApiFault> {
    let TalkProfile { user_id, nickname, pictures } =
        live.apply(ShowTalkProfile { credentials: call.credentials })?;
    let (profile_image, thumbnail) = pictures.unzip();
    let answer = ProfileAnswer {
        id: user_id,
        nick_name: nickname,
        profile_image: profile_image.map(secure),
        thumbnail: thumbnail.map(secure),
    };
    Ok(kakao_json(200, &answer))
}
