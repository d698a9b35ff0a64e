//! `/v1/oidc/userinfo`: the user in the words of OpenID Connect.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;

use super::ApiCall;
use crate::fault::ApiFault;
use crate::http::kakao_json;
use crate::live::LiveWorld;
use crate::seed::Gender;
use crate::world::userinfo::UserInfo;

/// In the order of Kakao's table.
#[derive(Serialize)]
struct UserInfoAnswer {
    sub: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nickname: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email_verified: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gender: Option<Gender>,
    #[serde(skip_serializing_if = "Option::is_none")]
    birthdate: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_number_verified: Option<bool>,
}

pub(super) async fn userinfo(
    State(live): State<Arc<LiveWorld>>,
    call: ApiCall,
) -> Result<Response, ApiFault> {
    let user = live.apply(UserInfo { credentials: call.credentials })?;
    let (email, email_verified) = user.email.map(|email| (email.email, email.verified)).unzip();
    Ok(kakao_json(
        200,
        &UserInfoAnswer {
            sub: user.user_id.to_string(),
            name: user.name,
            nickname: user.nickname,
            picture: user.picture,
            email,
            email_verified,
            gender: user.gender,
            birthdate: user.birthdate,
            // A number that Kakao has is one that it has verified.
            phone_number_verified: user.phone_number.is_some().then_some(true),
            phone_number: user.phone_number,
        },
    ))
}
