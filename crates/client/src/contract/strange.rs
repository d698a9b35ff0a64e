//! Answers that are not as documented: with more, with less, of other types, cut off, huge, deep, or no JSON.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Sample;
use super::endpoints::{Row, endpoints, is_in};
use crate::endpoint::{Reply, Unreadable};
use crate::{ApiError, Error, OAuthError};

/// What an answer of success cannot be read without, by the folder of the samples.
const REQUIRED: &[(&str, &[&str])] = &[
    ("app_users", &["[].id", "elements", "elements.[].id"]),
    ("events_configuration", &["issuer", "jwks_uri"]),
    #[cfg(feature = "oidc")]
    ("jwks", &["keys"]),
    ("oauth_token_code", &["access_token", "expires_in", "refresh_token", "refresh_token_expires_in"]),
    ("oauth_token_refresh", &["access_token", "expires_in"]),
    #[cfg(feature = "oidc")]
    ("oauth_tokeninfo", &["aud", "exp", "iat", "iss", "sub"]),
    #[cfg(feature = "oidc")]
    ("oidc_userinfo", &["sub"]),
    #[cfg(feature = "oidc")]
    ("openid_configuration", &["authorization_endpoint", "issuer", "jwks_uri", "token_endpoint"]),
    ("talk_channels", &["channels.[].channel_public_id", "channels.[].relation"]),
    ("talk_channels_multi", &["[].channels.[].channel_public_id", "[].channels.[].relation"]),
    ("talk_friends", &["elements.[].uuid", "total_count"]),
    ("talk_friends_message_default_send", &["failure_info.[].code", "failure_infos.[].code"]),
    ("talk_memo_default_send", &["result_code"]),
    ("talk_memo_scrap_send", &["result_code"]),
    ("talk_memo_send", &["result_code"]),
    ("talk_message_image_scrap", &["infos", "infos.original", "infos.original.url"]),
    ("talk_message_image_upload", &["infos", "infos.original", "infos.original.url"]),
    ("user_access_token_info", &["app_id", "expires_in"]),
    ("user_logout", &["id"]),
    ("user_me", &["id"]),
    ("user_revoke_scopes", &["id", "scopes.[].agreed", "scopes.[].id"]),
    ("user_revoke_service_terms", &["id", "revoked_service_terms.[].agreed", "revoked_service_terms.[].tag"]),
    ("user_scopes", &["id", "scopes.[].agreed", "scopes.[].id"]),
    ("user_service_terms", &["id", "service_terms.[].agreed", "service_terms.[].tag"]),
    ("user_shipping_address", &["shipping_addresses.[].id", "shipping_addresses.[].is_default", "user_id"]),
    ("user_signup", &["id"]),
    ("user_unlink", &["id"]),
    ("user_update_profile", &["id"]),
    ("user_upgrade_service_terms", &["agreed_service_terms.[].agreed", "agreed_service_terms.[].tag", "id"]),
];

/// Values of every JSON type; their marks stand in nothing else that an error says.
const VALUES: [&str; 10] = [
    "\"zq-text\"",
    "7654321",
    "-7654321",
    "76543.21",
    "76543217654321765432176543217654321",
    "7e654321",
    "true",
    "null",
    "[\"zq-text\", 7654321]",
    "{\"a\": \"zq-text\", \"b\": 7654321}",
];
const MARKS: [&str; 3] = ["zq-", "76543", "654321"];

/// Stands where another value is to be written.
const HERE: &str = "\"<here>\"";

fn read(row: &Row, body: impl Into<Vec<u8>>) -> Result<(), Unreadable> {
    (row.decode)(&Reply { body: body.into().into() })
}

/// Every sample of success that has a body, with its endpoint.
fn answers() -> Vec<(Row, String, Value)> {
    let samples = Sample::all();
    let mut answers = Vec::new();
    for (name, Sample { response, .. }) in &samples {
        for row in endpoints() {
            if is_in(name, row.samples) && response.status == 200 && !response.body.is_null() {
                answers.push((row, name.clone(), response.body.clone()));
            }
        }
    }
    answers
}

/// The JSON pointers of a value and of all within it.
fn places(value: &Value) -> Vec<String> {
    let within: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(name, value)| (escaped(name), value)).collect(),
        Value::Array(elements) => {
            elements.iter().enumerate().map(|(n, value)| (n.to_string(), value)).collect()
        }
        _ => Vec::new(),
    };
    let below = within
        .into_iter()
        .flat_map(|(step, value)| places(value).into_iter().map(move |rest| format!("/{step}{rest}")));
    std::iter::once(String::new()).chain(below).collect()
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The body with this text in the place of a value.
fn with(body: &Value, place: &str, json: &str) -> String {
    let mut body = body.clone();
    *body.pointer_mut(place).unwrap() = Value::String(HERE.trim_matches('"').to_owned());
    body.to_string().replace(HERE, json)
}

/// The body without a field; nothing where the place is no field.
fn without(body: &Value, place: &str) -> Option<String> {
    let mut body = body.clone();
    let (parent, name) = place.rsplit_once('/')?;
    let fields = body.pointer_mut(parent)?.as_object_mut()?;
    fields.remove(&name.replace("~1", "/").replace("~0", "~"))?;
    Some(body.to_string())
}

/// A field's path, the same for all elements of an array.
fn field(place: &str) -> String {
    let steps = place[1..].split('/');
    steps.map(|step| if step.parse::<usize>().is_ok() { "[]" } else { step }).collect::<Vec<_>>().join(".")
}

fn as_told(row: &Row, what: &Unreadable) -> String {
    let error = Error::unreadable(what.clone(), 200, &row.call);
    assert!(std::error::Error::source(&error).is_none());
    format!("{error} {error:?}")
}

#[test]
fn unknown_fields_are_passed_over() {
    for (row, name, body) in answers() {
        read(&row, body.to_string()).unwrap_or_else(|what| panic!("{name}: {what}"));
        for place in places(&body) {
            let mut more = body.clone();
            if let Some(fields) = more.pointer_mut(&place).unwrap().as_object_mut() {
                fields.insert("of_tomorrow".to_owned(), serde_json::json!({"of": [1, null, {}]}));
                read(&row, more.to_string()).unwrap_or_else(|what| panic!("{name}, {place}: {what}"));
            }
        }
    }
}

#[test]
fn an_answer_is_read_without_whatever_kakao_may_leave_out_or_write_as_null() {
    let mut required: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (row, name, body) in answers() {
        for place in places(&body) {
            let Some(less) = without(&body, &place) else { continue };
            if read(&row, less).is_ok() {
                read(&row, with(&body, &place, "null"))
                    .unwrap_or_else(|what| panic!("{name}, {place}: {what}"));
            } else {
                required.entry(row.samples).or_default().insert(field(&place));
            }
        }
    }
    let listed = REQUIRED.iter().map(|(endpoint, fields)| {
        (*endpoint, fields.iter().map(|field| (*field).to_owned()).collect::<BTreeSet<_>>())
    });
    assert_eq!(required, listed.collect());
}

#[test]
fn a_value_of_another_type_is_read_or_its_place_told_but_not_the_value() {
    for (row, name, body) in answers() {
        for place in places(&body) {
            for value in VALUES {
                let Err(what) = read(&row, with(&body, &place, value)) else { continue };
                assert!(place.is_empty() || what.path() != ".", "{name}, {place} = {value}: {what}");
                let told = as_told(&row, &what);
                assert!(!MARKS.iter().any(|mark| told.contains(mark)), "{name}, {place} = {value}: {told}");
            }
        }
    }
}

/// Whether the call succeeded is all that counts here; what Kakao says then is not known.
fn takes_anything(row: &Row) -> bool {
    row.samples == "talk_message_image_delete"
}

fn is_told(row: &Row, body: &[u8]) -> bool {
    match read(row, body) {
        Ok(()) => takes_anything(row),
        Err(what) => !as_told(row, &what).contains("zq-"),
    }
}

#[test]
fn a_field_that_comes_twice_is_read_or_told() {
    for (row, name, body) in answers() {
        for place in places(&body).iter().filter(|place| without(&body, place).is_some()) {
            let value = body.pointer(place).unwrap();
            let (_, field) = place.rsplit_once('/').unwrap();
            let twice = with(&body, place, &format!("{value},\"{field}\":\"zq-\""));
            assert!(read(&row, twice.clone()).is_ok() || is_told(&row, twice.as_bytes()), "{name}, {place}");
        }
    }
}

#[test]
fn an_answer_that_breaks_off_anywhere_is_told() {
    for (row, name, body) in answers() {
        let body = body.to_string();
        for end in 0..body.len() {
            assert!(is_told(&row, &body.as_bytes()[..end]), "{name}, {end}");
        }
    }
}

#[test]
fn text_that_is_no_utf_8_is_passed_over_or_told() {
    for (row, name, body) in answers() {
        for place in places(&body).iter().filter(|place| body.pointer(place).unwrap().is_string()) {
            let mut bytes = with(&body, place, "\"zq-\u{7f}\"").into_bytes();
            bytes.iter_mut().filter(|byte| **byte == 0x7f).for_each(|byte| *byte = 0xff);
            assert!(read(&row, bytes.clone()).is_ok() || is_told(&row, &bytes), "{name}, {place}");
        }
    }
}

#[test]
fn what_is_no_answer_at_all_is_told() {
    let deep = "[".repeat(10_000);
    let deep_object = "{\"id\":".repeat(10_000);
    let page = "<!doctype html><title>zq-점검 중</title>";
    let huge = format!("\"zq-{}\"", "x".repeat(3 << 20));
    for row in endpoints() {
        for body in
            ["", " ", page, "\0", "\u{feff}{}", "{}{}", "zq-", "1", "\"zq-\"", &deep, &deep_object, &huge]
        {
            assert!(is_told(&row, body.as_bytes()), "{}: {body:.20}", row.name);
        }
        assert!(is_told(&row, b"{\"zq-\xff\": 1}"), "{}", row.name);
    }
}

#[test]
fn unknown_fields_may_be_as_large_and_deep_as_they_like() {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let huge = format!("\"{}\"", "x".repeat(3 << 20));
    let answers = answers();
    for row in endpoints() {
        let (_, name, body) = answers.iter().find(|(of, ..)| of.name == row.name).unwrap();
        let mut body = body.clone();
        let Some(fields) = body.as_object_mut() else { continue };
        fields.insert("of_tomorrow".to_owned(), Value::Null);
        for value in [&deep, &huge] {
            if let Err(what) = read(&row, with(&body, "/of_tomorrow", value)) {
                panic!("{name}: {what}")
            }
        }
    }
}

#[test]
fn a_refusal_is_read_by_its_code_whatever_else_it_says() {
    for (name, Sample { response, .. }) in Sample::all() {
        let code = match (&response.body["code"], &response.body["error_code"]) {
            (Value::Number(_), _) => "/code",
            (_, Value::String(_)) => "/error",
            _ => continue,
        };
        for place in places(&response.body).iter().filter(|place| *place != code) {
            let Some(less) = without(&response.body, place) else { continue };
            for body in [less, with(&response.body, place, "null")] {
                let is_read = if code == "/code" {
                    serde_json::from_str::<ApiError>(&body).is_ok()
                } else {
                    serde_json::from_str::<OAuthError>(&body).is_ok()
                };
                assert!(is_read, "{name}: {body}");
            }
        }
    }
}
