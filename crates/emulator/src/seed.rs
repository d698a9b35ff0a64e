//! The seed: the apps and people a world begins with, complete down to the last key.

mod check;
mod document;
mod filling;
mod handle;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::digest::Digest;
use document::SeedDocument;
pub use handle::{AppKey, PersonKey};

/// A whole world's beginning, in which nothing is left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seed {
    /// The apps registered with Kakao.
    pub apps: Vec<App>,
    /// The people with a Kakao account.
    pub people: Vec<Person>,
    /// Who is whose friend in KakaoTalk.
    pub friendships: Vec<Friendship>,
    /// Who has signed up to which app already.
    pub links: Vec<Link>,
}

/// An app as its developer set it up in Kakao's console.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct App {
    /// Our handle for it.
    pub key: AppKey,
    /// Kakao's number for it.
    pub app_id: i64,
    /// The `client_id` of Kakao Login.
    pub rest_api_key: String,
    /// The client secret; none when it is switched off in the console.
    pub client_secret: Option<Secret>,
    /// The key of admin calls.
    pub admin_key: Secret,
    /// The key of Kakao's JavaScript SDK.
    pub javascript_key: String,
    /// Whether OpenID Connect is switched on.
    pub oidc: bool,
    /// Where Kakao Login may send people back to; compared byte by byte.
    pub redirect_uris: Vec<String>,
    /// Where the account logout may send people back to.
    pub logout_redirect_uris: Vec<String>,
    /// The origins that links of messages may point at.
    pub web_domains: Vec<String>,
    /// What the app asks people to agree to.
    pub consent_items: Vec<ConsentItem>,
    /// What Kakao has reviewed and granted.
    pub permissions: BTreeSet<Permission>,
    /// The team: without a permission only they see each other.
    pub members: BTreeSet<PersonKey>,
    /// The user property keys defined in the console.
    pub properties: Vec<String>,
    /// The custom templates built in the template tool.
    pub templates: Vec<CustomTemplate>,
    /// Where Kakao tells the app what happened.
    pub webhooks: Webhooks,
    /// Kakao's figures, as far as this world changes them.
    pub quotas: Quotas,
}

/// Something the app asks people to agree to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentItem {
    /// Kakao's id, such as `talk_message`.
    pub id: String,
    /// When people are asked, and whether they may decline.
    pub level: ConsentLevel,
}

/// When people are asked for a consent item, and whether they may decline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentLevel {
    /// 필수 동의: no login without it.
    Required,
    /// 선택 동의: asked at the login.
    Optional,
    /// 이용 중 동의: asked only when named in `scope`.
    InUse,
}

/// Something Kakao grants an app after a review.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// The friend list of people outside the team.
    Friends,
    /// Messages to friends outside the team.
    Message,
}

/// A message template built in Kakao's template tool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomTemplate {
    /// Kakao's number for it.
    pub id: i64,
    /// Its kind, such as `feed`.
    pub kind: String,
    /// The template object with its `${placeholders}`.
    pub body: Value,
}

/// Where Kakao tells the app what happened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Webhooks {
    /// Somebody disconnected the app on Kakao's side.
    pub unlink: Option<Webhook>,
    /// Something happened to somebody's account.
    pub account_status: Option<Webhook>,
}

/// One webhook of an app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    /// The receiver.
    pub url: String,
    /// `GET` or `POST`; only the unlink webhook has the choice.
    #[serde(default = "post")]
    pub method: String,
}

fn post() -> String {
    "POST".to_owned()
}

/// Kakao's figures. See [Kakao Docs/Quota].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Quotas {
    /// Access tokens one person may cause in ten minutes.
    pub access_tokens_per_10_minutes: usize,
    /// Refresh tokens one person may cause in an hour.
    pub refresh_tokens_per_60_minutes: usize,
    /// Messages of the whole app in a day.
    pub messages_per_day: u32,
    /// Messages one person may send to friends in a day.
    pub messages_per_sender_per_day: u32,
    /// Messages one person may get from friends in a day.
    pub messages_per_receiver_per_day: u32,
    /// Messages one person may send to one friend in a day.
    pub messages_per_pair_per_day: u32,
    /// Friends on a page when the call names no `limit`. Kakao's own figure is not certain.
    pub friends_per_page: usize,
}

impl Default for Quotas {
    fn default() -> Self {
        Self {
            access_tokens_per_10_minutes: 20,
            refresh_tokens_per_60_minutes: 30,
            messages_per_day: 30_000,
            messages_per_sender_per_day: 100,
            messages_per_receiver_per_day: 100,
            messages_per_pair_per_day: 20,
            friends_per_page: 10,
        }
    }
}

/// Somebody with a Kakao account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Our handle for them.
    pub key: PersonKey,
    /// The name on their profile.
    pub nickname: String,
    /// The address they sign in with.
    pub email: String,
    /// The password they sign in with.
    pub password: Secret,
    /// Whether they use KakaoTalk.
    pub talk: bool,
    /// Their picture; none is Kakao's default picture.
    pub profile_image_url: Option<String>,
    /// The small form of their picture.
    pub thumbnail_image_url: Option<String>,
    /// Their id in each app: a person has another one in each.
    pub user_ids: BTreeMap<AppKey, i64>,
}

/// That somebody has a friend in KakaoTalk.
#[expect(clippy::struct_excessive_bools, reason = "these are the fields of the seed document")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Friendship {
    /// Whose friend list it is.
    pub of: PersonKey,
    /// Who stands in it.
    pub with: PersonKey,
    /// `of` marked them as a favourite.
    #[serde(default)]
    pub favorite: bool,
    /// `of` hid them.
    #[serde(default)]
    pub hidden: bool,
    /// `of` blocked them.
    #[serde(default)]
    pub blocked: bool,
    /// `with` does not have `of` as a friend.
    #[serde(default)]
    pub one_way: bool,
}

/// That somebody has signed up to an app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The app.
    pub app: AppKey,
    /// Who signed up.
    pub person: PersonKey,
    /// What they agreed to.
    pub scopes: BTreeSet<String>,
}

/// A secret of the seed: in the document as it is, but never in a log.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// The secret itself.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// Why a seed document cannot be taken.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum SeedError {
    /// It is not JSON or YAML of the right shape.
    #[error("seed 문서를 읽을 수 없습니다. The seed document cannot be read: {0}")]
    Unreadable(String),
    /// Its parts contradict each other.
    #[error("seed 문서의 {place} 값이 맞지 않습니다. The seed document is wrong at {place}: {problem}")]
    Wrong {
        /// The field at fault.
        place: String,
        /// What is the matter with it.
        problem: String,
    },
}

impl SeedError {
    /// The mistake alone, in one line: where it is and what is the matter.
    #[must_use]
    pub fn detail(&self) -> String {
        match self {
            // The parser draws the place below its first line.
            Self::Unreadable(problem) => {
                problem.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned()
            }
            Self::Wrong { place, problem } => format!("{place}: {problem}"),
        }
    }
}

impl Seed {
    /// The world to begin with when nobody says otherwise: the app `demo` and seven people who know each other.
    ///
    /// # Panics
    ///
    /// Never: the document is part of the program and tested.
    #[must_use]
    pub fn built_in() -> Self {
        Self::parse(include_str!("seed/built_in.yaml")).expect("the built-in seed is valid")
    }

    /// Reads a seed document, JSON or YAML, and fills in what it leaves out, the same way every time.
    ///
    /// A document that says nothing means the built-in seed; one with empty lists means a world without anybody.
    pub fn parse(text: &str) -> Result<Self, SeedError> {
        let document = SeedDocument::read(text)?;
        if document.says_nothing() { Ok(Self::built_in()) } else { filling::fill(document) }
    }

    /// Tells one seed from another.
    pub(crate) fn digest(&self) -> Digest {
        let text = serde_json::to_vec(self).expect("a seed is plain data");
        Digest::of_bytes(&text)
    }
}

impl App {
    pub(crate) fn level(&self, item: &str) -> Option<ConsentLevel> {
        self.consent_items.iter().find(|configured| configured.id == item).map(|configured| configured.level)
    }

    /// Whether this person takes part in what the permission is about: everyone once Kakao granted it, until
    /// then the team alone.
    pub(crate) fn admits(&self, person: &PersonKey, permission: Permission) -> bool {
        self.permissions.contains(&permission) || self.members.contains(person)
    }
}

#[cfg(test)]
mod tests;
