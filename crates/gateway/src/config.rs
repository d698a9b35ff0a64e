//! Settings: defaults < file < environment < flags, parsed once into types, all problems told together.

mod bounds;
mod catalogue;
mod file;
mod kakao_app;
mod logs;
mod network;
mod outbox;
mod postgres_url;
mod quotas;
mod rate_limits;
pub(crate) mod redirect_path;
mod remote_gateway;
mod sessions;
mod sign_in;
mod tls_files;
mod vault_key;
mod webhooks;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use katok_client::{RedirectUri, Retries};
use url::Url;

pub use bounds::Bounds;
pub use catalogue::{CATALOGUE, Effective, Setting, Source, mistyped};
pub use file::SettingsFile;
pub use kakao_app::{KakaoApp, KakaoAt, KakaoKeys};
pub use logs::{LogFormat, Logs};
pub use network::{MetricsFor, Network};
pub use outbox::OutboxSettings;
pub use postgres_url::PostgresUrl;
pub use quotas::Quotas;
pub use rate_limits::RateLimits;
pub use remote_gateway::{RemoteGateway, RemoteKey};
pub use sessions::SessionSettings;
pub use sign_in::{Oidc, SendAfter, SignIn};
pub use tls_files::TlsFiles;
pub use vault_key::VaultKeyText;
pub(crate) use vault_key::keys_in;
pub use webhooks::PrivateAddresses;

use crate::sentence::Sentence;

/// The port of Kakao's own sample, so that its registered redirect address fits.
pub const DEFAULT_PORT: u16 = 4000;

/// Kakao asks for answers within three seconds from others; it gets more.
pub const KAKAO_TIMEOUT: Duration = Duration::from_secs(15);

/// How the program reads one environment variable; a closure, so that tests bring their own.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Everything a gateway needs to know before it starts.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where people reach the gateway; scheme and host decide redirects and cookies.
    pub public_url: Url,
    /// `KATOK_VAULT_KEY` or `KATOK_VAULT_KEY_FILE`; without either a key is made once.
    pub vault_key: Option<VaultKeyText>,
    /// The PostgreSQL to keep everything in; without it a SQLite file in the data folder.
    pub database: Option<PostgresUrl>,
    /// How long a sign-in lasts.
    pub sessions: SessionSettings,
    /// How long one call to Kakao may take.
    pub kakao_timeout: Duration,
    /// How often a call is made again that Kakao did not answer, where that is safe.
    pub kakao_retries: Retries,
    /// What one request may cost.
    pub bounds: Bounds,
    /// How often somebody may ask.
    pub rate_limits: RateLimits,
    /// How many messages Kakao lets through in a day.
    pub quotas: Quotas,
    /// Proxies that are believed, names that are answered to, who may read the metrics.
    pub network: Network,
    /// How people sign in.
    pub sign_in: SignIn,
    /// How long messages are kept.
    pub outbox: OutboxSettings,
    /// Where people's webhooks may lead.
    pub webhook_private_addresses: PrivateAddresses,
    /// The Kakao app, and whether it lives at Kakao or at an emulator.
    pub kakao: KakaoApp,
}

impl Settings {
    /// The settings of a gateway that answers at `public_url`; everything else as it is by default.
    #[must_use]
    pub fn new(public_url: Url, kakao: KakaoApp) -> Self {
        Self {
            public_url,
            vault_key: None,
            database: None,
            sessions: SessionSettings::default(),
            kakao_timeout: KAKAO_TIMEOUT,
            kakao_retries: Retries::default(),
            bounds: Bounds::default(),
            rate_limits: RateLimits::default(),
            quotas: Quotas::default(),
            network: Network::default(),
            sign_in: SignIn::default(),
            outbox: OutboxSettings::default(),
            webhook_private_addresses: PrivateAddresses::default(),
            kakao,
        }
    }
}

/// A variable that is set; an empty one counts as not set, as compose files leave them.
pub fn set(env: Environment<'_>, name: &str) -> Option<String> {
    env(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

/// Reads a setting from the environment, or from the file that `NAME_FILE` points to.
///
/// Both at once is an error: one of them would be silently ignored.
pub(crate) fn read(env: Environment<'_>, name: &str, problems: &mut Vec<Sentence>) -> Option<String> {
    let direct = set(env, name);
    let file_name = format!("{name}_FILE");
    let path = set(env, &file_name);
    match (direct, path) {
        (Some(_), Some(_)) => {
            problems.push(Sentence::new(
                format!("{name}, {file_name}: 둘 다 설정되어 있습니다. 하나만 남기세요."),
                format!("Both {name} and {file_name} are set. Keep one of them."),
            ));
            None
        }
        (direct @ Some(_), None) => direct,
        (None, Some(path)) => read_secret_file(&file_name, &path, problems),
        (None, None) => None,
    }
}

fn read_secret_file(name: &str, path: &str, problems: &mut Vec<Sentence>) -> Option<String> {
    match std::fs::read_to_string(path).map(zeroize::Zeroizing::new) {
        Ok(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Ok(_) => {
            problems.push(Sentence::new(
                format!("{name}: 파일이 비어 있습니다. 값을 넣으세요: {path}"),
                format!("{name} points to {path}, which is empty. Put the value in it."),
            ));
            None
        }
        Err(error) => {
            problems.push(Sentence::new(
                format!("{name}: 파일을 읽을 수 없습니다. 경로와 권한을 확인하세요: {path} ({error})"),
                format!("{name} points to {path}, which cannot be read ({error}). Check the path and its permissions."),
            ));
            None
        }
    }
}

/// Parses an address that must be absolute http or https.
pub(crate) fn web_address(name: &str, text: &str, problems: &mut Vec<Sentence>) -> Option<Url> {
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Some(url),
        _ => {
            problems.push(Sentence::new(
                format!(
                    "{name} 값이 웹 주소가 아닙니다. http:// 또는 https://로 시작하는 전체 주소를 넣으세요."
                ),
                format!(
                    "{name} is not a web address. Give the whole address, starting with http:// or https://."
                ),
            ));
            None
        }
    }
}

/// What `katok up` itself needs, before it knows which ports it really got.
#[derive(Clone, Debug)]
pub struct ListenSettings {
    /// Where to listen; loopback unless `KATOK_HOST` says otherwise.
    pub address: SocketAddr,
    /// `KATOK_PUBLIC_URL`, when the gateway stands behind another address.
    pub public_url: Option<Url>,
    /// `KATOK_VAULT_KEY[_FILE]`.
    pub vault_key: Option<VaultKeyText>,
    /// `KATOK_DATABASE_URL[_FILE]`.
    pub database: Option<PostgresUrl>,
    /// `KATOK_SESSION_IDLE` and `KATOK_SESSION_LIFETIME`.
    pub sessions: SessionSettings,
    /// `KATOK_TLS_CERT_FILE`, `KATOK_TLS_KEY_FILE`.
    pub tls: Option<TlsFiles>,
    /// `KATOK_RATE_LIMITS`.
    pub rate_limits: RateLimits,
    /// `KATOK_QUOTA_APP`, `KATOK_QUOTA_SENDER`, `KATOK_QUOTA_RECEIVER`, `KATOK_QUOTA_PAIR`.
    pub quotas: Quotas,
    /// `KATOK_TRUSTED_PROXIES`, `KATOK_ALLOWED_HOSTS`, `KATOK_METRICS`.
    pub network: Network,
    /// `KATOK_OIDC`, `KATOK_OIDC_ISSUER`, `KATOK_SEND_AFTER_SIGN_IN`, `KATOK_CONSENT_WITHIN`.
    pub sign_in: SignIn,
    /// `KATOK_MESSAGE_RETENTION`.
    pub outbox: OutboxSettings,
    /// `KATOK_WEBHOOK_PRIVATE_ADDRESSES`.
    pub webhook_private_addresses: PrivateAddresses,
}

impl ListenSettings {
    /// Reads file and environment; `port` is the flag and wins.
    pub fn read(
        env: Environment<'_>,
        file: &SettingsFile,
        port: Option<u16>,
        problems: &mut Vec<Sentence>,
    ) -> Self {
        let host = set(env, "KATOK_HOST").or_else(|| file.gateway.host.clone());
        let host = host.map_or(Some(IpAddr::V4(Ipv4Addr::LOCALHOST)), |text| text.trim().parse().ok());
        if host.is_none() {
            problems.push(Sentence::new(
                "KATOK_HOST 값이 IP 주소가 아닙니다. 예: 127.0.0.1 또는 0.0.0.0",
                "KATOK_HOST is not an IP address. Examples: 127.0.0.1 or 0.0.0.0",
            ));
        }
        let port = port.or_else(|| number("KATOK_PORT", env, problems)).or(file.gateway.port);
        let public_url = set(env, "KATOK_PUBLIC_URL").or_else(|| file.gateway.public_url.clone());
        let database = read(env, "KATOK_DATABASE_URL", problems).or_else(|| {
            let path = file.gateway.database_url_file.as_ref()?;
            read_secret_file("gateway.database_url_file", path, problems)
        });
        Self {
            address: SocketAddr::new(
                host.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)),
                port.unwrap_or(DEFAULT_PORT),
            ),
            public_url: public_url.and_then(|text| whole_site("KATOK_PUBLIC_URL", &text, problems)),
            vault_key: VaultKeyText::read(env, file, problems),
            sessions: SessionSettings::read(env, file, problems),
            database: database
                .and_then(|text| PostgresUrl::parse(&text).map_err(|problem| problems.push(problem)).ok()),
            tls: TlsFiles::read(env, file, problems),
            rate_limits: RateLimits::read(env, file, problems),
            quotas: Quotas::read(env, file, problems),
            network: Network::read(env, file, problems),
            sign_in: SignIn::read(env, file, problems),
            outbox: OutboxSettings::read(env, file, problems),
            webhook_private_addresses: PrivateAddresses::read(env, file, problems),
        }
    }
}

/// The gateway answers at the root of its address: cookies, redirects and links count on that.
fn whole_site(name: &str, text: &str, problems: &mut Vec<Sentence>) -> Option<Url> {
    let url = web_address(name, text, problems)?;
    let origin = url.origin().ascii_serialization();
    if url.as_str().strip_suffix('/') == Some(&origin) {
        return Some(url);
    }
    problems.push(Sentence::new(
        format!("{name}에는 경로 없이 주소만 넣으세요. 예: {origin}"),
        format!("{name} takes an address without a path, e.g. {origin}"),
    ));
    None
}

impl ListenSettings {
    /// How people reach the gateway: `KATOK_PUBLIC_URL`, else the origin of Kakao's redirect address, else
    /// this machine. The redirect address must lead to this gateway, or nobody could ever come back.
    ///
    /// # Panics
    ///
    /// Never: a port makes an address.
    pub fn public_url(&self, redirect_uri: Option<&RedirectUri>, port: u16) -> Result<Url, Sentence> {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        let local = || Url::parse(&format!("{scheme}://localhost:{port}")).expect("a port makes an address");
        let Some(redirect_uri) = redirect_uri else {
            return Ok(self.public_url.clone().unwrap_or_else(local));
        };
        redirect_path::check(redirect_uri)?;
        let origin = redirect_uri.url().join("/").ok();
        // On this machine another port is another program, such as `katok login` that waits for its browser.
        let origin = origin.filter(|url| !is_loopback(url) || url.port_or_known_default() == Some(port));
        let public_url = self.public_url.clone().or(origin).unwrap_or_else(local);
        if redirect_uri.url().origin() == public_url.origin() {
            return Ok(public_url);
        }
        let example = public_url.join("/redirect").map_or_else(|_| public_url.to_string(), Into::into);
        Err(Sentence::new(
            format!(
                "KAKAO_REDIRECT_URI가 이 게이트웨이의 주소({public_url})가 아닙니다. {example}처럼 이 주소의 경로를 카카오에 등록하고 그대로 설정하거나, 설정을 지우세요. 게이트웨이를 다른 주소로 연다면 KATOK_PUBLIC_URL도 설정하세요. 지금 값: {redirect_uri}"
            ),
            format!(
                "KAKAO_REDIRECT_URI does not lead to this gateway ({public_url}). Register an address of it at Kakao, such as {example}, and set it, or unset it; if people reach the gateway by another address, set KATOK_PUBLIC_URL too. It is now: {redirect_uri}"
            ),
        ))
    }
}

fn is_loopback(url: &Url) -> bool {
    matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"))
}

/// Reads a port from the environment.
pub fn number(name: &str, env: Environment<'_>, problems: &mut Vec<Sentence>) -> Option<u16> {
    let text = set(env, name)?;
    let number = text.trim().parse().ok();
    if number.is_none() {
        problems.push(Sentence::new(
            format!("{name} 값이 0부터 65535 사이의 수가 아닙니다."),
            format!("{name} is not a number from 0 to 65535."),
        ));
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listen(env: &[(&str, &str)], file: &str, port: Option<u16>) -> (ListenSettings, Vec<Sentence>) {
        let env = |name: &str| env.iter().find(|(set, _)| *set == name).map(|(_, value)| (*value).to_owned());
        let mut problems = Vec::new();
        let file = SettingsFile::parse(file).unwrap();
        (ListenSettings::read(&env, &file, port, &mut problems), problems)
    }

    fn app(env: &[(&str, &str)], file: &str) -> (Option<KakaoApp>, Vec<Sentence>) {
        let env = |name: &str| env.iter().find(|(set, _)| *set == name).map(|(_, value)| (*value).to_owned());
        let mut problems = Vec::new();
        let file = SettingsFile::parse(file).unwrap();
        (KakaoApp::read(&env, &file, &mut problems), problems)
    }

    #[test]
    fn flags_win_over_the_environment_and_the_environment_over_the_file() {
        let port = |env: &[(&str, &str)], file: &str, flag| listen(env, file, flag).0.address.port();
        let (env, file) = ([("KATOK_PORT", "5001")], "[gateway]\nport = 5002\n");
        assert_eq!(port(&[], "", None), 4000);
        assert_eq!(port(&[], file, None), 5002);
        assert_eq!(port(&env, file, None), 5001);
        assert_eq!(port(&env, file, Some(5000)), 5000);
    }

    #[test]
    fn all_problems_are_told_together() {
        let env = [("KATOK_PORT", "many"), ("KATOK_HOST", "everywhere"), ("KATOK_PUBLIC_URL", "example.com")];
        assert_eq!(listen(&env, "", None).1.len(), 3);
        assert_eq!(listen(&[("KATOK_PUBLIC_URL", "https://katok.example/path")], "", None).1.len(), 1);
    }

    #[test]
    fn the_redirect_address_must_lead_to_this_gateway() {
        let address = |env: &[(&str, &str)], redirect_uri: Option<&str>| {
            let redirect_uri = redirect_uri.map(|text| text.parse().unwrap());
            listen(env, "", None).0.public_url(redirect_uri.as_ref(), 4000).map(|url| url.to_string()).ok()
        };
        let public = [("KATOK_PUBLIC_URL", "https://katok.example")];
        assert_eq!(address(&[], None).as_deref(), Some("http://localhost:4000/"));
        assert_eq!(address(&public, None).as_deref(), Some("https://katok.example/"));
        let local = "http://127.0.0.1:4000/redirect";
        assert_eq!(address(&[], Some(local)).as_deref(), Some("http://127.0.0.1:4000/"));
        assert_eq!(
            address(&public, Some("https://katok.example/redirect")).as_deref(),
            Some("https://katok.example/")
        );
        assert_eq!(
            address(&public, Some("https://katok.example")).as_deref(),
            Some("https://katok.example/")
        );
        assert_eq!(address(&public, Some(local)), None);
        assert_eq!(address(&public, Some("https://katok.example/profile")), None);
        assert_eq!(address(&[], Some("http://localhost:4199/callback")), None);
    }

    #[test]
    fn an_empty_variable_is_not_set() {
        let env = [("KATOK_HOST", ""), ("KATOK_PORT", " "), ("KATOK_PUBLIC_URL", "")];
        let (settings, problems) = listen(&env, "", None);
        assert!(problems.is_empty());
        assert_eq!(settings.address.to_string(), "127.0.0.1:4000");
    }

    #[test]
    fn without_a_rest_api_key_there_is_no_app() {
        assert!(app(&[], "").0.is_none());
        assert!(app(&[("KAKAO_REST_API_KEY", "")], "").0.is_none());
        assert!(app(&[("KAKAO_CLIENT_SECRET", "secret")], "").0.is_none());
    }

    #[test]
    fn with_a_rest_api_key_it_is_kakao_at_its_own_addresses() {
        let (app, problems) = app(&[("KAKAO_REST_API_KEY", "key")], "");
        let app = app.unwrap();
        assert!(problems.is_empty());
        assert_eq!(app.at, KakaoAt::Kakao);
        assert_eq!(app.auth_base_url.as_str(), "https://kauth.kakao.com/");
        assert_eq!(app.api_base_url.as_str(), "https://kapi.kakao.com/");
    }

    #[test]
    fn a_secret_given_twice_is_refused_and_never_shown() {
        let env = [
            ("KAKAO_REST_API_KEY", "key"),
            ("KAKAO_CLIENT_SECRET", "very-secret"),
            ("KAKAO_CLIENT_SECRET_FILE", "/nonexistent"),
        ];
        let (app, problems) = app(&env, "");
        assert_eq!(problems.len(), 1);
        assert!(!format!("{app:?}{problems:?}").contains("very-secret"));
    }

    #[test]
    fn a_secret_is_read_from_its_file_without_the_newline() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "from-file\n").unwrap();
        let path = file.path().to_str().unwrap();
        let (read, problems) = app(&[("KAKAO_REST_API_KEY", "key"), ("KAKAO_CLIENT_SECRET_FILE", path)], "");
        assert!(problems.is_empty());
        assert_eq!(read.unwrap().keys.client_secret.unwrap().secret(), "from-file");
        let missing = [("KAKAO_REST_API_KEY", "key"), ("KAKAO_CLIENT_SECRET_FILE", "/nonexistent/secret")];
        assert_eq!(app(&missing, "").1.len(), 1);
    }

    #[test]
    fn the_database_is_named_by_the_environment_or_by_a_file_and_never_shown_whole() {
        let secret = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(secret.path(), "postgres://katok:hunter2@file.example/katok\n").unwrap();
        let file = format!("[gateway]\ndatabase_url_file = {:?}\n", secret.path());
        let place = |env: &[(&str, &str)], file: &str| {
            let (settings, problems) = listen(env, file, None);
            assert!(!format!("{settings:?}{problems:?}").contains("hunter2"));
            (settings.database.map(|url| url.place()), problems.len())
        };
        let env = [("KATOK_DATABASE_URL", "postgres://katok:hunter2@env.example/katok")];
        assert_eq!(place(&[], ""), (None, 0));
        assert_eq!(place(&[], &file), (Some("file.example/katok".to_owned()), 0));
        assert_eq!(place(&env, &file), (Some("env.example/katok".to_owned()), 0));
        assert_eq!(place(&[("KATOK_DATABASE_URL", "hunter2")], ""), (None, 1));
    }

    #[test]
    fn a_mistake_in_the_file_is_told_by_line_and_never_quoted() {
        let error = SettingsFile::parse("[kakao]\nrest_api_key = hunter2\n").unwrap_err();
        assert!(error.contains("line 2") && !error.contains("hunter2"), "{error}");
        assert!(SettingsFile::parse("[kakao]\nunknown = \"x\"\n").is_err());
    }
}
