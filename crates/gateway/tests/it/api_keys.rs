//! API keys: what each allows, until when, how often, and that it ends at once.

use jiff::SignedDuration;
use katok_client::Clock as _;
use reqwest::Method;
use serde_json::{Value, json};

use crate::browser::{Browser, Page};
use crate::database::Database;
use crate::house::House;

async fn made(browser: &Browser, wish: Value) -> Value {
    browser.post("/v1/keys", wish).await.is(201)
}

async fn key(browser: &Browser, scopes: &[&str]) -> String {
    let key = made(browser, json!({"name": "배포 알림", "scopes": scopes})).await;
    key["key"].as_str().unwrap().to_owned()
}

async fn with_key(browser: &Browser, method: Method, path: &str, key: &str) -> Page {
    browser.request_with(method, path, &[("authorization", &format!("Bearer {key}"))]).await
}

async fn get(browser: &Browser, path: &str, key: &str) -> Page {
    with_key(browser, Method::GET, path, key).await
}

#[tokio::test]
async fn a_key_is_shown_once_and_stands_nowhere() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let wish = json!({"name": " 배포 <b>알림</b> ", "scopes": ["read", "send:me"], "daily_cap": 3});
    let key = made(&browser, wish).await;
    let text = key["key"].as_str().unwrap();
    assert_eq!(key["name"], "배포 <b>알림</b>");
    assert!(text.starts_with(key["prefix"].as_str().unwrap()), "{key}");
    let list = browser.get("/v1/keys").await;
    assert!(!list.body.contains(text) && !browser.get("/account").await.body.contains(text));
    let list = list.is(200);
    assert_eq!(list["keys"].as_array().unwrap().len(), 1);
    assert_eq!(list["keys"][0]["id"], key["id"]);
    assert_eq!(list["keys"][0]["scopes"], json!(["send:me", "read"]));
    let database = match house.database.url() {
        Some(_) => house.database.dump().await,
        None => String::from_utf8_lossy(&std::fs::read(house.data.path().join("katok.db-wal")).unwrap())
            .into_owned(),
    };
    assert!(database.contains(key["id"].as_str().unwrap()) && !database.contains(text));
}

#[tokio::test]
async fn each_scope_opens_what_it_names_and_nothing_else() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let apeach = house.friend(&browser, "어피치").await;
    let friend_message = format!("/friend-message?uuid={apeach}");
    let program = house.visitor();
    let routes = [
        ("read", "/v1/me"),
        ("read", "/v1/friends"),
        ("read", "/profile"),
        ("read", "/friends"),
        ("send:me", "/message"),
        ("send:friends", friend_message.as_str()),
    ];
    for scope in ["read", "send:me", "send:friends"] {
        let key = key(&browser, &[scope]).await;
        for (needed, path) in routes {
            let answer = get(&program, path, &key).await;
            if needed == scope {
                answer.is(200);
            } else {
                assert_eq!(answer.is(403)["needed_scope"], needed, "{path} with {scope}");
                let told = answer.headers["www-authenticate"].to_str().unwrap();
                assert!(told.contains(&format!(r#"error="insufficient_scope", scope="{needed}""#)), "{told}");
            }
        }
    }
    assert_eq!((house.texts("ryan").len(), house.texts("apeach").len()), (1, 1));
}

#[tokio::test]
async fn no_key_opens_what_is_for_its_person_alone() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let key = key(&browser, &["read", "send:me", "send:friends"]).await;
    // Not even beside the cookies of its owner: a key decides alone.
    for asker in [house.visitor(), browser.copy()] {
        for (method, path) in [
            (Method::GET, "/v1/keys"),
            (Method::POST, "/v1/keys"),
            (Method::DELETE, "/v1/keys/key_1"),
            (Method::GET, "/v1/sessions"),
            (Method::DELETE, "/v1/sessions/ses_1"),
        ] {
            let refused = with_key(&asker, method, path, &key).await.is(403);
            assert_eq!(refused["code"], "session_only", "{path}");
        }
        for path in ["/logout", "/unlink"] {
            assert_eq!(get(&asker, path, &key).await.is(403)["error"], "session_only", "{path}");
        }
        assert_eq!(get(&asker, "/account", &key).await.status, 403);
    }
    browser.get("/v1/me").await.is(200);
}

#[tokio::test]
async fn a_wrong_key_is_refused_even_beside_good_cookies() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let good = key(&browser, &["read"]).await;
    let monster = "x".repeat(10_000);
    let cut = &good[..good.len() - 1];
    let another = format!("ktk_{}", &good[5..]);
    for shown in ["", " ", "ktk_", cut, &another, &monster, "nonsense", "a b c", &good.to_uppercase()] {
        for path in ["/v1/me", "/profile", "/message"] {
            let refused = get(&browser, path, shown).await;
            let body = refused.is(401);
            assert!(body["code"] == "invalid_api_key" || body["error"] == "invalid_api_key", "{body}");
            let told = refused.headers["www-authenticate"].to_str().unwrap();
            assert!(told.starts_with("Bearer ") && told.contains("invalid_token"), "{told}");
            assert!(!refused.body.contains(&monster[..100]));
        }
    }
    assert!(house.texts("ryan").is_empty());
    // The scheme is read as RFC 9110 has it, and another is not ours.
    let visitor = house.visitor();
    visitor.get_with("/v1/me", &[("authorization", &format!("bearer  {good}"))]).await.is(200);
    browser.get_with("/v1/me", &[("authorization", "Basic a2F0b2s6a2F0b2s=")]).await.is(200);
}

#[tokio::test]
async fn a_key_in_a_query_or_a_body_is_no_key() {
    let house = House::open().await;
    let key = key(&house.signed_in("ryan").await, &["read", "send:me"]).await;
    let program = house.visitor();
    for name in ["access_token", "api_key", "key", "token", "authorization"] {
        for path in ["/v1/me", "/profile", "/message"] {
            program.get(&format!("{path}?{name}={key}")).await.is(401);
        }
    }
    assert!(house.texts("ryan").is_empty());
}

#[tokio::test]
async fn a_key_sends_words_of_its_own_wherever_it_comes_from() {
    let house = House::open().await;
    let key = key(&house.signed_in("ryan").await, &["send:me"]).await;
    let request = crate::browser::http()
        .post(house.url.join("/message").unwrap())
        .header("authorization", format!("Bearer {key}"))
        .header("origin", "https://ci.example")
        .json(&json!({"text": "배포 완료"}));
    house.visitor().send(request).await.is(200);
    assert_eq!(house.texts("ryan"), ["배포 완료"]);
    let head = with_key(&house.visitor(), Method::HEAD, "/message", &key).await;
    assert_eq!(head.status, 405);
    assert_eq!(house.texts("ryan").len(), 1);
}

#[tokio::test]
async fn a_key_ends_when_it_said_and_its_last_use_is_shown() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let end = house.clock.now() + SignedDuration::from_hours(2);
    let key = made(&browser, json!({"name": "잠깐", "scopes": ["read"], "expires_at": end})).await;
    let key = key["key"].as_str().unwrap();
    house.advance(SignedDuration::from_hours(1));
    let program = house.visitor();
    get(&program, "/v1/me", key).await.is(200);
    let house = house.restart().await;
    let listed = browser.get("/v1/keys").await.is(200);
    assert_eq!(listed["keys"][0]["last_used_at"], house.clock.now().to_string());
    house.advance(SignedDuration::from_hours(1));
    get(&program, "/v1/me", key).await.is(401);
    assert!(browser.get("/account").await.body.contains("만료됨"));
}

#[tokio::test]
async fn a_revoked_key_is_refused_at_once_and_only_its_owner_can_revoke_it() {
    let house = House::open().await;
    let (browser, stranger) = (house.signed_in("ryan").await, house.signed_in("apeach").await);
    let key = made(&browser, json!({"name": "CI", "scopes": ["read"]})).await;
    let (text, path) = (key["key"].as_str().unwrap(), format!("/v1/keys/{}", key["id"].as_str().unwrap()));
    stranger.request_with(Method::DELETE, &path, &[]).await.is(404);
    assert!(stranger.get("/v1/keys").await.is(200)["keys"].as_array().unwrap().is_empty());
    get(&house.visitor(), "/v1/me", text).await.is(200);
    assert_eq!(browser.request_with(Method::DELETE, &path, &[]).await.status, 204);
    get(&house.visitor(), "/v1/me", text).await.is(401);
    browser.request_with(Method::DELETE, &path, &[]).await.is(404);
}

#[tokio::test]
async fn a_key_revoked_at_one_gateway_is_refused_by_the_other_at_once() {
    let Some(database) = Database::on_postgres().await else { return };
    let house = House::open_on(database).await;
    let (_other, other) = house.another_gateway().await;
    let browser = house.signed_in("ryan").await;
    let key = made(&browser, json!({"name": "CI", "scopes": ["read"]})).await;
    let (text, path) = (key["key"].as_str().unwrap(), format!("/v1/keys/{}", key["id"].as_str().unwrap()));
    let there = house.visitor().copy_at(&other);
    get(&there, "/v1/me", text).await.is(200);
    assert_eq!(browser.request_with(Method::DELETE, &path, &[]).await.status, 204);
    get(&there, "/v1/me", text).await.is(401);
}

#[tokio::test]
async fn keys_rest_while_their_person_is_logged_out_and_go_with_the_account() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let key = key(&browser, &["read"]).await;
    let program = house.visitor();
    browser.get("/logout").await.is(200);
    assert_eq!(get(&program, "/v1/me", &key).await.is(401)["remedy"]["action"], "sign_in");
    let browser = house.signed_in("ryan").await;
    get(&program, "/v1/me", &key).await.is(200);
    browser.get("/unlink").await.is(200);
    assert_eq!(get(&program, "/v1/me", &key).await.is(401)["code"], "invalid_api_key");
}

#[tokio::test]
async fn no_more_is_sent_in_a_day_than_the_cap_allows_however_many_ask_at_once() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let key = made(&browser, json!({"name": "CI", "scopes": ["send:me"], "daily_cap": 5})).await;
    let key = key["key"].as_str().unwrap().to_owned();
    // Half of them at another gateway, if there can be one.
    let other = match house.database.url() {
        Some(_) => Some(house.another_gateway().await),
        None => None,
    };
    let there = other.as_ref().map_or(house.visitor(), |(_, url)| house.visitor().copy_at(url));
    let requests: Vec<_> = (0..12)
        .map(|number| {
            let (program, key) = (if number % 2 == 0 { house.visitor() } else { there.copy() }, key.clone());
            tokio::spawn(async move { get(&program, "/message", &key).await })
        })
        .collect();
    let mut sent = 0;
    for request in requests {
        let answer = request.await.unwrap();
        if answer.status == 200 {
            sent += 1;
            continue;
        }
        let refused = answer.is(429);
        assert_eq!(refused["error"], "daily_cap_reached");
        // The tests begin at noon in Korea.
        assert_eq!(refused["until"], "2026-01-01T15:00:00Z");
        assert_eq!(answer.headers["retry-after"], "43200");
    }
    assert_eq!((sent, house.texts("ryan").len()), (5, 5));
    house.advance(SignedDuration::from_hours(12));
    get(&house.visitor(), "/message", &key).await.is(200);
}

#[tokio::test]
async fn a_cap_counts_receivers_and_not_what_was_malformed() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let (apeach, muzi) = (house.friend(&browser, "어피치").await, house.friend(&browser, "무지").await);
    let key = made(&browser, json!({"name": "CI", "scopes": ["send:friends"], "daily_cap": 3})).await;
    let key = key["key"].as_str().unwrap();
    let program = house.visitor();
    get(&program, "/friend-message?uuid=[1]", key).await.is(400);
    let both = format!("/friend-message?uuid={apeach},{muzi}");
    get(&program, &both, key).await.is(200);
    get(&program, &both, key).await.is(429);
    get(&program, &format!("/friend-message?uuid={muzi}"), key).await.is(200);
    assert_eq!((house.texts("apeach").len(), house.texts("muzi").len()), (1, 2));
}

#[tokio::test]
async fn an_account_has_at_most_fifty_keys_however_many_are_made_at_once() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    for _ in 0..45 {
        key(&browser, &["read"]).await;
    }
    let requests: Vec<_> = (0..10)
        .map(|_| {
            let browser = browser.copy();
            tokio::spawn(async move {
                browser.post("/v1/keys", json!({"name": "CI", "scopes": ["read"]})).await.status.as_u16()
            })
        })
        .collect();
    let mut statuses = Vec::new();
    for request in requests {
        statuses.push(request.await.unwrap());
    }
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 5, "{statuses:?}");
    assert!(statuses.iter().all(|status| [201, 409].contains(status)), "{statuses:?}");
}

#[tokio::test]
async fn wishes_that_make_no_sense_are_told_what_is_wrong() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    for wish in [
        json!({}),
        json!({"name": "", "scopes": ["read"]}),
        json!({"name": "긴 이름".repeat(10_000), "scopes": ["read"]}),
        json!({"name": "a\u{0}b", "scopes": ["read"]}),
        json!({"name": "CI", "scopes": ["everything"]}),
        json!({"name": "CI", "scopes": ["read"], "daily_cap": -1}),
        json!({"name": "CI", "scopes": ["read"], "daily_cap": 1e300}),
        json!({"name": "CI", "scopes": ["read"], "expires_at": "yesterday"}),
        json!({"name": "CI", "scopes": ["read"], "expires_at": "2020-01-01T00:00:00Z"}),
        json!({"name": "CI", "scopes": ["read"], "admin": true}),
    ] {
        let refused = browser.post("/v1/keys", wish).await.is(422);
        assert!(!refused["remedy"]["ko"].as_str().unwrap().is_empty(), "{refused}");
    }
    assert!(browser.get("/v1/keys").await.is(200)["keys"].as_array().unwrap().is_empty());
}
