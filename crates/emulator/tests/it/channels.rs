//! KakaoTalk channels: who added or blocked which.

use katok_emulator::Seed;
use katok_emulator::seed::{App, Channel, ChannelRelation, ConsentItem, ConsentLevel};
use serde_json::{Value, json};

use crate::support::{ADMIN_KEY, Answer, Kakao, built_in_but, refusal};

fn channel(public_id: &str, suspended: bool) -> Channel {
    Channel { public_id: public_id.to_owned(), uuid: format!("@{public_id}"), suspended }
}

/// The app has `_added`, `_blocked` and `_never`, named after what ryan did, and a suspended one; another app `_other`.
fn with_channels() -> Seed {
    built_in_but(|seed| {
        let app = &mut seed.apps[0];
        app.channels = [("_added", false), ("_blocked", false), ("_never", false), ("_suspended", true)]
            .map(|(id, suspended)| channel(id, suspended))
            .into();
        app.consent_items.push(ConsentItem { id: "plusfriends".to_owned(), level: ConsentLevel::Optional });
        let key = "other".parse().unwrap();
        let channels = vec![channel("_other", false)];
        let other = App { key, channels, app_id: 2, rest_api_key: "other".into(), ..seed.apps[0].clone() };
        for person in &mut seed.people {
            person.user_ids.insert(other.key.clone(), person.user_ids[&seed.apps[0].key]);
        }
        seed.apps.push(other);
        seed.people[0].channels =
            [("_added", ChannelRelation::Added), ("_blocked", ChannelRelation::Blocked)]
                .map(|(id, relation)| (id.to_owned(), relation))
                .into();
    })
}

fn relation(id: &str, relation: &str) -> Value {
    json!({"channel_uuid": format!("@{id}"), "channel_public_id": id, "relation": relation,
        "updated_at": "2026-03-01T00:00:00Z"})
}

fn never() -> Value {
    json!({"channel_uuid": "@_never", "channel_public_id": "_never", "relation": "NONE"})
}

async fn ask(kakao: &Kakao, path: &str, authorization: &str) -> Answer {
    Answer::of(kakao.get(path).header("authorization", authorization)).await
}

#[tokio::test]
async fn a_user_is_told_how_they_stand_with_each_channel() {
    let kakao = Kakao::start_from(with_channels()).await;
    let token = kakao.access_token("ryan").await;
    let user_id = kakao.me(&token).await.ok()["id"].clone();
    let [bearer, admin] = [format!("Bearer {token}"), format!("KakaoAK {ADMIN_KEY}")];
    let all = json!({"user_id": user_id,
        "channels": [relation("_added", "ADDED"), relation("_blocked", "BLOCKED"), never()]});
    assert_eq!(ask(&kakao, "/v2/api/talk/channels", &bearer).await.ok(), all);
    let target = format!("target_id_type=user_id&target_id={user_id}");
    assert_eq!(ask(&kakao, &format!("/v2/api/talk/channels?{target}"), &admin).await.ok(), all);
    let chosen = "/v2/api/talk/channels?channel_ids=_never,_added&channel_id_type=channel_public_id";
    assert_eq!(
        ask(&kakao, chosen, &bearer).await.ok()["channels"],
        json!([never(), relation("_added", "ADDED")])
    );
}

#[tokio::test]
async fn the_older_call_leaves_out_channels_never_added() {
    let kakao = Kakao::start_from(with_channels()).await;
    let bearer = format!("Bearer {}", kakao.access_token("ryan").await);
    let all = ask(&kakao, "/v1/api/talk/channels", &bearer).await.ok();
    assert_eq!(all["channels"], json!([relation("_added", "ADDED"), relation("_blocked", "BLOCKED")]));
    let chosen = "/v1/api/talk/channels?channel_public_ids=[\"_blocked\",\"_never\"]";
    let chosen = ask(&kakao, chosen, &bearer).await.ok();
    assert_eq!(chosen["channels"], json!([relation("_blocked", "BLOCKED")]));
}

#[tokio::test]
async fn several_users_are_asked_about_by_admin_key_alone() {
    let kakao = Kakao::start_from(with_channels()).await;
    let token = kakao.access_token("ryan").await;
    let user_id = kakao.me(&token).await.ok()["id"].clone();
    let admin = format!("KakaoAK {ADMIN_KEY}");
    // Who is not linked, or has not agreed as muzi has not, is left out.
    let muzi = kakao.emulator.world().people[2].user_ids["demo"];
    let path = format!(
        "/v2/api/talk/channels/multi?target_id_type=user_id&target_ids=[{user_id},{muzi},1]&channel_ids=_added"
    );
    assert_eq!(
        ask(&kakao, &path, &admin).await.ok(),
        json!([{"user_id": user_id, "channels": [relation("_added", "ADDED")]}])
    );
    let by_token = ask(&kakao, &path, &format!("Bearer {token}")).await;
    assert_eq!((by_token.status.as_u16(), &by_token.body["code"]), (401, &json!(-401)));
    assert_eq!(ask(&kakao, &path, "KakaoAK nobody").await.body["code"], -401);
    let ids = |count: usize| vec!["1"; count].join(",");
    let multi = |query: &str| format!("/v2/api/talk/channels/multi?{query}");
    for query in [
        format!("target_ids={}", ids(1)),
        format!("target_id_type=uuid&target_ids={}", ids(1)),
        "target_id_type=user_id".to_owned(),
        "target_id_type=user_id&target_ids=ryan".to_owned(),
        format!("target_id_type=user_id&target_ids={}", ids(201)),
    ] {
        assert_eq!(ask(&kakao, &multi(&query), &admin).await.body["code"], -2, "{query}");
    }
    let most = multi(&format!("target_id_type=user_id&target_ids={}", ids(200)));
    assert_eq!(ask(&kakao, &most, &admin).await.ok(), json!([]));
}

#[tokio::test]
async fn channels_that_cannot_be_asked_about_have_their_codes() {
    let kakao = Kakao::start_from(with_channels()).await;
    let bearer = format!("Bearer {}", kakao.access_token("ryan").await);
    let cases = [
        ("channel_ids=_nobodys", -541, "the channel does not exist."),
        ("channel_ids=_suspended", -544, "the channel is suspended."),
        ("channel_ids=_added,_other", -819, "the channel is not linked to the app."),
        (
            "channel_id_type=uuid",
            -2,
            "Constraints on the parameter [channel_id_type] are unsatisfied. It must be channel_public_id.",
        ),
    ];
    for (query, code, msg) in cases {
        let answer = ask(&kakao, &format!("/v2/api/talk/channels?{query}"), &bearer).await;
        assert_eq!(answer.refusal(), refusal(400, code, msg), "{query}");
    }
}

#[tokio::test]
async fn without_the_item_or_consent_channels_are_refused() {
    let kakao = Kakao::start().await;
    let bearer = format!("Bearer {}", kakao.access_token("ryan").await);
    assert_eq!(ask(&kakao, "/v2/api/talk/channels", &bearer).await.body["code"], -3);

    let mut seed = with_channels();
    seed.apps[0].consent_items.last_mut().unwrap().level = ConsentLevel::InUse;
    let kakao = Kakao::start_from(seed).await;
    let bearer = format!("Bearer {}", kakao.access_token("ryan").await);
    let refused = ask(&kakao, "/v2/api/talk/channels", &bearer).await;
    assert_eq!(
        (&refused.body["code"], &refused.body["required_scopes"]),
        (&json!(-402), &json!(["plusfriends"]))
    );
}
