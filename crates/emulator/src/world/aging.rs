//! Ageing: tokens whose end somebody moved, to see what a service does then.

use jiff::{SignedDuration, Timestamp};

use super::link::LinkKey;
use super::{Command, World};
use crate::digest::Digest;

/// The emulator does not know this token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "이 에뮬레이터가 발급한 토큰이 아니거나, 로그아웃이나 연결 해제로 없어졌습니다. \
     This emulator has not issued the token, or it is gone by logout or unlink."
)]
pub struct NoSuchToken;

/// Whose token it is, and when it ends now.
#[derive(Debug)]
pub(crate) struct AgedToken {
    pub(crate) link: LinkKey,
    pub(crate) expires_at: Timestamp,
}

/// Ends an access token: it is expired from now on, not unknown.
pub(crate) struct ExpireAccessToken {
    pub(crate) access_token: String,
}

impl Command for ExpireAccessToken {
    type Reply = AgedToken;
    type Fault = NoSuchToken;

    fn run(self, world: &mut World, now: Timestamp) -> Result<AgedToken, NoSuchToken> {
        let digest = Digest::of_bytes(self.access_token.as_bytes());
        let token = world.access_tokens.get_mut(&digest).ok_or(NoSuchToken)?;
        // One that has ended already stays ended when it did.
        token.expires_at = token.expires_at.min(now);
        Ok(AgedToken { link: token.link.clone(), expires_at: token.expires_at })
    }
}

/// Leaves a refresh token this much of its life.
pub(crate) struct AgeRefreshToken {
    pub(crate) refresh_token: String,
    pub(crate) remaining: SignedDuration,
}

impl Command for AgeRefreshToken {
    type Reply = AgedToken;
    type Fault = NoSuchToken;

    fn run(self, world: &mut World, now: Timestamp) -> Result<AgedToken, NoSuchToken> {
        let digest = Digest::of_bytes(self.refresh_token.as_bytes());
        let token = world.refresh_tokens.get_mut(&digest).ok_or(NoSuchToken)?;
        // Out of range only for an absurd life, which then does not end.
        token.expires_at = now.checked_add(self.remaining).unwrap_or(Timestamp::MAX);
        Ok(AgedToken { link: token.link.clone(), expires_at: token.expires_at })
    }
}
