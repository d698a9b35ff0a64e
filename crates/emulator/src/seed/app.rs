//! Apps, as their developers set them up in Kakao's console.

use std::collections::BTreeSet;
use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{AppKey, PersonKey, Secret};

/// An app as its developer set it up in Kakao's console.
#[expect(clippy::struct_excessive_bools, reason = "these are the fields of the seed document")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct App {
    /// Our handle for it.
    pub key: AppKey,
    /// What people see on the sign-in and consent pages, and under a message.
    pub name: String,
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
    /// The key of Kakao's Android and iOS SDKs.
    pub native_app_key: String,
    /// Whether Kakao Login is switched on.
    pub login: bool,
    /// Whether it is a test app, which only its team can use.
    pub test_app: bool,
    /// Whether Kakao has suspended the app or its developer.
    pub suspended: bool,
    /// Whether a login signs people up by itself; without, the service calls `/v1/user/signup`.
    pub automatic_linking: bool,
    /// Whether people under 14 may log in.
    pub allows_under_14: bool,
    /// Whether OpenID Connect is switched on.
    pub oidc: bool,
    /// Where Kakao Login may send people back to; compared byte by byte.
    pub redirect_uris: Vec<String>,
    /// Where the account logout may send people back to.
    pub logout_redirect_uris: Vec<String>,
    /// The origins that links of messages may point at.
    pub web_domains: Vec<String>,
    /// The origins whose pages may call Kakao with the JavaScript key; empty allows every page.
    pub javascript_domains: Vec<String>,
    /// The Android key hashes of the native app; empty allows every one.
    pub android_key_hashes: Vec<String>,
    /// The iOS bundle ids of the native app; empty allows every one.
    pub ios_bundle_ids: Vec<String>,
    /// Who may call Kakao's API for this app, as addresses or CIDR blocks; empty allows everybody.
    pub ip_allow_list: Vec<String>,
    /// The API paths that the admin key may not call.
    pub admin_key_denied: BTreeSet<String>,
    /// What the app asks people to agree to.
    pub consent_items: Vec<ConsentItem>,
    /// What Kakao has reviewed and granted.
    pub permissions: BTreeSet<Permission>,
    /// The team: without a permission only they see each other.
    pub members: BTreeSet<PersonKey>,
    /// The user property keys defined in the console.
    pub properties: Vec<String>,
    /// The terms of service that Kakao Sync shows beside the consent items.
    pub service_terms: Vec<ServiceTerms>,
    /// The KakaoTalk channels linked to the app.
    pub channels: Vec<Channel>,
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
    /// Its kind.
    pub kind: TemplateKind,
    /// What it was built for.
    #[serde(default)]
    pub purpose: TemplatePurpose,
    /// The template object with its `${placeholders}`.
    pub body: Value,
}

/// The kinds of templates that the template tool builds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateKind {
    /// 피드
    Feed,
    /// 리스트
    List,
    /// 커머스
    Commerce,
    /// 스크랩: a feed that a page fills.
    Scrap,
}

/// What a custom template was built for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplatePurpose {
    /// Every way of sending and sharing.
    #[default]
    Message,
    /// Sharing, and messages to oneself.
    Share,
}

/// Terms of service that Kakao Sync shows beside the consent items.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceTerms {
    /// What `service_terms` and the API name them by.
    pub tag: String,
    /// What people read on the consent page; the tag if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Whether nobody can sign up without agreeing.
    #[serde(default)]
    pub required: bool,
}

/// A KakaoTalk channel linked to an app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    /// The id in its address, such as `_ZeUTxl`.
    pub public_id: String,
    /// The search id, such as `@exampleshop`.
    pub uuid: String,
    /// Whether Kakao has suspended it.
    #[serde(default)]
    pub suspended: bool,
}

/// Where Kakao tells the app what happened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Webhooks {
    /// Somebody disconnected the app on Kakao's side.
    pub unlink: Option<Webhook>,
    /// Something happened to somebody's account.
    pub account_status: Option<Webhook>,
    /// Somebody shared something of the app's with KakaoTalk Share.
    pub share: Option<Webhook>,
    /// Somebody added or blocked a channel of the app's.
    pub channel: Option<Webhook>,
}

/// One webhook of an app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    /// The receiver.
    pub url: String,
    /// `GET` or `POST`; only the unlink and share webhooks have the choice.
    #[serde(default = "post")]
    pub method: String,
}

fn post() -> String {
    "POST".to_owned()
}

/// Kakao's figures. See [Kakao Docs/Quota].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Messages one person may send to friends in a month; none, as Kakao's documents name no figure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub messages_per_sender_per_month: Option<u32>,
    /// Messages one person may get from friends in a day.
    pub messages_per_receiver_per_day: u32,
    /// Messages one person may send to one friend in a day.
    pub messages_per_pair_per_day: u32,
    /// Calls of the whole app in a month.
    pub requests_per_month: u32,
    /// Calls of `/v1/api/talk/profile` of the whole app in a day.
    pub talk_profiles_per_day: u32,
    /// Calls of `/v1/user/ids` of the whole app in a minute.
    pub user_ids_per_minute: u32,
    /// Seconds that an authorization code is good for. Kakao's own figure is not known.
    pub code_lifetime_seconds: u32,
    /// Seconds that a friend list answers what it did before; Kakao says up to 600.
    pub friends_cache_seconds: u32,
    /// Days that an uploaded message image is kept.
    pub image_retention_days: u32,
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
            messages_per_sender_per_month: None,
            messages_per_receiver_per_day: 100,
            messages_per_pair_per_day: 20,
            requests_per_month: 3_000_000,
            talk_profiles_per_day: 30_000,
            user_ids_per_minute: 100,
            code_lifetime_seconds: 600,
            friends_cache_seconds: 0,
            image_retention_days: 100,
            friends_per_page: 10,
        }
    }
}

impl App {
    pub(crate) fn level(&self, item: &str) -> Option<ConsentLevel> {
        self.consent_items.iter().find(|configured| configured.id == item).map(|configured| configured.level)
    }

    /// Whether one of the app's keys is this one, of whatever kind.
    pub(crate) fn has_key(&self, key: &str) -> bool {
        [&self.rest_api_key, &self.javascript_key, &self.native_app_key, &self.admin_key.0]
            .into_iter()
            .any(|known| known == key)
    }

    /// Whether Kakao's API may be called for this app from there.
    pub(crate) fn admits_address(&self, caller: IpAddr) -> bool {
        // A caller by IPv4 may reach a socket for both families.
        let caller = caller.to_canonical();
        let mut blocks = self.ip_allow_list.iter().filter_map(|block| ip_block(block));
        self.ip_allow_list.is_empty() || blocks.any(|block| block.contains(&caller))
    }

    /// Whether this person takes part in what the permission is about: everyone once Kakao granted it, until
    /// then, and in a test app, the team alone.
    pub(crate) fn admits(&self, person: &PersonKey, permission: Permission) -> bool {
        (self.permissions.contains(&permission) && !self.test_app) || self.members.contains(person)
    }
}

/// An entry of the IP allow list: `10.0.0.0/8`, `10.0.0.0/255.0.0.0`, or a single address of either family.
pub(super) fn ip_block(text: &str) -> Option<IpNet> {
    let Some((address, mask)) = text.split_once('/') else {
        return text.parse::<IpAddr>().ok().map(IpNet::from);
    };
    match mask.parse::<IpAddr>() {
        Ok(mask) => IpNet::with_netmask(address.parse().ok()?, mask).ok(),
        Err(_) => text.parse().ok(),
    }
}
