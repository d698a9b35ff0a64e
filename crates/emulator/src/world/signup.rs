//! Signing up by hand: in apps without automatic linking a login only preregisters.
//!
//! See [Kakao Docs/Kakao Login: REST API].

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::credentials::Credentials;
use super::event::{Event, UnlinkReason};
use super::link::LinkKey;
use super::properties;
use super::{Command, World};
use crate::fault::ApiFault;

/// How long the service has to sign somebody up who is preregistered.
const TIME_TO_SIGN_UP: SignedDuration = SignedDuration::from_hours(24);

/// Signs a preregistered user up.
pub(crate) struct SignUp {
    pub(crate) credentials: Credentials,
    pub(crate) properties: Option<String>,
}

impl Command for SignUp {
    /// The user's id.
    type Reply = i64;
    type Fault = ApiFault;

    fn run(self, world: &mut World, now: Timestamp) -> Result<i64, ApiFault> {
        let caller = world.caller_by_token(&self.credentials, now)?;
        if caller.link.registered_at.is_some() {
            return Err(ApiFault::AlreadyRegistered);
        }
        let given =
            self.properties.map_or(Ok(BTreeMap::new()), |text| properties::read(&text, caller.app))?;
        let (id, key) = (caller.user_id(), caller.key.clone());
        if let Some(link) = world.links.get_mut(&key) {
            link.registered_at = Some(now);
            link.properties.extend(given);
        }
        world.tell(&key, Event::Linked, now);
        Ok(id)
    }
}

impl World {
    /// Parts those from their app whom the service has not signed up in time.
    pub(super) fn end_incomplete_sign_ups(&mut self, now: Timestamp) {
        let late = self.links.iter().filter(|(_, link)| {
            link.registered_at.is_none() && now.duration_since(link.connected_at) >= TIME_TO_SIGN_UP
        });
        let late: Vec<LinkKey> = late.map(|(key, _)| key.clone()).collect();
        for key in late {
            self.unlink(&key, UnlinkReason::IncompleteSignUp, now);
        }
    }
}
