//! The user's tokens and link: how long a token lives, log out, disconnect.
//!
//! See [Kakao Docs/Kakao Login: REST API].

use jiff::Timestamp;

use super::credentials::Credentials;
use super::event::{Event, UnlinkReason};
use super::{Command, World};
use crate::fault::ApiFault;

/// Asks about the token of the call.
pub(crate) struct AccessTokenInfo {
    pub(crate) credentials: Credentials,
}

/// What Kakao tells about a token.
pub(crate) struct TokenInfo {
    pub(crate) user_id: i64,
    /// In seconds.
    pub(crate) expires_in: i64,
    pub(crate) app_id: i64,
}

impl Command for AccessTokenInfo {
    type Reply = TokenInfo;
    type Fault = ApiFault;
    const CHANGES_THE_WORLD: bool = false;

    fn run(self, world: &mut World, now: Timestamp) -> Result<TokenInfo, ApiFault> {
        let caller = world.caller_by_token(&self.credentials, now)?;
        let token = caller.token.and_then(|token| world.access_tokens.get(&token));
        let expires_in = token.ok_or(ApiFault::NoSuchToken)?.expires_in(now);
        Ok(TokenInfo { user_id: caller.user_id(), expires_in, app_id: caller.app.app_id })
    }
}

/// Kills the tokens of the login at hand; by admin key, all tokens of the user.
pub(crate) struct Logout {
    pub(crate) credentials: Credentials,
}

impl Command for Logout {
    /// The user's id.
    type Reply = i64;
    type Fault = ApiFault;

    fn run(self, world: &mut World, now: Timestamp) -> Result<i64, ApiFault> {
        let caller = world.caller(&self.credentials, now)?;
        let (id, key, token) = (caller.user_id(), caller.key.clone(), caller.token);
        if let Some(token) = token {
            world.revoke(&token);
            world.tell(&key, Event::TokenRevoked, now);
        } else {
            world.revoke_everything(&key);
            world.tell(&key, Event::TokensRevoked, now);
        }
        Ok(id)
    }
}

/// Takes back every consent and parts the user from the app.
pub(crate) struct Unlink {
    pub(crate) credentials: Credentials,
}

impl Command for Unlink {
    /// The user's id.
    type Reply = i64;
    type Fault = ApiFault;

    fn run(self, world: &mut World, now: Timestamp) -> Result<i64, ApiFault> {
        let caller = world.caller(&self.credentials, now)?;
        let (id, key) = (caller.user_id(), caller.key.clone());
        world.unlink(&key, UnlinkReason::UnlinkFromService, now);
        Ok(id)
    }
}
