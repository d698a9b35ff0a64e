//! What `curl` with a cookie jar sees of the gateway.

use std::collections::BTreeMap;

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use serde_json::Value;
use url::Url;

use crate::emulator::{self, Emulator};

/// One cookie jar.
pub(crate) struct Curl {
    http: reqwest::Client,
    jar: BTreeMap<String, String>,
}

/// An answer, read whole.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) location: String,
    pub(crate) body: String,
}

impl Curl {
    pub(crate) fn new() -> Self {
        Self { http: emulator::http(), jar: BTreeMap::new() }
    }

    /// The same cookies in another hand.
    pub(crate) fn copy(&self) -> Self {
        Self { http: self.http.clone(), jar: self.jar.clone() }
    }

    pub(crate) async fn get(&mut self, url: Url) -> Answer {
        self.send(self.http.get(url)).await
    }

    pub(crate) async fn post(&mut self, url: Url, body: &Value) -> Answer {
        self.send(self.http.post(url).json(body)).await
    }

    async fn send(&mut self, request: reqwest::RequestBuilder) -> Answer {
        let cookies: Vec<_> = self.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let answer = request.header(COOKIE, cookies.join("; ")).send().await.unwrap();
        for set in answer.headers().get_all(SET_COOKIE) {
            let (name, rest) = set.to_str().unwrap().split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            self.jar.insert(name.to_owned(), value.to_owned());
        }
        let location = answer.headers().get(LOCATION).map(|location| location.to_str().unwrap().to_owned());
        Answer {
            status: answer.status().as_u16(),
            location: location.unwrap_or_default(),
            body: answer.text().await.unwrap(),
        }
    }

    /// The values of all cookies.
    pub(crate) fn cookies(&self) -> impl Iterator<Item = String> {
        self.jar.values().filter(|value| !value.is_empty()).cloned()
    }

    /// Signs somebody in at the gateway, who agrees to everything.
    pub(crate) async fn sign_in(&mut self, gateway: &Url, emulator: &Emulator, person: &str) {
        let kakao = self.get(gateway.join("/authorize").unwrap()).await.location;
        let returned = emulator.approve(&kakao, person, None).await;
        let answer = self.get(Url::parse(&returned).unwrap()).await;
        assert_eq!(answer.location, "/index.html?login=success", "{}", answer.body);
    }
}

impl Answer {
    /// The body, which has to be JSON of a success.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.body);
        serde_json::from_str(&self.body).unwrap()
    }
}
