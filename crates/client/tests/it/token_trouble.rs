//! Tokens between Kakao and the store: what is lost on the way, what is kept, and what the user hears.

use std::convert::Infallible;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use jiff::SignedDuration;
use katok_client::{
    AccessToken, LoginEnd, RefreshToken, Remedy, Replaced, TokenError, TokenKeeper, TokenStore, Tokens,
    Version, Versioned,
};
use serde_json::json;
use tokio::sync::{Notify, OwnedMutexGuard};

use crate::kakao::Answer;
use crate::token_keeper::Person::{self, Mina};
use crate::token_keeper::{Desk, REFRESH, Store, koe322, minutes, second_access_token, second_pair, tokens};

/// A store that takes no other access token than A1 so many times.
#[derive(Clone)]
struct Moody {
    store: Store,
    refusals: Arc<AtomicU32>,
}

#[derive(Debug, thiserror::Error)]
#[error("the disk is full")]
struct DiskFull;

impl Moody {
    fn new(desk: &Desk, refusals: u32) -> (TokenKeeper<Self>, Self) {
        let store = Self { store: desk.store.clone(), refusals: Arc::new(AtomicU32::new(refusals)) };
        (TokenKeeper::new(desk.client.clone(), store.clone()), store)
    }

    fn recovers(&self) {
        self.refusals.store(0, Ordering::SeqCst);
    }
}

impl TokenStore for Moody {
    type Key = Person;
    type Guard = OwnedMutexGuard<()>;
    type Error = DiskFull;

    async fn load(&self, key: &Person) -> Result<Option<Versioned<Tokens>>, DiskFull> {
        Ok(self.store.load(key).await.unwrap())
    }

    async fn replace(&self, key: &Person, expected: Version, tokens: &Tokens) -> Result<Replaced, DiskFull> {
        let refuse = |left: u32| left.checked_sub(1);
        if tokens.access_token != AccessToken::new("A1")
            && self.refusals.fetch_update(Ordering::SeqCst, Ordering::SeqCst, refuse).is_ok()
        {
            return Err(DiskFull);
        }
        Ok(self.store.replace(key, expected, tokens).await.unwrap())
    }

    async fn lock(&self, key: &Person) -> Result<OwnedMutexGuard<()>, DiskFull> {
        Ok(self.store.lock(key).await.unwrap())
    }
}

#[tokio::test]
async fn a_store_that_fails_for_a_moment_is_asked_again() {
    let desk = Desk::new(minutes(0), |_, _| second_pair()).await;
    let (keeper, _) = Moody::new(&desk, 2);
    assert_eq!(keeper.access_token(&Mina).await.unwrap(), AccessToken::new("A2"));
    assert_eq!(desk.stored().await.refresh_token, RefreshToken::new("R2"));
}

#[tokio::test]
async fn an_answer_that_could_not_be_stored_waits_for_the_store() {
    let desk = Desk::new(minutes(0), |_, _| second_pair()).await;
    let (keeper, store) = Moody::new(&desk, u32::MAX);
    for _ in 0..2 {
        let error = keeper.access_token(&Mina).await.unwrap_err();
        assert!(matches!(error, TokenError::NotStored(DiskFull)), "{error:?}");
        assert_eq!(error.remedy(), Remedy::TellOperator);
        assert!(error.to_string().contains("the disk is full"), "{error}");
    }
    store.recovers();
    assert_eq!(keeper.access_token(&Mina).await.unwrap(), AccessToken::new("A2"));
    assert_eq!(desk.stored().await.refresh_token, RefreshToken::new("R2"));
    assert_eq!(desk.kakao.count(REFRESH), 1);
}

#[tokio::test]
async fn an_answer_that_could_not_be_stored_comes_before_a_token_that_lives() {
    let desk = Desk::new(minutes(60), |_, _| second_pair()).await;
    let (keeper, store) = Moody::new(&desk, u32::MAX);
    let error = keeper.renew(&Mina, &AccessToken::new("A1")).await.unwrap_err();
    assert!(matches!(error, TokenError::NotStored(_)), "{error:?}");
    store.recovers();
    assert_eq!(keeper.access_token(&Mina).await.unwrap(), AccessToken::new("A2"));
}

#[tokio::test]
async fn an_answer_that_could_not_be_stored_is_stored_before_the_program_ends() {
    let desk = Desk::new(minutes(0), |_, _| second_pair()).await;
    let (keeper, store) = Moody::new(&desk, u32::MAX);
    keeper.access_token(&Mina).await.unwrap_err();
    store.recovers();
    keeper.settled().await;
    assert_eq!(desk.stored().await.refresh_token, RefreshToken::new("R2"));
}

/// A store that does not take one access token, and in which one look may take long.
#[derive(Clone)]
struct Slow {
    store: Store,
    refused: Arc<Mutex<&'static str>>,
    wait: Arc<Mutex<Option<[Arc<Notify>; 2]>>>,
}

impl TokenStore for Slow {
    type Key = Person;
    type Guard = OwnedMutexGuard<()>;
    type Error = DiskFull;

    async fn load(&self, key: &Person) -> Result<Option<Versioned<Tokens>>, DiskFull> {
        let wait = self.wait.lock().unwrap().take();
        if let Some([looking, go_on]) = wait {
            looking.notify_one();
            go_on.notified().await;
        }
        Ok(self.store.load(key).await.unwrap())
    }

    async fn replace(&self, key: &Person, expected: Version, tokens: &Tokens) -> Result<Replaced, DiskFull> {
        if tokens.access_token == AccessToken::new(*self.refused.lock().unwrap()) {
            return Err(DiskFull);
        }
        Ok(self.store.replace(key, expected, tokens).await.unwrap())
    }

    async fn lock(&self, key: &Person) -> Result<OwnedMutexGuard<()>, DiskFull> {
        Ok(self.store.lock(key).await.unwrap())
    }
}

#[tokio::test]
async fn who_stores_an_answer_slowly_does_not_throw_the_next_one_away() {
    let desk = Desk::new(minutes(0), |request, _| {
        if request.form("refresh_token") == "R1" {
            return second_pair();
        }
        Answer::Json(200, json!({"access_token": "A3", "expires_in": 21599, "refresh_token": "R3"}))
    })
    .await;
    let store = Slow { store: desk.store.clone(), refused: Arc::new(Mutex::new("A2")), wait: Arc::default() };
    let keeper = TokenKeeper::new(desk.client.clone(), store.clone());
    keeper.access_token(&Mina).await.unwrap_err();

    let [looking, go_on] = [Arc::new(Notify::new()), Arc::new(Notify::new())];
    *store.wait.lock().unwrap() = Some([looking.clone(), go_on.clone()]);
    let settling = tokio::spawn({
        let keeper = keeper.clone();
        async move { keeper.settled().await }
    });
    looking.notified().await;
    *store.refused.lock().unwrap() = "A3";
    keeper.renew(&Mina, &AccessToken::new("A2")).await.unwrap_err();
    go_on.notify_one();
    settling.await.unwrap();

    *store.refused.lock().unwrap() = "";
    assert_eq!(keeper.access_token(&Mina).await.unwrap(), AccessToken::new("A3"));
    assert_eq!(desk.stored().await.refresh_token, RefreshToken::new("R3"));
}

#[tokio::test]
async fn an_answer_that_could_not_be_stored_gives_way_to_a_new_login() {
    let desk = Desk::new(minutes(0), |_, _| second_pair()).await;
    let (keeper, store) = Moody::new(&desk, u32::MAX);
    keeper.access_token(&Mina).await.unwrap_err();
    desk.store.put(Mina, tokens("A9", "R9", minutes(60)));
    assert_eq!(keeper.access_token(&Mina).await.unwrap(), AccessToken::new("A9"));

    store.recovers();
    assert_eq!(keeper.access_token(&Mina).await.unwrap(), AccessToken::new("A9"));
    assert_eq!(desk.stored().await, tokens("A9", "R9", minutes(60)));
}

#[tokio::test]
async fn an_answer_that_could_not_be_stored_is_forgotten_with_the_login() {
    let desk = Desk::new(minutes(0), |_, _| second_pair()).await;
    let (keeper, _) = Moody::new(&desk, u32::MAX);
    keeper.access_token(&Mina).await.unwrap_err();
    desk.store.remove(&Mina);
    let error = keeper.access_token(&Mina).await.unwrap_err();
    assert!(matches!(error, TokenError::NotSignedIn), "{error:?}");
}

/// Kakao has replaced R1 with R2 at the first refresh.
async fn rotated(first: Answer) -> Desk {
    let first = Mutex::new(Some(first));
    Desk::new(minutes(0), move |_, _| first.lock().unwrap().take().unwrap_or_else(koe322)).await
}

#[tokio::test]
async fn an_answer_that_could_not_be_stored_outlives_another_programs_attempt() {
    let desk = rotated(second_pair()).await;
    let (keeper, store) = Moody::new(&desk, u32::MAX);
    keeper.access_token(&Mina).await.unwrap_err();
    let elsewhere = desk.keeper.access_token(&Mina).await.unwrap_err();
    assert!(
        matches!(elsewhere, TokenError::SignInAgain { ended: LoginEnd::AnswerLost, .. }),
        "{elsewhere:?}"
    );

    store.recovers();
    assert_eq!(keeper.access_token(&Mina).await.unwrap(), AccessToken::new("A2"));
    assert_eq!(desk.stored().await.refresh_token, RefreshToken::new("R2"));
}

#[tokio::test]
async fn a_refresh_whose_answer_is_lost_is_made_once_more() {
    let first = Mutex::new(Some(Answer::Bytes(Vec::new())));
    let desk =
        Desk::new(minutes(0), move |_, _| first.lock().unwrap().take().unwrap_or_else(second_access_token))
            .await;
    assert_eq!(desk.keeper.access_token(&Mina).await.unwrap(), AccessToken::new("A2"));
    assert_eq!(desk.kakao.count(REFRESH), 2);
}

#[tokio::test]
async fn who_must_sign_in_again_hears_why() {
    let error = rotated(Answer::Bytes(Vec::new())).await.keeper.access_token(&Mina).await.unwrap_err();
    assert!(matches!(error, TokenError::SignInAgain { ended: LoginEnd::AnswerLost, .. }), "{error:?}");
    assert_eq!(
        error.to_string(),
        "this login has ended, because the answer to a refresh was lost before it could be stored, probably with a \
         new refresh token in it: the user must sign in again, and consent if Kakao asks"
    );

    let desk = rotated(koe322()).await;
    for _ in 0..2 {
        let error = desk.keeper.access_token(&Mina).await.unwrap_err();
        assert!(matches!(error, TokenError::SignInAgain { ended: LoginEnd::Revoked, .. }), "{error:?}");
    }

    desk.clock.advance(SignedDuration::from_hours(1000));
    let error = desk.keeper.access_token(&Mina).await.unwrap_err();
    assert!(matches!(error, TokenError::SignInAgain { ended: LoginEnd::Expired, .. }), "{error:?}");
    assert_eq!(error.remedy(), Remedy::SignInAgain);
}

/// A store that removes what has ended, unless there is something else by then.
#[derive(Clone)]
struct Tidy(Store);

impl TokenStore for Tidy {
    type Key = Person;
    type Guard = OwnedMutexGuard<()>;
    type Error = Infallible;

    async fn load(&self, key: &Person) -> Result<Option<Versioned<Tokens>>, Infallible> {
        self.0.load(key).await
    }

    async fn replace(
        &self,
        key: &Person,
        expected: Version,
        tokens: &Tokens,
    ) -> Result<Replaced, Infallible> {
        self.0.replace(key, expected, tokens).await
    }

    async fn end(&self, key: &Person, version: Version, ended: LoginEnd) -> Result<(), Infallible> {
        assert_eq!(ended, LoginEnd::Revoked);
        assert_eq!(self.0.load(key).await?.unwrap().version, version);
        self.0.remove(key);
        Ok(())
    }

    async fn lock(&self, key: &Person) -> Result<OwnedMutexGuard<()>, Infallible> {
        self.0.lock(key).await
    }
}

#[tokio::test]
async fn a_store_that_removes_what_has_ended_is_not_asked_about_again() {
    let desk = rotated(koe322()).await;
    let keeper = TokenKeeper::new(desk.client.clone(), Tidy(desk.store.clone()));
    let hear = || {
        let keeper = keeper.clone();
        tokio::spawn(async move { keeper.access_token(&Mina).await.unwrap_err() })
    };
    let heard = [hear(), hear(), hear()];
    let mut ends = 0;
    for error in heard {
        match error.await.unwrap() {
            TokenError::SignInAgain { .. } => ends += 1,
            TokenError::NotSignedIn => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((ends, desk.kakao.count(REFRESH)), (1, 1));
}
