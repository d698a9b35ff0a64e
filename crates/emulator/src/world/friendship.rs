//! Friendships: who stands in whose KakaoTalk friend list, and how.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

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
pub(super) struct Standing {
    pub(super) favorite: bool,
    pub(super) hidden: bool,
    pub(super) blocked: bool,
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

    /// As the seed document said it.
    pub(super) fn written(&self) -> &[Friendship] {
        &self.written
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
}
