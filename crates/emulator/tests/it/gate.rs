//! What every call to kapi passes first: addresses, sanctions, the admin key's own limits, the monthly quota.

use jiff::SignedDuration;
use katok_emulator::Seed;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{ADMIN_KEY, Answer, Kakao};

/// The built-in world, changed.
async fn start(change: impl FnOnce(&mut Seed)) -> Kakao {
    let mut seed = Seed::built_in();
    change(&mut seed);
    Kakao::start_from(seed).await
}

/// A call by the admin key about apeach, who is linked.
async fn about_apeach(kakao: &Kakao, path: &str) -> Answer {
    let id = kakao.emulator.world().people[1].user_ids["demo"].to_string();
    kakao.admin(Method::GET, path, &[("target_id_type", "user_id"), ("target_id", &id)]).await
}

fn refused(status: u16, code: i32, msg: &str) -> (u16, Value) {
    (status, json!({"msg": msg, "code": code}))
}

/// A call over IPv4: what `localhost` means differs between machines.
async fn over_ipv4(kakao: &Kakao, authorization: &str) -> Answer {
    let mut url = kakao.url("/v2/user/me?target_id_type=user_id&target_id=1");
    url.set_host(Some("127.0.0.1")).unwrap();
    Answer::of(kakao.client.get(url).header("authorization", authorization)).await
}

#[tokio::test]
async fn a_caller_who_is_not_in_the_ip_allow_list_is_minus_401() {
    let kakao = start(|seed| seed.apps[0].ip_allow_list = vec!["203.0.113.0/24".to_owned()]).await;
    let token = kakao.access_token("ryan").await;
    let msg = "ip mismatched! callerIp=127.0.0.1. check out registered ips.";
    let by_token = over_ipv4(&kakao, &format!("Bearer {token}")).await;
    assert_eq!(by_token.headers["www-authenticate"], "Bearer error=invalid_token");
    assert_eq!(by_token.refusal(), refused(401, -401, msg));
    let by_admin = over_ipv4(&kakao, &format!("KakaoAK {ADMIN_KEY}")).await;
    assert_eq!(by_admin.headers["www-authenticate"], "KakaoAK error=invalid_token");
    assert_eq!(by_admin.refusal(), refused(401, -401, msg));
}

#[tokio::test]
async fn the_ip_allow_list_takes_blocks_masks_and_single_addresses() {
    for block in ["127.0.0.0/8", "127.0.0.0/255.0.0.0", "127.0.0.1"] {
        let list = vec!["::1".to_owned(), "2001:db8::/32".to_owned(), block.to_owned()];
        let kakao = start(|seed| seed.apps[0].ip_allow_list = list).await;
        let token = kakao.access_token("ryan").await;
        assert_eq!(over_ipv4(&kakao, &format!("Bearer {token}")).await.status, 200, "{block}");
        kakao.me(&token).await.ok();
    }
}

#[test]
fn an_ip_allow_list_of_something_else_is_refused_with_the_seed() {
    for wrong in ["localhost", "10.0.0.0/33", "10.0.0.0/255.0.255.0", ""] {
        let seed = format!("apps: [{{key: a, ip_allow_list: ['{wrong}']}}]");
        let error = Seed::parse(&seed).unwrap_err().to_string();
        assert!(error.contains("ip_allow_list (a)"), "{error}");
    }
}

#[tokio::test]
async fn a_suspended_app_is_minus_12() {
    let kakao = start(|seed| seed.apps[0].suspended = true).await;
    let msg = "the app or its developer is restricted.";
    assert_eq!(about_apeach(&kakao, "/v2/user/me").await.refusal(), refused(403, -12, msg));
    let ids = kakao.admin(Method::GET, "/v1/user/ids", &[]).await;
    assert_eq!(ids.refusal(), refused(403, -12, msg));
}

#[tokio::test]
async fn a_suspended_account_is_minus_4() {
    let kakao = start(|seed| seed.people[1].suspended = true).await;
    let expected = refused(403, -4, "the Kakao account is restricted.");
    assert_eq!(about_apeach(&kakao, "/v2/user/me").await.refusal(), expected);
    kakao.admin(Method::GET, "/v1/user/ids", &[]).await.ok();
}

#[tokio::test]
async fn a_dormant_account_is_minus_103() {
    let kakao = start(|seed| seed.people[1].dormant = true).await;
    let expected = refused(400, -103, "the Kakao account is dormant or does not exist.");
    assert_eq!(about_apeach(&kakao, "/v2/user/me").await.refusal(), expected);
}

#[tokio::test]
async fn somebody_under_14_is_minus_406_unless_the_app_allows_them() {
    let kakao = start(|seed| seed.people[1].under_14 = true).await;
    let answer = about_apeach(&kakao, "/v2/user/me").await;
    assert_eq!(answer.headers["www-authenticate"], "KakaoAK error=invalid_token");
    assert_eq!(answer.refusal(), refused(401, -406, "Not allowed under age 14"));
    let kakao = start(|seed| {
        seed.people[1].under_14 = true;
        seed.apps[0].allows_under_14 = true;
    })
    .await;
    about_apeach(&kakao, "/v2/user/me").await.ok();
}

#[tokio::test]
async fn what_the_admin_key_may_not_call_is_minus_3_for_it_alone() {
    let kakao = start(|seed| seed.apps[0].admin_key_denied = ["/v2/user/me".to_owned()].into()).await;
    let expected = refused(403, -3, "the admin key is not allowed to call this API.");
    assert_eq!(about_apeach(&kakao, "/v2/user/me").await.refusal(), expected);
    about_apeach(&kakao, "/v2/user/scopes").await.ok();
    kakao.me(&kakao.access_token("apeach").await).await.ok();
}

#[tokio::test]
async fn calls_over_the_quota_of_the_month_are_minus_10_until_the_next_one_in_korea() {
    let kakao = start(|seed| seed.apps[0].quotas.requests_per_month = 2).await;
    let full = refused(400, -10, "API limit has been exceeded.");
    let token = kakao.access_token("ryan").await;
    kakao.me(&token).await.ok();
    kakao.friends(&token, "").await.ok();
    assert_eq!(kakao.me(&token).await.refusal(), full);
    assert_eq!(about_apeach(&kakao, "/v2/user/me").await.refusal(), full);
    // A call that is refused before does not count.
    assert_eq!(kakao.me("unknown").await.body["code"], -401);
    kakao.emulator.advance(SignedDuration::from_hours(31 * 24 - 9)).unwrap();
    about_apeach(&kakao, "/v2/user/me").await.ok();
}
