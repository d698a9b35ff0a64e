//! The page `/history`: one's own messages, what became of them, and what can be done about them.

use std::num::NonZeroU32;

use jiff::SignedDuration;
use katok_client::Clock as _;
use katok_gateway::config::Quotas;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::database::Database;
use crate::house::House;
use crate::kakao_proxy::Mood;

/// Has a message sent, as far as it goes, and gives its name.
async fn sent(house: &House, browser: &Browser, message: Value) -> String {
    let message = browser.post("/v1/messages", message).await.is(202);
    house.gateway.do_what_is_due().await;
    message["id"].as_str().unwrap().to_owned()
}

fn text(text: &str) -> Value {
    json!({"to": "me", "text": text})
}

async fn page(browser: &Browser, path: &str) -> String {
    let page = browser.get(path).await;
    assert_eq!(page.status, 200, "{}", page.body);
    page.body
}

/// The names of the messages on a page, from top to bottom.
fn messages(page: &str) -> Vec<&str> {
    page.split("<article class=\"card message\" id=\"").skip(1).map(|rest| &rest[..36]).collect()
}

async fn press(browser: &Browser, id: &str, what: &str) -> String {
    let pressed = browser.submit(&format!("/history/{id}/{what}"), &[("back", "/history?to=me")]).await;
    let back = pressed.see_other().to_owned();
    assert_eq!(back, format!("/history?to=me#{id}"));
    page(browser, &format!("/history/{id}")).await
}

#[tokio::test]
async fn messages_stand_newest_first_with_what_became_of_them() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    assert!(page(&browser, "/history").await.contains("아직 보낸 메시지가 없습니다"));
    let first = sent(&house, &browser, text("첫 번째 <b>글</b>")).await;
    let apeach = house.friend(&browser, "어피치").await;
    let friends = json!({"to": {"friends": [apeach, "nobody-1"]}, "text": "친구에게"});
    let second = sent(&house, &browser, friends).await;
    // Kakao refused all for the sake of one; each is sent alone.
    house.advance(SignedDuration::from_secs(5));
    house.gateway.do_what_is_due().await;
    let shown = page(&browser, "/history").await;
    assert_eq!(messages(&shown), [&second, &first]);
    assert!(shown.contains("ktb-bubble") && shown.contains("첫 번째 &#60;b&#62;글"), "{shown}");
    assert!(shown.contains("친구 2명에게") && shown.contains("나에게"), "{shown}");
    assert!(shown.contains("state delivered") && shown.contains("state refused\">일부만 보냄"), "{shown}");
    assert!(!shown.contains("style=") && !shown.contains("<script>"), "{shown}");
    assert!(!shown.contains("어피치"), "names come from Kakao and are kept nowhere");
    let whole = page(&browser, &format!("/history/{second}")).await;
    assert_eq!(messages(&whole), [&second]);
    assert!(whole.contains("&#34;object_type&#34;: &#34;text&#34;"), "{whole}");
}

#[tokio::test]
async fn nobody_sees_or_changes_what_is_another_persons() {
    let house = House::open().await;
    let (ryan, apeach) = (house.signed_in("ryan").await, house.signed_in("apeach").await);
    let id = sent(&house, &ryan, text("라이언의 것")).await;
    assert!(messages(&page(&apeach, "/history").await).is_empty());
    assert_eq!(apeach.get(&format!("/history/{id}")).await.status, 404);
    assert!(messages(&page(&apeach, &format!("/history?cursor={id}")).await).is_empty());
    for what in ["cancel", "resend", "tomorrow"] {
        assert_eq!(apeach.submit(&format!("/history/{id}/{what}"), &[]).await.status, 404);
        let elsewhere = ryan
            .request_with(
                reqwest::Method::POST,
                &format!("/history/{id}/{what}"),
                &[("origin", "https://evil.example")],
            )
            .await;
        assert_eq!(elsewhere.status, 403, "{what}");
    }
    let nobody = house.visitor().get("/history").await;
    assert_eq!(nobody.status, 401);
    assert!(nobody.body.contains("href=\"/authorize?next=/history\""), "{}", nobody.body);
}

#[tokio::test]
async fn each_state_has_the_button_that_helps() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let later = house.clock.now() + SignedDuration::from_hours(1);
    let planned = json!({"to": "me", "text": "나중에", "send_at": later});
    let scheduled = sent(&house, &browser, planned).await;
    assert!(page(&browser, &format!("/history/{scheduled}")).await.contains("state scheduled"));
    let cancelled = press(&browser, &scheduled, "cancel").await;
    assert!(cancelled.contains("state cancelled") && !cancelled.contains("/cancel\""), "{cancelled}");

    house.kakao.turns(Mood::HalfJson);
    let unknown = sent(&house, &browser, text("갔을까")).await;
    house.kakao.turns(Mood::Honest);
    let shown = page(&browser, &format!("/history/{unknown}")).await;
    assert!(shown.contains("그래도 다시 보내기") && shown.contains("대화방을 먼저 확인하세요"), "{shown}");
    press(&browser, &unknown, "resend").await;
    house.gateway.do_what_is_due().await;
    let shown = page(&browser, &format!("/history/{unknown}")).await;
    assert!(shown.contains("state delivered") && !shown.contains("/resend\""), "{shown}");
    assert_eq!(house.texts("ryan").len(), 2);
    let again = browser.submit(&format!("/history/{unknown}/resend"), &[]).await;
    assert_eq!(again.status, 409);
    assert!(again.body.contains("다시 보낼 것이 없습니다"), "{}", again.body);
}

#[tokio::test]
async fn what_waits_for_a_consent_leads_to_it() {
    let house = House::open().await;
    let browser = house.signed_in_with("ryan", &[]).await;
    let id = sent(&house, &browser, text("동의 뒤에")).await;
    let shown = page(&browser, "/history").await;
    assert!(shown.contains(&format!("href=\"/consent/{id}\"")) && shown.contains("동의 받기"), "{shown}");
}

#[tokio::test]
async fn what_a_quota_held_up_goes_tomorrow_morning() {
    let one = NonZeroU32::MIN;
    let quotas = Quotas { sender: one, ..Quotas::default() };
    let house = House::open_with(Database::new().await, |settings, _| settings.quotas = quotas).await;
    let browser = house.signed_in("ryan").await;
    let apeach = house.friend(&browser, "어피치").await;
    let text = |text: &str| json!({"to": {"friends": [apeach]}, "text": text});
    sent(&house, &browser, text("오늘")).await;
    // One waits by itself until the day turns, the other was to be told at once.
    let waits = sent(&house, &browser, text("내일")).await;
    let mut at_once = text("모레");
    at_once["on_quota"] = "refuse".into();
    let refused = sent(&house, &browser, at_once).await;
    let shown = page(&browser, "/history").await;
    assert!(shown.contains("state waiting_quota") && shown.contains("state refused"), "{shown}");
    assert_eq!(shown.matches("내일 보내기").count(), 2, "{shown}");
    for id in [&waits, &refused] {
        let shown = press(&browser, id, "tomorrow").await;
        // Nine in the morning in Korea; the day began at noon.
        assert!(shown.contains("state scheduled") && shown.contains("2026-01-02 09:00"), "{shown}");
        assert_eq!(browser.submit(&format!("/history/{id}/tomorrow"), &[]).await.status, 409);
    }
    house.advance(SignedDuration::from_hours(20));
    house.gateway.do_what_is_due().await;
    assert_eq!(house.texts("apeach"), ["오늘"]);
    house.advance(SignedDuration::from_hours(1));
    house.gateway.do_what_is_due().await;
    assert_eq!(house.texts("apeach"), ["오늘", "내일"]);
}

#[tokio::test]
async fn what_was_kept_long_enough_is_told_without_its_text() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let id = sent(&house, &browser, text("오래된 글")).await;
    house.advance(SignedDuration::from_hours(24 * 40));
    house.gateway.do_what_is_due().await;
    let shown = page(&browser, &format!("/history/{id}")).await;
    assert!(shown.contains("보관 기간이 지나") && !shown.contains("오래된 글"), "{shown}");
    assert!(shown.contains("state delivered") && !shown.contains("object_type"), "{shown}");
}

#[tokio::test]
async fn filters_and_pages_lead_to_every_message_once() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let old = sent(&house, &browser, text("지난주")).await;
    house.advance(SignedDuration::from_hours(24 * 8));
    let apeach = house.friend(&browser, "어피치").await;
    let friends = sent(&house, &browser, json!({"to": {"friends": [apeach]}, "text": "친구"})).await;
    let mut planned = text("예약");
    planned["send_at"] = json!(house.clock.now() + SignedDuration::from_hours(1));
    let scheduled = sent(&house, &browser, planned).await;
    for (query, expected) in [
        ("to=me", vec![&scheduled, &old]),
        ("to=friends", vec![&friends]),
        ("state=delivered", vec![&friends, &old]),
        ("state=under_way", vec![&scheduled]),
        ("state=trouble", vec![]),
        ("period=week", vec![&scheduled, &friends]),
        ("period=week&state=delivered", vec![&friends]),
        ("state=%27%20OR%201=1&to=&period=always", vec![&scheduled, &friends, &old]),
    ] {
        assert_eq!(messages(&page(&browser, &format!("/history?{query}")).await), expected, "{query}");
    }
    assert!(page(&browser, "/history?state=trouble").await.contains("조건에 맞는 메시지가 없습니다"));

    for number in 0..20 {
        browser.post("/v1/messages", text(&format!("{number}"))).await.is(202);
    }
    let (mut all, mut path) = (Vec::new(), "/history?to=me".to_owned());
    loop {
        let shown = page(&browser, &path).await;
        all.extend(messages(&shown).into_iter().map(str::to_owned));
        let Some(older) = shown.split("href=\"").find(|rest| rest.contains("rel=\"next\"")) else {
            assert!(shown.contains("href=\"/history?to=me\""), "{shown}");
            break;
        };
        path = older.split('"').next().unwrap().replace("&#38;", "&");
        assert!(path.starts_with("/history?to=me&cursor=msg_"), "{path}");
    }
    assert_eq!(all.len(), 22);
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 22);
}

#[tokio::test]
async fn however_much_there_is_only_so_much_is_looked_through_at_a_time() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let oldest = sent(&house, &browser, text("가장 오래된 것")).await;
    let many =
        "WITH RECURSIVE numbers (n) AS (SELECT 10000 UNION ALL SELECT n + 1 FROM numbers WHERE n < 11099)
        INSERT INTO messages (id, account_id, created_at, expires_at, on_unconfirmed, on_quota, on_failure)
        SELECT 'msg_000000000000000000000000000' || CAST(n AS TEXT), (SELECT id FROM accounts LIMIT 1),
        1767236400000, 1767236400000, 'hold', 'wait', 'retry' FROM numbers";
    house.database.change(house.data.path(), many).await;
    let first = page(&browser, "/history?state=delivered").await;
    assert!(messages(&first).is_empty() && first.contains("1000건을 살펴봤지만"), "{first}");
    let next = "/history?state=delivered&cursor=msg_00000000000000000000000000010100";
    assert!(first.contains(&next.replace('&', "&#38;")), "{first}");
    let second = page(&browser, next).await;
    assert_eq!(messages(&second), [&oldest]);
    assert!(!second.contains("rel=\"next\""), "{second}");
}

#[tokio::test]
async fn a_button_leads_back_to_our_own_pages_only() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    for back in ["https://evil.example/", "//evil.example", "/historys", "/logout", ""] {
        let mut planned = text("나중에");
        planned["send_at"] = json!(house.clock.now() + SignedDuration::from_hours(1));
        let id = sent(&house, &browser, planned).await;
        let pressed = browser.submit(&format!("/history/{id}/cancel"), &[("back", back)]).await;
        assert_eq!(pressed.see_other(), format!("/history#{id}"));
    }
}

#[tokio::test]
async fn the_page_is_in_the_readers_language() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let id = sent(&house, &browser, json!({"to": "me", "text": "hello"})).await;
    let english = [("accept-language", "en"), ("accept", "text/html")];
    for path in ["/history", &format!("/history/{id}")] {
        let page = browser.get_with(path, &english).await.body;
        // Names, and what KakaoTalk writes on a button itself.
        let page = page.replace("카톡", "").replace("한국어", "").replace("자세히 보기", "");
        assert!(!page.chars().any(|letter| ('가'..='힣').contains(&letter)), "{page}");
        assert!(page.contains("To me") && page.contains("Sent"), "{page}");
    }
    let filtered = browser.get("/history?to=me").await.body;
    assert!(filtered.contains("href=\"/history?to=me&#38;lang=en\""), "{filtered}");
}

#[tokio::test]
async fn a_full_page_is_small() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let link = json!({"web_url": "https://katok.example/menu"});
    let content = json!({"title": "딸기 치즈 케이크", "description": "#케익 #딸기 #카페", "link": link});
    let feed =
        json!({"object_type": "feed", "content": content, "buttons": [{"title": "보기", "link": link}]});
    for number in 0..11 {
        let friends: Vec<String> = (0..5).map(|friend| format!("nobody-{number}-{friend}")).collect();
        browser.post("/v1/messages", json!({"to": {"friends": friends}, "template": feed})).await.is(202);
    }
    for _ in 0..3 {
        house.gateway.do_what_is_due().await;
        house.advance(SignedDuration::from_secs(10));
    }
    for path in ["/history", "/account"] {
        let page = page(&browser, path).await;
        let mut size = page.len();
        let assets = page.split('"').filter(|part| part.starts_with("/static/"));
        for asset in assets.collect::<std::collections::BTreeSet<_>>() {
            size += browser.get(asset).await.body.len();
        }
        assert!(size <= 60 * 1024, "{path}: {size} bytes");
    }
}
