//! A running emulator and the requests that services, browsers and tests send to it.

use std::sync::LazyLock;

use katok_emulator::{Clock, Decision, Emulator, Options, Seed};
use reqwest::header::{CONTENT_TYPE, COOKIE, HOST, HeaderMap, LOCATION, SET_COOKIE};
use reqwest::{Client, Method, Request, RequestBuilder, StatusCode, redirect};
use serde_json::{Value, json};
use url::Url;

use crate::openapi::{Exchange, check_exchange};

pub(crate) const REST_API_KEY: &str = "de300de300de300de300de300de30001";
pub(crate) const CLIENT_SECRET: &str = "de305ec7de305ec7de305ec7de305ec7";
pub(crate) const ADMIN_KEY: &str = "de30ad31de30ad31de30ad31de30ad31";
pub(crate) const REDIRECT_URI: &str = "http://localhost:4000/redirect";

/// With a name before it, more than a request may hold.
pub(crate) static TOO_LARGE: LazyLock<String> = LazyLock::new(|| "x".repeat(2 * 1024 * 1024));

/// A running emulator with a client that neither follows redirects nor keeps cookies.
pub(crate) struct Kakao {
    pub(crate) emulator: Emulator,
    pub(crate) client: Client,
}

/// What a call answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) async fn of(request: RequestBuilder) -> Self {
        let (client, request) = request.build_split();
        let asked = request.unwrap();
        let copy = RequestBuilder::from_parts(client, asked.try_clone().unwrap());
        let answer = Self::spoilt(copy).await;
        answer.check_against_the_description(&asked);
        answer
    }

    /// Of an exchange with a scripted fault, which need not look like anything Kakao answers.
    pub(crate) async fn spoilt(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Self { status, headers, body }
    }

    /// Whatever a test is about, no answer may contradict what is published about Kakao's API.
    fn check_against_the_description(&self, asked: &Request) {
        let header = |headers: &HeaderMap, name| {
            headers.get(name).map(|value| value.to_str().unwrap_or_default().to_owned()).unwrap_or_default()
        };
        let query = asked.url().query_pairs().into_owned();
        let form = asked.body().and_then(reqwest::Body::as_bytes).unwrap_or_default();
        let is_form = header(asked.headers(), CONTENT_TYPE).starts_with("application/x-www-form-urlencoded");
        let form = url::form_urlencoded::parse(if is_form { form } else { &[] });
        let given = query.chain(form.into_owned()).collect();
        let is_multipart = header(asked.headers(), CONTENT_TYPE).starts_with("multipart/");
        let exchange = Exchange {
            host: &match header(asked.headers(), HOST) {
                host if host.is_empty() => asked.url().authority().to_owned(),
                host => host,
            },
            method: asked.method().as_str(),
            path: asked.url().path(),
            parameters: (!is_multipart).then_some(given),
            status: self.status.as_u16(),
            content_type: &header(&self.headers, CONTENT_TYPE),
            body: &self.body,
        };
        if let Err(what) = check_exchange(&exchange) {
            panic!("{what}");
        }
    }

    /// The body of a success.
    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        assert_eq!(self.status, 200, "{}", self.body);
        self.body
    }

    /// Status and body, to be compared with a refusal.
    pub(crate) fn refusal(self) -> (u16, Value) {
        (self.status.as_u16(), self.body)
    }
}

impl Kakao {
    /// The built-in world without OpenID Connect, which has tests of its own: here `scope` is what was agreed to.
    pub(crate) async fn start() -> Self {
        Self::start_from(built_in_but(|seed| seed.apps[0].oidc = false)).await
    }

    /// With a world of its own, at a fixed time.
    pub(crate) async fn start_from(seed: Seed) -> Self {
        let clock = Clock::stopped_at("2026-03-01T00:00:00Z".parse().unwrap());
        Self::start_with(Options { seed, clock: Some(clock), ..Options::default() }).await
    }

    pub(crate) async fn start_with(options: Options) -> Self {
        let emulator = Emulator::start(options).await.unwrap();
        let client = Client::builder().redirect(redirect::Policy::none()).no_proxy().build().unwrap();
        Self { emulator, client }
    }

    pub(crate) fn url(&self, path: &str) -> Url {
        self.emulator.base_url().join(path).unwrap()
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(self.url(path))
    }

    pub(crate) fn post(&self, path: &str) -> RequestBuilder {
        self.client.post(self.url(path))
    }

    /// The authorize address of the app `demo`, with some parameters changed or added; an empty value leaves one out.
    pub(crate) fn authorize_url(&self, changes: &[(&str, &str)]) -> Url {
        let mut parameters =
            vec![("client_id", REST_API_KEY), ("redirect_uri", REDIRECT_URI), ("response_type", "code")];
        for (name, value) in changes {
            parameters.retain(|(given, _)| given != name);
            if !value.is_empty() {
                parameters.push((name, value));
            }
        }
        let mut url = self.url("/oauth/authorize");
        url.query_pairs_mut().extend_pairs(parameters);
        url
    }

    pub(crate) fn approve(&self, person: &str, scopes: &[&str]) -> Url {
        let url = self.authorize_url(&[("scope", &scopes.join(","))]);
        self.emulator.approve(&url, person, &Decision::Allow).unwrap()
    }

    /// A code for what the person agrees to when asked for everything.
    pub(crate) fn code(&self, person: &str) -> String {
        parameter(&self.approve(person, &[]), "code").unwrap()
    }

    /// Asks for tokens; the app's key, secret and redirect address stand in unless said otherwise.
    pub(crate) async fn token(&self, changes: &[(&str, &str)]) -> Answer {
        let mut form = vec![
            ("client_id", REST_API_KEY),
            ("client_secret", CLIENT_SECRET),
            ("redirect_uri", REDIRECT_URI),
            ("grant_type", "authorization_code"),
        ];
        for (name, value) in changes {
            form.retain(|(given, _)| given != name);
            form.push((name, value));
        }
        Answer::of(self.post("/oauth/token").form(&form)).await
    }

    pub(crate) async fn refresh(&self, refresh_token: &str) -> Answer {
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", refresh_token)]).await
    }

    /// The token answer of somebody who signed in and agreed to everything.
    pub(crate) async fn log_in(&self, person: &str) -> Value {
        let code = self.code(person);
        self.token(&[("code", &code)]).await.ok()
    }

    pub(crate) async fn access_token(&self, person: &str) -> String {
        text(&self.log_in(person).await["access_token"])
    }

    /// The token of somebody who agreed to these in-use items as well.
    pub(crate) async fn access_token_with(&self, person: &str, scopes: &[&str]) -> String {
        let code = parameter(&self.approve(person, scopes), "code").unwrap();
        text(&self.token(&[("code", &code)]).await.ok()["access_token"])
    }

    /// A call by the admin key of the app `demo`; a GET with query parameters, a POST with a form.
    pub(crate) async fn admin(&self, method: Method, path: &str, parameters: &[(&str, &str)]) -> Answer {
        let is_get = method == Method::GET;
        let request = self.client.request(method, self.url(path));
        let request = request.header("authorization", format!("KakaoAK {ADMIN_KEY}"));
        Answer::of(if is_get { request.query(parameters) } else { request.form(parameters) }).await
    }

    pub(crate) async fn me(&self, token: &str) -> Answer {
        Answer::of(self.get("/v2/user/me").bearer_auth(token)).await
    }

    pub(crate) async fn send_to_me(&self, token: &str, template_object: &Value) -> Answer {
        let form = [("template_object", template_object.to_string())];
        Answer::of(self.post("/v2/api/talk/memo/default/send").bearer_auth(token).form(&form)).await
    }

    pub(crate) async fn send_to_friends(&self, token: &str, uuids: &[&str], text: &str) -> Answer {
        let form =
            [("receiver_uuids", json!(uuids).to_string()), ("template_object", hello(text).to_string())];
        let request = self.post("/v1/api/talk/friends/message/default/send").bearer_auth(token);
        Answer::of(request.form(&form)).await
    }

    /// Sends with a call that takes these fields.
    pub(crate) async fn call(&self, token: &str, path: &str, form: &[(&str, &str)]) -> Answer {
        Answer::of(self.post(path).bearer_auth(token).form(form)).await
    }

    pub(crate) async fn friends(&self, token: &str, query: &str) -> Answer {
        Answer::of(self.get(&format!("/v1/api/talk/friends?{query}")).bearer_auth(token)).await
    }

    /// The uuid by which the app `demo` knows a friend of ryan's.
    pub(crate) async fn uuid(&self, token: &str, nickname: &str) -> String {
        let friends = self.friends(token, "limit=100").await.ok();
        let mut elements = friends["elements"].as_array().unwrap().iter();
        text(&elements.find(|friend| friend["profile_nickname"] == nickname).unwrap()["uuid"])
    }

    /// A browser in which nobody is signed in.
    pub(crate) fn browser(&self) -> Browser<'_> {
        Browser { kakao: self, cookie: None }
    }
}

/// A browser as far as Kakao's pages need one: it keeps the cookie and fills in forms.
pub(crate) struct Browser<'a> {
    kakao: &'a Kakao,
    pub(crate) cookie: Option<String>,
}

impl Browser<'_> {
    pub(crate) async fn open(&self, url: &Url) -> Shown {
        self.send(self.kakao.client.get(url.clone())).await
    }

    /// Presses a submit button on the page, with these fields filled in.
    pub(crate) async fn submit(&mut self, action: &str, fields: &[(&str, &str)]) -> Shown {
        let shown = self.send(self.kakao.post(action).form(fields)).await;
        if let Some(cookie) = &shown.cookie {
            self.cookie = Some(cookie.split(';').next().unwrap().to_owned());
        }
        shown
    }

    /// Signs in with one click and follows to whatever comes next.
    pub(crate) async fn sign_in(&mut self, url: &Url, person: &str) -> Shown {
        let page = self.open(url).await;
        let action = page.form_action("sign_in");
        let redirect = self.submit(&action, &[("person", person)]).await;
        self.open(&self.kakao.url(&redirect.location.unwrap())).await
    }

    async fn send(&self, request: RequestBuilder) -> Shown {
        let request = match &self.cookie {
            Some(cookie) => request.header(COOKIE, cookie),
            None => request,
        };
        Shown::new(&Answer::of(request).await)
    }
}

/// What a browser shows.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) status: StatusCode,
    pub(crate) location: Option<String>,
    pub(crate) cookie: Option<String>,
    pub(crate) html: String,
    pub(crate) policy: String,
}

impl Shown {
    fn new(answer: &Answer) -> Self {
        let header = |name: &str| answer.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
        Self {
            status: answer.status,
            location: header(LOCATION.as_str()),
            cookie: header(SET_COOKIE.as_str()),
            policy: header("content-security-policy").unwrap_or_default(),
            html: answer.body.as_str().unwrap_or_default().to_owned(),
        }
    }

    /// Where the form of this name posts to.
    #[track_caller]
    pub(crate) fn form_action(&self, name: &str) -> String {
        let start = format!("action=\"/oauth/authorize/{name}?");
        let (_, rest) = self.html.split_once(&start).unwrap_or_else(|| panic!("no form: {}", self.html));
        let query = rest.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
        format!("/oauth/authorize/{name}?{query}")
    }

    /// Where the browser was sent to, which must be the service.
    #[track_caller]
    pub(crate) fn redirect(&self) -> Url {
        assert_eq!(self.status, 302, "{}", self.html);
        let url = Url::parse(self.location.as_ref().unwrap()).unwrap();
        assert!(url.as_str().starts_with(REDIRECT_URI), "{url}");
        url
    }
}

pub(crate) fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(given, _)| given == name).map(|(_, value)| value.into_owned())
}

#[track_caller]
pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// A world that is the built-in one but for this.
pub(crate) fn built_in_but(change: impl FnOnce(&mut Seed)) -> Seed {
    let mut seed = Seed::built_in();
    change(&mut seed);
    seed
}

/// What a refusal looks like.
pub(crate) fn refusal(status: u16, code: i32, msg: &str) -> (u16, Value) {
    (status, json!({"msg": msg, "code": code}))
}

/// A web site of the service's own on this machine; answers where it is.
pub(crate) async fn web_site(pages: axum::Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, pages).await });
    format!("http://localhost:{}", address.port())
}

/// A text message that Kakao takes without a word.
pub(crate) fn hello(text: &str) -> Value {
    json!({"object_type": "text", "text": text, "link": {"web_url": "http://localhost:4000/"}})
}
