//! `GET /v1/user/shipping_address`: where a user has things sent to.

use http::Method;
use jiff::Timestamp;
use jiff::fmt::serde::timestamp::second;
use serde::Deserialize;

use crate::endpoint::{Auth, Effect, Endpoint, Host, Parameters, Reply, Unreadable, null_as_default, sealed};
use crate::{KakaoUserId, Pages, Scope, ShippingAddressId};

/// Asks for one page of a user's shipping addresses (배송지): the default one, then the latest changed.
///
/// Whoever has not consented to `shipping_address` is no refusal but a page without addresses that says so.
/// See [Kakao Docs/Kakao Login REST API, Retrieve shipping address].
///
/// ```no_run
/// # async fn example(client: katok_client::Client, token: katok_client::AccessToken) -> Result<(), Box<dyn std::error::Error>> {
/// use katok_client::{Authorize, ListShippingAddresses, Scope};
///
/// let page = client.call(&ListShippingAddresses::new(), &token).await?;
/// if page.shipping_addresses_needs_agreement == Some(true) {
///     let authorize = Authorize::new(&"https://svc.example/kakao/callback".parse()?);
///     let ask_here = client.authorize_url(&authorize.scopes(&[Scope::SHIPPING_ADDRESS].into_iter().collect()));
/// }
/// # Ok(())
/// # }
/// ```
///
/// [`Client::stream`](crate::Client::stream) reads all pages and gives the default address once. Kakao goes on
/// by the second of the last change: of addresses changed in the same second, some may be lost between two pages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ListShippingAddresses {
    which: Which,
    page_size: Option<u32>,
    /// Whether a page before has brought the default address.
    goes_on: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Which {
    #[default]
    FromTheNewest,
    /// Below the default address, those last changed before this.
    ChangedBefore(Timestamp),
    Only(ShippingAddressId),
}

impl ListShippingAddresses {
    /// The fewest addresses Kakao puts on one page: the default one and one other.
    pub const MIN_PAGE_SIZE: u32 = 2;

    /// The first page.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One address.
    #[must_use]
    pub fn only(id: ShippingAddressId) -> Self {
        Self { which: Which::Only(id), ..Self::default() }
    }

    /// The default address, and others that were last changed before this second.
    #[must_use]
    pub fn changed_before(at: Timestamp) -> Self {
        Self { which: Which::ChangedBefore(at), ..Self::default() }
    }

    /// How many addresses to ask for, 10 if not said; less than [`MIN_PAGE_SIZE`](Self::MIN_PAGE_SIZE) asks
    /// for that many.
    #[must_use]
    pub fn page_size(mut self, size: u32) -> Self {
        self.page_size = Some(size.max(Self::MIN_PAGE_SIZE));
        self
    }
}

/// One page of addresses.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ShippingAddressPage {
    /// The user.
    pub user_id: KakaoUserId,
    /// The addresses, the default one first on every page.
    #[serde(default, deserialize_with = "null_as_default")]
    pub shipping_addresses: Vec<ShippingAddress>,
    /// `true` if addresses would come, were the user asked for consent.
    pub shipping_addresses_needs_agreement: Option<bool>,
}

/// Where a user has things sent to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ShippingAddress {
    /// Its number.
    pub id: ShippingAddressId,
    /// What the user calls it.
    pub name: Option<String>,
    /// Whether the user prefers it.
    pub is_default: bool,
    /// When it was last changed.
    #[serde(default, deserialize_with = "second::optional::deserialize")]
    pub updated_at: Option<Timestamp>,
    /// Which way it is written.
    #[serde(rename = "type")]
    pub kind: Option<ShippingAddressType>,
    /// What the post code stands for.
    pub base_address: Option<String>,
    /// What the user added to it.
    pub detail_address: Option<String>,
    /// Who receives.
    pub receiver_name: Option<String>,
    /// The receiver's phone number.
    pub receiver_phone_number1: Option<String>,
    /// The receiver's other phone number; may be empty.
    pub receiver_phone_number2: Option<String>,
    /// The post code of five digits (우편번호), which every address by street has.
    pub zone_number: Option<String>,
    /// The post code of six digits, as it was until 2015.
    pub zip_code: Option<String>,
}

/// Which way an address is written.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum ShippingAddressType {
    /// By the lot (지번 주소).
    Old,
    /// By the street (도로명 주소).
    New,
    /// A word of Kakao's this crate does not know.
    #[serde(untagged)]
    Other(String),
}

impl sealed::Sealed for ListShippingAddresses {}

impl Endpoint for ListShippingAddresses {
    const METHOD: Method = Method::GET;
    const HOST: Host = Host::Api;
    const PATH: &'static str = "/v1/user/shipping_address";
    const AUTH: Auth = Auth::AccessTokenOrAdminKey;
    const SCOPES: &'static [Scope] = &[Scope::SHIPPING_ADDRESS];
    const EFFECT: Effect = Effect::Read;
    type Output = ShippingAddressPage;

    fn encode(&self) -> Parameters {
        let parameters = match self.which {
            Which::FromTheNewest => Parameters::new(),
            Which::ChangedBefore(at) => Parameters::new().with("from_updated_at", at.as_second().to_string()),
            Which::Only(id) => Parameters::new().with("address_id", id.to_string()),
        };
        parameters.with_some("page_size", self.page_size.map(|size| size.to_string()))
    }

    fn decode(reply: &Reply) -> Result<ShippingAddressPage, Unreadable> {
        reply.json()
    }
}

impl Pages for ListShippingAddresses {
    type Item = ShippingAddress;

    /// Kakao never says which page is the last: it is the one with the default address at most, or one that comes
    /// again.
    fn next(&self, page: &ShippingAddressPage) -> Option<Self> {
        let last = page.shipping_addresses.iter().rfind(|address| !address.is_default)?;
        let changed = last.updated_at?;
        match self.which {
            Which::Only(_) => None,
            Which::ChangedBefore(at) if changed >= at => None,
            _ => Some(Self { which: Which::ChangedBefore(changed), goes_on: true, ..*self }),
        }
    }

    fn items(&self, mut page: ShippingAddressPage) -> Vec<ShippingAddress> {
        if let (Which::ChangedBefore(at), true) = (self.which, self.goes_on) {
            let is_new = |address: &ShippingAddress| {
                !address.is_default && address.updated_at.is_none_or(|changed| changed < at)
            };
            page.shipping_addresses.retain(is_new);
        }
        page.shipping_addresses
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;
    use crate::contract::Sample;

    async fn play(sample: &str, ask: ListShippingAddresses) -> Result<ShippingAddressPage, Error> {
        Sample::named(&format!("user_shipping_address/{sample}")).call(&ask).await
    }

    fn at(time: &str) -> Timestamp {
        time.parse().unwrap()
    }

    #[tokio::test]
    async fn an_address_is_read_with_all_its_parts() {
        let page = play("addresses", ListShippingAddresses::new()).await.unwrap();
        assert_eq!(page.user_id, KakaoUserId::new(4_820_000_001));
        assert_eq!(page.shipping_addresses_needs_agreement, Some(false));
        let [home] = &page.shipping_addresses[..] else { panic!("{page:?}") };
        assert_eq!((home.id, home.is_default), (ShippingAddressId::new(77), true));
        assert_eq!(home.updated_at, Some(at("2026-01-01T00:00:00Z")));
        assert_eq!(home.kind, Some(ShippingAddressType::New));
        assert_eq!(home.base_address.as_deref(), Some("서울 종로구 보기로 1"));
        assert_eq!((home.zone_number.as_deref(), home.zip_code.as_deref()), (Some("01234"), Some("012-345")));
        assert_eq!(ListShippingAddresses::new().next(&page), None);
    }

    #[tokio::test]
    async fn one_address_is_asked_for_by_its_number() {
        let ask = ListShippingAddresses::only(ShippingAddressId::new(78));
        let page = play("only_one", ask).await.unwrap();
        assert_eq!(page.shipping_addresses[0].id, ShippingAddressId::new(78));
        assert_eq!(ask.next(&page), None);
    }

    #[tokio::test]
    async fn an_admin_asks_for_any_user() {
        let sample = Sample::named("user_shipping_address/by_admin_key");
        let page = sample.call_for_user(&ListShippingAddresses::new()).await.unwrap();
        assert_eq!(page.shipping_addresses.len(), 1);
    }

    #[tokio::test]
    async fn the_next_page_brings_what_was_changed_before_and_the_default_address_once_more() {
        let ask = ListShippingAddresses::new().page_size(2);
        let first = play("first_page", ask).await.unwrap();
        let next = ask.next(&first).unwrap();
        let second = play("second_page", next).await.unwrap();
        let third = next.next(&second).unwrap();
        let last = play("last_page", third).await.unwrap();
        assert_eq!(third.next(&last), None);

        let ids =
            |addresses: Vec<ShippingAddress>| addresses.iter().map(|address| address.id).collect::<Vec<_>>();
        let [home, office, parents] = [77, 78, 79].map(ShippingAddressId::new);
        assert_eq!(ids(ask.items(first.clone())), [home, office]);
        assert_eq!(ids(next.items(first)), [], "a page that comes again has nothing new");
        assert_eq!(ids(second.shipping_addresses.clone()), [home, parents]);
        assert_eq!(ids(next.items(second)), [parents]);
        assert_eq!(ids(third.items(last)), []);
    }

    #[tokio::test]
    async fn whoever_starts_later_gets_the_default_address_too() {
        let ask = ListShippingAddresses::changed_before(at("2025-12-01T00:00:00Z")).page_size(0);
        let page = play("second_page", ask).await.unwrap();
        assert_eq!(ask.items(page).len(), 2);
    }

    #[tokio::test]
    async fn missing_consent_is_said_without_a_refusal() {
        let page = play("not_agreed", ListShippingAddresses::new()).await.unwrap();
        assert_eq!((page.shipping_addresses_needs_agreement, page.shipping_addresses), (Some(true), vec![]));
    }

    #[test]
    fn a_page_that_comes_again_is_the_last() {
        let body = r#"{"user_id":1,"shipping_addresses":[{"id":1,"is_default":false},
            {"id":2,"is_default":false,"updated_at":1767225600}]}"#;
        let page = ListShippingAddresses::decode(&Reply { body: body.into() }).unwrap();
        let second = ListShippingAddresses::new().next(&page).unwrap();
        assert_eq!(second.next(&page), None);
    }

    #[test]
    fn a_type_nobody_knows_is_kept() {
        let address: ShippingAddress =
            serde_json::from_str(r#"{"id":1,"is_default":false,"type":"LOCKER"}"#).unwrap();
        assert_eq!(address.kind, Some(ShippingAddressType::Other("LOCKER".to_owned())));
    }
}
