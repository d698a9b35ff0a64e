//! Credentials: whose call to kapi this is, and what it may do.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::World;
use super::link::{Link, LinkKey};
use crate::digest::Digest;
use crate::fault::ApiFault;
use crate::seed::{App, Person};

/// Kakao's own tokens have well under a hundred characters; where it draws the line is not known.
const LONGEST_TOKEN: usize = 1_000;

/// What a call to kapi proves itself with.
#[derive(Clone)]
pub(crate) enum Credentials {
    /// Nothing that kapi understands.
    Missing,
    /// `Authorization: Bearer …`
    Token(String),
    /// `Authorization: KakaoAK …`, with whom it is about.
    AdminKey { key: String, target_id_type: Option<String>, target_id: Option<String> },
}

/// Whose call it is.
pub(super) struct Caller<'world> {
    pub(super) app: &'world App,
    pub(super) person: &'world Person,
    pub(super) key: LinkKey,
    pub(super) link: &'world Link,
    /// The digest of the token; none for an admin's call.
    pub(super) token: Option<Digest>,
    scopes: BTreeSet<String>,
}

impl Caller<'_> {
    /// What the app calls the person.
    pub(super) fn user_id(&self) -> i64 {
        self.person.user_ids[&self.app.key]
    }

    /// Whether the person agreed to this, and the token knows of it.
    pub(super) fn may_know(&self, item: &str) -> bool {
        self.scopes.contains(item)
    }

    /// Refuses unless the person agreed to this, and the token knows of it.
    pub(super) fn require(&self, item: &'static str, api: &'static str) -> Result<(), ApiFault> {
        if self.may_know(item) {
            return Ok(());
        }
        Err(ApiFault::InsufficientScopes { api, required: item, allowed: self.scopes.clone() })
    }

    /// Refuses if the app does not ask for this consent item at all.
    pub(super) fn require_enabled(&self, item: &'static str, api: &'static str) -> Result<(), ApiFault> {
        let app = self.app;
        let not_enabled = || ApiFault::ItemNotEnabled { app: app.key.clone(), item, api };
        app.level(item).map(|_| ()).ok_or_else(not_enabled)
    }

    pub(super) fn require_talk(&self) -> Result<(), ApiFault> {
        if self.person.talk { Ok(()) } else { Err(ApiFault::NotTalkUser) }
    }
}

impl Credentials {
    /// The only kind of id by which an admin's call may name a user.
    pub(super) fn check_target_id_type(&self) -> Result<(), ApiFault> {
        let Self::AdminKey { target_id_type, .. } = self else { return Ok(()) };
        match target_id_type.as_deref() {
            Some("user_id") => Ok(()),
            Some(_) => Err(ApiFault::unsatisfied("target_id_type", "It must be user_id.")),
            None => Err(ApiFault::missing("target_id_type")),
        }
    }
}

impl World {
    /// Whose call it is that is about no user in particular; a token will not do.
    pub(super) fn admin(&self, credentials: &Credentials) -> Result<&App, ApiFault> {
        match credentials {
            Credentials::AdminKey { key, .. } => self.app_of_admin_key(key),
            _ => Err(ApiFault::WrongAdminKey),
        }
    }

    pub(super) fn app_of_admin_key(&self, key: &str) -> Result<&App, ApiFault> {
        let mut apps = self.apps.iter();
        apps.find(|app| app.admin_key.secret() == key).ok_or(ApiFault::WrongAdminKey)
    }

    /// Whose call it is, by token or admin key.
    pub(super) fn caller(&self, credentials: &Credentials, now: Timestamp) -> Result<Caller<'_>, ApiFault> {
        let Credentials::AdminKey { key, target_id, .. } = credentials else {
            return self.caller_by_token(credentials, now);
        };
        let app = self.app_of_admin_key(key)?;
        credentials.check_target_id_type()?;
        let target = target_id.as_deref().ok_or_else(|| ApiFault::missing("target_id"))?;
        let target: i64 = target.parse().map_err(|_| ApiFault::unparsable("target_id"))?;
        let (person, link) = self.linked_person(app, target).ok_or(ApiFault::NotLinked)?;
        let key = LinkKey::new(&app.key, &person.key);
        Ok(Caller { app, person, key, link, token: None, scopes: link.scopes.clone() })
    }

    /// Whose call it is; an admin key will not do.
    pub(super) fn caller_by_token(
        &self,
        credentials: &Credentials,
        now: Timestamp,
    ) -> Result<Caller<'_>, ApiFault> {
        let Credentials::Token(token) = credentials else {
            return Err(ApiFault::MissingKey);
        };
        if token.len() > LONGEST_TOKEN {
            return Err(ApiFault::TokenTooLong);
        }
        let digest = Digest::of_bytes(token.as_bytes());
        let token = self.access_tokens.get(&digest).ok_or(ApiFault::NoSuchToken)?;
        if !token.is_alive(now) {
            return Err(ApiFault::ExpiredToken);
        }
        let key = token.link.clone();
        let app = self.app(&key.app).ok_or(ApiFault::NoSuchToken)?;
        let person = self.person(key.person.as_str()).ok_or(ApiFault::NoSuchToken)?;
        let link = self.links.get(&key).ok_or(ApiFault::NoSuchToken)?;
        // A token knows what was agreed to when it was made; what has been taken back since is gone from both.
        let scopes = token.scopes.intersection(&link.scopes).cloned().collect();
        Ok(Caller { app, person, key, link, token: Some(digest), scopes })
    }
}
