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
        let Some((place, query)) = address.split_once('?') else { return self.text(address) };
        let pair = |pair: &str| match pair.split_once('=') {
            Some((name, value)) => format!("{name}={}", self.value(name, value)),
            None => pair.to_owned(),
        };
        let query: Vec<String> = query.split('&').map(pair).collect();
        format!("{place}?{}", query.join("&"))
    }

    /// JSON, with every secret in it shortened.
    pub(super) fn json(&mut self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.text(text),
            Value::Array(elements) => elements.iter_mut().for_each(|element| self.json(element)),
            Value::Object(fields) => {
                for (name, value) in fields {
                    match value {
                        Value::String(text) => *text = self.value(name, text),
                        other => self.json(other),
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}
