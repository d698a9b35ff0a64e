//! Messages: what is sent, what is refused, what arrives.

use jiff::SignedDuration;
use katok_emulator::seed::Permission;
use katok_emulator::{Chat, Seed};
use serde_json::json;

use crate::support::{Answer, Kakao, built_in_but, hello, refusal, text};

#[tokio::test]
async fn a_message_to_me_arrives_in_my_own_room() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("ryan").await;
    assert_eq!(kakao.send_to_me(&token, &hello("안녕")).await.ok(), json!({"result_code": 0}));
    let messages = kakao.emulator.messages("ryan");
    assert_eq!(messages.len(), 1);
    let message = &messages[0];
    assert_eq!((message.chat, message.from.as_str(), message.app_id), (Chat::Memo, "ryan", 1_000_001));
    assert_eq!(message.template_object, hello("안녕"));
    assert_eq!(message.warnings, [] as [&str; 0]);
}

#[tokio::test]
async fn messages_to_friends_arrive_in_their_rooms() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("ryan").await;
    let [apeach, muzi] = [kakao.uuid(&token, "어피치").await, kakao.uuid(&token, "무지").await];
    let sent = kakao.send_to_friends(&token, &[&apeach, &muzi], "안녕").await.ok();
    assert_eq!(sent, json!({"successful_receiver_uuids": [apeach, muzi]}));
    for friend in ["apeach", "muzi"] {
        let messages = kakao.emulator.messages(friend);
        assert_eq!((messages.len(), messages[0].chat, messages[0].from.as_str()), (1, Chat::Direct, "ryan"));
    }
    assert!(kakao.emulator.messages("ryan").is_empty());
    assert!(kakao.emulator.messages("tube").is_empty());
}

#[tokio::test]
async fn receivers_may_stand_in_the_query_and_the_template_in_the_body() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("ryan").await;
    let apeach = kakao.uuid(&token, "어피치").await;
    let request = kakao.post("/v1/api/talk/friends/message/default/send").bearer_auth(&token);
    let request = request
        .query(&[("receiver_uuids", json!([apeach]).to_string()), ("receiver_id_type", "uuid".into())]);
    Answer::of(request.form(&[("template_object", hello("안녕").to_string())])).await.ok();
    assert_eq!(kakao.emulator.messages("apeach").len(), 1);
}

#[tokio::test]
async fn every_receiver_fault_of_the_documents_is_minus_2_with_its_text() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("ryan").await;
    let [apeach, ryan] =
        [kakao.uuid(&token, "어피치").await, text(&kakao.me(&token).await.ok()["for_partner"]["uuid"])];
    let invalid = "Constraints on the parameter [receiver_uuids] are unsatisfied. The input receiver id(s) is invalid format.";
    let not_allowed = "Constraints on the parameter [receiver_uuids] are unsatisfied. Not allowed to send a message to some of receivers.";
    let cases = [
        (None, "The Parameter [receiver_uuids] cannot be null."),
        (Some(String::new()), "The Parameter [receiver_uuids] cannot be empty."),
        (Some("[]".to_owned()), "The Parameter [receiver_uuids] cannot be empty."),
        (Some(apeach.clone()), invalid),
        (Some(format!("[{apeach}]")), invalid),
        (Some(r#"["한글"]"#.to_owned()), invalid),
        (Some(r#"["bm9ib2R5bm9ib2R5bm9ib2R5"]"#.to_owned()), not_allowed),
        (
            Some(json!([ryan]).to_string()),
            "Cannot contain a receiver who is identical to the sender in multicast mode.",
        ),
    ];
    for (receivers, msg) in cases {
        let mut form = vec![("template_object", hello("안녕").to_string())];
        form.extend(receivers.map(|receivers| ("receiver_uuids", receivers)));
        let request = kakao.post("/v1/api/talk/friends/message/default/send").bearer_auth(&token);
        assert_eq!(Answer::of(request.form(&form)).await.refusal(), refusal(400, -2, msg), "{form:?}");
    }
    let six = kakao.send_to_friends(&token, &["a", "b", "c", "d", "e", "f"], "안녕").await;
    assert_eq!((six.status.as_u16(), &six.body["code"]), (400, &json!(-2)));
    assert!(kakao.emulator.messages("apeach").is_empty());
}

#[tokio::test]
async fn a_receiver_named_twice_gets_the_message_once() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("ryan").await;
    let apeach = kakao.uuid(&token, "어피치").await;
    let sent = kakao.send_to_friends(&token, &[&apeach, &apeach], "안녕").await.ok();
    assert_eq!(sent, json!({"successful_receiver_uuids": [apeach]}));
    assert_eq!(kakao.emulator.messages("apeach").len(), 1);
}

/// apeach has blocked ryan, and tube is no friend of ryan's: both are signed up to the app.
fn with_difficult_friends() -> Seed {
    built_in_but(|seed| {
        seed.friendships
            .retain(|friendship| friendship.of.as_str() != "ryan" || friendship.with.as_str() != "tube");
        seed.friendships.push(katok_emulator::seed::Friendship {
            of: "apeach".parse().unwrap(),
            with: "ryan".parse().unwrap(),
            favorite: false,
            hidden: false,
            blocked: true,
            one_way: true,
        });
    })
}

#[tokio::test]
async fn one_receivers_failure_is_the_calls_own() {
    let kakao = Kakao::start_from(with_difficult_friends()).await;
    let token = kakao.access_token("ryan").await;
    let apeach = kakao.uuid(&token, "어피치").await;
    let blocked = kakao.send_to_friends(&token, &[&apeach], "안녕").await;
    assert_eq!(blocked.refusal(), refusal(400, -530, "the receiver refuses messages."));
    let tube = text(&kakao.me(&kakao.access_token("tube").await).await.ok()["for_partner"]["uuid"]);
    let stranger = kakao.send_to_friends(&token, &[&tube], "안녕").await;
    assert_eq!(stranger.refusal(), refusal(400, -502, "the receiver is not a friend of the sender."));
    assert!(kakao.emulator.messages("apeach").is_empty() && kakao.emulator.messages("tube").is_empty());
}

#[tokio::test]
async fn failures_among_several_receivers_are_reported_beside_the_successes() {
    let kakao = Kakao::start_from(with_difficult_friends()).await;
    let token = kakao.access_token("ryan").await;
    let [apeach, muzi] = [kakao.uuid(&token, "어피치").await, kakao.uuid(&token, "무지").await];
    let tube = text(&kakao.me(&kakao.access_token("tube").await).await.ok()["for_partner"]["uuid"]);
    let refuses = json!({"code": -530, "msg": "the receiver refuses messages.", "receiver_uuids": [apeach]});
    let stranger =
        json!({"code": -502, "msg": "the receiver is not a friend of the sender.", "receiver_uuids": [tube]});
    assert_eq!(
        kakao.send_to_friends(&token, &[&apeach, &muzi, &tube], "안녕").await.ok(),
        json!({"successful_receiver_uuids": [muzi], "failure_info": [refuses, stranger]})
    );
    assert_eq!(
        kakao.send_to_friends(&token, &[&apeach, &tube], "안녕").await.ok(),
        json!({"failure_info": [refuses, stranger]})
    );
    assert_eq!(kakao.emulator.messages("muzi").len(), 1);
}

#[tokio::test]
async fn who_left_the_app_or_keeps_their_friends_list_private_cannot_be_written_to() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("ryan").await;
    let muzi = kakao.uuid(&token, "무지").await;
    Answer::of(kakao.post("/v1/user/unlink").bearer_auth(kakao.access_token("muzi").await)).await.ok();
    let neo = text(&kakao.me(&kakao.access_token("neo").await).await.ok()["for_partner"]["uuid"]);
    for uuid in [muzi, neo] {
        let answer = kakao.send_to_friends(&token, &[&uuid], "안녕").await;
        assert!(text(&answer.body["msg"]).ends_with("Not allowed to send a message to some of receivers."));
    }
}

#[tokio::test]
async fn without_the_permission_messages_go_between_members_only() {
    let seed = built_in_but(|seed| {
        seed.apps[0].permissions = [Permission::Friends].into();
        seed.apps[0].members = ["ryan", "muzi"].map(|key| key.parse().unwrap()).into();
    });
    let kakao = Kakao::start_from(seed).await;
    let token = kakao.access_token("ryan").await;
    let [apeach, muzi] = [kakao.uuid(&token, "어피치").await, kakao.uuid(&token, "무지").await];
    kakao.send_to_friends(&token, &[&muzi], "안녕").await.ok();
    assert_eq!(kakao.send_to_friends(&token, &[&apeach], "안녕").await.body["code"], -2);
    let stranger = kakao.access_token("apeach").await;
    let answer = kakao.send_to_friends(&stranger, &[&muzi], "안녕").await;
    assert_eq!(answer.refusal(), refusal(403, -5, "permission denied"));
    // One's own room needs no review.
    kakao.send_to_me(&stranger, &hello("메모")).await.ok();
}

#[tokio::test]
async fn without_consent_it_is_minus_402_under_each_calls_own_name() {
    let kakao = Kakao::start().await;
    let scopes = ["profile_nickname".to_owned()];
    let only = katok_emulator::Decision::AllowOnly(scopes.into());
    let back = kakao.emulator.approve(&kakao.authorize_url(&[]), "con", &only).unwrap();
    let code = crate::support::parameter(&back, "code").unwrap();
    let token = text(&kakao.token(&[("code", &code)]).await.ok()["access_token"]);
    let refused = |api: &str| {
        (
            403,
            json!({"msg": "insufficient scopes.", "code": -402, "api_type": api,
            "required_scopes": ["talk_message"], "allowed_scopes": ["profile_nickname"]}),
        )
    };
    let memo = kakao.send_to_me(&token, &hello("안녕")).await;
    assert_eq!(memo.refusal(), refused("TALK_MEMO_DEFAULT_SEND"));
    let friends = kakao.send_to_friends(&token, &["x"], "안녕").await;
    assert_eq!(friends.refusal(), refused("TALK_MESSAGE_SEND"));
}

#[tokio::test]
async fn an_app_that_does_not_ask_for_talk_message_gets_minus_3() {
    let seed = built_in_but(|seed| seed.apps[0].consent_items.retain(|item| item.id != "talk_message"));
    let kakao = Kakao::start_from(seed).await;
    let token = kakao.access_token("ryan").await;
    let answer = kakao.send_to_me(&token, &hello("안녕")).await;
    assert_eq!((answer.status.as_u16(), &answer.body["code"]), (403, &json!(-3)));
}

#[tokio::test]
async fn who_does_not_use_kakaotalk_gets_minus_501() {
    let seed = built_in_but(|seed| seed.people[0].talk = false);
    let kakao = Kakao::start_from(seed).await;
    let token = kakao.access_token("ryan").await;
    let refused = refusal(400, -501, "given account is not connected to any talk user");
    assert_eq!(kakao.send_to_me(&token, &hello("안녕")).await.refusal(), refused);
    assert_eq!(kakao.friends(&token, "").await.refusal(), refused);
}

#[tokio::test]
async fn admin_keys_and_json_bodies_send_nothing() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("ryan").await;
    let path = "/v2/api/talk/memo/default/send";
    let body = json!({"template_object": hello("안녕")});
    let as_json = Answer::of(kakao.post(path).bearer_auth(&token).json(&body)).await;
    assert_eq!(as_json.refusal(), refusal(400, -2, "failed to parse parameter [template_object]"));
    let form = [("template_object", hello("안녕").to_string())];
    let admin = format!("KakaoAK {}", crate::support::ADMIN_KEY);
    let answer = Answer::of(kakao.post(path).header("authorization", admin).form(&form)).await;
    assert_eq!((answer.status.as_u16(), &answer.body["code"]), (401, &json!(-401)));
    assert!(kakao.emulator.messages("ryan").is_empty());
}

#[tokio::test]
async fn over_long_texts_and_foreign_links_are_taken_and_marked() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("ryan").await;
    let long = json!({"object_type": "text", "text": "가".repeat(243),
        "link": {"web_url": "https://elsewhere.example/"}});
    kakao.send_to_me(&token, &long).await.ok();
    let message = kakao.emulator.messages("ryan").remove(0);
    assert_eq!(message.template_object, long);
    assert_eq!(message.warnings.len(), 2, "{:?}", message.warnings);
    assert!(message.warnings[0].contains("243") && message.warnings[0].contains("200"));
    assert!(message.warnings[1].contains("https://elsewhere.example/"));
}

#[tokio::test]
async fn the_day_of_the_quotas_is_koreas() {
    let seed = built_in_but(|seed| seed.apps[0].quotas.messages_per_pair_per_day = 1);
    let kakao = Kakao::start_from(seed).await;
    let token = kakao.access_token("ryan").await;
    let apeach = kakao.uuid(&token, "어피치").await;
    kakao.send_to_friends(&token, &[&apeach], "안녕").await.ok();
    // It is nine in the morning in Korea: fifteen hours of the day are left.
    kakao.emulator.advance(SignedDuration::from_secs(15 * 60 * 60 - 1)).unwrap();
    let token = kakao.access_token("ryan").await;
    let again = async || kakao.send_to_friends(&token, &[&apeach], "안녕").await;
    assert_eq!(again().await.body["code"], -536);
    kakao.emulator.advance(SignedDuration::from_secs(1)).unwrap();
    again().await.ok();
}

#[tokio::test]
async fn each_daily_quota_has_its_code() {
    for code in [-532, -533, -10] {
        let seed = built_in_but(|seed| match (&mut seed.apps[0].quotas, code) {
            (quotas, -532) => quotas.messages_per_sender_per_day = 1,
            (quotas, -533) => quotas.messages_per_receiver_per_day = 1,
            (quotas, _) => quotas.messages_per_day = 1,
        });
        let kakao = Kakao::start_from(seed).await;
        let token = kakao.access_token("ryan").await;
        let tube = kakao.uuid(&token, "튜브").await;
        kakao.send_to_friends(&token, &[&tube], "하나").await.ok();
        // Another friend writes to the same receiver.
        let sender = if code == -533 { kakao.access_token("apeach").await } else { token };
        let answer = kakao.send_to_friends(&sender, &[&tube], "둘").await;
        assert_eq!((answer.status.as_u16(), &answer.body["code"]), (400, &json!(code)));
        assert_eq!(kakao.emulator.messages("tube").len(), 1);
        // Messages to oneself count towards the app's total alone.
        let memo = kakao.send_to_me(&sender, &hello("메모")).await;
        assert_eq!(memo.status == 200, code != -10, "{}", memo.body);
    }
}

#[tokio::test]
async fn an_app_quota_that_does_not_hold_all_receivers_holds_none() {
    let kakao = Kakao::start_from(built_in_but(|seed| seed.apps[0].quotas.messages_per_day = 1)).await;
    let token = kakao.access_token("ryan").await;
    let [apeach, muzi] = [kakao.uuid(&token, "어피치").await, kakao.uuid(&token, "무지").await];
    let answer = kakao.send_to_friends(&token, &[&apeach, &muzi], "안녕").await;
    assert_eq!(answer.refusal(), refusal(400, -10, "API limit has been exceeded."));
    assert!(kakao.emulator.messages("apeach").is_empty());
}

#[tokio::test]
async fn a_clock_turned_back_over_midnight_finds_the_day_as_it_was() {
    let seed = built_in_but(|seed| seed.apps[0].quotas.messages_per_pair_per_day = 1);
    let kakao = Kakao::start_from(seed).await;
    let token = kakao.access_token("ryan").await;
    let apeach = kakao.uuid(&token, "어피치").await;
    kakao.send_to_friends(&token, &[&apeach], "오늘").await.ok();
    kakao.emulator.advance(SignedDuration::from_hours(24)).unwrap();
    let tomorrow = kakao.access_token("ryan").await;
    kakao.send_to_friends(&tomorrow, &[&apeach], "내일").await.ok();
    kakao.emulator.advance(SignedDuration::from_hours(-24)).unwrap();
    assert_eq!(kakao.send_to_friends(&token, &[&apeach], "다시 오늘").await.body["code"], -536);
}
