//! Consent: which items a person is asked for, and what counts as agreeing.
//!
//! See [Kakao Docs/Kakao Login: Utilize].

use std::collections::BTreeSet;

use super::World;
use super::link::LinkKey;
use crate::fault::LoginFault;
use crate::seed::{App, ConsentLevel};

/// Kakao's consent items, in the order of its console.
pub(crate) const ITEMS: [&str; 15] = [
    "profile_nickname",
    "profile_image",
    "account_email",
    "name",
    "gender",
    "age_range",
    "birthday",
    "birthyear",
    "phone_number",
    "shipping_address",
    "friends",
    "talk_message",
    "plusfriends",
    "talk_calendar",
    "profile",
];

/// An item on the consent page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) id: String,
    pub(crate) required: bool,
}

impl Asked {
    /// What the consent page calls it, in Korean and English.
    pub(crate) fn names(&self) -> (&str, &str) {
        match self.id.as_str() {
            "profile" => ("프로필 정보(닉네임/프로필 사진)", "Profile"),
            "profile_nickname" => ("닉네임", "Nickname"),
            "profile_image" => ("프로필 사진", "Profile image"),
            "account_email" => ("카카오계정(이메일)", "Email"),
            "name" => ("이름", "Name"),
            "gender" => ("성별", "Gender"),
            "age_range" => ("연령대", "Age range"),
            "birthday" => ("생일", "Birthday"),
            "birthyear" => ("출생 연도", "Birth year"),
            "phone_number" => ("카카오계정(전화번호)", "Phone number"),
            "shipping_address" => ("배송지정보(수령인명, 배송지 주소, 전화번호)", "Shipping address"),
            "friends" => ("카카오 서비스 내 친구목록(프로필사진, 닉네임, 즐겨찾기 포함)", "Friends list"),
            "talk_message" => ("카카오톡 메시지 전송", "Send KakaoTalk messages"),
            "plusfriends" => ("카카오톡 채널 추가 상태 및 내역", "KakaoTalk Channel status"),
            "talk_calendar" => ("톡캘린더 및 일정 생성, 조회, 편집/삭제", "Talk Calendar"),
            other => (other, ""),
        }
    }
}

impl World {
    /// What to ask this person before they get a code; none when there is nothing to ask.
    ///
    /// The first time that is all the app asks for at a login, and the page shows even if that is nothing. Later it
    /// is what they have not agreed to yet of what `scope` names, and of what is required.
    pub(super) fn asked(&self, app: &App, link: &LinkKey, scope: &BTreeSet<String>) -> Option<Vec<Asked>> {
        let link = self.links.get(link);
        let items = app.consent_items.iter().filter(|item| match item.level {
            ConsentLevel::Required => true,
            ConsentLevel::Optional => link.is_none() || scope.contains(&item.id),
            ConsentLevel::InUse => scope.contains(&item.id),
        });
        let open = items.filter(|item| link.is_none_or(|link| !link.scopes.contains(&item.id)));
        let asked: Vec<Asked> = open
            .map(|item| Asked { id: item.id.clone(), required: item.level == ConsentLevel::Required })
            .collect();
        (link.is_none() || !asked.is_empty()).then_some(asked)
    }
}

/// What was asked and ticked. Ticking something that was not asked does nothing.
pub(super) fn agreed(asked: Vec<Asked>, ticked: &BTreeSet<String>) -> Result<BTreeSet<String>, LoginFault> {
    let (agreed, declined): (Vec<Asked>, Vec<Asked>) =
        asked.into_iter().partition(|item| ticked.contains(&item.id));
    let refused: Vec<String> =
        declined.into_iter().filter(|item| item.required).map(|item| item.id).collect();
    if refused.is_empty() {
        Ok(agreed.into_iter().map(|item| item.id).collect())
    } else {
        Err(LoginFault::RequiredItemsRefused { items: refused })
    }
}
