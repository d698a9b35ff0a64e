//! The settings file `katok.toml`.

use std::io::ErrorKind;
use std::num::NonZeroU32;
use std::path::Path;

use serde::Deserialize;

use crate::sentence::Sentence;

/// What a settings file may hold; every field also has an environment variable.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SettingsFile {
    /// `[kakao]`
    pub kakao: KakaoSection,
    /// `[gateway]`
    pub gateway: GatewaySection,
    /// `[remote]`
    pub remote: RemoteSection,
    /// The same as it was written, to be shown.
    #[serde(skip)]
    written: toml::Table,
}

/// `[kakao]`: the app at Kakao. Secrets are named by file, so that the settings file itself can be shown.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KakaoSection {
    /// `KAKAO_REST_API_KEY`
    pub rest_api_key: Option<String>,
    /// `KAKAO_CLIENT_SECRET_FILE`
    pub client_secret_file: Option<String>,
    /// `KAKAO_ADMIN_KEY_FILE`
    pub admin_key_file: Option<String>,
    /// `KAKAO_JAVASCRIPT_KEY`
    pub javascript_key: Option<String>,
    /// `KAKAO_REDIRECT_URI`
    pub redirect_uri: Option<String>,
    /// `KAKAO_LOGOUT_REDIRECT_URI`
    pub logout_redirect_uri: Option<String>,
    /// `KAKAO_AUTH_BASE_URL`
    pub auth_base_url: Option<String>,
    /// `KAKAO_API_BASE_URL`
    pub api_base_url: Option<String>,
}

/// `[gateway]`: where it listens and how people reach it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GatewaySection {
    /// `KATOK_HOST`
    pub host: Option<String>,
    /// `KATOK_PORT`
    pub port: Option<u16>,
    /// `KATOK_PUBLIC_URL`
    pub public_url: Option<String>,
    /// `KATOK_VAULT_KEY_FILE`
    pub vault_key_file: Option<String>,
    /// `KATOK_DATABASE_URL_FILE`
    pub database_url_file: Option<String>,
    /// `KATOK_SESSION_IDLE`
    pub session_idle: Option<String>,
    /// `KATOK_SESSION_LIFETIME`
    pub session_lifetime: Option<String>,
    /// `KATOK_TLS_CERT_FILE`
    pub tls_cert_file: Option<String>,
    /// `KATOK_TLS_KEY_FILE`
    pub tls_key_file: Option<String>,
    /// `KATOK_RATE_LIMITS`
    pub rate_limits: Option<String>,
    /// `KATOK_QUOTA_APP`
    pub quota_app: Option<NonZeroU32>,
    /// `KATOK_QUOTA_SENDER`
    pub quota_sender: Option<NonZeroU32>,
    /// `KATOK_QUOTA_RECEIVER`
    pub quota_receiver: Option<NonZeroU32>,
    /// `KATOK_QUOTA_PAIR`
    pub quota_pair: Option<NonZeroU32>,
    /// `KATOK_TRUSTED_PROXIES`
    pub trusted_proxies: Option<String>,
    /// `KATOK_ALLOWED_HOSTS`
    pub allowed_hosts: Option<String>,
    /// `KATOK_METRICS`
    pub metrics: Option<String>,
    /// `KATOK_LOG`
    pub log: Option<String>,
    /// `KATOK_LOG_FORMAT`
    pub log_format: Option<String>,
    /// `KATOK_OIDC`
    pub oidc: Option<String>,
    /// `KATOK_OIDC_ISSUER`
    pub oidc_issuer: Option<String>,
    /// `KATOK_SEND_AFTER_SIGN_IN`
    pub send_after_sign_in: Option<String>,
    /// `KATOK_CONSENT_WITHIN`
    pub consent_within: Option<String>,
    /// `KATOK_MESSAGE_RETENTION`
    pub message_retention: Option<String>,
    /// `KATOK_OUTBOX_MOST_OPEN`
    pub outbox_most_open: Option<String>,
    /// `KATOK_WEBHOOK_PRIVATE_ADDRESSES`
    pub webhook_private_addresses: Option<String>,
}

/// `[remote]`: the gateway that `katok send` and others go through.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RemoteSection {
    /// `KATOK_GATEWAY_URL`
    pub gateway_url: Option<String>,
    /// `KATOK_API_KEY_FILE`
    pub api_key_file: Option<String>,
    /// `KATOK_GATEWAY_PLAIN_HTTP`
    pub plain_http: Option<String>,
}

impl SettingsFile {
    /// Reads the file, which must exist when a person named it; an unnamed one may be missing.
    pub fn read(path: &Path, named: bool, problems: &mut Vec<Sentence>) -> Self {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            // A data folder that is no folder is told by whoever needs it.
            Err(error)
                if !named && matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) =>
            {
                return Self::default();
            }
            Err(error) => {
                problems.push(Sentence::new(
                    format!("설정 파일을 읽을 수 없습니다: {} ({error})", path.display()),
                    format!("The settings file {} cannot be read ({error}).", path.display()),
                ));
                return Self::default();
            }
        };
        Self::parse(&text).unwrap_or_else(|error| {
            problems.push(Sentence::new(
                format!("설정 파일 {}에 잘못이 있습니다: {error}", path.display()),
                format!("The settings file {} has a mistake: {error}", path.display()),
            ));
            Self::default()
        })
    }

    /// Parses the text of a settings file.
    pub fn parse(text: &str) -> Result<Self, String> {
        // A TOML error's own text quotes the faulty line, which may hold a secret pasted by mistake.
        let told = |error: toml::de::Error| {
            let line =
                error.span().map_or(0, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            format!("{} (line {line})", error.message())
        };
        let written = toml::from_str(text).map_err(told)?;
        Ok(Self { written, ..toml::from_str(text).map_err(told)? })
    }

    /// Everything as it was written.
    #[cfg(test)]
    pub(super) fn written(&self) -> &toml::Table {
        &self.written
    }

    /// The value at `section.key`, as it was written.
    pub(super) fn text_of(&self, key: &str) -> Option<String> {
        super::catalogue::text_at(&self.written, key)
    }
}
