//! OpenID Connect: discovery, keys, ID tokens, token info and userinfo.

use std::collections::BTreeSet;

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use katok_emulator::seed::{App, BirthdayType, Gender, Person};
use katok_emulator::{Decision, Seed};
use serde_json::{Value, json};

use crate::support::{Answer, Kakao, REST_API_KEY, parameter, text};

/// 2026-03-01T00:00:00Z, when worlds of tests begin.
const BEGINNING: i64 = 1_772_323_200;

/// The built-in world with OpenID Connect, and changes to its app and to ryan.
fn seed(change: impl FnOnce(&mut App, &mut Person)) -> Seed {
    let mut seed = Seed::built_in();
    seed.apps[0].oidc = true;
    change(&mut seed.apps[0], &mut seed.people[0]);
    seed
}

async fn kakao() -> Kakao {
    Kakao::start_from(seed(|_, _| ())).await
}

/// The tokens of somebody who agrees to everything that such a request asks for.
async fn log_in(kakao: &Kakao, person: &str, request: &[(&str, &str)]) -> Value {
    let back = kakao.emulator.approve(&kakao.authorize_url(request), person, &Decision::Allow).unwrap();
    kakao.token(&[("code", &parameter(&back, "code").unwrap())]).await.ok()
}

fn part(token: &str, number: usize) -> Value {
    let part = token.split('.').nth(number).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[track_caller]
fn claims(tokens: &Value) -> Value {
    part(tokens["id_token"].as_str().unwrap_or_else(|| panic!("no ID token: {tokens}")), 1)
}

fn origin(kakao: &Kakao) -> String {
    kakao.emulator.base_url().origin().ascii_serialization()
}

#[tokio::test]
async fn discovery_is_kakaos_under_kakaos_name_and_the_emulators_under_its_own() {
    let kakao = kakao().await;
    let request = kakao.get("/.well-known/openid-configuration").header("host", "kauth.kakao.com");
    let answer = Answer::of(request).await;
    assert_eq!(answer.headers["content-type"], "application/json;charset=utf-8");
    let at_kakao = answer.ok();
    let expected = json!({
        "issuer": "https://kauth.kakao.com",
        "authorization_endpoint": "https://kauth.kakao.com/oauth/authorize",
        "token_endpoint": "https://kauth.kakao.com/oauth/token",
        "userinfo_endpoint": "https://kapi.kakao.com/v1/oidc/userinfo",
        "jwks_uri": "https://kauth.kakao.com/.well-known/jwks.json",
        "token_endpoint_auth_methods_supported": ["client_secret_post"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "request_uri_parameter_supported": false,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "claims_supported":
            ["iss", "aud", "sub", "auth_time", "exp", "iat", "nonce", "nickname", "picture", "email"],
    });
    // As text: the order counts as well.
    assert_eq!(at_kakao.to_string(), expected.to_string());

    let here = Answer::of(kakao.get("/.well-known/openid-configuration")).await.ok();
    assert_eq!(here["issuer"], origin(&kakao));
    for (field, path) in [
        ("authorization_endpoint", "/oauth/authorize"),
        ("token_endpoint", "/oauth/token"),
        ("userinfo_endpoint", "/v1/oidc/userinfo"),
        ("jwks_uri", "/.well-known/jwks.json"),
    ] {
        assert_eq!(here[field], format!("{}{path}", origin(&kakao)));
    }
}

#[tokio::test]
async fn receivers_of_security_events_find_issuer_and_keys_under_both_names() {
    let kakao = kakao().await;
    for name in ["sse", "ssf"] {
        let request = kakao.get(&format!("/.well-known/{name}-configuration"));
        let answer = Answer::of(request.header("host", "kauth.kakao.com")).await.ok();
        let expected = json!({
            "issuer": "https://kauth.kakao.com",
            "jwks_uri": "https://kauth.kakao.com/.well-known/jwks.json",
            "delivery_methods_supported": "http://schemas.openid.net/secevent/risc/delivery-method/push",
        });
        assert_eq!(answer, expected);
    }
}

#[tokio::test]
async fn both_published_keys_sign_and_the_kid_says_which() {
    let kakao = kakao().await;
    let jwks = Answer::of(kakao.get("/.well-known/jwks.json")).await.ok();
    let mut kids = BTreeSet::new();
    for person in ["ryan", "apeach"] {
        let token = text(&log_in(&kakao, person, &[]).await["id_token"]);
        let header = part(&token, 0);
        assert_eq!((&header["alg"], &header["typ"]), (&json!("RS256"), &json!("JWT")));
        let mut keys = jwks["keys"].as_array().unwrap().iter();
        let key = keys.find(|key| key["kid"] == header["kid"]).unwrap();
        assert_eq!((&key["kty"], &key["alg"], &key["use"]), (&json!("RSA"), &json!("RS256"), &json!("sig")));
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).unwrap();
        let (n, e) = (decode(key["n"].as_str().unwrap()), decode(key["e"].as_str().unwrap()));
        let (signed, signature) = token.rsplit_once('.').unwrap();
        RsaPublicKeyComponents { n, e }
            .verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &decode(signature))
            .unwrap();
        kids.insert(text(&header["kid"]));
    }
    assert_eq!(kids.len(), 2);
}

#[tokio::test]
async fn an_id_token_says_who_logged_in_when_and_for_whom() {
    let kakao = Kakao::start_from(seed(|_, ryan| {
        ryan.thumbnail_image_url = Some("https://k.example/t.jpg".to_owned());
    }))
    .await;
    let tokens = log_in(&kakao, "ryan", &[("nonce", "n-1"), ("scope", "account_email")]).await;
    assert_eq!(tokens["scope"], "account_email friends openid profile_image profile_nickname talk_message");
    let me = kakao.me(&text(&tokens["access_token"])).await.ok();
    let expected = json!({
        "iss": origin(&kakao),
        "aud": REST_API_KEY,
        "sub": me["id"].to_string(),
        "iat": BEGINNING,
        "exp": BEGINNING + 21_600,
        "nonce": "n-1",
        "auth_time": BEGINNING,
        "nickname": "라이언",
        "picture": "https://k.example/t.jpg",
        "email": "ryan@example.com",
    });
    assert_eq!(claims(&tokens).to_string(), expected.to_string());
}

#[tokio::test]
async fn claims_are_there_by_consent_and_the_nonce_if_it_was_sent() {
    let kakao = kakao().await;
    let only = Decision::AllowOnly(BTreeSet::new());
    let back = kakao.emulator.approve(&kakao.authorize_url(&[]), "ryan", &only).unwrap();
    let tokens = kakao.token(&[("code", &parameter(&back, "code").unwrap())]).await.ok();
    assert_eq!(tokens["scope"], "openid profile_nickname");
    let claims = claims(&tokens);
    let names: Vec<&String> = claims.as_object().unwrap().keys().collect();
    assert_eq!(names, ["iss", "aud", "sub", "iat", "exp", "auth_time", "nickname"]);
}

#[tokio::test]
async fn the_legacy_profile_item_brings_nickname_and_kakaos_default_picture() {
    let kakao = Kakao::start_from(seed(|app, _| app.consent_items[0].id = "profile".to_owned())).await;
    let only = Decision::AllowOnly(BTreeSet::new());
    let back = kakao.emulator.approve(&kakao.authorize_url(&[]), "ryan", &only).unwrap();
    let tokens = kakao.token(&[("code", &parameter(&back, "code").unwrap())]).await.ok();
    assert_eq!(claims(&tokens)["nickname"], "라이언");
    assert!(text(&claims(&tokens)["picture"]).ends_with("default_profile.jpeg"));
}

#[tokio::test]
async fn an_address_that_is_not_valid_or_not_verified_is_no_claim() {
    for (valid, verified) in [(false, true), (true, false)] {
        let kakao = Kakao::start_from(seed(|_, ryan| {
            (ryan.is_email_valid, ryan.is_email_verified) = (valid, verified);
        }))
        .await;
        let tokens = log_in(&kakao, "ryan", &[("scope", "account_email")]).await;
        assert_eq!(claims(&tokens).get("email"), None);
        let userinfo = userinfo(&kakao, &tokens).await.ok();
        assert_eq!(userinfo["email"], "ryan@example.com");
        assert_eq!(userinfo["email_verified"], false);
    }
}

#[tokio::test]
async fn auth_time_is_when_the_session_began_and_iat_when_the_code_was_exchanged() {
    let kakao = kakao().await;
    let mut browser = kakao.browser();
    browser.sign_in(&kakao.authorize_url(&[]), "apeach").await;
    kakao.emulator.advance(SignedDuration::from_hours(3)).unwrap();
    let code = parameter(&browser.open(&kakao.authorize_url(&[])).await.redirect(), "code").unwrap();
    let claims = claims(&kakao.token(&[("code", &code)]).await.ok());
    assert_eq!(claims["auth_time"], BEGINNING);
    assert_eq!(claims["iat"], BEGINNING + 3 * 3_600);
}

#[tokio::test]
async fn additional_consent_brings_an_id_token_only_if_openid_is_named() {
    let kakao = kakao().await;
    let without = log_in(&kakao, "apeach", &[("scope", "account_email")]).await;
    assert_eq!(without.get("id_token"), None);
    assert_eq!(without["scope"], "account_email friends profile_image profile_nickname talk_message");
    let with = log_in(&kakao, "apeach", &[("scope", "account_email,openid")]).await;
    assert_eq!(claims(&with)["email"], "apeach@example.com");
}

#[tokio::test]
async fn a_refresh_renews_the_id_token_that_came_along_and_says_no_nonce() {
    let kakao = kakao().await;
    let tokens = log_in(&kakao, "ryan", &[("nonce", "n-1")]).await;
    kakao.emulator.advance(SignedDuration::from_hours(1)).unwrap();
    let refreshed = kakao.refresh(&text(&tokens["refresh_token"])).await.ok();
    let fields: Vec<&String> = refreshed.as_object().unwrap().keys().collect();
    assert_eq!(fields, ["access_token", "token_type", "id_token", "expires_in"]);
    let claims = claims(&refreshed);
    assert_eq!(claims["iat"], BEGINNING + 3_600);
    assert_eq!(claims["exp"], BEGINNING + 3_600 + 21_600);
    assert_eq!(claims["auth_time"], BEGINNING);
    assert_eq!(claims.get("nonce"), None);

    let without = log_in(&kakao, "apeach", &[("scope", "account_email")]).await;
    let refreshed = kakao.refresh(&text(&without["refresh_token"])).await.ok();
    assert_eq!(refreshed.get("id_token"), None);
}

#[tokio::test]
async fn a_replaced_refresh_token_still_brings_id_tokens() {
    let kakao = kakao().await;
    let tokens = log_in(&kakao, "ryan", &[]).await;
    kakao.emulator.advance(SignedDuration::from_hours(31 * 24)).unwrap();
    let replaced = kakao.refresh(&text(&tokens["refresh_token"])).await.ok();
    let again = kakao.refresh(&text(&replaced["refresh_token"])).await.ok();
    assert_eq!(claims(&again)["auth_time"], BEGINNING);
}

#[tokio::test]
async fn tokeninfo_answers_the_payload() {
    let kakao = kakao().await;
    let tokens = log_in(&kakao, "ryan", &[("nonce", "n-1")]).await;
    let form = [("id_token", text(&tokens["id_token"]))];
    let answer = Answer::of(kakao.post("/oauth/tokeninfo").form(&form)).await.ok();
    assert_eq!(answer, claims(&tokens));
}

#[tokio::test]
async fn tokeninfo_refuses_what_is_no_id_token_of_now_with_koe400() {
    let kakao = kakao().await;
    let token = text(&log_in(&kakao, "ryan", &[]).await["id_token"]);
    let refused = |why: &str| {
        let body = json!({"error": "invalid_token", "error_description": why, "error_code": "KOE400"});
        (400, body)
    };
    let info =
        async |form: &[(&str, &str)]| Answer::of(kakao.post("/oauth/tokeninfo").form(form)).await.refusal();
    assert_eq!(info(&[]).await, refused("id_token is missing"));
    assert_eq!(info(&[("id_token", "x")]).await, refused("malformed id_token"));
    let (signed, _) = token.rsplit_once('.').unwrap();
    let forged = format!("{signed}.{}", URL_SAFE_NO_PAD.encode([0; 256]));
    assert_eq!(info(&[("id_token", &forged)]).await, refused("invalid id_token signature"));

    let elsewhere = kakao.post("/oauth/tokeninfo").header("host", "kauth.kakao.com");
    let elsewhere = Answer::of(elsewhere.form(&[("id_token", &token)])).await;
    assert_eq!(elsewhere.refusal(), refused("id_token of another issuer"));

    kakao.emulator.advance(SignedDuration::from_hours(6)).unwrap();
    assert_eq!(info(&[("id_token", &token)]).await, refused("expired id_token"));
}

async fn userinfo(kakao: &Kakao, tokens: &Value) -> Answer {
    Answer::of(kakao.get("/v1/oidc/userinfo").bearer_auth(text(&tokens["access_token"]))).await
}

#[tokio::test]
async fn userinfo_says_what_was_agreed_to_in_the_words_of_openid_connect() {
    let items = ["name", "gender", "birthday", "birthyear", "phone_number"];
    let kakao = Kakao::start_from(seed(|app, ryan| {
        let level = app.consent_items[1].level;
        let item = |id: &str| katok_emulator::seed::ConsentItem { id: id.to_owned(), level };
        app.consent_items.extend(items.map(item));
        ryan.name = Some("김라이언".to_owned());
        ryan.gender = Some(Gender::Male);
        ryan.birthyear = Some("1990".to_owned());
        ryan.birthday = Some("0715".to_owned());
        ryan.birthday_type = BirthdayType::Solar;
        ryan.phone_number = Some("+82 10-1234-5678".to_owned());
    }))
    .await;
    let tokens = log_in(&kakao, "ryan", &[("scope", "account_email,openid")]).await;
    let userinfo_of = userinfo(&kakao, &tokens).await.ok();
    let expected = json!({
        "sub": claims(&tokens)["sub"],
        "name": "김라이언",
        "nickname": "라이언",
        "picture": claims(&tokens)["picture"],
        "email": "ryan@example.com",
        "email_verified": true,
        "gender": "male",
        "birthdate": "1990-07-15",
        "phone_number": "+82 10-1234-5678",
        "phone_number_verified": true,
    });
    assert_eq!(userinfo_of.to_string(), expected.to_string());

    let bare = log_in(&kakao, "apeach", &[]).await;
    let fields = userinfo(&kakao, &bare).await.ok();
    let fields: Vec<&String> = fields.as_object().unwrap().keys().collect();
    assert_eq!(fields, ["sub", "nickname", "picture"]);
}

#[tokio::test]
async fn birthdate_leaves_out_what_was_not_agreed_to() {
    for (item, birthdate) in [("birthday", "0000-07-15"), ("birthyear", "1990")] {
        let kakao = Kakao::start_from(seed(|app, ryan| {
            app.consent_items[0].id = item.to_owned();
            ryan.birthyear = Some("1990".to_owned());
            ryan.birthday = Some("0715".to_owned());
        }))
        .await;
        let tokens = log_in(&kakao, "ryan", &[]).await;
        assert_eq!(userinfo(&kakao, &tokens).await.ok()["birthdate"], birthdate);
    }
}

#[tokio::test]
async fn with_openid_connect_switched_off_there_is_no_id_token_and_userinfo_is_minus_3() {
    let kakao = Kakao::start_from(seed(|app, _| app.oidc = false)).await;
    let tokens = log_in(&kakao, "ryan", &[]).await;
    assert_eq!(tokens.get("id_token"), None);
    let refused = userinfo(&kakao, &tokens).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (403, &json!(-3)));
}
