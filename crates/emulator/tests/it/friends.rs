//! `/v1/api/talk/friends`: who is listed, in what order, page by page.

use katok_emulator::Seed;
use katok_emulator::seed::Permission;
use serde_json::{Value, json};

use crate::support::{Kakao, parameter, text};

fn names(page: &Value) -> Vec<&Value> {
    let elements = page["elements"].as_array().into_iter().flatten();
    elements.map(|friend| &friend["profile_nickname"]).collect()
}

#[tokio::test]
async fn friends_come_in_kakaos_shape_favourites_first() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("ryan").await;
    let page = kakao.friends(&token, "").await.ok();
    assert_eq!(names(&page), ["어피치", "무지", "튜브"]);
    let apeach = &page["elements"][0];
    assert_eq!(apeach["id"], kakao.emulator.world().people[1].user_ids["demo"]);
    assert_eq!((&apeach["favorite"], &apeach["profile_thumbnail_image"]), (&json!(true), &json!("")));
    assert_eq!(text(&apeach["uuid"]).len(), 32);
    assert_eq!((&page["total_count"], &page["favorite_count"]), (&json!(3), &json!(1)));
    assert_eq!((&page["before_url"], &page["after_url"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn order_and_friend_order_sort_the_list() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("ryan").await;
    let sorted = async |query: &str| kakao.friends(&token, query).await.ok();
    assert_eq!(names(&sorted("friend_order=nickname").await), ["무지", "어피치", "튜브"]);
    assert_eq!(names(&sorted("friend_order=nickname&order=desc").await), ["튜브", "어피치", "무지"]);
    assert_eq!(names(&sorted("friend_order=favorite&order=desc").await), ["어피치", "튜브", "무지"]);
}

#[tokio::test]
async fn pages_lead_to_each_other_by_absolute_addresses() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("ryan").await;
    let first = kakao.friends(&token, "limit=2").await.ok();
    assert_eq!(names(&first), ["어피치", "무지"]);
    assert_eq!(first["total_count"], 3);
    let after: url::Url = text(&first["after_url"]).parse().unwrap();
    assert_eq!(after.origin(), kakao.emulator.base_url().origin());
    let expected = [("friend_order", "favorite"), ("limit", "2"), ("order", "asc"), ("offset", "2")];
    for (name, value) in expected {
        assert_eq!(parameter(&after, name).unwrap(), value);
    }
    let second = kakao.friends(&token, after.query().unwrap()).await.ok();
    assert_eq!(names(&second), ["튜브"]);
    assert_eq!(second["after_url"], Value::Null);
    let before: url::Url = text(&second["before_url"]).parse().unwrap();
    assert_eq!(parameter(&before, "offset").unwrap(), "0");

    let request = kakao.get("/v1/api/talk/friends?limit=1").bearer_auth(&token);
    let page = crate::support::Answer::of(request.header("host", "kapi.kakao.com")).await.ok();
    assert!(text(&page["after_url"]).starts_with("https://kapi.kakao.com/v1/api/talk/friends?"));
}

#[tokio::test]
async fn paging_parameters_out_of_range_are_minus_2() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("ryan").await;
    for query in ["limit=0", "limit=101", "limit=x", "offset=-1", "order=up", "friend_order=name"] {
        let answer = kakao.friends(&token, query).await;
        assert_eq!((answer.status.as_u16(), &answer.body["code"]), (400, &json!(-2)), "{query}");
    }
}

#[tokio::test]
async fn ten_friends_stand_on_a_page_unless_a_limit_is_named() {
    let mut seed = Seed::built_in();
    for n in 0..12 {
        let key: katok_emulator::seed::PersonKey = format!("p{n}").parse().unwrap();
        let mut person = seed.people[1].clone();
        person.user_ids.insert("demo".parse().unwrap(), n);
        (person.email, person.key) = (format!("{key}@example.com"), key.clone());
        seed.people.push(person);
        let mut link = seed.links[0].clone();
        link.person = key.clone();
        seed.links.push(link);
        let mut friendship = seed.friendships[1].clone();
        friendship.with = key;
        seed.friendships.push(friendship);
    }
    let kakao = Kakao::start_from(seed).await;
    let token = kakao.access_token("ryan").await;
    let page = kakao.friends(&token, "").await.ok();
    assert_eq!((page["elements"].as_array().unwrap().len(), &page["total_count"]), (10, &json!(15)));
    assert_eq!(kakao.friends(&token, "limit=100").await.ok()["elements"].as_array().unwrap().len(), 15);
}

#[tokio::test]
async fn only_friends_who_signed_up_agreed_and_are_neither_hidden_nor_blocked_are_listed() {
    let mut seed = Seed::built_in();
    // neo, a friend too, has not agreed to `friends`; frodo and con are not linked.
    seed.friendships[1].hidden = true;
    seed.friendships[2].blocked = true;
    let kakao = Kakao::start_from(seed).await;
    let token = kakao.access_token("ryan").await;
    assert_eq!(names(&kakao.friends(&token, "").await.ok()), ["어피치"]);
}

#[tokio::test]
async fn without_the_permission_only_members_see_each_other() {
    let mut seed = Seed::built_in();
    seed.apps[0].permissions.remove(&Permission::Friends);
    seed.apps[0].members = ["ryan", "muzi"].map(|key| key.parse().unwrap()).into();
    let kakao = Kakao::start_from(seed).await;
    let token = kakao.access_token("ryan").await;
    assert_eq!(names(&kakao.friends(&token, "").await.ok()), ["무지"]);
    let stranger = kakao.access_token("apeach").await;
    let refused = (403, json!({"msg": "permission denied", "code": -5}));
    assert_eq!(kakao.friends(&stranger, "").await.refusal(), refused);
}

#[tokio::test]
async fn without_consent_it_is_minus_402_and_says_what_to_ask_for() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("neo").await;
    assert_eq!(
        kakao.friends(&token, "").await.refusal(),
        (
            403,
            json!({"msg": "insufficient scopes.", "code": -402, "api_type": "FRIENDS",
                "required_scopes": ["friends"], "allowed_scopes": ["profile_nickname", "talk_message"]})
        )
    );
    // Agreeing helps the tokens that come of it, not the old ones.
    let code = parameter(&kakao.approve("neo", &["friends"]), "code").unwrap();
    let tokens = kakao.token(&[("code", &code)]).await.ok();
    kakao.friends(&text(&tokens["access_token"]), "").await.ok();
    assert_eq!(kakao.friends(&token, "").await.body["code"], -402);
}

#[tokio::test]
async fn an_app_that_does_not_ask_for_friends_gets_minus_3() {
    let mut seed = Seed::built_in();
    seed.apps[0].consent_items.retain(|item| item.id != "friends");
    let kakao = Kakao::start_from(seed).await;
    let token = kakao.access_token("ryan").await;
    let answer = kakao.friends(&token, "").await;
    let text =
        "[demo] App disabled [friends] scopes for [FRIENDS] API on developers.kakao.com. Enable it first.";
    assert_eq!(answer.refusal(), (403, json!({"msg": text, "code": -3})));
}
