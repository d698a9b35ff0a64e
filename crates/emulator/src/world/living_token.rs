//! Living tokens: what somebody sees of them who looks at the world from outside, and how to shorten their lives.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::aging::NoSuchToken;
use super::{Command, World};
use crate::digest::Digest;
use crate::seed::{AppKey, PersonKey};

/// What a token is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    Access,
    Refresh,
}

/// A token that still lives; of the token itself the world knows nothing but its digest.
pub(crate) struct LivingToken {
    pub(crate) kind: TokenKind,
    pub(crate) digest: Digest,
    pub(crate) app: AppKey,
    pub(crate) person: PersonKey,
    pub(crate) scopes: BTreeSet<String>,
    pub(crate) expires_at: Timestamp,
}

impl World {
    /// All tokens that live, those that live longest first.
    pub(crate) fn living_tokens(&self, now: Timestamp) -> Vec<LivingToken> {
        let access = self.access_tokens.iter().filter(|(_, token)| token.is_alive(now));
        let access = access.map(|(digest, token)| LivingToken {
            kind: TokenKind::Access,
            digest: *digest,
            app: token.link.app.clone(),
            person: token.link.person.clone(),
            scopes: token.scopes.clone(),
            expires_at: token.expires_at,
        });
        let refresh = self.refresh_tokens.iter().filter(|(_, token)| token.is_alive(now));
        let refresh = refresh.map(|(digest, token)| LivingToken {
            kind: TokenKind::Refresh,
            digest: *digest,
            app: token.link.app.clone(),
            person: token.link.person.clone(),
            scopes: token.scopes.clone(),
            expires_at: token.expires_at,
        });
        let mut all: Vec<LivingToken> = access.chain(refresh).collect();
        all.sort_by_key(|token| std::cmp::Reverse(token.expires_at));
        all
    }
}

/// Lets a living token end this long from now, unless it ends sooner.
pub(crate) struct ShortenToken {
    pub(crate) digest: Digest,
    pub(crate) remaining: SignedDuration,
}

impl Command for ShortenToken {
    type Reply = ();
    type Fault = NoSuchToken;

    fn run(self, world: &mut World, now: Timestamp) -> Result<(), NoSuchToken> {
        let access = world.access_tokens.get_mut(&self.digest).map(|token| &mut token.expires_at);
        let refresh = world.refresh_tokens.get_mut(&self.digest).map(|token| &mut token.expires_at);
        let expires_at = access.or(refresh).ok_or(NoSuchToken)?;
        *expires_at = (*expires_at).min(now + self.remaining);
        Ok(())
    }
}
