//! Friendships: who stands in whose KakaoTalk friend list, and how.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::seed::{Friendship, PersonKey};

/// Everybody's friend list.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Friendships(BTreeMap<PersonKey, BTreeMap<PersonKey, Standing>>);

/// How somebody stands in a friend list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Standing {
    pub(super) favorite: bool,
    pub(super) hidden: bool,
    pub(super) blocked: bool,
}

impl Friendships {
    pub(super) fn new(seeded: &[Friendship]) -> Self {
        let mut lists: BTreeMap<PersonKey, BTreeMap<PersonKey, Standing>> = BTreeMap::new();
        // The way back first, so that a line of its own about it wins.
        for way_back in seeded.iter().filter(|friendship| !friendship.one_way) {
            let list = lists.entry(way_back.with.clone()).or_default();
            list.insert(way_back.of.clone(), Standing::default());
        }
        for Friendship { of, with, favorite, hidden, blocked, .. } in seeded {
            let standing = Standing { favorite: *favorite, hidden: *hidden, blocked: *blocked };
            lists.entry(of.clone()).or_default().insert(with.clone(), standing);
        }
        Self(lists)
    }

    /// How `with` stands in the friend list of `of`, if at all.
    pub(super) fn standing(&self, of: &PersonKey, with: &PersonKey) -> Option<Standing> {
        self.0.get(of)?.get(with).copied()
    }

    pub(super) fn list(&self, of: &PersonKey) -> impl Iterator<Item = (&PersonKey, Standing)> {
        self.0.get(of).into_iter().flatten().map(|(with, standing)| (with, *standing))
    }

    /// One line for two people where the way back says nothing of its own.
    pub(super) fn to_seed(&self) -> Vec<Friendship> {
        let mut written = Vec::new();
        for (of, list) in &self.0 {
            for (with, standing) in list {
                let back = self.standing(with, of);
                let plain = *standing == Standing::default();
                let said_by_the_other_line =
                    plain && back.is_some_and(|back| back != Standing::default() || with < of);
                if said_by_the_other_line {
                    continue;
                }
                let Standing { favorite, hidden, blocked } = *standing;
                let one_way = back != Some(Standing::default());
                written.push(Friendship {
                    of: of.clone(),
                    with: with.clone(),
                    favorite,
                    hidden,
                    blocked,
                    one_way,
                });
            }
        }
        written
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_written_lines_make_the_same_friend_lists() {
        let seed = crate::seed::Seed::parse(
            "people: [{key: a}, {key: b}, {key: c}]\n\
             friendships:\n\
             - {of: a, with: b, favorite: true}\n\
             - {of: b, with: a, blocked: true}\n\
             - {of: c, with: a, hidden: true}\n\
             - {of: b, with: c, one_way: true}\n",
        )
        .unwrap();
        let friendships = Friendships::new(&seed.friendships);
        assert_eq!(Friendships::new(&friendships.to_seed()).0, friendships.0);
        let [a, b, c] = ["a", "b", "c"].map(|key| key.parse().unwrap());
        assert!(friendships.standing(&b, &a).unwrap().blocked);
        assert_eq!(friendships.standing(&a, &c), Some(Standing::default()));
        assert_eq!(friendships.standing(&c, &b), None);
    }
}
