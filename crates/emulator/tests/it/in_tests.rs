//! What tests in Rust have of the emulator beyond its control API.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use katok_emulator::{Fault, NoMessage, ReceivedMessage, SignInError};
use serde_json::json;

use crate::support::{Answer, Kakao, built_in_but, hello, text};

/// What an assertion says that does not hold.
fn explanation(assertion: impl FnOnce()) -> String {
    let panicked = catch_unwind(AssertUnwindSafe(assertion)).unwrap_err();
    panicked.downcast_ref::<String>().unwrap().clone()
}

#[tokio::test]
async fn somebody_signs_in_without_a_browser_and_without_faults() {
    let kakao = Kakao::start().await;
    kakao.emulator.fault(Fault::on("*").code(-7)).unwrap();
    let tokens = kakao.emulator.sign_in("demo", "ryan", &[]).await.unwrap();
    assert!(!format!("{tokens:?}").contains(&tokens.access_token));
    assert!(kakao.emulator.journal(0).is_empty());
    kakao.emulator.clear_faults();
    kakao.me(&tokens.access_token).await.ok();
    kakao.refresh(&tokens.refresh_token).await.ok();
    assert!(!tokens.scope.unwrap().contains("account_email"));
    let more = kakao.emulator.sign_in("demo", "ryan", &["account_email"]).await.unwrap();
    assert!(more.scope.unwrap().contains("account_email"));
}

#[tokio::test]
async fn a_text_is_sent_without_a_call_and_counts_like_any_other() {
    let two_a_day = built_in_but(|seed| seed.apps[0].quotas.messages_per_pair_per_day = 2);
    let kakao = Kakao::start_from(two_a_day).await;
    let send = |receivers: &[&str]| kakao.emulator.send_text("demo", "ryan", receivers, "배포 완료");
    kakao.emulator.fault(Fault::on("*").code(-7)).unwrap();
    assert!(send(&[]).is_empty());
    assert!(send(&["apeach", "muzi"]).is_empty());
    assert!(send(&["apeach"]).is_empty());
    assert_eq!(send(&["apeach"]), [-536]);
    assert_eq!(send(&["apeach", "muzi"]), [-536]);
    assert_eq!(send(&["con"]), [-502]);
    assert_eq!(send(&["nobody"]), [-502]);
    assert_eq!(kakao.emulator.send_text("nothing", "ryan", &[], "x"), [-101]);
    kakao.emulator.expect_message("muzi").text("배포 완료");
    assert!(kakao.emulator.journal(0).is_empty());
}

#[tokio::test]
async fn other_languages_sign_in_with_one_call_too() {
    let kakao = Kakao::start().await;
    let sign_in = async |body| Answer::of(kakao.post("/_emulator/v1/tokens").json(&body)).await;
    let tokens = sign_in(json!({"app": "demo", "person": "ryan", "scopes": ["talk_message"]})).await.ok();
    kakao.send_to_me(&text(&tokens["access_token"]), &hello("x")).await.ok();
    for (body, status, error) in [
        (json!({"app": "nothing", "person": "ryan"}), 404, "no_such_app"),
        (json!({"app": "demo", "person": "nobody"}), 404, "no_such_person"),
        (json!({"app": "demo", "person": "ryan", "scopes": ["gold"]}), 400, "error_page"),
        (json!({"app": "demo"}), 400, "bad_request"),
    ] {
        let answer = sign_in(body).await;
        assert_eq!((answer.status.as_u16(), &answer.body["error"]), (status, &json!(error)));
    }
}

#[tokio::test]
async fn whoever_signs_in_without_a_browser_gets_an_id_token_of_the_address_asked() {
    let kakao = Kakao::start_from(built_in_but(|seed| seed.apps[0].oidc = true)).await;
    let here = kakao.emulator.sign_in("demo", "ryan", &[]).await.unwrap().id_token.unwrap();
    let read = Answer::of(kakao.post("/oauth/tokeninfo").form(&[("id_token", here)])).await.ok();
    assert_eq!(format!("{}/", text(&read["iss"])), kakao.emulator.base_url().as_str());

    let body = json!({"app": "demo", "person": "ryan"});
    let asked = kakao.post("/_emulator/v1/tokens").header("host", "kauth.kakao.com").json(&body);
    let id_token = text(&Answer::of(asked).await.ok()["id_token"]);
    let asked = kakao.post("/oauth/tokeninfo").header("host", "kauth.kakao.com");
    let read = Answer::of(asked.form(&[("id_token", id_token)])).await.ok();
    assert_eq!(read["iss"], "https://kauth.kakao.com");
}

#[tokio::test]
async fn without_a_redirect_uri_or_an_app_nobody_can_sign_in() {
    let seed = "apps: [{key: shop}]\npeople: [{key: mina}]".parse::<String>().unwrap();
    let kakao = Kakao::start_from(katok_emulator::Seed::parse(&seed).unwrap()).await;
    let refused = kakao.emulator.sign_in("shop", "mina", &[]).await.unwrap_err();
    assert_eq!(refused, SignInError::NoRedirectUri("shop".to_owned()));
    let refused = kakao.emulator.sign_in("demo", "mina", &[]).await.unwrap_err();
    assert_eq!(refused, SignInError::NoSuchApp("demo".to_owned()));
}

#[tokio::test]
async fn a_message_is_waited_for_and_its_absence_explained() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("ryan").await;
    let patience = Duration::from_mins(1);
    let (first, ()) = tokio::join!(kakao.emulator.wait_for_message("ryan", 0, patience), async {
        kakao.send_to_me(&token, &hello("하나")).await.ok();
    });
    let first: ReceivedMessage = first.unwrap();
    assert_eq!(first.template_object["text"], "하나");
    let late: Result<_, NoMessage> =
        kakao.emulator.wait_for_message("ryan", first.id, Duration::from_millis(1)).await;
    let told = late.unwrap_err().to_string();
    assert!(told.contains("하나") && told.contains("after number 1"), "{told}");
    let nobody = kakao.emulator.wait_for_message("nobody", 0, patience).await.unwrap_err().to_string();
    assert!(nobody.contains("nobody with the key nobody"), "{nobody}");
}

#[tokio::test]
async fn an_expectation_says_what_arrived_instead_and_what_was_asked_of_kakao() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("ryan").await;
    kakao.emulator.expect_message("ryan").none();
    assert!(
        explanation(|| drop(kakao.emulator.expect_message("ryan").text("둘"))).contains("nothing arrived")
    );
    kakao.send_to_me(&token, &hello("하나")).await.ok();
    kakao.emulator.fault(Fault::on("/v2/*").code(-7)).unwrap();
    Answer::spoilt(kakao.get("/v2/user/me").bearer_auth(&token)).await;

    assert_eq!(kakao.emulator.expect_message("ryan").text("하나").id, 1);
    let told = explanation(|| drop(kakao.emulator.expect_message("ryan").text("둘")));
    for part in ["\"둘\"", "하나", "3 GET kapi.kakao.com/v2/user/me ryan → 400", "\"code\":-7", "(fault 1)"]
    {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert!(!told.contains(&token));
    assert!(explanation(|| kakao.emulator.expect_message("ryan").none()).contains("no message at ryan"));
    assert!(explanation(|| kakao.emulator.expect_message("nobody").none()).contains("nobody"));
}

#[tokio::test]
async fn many_emulators_run_side_by_side_and_share_nothing() {
    let many: Vec<Kakao> = futures(20).await;
    let first = &many[0];
    let token = first.access_token("ryan").await;
    first.send_to_me(&token, &hello("x")).await.ok();
    assert_eq!(first.emulator.messages("ryan").len(), 1);
    for other in &many[1..] {
        assert_ne!(other.emulator.base_url(), first.emulator.base_url());
        assert!(other.emulator.messages("ryan").is_empty() && other.emulator.journal(0).is_empty());
    }
    for kakao in many {
        kakao.emulator.stop().await.unwrap();
    }
    let alive = tokio::runtime::Handle::current().metrics().num_alive_tasks();
    // reqwest's own connections may linger for a moment; no emulator's tasks do.
    assert!(alive < 20, "{alive}");
}

async fn futures(count: usize) -> Vec<Kakao> {
    let mut many = Vec::new();
    for _ in 0..count {
        many.push(Kakao::start().await);
    }
    many
}
