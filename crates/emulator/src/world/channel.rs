//! KakaoTalk channels: who added or blocked which.
//!
//! See [Kakao Docs/Kakao Talk Channel: REST API].

use jiff::Timestamp;

use super::credentials::Credentials;
use super::link::Link;
use super::{Command, World};
use crate::fault::ApiFault;
use crate::seed::{App, Channel, ChannelRelation, Person};

const ITEM: &str = "plusfriends";
const API: &str = "TALK_CHANNELS";
/// The most people of one call.
const PEOPLE: usize = 200;

/// Asks how a user stands with channels of the app.
pub(crate) struct ListChannels {
    pub(crate) credentials: Credentials,
    pub(crate) channels: ChosenChannels,
}

/// Asks how several users stand with channels of the app.
pub(crate) struct ListChannelsOfPeople {
    pub(crate) credentials: Credentials,
    pub(crate) target_ids: Option<String>,
    pub(crate) channels: ChosenChannels,
}

/// Which channels, with the parameters as they came; none are all of the app's.
pub(crate) struct ChosenChannels {
    pub(crate) ids: Option<String>,
    pub(crate) id_type: Option<String>,
}

/// How a user stands with channels.
pub(crate) struct Relations {
    pub(crate) user_id: i64,
    pub(crate) channels: Vec<Relation>,
}

/// How a user stands with one channel.
pub(crate) struct Relation {
    pub(crate) channel: Channel,
    /// What they did and when; none if they never added or blocked it.
    pub(crate) made: Option<(ChannelRelation, Timestamp)>,
}

impl Command for ListChannels {
    type Reply = Relations;
    type Fault = ApiFault;
    const CHANGES_THE_WORLD: bool = false;

    fn run(self, world: &mut World, now: Timestamp) -> Result<Relations, ApiFault> {
        let caller = world.caller(&self.credentials, now)?;
        caller.require_enabled(ITEM, API)?;
        caller.require(ITEM, API)?;
        caller.require_talk()?;
        let channels = world.chosen_channels(caller.app, &self.channels)?;
        Ok(relations(caller.app, caller.person, caller.link, &channels))
    }
}

impl Command for ListChannelsOfPeople {
    /// Those who are linked to the app and agreed, in the order asked for.
    type Reply = Vec<Relations>;
    type Fault = ApiFault;
    const CHANGES_THE_WORLD: bool = false;

    fn run(self, world: &mut World, _: Timestamp) -> Result<Vec<Relations>, ApiFault> {
        let Credentials::AdminKey { key, .. } = &self.credentials else {
            return Err(ApiFault::MissingKey);
        };
        let app = world.app_of_admin_key(key)?;
        self.credentials.check_target_id_type()?;
        let target_ids = self.target_ids.ok_or_else(|| ApiFault::missing("target_ids"))?;
        let ids = words(&target_ids).iter().map(|id| id.parse()).collect::<Result<Vec<i64>, _>>();
        let ids = ids.map_err(|_| ApiFault::unparsable("target_ids"))?;
        if !(1..=PEOPLE).contains(&ids.len()) {
            return Err(ApiFault::unsatisfied("target_ids", "It must hold between 1 and 200 ids."));
        }
        let channels = world.chosen_channels(app, &self.channels)?;
        let relations_of = |id: i64| {
            let (person, link) = world.linked_person(app, id)?;
            let shown = person.talk && link.scopes.contains(ITEM);
            shown.then(|| relations(app, person, link, &channels))
        };
        Ok(ids.into_iter().filter_map(relations_of).collect())
    }
}

impl World {
    fn chosen_channels<'app>(
        &self,
        app: &'app App,
        chosen: &ChosenChannels,
    ) -> Result<Vec<&'app Channel>, ApiFault> {
        if chosen.id_type.as_deref().is_some_and(|id_type| id_type != "channel_public_id") {
            return Err(ApiFault::unsatisfied("channel_id_type", "It must be channel_public_id."));
        }
        let Some(ids) = chosen.ids.as_deref().filter(|ids| !ids.is_empty()) else {
            return Ok(app.channels.iter().filter(|channel| !channel.suspended).collect());
        };
        let channel = |id: &String| match app.channels.iter().find(|channel| channel.public_id == *id) {
            Some(channel) if channel.suspended => Err(ApiFault::SuspendedChannel),
            Some(channel) => Ok(channel),
            None => {
                let mut linked = self.apps.iter().flat_map(|app| &app.channels);
                let exists = linked.any(|channel| channel.public_id == *id);
                Err(if exists { ApiFault::ForeignChannel } else { ApiFault::NoSuchChannel })
            }
        };
        words(ids).iter().map(channel).collect()
    }
}

/// A list as Kakao's calls write it: a JSON array, or words between commas.
fn words(list: &str) -> Vec<String> {
    match serde_json::from_str::<Vec<serde_json::Value>>(list) {
        Ok(items) => {
            items.iter().map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned)).collect()
        }
        Err(_) => list.split(',').map(|word| word.trim().to_owned()).collect(),
    }
}

fn relations(app: &App, person: &Person, link: &Link, channels: &[&Channel]) -> Relations {
    let relation = |channel: &&Channel| Relation {
        channel: (*channel).clone(),
        // When they did it is not part of the world; they have been known to the app since they signed up.
        made: person.channels.get(&channel.public_id).map(|relation| (*relation, link.connected_at)),
    };
    Relations { user_id: person.user_ids[&app.key], channels: channels.iter().map(relation).collect() }
}
