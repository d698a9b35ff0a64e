//! How people sign in: whether Kakao must sign for who they are, and what they are sent when they have.

use jiff::SignedDuration;
use katok_client::MessageTemplate;
use katok_client::template::{Finding, LintOptions, Severity};
use serde_json::Value;

use super::{Environment, SettingsFile, set};
use crate::sentence::Sentence;

/// `KATOK_OIDC`: what a sign-in without an ID token is worth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Oidc {
    /// An ID token is checked when Kakao gives one: apps without OpenID Connect get none.
    #[default]
    Auto,
    /// Without an ID token nobody is signed in.
    Required,
}

/// Settings of the sign-in.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// `KATOK_OIDC`
    pub oidc: Oidc,
    /// `KATOK_OIDC_ISSUER`: who signs ID tokens; without it the address of Kakao's authorization server.
    pub issuer: Option<String>,
    /// `KATOK_SEND_AFTER_SIGN_IN`: what people are sent right after a sign-in, to themselves.
    pub send_after: Option<SendAfter>,
    /// `KATOK_CONSENT_WITHIN`: how long a message waits for the consent it lacks.
    pub consent_within: SignedDuration,
}

impl Default for SignIn {
    fn default() -> Self {
        Self {
            oidc: Oidc::default(),
            issuer: None,
            send_after: None,
            consent_within: SignedDuration::from_hours(1),
        }
    }
}

/// A message to oneself that follows a sign-in.
#[derive(Clone, Debug)]
pub struct SendAfter {
    /// What Kakao is given.
    pub template: MessageTemplate,
    /// What will not be seen as it was meant.
    pub warnings: Vec<Sentence>,
}

impl SignIn {
    /// Reads environment and file.
    pub fn read(env: Environment<'_>, file: &SettingsFile, problems: &mut Vec<Sentence>) -> Self {
        let oidc = match set(env, "KATOK_OIDC").or_else(|| file.gateway.oidc.clone()).as_deref() {
            None | Some("auto") => Oidc::Auto,
            Some("required") => Oidc::Required,
            Some(_) => {
                problems.push(Sentence::new(
                    "KATOK_OIDC 값은 auto 또는 required여야 합니다.",
                    "KATOK_OIDC must be auto or required.",
                ));
                Oidc::Auto
            }
        };
        let template =
            set(env, "KATOK_SEND_AFTER_SIGN_IN").or_else(|| file.gateway.send_after_sign_in.clone());
        Self {
            oidc,
            issuer: set(env, "KATOK_OIDC_ISSUER").or_else(|| file.gateway.oidc_issuer.clone()),
            send_after: template.and_then(|path| {
                SendAfter::read(&path).map_err(|mut found| problems.append(&mut found)).ok()
            }),
            consent_within: consent_within(env, file, problems),
        }
    }
}

fn consent_within(env: Environment<'_>, file: &SettingsFile, problems: &mut Vec<Sentence>) -> SignedDuration {
    let default = SignIn::default().consent_within;
    let text = set(env, "KATOK_CONSENT_WITHIN").or_else(|| file.gateway.consent_within.clone());
    let Some(text) = text else { return default };
    let bounds = SignedDuration::from_mins(1)..=SignedDuration::from_hours(7 * 24);
    text.parse().ok().filter(|within| bounds.contains(within)).unwrap_or_else(|| {
        problems.push(Sentence::new(
            "KATOK_CONSENT_WITHIN 값은 1분(1m)부터 168시간(168h)까지의 기간이어야 합니다. 예: 30m, 1h",
            "KATOK_CONSENT_WITHIN takes a duration from 1m to 168h. Examples: 30m, 1h",
        ));
        default
    })
}

impl SendAfter {
    fn read(path: &str) -> Result<Self, Vec<Sentence>> {
        let unusable = |ko: &str, en: &str| {
            let place = format!("KATOK_SEND_AFTER_SIGN_IN ({path})");
            vec![Sentence::new(format!("{place}: {ko}"), format!("{place}: {en}"))]
        };
        let text = std::fs::read_to_string(path).map_err(|error| {
            unusable(
                &format!("파일을 읽을 수 없습니다({error}). 경로와 권한을 확인하세요."),
                &format!("the file cannot be read ({error}). Check the path and its permissions."),
            )
        })?;
        let json: Value = serde_json::from_str(&text).map_err(|error| {
            unusable(&format!("JSON이 아닙니다({error})."), &format!("this is not JSON ({error})."))
        })?;
        let template = MessageTemplate::try_from(json)
            .map_err(|error| unusable("카카오 템플릿 객체(JSON 객체)를 넣으세요.", &format!("{error}.")))?;
        let (errors, warnings): (Vec<Finding>, Vec<Finding>) = template
            .lint(&LintOptions::new())
            .into_iter()
            .partition(|finding| finding.severity == Severity::Error);
        let tell = |found: Vec<Finding>| found.iter().map(|finding| sentence(path, finding)).collect();
        if errors.is_empty() { Ok(Self { template, warnings: tell(warnings) }) } else { Err(tell(errors)) }
    }
}

fn sentence(path: &str, finding: &Finding) -> Sentence {
    let Finding { path: field, cause_ko, cause_en, remedy_ko, remedy_en, .. } = finding;
    let place = format!("KATOK_SEND_AFTER_SIGN_IN ({path}) {field}:");
    Sentence::new(format!("{place} {cause_ko} {remedy_ko}"), format!("{place} {cause_en} {remedy_en}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(env: &[(&str, &str)]) -> (SignIn, Vec<Sentence>) {
        let env = |name: &str| env.iter().find(|(set, _)| *set == name).map(|(_, value)| (*value).to_owned());
        let mut problems = Vec::new();
        (SignIn::read(&env, &SettingsFile::default(), &mut problems), problems)
    }

    fn template(json: &str) -> (SignIn, Vec<Sentence>) {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), json).unwrap();
        read(&[("KATOK_SEND_AFTER_SIGN_IN", file.path().to_str().unwrap())])
    }

    #[test]
    fn oidc_is_auto_unless_required_and_nothing_else() {
        assert_eq!(read(&[]).0.oidc, Oidc::Auto);
        assert_eq!(read(&[("KATOK_OIDC", "required")]).0.oidc, Oidc::Required);
        assert_eq!(read(&[("KATOK_OIDC", "yes")]).1.len(), 1);
    }

    #[test]
    fn a_message_waits_for_an_hour_unless_told_otherwise() {
        let within = |text| read(&[("KATOK_CONSENT_WITHIN", text)]);
        assert_eq!(read(&[]).0.consent_within, SignedDuration::from_hours(1));
        assert_eq!(within("30m").0.consent_within, SignedDuration::from_mins(30));
        for text in ["30", "soon", "1s", "-1h", "169h"] {
            assert_eq!(within(text).1.len(), 1, "{text}");
        }
    }

    #[test]
    fn a_template_that_kakao_would_refuse_is_a_problem_that_names_its_place() {
        let (settings, problems) = template(r#"{"object_type": "list", "header_title": "목록"}"#);
        assert!(settings.send_after.is_none());
        assert!(problems.iter().any(|problem| problem.en.contains(" header_link: ")), "{problems:?}");
        for json in ["[]", "{", ""] {
            assert_eq!(template(json).1.len(), 1, "{json}");
        }
        assert_eq!(read(&[("KATOK_SEND_AFTER_SIGN_IN", "/nonexistent/template.json")]).1.len(), 1);
    }

    #[test]
    fn what_kakao_would_cut_is_a_warning() {
        let long = serde_json::json!({"object_type": "text", "text": "가".repeat(300), "link": {"web_url": "https://katok.example"}});
        let (settings, problems) = template(&long.to_string());
        assert!(problems.is_empty(), "{problems:?}");
        let warnings = settings.send_after.unwrap().warnings;
        assert!(warnings.iter().any(|warning| warning.en.contains(" text: ")), "{warnings:?}");
    }
}
