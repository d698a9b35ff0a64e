//! Tokens that stay fresh: early enough, one refresh at a time, nothing lost, and no message sent twice.

use std::sync::Arc;

use futures_util::TryStreamExt;
use jiff::{SignedDuration, Timestamp};
use katok_client::{
    AccessToken, Client, ErrorKind, IssueLog, Link, ListFriends, ManualClock, Me, MemoryTokenStore,
    RefreshToken, Remedy, Replaced, ScopeSet, SendToMe, Text, TokenError, TokenKeeper, TokenStore, Tokens,
    Version, Versioned,
};
use serde_json::json;
use tokio::sync::{Notify, OwnedMutexGuard};
use url::Url;

use crate::kakao::{Answer, Kakao, Received, client_at};

/// Whose tokens they are.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Person {
    Mina,
    Jiho,
}
use Person::{Jiho, Mina};

pub(crate) type Store = MemoryTokenStore<Person>;
pub(crate) const REFRESH: &str = "POST /oauth/token";
const SEND: &str = "POST /v2/api/talk/memo/default/send";

fn noon() -> Timestamp {
    "2026-01-02T12:00:00Z".parse().unwrap()
}

pub(crate) fn minutes(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}

/// Tokens whose access token ends this long after noon.
pub(crate) fn tokens(access: &str, refresh: &str, life: SignedDuration) -> Tokens {
    Tokens {
        access_token: AccessToken::new(access),
        access_token_expires_at: noon() + life,
        refresh_token: RefreshToken::new(refresh),
        refresh_token_expires_at: noon() + SignedDuration::from_hours(1000),
        scopes: ScopeSet::parse("talk_message"),
        issue_log: IssueLog::default(),
    }
}

/// Mina has signed in; her access token A1 ends this long after noon, and it is noon.
pub(crate) struct Desk {
    pub(crate) kakao: Kakao,
    pub(crate) client: Client,
    pub(crate) store: Store,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) keeper: TokenKeeper<Store>,
}

impl Desk {
    pub(crate) async fn new(
        life: SignedDuration,
        answer: impl Fn(&Received, &Store) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let store = Store::new();
        store.put(Mina, tokens("A1", "R1", life));
        let kakao = Kakao::start({
            let store = store.clone();
            move |request| answer(request, &store)
        })
        .await;
        let clock = Arc::new(ManualClock::new(noon()));
        let client = client_at(&kakao.url()).clock(clock.clone()).build().unwrap();
        let keeper = TokenKeeper::new(client.clone(), store.clone());
        Self { kakao, client, store, clock, keeper }
    }

    /// The stored tokens, without the note of when Kakao issued some.
    pub(crate) async fn stored(&self) -> Tokens {
        let stored = self.store.load(&Mina).await.unwrap().unwrap().value;
        Tokens { issue_log: IssueLog::default(), ..stored }
    }
}

/// What Kakao answers when the old refresh token has more than a month left.
pub(crate) fn second_access_token() -> Answer {
    Answer::Json(200, json!({"access_token": "A2", "token_type": "bearer", "expires_in": 21599}))
}

/// What Kakao answers in the last month of a refresh token.
pub(crate) fn second_pair() -> Answer {
    let (access, refresh) = ("A2", "R2");
    Answer::Json(
        200,
        json!({"access_token": access, "expires_in": 21599, "refresh_token": refresh, "refresh_token_expires_in": 5_183_999}),
    )
}

pub(crate) fn koe322() -> Answer {
    Answer::Json(
        400,
        json!({"error": "invalid_grant", "error_description": "expired_or_invalid_refresh_token", "error_code": "KOE322"}),
    )
}

fn refused_token() -> Answer {
    Answer::Json(401, json!({"msg": "this access token does not exist", "code": -401}))
}

#[tokio::test]
async fn a_token_is_used_until_five_minutes_before_its_end() {
    let desk = Desk::new(minutes(60), |_, _| second_access_token()).await;
    desk.clock.advance(minutes(55) - SignedDuration::from_secs(1));
    assert_eq!(desk.keeper.access_token(&Mina).await.unwrap(), AccessToken::new("A1"));
    assert_eq!(desk.kakao.received().len(), 0);

    desk.clock.advance(SignedDuration::from_secs(1));
    assert_eq!(desk.keeper.access_token(&Mina).await.unwrap(), AccessToken::new("A2"));
    assert_eq!(desk.keeper.access_token(&Mina).await.unwrap(), AccessToken::new("A2"));
    assert_eq!(desk.kakao.count(REFRESH), 1);
    let asked = &desk.kakao.received()[0];
    assert_eq!(
        (asked.form("grant_type"), asked.form("refresh_token")),
        ("refresh_token".into(), "R1".into())
    );

    let stored = desk.stored().await;
    assert_eq!(stored.refresh_token, RefreshToken::new("R1"));
    assert_eq!(stored.access_token_expires_at, noon() + minutes(55) + SignedDuration::from_secs(21_599));
}

#[tokio::test]
async fn a_hundred_callers_and_two_keepers_make_one_refresh() {
    let desk = Desk::new(minutes(0), |_, _| second_pair()).await;
    let other = TokenKeeper::new(desk.client.clone(), desk.store.clone());
    let callers: Vec<_> = (0..100)
        .map(|caller| {
            let keeper = if caller % 2 == 0 { desk.keeper.clone() } else { other.clone() };
            tokio::spawn(async move { keeper.access_token(&Mina).await.unwrap() })
        })
        .collect();
    for caller in callers {
        assert_eq!(caller.await.unwrap(), AccessToken::new("A2"));
    }
    assert_eq!(desk.kakao.count(REFRESH), 1);
}

#[tokio::test]
async fn a_new_refresh_token_is_used_for_the_next_refresh() {
    let desk = Desk::new(minutes(0), |request, _| {
        if request.form("refresh_token") == "R1" { second_pair() } else { second_access_token() }
    })
    .await;
    desk.keeper.access_token(&Mina).await.unwrap();
    assert_eq!(desk.stored().await.refresh_token, RefreshToken::new("R2"));
    desk.clock.advance(SignedDuration::from_hours(12));
    desk.keeper.access_token(&Mina).await.unwrap();
    let used: Vec<_> = desk.kakao.received().iter().map(|request| request.form("refresh_token")).collect();
    assert_eq!(used, ["R1", "R2"]);
}

#[tokio::test]
async fn a_refresh_is_finished_even_when_nobody_waits_for_it() {
    let leave = Arc::new(Notify::new());
    let asked = Arc::new(Notify::new());
    let desk = Desk::new(minutes(0), {
        let (leave, asked) = (leave.clone(), asked.clone());
        move |_, _| {
            asked.notify_one();
            Answer::After(leave.clone(), Box::new(second_pair()))
        }
    })
    .await;
    let keeper = desk.keeper.clone();
    let caller = tokio::spawn(async move { keeper.access_token(&Mina).await });
    asked.notified().await;
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());

    // Who ends the program waits for it.
    let keeper = desk.keeper.clone();
    let settled = tokio::spawn(async move { keeper.settled().await });
    tokio::task::yield_now().await;
    assert!(!settled.is_finished());
    leave.notify_one();
    settled.await.unwrap();
    assert_eq!(desk.stored().await.refresh_token, RefreshToken::new("R2"));
}

/// A store that cannot be written to.
#[derive(Clone)]
struct ReadOnly(Store);

#[derive(Debug, thiserror::Error)]
#[error("the disk is full")]
struct DiskFull;

impl TokenStore for ReadOnly {
    type Key = Person;
    type Guard = OwnedMutexGuard<()>;
    type Error = DiskFull;

    async fn load(&self, key: &Person) -> Result<Option<Versioned<Tokens>>, DiskFull> {
        Ok(self.0.load(key).await.unwrap())
    }

    async fn replace(&self, _: &Person, _: Version, _: &Tokens) -> Result<Replaced, DiskFull> {
        Err(DiskFull)
    }

    async fn lock(&self, key: &Person) -> Result<OwnedMutexGuard<()>, DiskFull> {
        Ok(self.0.lock(key).await.unwrap())
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_ever_for_another_refresh() {
    let desk = Desk::new(minutes(0), |_, _| second_pair()).await;
    let _elsewhere = desk.store.lock(&Mina).await.unwrap();
    let error = desk.keeper.access_token(&Mina).await.unwrap_err();
    assert!(matches!(error, TokenError::Unfinished), "{error:?}");
    assert_eq!(error.remedy(), Remedy::Retry { after: None });
}

#[tokio::test]
async fn kakao_is_not_asked_while_the_store_cannot_be_written() {
    let desk = Desk::new(minutes(0), |_, _| second_pair()).await;
    let keeper = TokenKeeper::new(desk.client.clone(), ReadOnly(desk.store.clone()));
    let error = keeper.access_token(&Mina).await.unwrap_err();
    assert!(matches!(error, TokenError::Store(DiskFull)), "{error:?}");
    assert_eq!(error.remedy(), Remedy::TellOperator);
    // Kakao might have replaced the refresh token.
    assert_eq!(desk.kakao.count(REFRESH), 0);
}

#[tokio::test]
async fn a_dead_refresh_token_is_forgiven_when_a_newer_login_is_stored() {
    let desk = Desk::new(minutes(0), |_, store| {
        store.put(Mina, tokens("A9", "R9", minutes(60)));
        koe322()
    })
    .await;
    assert_eq!(desk.keeper.access_token(&Mina).await.unwrap(), AccessToken::new("A9"));
    assert_eq!(desk.kakao.count(REFRESH), 1);
}

#[tokio::test]
async fn a_newer_refresh_token_in_the_store_is_tried_too() {
    let desk = Desk::new(minutes(0), |request, store| {
        if request.form("refresh_token") == "R1" {
            store.put(Mina, tokens("A9", "R9", minutes(0)));
            koe322()
        } else {
            second_access_token()
        }
    })
    .await;
    assert_eq!(desk.keeper.access_token(&Mina).await.unwrap(), AccessToken::new("A2"));
    assert_eq!(desk.stored().await.refresh_token, RefreshToken::new("R9"));
}

#[tokio::test]
async fn a_dead_refresh_token_without_a_newer_one_ends_the_login() {
    let desk = Desk::new(minutes(0), |_, _| koe322()).await;
    let error = desk.keeper.access_token(&Mina).await.unwrap_err();
    assert!(matches!(error, TokenError::SignInAgain { .. }), "{error:?}");
    assert_eq!(error.remedy(), Remedy::SignInAgain);
    assert_eq!(desk.kakao.count(REFRESH), 1);
}

#[tokio::test]
async fn a_login_during_a_refresh_wins() {
    let desk = Desk::new(minutes(0), |_, store| {
        store.put(Mina, tokens("A9", "R9", minutes(60)));
        second_pair()
    })
    .await;
    assert_eq!(desk.keeper.access_token(&Mina).await.unwrap(), AccessToken::new("A9"));
    assert_eq!(desk.stored().await, tokens("A9", "R9", minutes(60)));
}

#[tokio::test]
async fn a_logout_during_a_refresh_wins() {
    let desk = Desk::new(minutes(0), |_, store| {
        store.remove(&Mina);
        second_pair()
    })
    .await;
    let error = desk.keeper.access_token(&Mina).await.unwrap_err();
    assert!(matches!(error, TokenError::NotSignedIn), "{error:?}");
    assert_eq!(desk.store.load(&Mina).await.unwrap(), None);
}

#[tokio::test]
async fn who_never_signed_in_is_told_to() {
    let desk = Desk::new(minutes(60), |_, _| Answer::Silence).await;
    let error = desk.keeper.access_token(&Jiho).await.unwrap_err();
    assert!(matches!(error, TokenError::NotSignedIn), "{error:?}");
    assert_eq!(error.remedy(), Remedy::SignInAgain);
}

#[tokio::test]
async fn a_refused_token_is_renewed_only_if_it_is_still_the_stored_one() {
    let desk = Desk::new(minutes(60), |_, _| second_access_token()).await;
    let newer = desk.keeper.renew(&Mina, &AccessToken::new("A0")).await.unwrap();
    assert_eq!((newer, desk.kakao.count(REFRESH)), (AccessToken::new("A1"), 0));
    let newest = desk.keeper.renew(&Mina, &AccessToken::new("A1")).await.unwrap();
    assert_eq!((newest, desk.kakao.count(REFRESH)), (AccessToken::new("A2"), 1));
}

#[tokio::test]
async fn trouble_on_the_way_to_kakao_leaves_the_login_alone() {
    let desk = Desk::new(minutes(0), |_, _| Answer::Bytes(Vec::new())).await;
    let TokenError::Kakao(error) = desk.keeper.access_token(&Mina).await.unwrap_err() else { panic!() };
    assert_eq!((error.kind(), error.remedy()), (ErrorKind::Unanswered, Remedy::Retry { after: None }));
    // A refresh token is good for more than one refresh until its last month: worth trying once more.
    assert_eq!(desk.kakao.count(REFRESH), 2);
    assert_eq!(desk.stored().await, tokens("A1", "R1", minutes(0)));
}

/// Kakao knows only the second access token.
fn only_the_second(request: &Received, _: &Store) -> Answer {
    if request.is(REFRESH) {
        second_access_token()
    } else if request.head.contains("Bearer A2") {
        Answer::Json(200, json!({"id": 4_820_000_001_i64, "result_code": 0}))
    } else {
        refused_token()
    }
}

#[tokio::test]
async fn a_question_is_asked_again_with_a_new_token() {
    let desk = Desk::new(minutes(60), only_the_second).await;
    let keeper = desk.keeper.clone();
    let profile = tokio::spawn(async move { keeper.call(&Mina, &Me).await.unwrap() }).await.unwrap();
    assert_eq!(profile.id.get(), 4_820_000_001);
    assert_eq!(desk.kakao.count("GET /v2/user/me"), 2);
    assert_eq!(desk.keeper.call_json(&Mina, &Me).await.unwrap()["id"], 4_820_000_001_i64);
}

#[tokio::test]
async fn a_list_is_read_on_with_a_new_token() {
    let desk = Desk::new(minutes(60), |request, _| {
        let first_page = request.head.contains("offset=0&");
        if request.is(REFRESH) {
            second_access_token()
        } else if first_page == request.head.contains("Bearer A1") {
            let uuid = if first_page { "one" } else { "two" };
            Answer::Json(200, json!({"elements": [{"uuid": uuid}], "total_count": 2, "after_url": first_page.then_some("next")}))
        } else {
            refused_token()
        }
    })
    .await;
    let friends: Vec<_> = desk.keeper.stream(&Mina, ListFriends::new()).try_collect().await.unwrap();
    assert_eq!(friends.iter().map(|friend| friend.uuid.as_str()).collect::<Vec<_>>(), ["one", "two"]);
    assert_eq!((desk.kakao.count("GET /v1/api/talk/friends"), desk.kakao.count(REFRESH)), (3, 1));
}

#[tokio::test]
async fn a_question_is_asked_again_only_once() {
    let desk =
        Desk::new(
            minutes(60),
            |request, _| {
                if request.is(REFRESH) { second_access_token() } else { refused_token() }
            },
        )
        .await;
    let error = desk.keeper.call_json(&Mina, &Me).await.unwrap_err();
    assert_eq!(error.remedy(), Remedy::RefreshToken);
    assert_eq!((desk.kakao.count("GET /v2/user/me"), desk.kakao.count(REFRESH)), (2, 1));
}

#[tokio::test]
async fn a_message_is_never_sent_again_by_itself() {
    let link = Link::web(&Url::parse("https://svc.example/").unwrap());
    let message = SendToMe::new(Text::new("안녕", link).unwrap());
    let desk = Desk::new(minutes(60), only_the_second).await;
    let error = desk.keeper.call_json(&Mina, &message).await.unwrap_err();
    assert_eq!(error.remedy(), Remedy::RefreshToken);
    let desk = Desk::new(minutes(60), only_the_second).await;
    let error = desk.keeper.call(&Mina, &message).await.unwrap_err();
    assert_eq!(error.remedy(), Remedy::RefreshToken);
    assert_eq!((desk.kakao.count(SEND), desk.kakao.count(REFRESH)), (1, 1));

    // Whoever sends it again has the new token.
    desk.keeper.call(&Mina, &message).await.unwrap();
    assert_eq!((desk.kakao.count(SEND), desk.kakao.count(REFRESH)), (2, 1));
}

#[tokio::test]
async fn who_sends_with_a_token_that_ended_with_the_login_is_told_to_sign_in() {
    let answer = |request: &Received, _: &Store| if request.is(REFRESH) { koe322() } else { refused_token() };
    let desk = Desk::new(minutes(60), answer).await;
    let link = Link::web(&Url::parse("https://svc.example/").unwrap());
    let error = desk.keeper.call(&Mina, &SendToMe::new(Text::new("안녕", link).unwrap())).await.unwrap_err();
    assert!(matches!(error, TokenError::SignInAgain { .. }), "{error:?}");
    assert_eq!(desk.kakao.count(SEND), 1);
}

#[tokio::test]
async fn a_message_is_sent_again_if_the_caller_has_said_so() {
    let desk = Desk::new(minutes(60), only_the_second).await;
    let link = Link::web(&Url::parse("https://svc.example/").unwrap());
    let message = SendToMe::new(Text::new("안녕", link).unwrap());
    let (client, message) = (&desk.kakao.client(), &message);
    let send = |token| async move { client.call(message, &token).await };
    desk.keeper.with_token(&Mina, send).await.unwrap();
    assert_eq!(desk.keeper.access_token(&Mina).await.unwrap(), AccessToken::new("A2"));
}
