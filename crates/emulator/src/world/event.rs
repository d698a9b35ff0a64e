//! Events: what Kakao tells an app of by webhook, kept until somebody sends them.

use std::collections::{BTreeSet, VecDeque};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::World;
use super::link::LinkKey;
use crate::seed::{AppKey, PersonKey, Webhooks};

/// How many events wait to be sent; older ones are forgotten.
const WAITING: usize = 1_000;

/// Something that happened between a person and an app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Happened {
    pub(crate) at: Timestamp,
    pub(crate) app: AppKey,
    pub(crate) person: PersonKey,
    /// What the app calls the person.
    pub(crate) user_id: i64,
    pub(crate) event: Event,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Event {
    /// The person signed up.
    Linked,
    Unlinked {
        reason: UnlinkReason,
    },
    /// The person agreed to these consent items; those at the sign-up as well.
    ScopesAgreed {
        scopes: BTreeSet<String>,
    },
    ScopesWithdrawn {
        scopes: BTreeSet<String>,
    },
    /// An access token was made.
    TokenIssued,
    /// The tokens of one login died.
    TokenRevoked,
    /// All tokens of the person died.
    TokensRevoked,
    /// Kakao suspended the person's account.
    AccountDisabled,
    /// The person's account goes on.
    AccountEnabled,
}

/// Who parted a person from an app, by Kakao's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum UnlinkReason {
    /// The person deleted their Kakao account.
    AccountDelete,
    /// Kakao deleted the account, such as one that was long dormant.
    ForcedAccountDelete,
    /// Kakao's staff.
    UnlinkFromAdmin,
    /// The person, on the pages of their Kakao account.
    UnlinkFromApps,
    /// Nobody signed the preregistered person up in time.
    IncompleteSignUp,
    /// The service itself, by Kakao's API: the unlink webhook says nothing of it.
    UnlinkFromService,
}

impl World {
    /// Keeps an event for the app's webhooks; without any, nobody would ever hear of it.
    pub(super) fn tell(&mut self, link: &LinkKey, event: Event, at: Timestamp) {
        if self.app(&link.app).is_none_or(|app| app.webhooks == Webhooks::default()) {
            return;
        }
        let Some(user_id) = self.person(link.person.as_str()).map(|person| person.user_ids[&link.app]) else {
            return;
        };
        if self.events.len() == WAITING {
            self.events.pop_front();
        }
        let (app, person) = (link.app.clone(), link.person.clone());
        self.events.push_back(Happened { at, app, person, user_id, event });
    }

    /// Whether anything waits to be told.
    pub(crate) fn has_events(&self) -> bool {
        !self.events.is_empty()
    }

    /// What happened since the last time, oldest first.
    pub(crate) fn take_events(&mut self) -> VecDeque<Happened> {
        std::mem::take(&mut self.events)
    }
}
