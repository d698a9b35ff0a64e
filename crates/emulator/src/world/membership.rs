//! Membership: people make a Kakao account, and decide there what stands in it and what apps have of it.

use std::collections::BTreeSet;
use std::convert::Infallible;

use jiff::Timestamp;

use super::account::Suspend;
use super::event::Event;
use super::link::{Link, LinkKey};
use super::session::PEOPLE;
use super::{Command, World};
use crate::seed::{ConsentItem, ConsentLevel, Person, PersonKey, SeedError};

/// Makes an account.
pub(crate) struct Join {
    pub(crate) key: PersonKey,
    pub(crate) nickname: String,
}

impl Command for Join {
    type Reply = ();
    type Fault = SeedError;

    fn run(self, world: &mut World, _now: Timestamp) -> Result<(), SeedError> {
        if world.people.len() >= PEOPLE {
            let problem = format!("there are {PEOPLE} people already");
            return Err(SeedError::Wrong { place: "people".to_owned(), problem });
        }
        let mut seed = world.to_seed();
        seed.add_person(&self.key, &self.nickname)?;
        world.people = seed.people;
        Ok(())
    }
}

/// Writes an account anew, all of it but the ids in the apps.
pub(crate) struct EditAccount(pub(crate) Person);

impl Command for EditAccount {
    /// Whether there is such a person.
    type Reply = bool;
    type Fault = SeedError;

    fn run(self, world: &mut World, now: Timestamp) -> Result<bool, SeedError> {
        let Self(mut person) = self;
        let mut seed = world.to_seed();
        let Some(place) = seed.people.iter_mut().find(|old| old.key == person.key) else { return Ok(false) };
        person.user_ids = std::mem::take(&mut place.user_ids);
        // Apps are told of this, so it goes its own way.
        let suspended = std::mem::replace(&mut person.suspended, place.suspended);
        let key = person.key.to_string();
        *place = person;
        seed.check()?;
        world.people = seed.people;
        Suspend { person: key, suspended }.run(world, now).expect("they were found above");
        Ok(true)
    }
}

/// Decides anew what somebody shares with an app, as on the pages of their Kakao account: what is required stays.
/// Who was not signed up to the app is afterwards.
pub(crate) struct EditConsents {
    pub(crate) link: LinkKey,
    pub(crate) scopes: BTreeSet<String>,
}

impl Command for EditConsents {
    /// Whether there are such an app and such a person.
    type Reply = bool;
    type Fault = Infallible;

    fn run(self, world: &mut World, now: Timestamp) -> Result<bool, Infallible> {
        let Some(app) = world.app(&self.link.app) else { return Ok(false) };
        if world.person(self.link.person.as_str()).is_none() {
            return Ok(false);
        }
        let (agreed, declined): (Vec<&ConsentItem>, Vec<&ConsentItem>) = app
            .consent_items
            .iter()
            .partition(|item| item.level == ConsentLevel::Required || self.scopes.contains(&item.id));
        let [agreed, declined] = [agreed, declined]
            .map(|items| items.into_iter().map(|item| item.id.clone()).collect::<BTreeSet<_>>());
        world.link(&self.link, agreed, now);
        let scopes = world.links.get(&self.link).map(|link| &link.scopes);
        let withdrawn: BTreeSet<String> =
            scopes.into_iter().flat_map(|scopes| scopes.intersection(&declined)).cloned().collect();
        // All that was declined: a code on its way may bring what the link does not have yet.
        world.withdraw(&self.link, &declined);
        if !withdrawn.is_empty() {
            world.tell(&self.link, Event::ScopesWithdrawn { scopes: withdrawn }, now);
        }
        Ok(true)
    }
}

impl World {
    /// What an app has of somebody, if they are signed up.
    pub(crate) fn membership(&self, link: &LinkKey) -> Option<&Link> {
        self.links.get(link)
    }
}
