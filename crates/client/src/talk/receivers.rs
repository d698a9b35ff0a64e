//! Whom one call may send a message to.

use std::collections::HashSet;

use crate::FriendUuid;
use crate::endpoint::json_strings;

/// The receivers of one call: at least one, at most [`MAX`](Self::MAX), none of them twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receivers(Vec<FriendUuid>);

impl Receivers {
    /// The most receivers of one call. See [Kakao Docs/Kakao Talk Message REST API, Send message to friends].
    pub const MAX: usize = 5;

    /// As many receivers as there are, in groups for one call each; one who is named twice is taken once.
    ///
    /// ```
    /// # fn example(friends: &[katok_client::Friend]) {
    /// for receivers in katok_client::Receivers::groups(friends.iter().map(|friend| friend.uuid.clone())) {
    ///     assert!(receivers.as_slice().len() <= 5);
    /// }
    /// # }
    /// ```
    pub fn groups(uuids: impl IntoIterator<Item = FriendUuid>) -> Vec<Self> {
        let mut named = HashSet::new();
        let each_once: Vec<_> = uuids.into_iter().filter(|uuid| named.insert(uuid.clone())).collect();
        each_once.chunks(Self::MAX).map(|group| Self(group.to_vec())).collect()
    }

    /// The receivers in the order they were given.
    #[must_use]
    pub fn as_slice(&self) -> &[FriendUuid] {
        &self.0
    }

    /// The receivers as the field `receiver_uuids` holds them.
    pub(super) fn to_json(&self) -> String {
        json_strings(self.0.iter().map(FriendUuid::as_str))
    }
}

impl From<FriendUuid> for Receivers {
    fn from(uuid: FriendUuid) -> Self {
        Self(vec![uuid])
    }
}

impl TryFrom<Vec<FriendUuid>> for Receivers {
    type Error = ReceiversError;

    fn try_from(uuids: Vec<FriendUuid>) -> Result<Self, ReceiversError> {
        if uuids.is_empty() {
            return Err(ReceiversError::Nobody);
        }
        if uuids.len() > Self::MAX {
            return Err(ReceiversError::TooMany { given: uuids.len() });
        }
        if uuids.iter().collect::<HashSet<_>>().len() < uuids.len() {
            return Err(ReceiversError::Twice);
        }
        Ok(Self(uuids))
    }
}

/// Why a list of friends cannot be the receivers of one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReceiversError {
    /// The list is empty.
    #[error("name at least one receiver")]
    Nobody,
    /// The list is longer than Kakao takes in one call: see [`Receivers::groups`].
    #[error("one call takes at most {max} receivers and {given} were given: send in several calls", max = Receivers::MAX)]
    TooMany {
        /// How many were given.
        given: usize,
    },
    /// Somebody is in the list more than once.
    #[error("a receiver is named twice: name each receiver once")]
    Twice,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receivers(names: &[&str]) -> Result<Receivers, ReceiversError> {
        Receivers::try_from(names.iter().map(|name| FriendUuid::new(*name)).collect::<Vec<_>>())
    }

    #[test]
    fn five_different_friends_are_receivers_in_their_order() {
        let five = receivers(&["e", "d", "c", "b", "a"]).unwrap();
        assert_eq!(five.as_slice().iter().map(FriendUuid::as_str).collect::<String>(), "edcba");
    }

    #[test]
    fn any_number_of_friends_comes_in_groups_each_friend_once() {
        let groups = Receivers::groups("abcdeafg".chars().map(String::from).map(FriendUuid::new));
        assert_eq!(groups, [receivers(&["a", "b", "c", "d", "e"]).unwrap(), receivers(&["f", "g"]).unwrap()]);
        assert_eq!(Receivers::groups([]), []);
        assert_eq!(Receivers::from(FriendUuid::new("a")), receivers(&["a"]).unwrap());
    }

    #[test]
    fn nobody_too_many_and_twice_are_refused() {
        assert_eq!(receivers(&[]), Err(ReceiversError::Nobody));
        assert_eq!(receivers(&["a", "b", "c", "d", "e", "f"]), Err(ReceiversError::TooMany { given: 6 }));
        assert_eq!(receivers(&["a", "b", "a"]), Err(ReceiversError::Twice));
    }
}
