//! Service terms: what a user has agreed to by Kakao Sync, or in the service.
//!
//! See [Kakao Docs/Kakao Login: REST API].

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::credentials::{Caller, Credentials};
use super::link::{AgreedBy, AgreedTerms};
use super::{Command, World};
use crate::fault::ApiFault;

/// Asks for service terms, with the parameters as they came.
pub(crate) struct ListServiceTerms {
    pub(crate) credentials: Credentials,
    pub(crate) result: Option<String>,
    /// Only these.
    pub(crate) tags: Option<String>,
}

/// Takes the user's agreement to service terms back.
pub(crate) struct RevokeServiceTerms {
    pub(crate) credentials: Credentials,
    pub(crate) tags: Option<String>,
}

/// Tells Kakao that the user agreed to service terms in the service.
pub(crate) struct UpgradeServiceTerms {
    pub(crate) credentials: Credentials,
    pub(crate) tags: Option<String>,
}

/// Service terms of a user.
pub(crate) struct UserServiceTerms {
    pub(crate) user_id: i64,
    pub(crate) terms: Vec<Terms>,
}

/// One set of terms, as it stands between a user and an app.
pub(crate) struct Terms {
    pub(crate) tag: String,
    pub(crate) required: bool,
    pub(crate) agreed: Option<(Timestamp, AgreedBy)>,
}

impl Command for ListServiceTerms {
    type Reply = UserServiceTerms;
    type Fault = ApiFault;
    const CHANGES_THE_WORLD: bool = false;

    fn run(self, world: &mut World, now: Timestamp) -> Result<UserServiceTerms, ApiFault> {
        let caller = world.caller(&self.credentials, now)?;
        let all = match self.result.as_deref() {
            None | Some("agreed_service_terms") => false,
            Some("app_service_terms") => true,
            Some(_) => {
                let why = "It must be agreed_service_terms or app_service_terms.";
                return Err(ApiFault::unsatisfied("result", why));
            }
        };
        let tags = self.tags.as_deref().map(split);
        if let Some(tags) = &tags {
            let unknown = unknown(&caller, tags);
            if !unknown.is_empty() {
                return Err(ApiFault::NoTagsToGet { tags: unknown, app: caller.app.name.clone() });
            }
        }
        let mut terms = list(&caller);
        terms.retain(|terms| {
            (all || terms.agreed.is_some()) && tags.as_ref().is_none_or(|tags| tags.contains(&terms.tag))
        });
        Ok(UserServiceTerms { user_id: caller.user_id(), terms })
    }
}

impl Command for RevokeServiceTerms {
    /// Those just taken back.
    type Reply = UserServiceTerms;
    type Fault = ApiFault;

    fn run(self, world: &mut World, now: Timestamp) -> Result<UserServiceTerms, ApiFault> {
        let caller = world.caller(&self.credentials, now)?;
        let tags = split(&self.tags.ok_or_else(|| ApiFault::missing("tags"))?);
        let unknown = unknown(&caller, &tags);
        if tags.is_empty() || !unknown.is_empty() {
            return Err(ApiFault::NoTagsToRevoke { tags: unknown, app: caller.app.name.clone() });
        }
        let mut revoked = list(&caller);
        revoked.retain(|terms| tags.contains(&terms.tag) && terms.agreed.is_some() && !terms.required);
        let (user_id, key) = (caller.user_id(), caller.key.clone());
        if let Some(link) = world.links.get_mut(&key) {
            for terms in &mut revoked {
                link.service_terms.remove(&terms.tag);
                terms.agreed = None;
            }
        }
        Ok(UserServiceTerms { user_id, terms: revoked })
    }
}

impl Command for UpgradeServiceTerms {
    /// Those just agreed to.
    type Reply = UserServiceTerms;
    type Fault = ApiFault;

    fn run(self, world: &mut World, now: Timestamp) -> Result<UserServiceTerms, ApiFault> {
        let caller = world.caller(&self.credentials, now)?;
        let tags = split(&self.tags.ok_or_else(|| ApiFault::missing("tags"))?);
        let mut agreed = list(&caller);
        agreed.retain(|terms| tags.contains(&terms.tag) && terms.agreed.is_none());
        let (user_id, key) = (caller.user_id(), caller.key.clone());
        if let Some(link) = world.links.get_mut(&key) {
            for terms in &mut agreed {
                let by = AgreedBy::Kapi;
                link.service_terms.insert(terms.tag.clone(), AgreedTerms { at: now, by });
                terms.agreed = Some((now, by));
            }
        }
        Ok(UserServiceTerms { user_id, terms: agreed })
    }
}

/// All terms of the app.
fn list(caller: &Caller<'_>) -> Vec<Terms> {
    let terms = caller.app.service_terms.iter().map(|terms| Terms {
        tag: terms.tag.clone(),
        required: terms.required,
        agreed: caller.link.service_terms.get(&terms.tag).map(|agreed| (agreed.at, agreed.by)),
    });
    terms.collect()
}

fn unknown(caller: &Caller<'_>, tags: &BTreeSet<String>) -> BTreeSet<String> {
    let known = |tag: &&String| caller.app.service_terms.iter().any(|terms| terms.tag == **tag);
    tags.iter().filter(|tag| !known(tag)).cloned().collect()
}

fn split(tags: &str) -> BTreeSet<String> {
    tags.split(',').map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned).collect()
}
