//! How many messages Kakao lets through in a day.

use std::num::NonZeroU32;

use super::{Environment, SettingsFile, set};
use crate::sentence::Sentence;

/// `KATOK_QUOTA_APP`, `KATOK_QUOTA_SENDER`, `KATOK_QUOTA_RECEIVER`, `KATOK_QUOTA_PAIR`: messages in a Korean day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quotas {
    /// Of the whole app, those to oneself included.
    pub app: NonZeroU32,
    /// From one person to friends.
    pub sender: NonZeroU32,
    /// From friends to one person.
    pub receiver: NonZeroU32,
    /// From one person to one friend.
    pub pair: NonZeroU32,
}

impl Default for Quotas {
    /// Kakao's figures.
    fn default() -> Self {
        let figure = |messages| NonZeroU32::new(messages).unwrap_or(NonZeroU32::MIN);
        Self { app: figure(30_000), sender: figure(100), receiver: figure(100), pair: figure(20) }
    }
}

impl Quotas {
    pub(super) fn read(env: Environment<'_>, file: &SettingsFile, problems: &mut Vec<Sentence>) -> Self {
        let (file, default) = (&file.gateway, Self::default());
        let mut read = |name: &str, in_file: Option<NonZeroU32>, default: NonZeroU32| {
            let Some(text) = set(env, name) else { return in_file.unwrap_or(default) };
            text.parse().unwrap_or_else(|_| {
                problems.push(Sentence::new(
                    format!(
                        "{name} 값은 하루에 보낼 수 있는 메시지 수, 1 이상의 수여야 합니다. 예: {default}"
                    ),
                    format!("{name} takes how many messages go through in a day, 1 or more, e.g. {default}"),
                ));
                default
            })
        };
        Self {
            app: read("KATOK_QUOTA_APP", file.quota_app, default.app),
            sender: read("KATOK_QUOTA_SENDER", file.quota_sender, default.sender),
            receiver: read("KATOK_QUOTA_RECEIVER", file.quota_receiver, default.receiver),
            pair: read("KATOK_QUOTA_PAIR", file.quota_pair, default.pair),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(env: &[(&str, &str)], file: &str) -> (Quotas, Vec<Sentence>) {
        let env = |name: &str| env.iter().find(|(set, _)| *set == name).map(|(_, value)| (*value).to_owned());
        let mut problems = Vec::new();
        let quotas = Quotas::read(&env, &SettingsFile::parse(file).unwrap(), &mut problems);
        (quotas, problems)
    }

    #[test]
    fn each_is_kakaos_figure_unless_it_is_set() {
        let of = |env, file| {
            let (Quotas { app, sender, receiver, pair }, problems) = read(env, file);
            assert!(problems.is_empty(), "{problems:?}");
            [app, sender, receiver, pair].map(NonZeroU32::get)
        };
        assert_eq!(of(&[], ""), [30_000, 100, 100, 20]);
        assert_eq!(of(&[("KATOK_QUOTA_APP", "90000")], ""), [90_000, 100, 100, 20]);
        let file = "[gateway]\nquota_sender = 5\nquota_pair = 6";
        assert_eq!(of(&[("KATOK_QUOTA_PAIR", "7")], file), [30_000, 5, 100, 7]);
    }

    #[test]
    fn a_day_without_messages_is_no_quota() {
        for text in ["0", "-1", "many", "1.5", "4294967296"] {
            let (quotas, problems) = read(&[("KATOK_QUOTA_RECEIVER", text)], "");
            assert_eq!((quotas, problems.len()), (Quotas::default(), 1), "{text}");
        }
        assert!(SettingsFile::parse("[gateway]\nquota_app = 0").is_err());
    }
}
