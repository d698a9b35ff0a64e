//! Every setting there is: its variable, its key in the settings file, its default, and where its value came from.

use toml::{Table, Value};

use super::{Environment, SettingsFile, set};
use crate::sentence::Sentence;

/// One setting, as a person finds it.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// The environment variable.
    pub variable: &'static str,
    /// Section and key in the settings file; a secret is there by the name of its file only.
    pub key: Option<&'static str>,
    /// What holds when nobody sets it; with `<…>` where it is no fixed value.
    pub default: &'static str,
    /// Whether its value is never shown; such a one may also be set as `…_FILE`.
    pub secret: bool,
}

const fn plain(variable: &'static str, key: &'static str, default: &'static str) -> Setting {
    Setting { variable, key: Some(key), default, secret: false }
}

const fn secret(variable: &'static str, key: &'static str) -> Setting {
    Setting { variable, key: Some(key), default: "", secret: true }
}

/// Set in the environment only: they say where the settings file is, or are read by commands without one.
const fn outside_the_file(variable: &'static str, default: &'static str) -> Setting {
    Setting { variable, key: None, default, secret: false }
}

/// In the order in which they are shown.
pub const CATALOGUE: &[Setting] = &[
    Setting { variable: "KAKAO_REST_API_KEY", key: Some("kakao.rest_api_key"), default: "", secret: true },
    secret("KAKAO_CLIENT_SECRET", "kakao.client_secret_file"),
    secret("KAKAO_ADMIN_KEY", "kakao.admin_key_file"),
    plain("KAKAO_JAVASCRIPT_KEY", "kakao.javascript_key", ""),
    plain("KAKAO_REDIRECT_URI", "kakao.redirect_uri", "<KATOK_PUBLIC_URL>/redirect"),
    plain("KAKAO_LOGOUT_REDIRECT_URI", "kakao.logout_redirect_uri", "<KATOK_PUBLIC_URL>/logged-out"),
    plain("KAKAO_AUTH_BASE_URL", "kakao.auth_base_url", "https://kauth.kakao.com"),
    plain("KAKAO_API_BASE_URL", "kakao.api_base_url", "https://kapi.kakao.com"),
    plain("KATOK_HOST", "gateway.host", "127.0.0.1"),
    plain("KATOK_PORT", "gateway.port", "4000"),
    plain(
        "KATOK_PUBLIC_URL",
        "gateway.public_url",
        "<KAKAO_REDIRECT_URI>'s, else http://localhost:<KATOK_PORT>",
    ),
    plain("KATOK_TLS_CERT_FILE", "gateway.tls_cert_file", ""),
    plain("KATOK_TLS_KEY_FILE", "gateway.tls_key_file", ""),
    secret("KATOK_DATABASE_URL", "gateway.database_url_file"),
    secret("KATOK_VAULT_KEY", "gateway.vault_key_file"),
    plain("KATOK_OIDC", "gateway.oidc", "auto"),
    plain("KATOK_OIDC_ISSUER", "gateway.oidc_issuer", "<KAKAO_AUTH_BASE_URL>"),
    plain("KATOK_SEND_AFTER_SIGN_IN", "gateway.send_after_sign_in", ""),
    plain("KATOK_CONSENT_WITHIN", "gateway.consent_within", "1h"),
    plain("KATOK_MESSAGE_RETENTION", "gateway.message_retention", "720h"),
    plain("KATOK_OUTBOX_MOST_OPEN", "gateway.outbox_most_open", "20000"),
    plain("KATOK_SESSION_IDLE", "gateway.session_idle", "14d"),
    plain("KATOK_SESSION_LIFETIME", "gateway.session_lifetime", "60d"),
    plain("KATOK_TRUSTED_PROXIES", "gateway.trusted_proxies", ""),
    plain("KATOK_ALLOWED_HOSTS", "gateway.allowed_hosts", ""),
    plain("KATOK_RATE_LIMITS", "gateway.rate_limits", "sign-in=300,address=3000,account=1200"),
    plain("KATOK_QUOTA_APP", "gateway.quota_app", "30000"),
    plain("KATOK_QUOTA_SENDER", "gateway.quota_sender", "100"),
    plain("KATOK_QUOTA_RECEIVER", "gateway.quota_receiver", "100"),
    plain("KATOK_QUOTA_PAIR", "gateway.quota_pair", "20"),
    plain("KATOK_WEBHOOK_PRIVATE_ADDRESSES", "gateway.webhook_private_addresses", "deny"),
    plain("KATOK_METRICS", "gateway.metrics", "local"),
    plain("KATOK_LOG", "gateway.log", "warn"),
    plain("KATOK_LOG_FORMAT", "gateway.log_format", "text"),
    plain("KATOK_GATEWAY_URL", "remote.gateway_url", ""),
    secret("KATOK_API_KEY", "remote.api_key_file"),
    plain("KATOK_GATEWAY_PLAIN_HTTP", "remote.plain_http", "deny"),
    outside_the_file("KATOK_CONFIG", "<KATOK_DATA>/katok.toml"),
    outside_the_file("KATOK_DATA", ""),
    outside_the_file("KATOK_PROFILE", "default"),
    outside_the_file("KATOK_LANG", "<the locale's>"),
    outside_the_file("KATOK_TOKENS", "auto"),
    outside_the_file("KATOK_EMULATOR_PORT", "4100"),
    outside_the_file("KATOK_LOGIN_REDIRECT_URI", "<KAKAO_REDIRECT_URI>, else http://localhost:4199/callback"),
];

/// Where the value of a setting comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Nobody set it.
    Default,
    /// The settings file.
    File,
    /// The variable of this name.
    Environment(String),
    /// A flag on the command line.
    Flag,
}

impl Source {
    /// The word shown for it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Default => "default",
            Self::File => "file",
            Self::Environment(_) => "environment",
            Self::Flag => "flag",
        }
    }
}

/// A setting with the value that holds.
#[derive(Clone, Debug)]
pub struct Effective {
    /// Which setting.
    pub setting: Setting,
    /// Where its value comes from.
    pub source: Source,
    /// The value as a person wrote it, or for a secret whether there is one.
    pub shown: String,
}

impl Setting {
    /// What holds of this setting, by the rules by which all of them are read: environment before file.
    #[must_use]
    pub fn effective(self, env: Environment<'_>, file: &SettingsFile) -> Effective {
        let show = |value: String| if self.secret { "set".to_owned() } else { value };
        let in_file = format!("{}_FILE", self.variable);
        let names = [Some(self.variable.to_owned()), self.secret.then_some(in_file)];
        for name in names.into_iter().flatten() {
            if let Some(value) = set(env, &name) {
                return Effective { setting: self, source: Source::Environment(name), shown: show(value) };
            }
        }
        if let Some(value) = self.key.and_then(|key| file.text_of(key)) {
            return Effective { setting: self, source: Source::File, shown: show(value) };
        }
        let shown = if self.secret { "not set" } else { self.default };
        Effective { setting: self, source: Source::Default, shown: shown.to_owned() }
    }
}

/// The value at `section.key`, as text.
pub(super) fn text_at(table: &Table, key: &str) -> Option<String> {
    let (section, key) = key.split_once('.')?;
    match table.get(section)?.get(key)? {
        Value::String(text) => Some(text.clone()),
        other => serde_json::to_string(other).ok(),
    }
}

/// Variables that look like settings and are none, each with the one that may be meant.
///
/// Others may use such names too, so only those are told that are close to one of ours.
pub fn mistyped<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<Sentence> {
    let known: Vec<String> = CATALOGUE
        .iter()
        .flat_map(|setting| {
            let in_file = setting.secret.then(|| format!("{}_FILE", setting.variable));
            [Some(setting.variable.to_owned()), in_file]
        })
        .flatten()
        .collect();
    let mut told = Vec::new();
    for name in names {
        let is_like_ours = name.starts_with("KATOK_") || name.starts_with("KAKAO_");
        if !is_like_ours || known.iter().any(|known| known == name) {
            continue;
        }
        let meant = known.iter().max_by(|one, other| {
            strsim::jaro_winkler(one, name).total_cmp(&strsim::jaro_winkler(other, name))
        });
        if let Some(meant) = meant.filter(|meant| strsim::damerau_levenshtein(meant, name) <= 3) {
            told.push(Sentence::new(
                format!("{name}: 그런 설정은 없습니다. {meant}를 뜻했나요?"),
                format!("There is no setting {name}. Did you mean {meant}?"),
            ));
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ListenSettings;

    fn setting(variable: &str) -> Setting {
        *CATALOGUE.iter().find(|setting| setting.variable == variable).unwrap()
    }

    fn effective(variable: &str, env: &[(&str, &str)], file: &str) -> (String, String) {
        let env = |name: &str| env.iter().find(|(set, _)| *set == name).map(|(_, value)| (*value).to_owned());
        let found = setting(variable).effective(&env, &SettingsFile::parse(file).unwrap());
        (found.source.as_str().to_owned(), found.shown)
    }

    fn is(source: &str, shown: &str) -> (String, String) {
        (source.to_owned(), shown.to_owned())
    }

    #[test]
    fn each_value_says_where_it_came_from() {
        let (env, file) = ([("KATOK_PORT", "5001")], "[gateway]\nport = 5002\n");
        assert_eq!(effective("KATOK_PORT", &[], ""), is("default", "4000"));
        assert_eq!(effective("KATOK_PORT", &[], file), is("file", "5002"));
        assert_eq!(effective("KATOK_PORT", &env, file), is("environment", "5001"));
        assert_eq!(effective("KATOK_PORT", &[("KATOK_PORT", " ")], ""), is("default", "4000"));
    }

    #[test]
    fn a_secret_is_set_or_not_and_never_shown() {
        for name in ["KAKAO_CLIENT_SECRET", "KATOK_VAULT_KEY", "KATOK_DATABASE_URL", "KAKAO_REST_API_KEY"] {
            assert_eq!(effective(name, &[], ""), is("default", "not set"));
            assert_eq!(effective(name, &[(name, "hunter2")], ""), is("environment", "set"));
            let by_file = format!("{name}_FILE");
            assert_eq!(effective(name, &[(&by_file, "/run/secret")], ""), is("environment", "set"));
        }
    }

    #[test]
    fn a_mistyped_variable_is_told_and_a_strangers_is_not() {
        let told = mistyped([
            "KATOK_TRUSTED_PROXY",
            "KATOK_VAULT_KEY_FILE",
            "KAKAO_MAP_STYLE",
            "PATH",
            "KATOK_PROT",
        ]);
        let told: Vec<_> = told.into_iter().map(|told| told.en).collect();
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told[0].contains("KATOK_TRUSTED_PROXIES") && told[1].contains("KATOK_PORT"), "{told:?}");
    }

    /// `exec` gives the first two to the command it runs, token files that are imported name the third, and tests read the
    /// others.
    const NOT_SETTINGS: [&str; 6] = [
        "KATOK_EMULATOR_URL",
        "KATOK_HOSTS",
        "KAKAO_ACCESS_TOKEN",
        "KATOK_TEST_DATABASE_URL",
        "KATOK_SIMULATE_SEED",
        "KATOK_SIMULATE_SEEDS",
    ];

    /// Whoever adds a setting adds it here, and nobody finds one in the program that is not shown.
    #[test]
    fn every_variable_that_the_program_reads_is_in_the_catalogue() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut missing = std::collections::BTreeSet::new();
        for folder in ["gateway/src", "cli/src"] {
            each_file(&root.join(folder), &mut |text| {
                let program = text.split("#[cfg(test)]").next().unwrap();
                for name in program.split(['"', '`']).filter(|part| is_a_name(part)) {
                    let of_a_file = name.strip_suffix("_FILE").unwrap_or(name);
                    let is_known = |name: &str| CATALOGUE.iter().any(|setting| setting.variable == name);
                    if !is_known(name) && !is_known(of_a_file) && !NOT_SETTINGS.contains(&name) {
                        missing.insert(name.to_owned());
                    }
                }
            });
        }
        assert!(missing.is_empty(), "add to the catalogue, with key and default: {missing:?}");
    }

    fn is_a_name(text: &str) -> bool {
        let is_of_a_name = |letter: char| letter.is_ascii_uppercase() || letter == '_';
        (text.starts_with("KATOK_") || text.starts_with("KAKAO_"))
            && text.len() > 6
            && text.chars().all(is_of_a_name)
    }

    fn each_file(folder: &std::path::Path, look: &mut impl FnMut(&str)) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                each_file(&path, look);
            } else {
                look(&std::fs::read_to_string(path).unwrap());
            }
        }
    }

    /// The example names every key and no other, and shows the defaults that are fixed values.
    #[test]
    fn the_example_file_has_every_setting_with_its_default() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let text = std::fs::read_to_string(root.join("katok.example.toml")).unwrap();
        let as_it_is = SettingsFile::parse(&text).unwrap();
        assert!(as_it_is.written().values().all(|section| section.as_table().unwrap().is_empty()));
        // What stands behind `# ` and is no sentence.
        let is_key = |line: &&str| {
            let key = line.split_once(" = ").map_or("", |(key, _)| key);
            !key.is_empty() && key.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_')
        };
        let lines = text.lines().map(|line| line.strip_prefix("# ").unwrap_or(line));
        let switched_on: Vec<&str> = lines.filter(|line| line.starts_with('[') || is_key(line)).collect();
        let file = SettingsFile::parse(&switched_on.join("\n")).unwrap();
        for setting in CATALOGUE {
            let Some(key) = setting.key else { continue };
            let value = file.text_of(key).unwrap_or_else(|| panic!("katok.example.toml lacks {key}"));
            let is_fixed = !setting.default.is_empty() && !setting.default.contains('<');
            assert!(!is_fixed || value == setting.default, "{key}: {value}");
            assert!(text.contains(setting.variable), "katok.example.toml does not name {}", setting.variable);
        }
        let keys: usize = file.written().values().map(|section| section.as_table().unwrap().len()).sum();
        assert_eq!(keys, CATALOGUE.iter().filter(|setting| setting.key.is_some()).count());
    }

    #[test]
    fn the_defaults_shown_are_those_that_hold() {
        let mut problems = Vec::new();
        let unset = ListenSettings::read(&|_| None, &SettingsFile::default(), None, &mut problems);
        for variable in [
            "KATOK_HOST",
            "KATOK_PORT",
            "KATOK_RATE_LIMITS",
            "KATOK_METRICS",
            "KATOK_QUOTA_APP",
            "KATOK_QUOTA_SENDER",
            "KATOK_QUOTA_RECEIVER",
            "KATOK_QUOTA_PAIR",
            "KATOK_WEBHOOK_PRIVATE_ADDRESSES",
        ] {
            let shown = |name: &str| (name == variable).then(|| setting(variable).default.to_owned());
            let set = ListenSettings::read(&shown, &SettingsFile::default(), None, &mut problems);
            assert_eq!(format!("{set:?}"), format!("{unset:?}"), "{variable}");
        }
        assert!(problems.is_empty(), "{problems:?}");
    }

    #[test]
    fn both_readmes_explain_every_setting() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        for file in ["README.md", "README.ko.md"] {
            let text = std::fs::read_to_string(root.join(file)).unwrap();
            for setting in CATALOGUE {
                assert!(
                    text.contains(&format!("`{}`", setting.variable)),
                    "{file} lacks {}",
                    setting.variable
                );
            }
        }
    }
}
