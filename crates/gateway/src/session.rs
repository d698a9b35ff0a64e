//! Browser sessions: what a browser holds, what we keep of it, and for how long.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use katok_client::Chance;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::app::App;
use crate::config::SessionSettings;
use crate::digest::{Digest, sha256};
use crate::store::{AccountId, ListedSession, NewSession, SessionId, StoreError, StoredSession};

/// Its use is noted at most this often: not every request is worth writing down.
const NOTED_EVERY: SignedDuration = SignedDuration::from_mins(5);

/// A secret that a browser carries in a cookie; only its digest is kept.
#[derive(Clone)]
pub(crate) struct BrowserSecret(Zeroizing<String>);

impl BrowserSecret {
    /// 256 bits of chance, too many to guess.
    pub(crate) fn generate(chance: &dyn Chance) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        chance.fill(bytes.as_mut_slice());
        Self(Zeroizing::new(URL_SAFE_NO_PAD.encode(bytes.as_slice())))
    }

    /// A secret as a cookie brought it.
    pub(crate) fn presented(text: &str) -> Self {
        Self(Zeroizing::new(text.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn digest(&self) -> Digest {
        sha256(self.0.as_bytes())
    }
}

/// The two secrets of one session: the first shows who one is, both together let one send and destroy.
pub(crate) struct SessionSecrets {
    pub(crate) id: BrowserSecret,
    pub(crate) write: BrowserSecret,
}

impl SessionSecrets {
    pub(crate) fn generate(chance: &dyn Chance) -> Self {
        Self { id: BrowserSecret::generate(chance), write: BrowserSecret::generate(chance) }
    }

    pub(crate) fn to_store(
        &self,
        id: SessionId,
        user_agent: String,
        limits: &SessionSettings,
        now: Timestamp,
    ) -> NewSession {
        NewSession {
            id,
            id_digest: self.id.digest(),
            write_digest: self.write.digest(),
            expires_at: ends_at(limits, now, now),
            user_agent,
        }
    }
}

/// When a session ends if nobody uses it any more.
pub(crate) fn ends_at(limits: &SessionSettings, created_at: Timestamp, last_seen_at: Timestamp) -> Timestamp {
    (created_at + limits.lifetime).min(last_seen_at + limits.idle)
}

impl StoredSession {
    /// Whether its last use was noted long enough ago that this one is worth noting.
    pub(crate) fn is_worth_noting(&self, now: Timestamp) -> bool {
        now.duration_since(self.last_seen_at) >= NOTED_EVERY
    }
}

/// The sessions of an account that have not run out.
pub(crate) async fn living(app: &App, account: &AccountId) -> Result<Vec<ListedSession>, StoreError> {
    let now = app.clock.now();
    let mut sessions = app.store.sessions(account).await?;
    sessions
        .retain(|session| now < ends_at(&app.settings.sessions, session.created_at, session.last_seen_at));
    Ok(sessions)
}

/// Somebody signed in, in one browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Session {
    pub(crate) account: AccountId,
    pub(crate) id: SessionId,
}

/// What a request may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Nobody is signed in.
    Anonymous,
    /// May look.
    Read(Session),
    /// May look, send and destroy.
    Write(Session),
}

impl Access {
    /// Who it is, whatever they may do.
    pub(crate) fn account(self) -> Option<AccountId> {
        match self {
            Self::Anonymous => None,
            Self::Read(session) | Self::Write(session) => Some(session.account),
        }
    }
}

/// Decides from the stored session and the second secret what a request may do.
pub(crate) fn access(
    stored: &StoredSession,
    write: Option<&BrowserSecret>,
    limits: &SessionSettings,
    now: Timestamp,
) -> Access {
    if now >= ends_at(limits, stored.created_at, stored.last_seen_at) {
        return Access::Anonymous;
    }
    let may_write = write.is_some_and(|secret| secret.digest().as_slice().ct_eq(&stored.write_digest).into());
    let session = Session { account: stored.account.clone(), id: stored.id.clone() };
    if may_write { Access::Write(session) } else { Access::Read(session) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;
    const DAY: SignedDuration = SignedDuration::from_hours(24);
    const LIMITS: SessionSettings = SessionSettings {
        idle: SignedDuration::from_hours(14 * 24),
        lifetime: SignedDuration::from_hours(60 * 24),
    };

    fn stored(last_seen_at: Timestamp) -> StoredSession {
        StoredSession {
            id: SessionId::new(NOW, [7; 10]),
            account: AccountId::new(NOW, [7; 10]),
            kakao_app: "app".to_owned(),
            write_digest: BrowserSecret::presented("write").digest().to_vec(),
            created_at: NOW,
            last_seen_at,
        }
    }

    #[test]
    fn a_session_reads_alone_and_writes_only_with_its_second_secret() {
        let stored = stored(NOW);
        let access =
            |write: Option<&str>| access(&stored, write.map(BrowserSecret::presented).as_ref(), &LIMITS, NOW);
        assert!(matches!(access(Some("write")), Access::Write(_)));
        assert!(matches!(access(Some("other")), Access::Read(_)));
        assert!(matches!(access(None), Access::Read(_)));
    }

    #[test]
    fn a_session_ends_when_nobody_uses_it_and_in_any_case_at_the_end_of_its_life() {
        let lives = |last_seen, now| {
            access(&stored(NOW + DAY * last_seen), None, &LIMITS, NOW + DAY * now) != Access::Anonymous
        };
        assert!(lives(0, 13) && !lives(0, 14));
        assert!(lives(13, 26) && !lives(13, 27));
        assert!(lives(59, 59) && !lives(59, 60));
    }

    #[test]
    fn its_use_is_noted_every_five_minutes() {
        let noted = |seconds| stored(NOW).is_worth_noting(NOW + SignedDuration::from_secs(seconds));
        assert!(!noted(0) && !noted(299) && noted(300));
    }
}
