//! A sign-in for a terminal: a browser elsewhere brings the code, and that terminal alone fetches it, once.

use jiff::SignedDuration;
use katok_client::{CodeVerifier, SystemChance};
use katok_emulator::Decision;
use serde_json::{Value, json};
use url::Url;

use crate::browser::{Browser, http};
use crate::database::Database;
use crate::house::House;

/// A terminal that waits, with the secrets that only it has.
struct Terminal {
    secret: CodeVerifier,
    verifier: CodeVerifier,
    offer: Value,
}

impl Terminal {
    async fn waits(house: &House) -> Self {
        let [secret, verifier] = [(); 2].map(|()| CodeVerifier::generate(&SystemChance));
        let wish = wish(house, &secret, &verifier);
        let offer = house.visitor().post("/v1/sign-ins", wish).await.is(201);
        Self { secret, verifier, offer }
    }

    fn page(&self) -> String {
        Url::parse(self.offer["page"].as_str().unwrap()).unwrap().path().to_owned()
    }

    fn code(&self) -> String {
        format!("/v1/sign-ins/{}/code", self.offer["id"].as_str().unwrap())
    }

    async fn asks(&self, house: &House, status: u16) -> Value {
        house.visitor().post(&self.code(), json!({"secret": self.secret.secret()})).await.is(status)
    }

    /// Where Kakao leads a person back to who presses the button of the page.
    async fn approved(&self, house: &House, browser: &Browser, decision: &Decision) -> Url {
        let kakao = browser.submit(&self.page(), &[]).await;
        house.emulator.approve(&Url::parse(kakao.see_other()).unwrap(), "ryan", decision).unwrap()
    }
}

fn wish(house: &House, secret: &CodeVerifier, verifier: &CodeVerifier) -> Value {
    json!({
        "app": house.settings().kakao.fingerprint(),
        "code_challenge": verifier.challenge().as_str(),
        "secret_digest": secret.challenge().as_str(),
        "scope": "friends,talk_message",
    })
}

#[tokio::test]
async fn the_code_goes_to_the_terminal_that_waits_for_it_and_only_once() {
    let house = House::open().await;
    let terminal = Terminal::waits(&house).await;
    assert_eq!(terminal.asks(&house, 200).await, json!({"state": "waiting"}));
    let browser = house.visitor();
    let page = browser.get(&terminal.page()).await;
    assert!(page.body.contains(terminal.offer["number"].as_str().unwrap()), "{}", page.body);

    let back = terminal.approved(&house, &browser, &Decision::Allow).await;
    let done = browser.get_url(&back).await;
    assert!(done.status.is_success() && done.body.contains("터미널로 돌아가세요"), "{}", done.body);
    let code = back.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    assert!(!done.body.contains(&code));
    // Nobody is signed in here.
    assert_eq!(house.number("SELECT COUNT(*) FROM sessions").await, 0);
    assert_eq!(house.number("SELECT COUNT(*) FROM accounts").await, 0);

    for stolen in [json!({"secret": "guessed"}), json!({"secret": terminal.verifier.secret()})] {
        house.visitor().post(&terminal.code(), stolen).await.is(404);
    }
    assert_eq!(terminal.asks(&house, 200).await, json!({"state": "done", "code": code}));
    terminal.asks(&house, 404).await;
    assert_eq!(house.number("SELECT COUNT(*) FROM relayed_sign_ins").await, 0);
    assert_eq!(browser.get(&terminal.page()).await.status, 404);
}

#[tokio::test]
async fn another_gateway_of_the_same_database_hands_the_code_out() {
    let Some(database) = Database::on_postgres().await else { return };
    let house = House::open_on(database).await;
    let ((running, _folder), other) = house.another_gateway().await;
    let terminal = Terminal::waits(&house).await;
    let browser = house.visitor();
    let back = terminal.approved(&house, &browser, &Decision::Allow).await;
    browser.get_url(&back).await;
    let elsewhere = Browser::new(&other);
    let answer = elsewhere.post(&terminal.code(), json!({"secret": terminal.secret.secret()})).await.is(200);
    assert_eq!(answer["state"], "done");
    running.stop().await;
}

#[tokio::test]
async fn who_cancels_lets_the_terminal_know() {
    let house = House::open().await;
    let terminal = Terminal::waits(&house).await;
    let browser = house.visitor();
    let back = terminal.approved(&house, &browser, &Decision::Deny).await;
    assert!(browser.get_url(&back).await.body.contains("터미널로 돌아가세요"));
    assert_eq!(terminal.asks(&house, 200).await, json!({"state": "refused", "error": "access_denied"}));
}

#[tokio::test]
async fn only_the_browser_that_pressed_the_button_brings_a_code() {
    let house = House::open().await;
    let terminal = Terminal::waits(&house).await;
    let back = terminal.approved(&house, &house.visitor(), &Decision::Allow).await;
    assert_eq!(house.visitor().get_url(&back).await.status, 400);
    assert_eq!(terminal.asks(&house, 200).await, json!({"state": "waiting"}));
}

#[tokio::test]
async fn other_sites_and_links_lead_no_further_than_the_page() {
    let house = House::open().await;
    let terminal = Terminal::waits(&house).await;
    let browser = house.visitor();
    for headers in [
        &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")][..],
        &[("origin", "https://evil.example")],
    ] {
        let pressed = browser.request_with(reqwest::Method::POST, &terminal.page(), headers).await;
        assert_eq!(pressed.status, 403);
        browser.get_with(&terminal.page(), headers).await;
        assert_eq!(house.number("SELECT COUNT(*) FROM login_attempts").await, 0);
    }
    for path in ["/v1/sign-ins".to_owned(), terminal.code()] {
        let request = http().post(house.url.join(&path).unwrap()).header("origin", "https://evil.example");
        let proof = json!({"secret": terminal.secret.secret()});
        let body =
            if path == "/v1/sign-ins" { wish(&house, &terminal.secret, &terminal.verifier) } else { proof };
        browser.send(request.json(&body)).await.is(403);
    }
}

#[tokio::test]
async fn after_ten_minutes_it_is_over() {
    let house = House::open().await;
    let [early, late] = [Terminal::waits(&house).await, Terminal::waits(&house).await];
    let browser = house.visitor();
    let back = late.approved(&house, &browser, &Decision::Allow).await;
    house.advance(SignedDuration::from_mins(10));
    assert_eq!(browser.get(&early.page()).await.status, 404);
    assert_eq!(browser.submit(&early.page(), &[]).await.status, 404);
    assert_eq!(browser.get_url(&back).await.status, 400);
    for terminal in [early, late] {
        terminal.asks(&house, 404).await;
    }
    house.gateway.do_what_is_due().await;
    assert_eq!(house.number("SELECT COUNT(*) FROM relayed_sign_ins").await, 0);
}

#[tokio::test]
async fn a_terminal_of_another_app_is_told_so_and_one_that_asks_wrongly_what_is_wrong() {
    let house = House::open().await;
    let [secret, verifier] = [(); 2].map(|()| CodeVerifier::generate(&SystemChance));
    let sound = wish(&house, &secret, &verifier);
    let with = |name: &str, value: &str| {
        let mut wish = sound.clone();
        wish[name] = value.into();
        wish
    };
    let visitor = house.visitor();
    assert_eq!(visitor.post("/v1/sign-ins", with("app", "another")).await.is(409)["code"], "other_app");
    for name in ["code_challenge", "secret_digest"] {
        visitor.post("/v1/sign-ins", with(name, "short")).await.is(422);
    }
    visitor.post("/v1/sign-ins", with("more", "than known")).await.is(422);
    visitor.post("/v1/sign-ins/sgn_1/code", json!({"secret": "x"})).await.is(404);
}

#[tokio::test]
async fn only_so_many_wait_at_once() {
    let house = House::open().await;
    let last = loop {
        let [secret, verifier] = [(); 2].map(|()| CodeVerifier::generate(&SystemChance));
        let page = house.visitor().post("/v1/sign-ins", wish(&house, &secret, &verifier)).await;
        if page.status != 201 {
            break page;
        }
    };
    last.is(429);
    assert_eq!(house.number("SELECT COUNT(*) FROM relayed_sign_ins").await, 100);
    house.advance(SignedDuration::from_mins(10));
    Terminal::waits(&house).await;
}
