//! Which Kakao app we are, and where Kakao is.

use katok_client::{AdminKey, ClientSecret, RedirectUri, RestApiKey};
use url::Url;

use super::{Environment, SettingsFile, read, set, web_address};
use crate::digest::fingerprint;
use crate::sentence::Sentence;

/// Whether the messages reach people or stay on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KakaoAt {
    /// The real Kakao, or whatever the configured base addresses name.
    Kakao,
    /// The emulator embedded in this program.
    Emulator,
}

impl KakaoAt {
    /// The word used in `/healthz` and in `--json` output.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Kakao => "kakao",
            Self::Emulator => "emulator",
        }
    }
}

/// The keys of one Kakao app.
#[derive(Clone, Debug)]
pub struct KakaoKeys {
    /// `KAKAO_REST_API_KEY`
    pub rest_api_key: RestApiKey,
    /// `KAKAO_CLIENT_SECRET`; absent when it is switched off in Kakao's console.
    pub client_secret: Option<ClientSecret>,
    /// `KAKAO_ADMIN_KEY`, the primary one: Kakao shows it to its unlink webhook, and the operator's commands to Kakao.
    pub admin_key: Option<AdminKey>,
    /// `KAKAO_JAVASCRIPT_KEY`, which browsers are shown: with it the sample's page loads Kakao's JavaScript SDK.
    pub javascript_key: Option<String>,
}

/// One Kakao app and the addresses it is reached at.
#[derive(Clone, Debug)]
pub struct KakaoApp {
    /// Real or embedded.
    pub at: KakaoAt,
    /// Its keys.
    pub keys: KakaoKeys,
    /// `KAKAO_REDIRECT_URI`; without it the gateway's `/redirect`, the CLI's loopback address.
    pub redirect_uri: Option<RedirectUri>,
    /// `KAKAO_LOGOUT_REDIRECT_URI`; without it the gateway's `/logged-out`.
    pub logout_redirect_uri: Option<RedirectUri>,
    /// `KAKAO_AUTH_BASE_URL`
    pub auth_base_url: Url,
    /// `KAKAO_API_BASE_URL`
    pub api_base_url: Url,
}

impl KakaoApp {
    /// Reads the app from environment and file; `None` when no REST API key is set.
    pub fn read(env: Environment<'_>, file: &SettingsFile, problems: &mut Vec<Sentence>) -> Option<Self> {
        let (auth_base_url, api_base_url) = Self::base_urls(env, file, problems);
        let rest_api_key =
            read(env, "KAKAO_REST_API_KEY", problems).or_else(|| file.kakao.rest_api_key.clone())?;
        let client_secret = read(env, "KAKAO_CLIENT_SECRET", problems).or_else(|| {
            let path = file.kakao.client_secret_file.as_ref()?;
            super::read_secret_file("kakao.client_secret_file", path, problems)
        });
        let admin_key = Self::admin_key(env, file, problems);
        let logout_redirect_uri =
            set(env, "KAKAO_LOGOUT_REDIRECT_URI").or_else(|| file.kakao.logout_redirect_uri.clone());
        Some(Self {
            at: KakaoAt::Kakao,
            keys: KakaoKeys {
                rest_api_key: RestApiKey::new(rest_api_key),
                client_secret: client_secret.map(ClientSecret::new),
                admin_key,
                javascript_key: set(env, "KAKAO_JAVASCRIPT_KEY")
                    .or_else(|| file.kakao.javascript_key.clone())
                    .map(|key| key.trim().to_owned()),
            },
            redirect_uri: Self::redirect_uri(env, file, problems),
            logout_redirect_uri: logout_redirect_uri
                .and_then(|text| as_registered("KAKAO_LOGOUT_REDIRECT_URI", &text, problems)),
            auth_base_url: auth_base_url.unwrap_or_else(|| default_url("https://kauth.kakao.com")),
            api_base_url: api_base_url.unwrap_or_else(|| default_url("https://kapi.kakao.com")),
        })
    }

    /// An app of the emulator that answers at `base_url`.
    #[must_use]
    pub fn at_emulator(base_url: Url, rest_api_key: &str, client_secret: Option<&str>) -> Self {
        Self {
            at: KakaoAt::Emulator,
            keys: KakaoKeys {
                rest_api_key: RestApiKey::new(rest_api_key),
                client_secret: client_secret.map(ClientSecret::new),
                admin_key: None,
                // The SDK knows of the real Kakao alone.
                javascript_key: None,
            },
            redirect_uri: None,
            logout_redirect_uri: None,
            auth_base_url: base_url.clone(),
            api_base_url: base_url,
        }
    }

    /// The same app, with its admin key.
    #[must_use]
    pub fn with_admin_key(mut self, admin_key: &str) -> Self {
        self.keys.admin_key = Some(AdminKey::new(admin_key));
        self
    }

    fn admin_key(
        env: Environment<'_>,
        file: &SettingsFile,
        problems: &mut Vec<Sentence>,
    ) -> Option<AdminKey> {
        let key = read(env, "KAKAO_ADMIN_KEY", problems).or_else(|| {
            let path = file.kakao.admin_key_file.as_ref()?;
            super::read_secret_file("kakao.admin_key_file", path, problems)
        });
        key.map(AdminKey::new)
    }

    /// A name for this app at this address that does not show its key: accounts of different apps, and
    /// of Kakao and an emulator, are told apart by it.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        fingerprint(&format!("{}\n{}", self.auth_base_url, self.keys.rest_api_key.secret()))
    }

    /// `KAKAO_REDIRECT_URI`, which an emulator's app is given too.
    pub fn redirect_uri(
        env: Environment<'_>,
        file: &SettingsFile,
        problems: &mut Vec<Sentence>,
    ) -> Option<RedirectUri> {
        let text = set(env, "KAKAO_REDIRECT_URI").or_else(|| file.kakao.redirect_uri.clone())?;
        as_registered("KAKAO_REDIRECT_URI", &text, problems)
    }

    /// The two base addresses a person set, if any: they matter also when no key is set.
    pub fn base_urls(
        env: Environment<'_>,
        file: &SettingsFile,
        problems: &mut Vec<Sentence>,
    ) -> (Option<Url>, Option<Url>) {
        let mut one = |name: &str, from_file: &Option<String>| {
            let text = set(env, name).or_else(|| from_file.clone());
            text.and_then(|text| web_address(name, text.trim(), problems))
        };
        let auth = one("KAKAO_AUTH_BASE_URL", &file.kakao.auth_base_url);
        let api = one("KAKAO_API_BASE_URL", &file.kakao.api_base_url);
        (auth, api)
    }
}

fn as_registered(name: &str, text: &str, problems: &mut Vec<Sentence>) -> Option<RedirectUri> {
    let redirect_uri = text.trim().parse().ok();
    if redirect_uri.is_none() {
        problems.push(Sentence::new(
            format!("{name} 값이 웹 주소가 아닙니다. 카카오 콘솔에 등록한 주소를 그대로 넣으세요."),
            format!("{name} is not a web address. Give it exactly as it is registered in Kakao's console."),
        ));
    }
    redirect_uri
}

fn default_url(text: &'static str) -> Url {
    Url::parse(text).expect("a constant address parses")
}
