//! `/oauth/token`: codes and refresh tokens for access tokens.

use jiff::SignedDuration;
use katok_emulator::seed::App;
use katok_emulator::{Decision, Seed};
use serde_json::json;

use crate::support::{Answer, CLIENT_SECRET, Kakao, REDIRECT_URI, REST_API_KEY, TOO_LARGE, parameter, text};

/// The S256 challenge of the verifier in RFC 7636, appendix B.
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

fn kauth_error(error: &str, code: &str, description: &str) -> serde_json::Value {
    json!({"error": error, "error_description": description, "error_code": code})
}

#[tokio::test]
async fn a_code_brings_tokens_in_kakaos_shape() {
    let kakao = Kakao::start().await;
    let code = kakao.code("ryan");
    let answer = kakao.token(&[("code", &code)]).await;
    assert_eq!(answer.headers["content-type"], "application/json;charset=UTF-8");
    let tokens = answer.ok();
    assert_eq!(tokens["token_type"], "bearer");
    assert_eq!(tokens["expires_in"], 21_599);
    assert_eq!(tokens["refresh_token_expires_in"], 5_183_999);
    assert_eq!(tokens["scope"], "friends profile_image profile_nickname talk_message");
    assert!(tokens.get("id_token").is_none());
    for token in ["access_token", "refresh_token"] {
        let url_safe = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        assert!(text(&tokens[token]).chars().all(url_safe));
    }
}

#[tokio::test]
async fn code_used_twice_is_koe320() {
    let kakao = Kakao::start().await;
    let code = kakao.code("ryan");
    kakao.token(&[("code", &code)]).await.ok();
    let description = format!("authorization code not found for code={code}");
    let refused = (400, kauth_error("invalid_grant", "KOE320", &description));
    assert_eq!(kakao.token(&[("code", &code)]).await.refusal(), refused);
}

#[tokio::test]
async fn code_older_than_ten_minutes_is_koe320() {
    let kakao = Kakao::start().await;
    let [young, old] = [kakao.code("ryan"), kakao.code("ryan")];
    kakao.emulator.advance(SignedDuration::from_secs(599)).unwrap();
    kakao.token(&[("code", &young)]).await.ok();
    kakao.emulator.advance(SignedDuration::from_secs(1)).unwrap();
    assert_eq!(kakao.token(&[("code", &old)]).await.body["error_code"], "KOE320");
}

#[tokio::test]
async fn unknown_clients_are_koe101_by_name() {
    let kakao = Kakao::start().await;
    let code = kakao.code("ryan");
    let refused =
        |id: &str| (401, kauth_error("invalid_client", "KOE101", &format!("Not exist client_id [{id}]")));
    let form =
        [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", REDIRECT_URI)];
    for id in ["nobody", ""] {
        assert_eq!(kakao.token(&[("client_id", id)]).await.refusal(), refused(id));
    }
    // HTTP Basic and JSON: Kakao does not see the client.
    let basic = kakao.post("/oauth/token").basic_auth(REST_API_KEY, Some(CLIENT_SECRET)).form(&form);
    assert_eq!(Answer::of(basic).await.refusal(), refused("null"));
    let as_json = json!({"client_id": REST_API_KEY, "client_secret": CLIENT_SECRET, "grant_type": "authorization_code",
        "code": code, "redirect_uri": REDIRECT_URI});
    assert_eq!(Answer::of(kakao.post("/oauth/token").json(&as_json)).await.refusal(), refused("null"));
}

#[tokio::test]
async fn a_wrong_or_missing_client_secret_is_koe010_and_spends_nothing() {
    let kakao = Kakao::start().await;
    let code = kakao.code("ryan");
    let refused = (401, kauth_error("invalid_client", "KOE010", "Bad client credentials"));
    let wrong = kakao.token(&[("code", &code), ("client_secret", "guess")]).await;
    assert_eq!(wrong.refusal(), refused);
    let form = [("client_id", REST_API_KEY), ("grant_type", "authorization_code"), ("code", code.as_str())];
    assert_eq!(Answer::of(kakao.post("/oauth/token").form(&form)).await.refusal(), refused);
    kakao.token(&[("code", &code)]).await.ok();
}

#[tokio::test]
async fn a_client_secret_switched_off_is_not_asked_for() {
    let mut seed = Seed::built_in();
    seed.apps[0].client_secret = None;
    let kakao = Kakao::start_from(seed).await;
    for secret in ["", "anything"] {
        let code = kakao.code("ryan");
        kakao.token(&[("code", &code), ("client_secret", secret)]).await.ok();
    }
}

#[tokio::test]
async fn another_redirect_uri_than_the_codes_is_koe303() {
    let kakao = Kakao::start().await;
    let code = kakao.code("ryan");
    let refused = (400, kauth_error("invalid_grant", "KOE303", "Redirect URI mismatch."));
    for uri in ["http://localhost:4199/callback", "http://localhost:4000/redirect/", ""] {
        assert_eq!(kakao.token(&[("code", &code), ("redirect_uri", uri)]).await.refusal(), refused);
    }
}

#[tokio::test]
async fn a_code_with_a_challenge_needs_its_verifier() {
    let kakao = Kakao::start().await;
    let url = kakao.authorize_url(&[("code_challenge", CHALLENGE), ("code_challenge_method", "S256")]);
    let back = kakao.emulator.approve(&url, "ryan", &katok_emulator::Decision::Allow).unwrap();
    let code = parameter(&back, "code").unwrap();
    for wrong in [&[("code", code.as_str())][..], &[("code", &code), ("code_verifier", CHALLENGE)]] {
        let answer = kakao.token(wrong).await;
        assert_eq!((answer.status.as_u16(), &answer.body["error"]), (400, &json!("invalid_grant")));
    }
    kakao.token(&[("code", &code), ("code_verifier", VERIFIER)]).await.ok();
}

#[tokio::test]
async fn other_grant_types_are_koe310() {
    let kakao = Kakao::start().await;
    for grant_type in ["password", ""] {
        let answer = kakao.token(&[("grant_type", grant_type)]).await;
        assert_eq!((answer.status.as_u16(), &answer.body["error_code"]), (400, &json!("KOE310")));
    }
}

#[tokio::test]
async fn a_refresh_brings_an_access_token_and_no_refresh_token_while_a_month_is_left() {
    let kakao = Kakao::start().await;
    let tokens = kakao.log_in("ryan").await;
    kakao.emulator.advance(SignedDuration::from_hours(30 * 24 - 1)).unwrap();
    let refreshed = kakao.refresh(&text(&tokens["refresh_token"])).await.ok();
    let fields: Vec<&String> = refreshed.as_object().unwrap().keys().collect();
    assert_eq!(fields, ["access_token", "token_type", "expires_in"]);
    kakao.me(&text(&refreshed["access_token"])).await.ok();
}

#[tokio::test]
async fn an_earlier_access_token_survives_a_refresh() {
    let kakao = Kakao::start().await;
    let tokens = kakao.log_in("ryan").await;
    kakao.refresh(&text(&tokens["refresh_token"])).await.ok();
    kakao.me(&text(&tokens["access_token"])).await.ok();
}

#[tokio::test]
async fn in_its_last_month_a_refresh_token_is_replaced_and_the_old_one_dies() {
    let kakao = Kakao::start().await;
    let old = text(&kakao.log_in("ryan").await["refresh_token"]);
    kakao.emulator.advance(SignedDuration::from_hours(30 * 24)).unwrap();
    let refreshed = kakao.refresh(&old).await.ok();
    assert_eq!(refreshed["refresh_token_expires_in"], 5_183_999);
    let refused = (400, kauth_error("invalid_grant", "KOE322", "expired_or_invalid_refresh_token"));
    assert_eq!(kakao.refresh(&old).await.refusal(), refused);
    kakao.refresh(&text(&refreshed["refresh_token"])).await.ok();
}

#[tokio::test]
async fn a_refresh_token_two_months_old_is_koe322_and_a_missing_one_koe319() {
    let kakao = Kakao::start().await;
    let tokens = kakao.log_in("ryan").await;
    kakao.emulator.advance(SignedDuration::from_hours(60 * 24)).unwrap();
    assert_eq!(kakao.refresh(&text(&tokens["refresh_token"])).await.body["error_code"], "KOE322");
    assert_eq!(kakao.refresh("unknown").await.body["error_code"], "KOE322");
    let missing = kakao.token(&[("grant_type", "refresh_token")]).await;
    assert_eq!((missing.status.as_u16(), &missing.body["error_code"]), (400, &json!("KOE319")));
}

#[tokio::test]
async fn the_twenty_first_access_token_in_ten_minutes_is_koe237() {
    let kakao = Kakao::start().await;
    let refresh_token = text(&kakao.log_in("ryan").await["refresh_token"]);
    for _ in 0..19 {
        kakao.refresh(&refresh_token).await.ok();
    }
    let refused = kakao.refresh(&refresh_token).await;
    assert_eq!(
        refused.refusal(),
        (400, kauth_error("invalid_request", "KOE237", "token request rate limit exceeded"))
    );
    // Counted for each person on their own, and for ten minutes only.
    kakao.log_in("apeach").await;
    kakao.emulator.advance(SignedDuration::from_mins(10)).unwrap();
    kakao.refresh(&refresh_token).await.ok();
}

#[tokio::test]
async fn the_seed_may_change_the_token_limit() {
    let mut seed = Seed::built_in();
    seed.apps[0].quotas.access_tokens_per_10_minutes = 1;
    let kakao = Kakao::start_from(seed).await;
    let refresh_token = text(&kakao.log_in("ryan").await["refresh_token"]);
    assert_eq!(kakao.refresh(&refresh_token).await.body["error_code"], "KOE237");
}

#[tokio::test]
async fn code_is_taken_without_the_redirect_uri() {
    let kakao = Kakao::start().await;
    let code = kakao.code("ryan");
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", REST_API_KEY),
        ("client_secret", CLIENT_SECRET),
        ("code", &code),
    ];
    Answer::of(kakao.post("/oauth/token").form(&form)).await.ok();
}

#[tokio::test]
async fn parameters_may_stand_in_the_query_and_content_types_carry_a_charset() {
    let kakao = Kakao::start().await;
    let code = kakao.code("ryan");
    let query = [("client_id", REST_API_KEY), ("client_secret", CLIENT_SECRET), ("unknown", "x")];
    let body = format!("grant_type=authorization_code&code={code}&redirect_uri={REDIRECT_URI}");
    let request = kakao.post("/oauth/token").query(&query).body(body);
    let request = request.header("content-type", "application/x-www-form-urlencoded; charset=UTF-8");
    Answer::of(request).await.ok();
}

#[tokio::test]
async fn a_token_answers_to_the_app_it_was_made_for_alone() {
    let seed = "apps:\n\
         - {key: one, redirect_uris: ['http://a/'], client_secret: null}\n\
         - {key: two, redirect_uris: ['http://a/'], client_secret: null}\n\
         people: [{key: mina}]\n";
    let kakao = Kakao::start_from(Seed::parse(seed).unwrap()).await;
    let keys: Vec<String> = kakao.emulator.world().apps.iter().map(|app| app.rest_api_key.clone()).collect();
    let url = kakao.authorize_url(&[("client_id", &keys[0]), ("redirect_uri", "http://a/")]);
    let back = kakao.emulator.approve(&url, "mina", &katok_emulator::Decision::Allow).unwrap();
    let code = parameter(&back, "code").unwrap();
    let exchange = async |key: &str| {
        kakao.token(&[("client_id", key), ("redirect_uri", "http://a/"), ("code", &code)]).await
    };
    assert_eq!(exchange(&keys[1]).await.body["error_code"], "KOE320");
    let refresh_token = text(&exchange(&keys[0]).await.ok()["refresh_token"]);
    let form = [("client_id", &keys[1]), ("refresh_token", &refresh_token)];
    let request = kakao.post("/oauth/token?grant_type=refresh_token").form(&form);
    assert_eq!(Answer::of(request).await.body["error_code"], "KOE322");
}

#[tokio::test]
async fn head_spends_and_issues_nothing() {
    let kakao = Kakao::start().await;
    let code = kakao.code("ryan");
    let query = [
        ("client_id", REST_API_KEY),
        ("client_secret", CLIENT_SECRET),
        ("redirect_uri", REDIRECT_URI),
        ("grant_type", "authorization_code"),
        ("code", &code),
    ];
    let head = kakao.client.head(kakao.url("/oauth/token")).query(&query).send().await.unwrap();
    assert_eq!(head.status(), 405);
    kakao.token(&[("code", &code)]).await.ok();
}

#[tokio::test]
async fn a_body_too_large_to_read_is_koe001() {
    let kakao = Kakao::start().await;
    let answer = kakao.token(&[("code", &TOO_LARGE)]).await;
    assert_eq!(answer.headers["content-type"], "application/json;charset=UTF-8");
    assert_eq!(answer.refusal(), (400, kauth_error("invalid_request", "KOE001", "malformed request")));
}

#[tokio::test]
async fn the_thirty_first_refresh_token_in_an_hour_is_koe237() {
    let kakao = Kakao::start().await;
    for minutes in [0, 10] {
        kakao.emulator.advance(SignedDuration::from_mins(minutes)).unwrap();
        for _ in 0..15 {
            kakao.log_in("ryan").await;
        }
    }
    kakao.emulator.advance(SignedDuration::from_mins(10)).unwrap();
    let code = kakao.code("ryan");
    assert_eq!(kakao.token(&[("code", &code)]).await.body["error_code"], "KOE237");
    kakao.log_in("apeach").await;
    // A code that was refused is not spent.
    kakao.emulator.advance(SignedDuration::from_mins(9)).unwrap();
    assert_eq!(kakao.token(&[("code", &code)]).await.body["error_code"], "KOE237");
    kakao.emulator.advance(SignedDuration::from_mins(31)).unwrap();
    kakao.log_in("ryan").await;
}

/// The built-in world, with the keys of its app's SDKs.
async fn with_sdk_keys(change: impl FnOnce(&mut App)) -> (Kakao, String, String) {
    let mut seed = Seed::built_in();
    seed.apps[0].oidc = true;
    change(&mut seed.apps[0]);
    let (native, javascript) = (seed.apps[0].native_app_key.clone(), seed.apps[0].javascript_key.clone());
    (Kakao::start_from(seed).await, native, javascript)
}

/// Exchanges a code of one of the SDKs, without a secret.
async fn exchange(kakao: &Kakao, key: &str, redirect_uri: &str, platform: &[(&str, &str)]) -> Answer {
    let url = kakao.authorize_url(&[("client_id", key), ("redirect_uri", redirect_uri)]);
    let back = kakao.emulator.approve(&url, "ryan", &Decision::Allow).unwrap();
    let code = parameter(&back, "code").unwrap();
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", key),
        ("redirect_uri", redirect_uri),
        ("code", code.as_str()),
    ];
    Answer::of(kakao.post("/oauth/token").form(&[&form[..], platform].concat())).await
}

#[tokio::test]
async fn keys_of_sdks_need_no_secret_and_have_lifetimes_of_their_own() {
    let (kakao, native, javascript) = with_sdk_keys(|_| ()).await;
    let app_scheme = format!("kakao{native}://oauth");
    for (key, redirect_uri, expires_in) in
        [(&native, app_scheme.as_str(), 43_199), (&javascript, REDIRECT_URI, 7_199)]
    {
        let tokens = exchange(&kakao, key, redirect_uri, &[]).await.ok();
        assert_eq!(tokens["expires_in"], expires_in);
        let form = [
            ("grant_type", "refresh_token"),
            ("client_id", key.as_str()),
            ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
        ];
        let refreshed = Answer::of(kakao.post("/oauth/token").form(&form)).await.ok();
        assert_eq!(refreshed["expires_in"], expires_in);
        let form = [("id_token", refreshed["id_token"].as_str().unwrap())];
        let claims = Answer::of(kakao.post("/oauth/tokeninfo").form(&form)).await.ok();
        assert_eq!(claims["aud"], *key);
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), expires_in + 1);
        // Another key of the same app is another client.
        let refused = kakao.refresh(&text(&tokens["refresh_token"])).await;
        assert_eq!(refused.body["error_code"], "KOE322");
    }
}

#[tokio::test]
async fn a_code_is_good_for_the_key_it_was_asked_with_alone() {
    let (kakao, _, javascript) = with_sdk_keys(|_| ()).await;
    let url = kakao.authorize_url(&[("client_id", &javascript)]);
    let back = kakao.emulator.approve(&url, "ryan", &Decision::Allow).unwrap();
    let refused = kakao.token(&[("code", &parameter(&back, "code").unwrap())]).await;
    assert_eq!(refused.body["error_code"], "KOE320");
}

#[tokio::test]
async fn a_platform_that_is_not_registered_is_koe009() {
    let (kakao, native, javascript) = with_sdk_keys(|app| {
        app.android_key_hashes = vec!["hash=".to_owned()];
        app.ios_bundle_ids = vec!["example.app".to_owned()];
        app.javascript_domains = vec!["https://shop.example".to_owned()];
    })
    .await;
    let app_scheme = format!("kakao{native}://oauth");
    let (in_app, on_page) = ((&native, app_scheme.as_str()), (&javascript, REDIRECT_URI));
    let text = "invalid android_key_hash or ios_bundle_id or web_site_url";
    let refused = (400, kauth_error("misconfigured", "KOE009", text));
    let cases: [((&String, &str), &[_], bool); 8] = [
        (in_app, &[("android_key_hash", "hash=")], true),
        (in_app, &[("android_key_hash", "other=")], false),
        (in_app, &[("ios_bundle_id", "example.app")], true),
        (in_app, &[("ios_bundle_id", "example.other")], false),
        (in_app, &[], false),
        (on_page, &[("client_origin", "https://shop.example")], true),
        (on_page, &[("client_origin", "https://evil.example")], false),
        (on_page, &[], false),
    ];
    for ((key, redirect_uri), platform, fits) in cases {
        let answer = exchange(&kakao, key, redirect_uri, platform).await;
        if fits {
            answer.ok();
        } else {
            assert_eq!(answer.refusal(), refused, "{platform:?}");
        }
    }
    // A server has no platform.
    kakao.log_in("ryan").await;
}
