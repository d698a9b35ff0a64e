//! Shortening: of a secret six characters are shown, enough to tell one from another.

use serde_json::Value;

/// Fields and parameters whose value is a secret.
const SECRETS: &[&str] = &[
    "access_token",
    "refresh_token",
    "id_token",
    "id_token_hint",
    "logout_token",
    "token",
    "code",
    "code_verifier",
    "client_id",
    "client_secret",
    "app_key",
    "appkey",
    "admin_key",
    "password",
];

/// How much is shown.
const SHOWN: usize = 6;

/// What must not be shown whole of one exchange, wherever in it it stands.
#[derive(Default)]
pub(super) struct Shortening {
    /// Long enough to be told from ordinary words.
    seen: Vec<String>,
}

pub(super) fn is_secret(name: &str) -> bool {
    SECRETS.iter().any(|secret| name.eq_ignore_ascii_case(secret))
}

pub(super) fn shortened(secret: &str) -> String {
    let mut short: String = secret.chars().take(SHOWN).collect();
    if short.len() < secret.len() {
        short.push('…');
    }
    short
}

/// Of a cookie that is set, what says for how long and where; it is no secret.
const ATTRIBUTES: [&str; 5] = ["path", "max-age", "samesite", "expires", "domain"];

/// `name=abcdef…; name=abcdef…`
pub(super) fn cookies(value: &str) -> String {
    let cookie = |cookie: &str| match cookie.split_once('=') {
        Some((name, secret)) if !ATTRIBUTES.contains(&&*name.trim().to_lowercase()) => {
            format!("{name}={}", shortened(secret))
        }
        _ => cookie.to_owned(),
    };
    value.split(';').map(cookie).collect::<Vec<_>>().join(";")
}

/// `Bearer abcdef…`
pub(crate) fn shortened_authorization(value: &str) -> String {
    Shortening::default().authorization(value)
}

impl Shortening {
    /// A value by its name; what was a secret once is one wherever it is repeated, as in Kakao's error texts.
    pub(super) fn value(&mut self, name: &str, value: &str) -> String {
        if !is_secret(name) {
            return self.text(value);
        }
        if value.len() > SHOWN {
            self.seen.push(value.to_owned());
        }
        shortened(value)
    }

    pub(super) fn text(&self, text: &str) -> String {
        self.seen
            .iter()
            .fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), &shortened(secret)))
    }

    /// `Bearer abcdef…`
    pub(super) fn authorization(&mut self, value: &str) -> String {
        match value.split_once(' ') {
            Some((scheme, secret)) => format!("{scheme} {}", self.value("token", secret.trim())),
            None => self.value("token", value),
        }
    }

    /// An address, with the secrets of its query shortened.
    pub(super) fn address(&mut self, address: &str) -> String {
        match address.split_once('?') {
            Some((place, query)) => format!("{place}?{}", self.pairs(query)),
            None => self.text(address),
        }
    }

    /// A query or a form as it was sent.
    fn pairs(&mut self, pairs: &str) -> String {
        let pair = |pair: &str| match pair.split_once('=') {
            Some((name, value)) => format!("{name}={}", self.value(name, value)),
            None => self.text(pair),
        };
        pairs.split('&').map(pair).collect::<Vec<_>>().join("&")
    }

    /// A body of no kind we can read: perhaps a form that is labelled as something else, or JSON that breaks off.
    pub(super) fn unreadable(&mut self, body: &str) -> String {
        let mut pieces: Vec<String> = body.split('"').map(|piece| self.pairs(piece)).collect();
        for value in 3..pieces.len() {
            if pieces[value - 1].trim() == ":" && is_secret(&pieces[value - 2]) {
                pieces[value] = shortened(&pieces[value]);
            }
        }
        pieces.join("\"")
    }

    /// JSON, with every secret in it shortened.
    pub(super) fn json(&mut self, value: &mut Value) {
        self.named_json("", value);
    }

    fn named_json(&mut self, name: &str, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.value(name, text),
            Value::Array(elements) => elements.iter_mut().for_each(|element| self.named_json(name, element)),
            Value::Object(fields) => fields.iter_mut().for_each(|(name, value)| self.named_json(name, value)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}
