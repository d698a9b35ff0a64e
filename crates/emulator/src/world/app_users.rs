//! An app's users as its admin key sees them: several at once, and the list of their ids.
//!
//! See [Kakao Docs/Kakao Login: REST API].

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::credentials::Credentials;
use super::profile::Profile;
use super::{Command, World};
use crate::fault::ApiFault;

/// How many users one call may ask for.
const TARGETS: usize = 100;
/// The same when it says what it wants to know of them.
const TARGETS_WITH_KEYS: usize = 20;
/// The most ids on one page.
const LIMIT: usize = 100;

/// Asks for several users, with the parameters as they came.
pub(crate) struct AppUsers {
    pub(crate) credentials: Credentials,
    pub(crate) target_ids: Option<String>,
    /// Whether the call says what it wants to know of them.
    pub(crate) has_property_keys: bool,
}

impl Command for AppUsers {
    type Reply = Vec<Profile>;
    type Fault = ApiFault;
    const CHANGES_THE_WORLD: bool = false;

    fn run(self, world: &mut World, _now: Timestamp) -> Result<Vec<Profile>, ApiFault> {
        let app = world.admin(&self.credentials)?;
        self.credentials.check_target_id_type()?;
        let ids = self.target_ids.ok_or_else(|| ApiFault::missing("target_ids"))?;
        let ids: Vec<i64> = serde_json::from_str(&ids).map_err(|_| ApiFault::unparsable("target_ids"))?;
        let most = if self.has_property_keys { TARGETS_WITH_KEYS } else { TARGETS };
        if !(1..=most).contains(&ids.len()) {
            let why = format!("It must name between 1 and {most} users.");
            return Err(ApiFault::unsatisfied("target_ids", &why));
        }
        let mut named = BTreeSet::new();
        let each = ids.into_iter().filter(|id| named.insert(*id));
        let known = each.filter_map(|id| world.linked_person(app, id));
        Ok(known
            .map(|(person, link)| Profile::new(app, person, link, |item| link.scopes.contains(item)))
            .collect())
    }
}

/// Asks for a page of user ids, with the parameters as they came.
pub(crate) struct UserIds {
    pub(crate) credentials: Credentials,
    pub(crate) limit: Option<String>,
    pub(crate) from_id: Option<String>,
    pub(crate) order: Option<String>,
}

/// A page of user ids.
pub(crate) struct UserIdPage {
    pub(crate) ids: Vec<i64>,
    pub(crate) total: usize,
    pub(crate) limit: usize,
    pub(crate) descending: bool,
    /// The first id of the page before.
    pub(crate) before: Option<i64>,
    /// The first id of the page after.
    pub(crate) after: Option<i64>,
}

impl Command for UserIds {
    type Reply = UserIdPage;
    type Fault = ApiFault;
    // As at the gate, the count of a call is written down with the next change.
    const CHANGES_THE_WORLD: bool = false;

    fn run(self, world: &mut World, now: Timestamp) -> Result<UserIdPage, ApiFault> {
        let app = world.admin(&self.credentials)?;
        let (key, quota) = (app.key.clone(), app.quotas.user_ids_per_minute);
        world.call_counts.entry(key.clone()).or_default().count_user_ids(quota, now)?;

        let limit = self.limit.as_deref().map_or(Ok(LIMIT), str::parse);
        let limit = limit.map_err(|_| ApiFault::unparsable("limit"))?;
        if !(1..=LIMIT).contains(&limit) {
            return Err(ApiFault::unsatisfied("limit", "It must be between 1 and 100."));
        }
        let from = self.from_id.as_deref().map(str::parse::<i64>).transpose();
        let from = from.map_err(|_| ApiFault::unparsable("from_id"))?;
        let descending = match self.order.as_deref() {
            None | Some("asc") => false,
            Some("desc") => true,
            Some(_) => return Err(ApiFault::unsatisfied("order", "It must be asc or desc.")),
        };

        let linked = world.links.keys().filter(|link| link.app == key);
        let people = linked.filter_map(|link| world.person(link.person.as_str()));
        let mut ids: Vec<i64> = people.map(|person| person.user_ids[&key]).collect();
        ids.sort_unstable();
        if descending {
            ids.reverse();
        }
        let is_before = |id: &i64| from.is_some_and(|from| if descending { *id > from } else { *id < from });
        let start = ids.partition_point(is_before);
        Ok(UserIdPage {
            total: ids.len(),
            limit,
            descending,
            before: (start > 0).then(|| ids[start.saturating_sub(limit)]),
            after: ids.get(start + limit).copied(),
            ids: ids.into_iter().skip(start).take(limit).collect(),
        })
    }
}
