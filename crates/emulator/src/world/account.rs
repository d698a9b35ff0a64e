//! The Kakao account: what people and Kakao itself do to it, without any service asking.

use jiff::Timestamp;

use super::event::{Event, UnlinkReason};
use super::link::LinkKey;
use super::{Command, World};

/// Why nothing was done to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AccountFault {
    NoSuchPerson,
    NoSuchApp,
    NotLinked,
}

/// Parts a person from an app on Kakao's side, as on the page of their account.
pub(crate) struct Disconnect {
    pub(crate) person: String,
    pub(crate) app: String,
    pub(crate) reason: UnlinkReason,
}

impl Command for Disconnect {
    type Reply = ();
    type Fault = AccountFault;

    fn run(self, world: &mut World, now: Timestamp) -> Result<(), AccountFault> {
        let person = world.person(&self.person).ok_or(AccountFault::NoSuchPerson)?;
        let app = world.app_named(&self.app).ok_or(AccountFault::NoSuchApp)?;
        let key = LinkKey::new(&app.key, &person.key);
        if !world.links.contains_key(&key) {
            return Err(AccountFault::NotLinked);
        }
        world.unlink(&key, self.reason, now);
        Ok(())
    }
}

/// Suspends a Kakao account, or lets it go on.
pub(crate) struct Suspend {
    pub(crate) person: String,
    pub(crate) suspended: bool,
}

impl Command for Suspend {
    type Reply = ();
    type Fault = AccountFault;

    fn run(self, world: &mut World, now: Timestamp) -> Result<(), AccountFault> {
        let mut people = world.people.iter_mut();
        let person = people.find(|person| person.key.as_str() == self.person);
        let person = person.ok_or(AccountFault::NoSuchPerson)?;
        if person.suspended == self.suspended {
            return Ok(());
        }
        person.suspended = self.suspended;
        let key = person.key.clone();
        let links: Vec<LinkKey> = world.links.keys().filter(|link| link.person == key).cloned().collect();
        for link in links {
            let event = if self.suspended { Event::AccountDisabled } else { Event::AccountEnabled };
            world.tell(&link, event, now);
        }
        Ok(())
    }
}
