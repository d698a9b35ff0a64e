//! Every code that sending to friends refuses with, by the state of the world.

use jiff::SignedDuration;
use katok_emulator::Seed;
use katok_emulator::seed::Person;
use serde_json::json;

use crate::support::{Kakao, built_in_but, hello, parameter, refusal, text};

fn person<'a>(seed: &'a mut Seed, key: &str) -> &'a mut Person {
    seed.people.iter_mut().find(|person| person.key.as_str() == key).unwrap()
}

#[tokio::test]
async fn what_a_receivers_phone_does_not_take_has_its_code() {
    let seed = built_in_but(|seed| {
        person(seed, "apeach").refuses_messages = true;
        person(seed, "muzi").unsupported_device = true;
    });
    let kakao = Kakao::start_from(seed).await;
    let token = kakao.access_token("ryan").await;
    let [apeach, muzi] = [kakao.uuid(&token, "어피치").await, kakao.uuid(&token, "무지").await];
    let refuses = kakao.send_to_friends(&token, &[&apeach], "안녕").await;
    assert_eq!(refuses.refusal(), refusal(400, -530, "the receiver refuses messages."));
    let unsupported = kakao.send_to_friends(&token, &[&muzi], "안녕").await;
    assert_eq!(unsupported.refusal(), refusal(400, -504, "the receiver's device is not supported."));
    let both = kakao.send_to_friends(&token, &[&apeach, &muzi], "안녕").await.ok();
    let codes = both["failure_info"].as_array().unwrap().iter().map(|failure| &failure["code"]);
    assert_eq!(codes.collect::<Vec<_>>(), [-530, -504]);
    // Nobody refuses messages to oneself.
    kakao.send_to_me(&kakao.access_token("apeach").await, &hello("메모")).await.ok();
}

#[tokio::test]
async fn a_senders_month_is_limited_where_the_seed_says_so() {
    let seed = built_in_but(|seed| seed.apps[0].quotas.messages_per_sender_per_month = Some(2));
    let kakao = Kakao::start_from(seed).await;
    let token = kakao.access_token("ryan").await;
    let apeach = kakao.uuid(&token, "어피치").await;
    kakao.send_to_friends(&token, &[&apeach], "하나").await.ok();
    kakao.emulator.advance(SignedDuration::from_hours(29 * 24)).unwrap();
    let token = kakao.access_token("ryan").await;
    kakao.send_to_friends(&token, &[&apeach], "둘").await.ok();
    let third = kakao.send_to_friends(&token, &[&apeach], "셋").await;
    assert_eq!(third.refusal(), refusal(400, -531, "monthly message limit per sender has been exceeded."));
    kakao.emulator.advance(SignedDuration::from_hours(2 * 24)).unwrap();
    let token = kakao.access_token("ryan").await;
    kakao.send_to_friends(&token, &[&apeach], "다음 달").await.ok();
}

#[tokio::test]
async fn a_test_app_is_for_its_team_alone_whatever_it_was_granted() {
    let seed = built_in_but(|seed| {
        seed.apps[0].test_app = true;
        seed.apps[0].members = ["ryan", "apeach"].map(|key| key.parse().unwrap()).into();
    });
    let kakao = Kakao::start_from(seed).await;
    let token = kakao.access_token("ryan").await;
    let friends = kakao.friends(&token, "").await.ok();
    assert_eq!(friends["total_count"], 1);
    let apeach = text(&friends["elements"][0]["uuid"]);
    kakao.send_to_friends(&token, &[&apeach], "안녕").await.ok();
}

#[tokio::test]
async fn a_friend_list_may_answer_what_it_did_before_for_a_while() {
    let seed = built_in_but(|seed| seed.apps[0].quotas.friends_cache_seconds = 600);
    let kakao = Kakao::start_from(seed).await;
    let token = kakao.access_token("ryan").await;
    let total = async || kakao.friends(&token, "limit=1").await.ok()["total_count"].clone();
    assert_eq!(total().await, 3);
    // neo agrees now, and is listed once the list is made anew.
    let code = parameter(&kakao.approve("neo", &["friends"]), "code").unwrap();
    kakao.token(&[("code", &code)]).await.ok();
    assert_eq!(total().await, 3);
    kakao.emulator.advance(SignedDuration::from_secs(600)).unwrap();
    assert_eq!(total().await, 4);
}

#[tokio::test]
async fn friends_are_listed_by_age_as_kakaos_ios_sdk_asks_for_it() {
    let seed = built_in_but(|seed| {
        person(seed, "apeach").birthyear = None;
        person(seed, "muzi").birthyear = Some("1990".to_owned());
        person(seed, "tube").birthyear = Some("1980".to_owned());
    });
    let kakao = Kakao::start_from(seed).await;
    let token = kakao.access_token("ryan").await;
    for (order, expected) in [("asc", ["튜브", "무지", "어피치"]), ("desc", ["무지", "튜브", "어피치"])]
    {
        let friends = kakao.friends(&token, &format!("friend_order=age&order={order}")).await.ok();
        let names: Vec<String> = friends["elements"]
            .as_array()
            .unwrap()
            .iter()
            .map(|friend| text(&friend["profile_nickname"]))
            .collect();
        assert_eq!(names, expected);
    }
}

#[tokio::test]
async fn secure_resource_asks_for_https_pictures() {
    let seed = built_in_but(|seed| {
        person(seed, "apeach").thumbnail_image_url = Some("http://k.example.com/t.jpg".to_owned());
    });
    let kakao = Kakao::start_from(seed).await;
    let token = kakao.access_token("ryan").await;
    let picture = async |query: &str| {
        kakao.friends(&token, query).await.ok()["elements"][0]["profile_thumbnail_image"].clone()
    };
    assert_eq!(picture("secure_resource=true").await, json!("https://k.example.com/t.jpg"));
    assert_eq!(picture("").await, json!("http://k.example.com/t.jpg"));
}
