//! The ways out: of this browser, of everywhere, of the Kakao account.

use reqwest::header::LOCATION;
use serde_json::json;
use url::Url;

use crate::house::House;
use crate::kakao_proxy::Mood;

#[tokio::test]
async fn here_ends_this_browser_alone() {
    let house = House::open().await;
    let (here, phone) = (house.signed_in("ryan").await, house.signed_in("ryan").await);
    let stolen = here.copy();
    assert_eq!(here.submit("/logout/here", &[]).await.see_other(), "/index.html?logout=here");
    assert!(here.cookie("katok_session").is_none() && here.cookie("katok_write").is_none());
    assert!(here.get("/index.html?logout=here").await.body.contains("로그아웃했습니다"));
    stolen.get("/profile").await.is(401);
    phone.get("/profile").await.is(200);
}

#[tokio::test]
async fn everywhere_ends_every_browser_and_kakaos_tokens() {
    let house = House::open().await;
    let (here, phone) = (house.signed_in("ryan").await, house.signed_in("ryan").await);
    assert_eq!(here.submit("/logout/everywhere", &[]).await.see_other(), "/index.html?logout=everywhere");
    assert_eq!(house.kakao.count("/v1/user/logout"), 1);
    phone.get("/profile").await.is(401);
}

#[tokio::test]
async fn everywhere_without_kakao_says_that_kakao_does_not_know() {
    let house = House::open().await;
    let (here, phone) = (house.signed_in("ryan").await, house.signed_in("ryan").await);
    let key = here.post("/v1/keys", json!({"name": "배포", "scopes": ["read"]})).await.is(201);
    house.kakao.turns(Mood::Html);
    assert_eq!(here.submit("/logout/everywhere", &[]).await.see_other(), "/index.html?logout=unconfirmed");
    house.kakao.turns(Mood::Honest);
    phone.get("/profile").await.is(401);
    // Nor does a program go on with tokens that were kept.
    let bearer = format!("Bearer {}", key["key"].as_str().unwrap());
    house.visitor().get_with("/profile", &[("authorization", &bearer)]).await.is(401);
}

#[tokio::test]
async fn with_the_kakao_account_the_session_ends_first_and_the_browser_comes_back_once() {
    let house = House::open().await;
    let (here, phone) = (house.signed_in("ryan").await, house.signed_in("ryan").await);
    let stolen = here.copy();
    let kakao = here.submit("/logout/kakao-account", &[]).await;
    let kakao = Url::parse(kakao.see_other()).unwrap();
    assert_eq!(kakao.path(), "/oauth/logout");
    stolen.get("/profile").await.is(401);
    phone.get("/profile").await.is(200);

    // Nobody is signed in at Kakao in this browser, so it is sent straight back.
    let back = crate::browser::http().get(kakao).send().await.unwrap();
    let back = Url::parse(back.headers()[LOCATION].to_str().unwrap()).unwrap();
    assert_eq!(back.path(), "/logged-out");
    let stranger = house.signed_in("apeach").await;
    assert_eq!(stranger.get_url(&back).await.status, 400);
    stranger.get("/profile").await.is(200);
    let page = here.get_url(&back).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("로그아웃했습니다"), "{}", page.body);
    assert_eq!(here.get_url(&back).await.status, 400, "it is good once");
}

#[tokio::test]
async fn nobody_is_logged_out_by_another_site_or_by_a_link() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    for path in ["/logout/here", "/logout/everywhere", "/logout/kakao-account"] {
        let headers = [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")];
        let refused = browser.request_with(reqwest::Method::POST, path, &headers).await;
        assert_eq!(refused.status, 403, "{path}");
        assert!(refused.body.contains("다른 사이트"), "{}", refused.body);
        assert_eq!(browser.get(path).await.status, 405, "{path}");
    }
    assert_eq!(browser.get("/logged-out?state=guessed").await.status, 400);
    browser.get("/profile").await.is(200);
}
