//! A user's tokens: what they are, where they live, and how they stay fresh.

mod error;
#[cfg(feature = "file-store")]
mod file;
mod issue_log;
mod keeper;
mod memory;
mod refresh;
mod store;

pub use error::{LoginEnd, TokenError};
#[cfg(feature = "file-store")]
pub use file::{FileTokenStore, FileTokenStoreError};
pub use issue_log::IssueLog;
pub use keeper::TokenKeeper;
pub use memory::MemoryTokenStore;
pub use store::{Replaced, TokenStore, Version, Versioned};

use std::{io, mem};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::login::{IssuedTokens, RefreshedTokens};
use crate::{AccessToken, RefreshToken, ScopeSet};

/// What lets an app act for one user, and until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    /// Opens the user's data.
    pub access_token: AccessToken,
    /// When the access token ends.
    pub access_token_expires_at: Timestamp,
    /// Gets the next access token.
    pub refresh_token: RefreshToken,
    /// When the refresh token ends.
    pub refresh_token_expires_at: Timestamp,
    /// What the user has agreed to, as far as Kakao said.
    pub scopes: ScopeSet,
    /// When the user's last tokens were issued; Kakao limits how many there may be.
    pub issue_log: IssueLog,
}

/// Long enough before the end that Kakao surely renews the refresh token (it does so in its last month), and
/// that there are weeks to try again.
const KEEP_ALIVE: SignedDuration = SignedDuration::from_hours(20 * 24);

/// Longer than a month, after which Kakao renews the refresh token.
const MAY_ROTATE: SignedDuration = SignedDuration::from_hours(32 * 24);

/// The stored form; its field names stay as they are, because sealed tokens outlive a release.
#[derive(Serialize, Deserialize)]
struct StoredTokens<S> {
    access_token: S,
    access_token_expires_at: Timestamp,
    refresh_token: S,
    refresh_token_expires_at: Timestamp,
    scope: ScopeSet,
    /// Not in tokens that were stored before it was kept.
    #[serde(default, skip_serializing_if = "IssueLog::is_empty")]
    issue_log: IssueLog,
}

impl Tokens {
    /// The tokens of a login that was completed now.
    #[must_use]
    pub fn issued(issued: IssuedTokens, now: Timestamp) -> Self {
        Self {
            access_token: issued.access_token,
            access_token_expires_at: after(now, issued.expires_in),
            refresh_token: issued.refresh_token,
            refresh_token_expires_at: after(now, issued.refresh_token_expires_in),
            scopes: issued.scope.unwrap_or_default(),
            issue_log: IssueLog::of_login(now),
        }
    }

    /// These tokens of a new login, with the former login's share in the limits on token issue.
    #[must_use]
    pub fn succeeding(self, former: &Self) -> Self {
        Self { issue_log: self.issue_log.joined_with(&former.issue_log), ..self }
    }

    /// These tokens after a refresh that was made now; what Kakao did not renew stays.
    #[must_use]
    pub fn refreshed(&self, refreshed: RefreshedTokens, now: Timestamp) -> Self {
        let issue_log = self.issue_log.answered(refreshed.refresh.is_some(), now);
        let (refresh_token, refresh_token_expires_at) = match refreshed.refresh {
            Some((token, lifetime)) => (token, after(now, lifetime)),
            None => (self.refresh_token.clone(), self.refresh_token_expires_at),
        };
        Self {
            access_token: refreshed.access_token,
            access_token_expires_at: after(now, refreshed.expires_in),
            refresh_token,
            refresh_token_expires_at,
            scopes: refreshed.scope.unwrap_or_else(|| self.scopes.clone()),
            issue_log,
        }
    }

    /// When to refresh these tokens at the latest so that the login never ends, 20 days before it would.
    ///
    /// A refresh at that time brings a new refresh token: Kakao renews those that have less than a month left.
    /// [`TokenKeeper::keep_alive`] does it.
    #[must_use]
    pub fn keep_alive_due(&self) -> Timestamp {
        self.refresh_token_expires_at.checked_sub(KEEP_ALIVE).unwrap_or(Timestamp::MIN)
    }

    /// These tokens, with a note that Kakao is asked for new ones now.
    fn asking(&self, now: Timestamp) -> Self {
        Self { issue_log: self.issue_log.asking(now), ..self.clone() }
    }

    /// Whether a refresh now may bring a new refresh token.
    fn may_rotate(&self, now: Timestamp) -> bool {
        now.duration_until(self.refresh_token_expires_at) < MAY_ROTATE
    }

    /// The tokens in the clear, for the line that must seal them.
    #[must_use]
    #[expect(
        clippy::missing_panics_doc,
        reason = "it cannot: the keys are strings and no value refuses to be written"
    )]
    pub fn to_json(&self) -> Zeroizing<String> {
        let stored = StoredTokens {
            access_token: self.access_token.secret(),
            access_token_expires_at: self.access_token_expires_at,
            refresh_token: self.refresh_token.secret(),
            refresh_token_expires_at: self.refresh_token_expires_at,
            scope: self.scopes.clone(),
            issue_log: self.issue_log.clone(),
        };
        let written = |to: &mut dyn io::Write| {
            serde_json::to_writer(to, &stored).expect("strings and times can always be written");
        };
        let mut length = Length(0);
        written(&mut length);
        // A buffer that grew would leave a copy behind.
        let mut json = Zeroizing::new(Vec::with_capacity(length.0));
        written(&mut *json);
        Zeroizing::new(String::from_utf8(mem::take(&mut *json)).expect("JSON is text"))
    }

    /// Reads what [`to_json`](Self::to_json) wrote.
    pub fn from_json(json: &str) -> Result<Self, UnreadableTokens> {
        let stored: StoredTokens<String> = serde_json::from_str(json).map_err(|_| UnreadableTokens)?;
        Ok(Self {
            access_token: AccessToken::new(stored.access_token),
            access_token_expires_at: stored.access_token_expires_at,
            refresh_token: RefreshToken::new(stored.refresh_token),
            refresh_token_expires_at: stored.refresh_token_expires_at,
            scopes: stored.scope,
            issue_log: stored.issue_log,
        })
    }
}

/// Counts what is written to it.
struct Length(usize);

impl io::Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Stored tokens that are not in the form they were written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the stored tokens cannot be read: delete them and sign in again")]
pub struct UnreadableTokens;

fn after(now: Timestamp, lifetime: SignedDuration) -> Timestamp {
    now.saturating_add(lifetime).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn noon() -> Timestamp {
        "2026-01-02T12:00:00Z".parse().unwrap()
    }

    fn tokens() -> Tokens {
        Tokens {
            access_token: AccessToken::new("A1"),
            access_token_expires_at: noon(),
            refresh_token: RefreshToken::new("R1"),
            refresh_token_expires_at: "2026-03-01T00:00:00Z".parse().unwrap(),
            scopes: ScopeSet::parse("friends talk_message"),
            issue_log: IssueLog::default(),
        }
    }

    fn refreshed(refresh: Option<(RefreshToken, SignedDuration)>) -> RefreshedTokens {
        RefreshedTokens {
            access_token: AccessToken::new("A2"),
            expires_in: SignedDuration::from_secs(21_599),
            refresh,
            scope: None,
            id_token: None,
        }
    }

    #[test]
    fn the_stored_form_does_not_change() {
        let json = r#"{"access_token":"A1","access_token_expires_at":"2026-01-02T12:00:00Z","refresh_token":"R1","refresh_token_expires_at":"2026-03-01T00:00:00Z","scope":["friends","talk_message"]}"#;
        assert_eq!(*tokens().to_json(), json);
        assert_eq!(tokens().to_json().capacity(), json.len());
        assert_eq!(Tokens::from_json(json), Ok(tokens()));
        assert_eq!(Tokens::from_json("{}"), Err(UnreadableTokens));
    }

    proptest! {
        #[test]
        fn what_is_stored_is_read_again(
            access in any::<String>(),
            refresh in any::<String>(),
            lifetimes in any::<(u32, u32)>(),
            pauses in proptest::collection::vec((0_i64..1000, any::<bool>()), 0..40),
        ) {
            let lifetime = |seconds: u32| noon() + SignedDuration::from_secs(seconds.into());
            let mut issue_log = IssueLog::of_login(noon());
            let mut now = noon();
            for (pause, answered) in pauses {
                now += SignedDuration::from_secs(pause);
                issue_log = issue_log.asking(now);
                if answered {
                    issue_log = issue_log.answered(pause % 2 == 0, now);
                }
            }
            let tokens = Tokens {
                access_token: AccessToken::new(access),
                access_token_expires_at: lifetime(lifetimes.0),
                refresh_token: RefreshToken::new(refresh),
                refresh_token_expires_at: lifetime(lifetimes.1),
                scopes: ScopeSet::parse("talk_message"),
                issue_log,
            };
            prop_assert_eq!(Tokens::from_json(&tokens.to_json()), Ok(tokens));
        }
    }

    #[test]
    fn a_login_is_kept_alive_in_its_last_month() {
        let due = |expires_at: &str| {
            let refresh_token_expires_at = expires_at.parse().unwrap();
            Tokens { refresh_token_expires_at, ..tokens() }.keep_alive_due()
        };
        assert_eq!(due("2026-03-01T00:00:00Z"), "2026-02-09T00:00:00Z".parse().unwrap());
        assert_eq!(due("-009999-01-03T00:00:00Z"), Timestamp::MIN);
    }

    #[test]
    fn what_kakao_does_not_renew_stays() {
        let after = tokens().refreshed(refreshed(None), noon());
        let expected = Tokens {
            access_token: AccessToken::new("A2"),
            access_token_expires_at: "2026-01-02T17:59:59Z".parse().unwrap(),
            issue_log: IssueLog::default().answered(false, noon()),
            ..tokens()
        };
        assert_eq!(after, expected);
    }

    #[test]
    fn a_new_refresh_token_takes_the_place_of_the_old_one() {
        let rotated = Some((RefreshToken::new("R2"), SignedDuration::from_hours(24)));
        let after = tokens().refreshed(refreshed(rotated), noon());
        assert_eq!(after.refresh_token, RefreshToken::new("R2"));
        assert_eq!(after.refresh_token_expires_at, "2026-01-03T12:00:00Z".parse().unwrap());
    }

    #[test]
    fn a_lifetime_beyond_all_calendars_is_the_end_of_time_or_its_beginning() {
        for (lifetime, end) in [(SignedDuration::MAX, Timestamp::MAX), (SignedDuration::MIN, Timestamp::MIN)]
        {
            let refreshed = RefreshedTokens { expires_in: lifetime, ..refreshed(None) };
            assert_eq!(tokens().refreshed(refreshed, noon()).access_token_expires_at, end);
        }
    }
}
