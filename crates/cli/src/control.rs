//! The control API of an emulator that runs: finding the emulator, and asking it.

mod following;
mod refusal;

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use katok_gateway::KakaoApp;
use reqwest::{Method, RequestBuilder, redirect};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use crate::args::Args;
use crate::failure::Failure;
use crate::kakao::{environment, no_problems, settings_file};
use crate::running::Running;
use crate::{args, data_dir};
pub(crate) use following::{Tail, follow};
pub(crate) use refusal::{ControlError, Refusal};

const USUAL_EMULATOR: &str = "http://localhost:4100";

/// How long an emulator may take to say that it is one.
const KNOCK: Duration = Duration::from_secs(3);
/// A webhook's receiver may take its time.
const PATIENCE: Duration = Duration::from_secs(30);

/// An emulator that runs.
pub(crate) struct Control {
    http: reqwest::Client,
    url: Url,
    /// Where it left a note of its address, unless that was named.
    note_in: Option<PathBuf>,
}

/// What the emulator says of its world, as far as a command needs it.
#[derive(Deserialize)]
pub(crate) struct World {
    pub(crate) apps: Vec<App>,
    pub(crate) people: Vec<Person>,
    pub(crate) links: Vec<Link>,
}

#[derive(Deserialize)]
pub(crate) struct App {
    pub(crate) key: String,
    pub(crate) name: String,
    #[serde(rename = "app_id")]
    pub(crate) id: i64,
}

#[derive(Deserialize)]
pub(crate) struct Person {
    pub(crate) key: String,
    pub(crate) nickname: String,
    pub(crate) email: String,
}

#[derive(Deserialize)]
pub(crate) struct Link {
    pub(crate) app: String,
    pub(crate) person: String,
}

/// Where an emulator may run: at the address that is named, else where one was started last, else at the usual port.
pub(crate) fn candidates(named: Option<&Url>, data: &Path) -> Vec<Url> {
    if let Some(url) = named {
        return vec![url.clone()];
    }
    let usual = Url::parse(USUAL_EMULATOR).expect("a constant address parses");
    Running::read(data).map(|running| running.emulator).into_iter().chain([usual]).collect()
}

impl Control {
    /// Finds the emulator of `--at` or `KAKAO_API_BASE_URL`, or one that runs on this machine.
    pub(crate) async fn find(args: &Args, asked: &args::emulator::Emulator) -> Result<Self, Failure> {
        let data = data_dir::of(args)?;
        let mut named = asked.at.clone();
        if named.is_none() {
            let mut problems = Vec::new();
            let file = settings_file(args, &data, &mut problems);
            (_, named) = KakaoApp::base_urls(&environment, &file, &mut problems);
            no_problems(&problems)?;
        }
        let http = reqwest::Client::builder()
            // What a command asks of an emulator goes nowhere else.
            .redirect(redirect::Policy::none())
            .no_proxy()
            .tls_certs_only([])
            .connect_timeout(KNOCK)
            .timeout(PATIENCE)
            .build()
            .map_err(|error| {
                Failure::system(
                    format!("HTTP 클라이언트를 만들 수 없습니다({error})."),
                    format!("The HTTP client cannot be made ({error})."),
                )
            })?;
        let mut found = ControlError::NoneRuns;
        for url in candidates(named.as_ref(), &data) {
            match knock(&http, &url).await {
                Ok(()) => return Ok(Self { http, url, note_in: named.is_none().then_some(data) }),
                // The note of the last start may be stale.
                Err(ControlError::Unanswered(_)) if named.is_none() => {}
                Err(error) => found = error,
            }
        }
        Err(found.into())
    }

    /// After a restart it may answer at another port, of which there is a new note.
    fn look_again(&mut self) {
        if let Some(running) = self.note_in.as_deref().and_then(Running::read) {
            self.url = running.emulator;
        }
    }

    /// Where it answers, without the last slash, as people write it into settings.
    pub(crate) fn origin(&self) -> String {
        origin(&self.url)
    }

    pub(crate) async fn get(&self, path: &[&str]) -> Result<Value, ControlError> {
        self.ask(Method::GET, path, |request| request).await
    }

    /// What has a number greater than this.
    pub(crate) async fn get_since(&self, path: &[&str], since: u64) -> Result<Vec<Value>, ControlError> {
        let answer = self.ask(Method::GET, path, |request| request.query(&[("since", since)])).await?;
        self.read(answer)
    }

    pub(crate) async fn post(&self, path: &[&str], body: &Value) -> Result<Value, ControlError> {
        self.ask(Method::POST, path, |request| request.json(body)).await
    }

    /// The same with a document that the emulator reads for itself.
    pub(crate) async fn post_document(&self, path: &[&str], body: String) -> Result<Value, ControlError> {
        self.ask(Method::POST, path, |request| request.body(body)).await
    }

    pub(crate) async fn delete(&self, path: &[&str]) -> Result<Value, ControlError> {
        self.ask(Method::DELETE, path, |request| request).await
    }

    pub(crate) async fn world(&self) -> Result<World, ControlError> {
        let answer = self.get(&["world"]).await?;
        self.read(answer)
    }

    pub(crate) async fn now(&self) -> Result<Timestamp, ControlError> {
        #[derive(Deserialize)]
        struct Clock {
            now: Timestamp,
        }
        let answer = self.get(&["clock"]).await?;
        Ok(self.read::<Clock>(answer)?.now)
    }

    async fn ask(
        &self,
        method: Method,
        path: &[&str],
        filled: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> Result<Value, ControlError> {
        let request = self.http.request(method, address(&self.url, path));
        answer(filled(request), &self.url).await
    }

    fn read<T: for<'de> Deserialize<'de>>(&self, answer: Value) -> Result<T, ControlError> {
        serde_json::from_value(answer).map_err(|_| ControlError::NoEmulator(origin(&self.url)))
    }
}

/// Asks whether it is an emulator, before it is asked anything else.
async fn knock(http: &reqwest::Client, url: &Url) -> Result<(), ControlError> {
    if is_kakaos(url) {
        return Err(ControlError::Kakao(origin(url)));
    }
    let health = answer(http.get(address(url, &["health"])).timeout(KNOCK), url).await?;
    let is_one = health["status"] == "ok" && health["now"].is_string();
    if is_one { Ok(()) } else { Err(ControlError::NoEmulator(origin(url))) }
}

fn is_kakaos(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_end_matches('.');
    host == "kakao.com" || host.ends_with(".kakao.com")
}

fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

fn address(url: &Url, path: &[&str]) -> Url {
    let mut address = url.clone();
    address.set_path("/_emulator/v1");
    if let Ok(mut segments) = address.path_segments_mut() {
        segments.extend(path);
    }
    address
}

/// What an emulator answers, or how it refuses; whatever else answers is none.
async fn answer(request: RequestBuilder, url: &Url) -> Result<Value, ControlError> {
    let unanswered = |_| ControlError::Unanswered(origin(url));
    let response = request.send().await.map_err(unanswered)?;
    let status = response.status();
    let body: Option<Value> = serde_json::from_str(&response.text().await.map_err(unanswered)?).ok();
    let no_emulator = || ControlError::NoEmulator(origin(url));
    let body = body.ok_or_else(no_emulator)?;
    if status.is_success() {
        return Ok(body);
    }
    Err(Refusal::read(&body).map_or_else(no_emulator, ControlError::Refused))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kakaos_own_hosts_are_known() {
        for (url, kakaos) in [
            ("https://kapi.kakao.com", true),
            ("https://kakao.com", true),
            ("http://KAUTH.kakao.com.:80/x", true),
            ("http://localhost:4100", false),
            ("http://notkakao.com", false),
            ("http://kakao.com.example.org", false),
        ] {
            assert_eq!(is_kakaos(&Url::parse(url).unwrap()), kakaos, "{url}");
        }
    }

    #[test]
    fn what_a_person_types_stays_within_its_place_in_the_path() {
        let url = Url::parse("http://localhost:4100/x?y").unwrap();
        let path = |key| address(&url, &["people", key, "messages"]).path().to_owned();
        assert_eq!(path("ryan"), "/_emulator/v1/people/ryan/messages");
        assert_eq!(path("a/b?c"), "/_emulator/v1/people/a%2Fb%3Fc/messages");
    }
}
