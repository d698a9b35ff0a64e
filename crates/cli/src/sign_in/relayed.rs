//! A sign-in whose browser is elsewhere: a gateway relays the code, to this terminal alone, and only once.

use std::time::Duration;

use jiff::Timestamp;
use katok_client::{AuthorizationCode, CodeVerifier, ExchangeCode, RedirectUri, ScopeSet, SystemChance};
use katok_gateway::{Sentence, explain_redirect};
use reqwest::{Client, Response, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::sleep;
use url::Url;

use crate::failure::{Exit, Failure};
use crate::gateway_api;
use crate::kakao::Kakao;
use crate::printable::printable;

/// How long one answer of the gateway may take.
const TIMEOUT: Duration = Duration::from_secs(15);

/// How long to wait before the gateway is asked again whether the browser has come back.
const PAUSE: Duration = Duration::from_secs(1);

/// What the gateway says of a sign-in it has opened.
#[derive(Deserialize)]
pub(crate) struct Offer {
    id: String,
    /// What the browser opens.
    pub(crate) page: Url,
    /// Shown here and there, for the person to compare.
    pub(crate) number: String,
    redirect_uri: String,
    pub(crate) expires_at: Timestamp,
}

/// What the gateway has for who asks for the code.
#[derive(Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
enum Answer {
    Waiting,
    Done { code: String },
    Refused { error: String },
}

/// A sign-in under way; used up by finishing it.
pub(crate) struct RelayedSignIn {
    http: Client,
    gateway: Url,
    verifier: CodeVerifier,
    /// Shown to the gateway for the code; it knows its hash from the start.
    secret: CodeVerifier,
    redirect_uri: RedirectUri,
    pub(crate) offer: Offer,
}

impl RelayedSignIn {
    /// Has the gateway open one.
    pub(crate) async fn begin(kakao: &Kakao, gateway: Url, scopes: &ScopeSet) -> Result<Self, Failure> {
        let [verifier, secret] = [(); 2].map(|()| CodeVerifier::generate(&SystemChance));
        let wish = json!({
            "app": kakao.app,
            "code_challenge": verifier.challenge().as_str(),
            "secret_digest": secret.challenge().as_str(),
            "scope": scopes.to_string(),
        });
        let http = gateway_api::client_for(&gateway, TIMEOUT)?;
        let asked = http.post(at(&gateway, "v1/sign-ins")?).json(&wish).send().await;
        let answer = asked.map_err(|error| unreachable(&gateway, &error))?;
        if answer.status() != StatusCode::CREATED {
            return Err(not_offered(&gateway, answer).await);
        }
        let offer: Offer = answer.json().await.map_err(|error| unreachable(&gateway, &error))?;
        let redirect_uri = offer.redirect_uri.parse().map_err(|_| no_relay(&gateway))?;
        Ok(Self { http, gateway, verifier, secret, redirect_uri, offer })
    }

    /// Waits for the browser, which may be on another machine.
    pub(crate) async fn wait(self) -> Result<ExchangeCode, Failure> {
        let path = format!("v1/sign-ins/{}/code", self.offer.id);
        let (address, proof) = (at(&self.gateway, &path)?, json!({"secret": self.secret.secret()}));
        loop {
            match self.http.post(address.clone()).json(&proof).send().await {
                Ok(answer) if answer.status() == StatusCode::NOT_FOUND => return Err(over()),
                // Whatever else comes may be another answer in a moment.
                Ok(answer) if answer.status() == StatusCode::OK => match answer.json().await {
                    Ok(Answer::Done { code }) => {
                        return Ok(ExchangeCode {
                            redirect_uri: self.redirect_uri,
                            code: AuthorizationCode::new(code),
                            code_verifier: Some(self.verifier),
                        });
                    }
                    Ok(Answer::Refused { error }) => return Err(refused(&error)),
                    Ok(Answer::Waiting) => {}
                    Err(_) => return Err(over()),
                },
                _ => {}
            }
            sleep(PAUSE).await;
        }
    }
}

fn at(gateway: &Url, path: &str) -> Result<Url, Failure> {
    gateway.join(path).map_err(|_| no_relay(gateway))
}

async fn not_offered(gateway: &Url, answer: Response) -> Failure {
    let status = answer.status();
    let problem: Value = answer.json().await.unwrap_or_default();
    match (status, problem["code"].as_str()) {
        (_, Some("other_app")) => Failure::usage(
            format!(
                "게이트웨이 {gateway}는 다른 카카오 앱을 씁니다. 여기의 KAKAO_REST_API_KEY를 게이트웨이의 것과 같게 하세요."
            ),
            format!(
                "The gateway {gateway} uses another Kakao app. Give KAKAO_REST_API_KEY the value it has there."
            ),
        ),
        (StatusCode::TOO_MANY_REQUESTS, _) => Failure::system(
            "게이트웨이에서 로그인을 기다리는 터미널이 너무 많습니다. 잠시 뒤 다시 해 보세요.",
            "Too many terminals wait for a sign-in at the gateway. Try again in a moment.",
        ),
        (status, _) if status.is_server_error() => Failure::system(
            format!("게이트웨이 {gateway}가 지금은 답하지 못합니다({status}). 잠시 뒤 다시 해 보세요."),
            format!("The gateway {gateway} cannot answer now ({status}). Try again in a moment."),
        ),
        _ => no_relay(gateway),
    }
}

fn no_relay(gateway: &Url) -> Failure {
    Failure::usage(
        format!(
            "{gateway}에는 로그인을 이어 줄 katok 게이트웨이가 없습니다. KATOK_GATEWAY_URL을 확인하세요."
        ),
        format!("There is no katok gateway at {gateway} that relays sign-ins. Check KATOK_GATEWAY_URL."),
    )
    .hint("katok login --no-browser")
}

fn unreachable(gateway: &Url, error: &reqwest::Error) -> Failure {
    // Its address is ours; what it says below it may be long, and helps nobody.
    let why = if error.is_timeout() { "timeout" } else { "no connection" };
    Failure::system(
        format!("게이트웨이 {gateway}에 닿지 않습니다({why}). KATOK_GATEWAY_URL과 네트워크를 확인하세요."),
        format!("The gateway {gateway} cannot be reached ({why}). Check KATOK_GATEWAY_URL and the network."),
    )
    .hint("katok login --no-browser")
}

fn over() -> Failure {
    Failure::new(
        Exit::SignInNeeded,
        "10분 안에 로그인하지 않았거나, 이 로그인이 이미 쓰였습니다. 다시 시작하세요.",
        "Nobody signed in within ten minutes, or this sign-in was used already. Begin again.",
    )
    .hint("katok login --qr")
}

fn refused(error: &str) -> Failure {
    if error == "access_denied" {
        return Failure::new(Exit::SignInNeeded, "로그인을 취소했습니다.", "The sign-in was cancelled.");
    }
    let Sentence { ko, en } = explain_redirect(error);
    Failure::new(Exit::SignInNeeded, printable(&ko), printable(&en)).hint("katok login --qr")
}
