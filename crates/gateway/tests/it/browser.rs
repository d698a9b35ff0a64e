//! A browser as far as the gateway can tell: cookies, no redirects followed on its own.

use std::collections::BTreeMap;
use std::sync::Mutex;

use katok_emulator::{Decision, Emulator};
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Method, StatusCode};
use serde_json::Value;
use url::Url;

use crate::openapi;

pub(crate) struct Browser {
    http: reqwest::Client,
    home: Url,
    cookies: Mutex<BTreeMap<String, String>>,
}

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: String,
}

pub(crate) fn http() -> reqwest::Client {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .tls_certs_only([])
        .build()
        .unwrap()
}

impl Browser {
    pub(crate) fn new(home: &Url) -> Self {
        Self { http: http(), home: home.clone(), cookies: Mutex::default() }
    }

    /// The same cookies in another window.
    pub(crate) fn copy(&self) -> Self {
        let cookies = Mutex::new(self.cookies.lock().unwrap().clone());
        Self { http: self.http.clone(), home: self.home.clone(), cookies }
    }

    /// The same cookies at another gateway: a load balancer would show them to both.
    pub(crate) fn copy_at(&self, home: &Url) -> Self {
        Self { home: home.clone(), ..self.copy() }
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().unwrap().get(name).cloned()
    }

    pub(crate) fn forget_cookie(&self, name: &str) {
        self.cookies.lock().unwrap().remove(name);
    }

    pub(crate) fn cookie_names(&self) -> Vec<String> {
        self.cookies.lock().unwrap().keys().cloned().collect()
    }

    pub(crate) async fn get(&self, path: &str) -> Page {
        self.get_url(&self.home.join(path).unwrap()).await
    }

    pub(crate) async fn get_url(&self, url: &Url) -> Page {
        self.send(self.http.get(url.clone())).await
    }

    pub(crate) async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Page {
        self.request_with(Method::GET, path, headers).await
    }

    pub(crate) async fn request_with(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Page {
        let mut request = self.http.request(method, self.home.join(path).unwrap());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Page {
        self.send(self.http.post(self.home.join(path).unwrap()).json(&body)).await
    }

    /// A form of our own page, as a browser posts it.
    pub(crate) async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let form = self.http.post(self.home.join(path).unwrap()).form(fields);
        self.send(form.header("sec-fetch-site", "same-origin").header("sec-fetch-dest", "document")).await
    }

    /// The same as a script of the page posts it.
    pub(crate) async fn submit_by_script(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let form = self.http.post(self.home.join(path).unwrap()).form(fields);
        self.send(form.header("sec-fetch-site", "same-origin").header("accept", "application/json")).await
    }

    pub(crate) async fn send(&self, request: reqwest::RequestBuilder) -> Page {
        let cookies: Vec<String> =
            self.cookies.lock().unwrap().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = request.header(COOKIE, cookies.join("; ")).build().unwrap();
        let (method, path) = (request.method().clone(), request.url().path().to_owned());
        let answer = self.http.execute(request).await.unwrap();
        for set in answer.headers().get_all(SET_COOKIE) {
            let set = set.to_str().unwrap();
            let (name, value) = set.split(';').next().unwrap().split_once('=').unwrap();
            let mut cookies = self.cookies.lock().unwrap();
            if set.contains("Max-Age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let (status, headers) = (answer.status(), answer.headers().clone());
        let page = Page { status, headers, body: answer.text().await.unwrap() };
        openapi::check(&method, &path, &page);
        page
    }

    /// Begins at `path`, lets the person agree to everything, comes back.
    pub(crate) async fn sign_in(&self, emulator: &Emulator, person: &str, path: &str) {
        let authorize = self.get(path).await.location();
        let back = emulator.approve(&authorize, person, &Decision::Allow).unwrap();
        self.get_url(&back).await.found("/index.html?login=success");
    }
}

impl Page {
    pub(crate) fn location(&self) -> Url {
        assert_eq!(self.status, StatusCode::FOUND, "{}", self.body);
        Url::parse(self.headers[LOCATION].to_str().unwrap()).unwrap()
    }

    pub(crate) fn found(&self, path: &str) {
        assert_eq!(self.status, StatusCode::FOUND, "{}", self.body);
        assert_eq!(self.headers[LOCATION].to_str().unwrap(), path);
    }

    /// Sent on after a form was posted.
    pub(crate) fn see_other(&self) -> &str {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.body);
        self.headers[LOCATION].to_str().unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.body))
    }

    /// Checks the status of a JSON answer and returns it.
    pub(crate) fn is(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self.json()
    }
}
