//! The seed document as somebody writes it: most of it left out.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer};
use serde_json::json;

use super::{
    AppKey, BirthdayType, Channel, ChannelRelation, ConsentItem, CustomTemplate, Friendship, Gender,
    Permission, PersonKey, Quotas, SeedError, ServiceTerms, ShippingAddress, Webhooks,
};

/// An empty list is not the same as none: a document that says nothing at all means the built-in seed.
#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub(super) struct SeedDocument {
    #[serde(deserialize_with = "list")]
    pub(super) apps: Option<Vec<AppEntry>>,
    #[serde(deserialize_with = "list")]
    pub(super) people: Option<Vec<PersonEntry>>,
    #[serde(deserialize_with = "list")]
    pub(super) friendships: Option<Vec<Friendship>>,
    #[serde(deserialize_with = "list")]
    pub(super) links: Option<Vec<LinkEntry>>,
}

/// Null is no list.
fn list<'de, D: Deserializer<'de>, T: Deserialize<'de>>(field: D) -> Result<Option<Vec<T>>, D::Error> {
    Vec::deserialize(field).map(Some)
}

#[expect(clippy::struct_excessive_bools, reason = "these are the fields of the seed document")]
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AppEntry {
    pub(super) key: AppKey,
    pub(super) name: Option<String>,
    pub(super) app_id: Option<i64>,
    pub(super) rest_api_key: Option<String>,
    #[serde(default)]
    pub(super) client_secret: ClientSecretEntry,
    pub(super) admin_key: Option<String>,
    pub(super) javascript_key: Option<String>,
    pub(super) native_app_key: Option<String>,
    #[serde(default = "yes")]
    pub(super) login: bool,
    #[serde(default)]
    pub(super) test_app: bool,
    #[serde(default)]
    pub(super) suspended: bool,
    #[serde(default = "yes")]
    pub(super) automatic_linking: bool,
    #[serde(default)]
    pub(super) allows_under_14: bool,
    #[serde(default)]
    pub(super) oidc: bool,
    #[serde(default)]
    pub(super) redirect_uris: Vec<String>,
    #[serde(default)]
    pub(super) logout_redirect_uris: Vec<String>,
    #[serde(default)]
    pub(super) web_domains: Vec<String>,
    #[serde(default)]
    pub(super) javascript_domains: Vec<String>,
    #[serde(default)]
    pub(super) android_key_hashes: Vec<String>,
    #[serde(default)]
    pub(super) ios_bundle_ids: Vec<String>,
    #[serde(default)]
    pub(super) ip_allow_list: Vec<String>,
    #[serde(default)]
    pub(super) admin_key_denied: BTreeSet<String>,
    #[serde(default)]
    pub(super) consent_items: Vec<ConsentItem>,
    #[serde(default)]
    pub(super) permissions: BTreeSet<Permission>,
    #[serde(default)]
    pub(super) members: BTreeSet<PersonKey>,
    #[serde(default)]
    pub(super) properties: Vec<String>,
    #[serde(default)]
    pub(super) service_terms: Vec<ServiceTerms>,
    #[serde(default)]
    pub(super) channels: Vec<Channel>,
    #[serde(default)]
    pub(super) templates: Vec<CustomTemplate>,
    #[serde(default)]
    pub(super) webhooks: Webhooks,
    #[serde(default)]
    pub(super) quotas: Quotas,
}

#[expect(clippy::struct_excessive_bools, reason = "these are the fields of the seed document")]
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PersonEntry {
    pub(super) key: PersonKey,
    pub(super) nickname: Option<String>,
    pub(super) email: Option<String>,
    pub(super) password: Option<String>,
    #[serde(default = "yes")]
    pub(super) is_email_valid: bool,
    #[serde(default = "yes")]
    pub(super) is_email_verified: bool,
    #[serde(default = "yes")]
    pub(super) talk: bool,
    #[serde(default)]
    pub(super) refuses_messages: bool,
    #[serde(default)]
    pub(super) unsupported_device: bool,
    #[serde(default)]
    pub(super) under_14: bool,
    #[serde(default)]
    pub(super) suspended: bool,
    #[serde(default)]
    pub(super) dormant: bool,
    #[serde(default)]
    pub(super) is_default_nickname: bool,
    pub(super) profile_image_url: Option<String>,
    pub(super) thumbnail_image_url: Option<String>,
    pub(super) name: Option<String>,
    pub(super) gender: Option<Gender>,
    pub(super) age_range: Option<String>,
    pub(super) birthyear: Option<String>,
    pub(super) birthday: Option<String>,
    #[serde(default)]
    pub(super) birthday_type: BirthdayType,
    #[serde(default)]
    pub(super) is_leap_month: bool,
    pub(super) phone_number: Option<String>,
    pub(super) ci: Option<String>,
    #[serde(default)]
    pub(super) shipping_addresses: Vec<ShippingAddress>,
    #[serde(default)]
    pub(super) channels: BTreeMap<String, ChannelRelation>,
    #[serde(default)]
    pub(super) user_ids: BTreeMap<AppKey, i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LinkEntry {
    pub(super) app: AppKey,
    pub(super) person: PersonKey,
    pub(super) scopes: Option<BTreeSet<String>>,
    #[serde(default)]
    pub(super) service_terms: BTreeSet<String>,
    #[serde(default)]
    pub(super) properties: BTreeMap<String, String>,
    #[serde(default = "yes")]
    pub(super) registered: bool,
}

impl AppEntry {
    /// An app of which only this is known; an empty name is none.
    pub(super) fn named(key: &AppKey, name: &str) -> Self {
        let name = (!name.is_empty()).then(|| name.to_owned());
        let entry = serde_json::from_value(json!({ "key": key, "name": name }));
        entry.expect("a key is all that an entry must have")
    }
}

impl PersonEntry {
    /// A person of whom only this is known; an empty nickname is none.
    pub(super) fn named(key: &PersonKey, nickname: &str) -> Self {
        let nickname = (!nickname.is_empty()).then(|| nickname.to_owned());
        let entry = serde_json::from_value(json!({ "key": key, "nickname": nickname }));
        entry.expect("a key is all that an entry must have")
    }
}

fn yes() -> bool {
    true
}

/// What a document says about the client secret.
#[derive(Deserialize, Default)]
#[serde(from = "Option<String>")]
pub(super) enum ClientSecretEntry {
    /// Nothing: it is made up.
    #[default]
    Unsaid,
    /// Null: it is switched off.
    Off,
    Secret(String),
}

impl From<Option<String>> for ClientSecretEntry {
    fn from(said: Option<String>) -> Self {
        said.map_or(Self::Off, Self::Secret)
    }
}

impl SeedDocument {
    /// JSON is nearly YAML, but its own parser tells line and column in JSON's terms.
    pub(super) fn read(text: &str) -> Result<Self, SeedError> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Self::default());
        }
        let yaml = || serde_saphyr::from_str(text).map_err(|error| SeedError::Unreadable(error.to_string()));
        // YAML in one line begins with a brace as well, but its first key has no quotation mark.
        let Some(inside) = text.strip_prefix('{') else {
            return yaml();
        };
        let is_json = inside.trim_start().starts_with(['"', '}']);
        serde_json::from_str(text).or_else(|error| {
            yaml().map_err(|in_yaml| if is_json { SeedError::Unreadable(error.to_string()) } else { in_yaml })
        })
    }

    pub(super) fn says_nothing(&self) -> bool {
        self.apps.is_none() && self.people.is_none() && self.friendships.is_none() && self.links.is_none()
    }
}
