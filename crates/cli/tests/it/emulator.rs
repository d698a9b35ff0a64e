//! The emulator as tests reach it: through its control API, and seeds for it.

use serde_json::{Value, json};
use url::Url;

/// An emulator that runs somewhere.
pub(crate) struct Emulator {
    http: reqwest::Client,
    url: Url,
}

/// A client that follows no redirect, and like curl opens a connection for each request.
pub(crate) fn http() -> reqwest::Client {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    client.pool_max_idle_per_host(0).no_proxy().tls_certs_only([]).build().unwrap()
}

impl Emulator {
    pub(crate) fn at(url: Url) -> Self {
        Self { http: http(), url }
    }

    /// Its address without the last slash, as people write it into settings.
    pub(crate) fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// Its page of all people and their chat rooms.
    pub(crate) fn people_page(&self) -> String {
        self.control("/_emulator/").to_string()
    }

    /// One of its own pages.
    pub(crate) fn page(&self, name: &str) -> String {
        self.control(&format!("/_emulator/{name}")).to_string()
    }

    fn control(&self, path: &str) -> Url {
        self.url.join(path).unwrap()
    }

    async fn ask(&self, path: &str) -> Value {
        answer(self.http.get(self.control(path))).await
    }

    async fn tell(&self, path: &str, body: &Value) -> Value {
        answer(self.http.post(self.control(path)).json(body)).await
    }

    /// Where the person's browser ends who agrees to these optional items, or to all.
    pub(crate) async fn approve(&self, authorize_url: &str, person: &str, scopes: Option<&[&str]>) -> String {
        let mut approval = json!({"authorize_url": authorize_url, "person": person, "decision": "allow"});
        if let Some(scopes) = scopes {
            approval["scopes"] = json!(scopes);
        }
        self.redirect_url(&approval).await
    }

    /// Where the person's browser ends who presses cancel.
    pub(crate) async fn cancel(&self, authorize_url: &str, person: &str) -> String {
        self.redirect_url(&json!({"authorize_url": authorize_url, "person": person, "decision": "deny"}))
            .await
    }

    async fn redirect_url(&self, approval: &Value) -> String {
        let answer = self.tell("/_emulator/v1/approve", approval).await;
        answer["redirect_url"].as_str().unwrap().to_owned()
    }

    /// What stands in the person's chat rooms, oldest first.
    pub(crate) async fn messages(&self, person: &str) -> Vec<Value> {
        let messages = self.ask(&format!("/_emulator/v1/people/{person}/messages")).await;
        messages.as_array().unwrap().clone()
    }

    /// The texts in the person's chat rooms, oldest first.
    pub(crate) async fn texts(&self, person: &str) -> Vec<String> {
        let text = |message: &Value| message["template_object"]["text"].as_str().unwrap().to_owned();
        self.messages(person).await.iter().map(text).collect()
    }

    /// Has it do something wrong from now on.
    pub(crate) async fn fault(&self, fault: &Value) {
        self.tell("/_emulator/v1/faults", fault).await;
    }

    /// Has it do everything right again.
    pub(crate) async fn heal(&self) {
        let answer = self.http.delete(self.control("/_emulator/v1/faults")).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
    }

    pub(crate) async fn advance_hours(&self, hours: u32) {
        self.tell("/_emulator/v1/clock", &json!({"advance_seconds": hours * 3600})).await;
    }

    /// Lets a refresh token have so long to live from now on.
    pub(crate) async fn age(&self, refresh_token: &str, remaining_seconds: u32) {
        let body = json!({"refresh_token": refresh_token, "remaining_seconds": remaining_seconds});
        self.tell("/_emulator/v1/tokens/age", &body).await;
    }

    /// Ends an access token, as if its time had come.
    pub(crate) async fn expire(&self, access_token: &str) {
        self.tell("/_emulator/v1/tokens/expire", &json!({"access_token": access_token})).await;
    }

    /// Every exchange with it, as its journal has them.
    pub(crate) async fn journal(&self) -> Vec<Value> {
        self.ask("/_emulator/v1/journal").await.as_array().unwrap().clone()
    }

    /// Begins anew with another world; without anything in it, the built-in one.
    pub(crate) async fn reset(&self, seed: &Value) {
        self.tell("/_emulator/v1/reset", seed).await;
    }

    /// What time it is there.
    pub(crate) async fn world_time(&self) -> jiff::Timestamp {
        self.ask("/_emulator/v1/clock").await["now"].as_str().unwrap().parse().unwrap()
    }

    pub(crate) async fn world(&self) -> Value {
        self.ask("/_emulator/v1/world").await
    }

    /// Makes Kakao take its time over the next so many requests to a path.
    pub(crate) async fn delays(&self, path: &str, times: u32, milliseconds: u32) {
        let fault = json!({"match": {"path": path}, "times": times, "then": {"delay_ms": milliseconds}});
        self.tell("/_emulator/v1/faults", &fault).await;
    }

    /// Waits until all requests that are to be delayed have arrived.
    pub(crate) async fn is_at_work_on_all(&self) {
        let has_more = |fault: &Value| fault["remaining"].as_u64() != Some(0);
        while self.ask("/_emulator/v1/faults").await.as_array().unwrap().iter().any(has_more) {
            tokio::task::yield_now().await;
        }
    }

    /// Whether the person is signed up to the first app.
    pub(crate) async fn is_linked(&self, person: &str) -> bool {
        self.world().await["links"].as_array().unwrap().iter().any(|link| link["person"] == person)
    }
}

async fn answer(request: reqwest::RequestBuilder) -> Value {
    let answer = request.send().await.unwrap();
    let (status, body) = (answer.status(), answer.text().await.unwrap());
    assert!(status.is_success(), "{status}: {body}");
    serde_json::from_str(&body).unwrap()
}

/// A seed of one app, which sends people back to this address, and two friends, one of them signed up.
pub(crate) fn seed(redirect_uri: &str) -> String {
    format!(
        "
apps:
  - key: shop
    redirect_uris: [\"{redirect_uri}\"]
    web_domains: [\"http://localhost:4000\"]
    consent_items:
      - {{id: profile_nickname, level: required}}
      - {{id: friends, level: optional}}
      - {{id: talk_message, level: optional}}
    permissions: [friends, message]
people:
  - {{key: ryan, nickname: 라이언}}
  - {{key: apeach, nickname: 어피치}}
friendships:
  - {{of: ryan, with: apeach}}
links:
  - {{app: shop, person: apeach}}
"
    )
}
