//! The user's calls on the wire.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::ApiCall;
use crate::fault::ApiFault;
use crate::http::kakao_json;
use crate::live::LiveWorld;
use crate::world::user::{Logout, Me, Picture, Profile, Unlink};

/// Kakao's picture for people who chose none.
const DEFAULT_PICTURE: &str = "?fname=http://t1.kakaocdn.net/account_images/default_profile.jpeg";

/// The consent items that are about the account, and what the fields about them are called.
const ACCOUNT_ITEMS: &[(&str, &str)] = &[
    ("profile", "profile"),
    ("profile_nickname", "profile_nickname"),
    ("profile_image", "profile_image"),
    ("name", "name"),
    ("account_email", "email"),
    ("age_range", "age_range"),
    ("birthyear", "birthyear"),
    ("birthday", "birthday"),
    ("gender", "gender"),
    ("phone_number", "phone_number"),
    ("account_ci", "ci"),
];

pub(super) async fn me(State(live): State<Arc<LiveWorld>>, call: ApiCall) -> Result<Response, ApiFault> {
    let profile = live.apply(Me { credentials: call.credentials })?;
    let secure = call.parameters.get("secure_resource") == Some("true");
    let mut user = user(&profile, secure);
    if let Some(keys) = call.parameters.get("property_keys") {
        let keys: Vec<String> =
            serde_json::from_str(keys).map_err(|_| ApiFault::unparsable("property_keys"))?;
        keep_only(&mut user, &keys);
    }
    Ok(kakao_json(200, &user))
}

pub(super) async fn logout(State(live): State<Arc<LiveWorld>>, call: ApiCall) -> Result<Response, ApiFault> {
    let id = live.apply(Logout { credentials: call.credentials })?;
    Ok(kakao_json(200, &json!({ "id": id })))
}

pub(super) async fn unlink(State(live): State<Arc<LiveWorld>>, call: ApiCall) -> Result<Response, ApiFault> {
    let id = live.apply(Unlink { credentials: call.credentials })?;
    Ok(kakao_json(200, &json!({ "id": id })))
}

fn user(profile: &Profile, secure: bool) -> Map<String, Value> {
    let mut user = Map::new();
    user.insert("id".to_owned(), profile.user_id.into());
    user.insert("connected_at".to_owned(), datetime(profile.connected_at).into());
    // Deprecated for years, and still in every real answer.
    let mut properties = Map::new();
    if let Some(nickname) = &profile.nickname {
        properties.insert("nickname".to_owned(), nickname.as_str().into());
    }
    if let Some(picture) = &profile.picture {
        let (large, small) = addresses(picture, secure);
        properties.insert("profile_image".to_owned(), large.into());
        properties.insert("thumbnail_image".to_owned(), small.into());
    }
    if !properties.is_empty() {
        user.insert("properties".to_owned(), properties.into());
    }
    user.insert("kakao_account".to_owned(), account(profile, secure).into());
    if let Some(uuid) = &profile.uuid {
        user.insert("for_partner".to_owned(), json!({ "uuid": uuid }));
    }
    user
}

fn account(profile: &Profile, secure: bool) -> Map<String, Value> {
    let mut account = Map::new();
    for (item, field) in ACCOUNT_ITEMS {
        let Some(agreed) = profile.consents.get(*item) else {
            continue;
        };
        if *item == "account_email" {
            account.insert("has_email".to_owned(), true.into());
        }
        account.insert(format!("{field}_needs_agreement"), (!agreed).into());
        if *item == "account_email"
            && let Some(email) = &profile.email
        {
            account.insert("is_email_valid".to_owned(), true.into());
            account.insert("is_email_verified".to_owned(), true.into());
            account.insert("email".to_owned(), email.as_str().into());
        }
        // The two halves of the profile stand together, after the flags of both.
        if *item == "profile_image" {
            insert_profile(&mut account, profile, secure);
        }
    }
    if !account.contains_key("profile") {
        insert_profile(&mut account, profile, secure);
    }
    account
}

fn insert_profile(account: &mut Map<String, Value>, of: &Profile, secure: bool) {
    let mut profile = Map::new();
    if let Some(nickname) = &of.nickname {
        profile.insert("nickname".to_owned(), nickname.as_str().into());
    }
    if let Some(picture) = &of.picture {
        let (large, small) = addresses(picture, secure);
        profile.insert("thumbnail_image_url".to_owned(), small.into());
        profile.insert("profile_image_url".to_owned(), large.into());
        profile.insert("is_default_image".to_owned(), matches!(picture, Picture::Default).into());
    }
    if of.nickname.is_some() {
        profile.insert("is_default_nickname".to_owned(), false.into());
    }
    if !profile.is_empty() {
        account.insert("profile".to_owned(), profile.into());
    }
}

/// The large and the small picture.
fn addresses(picture: &Picture, secure: bool) -> (String, String) {
    let (large, small) = match picture {
        Picture::Chosen { profile_image_url, thumbnail_image_url } => {
            (profile_image_url.clone(), thumbnail_image_url.clone())
        }
        Picture::Default => {
            let address = |size| format!("http://img1.kakaocdn.net/thumb/{size}.q70/{DEFAULT_PICTURE}");
            (address("R640x640"), address("R110x110"))
        }
    };
    (with_scheme(large, secure), with_scheme(small, secure))
}

/// Kakao answers http addresses unless `secure_resource` asks for https.
fn with_scheme(url: String, secure: bool) -> String {
    let (from, to) = if secure { ("http://", "https://") } else { ("https://", "http://") };
    match url.strip_prefix(from) {
        Some(rest) => format!("{to}{rest}"),
        None => url,
    }
}

/// Seconds precision, as Kakao prints it.
fn datetime(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Leaves the id and what `property_keys` names. An item brings all fields about it.
fn keep_only(user: &mut Map<String, Value>, keys: &[String]) {
    let named = |parent: &str, field: &str| {
        keys.iter().filter_map(|key| key.strip_prefix(parent)).any(|item| {
            let about = field.strip_prefix("has_").or_else(|| field.strip_prefix("is_")).unwrap_or(field);
            item.is_empty() || field == item || about == item || about.starts_with(&format!("{item}_"))
        })
    };
    let whole = |name: &str| keys.iter().any(|key| key == name);
    for parent in ["properties", "kakao_account"] {
        if let Some(Value::Object(fields)) = user.get_mut(parent)
            && !whole(parent)
        {
            fields.retain(|field, _| named(&format!("{parent}."), field));
        }
    }
    user.retain(|field, value| {
        let inside_named = value.as_object().is_some_and(|fields| !fields.is_empty());
        let nested = matches!(field.as_str(), "properties" | "kakao_account");
        field == "id" || (nested && inside_named) || whole(field)
    });
}
