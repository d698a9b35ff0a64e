//! Who the user is, on the wire.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::datetime;
use crate::fault::ApiFault;
use crate::http::api_host::ApiCall;
use crate::http::kakao_json;
use crate::http::parameters::Parameters;
use crate::live::LiveWorld;
use crate::world::profile::{Me, Picture, Profile};

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
    if let Some(keys) = property_keys(&call.parameters)? {
        keep_only(&mut user, &keys);
    }
    Ok(kakao_json(200, &user))
}

pub(super) fn property_keys(parameters: &Parameters) -> Result<Option<Vec<String>>, ApiFault> {
    let keys = parameters.get("property_keys").map(serde_json::from_str);
    keys.transpose().map_err(|_| ApiFault::unparsable("property_keys"))
}

pub(super) fn user(profile: &Profile, secure: bool) -> Map<String, Value> {
    let mut user = Map::new();
    user.insert("id".to_owned(), profile.user_id.into());
    if let Some(has_signed_up) = profile.has_signed_up {
        user.insert("has_signed_up".to_owned(), has_signed_up.into());
    }
    user.insert("connected_at".to_owned(), datetime(profile.connected_at).into());
    // Of somebody who is not signed up yet Kakao tells no more than this.
    if profile.has_signed_up == Some(false) {
        let mut account = Map::new();
        insert_profile(&mut account, profile, secure);
        insert_email(&mut account, profile);
        user.insert("kakao_account".to_owned(), account.into());
        return user;
    }
    if let Some(synched_at) = profile.synched_at {
        user.insert("synched_at".to_owned(), datetime(synched_at).into());
    }
    let properties = properties(profile, secure);
    if !properties.is_empty() {
        user.insert("properties".to_owned(), properties.into());
    }
    user.insert("kakao_account".to_owned(), account(profile, secure).into());
    if let Some(uuid) = &profile.uuid {
        user.insert("for_partner".to_owned(), json!({ "uuid": uuid }));
    }
    user
}

fn properties(profile: &Profile, secure: bool) -> Map<String, Value> {
    let mut properties = Map::new();
    // Deprecated for years, and still in every real answer.
    if let Some(nickname) = &profile.nickname {
        properties.insert("nickname".to_owned(), nickname.nickname.as_str().into());
    }
    if let Some(picture) = &profile.picture {
        let (large, small) = addresses(picture, secure);
        properties.insert("profile_image".to_owned(), large.into());
        properties.insert("thumbnail_image".to_owned(), small.into());
    }
    for (key, value) in &profile.properties {
        properties.insert(key.clone(), value.as_str().into());
    }
    properties
}

fn account(profile: &Profile, secure: bool) -> Map<String, Value> {
    let mut account = Map::new();
    for (item, field) in ACCOUNT_ITEMS {
        if let Some(agreed) = profile.consents.get(*item) {
            // Deprecated as well, and still there beside each item that has one.
            if let Some(owned) = owns(profile, item) {
                account.insert(format!("has_{field}"), owned.into());
            }
            account.insert(format!("{field}_needs_agreement"), (!agreed).into());
            insert_value(&mut account, profile, item);
        }
        // The halves of the profile stand together, after the flags of all its items.
        if *item == "profile_image" {
            insert_profile(&mut account, profile, secure);
        }
    }
    account
}

fn owns(profile: &Profile, item: &str) -> Option<bool> {
    match item {
        "account_email" => Some(true),
        "age_range" => Some(profile.owned.age_range),
        "birthyear" => Some(profile.owned.birthyear),
        "birthday" => Some(profile.owned.birthday),
        "gender" => Some(profile.owned.gender),
        "phone_number" => Some(profile.owned.phone_number),
        "account_ci" => Some(profile.owned.ci),
        _ => None,
    }
}

fn insert_value(account: &mut Map<String, Value>, of: &Profile, item: &str) {
    let mut insert = |field: &str, value: Option<Value>| {
        if let Some(value) = value {
            account.insert(field.to_owned(), value);
        }
    };
    let text = |text: &Option<String>| text.as_deref().map(Value::from);
    match item {
        "account_email" => insert_email(account, of),
        "name" => insert("name", text(&of.name)),
        "age_range" => insert("age_range", text(&of.age_range)),
        "birthyear" => insert("birthyear", text(&of.birthyear)),
        "birthday" => {
            if let Some(birthday) = &of.birthday {
                insert("birthday", Some(birthday.day.as_str().into()));
                insert("birthday_type", Some(json!(birthday.calendar)));
                insert("is_leap_month", Some(birthday.is_leap_month.into()));
            }
        }
        "gender" => insert("gender", of.gender.map(|gender| json!(gender))),
        "phone_number" => insert("phone_number", text(&of.phone_number)),
        "account_ci" => {
            insert("ci", text(&of.ci));
            insert("ci_authenticated_at", of.ci.as_ref().map(|_| datetime(of.connected_at).into()));
        }
        _ => {}
    }
}

fn insert_email(account: &mut Map<String, Value>, of: &Profile) {
    if let Some(email) = &of.email {
        account.insert("is_email_valid".to_owned(), email.is_valid.into());
        account.insert("is_email_verified".to_owned(), email.is_verified.into());
        account.insert("email".to_owned(), email.address.as_str().into());
    }
}

fn insert_profile(account: &mut Map<String, Value>, of: &Profile, secure: bool) {
    let mut profile = Map::new();
    if let Some(nickname) = &of.nickname {
        profile.insert("nickname".to_owned(), nickname.nickname.as_str().into());
    }
    if let Some(picture) = &of.picture {
        let (large, small) = addresses(picture, secure);
        profile.insert("thumbnail_image_url".to_owned(), small.into());
        profile.insert("profile_image_url".to_owned(), large.into());
        profile.insert("is_default_image".to_owned(), matches!(picture, Picture::Default).into());
    }
    if let Some(nickname) = &of.nickname {
        profile.insert("is_default_nickname".to_owned(), nickname.is_default.into());
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

/// Leaves the id and what `property_keys` names. An item brings all fields about it.
pub(super) fn keep_only(user: &mut Map<String, Value>, keys: &[String]) {
    let named = |parent: &str, field: &str| {
        keys.iter().filter_map(|key| key.strip_prefix(parent)).any(|item| {
            let about = match field.strip_prefix("has_").or_else(|| field.strip_prefix("is_")) {
                Some("leap_month") => "birthday",
                Some(about) => about,
                None => field,
            };
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
