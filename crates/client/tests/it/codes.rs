//! Every code of Kakao's, as it comes over the wire: what the client makes of it, and that somebody explains it.

use std::time::Duration;

use katok_client::codes::{self, Explanation};
use katok_client::{
    AccessToken, AuthorizationCode, Client, Error, ErrorKind, ExchangeCode, KakaoCode, Link, Me, Quota,
    Remedy, Retries, Scope, ScopeSet, SendToMe, Text,
};
use katok_emulator::{Emulator, Fault, Options};
use url::Url;

use crate::kakao::client_at;

const FIX: Remedy = Remedy::FixRequest { parameter: None };
const RETRY: Remedy = Remedy::Retry { after: None };
const TELL: Remedy = Remedy::TellOperator;

/// What to do about a code when something was asked, and when a message was being sent.
fn remedies(code: i64) -> [Remedy; 2] {
    let talk_message = ScopeSet::from_iter([Scope::new("talk_message")]);
    match code {
        -1 | -7 | -603 => [RETRY, Remedy::Unconfirmed],
        -815 | -9798 => same(RETRY),
        -401 => same(Remedy::RefreshToken),
        -402 => [Remedy::AskConsent(ScopeSet::new()), Remedy::AskConsent(talk_message)],
        -101 | -103 => same(Remedy::SignInAgain),
        -502 => same(Remedy::Retry { after: Some(Duration::from_mins(10)) }),
        -10 | -532 | -533 | -536 => same(Remedy::WaitForQuota(Quota::Day)),
        -531 => same(Remedy::WaitForQuota(Quota::Month)),
        -3 | -4 | -5 | -6 | -9 | -11 | -12 | -301 | -405 | -406 | -544 | -819 | -903 => same(TELL),
        -2 | -8 | -102 | -201 | -501 | -504 | -530 | -541 | -602 | -606 | -816 | -817 | -818 | -911 => {
            same(FIX)
        }
        _ => panic!("{code} has no line in this table"),
    }
}

fn same(remedy: Remedy) -> [Remedy; 2] {
    [remedy.clone(), remedy]
}

/// What to do about a code with which `/oauth/token` refuses; `None` for those that only a page shows.
fn login_remedy(code: &str) -> Option<Remedy> {
    Some(match code {
        "KOE003" => RETRY,
        "KOE237" => Remedy::WaitForQuota(Quota::Tokens),
        "KOE320" | "KOE322" => Remedy::SignInAgain,
        "KOE009" | "KOE010" | "KOE101" | "KOE303" => TELL,
        "KOE001" | "KOE310" | "KOE319" | "KOE400" => FIX,
        "KOE002" | "KOE004" | "KOE005" | "KOE006" | "KOE007" | "KOE008" | "KOE023" | "KOE102" | "KOE201"
        | "KOE202" | "KOE203" | "KOE204" | "KOE205" | "KOE207" => return None,
        _ => panic!("{code} has no line in this table"),
    })
}

async fn kakao() -> (Emulator, Client) {
    let kakao = Emulator::start(Options::default()).await.unwrap();
    let client = client_at(&kakao.base_url()).retries(Retries::NONE).build().unwrap();
    (kakao, client)
}

/// What the error says of itself must be what the catalogue says of its code.
fn check(error: &Error, kind: ErrorKind, code: &KakaoCode, explanation: &Explanation, remedy: &Remedy) {
    assert_eq!((error.kind(), error.kakao_code().as_ref()), (kind, Some(code)), "{error}");
    assert_eq!(&error.remedy(), remedy, "{code}");
    assert!(explanation.status.is_none_or(|status| error.status() == Some(status)), "{error}");
    assert!(error.to_string().contains(&code.to_string()), "{error}");
    let Explanation { remedy_ko, remedy_en, console_ko, .. } = explanation;
    let says = |words: &[&str]| words.iter().any(|word| remedy_en.contains(word) || remedy_ko.contains(word));
    match remedy {
        Remedy::TellOperator => assert!(
            console_ko.is_some() || says(&["DevTalk", "customer centre", "notices", "admin centre"]),
            "{code}: where does the operator turn to?"
        ),
        Remedy::SignInAgain => assert!(says(&["ign in", "login"]), "{code}: {remedy_en}"),
        Remedy::WaitForQuota(_) => {
            assert!(says(&["tomorrow", "next month", "in ten minutes"]), "{code}: {remedy_en}");
        }
        Remedy::Retry { .. } => assert!(says(&["again"]), "{code}: {remedy_en}"),
        Remedy::Unconfirmed => assert!(says(&["look first", "look in the chat room first"]), "{code}"),
        _ => {}
    }
}

#[tokio::test]
async fn every_code_of_the_api_comes_with_its_remedy() {
    let (kakao, client) = kakao().await;
    let token = AccessToken::new("ACCESS_TOKEN");
    let link = Link::web(&Url::parse("https://svc.example/").unwrap());
    let message = SendToMe::new(Text::new("안녕", link).unwrap());
    for (code, explanation) in codes::all() {
        let KakaoCode::Api(number) = code else { continue };
        kakao.fault(Fault::on("*").code(i32::try_from(number).unwrap())).unwrap();
        let errors =
            [client.call(&Me, &token).await.unwrap_err(), client.call(&message, &token).await.unwrap_err()];
        for (error, remedy) in errors.iter().zip(remedies(number)) {
            check(error, ErrorKind::Refused, &code, &explanation, &remedy);
        }
        kakao.clear_faults();
    }
}

#[tokio::test]
async fn every_code_of_the_token_endpoint_comes_with_its_remedy() {
    let (kakao, client) = kakao().await;
    let exchange = ExchangeCode {
        redirect_uri: "https://svc.example/cb".parse().unwrap(),
        code: AuthorizationCode::new("CODE"),
        code_verifier: None,
    };
    for (code, explanation) in codes::all() {
        let KakaoCode::Login(name) = &code else { continue };
        let Some(remedy) = login_remedy(name) else { continue };
        kakao.fault(Fault::on("/oauth/token").error_code(name)).unwrap();
        let error = client.exchange_code(&exchange).await.unwrap_err();
        check(&error, ErrorKind::Login, &code, &explanation, &remedy);
        kakao.clear_faults();
    }
}

/// The emulator knows a code if it can refuse with it without being told a status.
#[tokio::test]
async fn the_emulator_knows_the_codes_that_are_explained_and_no_others() {
    let (kakao, _) = kakao().await;
    let knows = |fault: Fault| {
        kakao.clear_faults();
        kakao.fault(fault).is_ok()
    };
    for number in -10_000..0 {
        let code = KakaoCode::Api(number.into());
        assert_eq!(knows(Fault::on("*").code(number)), codes::explain(&code).is_some(), "{code}");
    }
    for number in 0..1_000 {
        let name = format!("KOE{number:03}");
        let explained = codes::explain(&KakaoCode::Login(name.clone())).is_some();
        assert_eq!(knows(Fault::on("*").error_code(&name)), explained, "{name}");
    }
}
