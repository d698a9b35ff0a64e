//! `katok login`, `whoami`, `logout` and `unlink`.

use reqwest::StatusCode;
use url::Url;

use super::signed_in;
use crate::emulator::{http, seed};
use crate::program::{Machine, free_port};

#[tokio::test]
async fn login_without_a_browser_prints_the_address_and_takes_the_one_that_comes_back() {
    let machine = Machine::new();
    let (_running, emulator) = machine.emulator();
    let mut login = machine.begin(&["login", "--no-browser"]);
    let address = Url::parse(&login.line()).unwrap();
    assert_eq!(address.path(), "/oauth/authorize");
    let names: Vec<_> = address.query_pairs().map(|(name, _)| name.into_owned()).collect();
    assert!(
        ["state", "code_challenge"].iter().all(|name| names.iter().any(|other| other == name)),
        "{address}"
    );

    login.write(&emulator.approve(address.as_str(), "ryan", None).await);
    assert!(login.end().exits(0).stdout.contains("라이언"));
    assert!(machine.katok(&["whoami"]).exits(0).stdout.contains("라이언"));
}

#[tokio::test]
async fn login_with_a_browser_waits_at_the_redirect_address() {
    let mut machine = Machine::new();
    let redirect_uri = format!("http://localhost:{}/callback", free_port());
    let seed = machine.file("seed.yaml", &seed(&redirect_uri));
    let (_running, emulator) = machine.emulator_with(&["--port", "0", "--seed", &seed]);
    machine.connect_to(&emulator).await;
    machine.set("KAKAO_REDIRECT_URI", &redirect_uri);
    machine.set("BROWSER", "/bin/true");

    let mut login = machine.begin(&["login"]);
    let address = login.line_of_talk("http");
    let returned = emulator.approve(&address, "ryan", None).await;
    let icon = Url::parse(&redirect_uri).unwrap().join("/favicon.ico").unwrap();
    assert_eq!(http().get(icon).send().await.unwrap().status(), StatusCode::NOT_FOUND);
    let page = http().get(returned).send().await.unwrap();
    assert_eq!(page.status(), StatusCode::OK);
    assert!(page.text().await.unwrap().contains("이 창은 닫아도 됩니다"));
    assert!(login.end().exits(0).stdout.contains("라이언"));
    assert!(machine.katok(&["whoami"]).exits(0).stdout.contains("라이언"));
}

#[tokio::test]
async fn login_asks_for_more_consent_when_told() {
    let machine = Machine::new();
    let (_running, emulator) = machine.emulator();
    machine.login(&emulator, "ryan", Some(&[])).await.exits(0);

    let mut login = machine.begin(&["login", "--no-browser", "--scope", "talk_message"]);
    let returned = emulator.approve(&login.line(), "ryan", None).await;
    login.write(&returned);
    login.end().exits(0);
    machine.katok(&["send", "동의했습니다"]).exits(0);
    assert_eq!(emulator.texts("ryan").await, ["동의했습니다"]);
}

#[tokio::test]
async fn address_of_another_sign_in_is_refused() {
    let machine = Machine::new();
    let (_running, emulator) = machine.emulator();
    let mut login = machine.begin(&["login", "--no-browser"]);
    let mut returned = Url::parse(&emulator.approve(&login.line(), "ryan", None).await).unwrap();
    let code = returned.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    returned.query_pairs_mut().clear().append_pair("code", &code).append_pair("state", "somebody-elses");
    login.write(returned.as_str());
    login.end().exits(3).says("state");
    machine.katok(&["whoami"]).exits(3);
}

#[tokio::test]
async fn address_that_is_none_is_refused() {
    let machine = Machine::new();
    let (_running, _emulator) = machine.emulator();
    machine.katok_reading(&["login", "--no-browser"], "done!\n").exits(2);
    machine.katok_reading(&["login", "--no-browser"], "").exits(2);
    machine.katok(&["whoami"]).exits(3);
}

#[tokio::test]
async fn cancelled_login_signs_nobody_in() {
    let machine = Machine::new();
    let (_running, emulator) = machine.emulator();
    let mut login = machine.begin(&["login", "--no-browser"]);
    let returned = emulator.cancel(&login.line(), "ryan").await;
    login.write(&returned);
    login.end().exits(3).says("cancelled");
    machine.katok(&["whoami"]).exits(3).says("hint: katok login");
}

#[tokio::test]
async fn second_login_signs_in_somebody_else() {
    let (machine, _running, emulator) = signed_in("ryan").await;
    machine.login(&emulator, "apeach", None).await.exits(0);
    assert!(machine.katok(&["whoami"]).exits(0).stdout.contains("어피치"));
}

#[tokio::test]
async fn logout_ends_the_tokens_and_keeps_the_consents() {
    let (machine, _running, emulator) = signed_in("ryan").await;
    let tokens = machine.data().join("tokens.json");
    let stored = std::fs::read(&tokens).unwrap();
    machine.katok(&["logout"]).exits(0);
    machine.katok(&["whoami"]).exits(3);
    machine.katok(&["logout"]).exits(3);
    assert!(emulator.is_linked("ryan").await);

    std::fs::write(&tokens, stored).unwrap();
    machine.katok(&["whoami"]).exits(3);
}

#[tokio::test]
async fn unlink_withdraws_everything_but_only_when_sure() {
    let (machine, _running, emulator) = signed_in("ryan").await;
    machine.katok(&["unlink"]).exits(2).says("hint: katok unlink --yes");
    assert!(emulator.is_linked("ryan").await);

    machine.katok(&["unlink", "--yes"]).exits(0);
    assert!(!emulator.is_linked("ryan").await);
    machine.katok(&["whoami"]).exits(3);
}
