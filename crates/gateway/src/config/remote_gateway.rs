//! The gateway that `katok send` and others go through, instead of tokens of one's own.

use std::fmt;

use url::Url;
use zeroize::Zeroizing;

use super::{Environment, SettingsFile, is_loopback, read, read_secret_file, set, whole_site};
use crate::api_key::ApiKey;
use crate::sentence::Sentence;

/// An API key of that gateway; never printed.
pub struct RemoteKey(ApiKey);

impl RemoteKey {
    /// What stands after `Bearer`.
    #[must_use]
    pub fn as_bearer(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Debug for RemoteKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RemoteKey([redacted])")
    }
}

/// A gateway somewhere, and what lets one in.
#[derive(Debug)]
pub struct RemoteGateway {
    /// `KATOK_GATEWAY_URL`, without a path.
    pub url: Url,
    /// `KATOK_API_KEY[_FILE]`.
    pub api_key: RemoteKey,
}

impl RemoteGateway {
    /// Reads file and environment; `None` when nobody named a gateway, or something is wrong. A variable that is set to
    /// nothing takes away the file's gateway for one run.
    pub fn read(env: Environment<'_>, file: &SettingsFile, problems: &mut Vec<Sentence>) -> Option<Self> {
        if env("KATOK_GATEWAY_URL").is_some_and(|url| url.is_empty()) {
            return None;
        }
        let url = set(env, "KATOK_GATEWAY_URL").or_else(|| file.remote.gateway_url.clone())?;
        let url = whole_site("KATOK_GATEWAY_URL", &url, problems);
        let api_key = api_key(env, file, problems);
        let may_be_read = plain_http_is_allowed(env, file, problems);
        let url = url.filter(|url| {
            let is_safe = url.scheme() == "https" || is_loopback(url) || may_be_read;
            if !is_safe {
                problems.push(Sentence::new(
                    "KATOK_GATEWAY_URL이 https가 아니어서 가는 길의 누구나 API 키를 읽을 수 있습니다. https 주소를 쓰거나, 믿을 수 있는 네트워크라면 KATOK_GATEWAY_PLAIN_HTTP=allow로 허용하세요.",
                    "KATOK_GATEWAY_URL is not https, so anybody on the way could read the API key. Use an https address, or allow it by KATOK_GATEWAY_PLAIN_HTTP=allow where you trust the network.",
                ));
            }
            is_safe
        });
        Some(Self { url: url?, api_key: api_key? })
    }
}

fn api_key(env: Environment<'_>, file: &SettingsFile, problems: &mut Vec<Sentence>) -> Option<RemoteKey> {
    let before = problems.len();
    let text = read(env, "KATOK_API_KEY", problems).or_else(|| {
        let path = file.remote.api_key_file.as_ref()?;
        read_secret_file("remote.api_key_file", path, problems)
    });
    let Some(text) = text.map(Zeroizing::new) else {
        if problems.len() == before {
            problems.push(Sentence::new(
                "KATOK_GATEWAY_URL은 있는데 KATOK_API_KEY가 없습니다. 게이트웨이의 /account 페이지에서 API 키를 만들어 KATOK_API_KEY나 KATOK_API_KEY_FILE로 주세요.",
                "KATOK_GATEWAY_URL is set and KATOK_API_KEY is not. Make an API key on the gateway's page /account, and give it as KATOK_API_KEY or KATOK_API_KEY_FILE.",
            ));
        }
        return None;
    };
    let key = ApiKey::presented(&text).map(RemoteKey);
    if key.is_none() {
        problems.push(Sentence::new(
            "KATOK_API_KEY의 API 키가 잘렸거나 잘못 적혔습니다. ktk_로 시작하는 키 전체를 다시 복사하세요.",
            "The API key of KATOK_API_KEY is cut short or mistyped. Copy all of it again, beginning with ktk_.",
        ));
    }
    key
}

/// Whether the key may cross a network where others can read it.
fn plain_http_is_allowed(env: Environment<'_>, file: &SettingsFile, problems: &mut Vec<Sentence>) -> bool {
    let text = set(env, "KATOK_GATEWAY_PLAIN_HTTP").or_else(|| file.remote.plain_http.clone());
    match text.as_deref() {
        None | Some("deny") => false,
        Some("allow") => true,
        Some(_) => {
            problems.push(Sentence::new(
                "KATOK_GATEWAY_PLAIN_HTTP 값은 deny 또는 allow여야 합니다.",
                "KATOK_GATEWAY_PLAIN_HTTP must be deny or allow.",
            ));
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use katok_client::SystemChance;

    /// The gateway that is found, and what is wrong.
    fn found(settings: &[(&str, &str)]) -> (Option<RemoteGateway>, Vec<String>) {
        let env =
            |name: &str| settings.iter().find(|(set, _)| *set == name).map(|(_, value)| (*value).to_owned());
        let mut problems = Vec::new();
        let found = RemoteGateway::read(&env, &SettingsFile::default(), &mut problems);
        (found, problems.into_iter().map(|problem| problem.en).collect())
    }

    #[test]
    fn a_gateway_needs_an_address_and_a_whole_key() {
        let key = ApiKey::generate(&SystemChance);
        let (url, key) = (("KATOK_GATEWAY_URL", "http://localhost:4000"), key.as_str());
        let (gateway, problems) = found(&[url, ("KATOK_API_KEY", key)]);
        assert_eq!(gateway.unwrap().api_key.as_bearer(), key);
        assert!(problems.is_empty(), "{problems:?}");

        assert!(matches!(found(&[("KATOK_API_KEY", key)]), (None, problems) if problems.is_empty()));
        let tail = &key[..key.len() - 1];
        for (settings, says) in [
            (vec![url], "KATOK_API_KEY is not"),
            (vec![url, ("KATOK_API_KEY", tail)], "cut short"),
            (vec![url, ("KATOK_API_KEY_FILE", "/nowhere/key")], "cannot be read"),
            (vec![("KATOK_GATEWAY_URL", "localhost:4000"), ("KATOK_API_KEY", key)], "KATOK_GATEWAY_URL"),
            (
                vec![("KATOK_GATEWAY_URL", "http://localhost:4000/v1"), ("KATOK_API_KEY", key)],
                "without a path",
            ),
        ] {
            let (gateway, problems) = found(&settings);
            assert!(gateway.is_none());
            assert!(matches!(&problems[..], [problem] if problem.contains(says)), "{problems:?}");
            assert!(!problems[0].contains(tail), "{problems:?}");
        }
    }

    #[test]
    fn a_key_crosses_no_network_unencrypted_unless_that_is_allowed() {
        let key = ApiKey::generate(&SystemChance);
        let read = |url: &str, plain: &str| {
            let key = ("KATOK_API_KEY", key.as_str());
            let (gateway, problems) =
                found(&[("KATOK_GATEWAY_URL", url), key, ("KATOK_GATEWAY_PLAIN_HTTP", plain)]);
            (gateway.is_some(), problems.len())
        };
        assert_eq!(read("http://katok:4000", ""), (false, 1));
        assert_eq!(read("http://katok:4000", "allow"), (true, 0));
        assert_eq!(read("https://katok.example", "deny"), (true, 0));
        for here in ["http://127.0.0.1:4000", "http://[::1]:4000", "http://localhost:4000"] {
            assert_eq!(read(here, "deny"), (true, 0));
        }
        assert_eq!(read("http://localhost:4000", "yes"), (true, 1));
    }
}
