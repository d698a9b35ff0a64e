//! Browser sessions: what a browser holds, what we keep of it, and for how long.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use katok_client::Chance;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::digest::{Digest, sha256};
use crate::store::{AccountId, NewSession, StoredSession};

/// How long a sign-in lasts: as long as Kakao's refresh token.
pub(crate) const LIFETIME: SignedDuration = SignedDuration::from_hours(60 * 24);

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

    pub(crate) fn to_store(&self, now: Timestamp) -> NewSession {
        NewSession {
            id_digest: self.id.digest(),
            write_digest: self.write.digest(),
            expires_at: now + LIFETIME,
        }
    }
}

/// What a request may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Nobody is signed in.
    Anonymous,
    /// May look.
    Read(AccountId),
    /// May look, send and destroy.
    Write(AccountId),
}

/// Decides from the stored session and the second secret what a request may do.
pub(crate) fn access(stored: Option<StoredSession>, write: Option<&BrowserSecret>, now: Timestamp) -> Access {
    match stored {
        Some(session) if session.expires_at > now => {
            let may_write =
                write.is_some_and(|secret| secret.digest().as_slice().ct_eq(&session.write_digest).into());
            if may_write { Access::Write(session.account) } else { Access::Read(session.account) }
        }
        _ => Access::Anonymous,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(expires_at: Timestamp, write: &BrowserSecret) -> StoredSession {
        let account = AccountId::new(Timestamp::UNIX_EPOCH, [7; 10]);
        StoredSession { account, write_digest: write.digest().to_vec(), expires_at }
    }

    #[test]
    fn a_session_reads_alone_and_writes_only_with_its_second_secret() {
        let now = Timestamp::UNIX_EPOCH;
        let (write, other) = (BrowserSecret::presented("write"), BrowserSecret::presented("other"));
        let later = now + LIFETIME;
        assert!(matches!(access(Some(stored(later, &write)), Some(&write), now), Access::Write(_)));
        assert!(matches!(access(Some(stored(later, &write)), Some(&other), now), Access::Read(_)));
        assert!(matches!(access(Some(stored(later, &write)), None, now), Access::Read(_)));
    }

    #[test]
    fn a_session_ends_at_its_last_moment() {
        let now = Timestamp::UNIX_EPOCH + LIFETIME;
        let write = BrowserSecret::presented("write");
        assert_eq!(access(Some(stored(now, &write)), Some(&write), now), Access::Anonymous);
        assert_eq!(access(None, Some(&write), now), Access::Anonymous);
    }
}
