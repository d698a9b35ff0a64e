//! The control API.

use jiff::Timestamp;
use katok_emulator::Seed;
use serde_json::{Value, json};

use crate::support::{Answer, Kakao, REST_API_KEY, TOO_LARGE, hello, parameter, text};

#[tokio::test]
async fn health_and_clock_tell_the_time_of_the_world() {
    let kakao = Kakao::start().await;
    let health = Answer::of(kakao.get("/_emulator/v1/health")).await.ok();
    assert_eq!(health, json!({"status": "ok", "now": "2026-03-01T00:00:00Z"}));
    assert_eq!(
        Answer::of(kakao.get("/_emulator/v1/clock")).await.ok(),
        json!({"now": "2026-03-01T00:00:00Z"})
    );
}

#[tokio::test]
async fn the_clock_can_be_advanced_and_set() {
    let kakao = Kakao::start().await;
    let turn = async |body: Value| Answer::of(kakao.post("/_emulator/v1/clock").json(&body)).await;
    assert_eq!(turn(json!({"advance_seconds": 90})).await.ok(), json!({"now": "2026-03-01T00:01:30Z"}));
    let set = turn(json!({"set": "2027-01-02T03:04:05+09:00"})).await.ok();
    assert_eq!(set, json!({"now": "2027-01-01T18:04:05Z"}));
    assert_eq!(turn(json!({"real": true})).await.ok(), json!({"now": "2026-03-01T00:00:00Z"}));
    for wrong in [json!({}), json!({"set": "tomorrow"}), json!({"advance_seconds": i64::MAX})] {
        assert_eq!(turn(wrong).await.status, 400);
    }
}

#[tokio::test]
async fn kakaos_answers_bear_the_date_of_the_world() {
    let kakao = Kakao::start().await;
    kakao.post("/_emulator/v1/clock").json(&json!({"advance_seconds": 90})).send().await.unwrap();
    for path in ["/.well-known/jwks.json", "/v2/user/me"] {
        let answer = kakao.get(path).send().await.unwrap();
        assert_eq!(answer.headers()["date"], "Sun, 01 Mar 2026 00:01:30 GMT", "{path}");
    }
}

#[tokio::test]
async fn reset_wipes_everything_and_answers_the_whole_world() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("ryan").await;
    kakao.send_to_me(&token, &hello("안녕")).await.ok();
    let reset = async |body: &str| Answer::of(kakao.post("/_emulator/v1/reset").body(body.to_owned())).await;
    let world = reset("{}").await.ok();
    assert_eq!(world["apps"][0]["rest_api_key"], REST_API_KEY);
    assert_eq!(world["people"][0]["password"], "pw-ryan");
    assert!(world["people"][0]["user_ids"]["demo"].is_i64());
    assert_eq!(kakao.me(&token).await.status, 401);
    assert!(kakao.emulator.messages("ryan").is_empty());

    let shop = reset(r#"{"apps": [{"key": "shop"}], "people": [{"key": "mina"}]}"#).await.ok();
    for key in ["rest_api_key", "client_secret", "admin_key", "javascript_key"] {
        assert_eq!(text(&shop["apps"][0][key]).len(), 32);
    }
    assert_eq!(Answer::of(kakao.get("/_emulator/v1/world")).await.ok(), shop);
    assert_eq!(reset("apps: [{key: shop}]\npeople: [{key: mina}]").await.ok(), shop);
}

#[tokio::test]
async fn beginning_again_means_the_seed_it_was_started_with() {
    let seed = Seed::parse("apps: [{key: shop}]\npeople: [{key: mina}]").unwrap();
    let kakao = Kakao::start_from(seed.clone()).await;
    let tell = async |call: &str| Answer::of(kakao.post(&format!("/_emulator/v1/{call}")).body("{}")).await;
    tell("reset").await.ok();
    assert_eq!(kakao.emulator.world(), Seed::built_in());
    assert_eq!(tell("begin-again").await.ok(), json!(seed));
    assert_eq!(kakao.emulator.world(), seed);
}

#[tokio::test]
async fn a_bad_seed_is_refused_with_its_line_and_changes_nothing() {
    let kakao = Kakao::start_from(Seed::built_in()).await;
    let request = kakao.post("/_emulator/v1/reset").body("{\"apps\": [\n{\"key\": \"a\", \"colour\": 1}]}");
    let answer = Answer::of(request).await;
    assert_eq!((answer.status.as_u16(), &answer.body["error"]), (400, &json!("bad_seed")));
    let description = text(&answer.body["error_description"]);
    assert!(description.contains("colour") && description.contains("line 2"), "{description}");
    assert_eq!(kakao.emulator.world(), Seed::built_in());
}

#[tokio::test]
async fn the_world_shows_who_has_signed_up_since() {
    let kakao = Kakao::start_from(Seed::built_in()).await;
    assert_eq!(kakao.emulator.world(), Seed::built_in());
    kakao.access_token("ryan").await;
    let links = kakao.emulator.world().links;
    let ryan = links.iter().find(|link| link.person.as_str() == "ryan").unwrap();
    assert!(ryan.scopes.contains("talk_message") && !ryan.scopes.contains("account_email"));
}

#[tokio::test]
async fn approve_answers_the_redirect_or_kakaos_error() {
    let kakao = Kakao::start().await;
    let approve = async |body: Value| Answer::of(kakao.post("/_emulator/v1/approve").json(&body)).await;
    let url = kakao.authorize_url(&[("state", "s1")]);
    let answer = approve(json!({"authorize_url": url, "person": "ryan", "decision": "allow",
        "scopes": ["friends"]}))
    .await
    .ok();
    let back: url::Url = text(&answer["redirect_url"]).parse().unwrap();
    assert_eq!(parameter(&back, "state").unwrap(), "s1");
    let code = parameter(&back, "code").unwrap();
    assert_eq!(kakao.token(&[("code", &code)]).await.ok()["scope"], "friends profile_nickname");

    let denied = approve(json!({"authorize_url": url, "person": "con", "decision": "deny"})).await.ok();
    assert!(text(&denied["redirect_url"]).contains("error=access_denied"));

    let wrong = kakao.authorize_url(&[("redirect_uri", "http://localhost:1/")]);
    let answer = approve(json!({"authorize_url": wrong, "person": "ryan", "decision": "allow"})).await;
    assert_eq!((answer.status.as_u16(), &answer.body["error_code"]), (400, &json!("KOE006")));
    let nobody = approve(json!({"authorize_url": url, "person": "nobody", "decision": "allow"})).await;
    assert_eq!((nobody.status.as_u16(), &nobody.body["error"]), (404, &json!("no_such_person")));
    let elsewhere =
        approve(json!({"authorize_url": "http://a/b", "person": "ryan", "decision": "allow"})).await;
    assert_eq!(elsewhere.status, 400);
    assert_eq!(approve(json!({"authorize_url": url})).await.status, 400);
}

#[tokio::test]
async fn messages_of_a_person_come_oldest_first() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("ryan").await;
    for words in ["하나", "둘"] {
        kakao.send_to_me(&token, &hello(words)).await.ok();
    }
    let messages = Answer::of(kakao.get("/_emulator/v1/people/ryan/messages")).await.ok();
    assert_eq!(
        messages[0],
        json!({"id": 1, "at": "2026-03-01T00:00:00Z", "app_id": 1_000_001, "chat": "memo", "from": "ryan",
            "kind": "default", "template_object": hello("하나"), "warnings": []})
    );
    assert_eq!(messages[1]["template_object"]["text"], "둘");
    assert_eq!(Answer::of(kakao.get("/_emulator/v1/people/nobody/messages")).await.status, 404);
}

#[tokio::test]
async fn messages_can_be_waited_for() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("ryan").await;
    let messages = async |query: &str| {
        Answer::of(kakao.get(&format!("/_emulator/v1/people/ryan/messages?{query}"))).await
    };
    let (awaited, ()) = tokio::join!(messages("wait_seconds=60"), async {
        kakao.send_to_me(&token, &hello("하나")).await.ok();
    });
    assert_eq!(awaited.ok()[0]["template_object"]["text"], "하나");
    // What has arrived already is not waited for.
    assert_eq!(messages("wait_seconds=60&since=0").await.ok().as_array().unwrap().len(), 1);
    assert_eq!(messages("wait_seconds=1&since=1").await.ok(), json!([]));
    assert_eq!(messages("since=1").await.ok(), json!([]));
    assert_eq!(messages("wait_seconds=301").await.status, 400);
    assert_eq!(messages("wait=1").await.status, 400);
    let nobody = Answer::of(kakao.get("/_emulator/v1/people/nobody/messages?wait_seconds=60")).await;
    assert_eq!(nobody.body["error"], "no_such_person");
}

#[tokio::test]
async fn writes_from_other_sites_are_refused() {
    let kakao = Kakao::start().await;
    let own = kakao.emulator.base_url().origin().ascii_serialization();
    let cases = [
        ("sec-fetch-site", "cross-site", 403),
        ("sec-fetch-site", "same-site", 403),
        ("sec-fetch-site", "same-origin", 200),
        ("origin", "http://localhost:4000", 403),
        ("origin", "null", 403),
        ("origin", own.as_str(), 200),
    ];
    for (name, value, status) in cases {
        for (path, body) in [("reset", "{}"), ("clock", r#"{"advance_seconds": 1}"#)] {
            let request = kakao.post(&format!("/_emulator/v1/{path}")).header(name, value).body(body);
            assert_eq!(request.send().await.unwrap().status(), status, "{name}: {value} at {path}");
        }
    }
}

#[tokio::test]
async fn typed_control_registers_redirect_uris_and_resets() {
    let kakao = Kakao::start().await;
    let gateway = "http://localhost:45678/redirect".parse().unwrap();
    kakao.emulator.register_redirect_uri("demo", &gateway).unwrap();
    assert!(kakao.emulator.register_redirect_uri("nobody", &gateway).is_err());
    let url = kakao.authorize_url(&[("redirect_uri", gateway.as_str())]);
    let back = kakao.emulator.approve(&url, "ryan", &katok_emulator::Decision::Allow).unwrap();
    assert!(back.as_str().starts_with(gateway.as_str()));
    kakao.emulator.reset(&Seed::built_in());
    assert_eq!(kakao.emulator.world(), Seed::built_in());
}

#[tokio::test]
async fn the_same_seed_and_the_same_calls_give_the_same_keys_ids_and_tokens() {
    let [one, two] = [Kakao::start().await, Kakao::start().await];
    let tokens = one.log_in("ryan").await;
    assert_eq!(tokens, two.log_in("ryan").await);
    let token = text(&tokens["access_token"]);
    assert_eq!(one.me(&token).await.ok(), two.me(&token).await.ok());
    assert_eq!(
        one.friends(&token, "").await.ok()["elements"],
        two.friends(&token, "").await.ok()["elements"]
    );
}

#[tokio::test]
async fn by_itself_the_clock_follows_the_systems() {
    let kakao = Kakao::start_with(katok_emulator::Options::default()).await;
    let now = async || {
        let health = Answer::of(kakao.get("/_emulator/v1/health")).await.ok();
        text(&health["now"]).parse::<Timestamp>().unwrap()
    };
    let before = now().await;
    kakao.emulator.advance(jiff::SignedDuration::from_hours(1)).unwrap();
    assert!(now().await.duration_since(before) >= jiff::SignedDuration::from_hours(1));
}

#[tokio::test]
async fn what_was_issued_before_a_reset_is_nobody_elses_afterwards() {
    let kakao = Kakao::start().await;
    let mut browser = kakao.browser();
    browser.sign_in(&kakao.authorize_url(&[]), "ryan").await;
    let (tokens, code) = (kakao.log_in("ryan").await, kakao.code("ryan"));
    kakao.emulator.reset(&Seed::built_in());
    // The same calls, by somebody else.
    kakao.browser().sign_in(&kakao.authorize_url(&[]), "apeach").await;
    kakao.log_in("apeach").await;
    kakao.code("apeach");
    assert!(browser.open(&kakao.authorize_url(&[])).await.html.contains("카카오계정으로 로그인"));
    assert_eq!(kakao.me(&text(&tokens["access_token"])).await.status, 401);
    assert_eq!(kakao.refresh(&text(&tokens["refresh_token"])).await.body["error_code"], "KOE322");
    assert_eq!(kakao.token(&[("code", &code)]).await.body["error_code"], "KOE320");
}

#[tokio::test]
async fn reset_turns_the_clock_back() {
    let kakao = Kakao::start().await;
    kakao.emulator.advance(jiff::SignedDuration::from_hours(40)).unwrap();
    Answer::of(kakao.post("/_emulator/v1/reset")).await.ok();
    let clock = Answer::of(kakao.get("/_emulator/v1/clock")).await.ok();
    assert_eq!(clock, json!({"now": "2026-03-01T00:00:00Z"}));
}

#[tokio::test]
async fn every_refusal_of_control_and_pages_is_json() {
    let kakao = Kakao::start().await;
    let reset = || kakao.post("/_emulator/v1/reset");
    let cases = [
        (reset().body(vec![0xff, 0xfe]), 400),
        (reset().body(format!("# {}", *TOO_LARGE)), 413),
        (kakao.post("/_emulator/v1/clock").body("{"), 400),
        (kakao.get("/_emulator/v1/people/%FF/messages"), 404),
        (kakao.get("/_emulator/people/%FF"), 404),
        (kakao.get("/_emulator/people/ryan/rooms/%FF"), 404),
        (kakao.get("/_emulator/v1/nothing"), 404),
        (kakao.get("/_emulator/v1/reset"), 405),
    ];
    for (request, status) in cases {
        let answer = Answer::of(request).await;
        assert_eq!(answer.status, status, "{}", answer.body);
        assert!(answer.body["error"].is_string(), "{}", answer.body);
    }
}

#[tokio::test]
async fn under_a_name_that_is_not_its_own_the_emulator_does_nothing() {
    let kakao = Kakao::start().await;
    let port = kakao.emulator.base_url().port().unwrap();
    let names = [
        ("localhost", 200),
        ("127.0.0.1", 200),
        ("[::1]", 200),
        ("KAUTH.kakao.com", 200),
        ("emulator", 200),
        ("host.docker.internal", 200),
        ("evil.example", 403),
        ("localhost.evil.example", 403),
        ("127.0.0.1.evil.example", 403),
    ];
    for (name, status) in names {
        let host = format!("{name}:{port}");
        let requests = [
            kakao.get("/_emulator/v1/world"),
            kakao.get("/_emulator/people/ryan"),
            // A page under a rebound name speaks of itself.
            kakao.post("/_emulator/v1/reset").header("origin", format!("http://{host}")),
        ];
        for request in requests {
            let answer = Answer::of(request.header("host", &host)).await;
            assert_eq!(answer.status, status, "{name}: {}", answer.body);
        }
    }
}

#[tokio::test]
async fn the_emulator_listens_wherever_localhost_leads() {
    let kakao = Kakao::start().await;
    let port = kakao.emulator.base_url().port().unwrap();
    // A machine without IPv6 has only the other.
    let ipv6 = std::net::TcpListener::bind("[::1]:0").is_ok();
    for host in ["127.0.0.1", "[::1]"].into_iter().take(if ipv6 { 2 } else { 1 }) {
        let request = kakao.client.get(format!("http://{host}:{port}/_emulator/v1/health"));
        assert_eq!(request.send().await.unwrap().status(), 200, "{host}");
    }
}
