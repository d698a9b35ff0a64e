//! `katok login`, `whoami`, `logout` and `unlink`.

use std::net::{Ipv6Addr, TcpListener};

use reqwest::StatusCode;
use serde_json::{Value, json};
use url::Url;

use super::{signed_in, signed_in_over_a_wire};
use crate::emulator::{Emulator, http, seed};
use crate::program::{Begun, Machine, Running, free_port, leave_out};
use crate::wire::Trouble;

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
async fn login_without_a_browser_speaks_json_line_by_line() {
    let machine = Machine::new();
    let (_running, emulator) = machine.emulator();
    let mut login = machine.begin(&["--json", "login", "--no-browser"]);
    let address: Value = serde_json::from_str(&login.line()).unwrap();
    login.write(&emulator.approve(address["authorize_url"].as_str().unwrap(), "ryan", None).await);
    assert_eq!(login.end().exits(0).json()["kakao_account"]["profile"]["nickname"], "라이언");
}

/// A machine whose logins by the browser come back to a free port.
async fn machine_with_a_browser() -> (Machine, Url, Running, Emulator) {
    let mut machine = Machine::new();
    let redirect_uri = format!("http://localhost:{}/callback", free_port());
    let seed = machine.file("seed.yaml", &seed(&redirect_uri));
    let (running, emulator) = machine.emulator_with(&["--port", "0", "--seed", &seed]);
    machine.connect_to(&emulator).await;
    machine.set("KAKAO_REDIRECT_URI", &redirect_uri);
    machine.set("BROWSER", "/bin/true");
    (machine, Url::parse(&redirect_uri).unwrap(), running, emulator)
}

/// Lets the person's browser come back, and expects the login to end well.
async fn comes_back(login: Begun, returned: &str) {
    let page = http().get(returned).send().await.unwrap();
    assert_eq!(page.status(), StatusCode::OK);
    assert!(page.text().await.unwrap().contains("이 창은 닫아도 됩니다"));
    assert!(login.end().exits(0).stdout.contains("라이언"));
}

#[tokio::test]
async fn login_with_a_browser_waits_at_the_redirect_address() {
    let (machine, redirect_uri, _running, emulator) = machine_with_a_browser().await;
    let mut login = machine.begin(&["login"]);
    let address = login.line_of_talk("http");
    let returned = emulator.approve(&address, "ryan", None).await;
    let icon = redirect_uri.join("/favicon.ico").unwrap();
    assert_eq!(http().get(icon).send().await.unwrap().status(), StatusCode::NOT_FOUND);
    comes_back(login, &returned).await;
    assert!(machine.katok(&["whoami"]).exits(0).stdout.contains("라이언"));
}

#[tokio::test]
async fn other_pages_cannot_end_a_login() {
    let (machine, redirect_uri, _running, emulator) = machine_with_a_browser().await;
    let mut login = machine.begin(&["login"]);
    let address = login.line_of_talk("http");
    let returned = emulator.approve(&address, "ryan", None).await;
    for query in ["", "?x=1", "?code=x", "?code=x&state=guessed", "?error=access_denied"] {
        let other = redirect_uri.join(query).unwrap();
        assert_eq!(http().get(other).send().await.unwrap().status(), StatusCode::BAD_REQUEST, "{query}");
    }
    let posted = http().post(&returned).send().await.unwrap();
    assert_eq!(posted.status(), StatusCode::METHOD_NOT_ALLOWED);
    comes_back(login, &returned).await;
}

#[tokio::test]
async fn login_does_not_wait_where_another_program_would_get_the_code() {
    let Ok(other) = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)) else {
        return leave_out("ports taken in one address family: there is no IPv6", "KATOK_REQUIRE_IPV6");
    };
    let port = other.local_addr().unwrap().port();
    let (mut machine, _redirect_uri, _running, _emulator) = machine_with_a_browser().await;
    machine.set("KAKAO_REDIRECT_URI", format!("http://localhost:{port}/callback"));
    machine.katok(&["login"]).exits(2).says(&port.to_string()).says("hint: katok login --no-browser");
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

#[tokio::test(flavor = "multi_thread")]
async fn logout_that_kakao_does_not_answer_keeps_the_tokens() {
    let (machine, wire, _running, emulator) = signed_in_over_a_wire().await;
    wire.next("/v1/user/logout", [Trouble::Answer(503, "")]);
    machine.katok(&["logout"]).exits(4).says("로그아웃하지 못했습니다").says("Not signed out");
    machine.katok(&["whoami"]).exits(0);
    machine.katok(&["logout"]).exits(0);
    machine.katok(&["whoami"]).exits(3);
    assert!(emulator.is_linked("ryan").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn logout_and_unlink_whose_answer_was_lost_succeed_the_second_time() {
    for (command, path) in
        [(&["--json", "logout"][..], "/v1/user/logout"), (&["--json", "unlink", "--yes"], "/v1/user/unlink")]
    {
        let (machine, wire, _running, _emulator) = signed_in_over_a_wire().await;
        wire.next(path, [Trouble::LostAnswer]);
        machine.katok(command).exits(4);
        assert_eq!(machine.katok(command).exits(0).json(), json!({}), "{path}");
        machine.katok(&["whoami"]).exits(3);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn signal_waits_for_the_refresh_token_that_is_on_its_way() {
    for (signal, status) in [("INT", 130), ("TERM", 143)] {
        let (machine, wire, _running, emulator) = signed_in_over_a_wire().await;
        // So late that Kakao hands out a new refresh token and ends the old one.
        emulator.advance_hours(24 * 45).await;
        let (arrived, arrival) = tokio::sync::oneshot::channel();
        let (let_go, go_on) = tokio::sync::oneshot::channel();
        wire.next("/oauth/token", [Trouble::Hold { arrived, go_on }]);
        let whoami = machine.begin(&["whoami"]);
        arrival.await.unwrap();
        whoami.signal(signal);
        let_go.send(()).unwrap();
        assert_eq!(whoami.end().exits(status).stdout, "");
        machine.katok(&["whoami"]).exits(0);
    }
}

#[tokio::test]
async fn signal_ends_a_command_that_waits_for_a_person() {
    let machine = Machine::new();
    let (_running, _emulator) = machine.emulator();
    let mut login = machine.begin(&["login", "--no-browser"]);
    login.line();
    login.signal("INT");
    assert_eq!(login.status(), Some(130));
}
