//! The user's own calls to kapi.

use jiff::SignedDuration;
use katok_emulator::seed::{ConsentItem, ConsentLevel};
use katok_emulator::{Decision, Seed};
use serde_json::{Value, json};

use crate::support::{ADMIN_KEY, Answer, Kakao, TOO_LARGE, built_in_but, parameter, text};

const NO_SUCH_TOKEN: &str = "this access token does not exist";

fn refused(msg: &str) -> (u16, Value) {
    (401, json!({"msg": msg, "code": -401}))
}

#[tokio::test]
async fn me_says_what_was_agreed_to_and_asks_for_the_rest() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("muzi").await;
    let answer = kakao.me(&token).await;
    assert_eq!(answer.headers["content-type"], "application/json;charset=UTF-8");
    let id = kakao.emulator.world().people[2].user_ids["demo"];
    let uuid = answer.body["for_partner"]["uuid"].clone();
    assert_eq!(text(&uuid).len(), 32);
    assert_eq!(
        answer.ok(),
        json!({
            "id": id,
            "connected_at": "2026-03-01T00:00:00Z",
            "properties": {"nickname": "무지"},
            "kakao_account": {
                "profile_nickname_needs_agreement": false,
                "profile_image_needs_agreement": true,
                "profile": {"nickname": "무지", "is_default_nickname": false},
                "has_email": true,
                "email_needs_agreement": true,
                "name_needs_agreement": true,
                "has_birthday": true,
                "birthday_needs_agreement": true,
                "has_phone_number": true,
                "phone_number_needs_agreement": true,
            },
            "for_partner": {"uuid": uuid},
        })
    );
}

#[tokio::test]
async fn the_profile_stands_after_its_flags_whichever_items_an_app_has() {
    for items in [&["profile", "account_email"][..], &["profile_nickname", "account_email"]] {
        let kakao = Kakao::start_from(built_in_but(|seed| {
            let level = ConsentLevel::Required;
            let item = |id: &&str| ConsentItem { id: (*id).to_owned(), level };
            seed.apps[0].consent_items = items.iter().map(item).collect();
            seed.links.clear();
        }))
        .await;
        let token = kakao.access_token("ryan").await;
        let account = kakao.me(&token).await.ok()["kakao_account"].clone();
        let fields: Vec<&String> = account.as_object().unwrap().keys().take(3).collect();
        assert_eq!(fields, [&format!("{}_needs_agreement", items[0]), "profile", "has_email"]);
    }
}

#[tokio::test]
async fn me_gives_the_address_once_it_was_agreed_to() {
    let kakao = Kakao::start().await;
    let code = parameter(&kakao.approve("ryan", &["account_email"]), "code").unwrap();
    let tokens = kakao.token(&[("code", &code)]).await.ok();
    let account = kakao.me(&text(&tokens["access_token"])).await.ok()["kakao_account"].clone();
    assert_eq!(account["email"], "ryan@example.com");
    assert_eq!(account["email_needs_agreement"], false);
    assert_eq!(account["is_email_valid"], true);
    assert_eq!(account["is_email_verified"], true);
}

#[tokio::test]
async fn picture_addresses_are_http_unless_secure_ones_are_asked_for() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("apeach").await;
    let profile = async |query: &str| {
        let request = kakao.get(&format!("/v2/user/me{query}")).bearer_auth(&token);
        Answer::of(request).await.ok()["kakao_account"]["profile"].clone()
    };
    let plain = profile("").await;
    assert!(text(&plain["profile_image_url"]).starts_with("http://"));
    assert!(text(&plain["thumbnail_image_url"]).ends_with("default_profile.jpeg"));
    assert_eq!(plain["is_default_image"], true);
    assert!(text(&profile("?secure_resource=true").await["profile_image_url"]).starts_with("https://"));
}

#[tokio::test]
async fn property_keys_restrict_the_answer() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("apeach").await;
    let me = async |keys: &str| {
        let form = [("property_keys", keys)];
        Answer::of(kakao.post("/v2/user/me").bearer_auth(&token).form(&form)).await
    };
    let id = kakao.me(&token).await.ok()["id"].clone();
    assert_eq!(
        me(r#"["kakao_account.email","properties.nickname"]"#).await.ok(),
        json!({
            "id": id,
            "properties": {"nickname": "어피치"},
            "kakao_account": {"has_email": true, "email_needs_agreement": true},
        })
    );
    let all = me(r#"["kakao_account.","connected_at"]"#).await.ok();
    assert!(all.get("properties").is_none() && all.get("connected_at").is_some());
    assert!(all["kakao_account"]["profile"].get("nickname").is_some());
    assert_eq!(me("kakao_account.email").await.body["code"], -2);
}

#[tokio::test]
async fn calls_without_a_good_token_are_401_and_say_how() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("ryan").await;
    let answer = Answer::of(kakao.get("/v2/user/me")).await;
    assert_eq!(answer.headers["www-authenticate"], "Bearer error=invalid_token");
    assert_eq!(answer.refusal(), refused("no authentication key!"));
    for header in ["Bearer", "Bearer ", "Basic eDp5"] {
        let answer = Answer::of(kakao.get("/v2/user/me").header("authorization", header)).await;
        assert_eq!(answer.refusal(), refused("no authentication key!"), "{header}");
    }
    assert_eq!(kakao.me("unknown").await.refusal(), refused(NO_SUCH_TOKEN));
    kakao.emulator.advance(SignedDuration::from_secs(21_599)).unwrap();
    assert_eq!(kakao.me(&token).await.refusal(), refused("this access token is already expired"));
}

#[tokio::test]
async fn access_token_may_stand_in_the_query_where_no_header_shows_one() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("ryan").await;
    let me = async |query: &str| Answer::of(kakao.get(&format!("/v2/user/me?access_token={query}"))).await;
    assert_eq!(me(&token).await.ok(), kakao.me(&token).await.ok());
    assert_eq!(me("").await.refusal(), refused("no authentication key!"));
    let both = kakao.get(&format!("/v2/user/me?access_token={token}")).bearer_auth("unknown");
    assert_eq!(Answer::of(both).await.refusal(), refused(NO_SUCH_TOKEN));
}

#[tokio::test]
async fn logout_kills_the_pair_of_tokens_and_no_other() {
    let kakao = Kakao::start().await;
    let [phone, desk] = [kakao.log_in("ryan").await, kakao.log_in("ryan").await];
    let token = text(&phone["access_token"]);
    let id = kakao.me(&token).await.ok()["id"].clone();
    let logout = Answer::of(kakao.post("/v1/user/logout").bearer_auth(&token)).await;
    assert_eq!(logout.ok(), json!({"id": id}));
    assert_eq!(kakao.me(&token).await.refusal(), refused(NO_SUCH_TOKEN));
    assert_eq!(kakao.refresh(&text(&phone["refresh_token"])).await.body["error_code"], "KOE322");
    kakao.me(&text(&desk["access_token"])).await.ok();
    kakao.refresh(&text(&desk["refresh_token"])).await.ok();
}

#[tokio::test]
async fn unlink_kills_every_token_and_takes_every_consent_back() {
    let kakao = Kakao::start().await;
    let [phone, desk] = [kakao.log_in("ryan").await, kakao.log_in("ryan").await];
    let code = kakao.code("ryan");
    let token = text(&phone["access_token"]);
    let before = kakao.me(&token).await.ok();
    let unlink = Answer::of(kakao.post("/v1/user/unlink").bearer_auth(&token)).await;
    assert_eq!(unlink.ok(), json!({"id": before["id"]}));
    for tokens in [phone, desk] {
        assert_eq!(kakao.me(&text(&tokens["access_token"])).await.refusal(), refused(NO_SUCH_TOKEN));
        assert_eq!(kakao.refresh(&text(&tokens["refresh_token"])).await.body["error_code"], "KOE322");
    }
    assert_eq!(kakao.token(&[("code", &code)]).await.body["error_code"], "KOE320");
    // Consent is asked for anew, and the app finds the same person again.
    let page = kakao.browser().sign_in(&kakao.authorize_url(&[]), "ryan").await;
    assert!(page.html.contains("profile_nickname"));
    let after = kakao.me(&kakao.access_token("ryan").await).await.ok();
    assert_eq!(after["id"], before["id"]);
    assert_eq!(after["for_partner"]["uuid"], before["for_partner"]["uuid"]);
}

#[tokio::test]
async fn admin_calls_name_whom_they_are_about() {
    let kakao = Kakao::start().await;
    let tokens = kakao.log_in("ryan").await;
    let id = kakao.me(&text(&tokens["access_token"])).await.ok()["id"].to_string();
    let call = async |path: &str, key: &str, target: &[(&str, &str)]| {
        let request = kakao.post(path).header("authorization", format!("KakaoAK {key}"));
        Answer::of(request.form(target)).await
    };
    let target = [("target_id_type", "user_id"), ("target_id", id.as_str())];
    assert_eq!(call("/v2/user/me", ADMIN_KEY, &target).await.ok()["id"].to_string(), id);

    let wrong = call("/v2/user/me", "guess", &target).await;
    assert_eq!(wrong.headers["www-authenticate"], "KakaoAK error=invalid_token");
    assert_eq!(wrong.refusal(), refused("invalid app key."));
    assert_eq!(call("/v2/user/me", ADMIN_KEY, &target[..1]).await.body["code"], -2);
    let stranger = [("target_id_type", "user_id"), ("target_id", "1")];
    let not_linked = (400, json!({"msg": "NotRegisteredUserException", "code": -101}));
    assert_eq!(call("/v1/user/unlink", ADMIN_KEY, &stranger).await.refusal(), not_linked);

    call("/v1/user/logout", ADMIN_KEY, &target).await.ok();
    assert_eq!(kakao.refresh(&text(&tokens["refresh_token"])).await.body["error_code"], "KOE322");
    call("/v1/user/unlink", ADMIN_KEY, &target).await.ok();
    assert_eq!(call("/v1/user/unlink", ADMIN_KEY, &target).await.refusal(), not_linked);
}

#[tokio::test]
async fn a_person_has_another_id_and_uuid_in_each_app() {
    let seed = "apps:\n\
         - {key: one, redirect_uris: ['http://a/'], client_secret: null, permissions: [message], consent_items: [{id: talk_message, level: required}]}\n\
         - {key: two, redirect_uris: ['http://a/'], client_secret: null, permissions: [message], consent_items: [{id: talk_message, level: required}]}\n\
         people: [{key: mina}]\n";
    let kakao = Kakao::start_from(Seed::parse(seed).unwrap()).await;
    let mut names = Vec::new();
    for app in kakao.emulator.world().apps {
        let changes = [("client_id", app.rest_api_key.as_str()), ("redirect_uri", "http://a/")];
        let back = kakao.emulator.approve(&kakao.authorize_url(&changes), "mina", &Decision::Allow).unwrap();
        let code = parameter(&back, "code").unwrap();
        let tokens = kakao.token(&[changes[0], changes[1], ("code", &code)]).await.ok();
        let me = kakao.me(&text(&tokens["access_token"])).await.ok();
        names.push((me["id"].clone(), me["for_partner"]["uuid"].clone()));
    }
    assert!(names[0].0 != names[1].0 && names[0].1 != names[1].1, "{names:?}");
}

#[tokio::test]
async fn unknown_calls_are_refused_as_kapi_refuses() {
    let kakao = Kakao::start().await;
    for path in ["/v2/user/you", "/nothing"] {
        let answer = Answer::of(kakao.get(path)).await;
        assert_eq!(answer.headers["content-type"], "application/json;charset=UTF-8");
        assert_eq!((answer.status.as_u16(), &answer.body["code"]), (404, &json!(-9)));
    }
    let answer = Answer::of(kakao.get("/v1/user/logout")).await;
    assert_eq!((answer.status.as_u16(), &answer.body["code"]), (405, &json!(-9)));
}

#[tokio::test]
async fn under_kakaos_names_each_host_answers_its_own_paths_only() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("ryan").await;
    let ask = async |host: &str, path: &str| {
        Answer::of(kakao.get(path).header("host", host).bearer_auth(&token)).await.status.as_u16()
    };
    assert_eq!(ask("kapi.kakao.com", "/v2/user/me").await, 200);
    assert_eq!(ask("kauth.kakao.com", "/v2/user/me").await, 404);
    assert_eq!(ask("kapi.kakao.com", "/oauth/authorize").await, 404);
    assert_eq!(ask("kauth.kakao.com:443", "/oauth/authorize").await, 400);
    assert_eq!(ask("kauth.kakao.com", "/").await, 404);
    assert_eq!(ask("kauth.kakao.com", "/_emulator/assets/emulator.css").await, 200);
}

#[tokio::test]
async fn a_token_does_not_learn_what_was_agreed_to_after_it_was_made() {
    let kakao = Kakao::start().await;
    let old = kakao.access_token("ryan").await;
    let before = kakao.me(&old).await.ok();
    let code = parameter(&kakao.approve("ryan", &["account_email"]), "code").unwrap();
    let new = text(&kakao.token(&[("code", &code)]).await.ok()["access_token"]);
    assert_eq!(kakao.me(&new).await.ok()["kakao_account"]["email"], "ryan@example.com");
    assert_eq!(kakao.me(&old).await.ok(), before);
}

#[tokio::test]
async fn a_bare_parent_in_property_keys_means_all_of_it() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("apeach").await;
    let whole = kakao.me(&token).await.ok();
    for parent in ["kakao_account", "properties"] {
        let form = [("property_keys", json!([parent]).to_string())];
        let me = Answer::of(kakao.post("/v2/user/me").bearer_auth(&token).form(&form)).await.ok();
        assert_eq!(me, json!({"id": whole["id"], parent: whole[parent]}));
    }
}

#[tokio::test]
async fn logout_kills_what_was_refreshed_from_the_same_login() {
    let kakao = Kakao::start().await;
    let tokens = kakao.log_in("ryan").await;
    let refreshed = kakao.refresh(&text(&tokens["refresh_token"])).await.ok();
    let logout = kakao.post("/v1/user/logout").bearer_auth(text(&tokens["access_token"]));
    Answer::of(logout).await.ok();
    assert_eq!(kakao.me(&text(&refreshed["access_token"])).await.refusal(), refused(NO_SUCH_TOKEN));
}

#[tokio::test]
async fn a_body_too_large_to_read_is_minus_2() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("ryan").await;
    let form = [("template_object", TOO_LARGE.as_str())];
    for path in ["/v2/api/talk/memo/default/send", "/v1/user/unlink"] {
        let answer = Answer::of(kakao.post(path).bearer_auth(&token).form(&form)).await;
        assert_eq!(answer.headers["content-type"], "application/json;charset=UTF-8");
        assert_eq!((answer.status.as_u16(), &answer.body["code"]), (400, &json!(-2)));
    }
    kakao.me(&token).await.ok();
}
