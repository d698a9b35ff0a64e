//! The routes of Kakao's sample, with a browser and with curl's manners.

use reqwest::Method;
use serde_json::json;

use crate::house::House;

#[tokio::test]
async fn a_message_to_me_stands_in_my_own_chat() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    assert_eq!(browser.get("/message").await.is(200), json!({"result_code": 0}));
    assert_eq!(browser.request_with(Method::POST, "/message", &[]).await.is(200), json!({"result_code": 0}));
    assert_eq!(
        browser.post("/message", json!({"text": "배포 완료 🎉"})).await.is(200),
        json!({"result_code": 0})
    );
    assert_eq!(house.texts("ryan"), ["Hello, world!", "Hello, world!", "배포 완료 🎉"]);
}

#[tokio::test]
async fn a_form_sends_as_well_as_json_and_a_template_as_well_as_a_text() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let http = crate::browser::http();
    let form = http.post(house.url.join("/message").unwrap()).form(&[("text", "양식")]);
    browser.send(form).await.is(200);
    let template =
        json!({"object_type": "text", "text": "템플릿", "link": {"web_url": "http://localhost:4000"}});
    browser.post("/message", json!({"template_object": template})).await.is(200);
    let form =
        http.post(house.url.join("/message").unwrap()).form(&[("template_object", template.to_string())]);
    browser.send(form).await.is(200);
    assert_eq!(house.texts("ryan"), ["양식", "템플릿", "템플릿"]);
}

#[tokio::test]
async fn friends_are_listed_and_receive_what_is_sent_to_them() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let friends = browser.get("/friends").await.is(200);
    assert!(friends["total_count"].as_u64().unwrap() >= 2, "{friends}");
    let (apeach, muzi) = (house.friend(&browser, "어피치").await, house.friend(&browser, "무지").await);
    let one = browser.get(&format!("/friend-message?uuid=%22{apeach}%22")).await.is(200);
    assert_eq!(one["successful_receiver_uuids"], json!([apeach]));
    let both =
        browser.post("/friend-message", json!({"uuid": [apeach, muzi], "text": "둘 다"})).await.is(200);
    assert_eq!(both["successful_receiver_uuids"].as_array().unwrap().len(), 2);
    assert_eq!(house.texts("apeach"), ["Hello, world!", "둘 다"]);
    assert_eq!(house.texts("muzi"), ["둘 다"]);
}

#[tokio::test]
async fn a_get_brings_no_words_of_its_own() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    browser.get("/message?text=%EA%B4%91%EA%B3%A0").await.is(200);
    assert_eq!(house.texts("ryan"), ["Hello, world!"]);
}

#[tokio::test]
async fn nothing_is_sent_or_destroyed_for_another_site() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let acting = ["/message", "/friend-message?uuid=a", "/logout", "/unlink"];
    let origins: [&[(&str, &str)]; 8] = [
        &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")],
        &[("sec-fetch-site", "same-site")],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("referer", "https://evil.example/page")],
        // A link tapped in a chat, or a redirect from there.
        &[("sec-fetch-site", "none"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")],
        // A picture of our own page, and a page fetched ahead.
        &[("sec-fetch-site", "same-origin"), ("sec-fetch-dest", "image")],
        &[("sec-purpose", "prefetch;prerender"), ("sec-fetch-site", "none")],
    ];
    for path in acting {
        for method in [Method::GET, Method::POST] {
            for headers in origins {
                let refused = browser.request_with(method.clone(), path, headers).await;
                assert_eq!(refused.status, 403, "{method} {path} {headers:?}");
            }
        }
    }
    assert!(house.texts("ryan").is_empty());
    browser.get("/profile").await.is(200);
}

#[tokio::test]
async fn who_types_an_address_is_asked_by_a_page_whose_button_does_it() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let typed = [("sec-fetch-site", "none"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
    let asked = browser.get_with("/message", &typed).await;
    assert_eq!(asked.status, 403);
    assert!(
        asked.body.contains("나에게 메시지를 보낼까요?")
            && asked.body.contains(r#"<form method="post" action="/message""#)
    );
    assert!(house.texts("ryan").is_empty());
    let pressed =
        [("sec-fetch-site", "same-origin"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
    browser.request_with(Method::POST, "/message", &pressed).await.is(200);
    assert_eq!(house.texts("ryan"), ["Hello, world!"]);
}

#[tokio::test]
async fn head_and_other_methods_do_nothing() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    for path in ["/message", "/friend-message?uuid=a", "/logout", "/unlink"] {
        for method in [Method::HEAD, Method::PUT, Method::DELETE] {
            assert_eq!(browser.request_with(method, path, &[]).await.status, 405);
        }
    }
    assert!(house.texts("ryan").is_empty());
    browser.get("/profile").await.is(200);
}

#[tokio::test]
async fn a_body_that_is_not_understood_is_refused_and_never_replaced_by_the_sample() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let http = crate::browser::http();
    let message = house.url.join("/message").unwrap();
    let form = "application/x-www-form-urlencoded";
    for (kind, body) in [
        (form, r#"{"text":"안녕"}"#),
        ("application/json", r#"{"txt":"안녕"}"#),
        ("text/plain", "안녕"),
        ("", "안녕"),
    ] {
        browser.send(http.post(message.clone()).header("content-type", kind).body(body)).await.is(400);
    }
    assert!(house.texts("ryan").is_empty());
    let json = http
        .post(message)
        .header("content-type", "Application/JSON; charset=utf-8")
        .body(r#"{"text":"안녕"}"#);
    browser.send(json).await.is(200);
    assert_eq!(house.texts("ryan"), ["안녕"]);
}

#[tokio::test]
async fn without_the_strict_cookie_one_may_look_but_not_act() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    browser.forget_cookie("katok_write");
    browser.get("/profile").await.is(200);
    browser.get("/message").await.is(403);
    browser.get("/unlink").await.is(403);
    assert!(house.texts("ryan").is_empty());
}

#[tokio::test]
async fn nobody_signed_in_is_told_so_in_kakaos_words() {
    let house = House::open().await;
    let browser = house.visitor();
    for path in ["/profile", "/friends", "/message", "/friend-message?uuid=a", "/logout", "/unlink"] {
        let refused = browser.get(path).await.is(401);
        assert_eq!(refused["code"], -401, "{path}");
        assert_eq!(refused["remedy"]["href"], "/authorize");
    }
}

#[tokio::test]
async fn bad_receivers_and_bad_messages_are_refused_with_a_sentence_and_send_nothing() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let apeach = house.friend(&browser, "어피치").await;
    let queries = [
        "/friend-message".to_owned(),
        "/friend-message?uuid=".to_owned(),
        "/friend-message?uuid=%22a".to_owned(),
        "/friend-message?uuid=[1,2]".to_owned(),
        "/friend-message?uuid=a,b,c,d,e,f".to_owned(),
        format!("/friend-message?uuid={apeach},{apeach}"),
    ];
    for path in queries {
        let refused = browser.get(&path).await.is(400);
        assert!(
            !refused["remedy"]["ko"].as_str().unwrap().is_empty()
                && !refused["remedy"]["en"].as_str().unwrap().is_empty(),
            "{path}"
        );
    }
    for body in [
        json!({"text": ""}),
        json!({"text": " \n\t"}),
        json!({"text": "a", "link": "javascript:alert(1)"}),
        json!({"template_object": "{"}),
        json!([]),
        json!({"text": 5}),
    ] {
        browser.post("/message", body).await.is(400);
    }
    assert!(house.texts("ryan").is_empty() && house.texts("apeach").is_empty());
}

#[tokio::test]
async fn kakaos_own_refusals_are_passed_on_with_a_remedy() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let stranger = browser.get("/friend-message?uuid=bm90LWEtZnJpZW5k").await.is(400);
    assert_eq!(stranger["code"], -2);
    assert!(stranger["msg"].as_str().unwrap().contains("receiver_uuids"), "{stranger}");
    let template = json!({"object_type": "text", "link": {}});
    let broken = browser.post("/message", json!({"template_object": template})).await.is(400);
    assert_eq!(broken["code"], -2);
    assert!(house.texts("ryan").is_empty());
}

#[tokio::test]
async fn oneself_as_receiver_is_refused_by_kakao_and_told() {
    let house = House::open().await;
    let ryan = house.signed_in("ryan").await;
    let apeach = house.signed_in("apeach").await;
    // Only a friend's list shows a person's uuid.
    let own = house.friend(&apeach, "라이언").await;
    let refused = ryan.get(&format!("/friend-message?uuid={own}")).await.is(400);
    assert_eq!(refused["code"], -2);
    assert!(house.texts("ryan").is_empty());
}

#[tokio::test]
async fn five_thousand_emoji_are_taken_as_kakao_takes_them() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let text = "🎉".repeat(5000);
    browser.post("/message", json!({"text": text})).await.is(200);
    assert_eq!(house.texts("ryan"), [text]);
}

#[tokio::test]
async fn a_body_beyond_all_bounds_is_refused() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    browser.post("/message", json!({"text": "x".repeat(300 * 1024)})).await.is(413);
    assert!(house.texts("ryan").is_empty());
}

#[tokio::test]
async fn missing_consent_names_exactly_what_to_ask_for_and_works_afterwards() {
    let house = House::open().await;
    let browser = house.signed_in_with("ryan", &[]).await;
    let refused = browser.post("/message", json!({"text": "안녕"})).await.is(403);
    assert_eq!(refused["code"], -402);
    assert_eq!(refused["required_scopes"], json!(["talk_message"]));
    assert_eq!(refused["remedy"]["action"], "ask_consent");
    assert_eq!(refused["remedy"]["scopes"], json!(["talk_message"]));
    assert!(refused["remedy"]["href"].as_str().unwrap().starts_with("/consent/msg_"), "{refused}");
    assert!(house.texts("ryan").is_empty());
    browser.sign_in(&house.emulator, "ryan", "/authorize?scope=talk_message").await;
    browser.post("/message", json!({"text": "안녕"})).await.is(200);
    assert_eq!(house.texts("ryan"), ["안녕"]);
}

#[tokio::test]
async fn logging_out_ends_the_tokens_at_kakao_and_every_session_here() {
    let house = House::open().await;
    let (phone, desk) = (house.signed_in("ryan").await, house.signed_in("ryan").await);
    let receipt = phone.get("/logout").await.is(200);
    assert!(receipt["id"].is_number(), "{receipt}");
    assert!(phone.cookie("katok_session").is_none());
    phone.get("/profile").await.is(401);
    desk.get("/profile").await.is(401);
}

#[tokio::test]
async fn unlinking_forgets_the_account_and_the_consents() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let receipt = browser.request_with(Method::POST, "/unlink", &[]).await.is(200);
    assert!(receipt["id"].is_number());
    browser.get("/profile").await.is(401);
    let again = house.signed_in_with("ryan", &[]).await;
    again.get("/friends").await.is(403);
}

#[tokio::test]
async fn friends_page_by_page_as_kakao_pages_them() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let all = browser.get("/friends?limit=100").await.is(200);
    let first = browser.get("/friends?limit=1").await.is(200);
    let second = browser.get("/friends?limit=1&offset=1").await.is(200);
    assert_eq!(first["elements"][0], all["elements"][0]);
    assert_eq!(second["elements"][0], all["elements"][1]);
    assert!(first["after_url"].is_string());
}
