//! Consent: which items a person is asked for, and what counts as agreeing.
//!
//! See [Kakao Docs/Kakao Login: Utilize].

use std::collections::BTreeSet;

use super::World;
use super::authorize::AuthorizeRequest;
use super::link::{Link, LinkKey};
use crate::fault::LoginFault;
use crate::seed::{App, ConsentLevel, PersonKey, ServiceTerms};

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

/// Service terms on the consent page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AskedTerms {
    pub(crate) tag: String,
    pub(crate) title: String,
    pub(crate) required: bool,
}

/// All that the consent page asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Questions {
    pub(crate) items: Vec<Asked>,
    pub(crate) terms: Vec<AskedTerms>,
    /// The channels it offers, by their public ids.
    pub(crate) channels: Vec<String>,
}

/// The boxes somebody ticked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ticked {
    pub(crate) items: BTreeSet<String>,
    pub(crate) terms: BTreeSet<String>,
    pub(crate) channels: BTreeSet<String>,
}

/// What was asked and ticked.
#[derive(Debug, Default)]
pub(super) struct Agreed {
    pub(super) items: BTreeSet<String>,
    pub(super) terms: BTreeSet<String>,
    pub(super) channels: BTreeSet<String>,
}

impl Questions {
    /// Every box ticked.
    pub(crate) fn all(&self) -> Ticked {
        Ticked {
            items: self.items.iter().map(|item| item.id.clone()).collect(),
            terms: self.terms.iter().map(|terms| terms.tag.clone()).collect(),
            channels: self.channels.iter().cloned().collect(),
        }
    }

    /// What counts as agreed to. Ticking something that was not asked does nothing.
    pub(super) fn agreed(&self, ticked: &Ticked) -> Result<Agreed, LoginFault> {
        let asked = self.all();
        let required_items = self.items.iter().filter(|item| item.required).map(|item| &item.id);
        let required_terms = self.terms.iter().filter(|terms| terms.required).map(|terms| &terms.tag);
        let refused: Vec<String> = required_items
            .filter(|id| !ticked.items.contains(*id))
            .chain(required_terms.filter(|tag| !ticked.terms.contains(*tag)))
            .cloned()
            .collect();
        if !refused.is_empty() {
            return Err(LoginFault::RequiredItemsRefused { items: refused });
        }
        Ok(Agreed {
            items: &asked.items & &ticked.items,
            terms: &asked.terms & &ticked.terms,
            channels: &asked.channels & &ticked.channels,
        })
    }
}

impl World {
    /// What to ask this person before they get a code; none when there is nothing to ask.
    ///
    /// The first time that is all the app asks for at a login, and the page shows even if that is nothing. Later it
    /// is what they have not agreed to yet of what the request names, and of what is required.
    pub(super) fn questions(
        &self,
        app: &App,
        key: &LinkKey,
        request: &AuthorizeRequest,
    ) -> Option<Questions> {
        let link = self.links.get(key);
        let items = app.consent_items.iter().filter(|item| match item.level {
            ConsentLevel::Required => true,
            ConsentLevel::Optional => link.is_none() || request.scope.contains(&item.id),
            ConsentLevel::InUse => request.scope.contains(&item.id),
        });
        let open = items.filter(|item| link.is_none_or(|link| !link.scopes.contains(&item.id)));
        let items: Vec<Asked> = open
            .map(|item| Asked { id: item.id.clone(), required: item.level == ConsentLevel::Required })
            .collect();
        let terms = open_terms(app, link, request);
        let channels = self.offered_channels(app, &key.person, request);
        (link.is_none() || !items.is_empty() || !terms.is_empty()).then_some(Questions {
            items,
            terms,
            channels,
        })
    }

    /// Channels are only offered beside something else: who has agreed to everything sees no page.
    fn offered_channels(&self, app: &App, person: &PersonKey, request: &AuthorizeRequest) -> Vec<String> {
        let relations = self.person(person.as_str()).map(|person| &person.channels);
        let named =
            app.channels.iter().filter(|channel| request.channel_public_ids.contains(&channel.public_id));
        named
            .map(|channel| channel.public_id.clone())
            .filter(|id| relations.is_none_or(|relations| !relations.contains_key(id)))
            .collect()
    }
}

/// The service terms that Kakao Sync shows: what the request names, as long as that holds something required; when it
/// names none, all of the app's at the first login.
fn open_terms(app: &App, link: Option<&Link>, request: &AuthorizeRequest) -> Vec<AskedTerms> {
    let named: Vec<&ServiceTerms> = match &request.service_terms {
        Some(tags) => app.service_terms.iter().filter(|terms| tags.contains(&terms.tag)).collect(),
        None if link.is_none() => app.service_terms.iter().collect(),
        None => Vec::new(),
    };
    if !named.iter().any(|terms| terms.required) {
        return Vec::new();
    }
    let open = named
        .into_iter()
        .filter(|terms| link.is_none_or(|link| !link.service_terms.contains_key(&terms.tag)));
    open.map(|terms| AskedTerms {
        tag: terms.tag.clone(),
        title: terms.title.clone().unwrap_or_else(|| terms.tag.clone()),
        required: terms.required,
    })
    .collect()
}
