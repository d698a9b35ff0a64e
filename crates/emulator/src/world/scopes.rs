//! Scopes: what a user has agreed to at an app, and taking it back.
//!
//! See [Kakao Docs/Kakao Login: REST API].

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::consent::Asked;
use super::credentials::{Caller, Credentials};
use super::event::Event;
use super::{Command, World};
use crate::fault::ApiFault;
use crate::seed::{App, ConsentLevel};

/// Asks what the user has agreed to, with the parameters as they came.
pub(crate) struct ListScopes {
    pub(crate) credentials: Credentials,
    /// Only these.
    pub(crate) scopes: Option<String>,
}

/// Takes consents of the user back.
pub(crate) struct RevokeScopes {
    pub(crate) credentials: Credentials,
    pub(crate) scopes: Option<String>,
}

/// The scopes of a user.
pub(crate) struct UserScopes {
    pub(crate) user_id: i64,
    pub(crate) scopes: Vec<Scope>,
}

/// One consent item, as it stands between a user and an app.
pub(crate) struct Scope {
    pub(crate) id: String,
    pub(crate) display_name: String,
    pub(crate) kind: ScopeKind,
    /// Whether the app still asks for it.
    pub(crate) using: bool,
    pub(crate) consent: Consent,
}

/// What an item is about.
pub(crate) enum ScopeKind {
    /// What the app gets to know.
    Privacy,
    /// What the app may do.
    Service,
}

pub(crate) enum Consent {
    NotGiven,
    Given { revocable: bool },
}

impl Command for ListScopes {
    type Reply = UserScopes;
    type Fault = ApiFault;
    const CHANGES_THE_WORLD: bool = false;

    fn run(self, world: &mut World, now: Timestamp) -> Result<UserScopes, ApiFault> {
        let caller = world.caller(&self.credentials, now)?;
        let named = self.scopes.as_deref().map(read).transpose()?;
        let mut listed = list(&caller);
        listed.scopes.retain(|scope| named.as_ref().is_none_or(|named| named.contains(&scope.id)));
        Ok(listed)
    }
}

impl Command for RevokeScopes {
    type Reply = UserScopes;
    type Fault = ApiFault;

    fn run(self, world: &mut World, now: Timestamp) -> Result<UserScopes, ApiFault> {
        let caller = world.caller(&self.credentials, now)?;
        let named = read(&self.scopes.ok_or_else(|| ApiFault::missing("scopes"))?)?;
        let listed = list(&caller).scopes;
        let known = |id: &String| listed.iter().any(|scope| scope.id == *id);
        if named.is_empty() || !named.iter().all(known) {
            return Err(ApiFault::NoScopesToRevoke { scopes: named });
        }
        let required: BTreeSet<String> =
            named.iter().filter(|id| is_required(caller.app, id)).cloned().collect();
        if !required.is_empty() {
            return Err(ApiFault::NotRevocable { scopes: required });
        }
        let withdrawn: BTreeSet<String> = named.intersection(&caller.link.scopes).cloned().collect();
        let key = caller.key.clone();
        // All that was named: a code on its way may bring what the link does not have yet.
        world.withdraw(&key, &named);
        if !withdrawn.is_empty() {
            world.tell(&key, Event::ScopesWithdrawn { scopes: withdrawn }, now);
        }
        Ok(list(&world.caller(&self.credentials, now)?))
    }
}

/// A JSON array of ids.
fn read(text: &str) -> Result<BTreeSet<String>, ApiFault> {
    serde_json::from_str(text).map_err(|_| ApiFault::unparsable("scopes"))
}

/// What the app asks for, and behind it what the user agreed to when the app still asked for it.
fn list(caller: &Caller<'_>) -> UserScopes {
    let agreed = &caller.link.scopes;
    let of_app = caller.app.consent_items.iter().map(|item| &item.id);
    // `openid` is no consent item, though it stands in `scope` like one.
    let no_longer_used = agreed.iter().filter(|id| caller.app.level(id).is_none() && *id != "openid");
    let scope = |id: &String| Scope {
        id: id.clone(),
        display_name: Asked { id: id.clone(), required: false }.names().0.to_owned(),
        kind: kind(id),
        using: caller.app.level(id).is_some(),
        consent: if agreed.contains(id) {
            Consent::Given { revocable: !is_required(caller.app, id) }
        } else {
            Consent::NotGiven
        },
    };
    UserScopes { user_id: caller.user_id(), scopes: of_app.chain(no_longer_used).map(scope).collect() }
}

fn is_required(app: &App, item: &str) -> bool {
    app.level(item) == Some(ConsentLevel::Required)
}

fn kind(item: &str) -> ScopeKind {
    match item {
        "talk_message" | "talk_calendar" | "talk_chats" => ScopeKind::Service,
        _ => ScopeKind::Privacy,
    }
}
