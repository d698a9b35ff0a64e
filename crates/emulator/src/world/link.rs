//! Links: who is signed up to which app, and what they agreed to there.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::World;
use super::event::{Event, UnlinkReason};
use crate::digest::Digest;
use crate::seed::{self, App, AppKey, Person, PersonKey};

/// An app and a person, linked or not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct LinkKey {
    pub(crate) app: AppKey,
    pub(crate) person: PersonKey,
}

impl LinkKey {
    pub(crate) fn new(app: &AppKey, person: &PersonKey) -> Self {
        Self { app: app.clone(), person: person.clone() }
    }
}

impl From<LinkKey> for String {
    fn from(key: LinkKey) -> Self {
        format!("{}/{}", key.app, key.person)
    }
}

impl TryFrom<String> for LinkKey {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let (app, person) = text.split_once('/').ok_or("not app/person")?;
        let (Ok(app), Ok(person)) = (app.parse(), person.parse()) else {
            return Err("not app/person");
        };
        Ok(Self { app, person })
    }
}

/// That somebody is signed up to an app.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Link {
    pub(crate) connected_at: Timestamp,
    /// What they agreed to, and have not taken back.
    pub(crate) scopes: BTreeSet<String>,
    /// The service terms they agreed to, by tag.
    pub(crate) service_terms: BTreeMap<String, AgreedTerms>,
    /// What the service stored about them.
    pub(crate) properties: BTreeMap<String, String>,
    /// When they last agreed to service terms on the consent page.
    pub(crate) synched_at: Option<Timestamp>,
    /// When they signed up; none while they are preregistered.
    pub(crate) registered_at: Option<Timestamp>,
    /// What the app's calls about friends name them by.
    pub(crate) uuid: String,
}

/// How somebody agreed to service terms.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct AgreedTerms {
    pub(super) at: Timestamp,
    pub(super) by: AgreedBy,
}

/// Where somebody agreed to service terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum AgreedBy {
    /// On the consent page.
    Kauth,
    /// In the service, which told Kakao by its API.
    Kapi,
}

impl Link {
    pub(super) fn to_seed(&self, key: &LinkKey) -> seed::Link {
        seed::Link {
            app: key.app.clone(),
            person: key.person.clone(),
            scopes: self.scopes.clone(),
            service_terms: self.service_terms.keys().cloned().collect(),
            properties: self.properties.clone(),
            registered: self.registered_at.is_some(),
        }
    }
}

impl World {
    /// Signs somebody up, or adds to what they agreed to.
    pub(super) fn link(&mut self, key: &LinkKey, scopes: BTreeSet<String>, now: Timestamp) {
        let automatic = self.app(&key.app).is_some_and(|app| app.automatic_linking);
        let is_new = !self.links.contains_key(key);
        let link = self.links.entry(key.clone()).or_insert_with(|| Link {
            connected_at: now,
            scopes: BTreeSet::new(),
            service_terms: BTreeMap::new(),
            properties: BTreeMap::new(),
            synched_at: None,
            registered_at: automatic.then_some(now),
            uuid: friend_uuid(key),
        });
        let agreed: BTreeSet<String> = scopes.difference(&link.scopes).cloned().collect();
        link.scopes.extend(scopes);
        if is_new && automatic {
            self.tell(key, Event::Linked, now);
        }
        if !agreed.is_empty() {
            self.tell(key, Event::ScopesAgreed { scopes: agreed }, now);
        }
    }

    /// Remembers the service terms agreed to on the consent page.
    pub(super) fn agree_to_terms(&mut self, key: &LinkKey, tags: BTreeSet<String>, now: Timestamp) {
        if let Some(link) = self.links.get_mut(key).filter(|_| !tags.is_empty()) {
            let agreed = |tag| (tag, AgreedTerms { at: now, by: AgreedBy::Kauth });
            link.service_terms.extend(tags.into_iter().map(agreed));
            link.synched_at = Some(now);
        }
    }

    /// The link as a seed document says it was made before the world began.
    pub(super) fn link_as_seeded(&mut self, seeded: &seed::Link, now: Timestamp) {
        let key = LinkKey::new(&seeded.app, &seeded.person);
        self.link(&key, seeded.scopes.clone(), now);
        if let Some(link) = self.links.get_mut(&key) {
            let agreed = |tag: &String| (tag.clone(), AgreedTerms { at: now, by: AgreedBy::Kauth });
            link.service_terms = seeded.service_terms.iter().map(agreed).collect();
            link.synched_at = (!seeded.service_terms.is_empty()).then_some(now);
            link.properties = seeded.properties.clone();
            link.registered_at = seeded.registered.then_some(now);
        }
    }

    /// Takes consents back: no code, token or refresh token of the past brings them again.
    pub(super) fn withdraw(&mut self, key: &LinkKey, scopes: &BTreeSet<String>) {
        if let Some(link) = self.links.get_mut(key) {
            link.scopes.retain(|scope| !scopes.contains(scope));
        }
        self.withdraw_from_tokens(key, scopes);
    }

    /// Everything the app has of this person is gone afterwards, and every token dead.
    pub(super) fn unlink(&mut self, key: &LinkKey, reason: UnlinkReason, now: Timestamp) {
        self.links.remove(key);
        self.revoke_everything(key);
        self.tell(key, Event::Unlinked { reason }, now);
    }

    /// Who the app knows by this id.
    pub(super) fn linked_person(&self, app: &App, user_id: i64) -> Option<(&Person, &Link)> {
        let person = self.people.iter().find(|person| person.user_ids[&app.key] == user_id)?;
        let link = self.links.get(&LinkKey::new(&app.key, &person.key))?;
        Some((person, link))
    }

    /// Who the app knows by this uuid.
    pub(super) fn person_of_uuid(&self, app: &AppKey, uuid: &str) -> Option<&PersonKey> {
        let mut of_app = self.links.iter().filter(|(key, _)| key.app == *app);
        of_app.find(|(_, link)| link.uuid == uuid && link.registered_at.is_some()).map(|(key, _)| &key.person)
    }
}

/// Opaque, another one in each app, and the same again after unlinking and signing up anew.
fn friend_uuid(key: &LinkKey) -> String {
    Digest::of(&["uuid", key.app.as_str(), key.person.as_str()]).base64url()[..32].to_owned()
}
