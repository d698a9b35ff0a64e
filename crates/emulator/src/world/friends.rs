//! The friend list an app gets to see, which is not the one of KakaoTalk.
//!
//! See [Kakao Docs/Kakao Talk Social: FAQ].

use jiff::Timestamp;

use super::credentials::{Caller, Credentials};
use super::{Command, World};
use crate::fault::ApiFault;
use crate::seed::{Permission, Person};

/// The most friends on one page.
const LIMIT: usize = 100;

/// Asks for a page of friends, with the parameters as they came.
pub(crate) struct ListFriends {
    pub(crate) credentials: Credentials,
    pub(crate) offset: Option<String>,
    pub(crate) limit: Option<String>,
    pub(crate) order: Option<String>,
    pub(crate) friend_order: Option<String>,
}

/// A page of friends.
pub(crate) struct FriendPage {
    pub(crate) friends: Vec<Friend>,
    pub(crate) total: usize,
    pub(crate) favorites: usize,
    pub(crate) paging: Paging,
}

/// A friend whom the app gets to see.
pub(crate) struct Friend {
    pub(crate) user_id: i64,
    pub(crate) uuid: String,
    pub(crate) favorite: bool,
    pub(crate) nickname: String,
    /// None for people with Kakao's default picture.
    pub(crate) thumbnail_image_url: Option<String>,
}

/// Which page, and in what order.
pub(crate) struct Paging {
    pub(crate) offset: usize,
    pub(crate) limit: usize,
    pub(crate) descending: bool,
    pub(crate) favorites_first: bool,
}

impl Command for ListFriends {
    type Reply = FriendPage;
    type Fault = ApiFault;
    const CHANGES_THE_WORLD: bool = false;

    fn run(self, world: &mut World, now: Timestamp) -> Result<FriendPage, ApiFault> {
        let caller = world.caller_by_token(&self.credentials, now)?;
        caller.require_enabled("friends", "FRIENDS")?;
        if !caller.app.admits(&caller.key.person, Permission::Friends) {
            return Err(ApiFault::NotPermitted);
        }
        caller.require("friends", "FRIENDS")?;
        caller.require_talk()?;
        let paging = self.paging(caller.app.quotas.friends_per_page)?;

        let mut friends = world.listed_friends(&caller);
        friends.sort_by(|a, b| {
            let favorites = b.favorite.cmp(&a.favorite);
            let names = a.nickname.cmp(&b.nickname);
            let names = if paging.descending { names.reverse() } else { names };
            if paging.favorites_first { favorites.then(names) } else { names }
        });
        let total = friends.len();
        let favorites = friends.iter().filter(|friend| friend.favorite).count();
        let friends = friends.into_iter().skip(paging.offset).take(paging.limit).collect();
        Ok(FriendPage { friends, total, favorites, paging })
    }
}

impl ListFriends {
    fn paging(&self, default_limit: usize) -> Result<Paging, ApiFault> {
        let number = |name: &str, value: &Option<String>| {
            value.as_deref().map(str::parse).transpose().map_err(|_| ApiFault::unparsable(name))
        };
        let offset = number("offset", &self.offset)?.unwrap_or(0);
        let limit = number("limit", &self.limit)?.unwrap_or(default_limit);
        if !(1..=LIMIT).contains(&limit) {
            return Err(ApiFault::unsatisfied("limit", "It must be between 1 and 100."));
        }
        let descending = match self.order.as_deref() {
            None | Some("asc") => false,
            Some("desc") => true,
            Some(_) => return Err(ApiFault::unsatisfied("order", "It must be asc or desc.")),
        };
        let favorites_first = match self.friend_order.as_deref() {
            None | Some("favorite") => true,
            Some("nickname") => false,
            Some(_) => {
                return Err(ApiFault::unsatisfied("friend_order", "It must be favorite or nickname."));
            }
        };
        Ok(Paging { offset, limit, descending, favorites_first })
    }
}

impl World {
    /// The friends that are signed up to the app, let it see them, and are neither hidden nor blocked.
    fn listed_friends(&self, caller: &Caller<'_>) -> Vec<Friend> {
        let app = caller.app;
        let listed = self.friendships.list(&caller.key.person).filter_map(|(key, standing)| {
            let link = self.links.get(&super::link::LinkKey::new(&app.key, key))?;
            let person: &Person = self.person(key.as_str())?;
            let shown = link.registered_at.is_some()
                && link.scopes.contains("friends")
                && !standing.hidden
                && !standing.blocked
                && person.talk
                && app.admits(key, Permission::Friends);
            shown.then(|| Friend {
                user_id: person.user_ids[&app.key],
                uuid: link.uuid.clone(),
                favorite: standing.favorite,
                nickname: person.nickname.clone(),
                thumbnail_image_url: person.thumbnail_image_url.clone(),
            })
        });
        listed.collect()
    }
}
