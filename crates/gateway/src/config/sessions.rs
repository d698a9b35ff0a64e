//! How long browser sessions last.

use jiff::{SignedDuration, Span, SpanRelativeTo};

use super::{Environment, SettingsFile, set};
use crate::sentence::Sentence;

/// When a browser must sign in again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionSettings {
    /// `KATOK_SESSION_IDLE`: after this long without a request.
    pub idle: SignedDuration,
    /// `KATOK_SESSION_LIFETIME`: this long after the sign-in, however much it is used.
    pub lifetime: SignedDuration,
}

impl Default for SessionSettings {
    /// Two weeks, and as long as Kakao's refresh token.
    fn default() -> Self {
        Self { idle: SignedDuration::from_hours(14 * 24), lifetime: SignedDuration::from_hours(60 * 24) }
    }
}

/// Shorter, and a session that is in use could end between two notes of its use.
const SHORTEST: SignedDuration = SignedDuration::from_mins(10);
/// Browsers keep no cookie for longer.
const LONGEST: SignedDuration = SignedDuration::from_hours(400 * 24);

impl SessionSettings {
    pub(crate) fn read(env: Environment<'_>, file: &SettingsFile, problems: &mut Vec<Sentence>) -> Self {
        let default = Self::default();
        let mut one = |name: &str, from_file: &Option<String>, default| {
            let Some(text) = set(env, name).or_else(|| from_file.clone()) else { return default };
            parse(&text).unwrap_or_else(|| {
                problems.push(Sentence::new(
                    format!(
                        "{name} 값은 10분(10m)부터 400일(400d)까지의 기간이어야 합니다. 예: 14d, 12h, 30m"
                    ),
                    format!("{name} takes a duration from 10m to 400d. Examples: 14d, 12h, 30m"),
                ));
                default
            })
        };
        Self {
            idle: one("KATOK_SESSION_IDLE", &file.gateway.session_idle, default.idle),
            lifetime: one("KATOK_SESSION_LIFETIME", &file.gateway.session_lifetime, default.lifetime),
        }
    }
}

fn parse(text: &str) -> Option<SignedDuration> {
    let span: Span = text.parse().ok()?;
    let duration = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
    (SHORTEST..=LONGEST).contains(&duration).then_some(duration)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_people_write_them() {
        for (text, hours) in [("14d", 14 * 24), ("12h", 12), ("1 day 12 hours", 36), ("2 weeks", 14 * 24)] {
            assert_eq!(parse(text), Some(SignedDuration::from_hours(hours)), "{text}");
        }
        for text in ["", "14", "forever", "9m", "401d", "-14d", "2 months", "99999999999999999999d"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_environment_wins_over_the_file_and_mistakes_are_told_together() {
        let file = "[gateway]\nsession_idle = \"2d\"\nsession_lifetime = \"30d\"\n";
        let file = SettingsFile::parse(file).unwrap();
        let read = |value: &'static str| {
            let env = |name: &str| (name == "KATOK_SESSION_IDLE").then(|| value.to_owned());
            let mut problems = Vec::new();
            (SessionSettings::read(&env, &file, &mut problems), problems.len())
        };
        let (settings, problems) = read("1d");
        assert_eq!((settings.idle, problems), (SignedDuration::from_hours(24), 0));
        assert_eq!(settings.lifetime, SignedDuration::from_hours(30 * 24));
        assert_eq!(read("soon"), (SessionSettings { lifetime: settings.lifetime, ..Default::default() }, 1));
    }
}
