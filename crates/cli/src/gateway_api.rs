//! A gateway somewhere, as a program with an API key reaches it.

use std::time::Duration;

use katok_client::{Chance as _, Friend, SystemChance};
use katok_gateway::config::RemoteGateway;
use reqwest::{Method, RequestBuilder, StatusCode, redirect};
use serde_json::Value;
use tokio::time::sleep;
use url::Url;

use crate::args::Args;
use crate::data_dir;
use crate::failure::{Exit, Failure};
use crate::kakao::{environment, no_problems, settings_file};
use crate::printable::printable;
use crate::profile::Profile;

/// Longer than a gateway gives itself for one request.
const TIMEOUT: Duration = Duration::from_secs(40);

/// A gateway that is switched off is not waited for.
const CONNECT: Duration = Duration::from_secs(5);

/// The pauses before a request is made again.
const PAUSES: [Duration; 3] =
    [Duration::from_millis(200), Duration::from_millis(800), Duration::from_secs(2)];

/// How many friends are asked for at once.
const PAGE: usize = 100;

/// A gateway, and the key that is shown there.
pub(crate) struct GatewayApi {
    gateway: RemoteGateway,
    http: reqwest::Client,
}

/// Why a request did not bring what was asked for.
enum NotDone {
    Refused(Failure),
    NotSent,
    /// It may have been carried out.
    Lost,
}

/// What asks a gateway. It goes nowhere else, whatever the answer says.
pub(crate) fn client_for(gateway: &Url, timeout: Duration) -> Result<reqwest::Client, Failure> {
    let builder = reqwest::Client::builder()
        .timeout(timeout)
        .connect_timeout(CONNECT)
        .redirect(redirect::Policy::none());
    // No proxy knows the way to this machine, and none needs to see a secret; plain http needs no certificates.
    let builder = match gateway.scheme() {
        "http" => builder.no_proxy().tls_certs_only([]),
        _ => builder,
    };
    builder.build().map_err(|error| {
        Failure::system(
            format!("https를 준비하지 못했습니다({error})."),
            format!("https could not be prepared ({error})."),
        )
    })
}

impl GatewayApi {
    /// The gateway of the settings, if they name one.
    pub(crate) fn of_settings(args: &Args) -> Result<Option<Self>, Failure> {
        let mut problems = Vec::new();
        let file = settings_file(args, &data_dir::of(args)?, &mut problems);
        let gateway = RemoteGateway::read(&environment, &file, &mut problems);
        no_problems(&problems)?;
        let Some(gateway) = gateway else { return Ok(None) };
        if args.profile.as_ref().is_some_and(|profile| *profile != Profile::default()) {
            return Err(Failure::usage(
                "게이트웨이를 거치면 API 키의 주인으로 보내므로 --profile을 쓸 수 없습니다. 프로필의 토큰으로 바로 보내려면 KATOK_GATEWAY_URL을 비우세요.",
                "Through a gateway it is the owner of the API key who sends, so --profile does not fit. Set KATOK_GATEWAY_URL to nothing to send by the profile's own tokens.",
            ));
        }
        let http = client_for(&gateway.url, TIMEOUT)?;
        Ok(Some(Self { gateway, http }))
    }

    /// Its address.
    pub(crate) fn url(&self) -> &Url {
        &self.gateway.url
    }

    /// The same, as people write it.
    pub(crate) fn origin(&self) -> String {
        self.gateway.url.origin().ascii_serialization()
    }

    /// Asks once, with no more patience than this; `None` when nobody answers.
    pub(crate) async fn look(&self, path: &str, patience: Duration) -> Option<(StatusCode, Value)> {
        let answer = self.request(Method::GET, path).timeout(patience).send().await.ok()?;
        Some((answer.status(), answer.json().await.unwrap_or_default()))
    }

    /// Has a message accepted. It is asked for again when the answer is lost: by the idempotency key the gateway
    /// knows it again.
    pub(crate) async fn accept(&self, message: &Value) -> Result<Value, Failure> {
        let mut key = [0; 16];
        SystemChance.fill(&mut key);
        let key = format!("katok-send-{:032x}", u128::from_be_bytes(key));
        let request =
            || self.request(Method::POST, "/v1/messages").header("Idempotency-Key", &key).json(message);
        let accepted = self.answer(true, request).await.map_err(|not_done| match not_done {
            NotDone::Refused(failure) => failure,
            NotDone::NotSent => self.not_reached(),
            NotDone::Lost => Failure::new(
                Exit::Unconfirmed,
                "게이트웨이의 답을 받지 못했습니다. 접수되었을 수도 있으니 다시 보내기 전에 게이트웨이의 보낸 기록을 확인하세요.",
                "The gateway's answer was lost. The message may have been accepted: look at the gateway's history before sending it again.",
            )
            .hint(self.page("/history")),
        })?;
        if accepted["id"].is_string() { Ok(accepted) } else { Err(self.no_gateway()) }
    }

    /// What became of a message.
    pub(crate) async fn message(&self, id: &str) -> Result<Value, Failure> {
        self.get(&format!("/v1/messages/{id}"), &[]).await
    }

    /// Whether the key lets one see what becomes of a message.
    pub(crate) async fn must_read_messages(&self) -> Result<(), Failure> {
        self.get("/v1/messages", &[("limit", "1")]).await.map(drop)
    }

    /// The profile of whose key it is, as Kakao gives it.
    pub(crate) async fn profile(&self) -> Result<Value, Failure> {
        Ok(self.get("/v1/me", &[]).await?["profile"].take())
    }

    /// All friends of whose key it is.
    pub(crate) async fn friends(&self) -> Result<Vec<Friend>, Failure> {
        let (mut friends, mut offset) = (Vec::new(), 0);
        loop {
            let [from, limit] = [offset, PAGE].map(|number| number.to_string());
            let mut page = self.get("/v1/friends", &[("offset", &from), ("limit", &limit)]).await?;
            let found: Vec<Friend> =
                serde_json::from_value(page["friends"].take()).map_err(|_| self.no_gateway())?;
            friends.extend(found);
            match page["next_offset"].as_u64().and_then(|next| usize::try_from(next).ok()) {
                Some(next) if next > offset => offset = next,
                _ => return Ok(friends),
            }
        }
    }

    /// The id of a saved template, by its name.
    pub(crate) async fn template_id(&self, name: &str) -> Result<String, Failure> {
        let list = self.get("/v1/templates", &[]).await?;
        let templates = list["templates"].as_array().ok_or_else(|| self.no_gateway())?;
        let named: Vec<&str> = templates
            .iter()
            .filter(|template| template["name"] == name)
            .filter_map(|template| template["id"].as_str())
            .collect();
        match named[..] {
            [id] => Ok(id.to_owned()),
            [] => Err(Failure::usage(
                format!("게이트웨이에 저장된 템플릿이 아닙니다: {name}"),
                format!("No template of this name is saved at the gateway: {name}"),
            )),
            _ => {
                let ids = printable(&named.join(", "));
                Err(Failure::usage(
                    format!("이름이 같은 템플릿이 여럿입니다: {name}. id로 골라 주세요: {ids}"),
                    format!("Several templates are called {name}. Choose by id: {ids}"),
                ))
            }
        }
    }

    async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Value, Failure> {
        let request = || self.request(Method::GET, path).query(query);
        self.answer(false, request).await.map_err(|not_done| match not_done {
            NotDone::Refused(failure) => failure,
            NotDone::NotSent | NotDone::Lost => self.not_reached(),
        })
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let mut url = self.gateway.url.clone();
        url.set_path(path);
        self.http.request(method, url).bearer_auth(self.gateway.api_key.as_bearer())
    }

    /// Makes a request that may be made again until something comes back; else says how far it got at the most.
    async fn answer(&self, is_write: bool, request: impl Fn() -> RequestBuilder) -> Result<Value, NotDone> {
        let mut last = NotDone::NotSent;
        for pause in PAUSES.map(Some).into_iter().chain([None]) {
            match self.once(request()).await {
                Err(NotDone::NotSent) => {}
                Err(NotDone::Lost) => last = NotDone::Lost,
                // No refusal undoes what an earlier try may have done.
                Err(NotDone::Refused(_)) if is_write && matches!(last, NotDone::Lost) => {}
                answer => return answer,
            }
            if let Some(pause) = pause {
                sleep(pause).await;
            }
        }
        Err(last)
    }

    async fn once(&self, request: RequestBuilder) -> Result<Value, NotDone> {
        let no_answer =
            |error: reqwest::Error| if error.is_connect() { NotDone::NotSent } else { NotDone::Lost };
        let answer = request.send().await.map_err(no_answer)?;
        let status = answer.status();
        let body = answer.bytes().await.map_err(no_answer)?;
        match serde_json::from_slice::<Value>(&body) {
            Ok(body) if status.is_success() => Ok(body),
            Ok(problem) if problem["code"].is_string() && status != StatusCode::GATEWAY_TIMEOUT => {
                Err(NotDone::Refused(self.refused(status, &problem)))
            }
            // A gateway that ran out of time, or a proxy before it.
            _ if status.is_server_error() => Err(NotDone::Lost),
            _ => Err(NotDone::Refused(self.no_gateway())),
        }
    }

    /// What the gateway refused, in its own words.
    fn refused(&self, status: StatusCode, problem: &Value) -> Failure {
        let remedy = &problem["remedy"];
        let words =
            |name: &str| printable(remedy[name].as_str().or(problem["detail"].as_str()).unwrap_or_default());
        let action = remedy["action"].as_str();
        let exit = match status {
            _ if matches!(action, Some("ask_consent" | "sign_in")) => Exit::SignInNeeded,
            StatusCode::UNAUTHORIZED => Exit::SignInNeeded,
            StatusCode::TOO_MANY_REQUESTS if action != Some("wait_for_quota") => Exit::Trouble,
            _ if status.is_server_error() => Exit::Trouble,
            _ => Exit::Refused,
        };
        let mut failure = Failure::new(exit, words("ko"), words("en"));
        let code = problem.get("kakao_code").unwrap_or(&problem["code"]);
        failure.code = Some(printable(&code.as_str().map_or_else(|| code.to_string(), str::to_owned)).into());
        let page = match exit {
            Exit::SignInNeeded if problem["code"] == "invalid_api_key" => Some("/account"),
            Exit::SignInNeeded => remedy["href"].as_str(),
            _ => None,
        };
        match page {
            Some(page) => failure.hint(self.page(page)),
            None => failure,
        }
    }

    /// The address of one of its pages.
    pub(crate) fn page(&self, path: &str) -> String {
        self.gateway
            .url
            .join(path)
            .map_or_else(|_| self.gateway.url.to_string(), |url| printable(url.as_str()))
    }

    fn not_reached(&self) -> Failure {
        let url = self.origin();
        Failure::system(
            format!(
                "게이트웨이에 연결하지 못했습니다({url}). 켜져 있는지, KATOK_GATEWAY_URL이 맞는지 확인하세요."
            ),
            format!("The gateway could not be reached ({url}). Check that it runs, and KATOK_GATEWAY_URL."),
        )
    }

    fn no_gateway(&self) -> Failure {
        let url = self.origin();
        Failure::system(
            format!("카톡 게이트웨이의 답이 아닙니다({url}). KATOK_GATEWAY_URL을 확인하세요."),
            format!("This is not the answer of a katok gateway ({url}). Check KATOK_GATEWAY_URL."),
        )
    }
}
