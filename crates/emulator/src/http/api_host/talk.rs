//! KakaoTalk's calls on the wire.

mod channel;
mod friends;
mod image;
mod message;
mod profile;
mod share;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{delete, get, post};

use super::ApiCall;
use crate::live::LiveWorld;

/// So much of an upload is read to its end, to answer it at all; more than five megabytes are refused.
const UPLOAD_BYTES: usize = 64 * 1024 * 1024;

pub(super) fn routes() -> Router<Arc<LiveWorld>> {
    Router::new()
        .route("/v2/api/talk/memo/default/send", post(message::default_to_me))
        .route("/v2/api/talk/memo/scrap/send", post(message::scrap_to_me))
        .route("/v2/api/talk/memo/send", post(message::custom_to_me))
        .route("/v1/api/talk/friends/message/default/send", post(message::default_to_friends))
        .route("/v1/api/talk/friends/message/scrap/send", post(message::scrap_to_friends))
        .route("/v1/api/talk/friends/message/send", post(message::custom_to_friends))
        .route("/v1/api/talk/profile", get(profile::show))
        .route("/v1/api/talk/friends", get(friends::list))
        .route("/v1/api/talk/channels", get(channel::added_or_blocked))
        .route("/v2/api/talk/channels", get(channel::all))
        .route("/v2/api/talk/channels/multi", get(channel::of_several_people))
        .route(
            "/v2/api/talk/message/image/upload",
            post(image::upload).layer(DefaultBodyLimit::max(UPLOAD_BYTES)),
        )
        .route("/v2/api/talk/message/image/scrap", post(image::scrape))
        .route("/v2/api/talk/message/image/delete", delete(image::delete))
        .route("/dn/{name}", get(image::show))
        .route("/v2/api/kakaolink/talk/template/default", get(share::default))
        .route("/v2/api/kakaolink/talk/template/validate", get(share::custom))
        .route("/v2/api/kakaolink/talk/template/scrap", get(share::scrap))
}

/// An address as `secure_resource=true` asks for it.
fn secure(address: String) -> String {
    match address.strip_prefix("http://") {
        Some(rest) => format!("https://{rest}"),
        None => address,
    }
}
