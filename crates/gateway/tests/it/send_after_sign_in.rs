//! What a sign-in is followed by when the operator names a template: one message to oneself, told in words.

use std::collections::BTreeSet;

use katok_client::MessageTemplate;
use katok_emulator::{Decision, Fault};
use katok_gateway::config::SendAfter;
use serde_json::{Value, json};

use crate::browser::{Browser, Page};
use crate::database::Database;
use crate::house::House;
use crate::kakao_proxy::Mood;

async fn house() -> House {
    House::open_with(Database::new().await, |settings, _| {
        let template: Value =
            json!({"object_type": "text", "text": "환영합니다", "link": {"web_url": "http://localhost:4000"}});
        let template = MessageTemplate::try_from(template).unwrap();
        settings.sign_in.send_after = Some(SendAfter { template, warnings: Vec::new() });
    })
    .await
}

/// Signs in and answers with the page that this leads to.
async fn sign_in(house: &House, browser: &Browser, decision: &Decision) -> Page {
    let authorize = browser.get("/authorize").await.location();
    let back = house.emulator.approve(&authorize, "ryan", decision).unwrap();
    let led = browser.get_url(&back).await;
    assert_eq!(led.status, 302, "{}", led.body);
    let page = led.headers["location"].to_str().unwrap();
    assert!(page.starts_with("/index.html?login=success&sent=msg_"), "{page}");
    let told = browser.get(page).await;
    browser.get("/profile").await.is(200);
    told
}

#[tokio::test]
async fn a_sign_in_sends_once_to_oneself_and_the_page_says_so() {
    let house = house().await;
    let browser = house.visitor();
    let page = sign_in(&house, &browser, &Decision::Allow).await;
    assert!(page.body.contains("나와의 채팅으로 메시지를 보냈습니다"), "{}", page.body);
    assert_eq!(house.texts("ryan"), ["환영합니다"]);
    sign_in(&house, &browser, &Decision::Allow).await;
    assert_eq!(house.texts("ryan").len(), 2, "every sign-in sends");
}

#[tokio::test]
async fn another_sites_page_can_make_nobody_send_by_leading_them_to_sign_in() {
    let house = house().await;
    let led = [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")];
    let pressed =
        [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-user", "?1")];
    for (headers, messages) in [(led.as_slice(), 0), (&pressed, 1)] {
        let browser = house.visitor();
        let authorize = browser.get_with("/authorize", headers).await.location();
        let back = house.emulator.approve(&authorize, "ryan", &Decision::Allow).unwrap();
        assert_eq!(browser.get_url(&back).await.status, 302);
        browser.get("/profile").await.is(200);
        assert_eq!(house.texts("ryan").len(), messages, "{headers:?}");
    }
}

#[tokio::test]
async fn the_consent_to_send_is_asked_for_at_the_sign_in() {
    let house = house().await;
    let scope = |url: url::Url| {
        url.query_pairs().find(|(name, _)| name == "scope").map(|(_, value)| value.into_owned())
    };
    assert_eq!(scope(house.visitor().get("/authorize").await.location()).as_deref(), Some("talk_message"));
}

#[tokio::test]
async fn asking_somebody_signed_in_for_more_consent_sends_nothing() {
    let house = house().await;
    let browser = house.visitor();
    sign_in(&house, &browser, &Decision::Allow).await;
    browser.sign_in(&house.emulator, "ryan", "/authorize?scope=friends").await;
    assert_eq!(house.texts("ryan"), ["환영합니다"]);
}

#[tokio::test]
async fn a_replayed_callback_sends_nothing_more() {
    let house = house().await;
    let browser = house.visitor();
    let authorize = browser.get("/authorize").await.location();
    let back = house.emulator.approve(&authorize, "ryan", &Decision::Allow).unwrap();
    let (one, two) = tokio::join!(browser.get_url(&back), browser.get_url(&back));
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [302, 400]);
    assert_eq!(house.texts("ryan"), ["환영합니다"]);
}

#[tokio::test]
async fn without_the_consent_the_sign_in_succeeds_and_the_page_leads_to_it() {
    let house = house().await;
    let browser = house.visitor();
    let page = sign_in(&house, &browser, &Decision::AllowOnly(BTreeSet::new())).await;
    assert!(
        page.body.contains("아직 보내지 않았습니다") && page.body.contains("talk_message"),
        "{}",
        page.body
    );
    assert!(page.body.contains("href=\"/consent/msg_"), "{}", page.body);
    assert!(house.texts("ryan").is_empty());
}

#[tokio::test]
async fn a_refusal_of_kakaos_is_explained_and_the_sign_in_stands() {
    let house = house().await;
    house.emulator.fault(Fault::on("/v2/api/talk/memo/*").code(-501)).unwrap();
    let page = sign_in(&house, &house.visitor(), &Decision::Allow).await;
    assert!(page.body.contains("메시지를 보내지 않았습니다"), "{}", page.body);
    assert!(house.texts("ryan").is_empty());
}

#[tokio::test]
async fn a_lost_answer_is_told_as_such() {
    let house = house().await;
    house.emulator.fault(Fault::on("/v2/api/talk/memo/*").drop_after()).unwrap();
    let page = sign_in(&house, &house.visitor(), &Decision::Allow).await;
    assert!(page.body.contains("대화방을 먼저 확인하세요"), "{}", page.body);
    assert_eq!(house.texts("ryan"), ["환영합니다"]);
}

#[tokio::test]
async fn no_query_makes_the_page_tell_what_did_not_happen() {
    let house = house().await;
    let ryan = house.visitor();
    let authorize = ryan.get("/authorize").await.location();
    let back = house.emulator.approve(&authorize, "ryan", &Decision::Allow).unwrap();
    let page = ryan.get_url(&back).await.headers["location"].to_str().unwrap().to_owned();
    let apeach = house.visitor();
    let authorize = apeach.get("/authorize").await.location();
    let back = house.emulator.approve(&authorize, "apeach", &Decision::Allow).unwrap();
    apeach.get_url(&back).await;
    let forged = ["/?sent=done", "/?sent=msg_00000000000000000000000000000000", "/?login=success", &page];
    for query in forged {
        let shown = apeach.get(query).await;
        assert_eq!(shown.status, 200);
        assert!(!shown.body.contains("class=\"result told"), "{query}");
    }
    assert!(ryan.get(&page).await.body.contains("class=\"result told"));
}

#[tokio::test]
async fn a_message_whose_browser_has_gone_is_finished_and_its_outcome_kept() {
    let house = house().await;
    let browser = house.visitor();
    let authorize = browser.get("/authorize").await.location();
    let back = house.emulator.approve(&authorize, "ryan", &Decision::Allow).unwrap();
    house.kakao.turns(Mood::Late);
    let leaving = browser.copy();
    let request = tokio::spawn(async move { leaving.get_url(&back).await });
    house.kakao.arrived("/v2/api/talk/memo/default/send").await;
    request.abort();
    let house = house.restart().await;
    assert_eq!(house.texts("ryan"), ["환영합니다"]);
    let kept = house.database.column(house.data.path(), "SELECT state FROM deliveries").await;
    assert_eq!(kept, ["delivered"]);
}
