//! `/v1/me` and `/v1/friends`: who one is, and whom one knows.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use katok_client::{KakaoUserId, Me, ScopeSet};
use serde::Serialize;
use serde_json::{Value, json};

use crate::account;
use crate::app::App;
use crate::store::AccountId;
use crate::web::refusal::Refusal;
use crate::web::sample_routes::Page;
use crate::web::signed_in::{Allowed, ToRead};

/// Who one is.
#[derive(Serialize)]
pub(super) struct Oneself {
    id: AccountId,
    kakao_user_id: KakaoUserId,
    nickname: Option<String>,
    scopes: ScopeSet,
    login: Login,
    profile: account::Json,
}

#[derive(Serialize)]
struct Login {
    access_token_expires_at: Timestamp,
    ends_at: Timestamp,
}

/// `GET /v1/me`: the profile as Kakao gives it, and what we know of the login.
pub(super) async fn me(
    State(app): State<Arc<App>>,
    asker: Allowed<ToRead>,
) -> Result<Json<Oneself>, Refusal> {
    let ((person, profile), tokens) = account::call_with_tokens(&app, &asker.account, &Me).await?;
    Ok(Json(Oneself {
        id: asker.account,
        kakao_user_id: person.id,
        nickname: person.nickname().map(str::to_owned),
        scopes: tokens.scopes,
        login: Login {
            access_token_expires_at: tokens.access_token_expires_at,
            ends_at: tokens.refresh_token_expires_at,
        },
        profile,
    }))
}

/// `GET /v1/friends?offset=&limit=`: friends as Kakao gives them, and where the next page begins.
pub(super) async fn friends(
    State(app): State<Arc<App>>,
    asker: Allowed<ToRead>,
    page: Page,
) -> Result<Json<Value>, Refusal> {
    let answer = account::call(&app, &asker.account, &page.list()).await?;
    let mut answer: Value = serde_json::from_str(answer.get()).expect("it has just been read");
    let friends = answer["elements"].take();
    let given = friends.as_array().map_or(0, Vec::len);
    let there_are_more = given > 0 && answer["after_url"].is_string();
    let next_offset = there_are_more.then(|| page.offset.unwrap_or(0) as usize + given);
    Ok(Json(json!({
        "friends": if friends.is_null() { json!([]) } else { friends },
        "total_count": answer["total_count"],
        "next_offset": next_offset,
    })))
}
