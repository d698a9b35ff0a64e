//! The user's own calls: who am I, log out, disconnect.
//!
//! See [Kakao Docs/Kakao Login: REST API].

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::credentials::Credentials;
use super::event::{Event, UnlinkReason};
use super::{Command, World};
use crate::fault::ApiFault;

/// Asks who the user is.
pub(crate) struct Me {
    pub(crate) credentials: Credentials,
}

/// What the app may know of a user: a value stands here only if they agreed to give it.
pub(crate) struct Profile {
    pub(crate) user_id: i64,
    pub(crate) connected_at: Timestamp,
    /// The items the app asks for, and whether the user agreed to each.
    pub(crate) consents: BTreeMap<String, bool>,
    pub(crate) nickname: Option<String>,
    pub(crate) picture: Option<Picture>,
    pub(crate) email: Option<String>,
    /// What calls about friends name the user by.
    pub(crate) uuid: Option<String>,
}

/// A picture in two sizes.
pub(crate) enum Picture {
    /// Kakao's own, for people who chose none.
    Default,
    Chosen {
        profile_image_url: String,
        thumbnail_image_url: String,
    },
}

impl Command for Me {
    type Reply = Profile;
    type Fault = ApiFault;
    const CHANGES_THE_WORLD: bool = false;

    fn run(self, world: &mut World, now: Timestamp) -> Result<Profile, ApiFault> {
        let caller = world.caller(&self.credentials, now)?;
        let consents: BTreeMap<String, bool> = caller
            .app
            .consent_items
            .iter()
            .map(|item| (item.id.clone(), caller.may_know(&item.id)))
            .collect();
        let agreed = |items: &[&str]| items.iter().any(|item| consents.get(*item) == Some(&true));
        let person = caller.person;
        let picture = match (&person.profile_image_url, &person.thumbnail_image_url) {
            (Some(profile), Some(thumbnail)) => {
                Picture::Chosen { profile_image_url: profile.clone(), thumbnail_image_url: thumbnail.clone() }
            }
            _ => Picture::Default,
        };
        // Whoever may write to friends, or list them, learns what the calls about friends name this one by.
        let uuid = !caller.app.permissions.is_empty() && agreed(&["talk_message"]);
        Ok(Profile {
            user_id: caller.user_id(),
            connected_at: caller.link.connected_at,
            nickname: agreed(&["profile_nickname", "profile"]).then(|| person.nickname.clone()),
            picture: agreed(&["profile_image", "profile"]).then_some(picture),
            email: agreed(&["account_email"]).then(|| person.email.clone()),
            uuid: uuid.then(|| caller.link.uuid.clone()),
            consents,
        })
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
