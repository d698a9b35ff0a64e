//! `GET /v1/user/ids`: the ids of all users of the app, one page at a time.

use http::Method;
use serde::{Deserialize, Deserializer};
use url::Url;

use crate::endpoint::{Auth, Effect, Endpoint, Host, Parameters, Reply, Unreadable, null_as_default, sealed};
use crate::{KakaoUserId, Order, Pages, Scope};

/// Asks with the admin key for one page of the ids of those who are linked to the app, the smallest first.
///
/// An app may ask 100 times a minute (-10). See [Kakao Docs/Kakao Login REST API, Retrieve list of user IDs].
///
/// ```no_run
/// # async fn example(admin: katok_client::AdminClient) -> Result<(), Box<dyn std::error::Error>> {
/// use futures_util::TryStreamExt;
/// use katok_client::ListUserIds;
///
/// let everybody: Vec<_> = admin.stream(ListUserIds::new()).try_collect().await?;
/// # Ok(())
/// # }
/// ```
///
/// [`AdminClient::stream`](crate::AdminClient::stream) reads all pages and gives no id twice.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ListUserIds {
    limit: Option<u32>,
    from_id: Option<KakaoUserId>,
    order: Option<Order>,
    /// The last id of the page before.
    seen: Option<KakaoUserId>,
}

impl ListUserIds {
    /// The most ids Kakao puts on one page, and as many as it does unless told otherwise.
    pub const MAX_LIMIT: u32 = 100;

    /// The first page.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many ids to ask for; more than [`MAX_LIMIT`](Self::MAX_LIMIT) asks for that many.
    #[must_use]
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit.min(Self::MAX_LIMIT));
        self
    }

    /// The id to begin with, itself included.
    #[must_use]
    pub fn from_id(mut self, id: KakaoUserId) -> Self {
        self.from_id = Some(id);
        self
    }

    /// The direction of the list.
    #[must_use]
    pub fn order(mut self, order: Order) -> Self {
        self.order = Some(order);
        self
    }

    fn descends(&self) -> bool {
        self.order == Some(Order::Descending)
    }
}

/// One page of ids.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct UserIdPage {
    /// The ids on this page.
    #[serde(default, deserialize_with = "null_as_default")]
    pub elements: Vec<KakaoUserId>,
    /// Where the page before is; `None` on the first.
    #[serde(default, deserialize_with = "without_key")]
    pub before_url: Option<String>,
    /// Where the next page is; `None` on the last.
    #[serde(default, deserialize_with = "without_key")]
    pub after_url: Option<String>,
}

/// Kakao's samples have an app key in these addresses: a secret that nobody expects there.
fn without_key<'de, D: Deserializer<'de>>(address: D) -> Result<Option<String>, D::Error> {
    let address = Option::<String>::deserialize(address)?;
    let pieces = |address: &str| -> String {
        address.split_inclusive(['?', '&']).filter(|piece| !piece.starts_with("app_key=")).collect()
    };
    Ok(address.as_deref().map(pieces))
}

impl sealed::Sealed for ListUserIds {}

impl Endpoint for ListUserIds {
    const METHOD: Method = Method::GET;
    const HOST: Host = Host::Api;
    const PATH: &'static str = "/v1/user/ids";
    const AUTH: Auth = Auth::AdminKey;
    const SCOPES: &'static [Scope] = &[];
    const EFFECT: Effect = Effect::Read;
    type Output = UserIdPage;

    fn encode(&self) -> Parameters {
        Parameters::new()
            .with_some("limit", self.limit.map(|limit| limit.to_string()))
            .with_some("from_id", self.from_id.map(|id| id.to_string()))
            .with_some("order", self.order.map(Order::as_str))
    }

    fn decode(reply: &Reply) -> Result<UserIdPage, Unreadable> {
        reply.json()
    }
}

impl Pages for ListUserIds {
    type Item = KakaoUserId;

    /// Of Kakao's address only the id is used: the rest may lead to another host, and without TLS.
    fn next(&self, page: &UserIdPage) -> Option<Self> {
        let last = *page.elements.last()?;
        let beyond = if self.descends() { last.get().checked_sub(1)? } else { last.get().checked_add(1)? };
        let from_id = from_id_in(page.after_url.as_deref()?).unwrap_or(beyond);
        Some(Self { from_id: Some(KakaoUserId::new(from_id)), seen: Some(last), ..*self })
    }

    fn items(&self, page: UserIdPage) -> Vec<KakaoUserId> {
        let is_new = |id: &KakaoUserId| match self.seen {
            Some(seen) if self.descends() => *id < seen,
            Some(seen) => *id > seen,
            None => true,
        };
        page.elements.into_iter().filter(is_new).collect()
    }
}

fn from_id_in(after_url: &str) -> Option<i64> {
    let url = Url::parse(after_url).ok()?;
    let (_, id) = url.query_pairs().find(|(name, _)| name == "from_id")?;
    id.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Sample;
    use crate::{Quota, Remedy};

    const FIRST: i64 = 4_820_000_001;

    fn ids(ids: impl IntoIterator<Item = i64>) -> Vec<KakaoUserId> {
        ids.into_iter().map(KakaoUserId::new).collect()
    }

    async fn play(sample: &str, ask: ListUserIds) -> UserIdPage {
        Sample::named(&format!("user_ids/{sample}")).call_by_admin(&ask).await.unwrap()
    }

    #[tokio::test]
    async fn the_first_page_leads_to_the_last() {
        let ask = ListUserIds::new().limit(2).order(Order::Ascending);
        let first = play("first_page", ask).await;
        assert!(first.before_url.is_none());
        assert_eq!(first.elements, ids(FIRST..FIRST + 2));

        let next = ask.next(&first).unwrap();
        let last = play("last_page", next).await;
        assert_eq!(last.elements, ids(FIRST + 2..FIRST + 4));
        assert_eq!((next.next(&last), last.after_url), (None, None));
    }

    #[tokio::test]
    async fn too_many_calls_mean_waiting_a_minute() {
        let error = Sample::named("user_ids/too_many_calls").call_by_admin(&ListUserIds::new()).await;
        assert_eq!(error.unwrap_err().remedy(), Remedy::WaitForQuota(Quota::Minute));
    }

    #[test]
    fn the_key_in_kakaos_addresses_is_not_kept() {
        let body = r#"{"elements":[1],"before_url":"http://k/v1/user/ids?limit=1&app_key=S3CRET",
            "after_url":"http://k/v1/user/ids?app_key=S3CRET&from_id=2&limit=1"}"#;
        let page = ListUserIds::decode(&Reply { body: body.into() }).unwrap();
        assert!(!format!("{page:?}").contains("S3CRET"), "{page:?}");
        assert_eq!(page.after_url.as_deref(), Some("http://k/v1/user/ids?from_id=2&limit=1"));
        assert_eq!(ListUserIds::new().next(&page).unwrap().from_id, Some(KakaoUserId::new(2)));
    }

    #[test]
    fn no_id_comes_twice_even_if_pages_overlap_or_their_address_is_unreadable() {
        let page = |elements| UserIdPage {
            elements,
            before_url: None,
            after_url: Some("http://kapi.kakao.com/v1/user/ids?app_key=…".to_owned()),
        };
        for (order, beyond, came, new) in
            [(Order::Ascending, 13, [12, 14], vec![14]), (Order::Descending, 11, [12, 10], vec![10])]
        {
            let next = ListUserIds::new().order(order).next(&page(ids([11, 12]))).unwrap();
            assert_eq!(next.from_id, Some(KakaoUserId::new(beyond)));
            assert_eq!(next.items(page(ids(came))), ids(new));
        }
    }
}
