//! Where a sign-in leads back to: the page it was begun on, and no other host.

use katok_client::MessageTemplate;
use katok_emulator::Decision;
use katok_gateway::config::SendAfter;
use serde_json::json;

use crate::database::Database;
use crate::house::House;

#[tokio::test]
async fn a_sign_in_leads_back_to_the_page_it_was_begun_on() {
    let house = House::open().await;
    let browser = house.visitor();
    let ask = async |ask: &str, decision: &Decision| {
        let authorize = browser.get(ask).await.location();
        assert!(!authorize.as_str().contains("history"), "{authorize}");
        house.emulator.approve(&authorize, "ryan", decision).unwrap()
    };
    let back = ask("/authorize?next=/history%3Fstate%3Drefused%23latest", &Decision::Allow).await;
    browser.get_url(&back).await.found("/history?state=refused#latest");
    let back = ask("/authorize?scope=friends&next=/account", &Decision::Allow).await;
    browser.get_url(&back).await.found("/account");
    let back = ask("/authorize?scope=account_email&next=/account", &Decision::Deny).await;
    browser.get_url(&back).await.found("/index.html?login=cancelled");
}

#[tokio::test]
async fn whatever_is_no_page_of_ours_leads_nowhere_else() {
    let house = House::open().await;
    for next in
        ["", "history", "https://evil.example/", "//evil.example", "/%5Cevil.example", "/%09/evil.example"]
    {
        let browser = house.visitor();
        let authorize = browser.get(&format!("/authorize?next={next}")).await.location();
        let back = house.emulator.approve(&authorize, "ryan", &Decision::Allow).unwrap();
        browser.get_url(&back).await.found("/index.html?login=success");
    }
}

#[tokio::test]
async fn what_follows_a_sign_in_is_sent_also_to_whoever_is_led_back() {
    let house = House::open_with(Database::new().await, |settings, _| {
        let template = json!({"object_type": "text", "text": "환영합니다", "link": {}});
        let template = MessageTemplate::try_from(template).unwrap();
        settings.sign_in.send_after = Some(SendAfter { template, warnings: Vec::new() });
    })
    .await;
    let browser = house.visitor();
    let authorize = browser.get("/authorize?next=/history").await.location();
    let back = house.emulator.approve(&authorize, "ryan", &Decision::Allow).unwrap();
    browser.get_url(&back).await.found("/history");
    assert_eq!(house.texts("ryan"), ["환영합니다"]);
}
