//! Two years with one sign-in.

use jiff::SignedDuration;
use katok_client::{Me, MemoryTokenStore, TokenKeeper};

use crate::person::{Ryan, is_refresh};

const TWO_YEARS: SignedDuration = SignedDuration::from_hours(731 * 24);

#[tokio::test]
async fn two_years_of_hourly_calls_need_one_sign_in() {
    let ryan = Ryan::new().await;
    let store = MemoryTokenStore::new();
    store.put("ryan", ryan.tokens.clone());
    let keeper = TokenKeeper::new(ryan.client.clone(), store);
    let (end, mut token) = (ryan.now() + TWO_YEARS, ryan.tokens.access_token.clone());
    let (mut seen, mut issued, mut rotations) = (0, vec![ryan.now()], 0);
    while ryan.now() < end {
        ryan.wait(SignedDuration::from_hours(1));
        let next = keeper.access_token(&"ryan").await.unwrap();
        if next == token {
            continue;
        }
        token = next;
        assert_eq!(keeper.call(&"ryan", &Me).await.unwrap().nickname(), Some("라이언"));
        let asked = ryan.emulator.journal(seen);
        seen = asked.last().unwrap().id;
        for refresh in asked.into_iter().filter(is_refresh) {
            let answer = refresh.response.unwrap();
            assert_eq!(answer.status, 200);
            rotations += usize::from(answer.body.unwrap().get("refresh_token").is_some());
            issued.push(refresh.at);
        }
    }
    let most_in_ten_minutes = issued.iter().map(|from| {
        let until = *from + SignedDuration::from_mins(10);
        issued.iter().filter(|at| (*from..until).contains(at)).count()
    });
    assert_eq!(most_in_ten_minutes.max(), Some(1));
    // Four times a day, and a new refresh token each month.
    assert_eq!((issued.len() - 1, rotations), (731 * 4, 24));
}

#[tokio::test]
async fn two_years_of_nothing_but_keep_alives_need_one_sign_in() {
    let ryan = Ryan::new().await;
    let store = MemoryTokenStore::new();
    store.put("ryan", ryan.tokens.clone());
    let keeper = TokenKeeper::new(ryan.client.clone(), store);
    let end = ryan.now() + TWO_YEARS;
    while ryan.now() < end {
        let next = keeper.keep_alive(&"ryan").await.unwrap();
        ryan.wait(next.duration_since(ryan.now()));
    }
    // Every forty days, and each brings a new refresh token.
    let refreshes = ryan.refreshes();
    assert_eq!(refreshes.len(), 18);
    for refresh in refreshes {
        assert!(refresh.response.unwrap().body.unwrap().get("refresh_token").is_some());
    }
    assert_eq!(keeper.call(&"ryan", &Me).await.unwrap().nickname(), Some("라이언"));
}
