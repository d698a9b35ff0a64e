//! The friend list an app gets to see, which is not the one of KakaoTalk.
//!
//! See [Kakao Docs/Kakao Talk Social: FAQ].

use std::cmp::Ordering;

use jiff::{SignedDuration, Timestamp};

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
#[derive(Clone)]
pub(crate) struct Friend {
    pub(crate) user_id: i64,
    pub(crate) uuid: String,
    pub(crate) favorite: bool,
    pub(crate) nickname: String,
    /// None for people with Kakao's default picture.
    pub(crate) thumbnail_image_url: Option<String>,
    /// Year and day.
    born: Option<(String, String)>,
}

/// Which page, and in what order.
pub(crate) struct Paging {
    pub(crate) offset: usize,
    pub(crate) limit: usize,
    pub(crate) descending: bool,
    pub(crate) order: FriendOrder,
}

/// What friends are put in order by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FriendOrder {
    /// Favourites first, then by nickname.
    Favorite,
    Nickname,
    /// The oldest first; those whose age nobody knows at the end.
    Age,
}

/// A friend list as it was answered, to be answered again for a while.
#[derive(Clone)]
pub(super) struct FriendList {
    at: Timestamp,
    friends: Vec<Friend>,
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

        let mut friends = match world.friend_lists.get(&caller.key) {
            Some(list) if list.answers(caller.app.quotas.friends_cache_seconds, now) => list.friends.clone(),
            _ => {
                let friends = world.listed_friends(&caller);
                if caller.app.quotas.friends_cache_seconds > 0 {
                    let key = caller.key.clone();
                    world.friend_lists.insert(key, FriendList { at: now, friends: friends.clone() });
                }
                friends
            }
        };
        friends.sort_by(|a, b| paging.compare(a, b));
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
        let order = match self.friend_order.as_deref() {
            None | Some("favorite") => FriendOrder::Favorite,
            Some("nickname") => FriendOrder::Nickname,
            Some("age") => FriendOrder::Age,
            Some(_) => {
                return Err(ApiFault::unsatisfied("friend_order", "It must be favorite or nickname."));
            }
        };
        Ok(Paging { offset, limit, descending, order })
    }
}

impl Paging {
    fn compare(&self, a: &Friend, b: &Friend) -> Ordering {
        let turned = |ordering: Ordering| if self.descending { ordering.reverse() } else { ordering };
        let names = turned(a.nickname.cmp(&b.nickname));
        match self.order {
            FriendOrder::Favorite => b.favorite.cmp(&a.favorite).then(names),
            FriendOrder::Nickname => names,
            FriendOrder::Age => {
                let unknown = a.born.is_none().cmp(&b.born.is_none());
                unknown.then(turned(a.born.cmp(&b.born))).then(names)
            }
        }
    }
}

impl FriendList {
    /// Whether it is young enough; one of a time to come is there when somebody turned the clock back.
    fn answers(&self, seconds: u32, now: Timestamp) -> bool {
        now.duration_since(self.at).abs() < SignedDuration::from_secs(seconds.into())
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
                born: person
                    .birthyear
                    .clone()
                    .map(|year| (year, person.birthday.clone().unwrap_or_default())),
            })
        });
        listed.collect()
    }
}
