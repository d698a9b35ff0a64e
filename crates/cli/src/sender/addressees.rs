//! Who is to get a message: oneself, or friends by nickname or uuid.

use katok_client::{Friend, FriendUuid};

use crate::failure::Failure;
use crate::printable::printable;

/// The friends that were named, each once, with the name to show; nobody stands for oneself.
#[derive(Debug, Default)]
pub(crate) struct Addressees(Vec<(FriendUuid, String)>);

impl Addressees {
    /// Finds each by uuid or by nickname; an ambiguous nickname is refused with its candidates.
    pub(crate) fn among(friends: &[Friend], names: &[String]) -> Result<Self, Failure> {
        let mut found = Self::default();
        for name in names {
            let is_meant = |friend: &&Friend| {
                friend.uuid.as_str() == name || friend.profile_nickname.as_deref() == Some(name)
            };
            let candidates: Vec<&Friend> = friends.iter().filter(is_meant).collect();
            match candidates[..] {
                [] => return Err(unknown(name)),
                [friend] => found.add(friend.uuid.clone(), friend.profile_nickname.as_deref()),
                _ => return Err(ambiguous(name, &candidates)),
            }
        }
        Ok(found)
    }

    /// Takes uuids as they are, when there is no list to look into; `None` if one cannot be a uuid.
    pub(crate) fn by_uuid(names: &[String]) -> Option<Self> {
        let mut found = Self::default();
        for name in names {
            let is_of_a_uuid = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'=');
            if name.len() < 12 || !name.bytes().all(is_of_a_uuid) {
                return None;
            }
            found.add(FriendUuid::new(name), None);
        }
        Some(found)
    }

    fn add(&mut self, uuid: FriendUuid, nickname: Option<&str>) {
        if !self.0.iter().any(|(present, _)| *present == uuid) {
            let name = printable(nickname.unwrap_or(uuid.as_str()));
            self.0.push((uuid, name));
        }
    }

    pub(crate) fn is_oneself(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn uuids(&self) -> Vec<FriendUuid> {
        self.0.iter().map(|(uuid, _)| uuid.clone()).collect()
    }

    /// What to call a friend on the terminal.
    pub(crate) fn name(&self, uuid: &str) -> String {
        let named = self.0.iter().find(|(present, _)| present.as_str() == uuid);
        named.map_or_else(|| printable(uuid), |(_, name)| name.clone())
    }
}

fn unknown(name: &str) -> Failure {
    Failure::usage(
        format!("목록에 없는 친구입니다: {name}. 이 앱에 로그인하고 동의한 친구만 받을 수 있습니다."),
        format!("No friend in the list is called {name}. Only friends who signed in to this app and agreed can receive."),
    )
    .hint("katok friends")
}

fn ambiguous(name: &str, candidates: &[&Friend]) -> Failure {
    let uuids: Vec<_> = candidates.iter().map(|friend| printable(friend.uuid.as_str())).collect();
    let uuids = uuids.join(", ");
    Failure::usage(
        format!("닉네임이 같은 친구가 여럿입니다: {name}. uuid로 골라 주세요: {uuids}"),
        format!("Several friends are called {name}. Choose by uuid: {uuids}"),
    )
    .hint("katok friends")
}
