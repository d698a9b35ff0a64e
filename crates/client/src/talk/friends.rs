//! `GET /v1/api/talk/friends`: the friends who use the same app, one page at a time.

use http::Method;
use serde::Deserialize;

use crate::endpoint::{Auth, Effect, Endpoint, Host, Parameters, Reply, Unreadable, null_as_default, sealed};
use crate::{FriendUuid, KakaoUserId, Pages, Scope};

/// Asks for one page of the user's friends, favourites first.
///
/// A friend is listed who is linked to the app, has consented to `friends` and is not hidden or blocked;
/// without Kakao's permission for the app, or in a test app, only team members are. The list may be ten
/// minutes old. See [Kakao Docs/Kakao Talk Social REST API, Retrieve list of friends].
///
/// ```no_run
/// # async fn example(client: katok_client::Client, token: katok_client::AccessToken) -> Result<(), Box<dyn std::error::Error>> {
/// use katok_client::ListFriends;
///
/// let page = client.call(&ListFriends::new().limit(20), &token).await?;
/// println!("{} of {} friends", page.elements.len(), page.total_count);
/// # Ok(())
/// # }
/// ```
///
/// [`Client::stream`](crate::Client::stream) reads all pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListFriends {
    offset: u32,
    limit: u32,
    sort: Option<FriendSort>,
    order: Option<Order>,
}

/// What friends are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FriendSort {
    /// Favourites first; Kakao does so unless told otherwise.
    Favorite,
    /// The nickname.
    Nickname,
}

/// The direction of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// From the first to the last; Kakao does so unless told otherwise.
    Ascending,
    /// From the last to the first.
    Descending,
}

impl Order {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Ascending => "asc",
            Self::Descending => "desc",
        }
    }
}

impl ListFriends {
    /// The most friends Kakao puts on one page.
    pub const MAX_LIMIT: u32 = 100;

    /// The first page, as long as Kakao makes one.
    #[must_use]
    pub fn new() -> Self {
        Self { offset: 0, limit: Self::MAX_LIMIT, sort: None, order: None }
    }

    /// How many friends to pass over.
    #[must_use]
    pub fn offset(mut self, offset: u32) -> Self {
        self.offset = offset;
        self
    }

    /// How many friends to ask for; more than [`MAX_LIMIT`](Self::MAX_LIMIT) asks for that many.
    #[must_use]
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = limit.min(Self::MAX_LIMIT);
        self
    }

    /// What to sort the friends by.
    #[must_use]
    pub fn sort(mut self, sort: FriendSort) -> Self {
        self.sort = Some(sort);
        self
    }

    /// The direction of the list.
    #[must_use]
    pub fn order(mut self, order: Order) -> Self {
        self.order = Some(order);
        self
    }
}

impl Default for ListFriends {
    fn default() -> Self {
        Self::new()
    }
}

/// One page of friends.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct FriendPage {
    /// The friends on this page.
    #[serde(default, deserialize_with = "null_as_default")]
    pub elements: Vec<Friend>,
    /// How many friends this app may see in all, not only on this page.
    pub total_count: u64,
    /// Where the next page is; `None` on the last.
    pub after_url: Option<String>,
    /// Where the page before is; `None` on the first.
    pub before_url: Option<String>,
    /// How many of all these friends are favourites.
    pub favorite_count: Option<u64>,
}

/// A friend who uses the same app.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Friend {
    /// The friend's user id in this app.
    pub id: Option<KakaoUserId>,
    /// The name to send messages to.
    pub uuid: FriendUuid,
    /// Whether the user marked this friend as a favourite.
    pub favorite: Option<bool>,
    /// The friend's nickname; may be empty.
    pub profile_nickname: Option<String>,
    /// The friend's picture; may be empty.
    pub profile_thumbnail_image: Option<String>,
}

impl sealed::Sealed for ListFriends {}

impl Endpoint for ListFriends {
    const METHOD: Method = Method::GET;
    const HOST: Host = Host::Api;
    const PATH: &'static str = "/v1/api/talk/friends";
    const AUTH: Auth = Auth::AccessToken;
    const SCOPES: &'static [Scope] = &[Scope::FRIENDS];
    const EFFECT: Effect = Effect::Read;
    type Output = FriendPage;

    fn encode(&self) -> Parameters {
        // The limit is always said, because the documents of different years disagree on its default.
        let sort = self.sort.map(|sort| match sort {
            FriendSort::Favorite => "favorite",
            FriendSort::Nickname => "nickname",
        });
        Parameters::new()
            .with("offset", self.offset.to_string())
            .with("limit", self.limit.to_string())
            .with_some("friend_order", sort)
            .with_some("order", self.order.map(Order::as_str))
    }

    fn decode(reply: &Reply) -> Result<FriendPage, Unreadable> {
        reply.json()
    }
}

impl Pages for ListFriends {
    type Item = Friend;

    /// Counted on by what came, because the address Kakao gives may lead to another host than the one asked; and
    /// no further than there are friends, because a page that comes again would come for ever.
    fn next(&self, page: &FriendPage) -> Option<Self> {
        page.after_url.as_ref()?;
        let offset = self.offset.checked_add(page.elements.len().try_into().ok()?)?;
        (u64::from(offset) < page.total_count).then(|| self.offset(offset))
    }

    fn items(&self, page: FriendPage) -> Vec<Friend> {
        page.elements
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Sample;
    use crate::{Error, Remedy, ScopeSet};

    async fn play(sample: &str, friends: ListFriends) -> Result<FriendPage, Error> {
        Sample::named(&format!("talk_friends/{sample}")).call(&friends).await
    }

    #[tokio::test]
    async fn the_first_page_leads_to_the_last() {
        let first = play("first_page", ListFriends::new().limit(1)).await.unwrap();
        assert_eq!((first.total_count, first.favorite_count), (2, Some(1)));
        assert!(first.before_url.is_none() && first.after_url.is_some());
        let [friend] = &first.elements[..] else { panic!("{first:?}") };
        assert_eq!(friend.uuid, FriendUuid::new("m6qcq5qqn6-DsICwjriBsIS3"));
        assert_eq!(friend.id, Some(KakaoUserId::new(2_233_445_566)));
        assert_eq!(friend.favorite, Some(true));
        assert_eq!(friend.profile_nickname.as_deref(), Some("이수진"));

        let last = play("last_page", ListFriends::new().offset(1).limit(1)).await.unwrap();
        assert!(last.before_url.is_some() && last.after_url.is_none());
    }

    #[tokio::test]
    async fn nobody_is_an_empty_page() {
        for sample in ["nobody", "only_what_is_required"] {
            assert_eq!(play(sample, ListFriends::new()).await.unwrap().elements, [], "{sample}");
        }
    }

    #[tokio::test]
    async fn friends_are_sorted_as_asked() {
        let friends = ListFriends::new().limit(1).sort(FriendSort::Nickname).order(Order::Descending);
        let page = play("by_nickname_descending", friends).await.unwrap();
        assert_eq!(page.elements[0].profile_nickname.as_deref(), Some("이수진"));
    }

    #[test]
    fn a_page_that_comes_again_and_again_is_not_read_for_ever() {
        let body = r#"{"elements":[{"uuid":"a"}],"total_count":2,"after_url":"https://kapi.kakao.com/"}"#;
        let page = ListFriends::decode(&Reply { body: body.into() }).unwrap();
        let second = ListFriends::new().next(&page).unwrap();
        assert_eq!((second, second.next(&page)), (ListFriends::new().offset(1), None));
    }

    #[test]
    fn a_page_is_never_longer_than_kakao_makes_one() {
        assert_eq!(ListFriends::new().limit(5000), ListFriends::new().limit(100));
    }

    #[tokio::test]
    async fn missing_consent_is_asked_for_by_name() {
        let error = play("insufficient_scopes", ListFriends::new()).await.unwrap_err();
        assert_eq!(error.remedy(), Remedy::AskConsent(ScopeSet::parse("friends")));
        let refusal = error.api_error().unwrap();
        assert_eq!(refusal.api_type.as_deref(), Some("FRIENDS"));
        assert_eq!(refusal.allowed_scopes, Some(ScopeSet::parse("profile")));
    }

    #[tokio::test]
    async fn what_the_app_lacks_is_the_operators_business() {
        for sample in ["scope_disabled", "no_permission"] {
            let error = play(sample, ListFriends::new()).await.unwrap_err();
            assert_eq!(error.remedy(), Remedy::TellOperator, "{sample}");
        }
    }
}
