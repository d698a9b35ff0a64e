//! How often one address or one account may ask.

use std::num::NonZeroU32;

use super::{Environment, SettingsFile, set};
use crate::sentence::Sentence;

/// `KATOK_RATE_LIMITS`: how many requests a minute; each may also come at once. `None` is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimits {
    /// By one address, to begin and to end sign-ins; every one begun leaves a row for ten minutes.
    pub sign_in: Option<NonZeroU32>,
    /// By one address, to everything else.
    pub address: Option<NonZeroU32>,
    /// By one signed-in account, to what asks something of Kakao or of the account.
    pub account: Option<NonZeroU32>,
}

impl Default for RateLimits {
    /// A house full of people behind one address does not meet them.
    fn default() -> Self {
        Self {
            sign_in: NonZeroU32::new(300),
            address: NonZeroU32::new(3_000),
            account: NonZeroU32::new(1_200),
        }
    }
}

impl RateLimits {
    /// Nothing is refused for its frequency.
    pub const OFF: Self = Self { sign_in: None, address: None, account: None };

    pub(super) fn read(env: Environment<'_>, file: &SettingsFile, problems: &mut Vec<Sentence>) -> Self {
        let text = set(env, "KATOK_RATE_LIMITS").or_else(|| file.gateway.rate_limits.clone());
        let Some(text) = text else { return Self::default() };
        Self::parse(&text).unwrap_or_else(|| {
            problems.push(Sentence::new(
                "KATOK_RATE_LIMITS 값을 읽을 수 없습니다. off, 또는 1분에 몇 번인지 적으세요. 예: sign-in=300,address=3000,account=1200",
                "KATOK_RATE_LIMITS cannot be read. Write off, or how many a minute, e.g. sign-in=300,address=3000,account=1200",
            ));
            Self::default()
        })
    }

    /// Reads `off`, or any of the three with a number or `off`; what is not named stays as it is by default.
    fn parse(text: &str) -> Option<Self> {
        if text == "off" {
            return Some(Self::OFF);
        }
        let mut limits = Self::default();
        for part in text.split(',') {
            let (name, limit) = part.split_once('=')?;
            let limit = match limit.trim() {
                "off" => None,
                number => Some(number.parse().ok()?),
            };
            match name.trim() {
                "sign-in" => limits.sign_in = limit,
                "address" => limits.address = limit,
                "account" => limits.account = limit,
                _ => return None,
            }
        }
        Some(limits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_named_stays_as_it_is() {
        let limits = RateLimits::parse("sign-in=5, account=off").unwrap();
        assert_eq!(limits.sign_in, NonZeroU32::new(5));
        assert_eq!(limits.address, RateLimits::default().address);
        assert_eq!(limits.account, None);
        assert_eq!(RateLimits::parse("off"), Some(RateLimits::OFF));
    }

    #[test]
    fn what_is_no_limit_is_refused() {
        for text in ["", "5", "sign-in", "sign-in=0", "sign-in=many", "everything=5", "sign-in=5;address=5"] {
            assert_eq!(RateLimits::parse(text), None, "{text}");
        }
    }
}
