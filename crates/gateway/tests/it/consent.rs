//! Consent that resumes: a message that lacks one waits, and goes out once when its person has agreed.

use jiff::SignedDuration;
use katok_emulator::{Decision, Fault};
use reqwest::Method;
use serde_json::json;
use url::Url;

use crate::browser::{Browser, Page};
use crate::database::Database;
use crate::house::House;

fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
}

/// Sends as somebody who has agreed to nothing, and answers with the way to the consent.
async fn parked(browser: &Browser, text: &str) -> String {
    let refused = browser.post("/message", json!({"text": text})).await.is(403);
    assert_eq!((&refused["code"], &refused["remedy"]["action"]), (&json!(-402), &json!("ask_consent")));
    assert_eq!(refused["remedy"]["scopes"], json!(["talk_message"]));
    refused["remedy"]["href"].as_str().unwrap().to_owned()
}

/// Follows the link to Kakao and comes back, to the page that says what became of it.
async fn agree(house: &House, browser: &Browser, href: &str, person: &str, decision: &Decision) -> Page {
    let authorize = browser.get(href).await.location();
    let back = house.emulator.approve(&authorize, person, decision).unwrap();
    browser.get_url(&back).await.found(&format!("{href}/outcome"));
    browser.get(&format!("{href}/outcome")).await
}

async fn states(house: &House) -> Vec<String> {
    house.database.column(house.data.path(), "SELECT state FROM deliveries ORDER BY seq").await
}

#[tokio::test]
async fn a_message_to_me_goes_out_once_when_its_person_has_agreed() {
    let house = House::open().await;
    let browser = house.signed_in_with("ryan", &[]).await;
    let href = parked(&browser, "동의하면 가는 글").await;
    let authorize = browser.get(&href).await.location();
    assert_eq!(parameter(&authorize, "scope").as_deref(), Some("openid,talk_message"));
    let page = agree(&house, &browser, &href, "ryan", &Decision::Allow).await;
    assert!(page.body.contains("나와의 채팅으로 메시지를 보냈습니다"), "{}", page.body);
    assert_eq!(house.texts("ryan"), ["동의하면 가는 글"]);
    // The link again tells, and does nothing.
    browser.get(&href).await.found(&format!("{href}/outcome"));
    assert_eq!(house.texts("ryan").len(), 1);
}

#[tokio::test]
async fn a_message_to_friends_goes_on_too() {
    let house = House::open().await;
    let full = house.signed_in("ryan").await;
    let (apeach, muzi) = (house.friend(&full, "어피치").await, house.friend(&full, "무지").await);
    full.get("/unlink").await.is(200);
    let browser = house.signed_in_with("ryan", &["friends"]).await;
    let refused =
        browser.post("/friend-message", json!({"uuid": [apeach, muzi], "text": "둘 다"})).await.is(403);
    let href = refused["remedy"]["href"].as_str().unwrap();
    let page = agree(&house, &browser, href, "ryan", &Decision::Allow).await;
    assert!(page.body.contains("친구 2명에게 메시지를 보냈습니다"), "{}", page.body);
    assert_eq!(
        (house.texts("apeach"), house.texts("muzi")),
        (vec!["둘 다".to_owned()], vec!["둘 다".to_owned()])
    );
}

#[tokio::test]
async fn what_a_program_sends_in_vain_goes_on_when_its_person_follows_the_link() {
    let house = House::open().await;
    let browser = house.signed_in_with("ryan", &[]).await;
    let key = browser.post("/v1/keys", json!({"name": "배포", "scopes": ["send:me"]})).await.is(201);
    let bearer = format!("Bearer {}", key["key"].as_str().unwrap());
    let sent =
        house.visitor().request_with(Method::POST, "/message", &[("authorization", bearer.as_str())]).await;
    let refused = sent.is(403);
    let href = refused["remedy"]["href"].as_str().unwrap();
    let page = agree(&house, &house.visitor(), href, "ryan", &Decision::Allow).await;
    assert!(page.body.contains("보냈습니다"), "{}", page.body);
    assert_eq!(house.texts("ryan"), ["Hello, world!"]);
}

#[tokio::test]
async fn declining_leaves_it_waiting_and_says_so() {
    let house = House::open().await;
    let browser = house.signed_in_with("ryan", &[]).await;
    let href = parked(&browser, "기다리는 글").await;
    // Pressing cancel, and agreeing to all but this.
    let refused = [Decision::Deny, Decision::AllowOnly(std::collections::BTreeSet::new())];
    for decision in refused {
        let page = agree(&house, &browser, &href, "ryan", &decision).await;
        assert!(page.body.contains("아직 보내지 않았습니다"), "{}", page.body);
        assert!(page.body.contains(&format!("href=\"{href}\"")), "{}", page.body);
        assert!(house.texts("ryan").is_empty());
    }
    agree(&house, &browser, &href, "ryan", &Decision::Allow).await;
    assert_eq!(house.texts("ryan"), ["기다리는 글"]);
}

#[tokio::test]
async fn who_is_not_signed_in_signs_in_on_the_way() {
    let house = House::open().await;
    let href = parked(&house.signed_in_with("ryan", &[]).await, "다른 브라우저에서").await;
    let elsewhere = house.visitor();
    let page = elsewhere.get(&format!("{href}/outcome")).await;
    assert_eq!(page.status, 403);
    assert!(!page.body.contains("다른 브라우저에서"));
    let page = agree(&house, &elsewhere, &href, "ryan", &Decision::Allow).await;
    assert!(page.body.contains("보냈습니다"), "{}", page.body);
    assert_eq!(house.texts("ryan"), ["다른 브라우저에서"]);
    // What became of it is told to the same person in a third one, once they have signed in.
    let later = house.visitor();
    let page = agree(&house, &later, &href, "ryan", &Decision::Allow).await;
    assert!(page.body.contains("보냈습니다"), "{}", page.body);
    assert_eq!(house.texts("ryan").len(), 1);
}

#[tokio::test]
async fn another_person_does_not_run_it() {
    let house = House::open().await;
    let ryan = house.signed_in_with("ryan", &[]).await;
    let href = parked(&ryan, "라이언의 글").await;
    let apeach = house.signed_in("apeach").await;
    let page = apeach.get(&href).await;
    assert_eq!(page.status, 403);
    assert!(page.body.contains(&format!("{href}?prompt=login")), "{}", page.body);
    // Signing in by the link as somebody else signs in, and nothing more.
    let stranger = house.visitor();
    let page = agree(&house, &stranger, &href, "apeach", &Decision::Allow).await;
    assert_eq!(page.status, 403);
    assert!(house.texts("ryan").is_empty() && house.texts("apeach").is_empty());
    // By the page's own link the right person comes.
    let authorize = apeach.get(&format!("{href}?prompt=login")).await.location();
    assert_eq!(parameter(&authorize, "prompt").as_deref(), Some("login"));
    let back = house.emulator.approve(&authorize, "ryan", &Decision::Allow).unwrap();
    apeach.get_url(&back).await.found(&format!("{href}/outcome"));
    assert_eq!(house.texts("ryan"), ["라이언의 글"]);
}

#[tokio::test]
async fn two_tabs_and_double_callbacks_send_once() {
    let house = House::open().await;
    let browser = house.signed_in_with("ryan", &[]).await;
    let href = parked(&browser, "한 번만").await;
    let mut backs = Vec::new();
    for _ in 0..2 {
        let authorize = browser.get(&href).await.location();
        backs.push(house.emulator.approve(&authorize, "ryan", &Decision::Allow).unwrap());
    }
    let (one, two, again) =
        tokio::join!(browser.get_url(&backs[0]), browser.get_url(&backs[1]), browser.get_url(&backs[0]));
    let mut statuses = [one.status.as_u16(), two.status.as_u16(), again.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [302, 302, 400]);
    assert_eq!(house.texts("ryan"), ["한 번만"]);
}

#[tokio::test]
async fn of_two_gateways_one_sends() {
    let Some(database) = Database::on_postgres().await else { return };
    let house = House::open_on(database).await;
    let (_other, other) = house.another_gateway().await;
    let here = house.signed_in_with("ryan", &[]).await;
    let href = parked(&here, "어느 쪽이든 한 번").await;
    let there = here.copy_at(&other);
    let mut backs = Vec::new();
    for browser in [&here, &there] {
        let authorize = browser.get(&href).await.location();
        backs.push(house.emulator.approve(&authorize, "ryan", &Decision::Allow).unwrap());
    }
    backs[1].set_port(other.port()).unwrap();
    let (one, two) = tokio::join!(here.get_url(&backs[0]), there.get_url(&backs[1]));
    one.found(&format!("{href}/outcome"));
    two.found(&format!("{href}/outcome"));
    assert_eq!(house.texts("ryan"), ["어느 쪽이든 한 번"]);
}

#[tokio::test]
async fn what_kakao_refuses_or_leaves_open_is_told_and_never_repeated() {
    let faults: [(Fault, &str, &str); 2] = [
        (Fault::on("/v2/api/talk/memo/*").code(-501), "refused", "메시지를 보내지 않았습니다"),
        (Fault::on("/v2/api/talk/memo/*").drop_after(), "unconfirmed", "대화방을 먼저 확인하세요"),
    ];
    for (fault, state, told) in faults {
        let house = House::open().await;
        let browser = house.signed_in_with("ryan", &[]).await;
        let href = parked(&browser, "한 번").await;
        house.emulator.fault(fault).unwrap();
        let page = agree(&house, &browser, &href, "ryan", &Decision::Allow).await;
        assert!(page.body.contains(told), "{}", page.body);
        assert_eq!(states(&house).await, [state]);
        house.emulator.clear_faults();
        let before = house.texts("ryan");
        browser.get(&href).await.found(&format!("{href}/outcome"));
        assert_eq!(house.texts("ryan"), before);
    }
}

#[tokio::test]
async fn what_waits_too_long_expires() {
    let house = House::open().await;
    let browser = house.signed_in_with("ryan", &[]).await;
    let href = parked(&browser, "늦은 글").await;
    let authorize = browser.get(&href).await.location();
    let back = house.emulator.approve(&authorize, "ryan", &Decision::Allow).unwrap();
    house.advance(SignedDuration::from_mins(5));
    browser.get_url(&back).await.found(&format!("{href}/outcome"));
    let href = parked(&house.signed_in_with("frodo", &[]).await, "늦은 글").await;
    house.advance(SignedDuration::from_hours(1));
    house.gateway.do_what_is_due().await;
    assert_eq!(states(&house).await, ["delivered", "expired"]);
    let page = agree(&house, &house.visitor(), &href, "frodo", &Decision::Allow).await;
    assert!(page.body.contains("다시 보내세요"), "{}", page.body);
    assert!(house.texts("frodo").is_empty());
}

#[tokio::test]
async fn a_link_that_nobody_was_given_leads_nowhere() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    for id in ["msg_00000000000000000000000000000000", "msg_1", "x", "msg_%27"] {
        for path in [format!("/consent/{id}"), format!("/consent/{id}/outcome")] {
            assert_eq!(browser.get(&path).await.status, 404, "{path}");
        }
    }
}

#[tokio::test]
async fn all_that_waits_goes_on_with_one_consent_and_in_order() {
    let house = House::open().await;
    let browser = house.signed_in_with("ryan", &[]).await;
    for text in ["하나", "둘", "셋"] {
        browser.post("/v1/messages", json!({"to": "me", "text": text})).await.is(202);
    }
    house.gateway.do_what_is_due().await;
    assert_eq!(states(&house).await, ["waiting_consent"; 3]);
    let waiting = browser.get("/v1/messages").await.is(200);
    let href = waiting["messages"][1]["deliveries"][0]["remedy"]["href"].as_str().unwrap().to_owned();
    agree(&house, &browser, &href, "ryan", &Decision::Allow).await;
    house.gateway.do_what_is_due().await;
    assert_eq!(house.texts("ryan"), ["하나", "둘", "셋"]);
}

#[tokio::test]
async fn what_waits_is_sealed_and_goes_with_its_account() {
    let house = House::open().await;
    let browser = house.signed_in_with("ryan", &[]).await;
    parked(&browser, "marker-of-a-parked-text").await;
    let everything = match house.database.url() {
        Some(_) => house.database.dump().await.into_bytes(),
        None => ["katok.db", "katok.db-wal"]
            .iter()
            .flat_map(|name| std::fs::read(house.data.path().join(name)).unwrap())
            .collect(),
    };
    assert!(!everything.windows(23).any(|window| window == b"marker-of-a-parked-text"));
    browser.get("/unlink").await.is(200);
    assert!(states(&house).await.is_empty());
}
