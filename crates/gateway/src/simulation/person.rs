//! Somebody with a browser, and the program that sends in their name.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HOST, LOCATION, SET_COOKIE};
use http::{Method, Request, Response};
use serde_json::{Value, json};
use url::Url;

use super::kakao::{HOME, Kakao};
use super::process::{Died, Process};

/// A gateway's answer.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Value,
    location: Option<Url>,
}

#[derive(Default)]
pub(super) struct Person {
    cookies: BTreeMap<String, String>,
    /// What their program shows.
    pub(super) key: Option<String>,
    /// The friends they may send to, by who they are.
    pub(super) friends: BTreeMap<usize, String>,
    /// Whether their login is to live on: they have signed in, and done nothing that ends it.
    pub(super) is_signed_in: bool,
    /// Whether their program may send, as far as they know.
    pub(super) has_agreed: bool,
}

impl Person {
    /// Whether nothing is missing to send in their name.
    pub(super) fn is_sound(&self) -> bool {
        self.is_signed_in && self.has_agreed && self.key.is_some()
    }

    /// Asks as their program does.
    pub(super) fn by_key(
        &self,
        gateway: &Process,
        method: Method,
        path: &str,
        body: Option<&Value>,
        idempotency_key: Option<&str>,
    ) -> Result<Answer, Died> {
        let mut request = request(method, path, body);
        let key = format!("Bearer {}", self.key.as_deref().unwrap_or_default());
        request.headers_mut().insert(AUTHORIZATION, key.parse().unwrap());
        if let Some(key) = idempotency_key {
            request.headers_mut().insert("idempotency-key", key.parse().unwrap());
        }
        Ok(Answer::of(&gateway.ask(request)?))
    }

    /// Asks as their browser does, which has the cookies.
    pub(super) fn by_browser(
        &mut self,
        gateway: &Process,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Answer, Died> {
        let mut request = request(method, path, body);
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        request.headers_mut().insert(COOKIE, cookies.join("; ").parse().unwrap());
        let response = gateway.ask_patiently(request)?;
        for set in response.headers().get_all(SET_COOKIE) {
            let set = set.to_str().unwrap();
            let (name, value) = set.split(';').next().unwrap().split_once('=').unwrap();
            if set.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        Ok(Answer::of(&response))
    }

    /// Follows a link of the gateway's to Kakao, agrees to everything and comes back; says whether they are signed in.
    pub(super) fn agree(
        &mut self,
        gateway: &Process,
        kakao: &Kakao,
        number: usize,
        path: &str,
    ) -> Result<bool, Died> {
        let Some(authorize) = self.by_browser(gateway, Method::GET, path, None)?.location else {
            return Ok(false);
        };
        let Some(back) = kakao.agree(&authorize, number) else { return Ok(false) };
        let back = format!("{}?{}", back.path(), back.query().unwrap_or_default());
        let answer = self.by_browser(gateway, Method::GET, &back, None)?;
        let home = answer.location.map(|location| location.path().to_owned());
        let is_home = home.is_some_and(|path| path == "/index.html" || path.starts_with("/consent/"));
        self.is_signed_in |= is_home;
        self.has_agreed |= is_home;
        Ok(is_home)
    }

    /// Gets a key for their program, unless it has one that is taken.
    pub(super) fn equip(&mut self, gateway: &Process) -> Result<bool, Died> {
        if self.key.is_some()
            && self.by_key(gateway, Method::GET, "/v1/messages?limit=1", None, None)?.status == 200
        {
            return Ok(true);
        }
        let wish = json!({"name": "year", "scopes": ["send:me", "send:friends", "read"]});
        let made = self.by_browser(gateway, Method::POST, "/v1/keys", Some(&wish))?;
        let key = made.body["key"].as_str().map(str::to_owned);
        let is_equipped = key.is_some();
        self.key = key.or(self.key.take());
        Ok(is_equipped)
    }

    /// Looks up their friends.
    pub(super) fn meet_friends(&mut self, gateway: &Process, people: &[&str]) -> Result<(), Died> {
        let friends = self.by_key(gateway, Method::GET, "/v1/friends", None, None)?.body;
        for friend in friends["friends"].as_array().into_iter().flatten() {
            let name = friend["profile_nickname"].as_str().unwrap_or_default();
            let uuid = friend["uuid"].as_str().unwrap_or_default();
            if let Some(number) = people.iter().position(|key| *key == name) {
                self.friends.insert(number, uuid.to_owned());
            }
        }
        Ok(())
    }
}

impl Answer {
    fn of(response: &Response<Bytes>) -> Self {
        let location = response.headers().get(LOCATION).and_then(|location| location.to_str().ok());
        Self {
            status: response.status().as_u16(),
            body: serde_json::from_slice(response.body()).unwrap_or_default(),
            location: location.and_then(|location| Url::parse(HOME).unwrap().join(location).ok()),
        }
    }
}

fn request(method: Method, path: &str, body: Option<&Value>) -> Request<Bytes> {
    let request = Request::builder().method(method).uri(path).header(HOST, "localhost:4000");
    let request = match body {
        Some(body) => request.header(CONTENT_TYPE, "application/json").body(body.to_string().into()),
        None => request.body(Bytes::new()),
    };
    request.unwrap()
}
