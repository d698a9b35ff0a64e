//! Friendships: who stands in whose KakaoTalk friend list, and how.

use std::collections::BTreeMap;
use std::convert::Infallible;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Command, World};
use crate::seed::{Friendship, PersonKey};

/// Everybody's friend list.
#[derive(Clone, Serialize, Deserialize)]
#[serde(from = "Vec<Friendship>", into = "Vec<Friendship>")]
pub(super) struct Friendships {
    written: Vec<Friendship>,
    lists: BTreeMap<PersonKey, BTreeMap<PersonKey, Standing>>,
}

/// How somebody stands in a friend list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) favorite: bool,
    pub(crate) hidden: bool,
    pub(crate) blocked: bool,
}

impl From<Vec<Friendship>> for Friendships {
    fn from(written: Vec<Friendship>) -> Self {
        let mut lists: BTreeMap<PersonKey, BTreeMap<PersonKey, Standing>> = BTreeMap::new();
        // The way back first, so that a line of its own about it wins.
        for way_back in written.iter().filter(|friendship| !friendship.one_way) {
            let list = lists.entry(way_back.with.clone()).or_default();
            list.insert(way_back.of.clone(), Standing::default());
        }
        for Friendship { of, with, favorite, hidden, blocked, .. } in &written {
            let standing = Standing { favorite: *favorite, hidden: *hidden, blocked: *blocked };
            lists.entry(of.clone()).or_default().insert(with.clone(), standing);
        }
        Self { written, lists }
    }
}

impl From<Friendships> for Vec<Friendship> {
    fn from(friendships: Friendships) -> Self {
        friendships.written
    }
}

impl Friendships {
    /// How `with` stands in the friend list of `of`, if at all.
    pub(super) fn standing(&self, of: &PersonKey, with: &PersonKey) -> Option<Standing> {
        self.lists.get(of)?.get(with).copied()
    }

    pub(super) fn list(&self, of: &PersonKey) -> impl Iterator<Item = (&PersonKey, Standing)> {
        self.lists.get(of).into_iter().flatten().map(|(with, standing)| (with, *standing))
    }

    /// As a seed document says it.
    pub(super) fn written(&self) -> &[Friendship] {
        &self.written
    }

    /// Writes down how `with` stands in the friend list of `of`; none takes them out. The way back stays as it is.
    fn set(&mut self, of: &PersonKey, with: &PersonKey, standing: Option<Standing>) {
        let way_back = self.standing(with, of);
        // An older line may have said something of both ways.
        self.written
            .retain(|line| [(of, with), (with, of)].iter().all(|pair| (&line.of, &line.with) != *pair));
        for (of, with, standing) in [(of, with, standing), (with, of, way_back)] {
            let Some(Standing { favorite, hidden, blocked }) = standing else { continue };
            let (of, with) = (of.clone(), with.clone());
            self.written.push(Friendship { of, with, favorite, hidden, blocked, one_way: true });
        }
        *self = Self::from(std::mem::take(&mut self.written));
    }
}

/// Edits somebody's friend list, as they do in KakaoTalk.
pub(crate) struct EditFriend {
    pub(crate) of: PersonKey,
    pub(crate) with: PersonKey,
    /// How they stand from now on; none takes them out of the list.
    pub(crate) standing: Option<Standing>,
}

impl Command for EditFriend {
    /// Whether there are two such people.
    type Reply = bool;
    type Fault = Infallible;

    fn run(self, world: &mut World, _now: Timestamp) -> Result<bool, Infallible> {
        let known = |key: &PersonKey| world.person(key.as_str()).is_some();
        let two_people = self.of != self.with && known(&self.of) && known(&self.with);
        if two_people {
            world.friendships.set(&self.of, &self.with, self.standing);
        }
        Ok(two_people)
    }
}

impl World {
    /// Who stands in somebody's friend list, and how.
    pub(crate) fn friends_of(&self, person: &PersonKey) -> impl Iterator<Item = (&PersonKey, Standing)> {
        self.friendships.list(person)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn friendships_go_both_ways_unless_a_line_says_otherwise() {
        let seed = crate::seed::Seed::parse(
            "people: [{key: a}, {key: b}, {key: c}]\n\
             friendships:\n\
             - {of: b, with: a, blocked: true}\n\
             - {of: a, with: b, favorite: true}\n\
             - {of: c, with: a, hidden: true}\n\
             - {of: b, with: c, one_way: true}\n",
        )
        .unwrap();
        let friendships = Friendships::from(seed.friendships);
        let [a, b, c] = ["a", "b", "c"].map(|key| key.parse().unwrap());
        assert!(friendships.standing(&b, &a).unwrap().blocked);
        assert!(friendships.standing(&a, &b).unwrap().favorite);
        assert_eq!(friendships.standing(&a, &c), Some(Standing::default()));
        assert_eq!(friendships.standing(&c, &b), None);
    }

    #[test]
    fn edits_of_one_way_leave_the_way_back_alone() {
        let seed = crate::seed::Seed::parse(
            "people: [{key: a}, {key: b}]\nfriendships: [{of: a, with: b, favorite: true}]\n",
        )
        .unwrap();
        let mut friendships = Friendships::from(seed.friendships);
        let [a, b] = ["a", "b"].map(|key| key.parse().unwrap());
        let hidden = Standing { hidden: true, ..Standing::default() };
        friendships.set(&a, &b, Some(hidden));
        assert_eq!(friendships.standing(&a, &b), Some(hidden));
        assert_eq!(friendships.standing(&b, &a), Some(Standing::default()));
        friendships.set(&a, &b, None);
        let written_anew = Friendships::from(friendships.written().to_vec());
        assert_eq!(written_anew.standing(&a, &b), None);
        assert_eq!(written_anew.standing(&b, &a), Some(Standing::default()));
    }
}
