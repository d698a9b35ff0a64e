//! Kakao's limits on tokens: never passed, and never used up for nothing.

use jiff::SignedDuration;
use katok_client::{
    ErrorKind, Me, MemoryTokenStore, Quota, Remedy, TokenError, TokenKeeper, TokenStore, Tokens,
};
use katok_emulator::Fault;

use crate::person::{Ryan, noon};

type Keeper = TokenKeeper<MemoryTokenStore<&'static str>>;

fn keeper(ryan: &Ryan) -> (Keeper, MemoryTokenStore<&'static str>) {
    let store = MemoryTokenStore::new();
    store.put("ryan", ryan.tokens.clone());
    (TokenKeeper::new(ryan.client.clone(), store.clone()), store)
}

#[tokio::test]
async fn a_token_that_is_refused_again_and_again_is_replaced_only_a_few_times() {
    let ryan = Ryan::new().await;
    let (keeper, _) = keeper(&ryan);
    ryan.emulator.fault(Fault::on("/v2/user/me").code(-401)).unwrap();
    let mut refusals = 0;
    let error = loop {
        match keeper.call(&"ryan", &Me).await.unwrap_err() {
            TokenError::Kakao(error) if error.remedy() == Remedy::RefreshToken => refusals += 1,
            other => break other,
        }
    };
    assert!(
        matches!(error, TokenError::TooManyTokens { until } if until == noon() + SignedDuration::from_mins(10)),
        "{error:?}"
    );
    assert_eq!(error.remedy(), Remedy::WaitForQuota(Quota::Tokens));
    assert!(error.to_string().ends_with("try again after 2026-01-02T12:10:00Z"), "{error}");
    assert_eq!((refusals, ryan.refreshes().len()), (5, 5));

    // Somebody may sign in all the same, and the account works again once Kakao takes its tokens.
    ryan.sign_in().await;
    ryan.emulator.clear_faults();
    keeper.call(&"ryan", &Me).await.unwrap();
}

#[tokio::test]
async fn what_others_may_have_got_counts_too() {
    let ryan = Ryan::new().await;
    let (keeper, store) = keeper(&ryan);
    for _ in 1..16 {
        let tokens = ryan.sign_in().await;
        store.put("ryan", Tokens { access_token_expires_at: ryan.now(), ..tokens });
    }
    let error = keeper.access_token(&"ryan").await.unwrap_err();
    let TokenError::TooManyTokens { until } = error else { panic!("{error:?}") };
    assert_eq!(ryan.refreshes().len(), 0);

    ryan.wait(until.duration_since(ryan.now()));
    keeper.access_token(&"ryan").await.unwrap();
}

#[tokio::test]
async fn answers_that_never_come_do_not_use_up_what_the_user_needs_to_sign_in() {
    let ryan = Ryan::new().await;
    let (keeper, store) = keeper(&ryan);
    ryan.emulator.fault(Fault::on("/oauth/token").drop_after()).unwrap();
    ryan.wait(SignedDuration::from_hours(6));
    let error = loop {
        match keeper.access_token(&"ryan").await.unwrap_err() {
            TokenError::Kakao(error) if error.kind() == ErrorKind::Unanswered => {}
            other => break other,
        }
    };
    assert!(matches!(error, TokenError::TooManyTokens { .. }), "{error:?}");
    assert_eq!(ryan.refreshes().len(), 16);

    ryan.emulator.clear_faults();
    store.put("ryan", ryan.sign_in().await);
    keeper.call(&"ryan", &Me).await.unwrap();
}

#[tokio::test]
async fn a_refusal_of_kakaos_does_not_count() {
    let ryan = Ryan::new().await;
    let (keeper, store) = keeper(&ryan);
    let before = store.load(&"ryan").await.unwrap().unwrap().value;
    ryan.emulator.fault(Fault::on("/oauth/token").error_code("KOE237")).unwrap();
    ryan.wait(SignedDuration::from_hours(6));
    for _ in 0..30 {
        let error = keeper.access_token(&"ryan").await.unwrap_err();
        assert!(matches!(&error, TokenError::Kakao(_)), "{error:?}");
        assert_eq!(error.remedy(), Remedy::WaitForQuota(Quota::Tokens));
    }
    assert_eq!(store.load(&"ryan").await.unwrap().unwrap().value, before);
}
