//! KakaoTalk as the emulator keeps it: profile, friends, messages of every kind, pictures, channels, and their refusals.

use std::collections::BTreeMap;

use futures_util::TryStreamExt;
use katok_client::{
    AccessToken, ChannelRelation, CustomTemplate, DeleteImage, Effect, Friend, FriendSort, FriendUuid,
    GetTalkProfile, KakaoCode, KakaoUserId, Link, ListChannels, ListChannelsOfUsers, ListFriends, Order,
    Quota, RawCall, Receivers, Remedy, ScopeSet, Scrap, ScrapeImage, SendCustomToFriends, SendCustomToMe,
    SendScrapToFriends, SendScrapToMe, SendToFriends, SendToMe, TemplateId, Text, UploadImage,
};
use katok_emulator::seed::{self, CustomTemplate as SeedTemplate, Seed, TemplateKind, TemplatePurpose};
use serde_json::json;
use url::Url;

use crate::service::Service;

/// One pixel, transparent.
const GIF: &[u8] =
    b"GIF89a\x02\0\x03\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\x04\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x01D\0;";

fn hello() -> Text {
    Text::new("안녕", Link::web(&Url::parse("http://localhost:4000/").unwrap())).unwrap()
}

async fn friends(service: &Service, token: &AccessToken, list: ListFriends) -> Vec<Friend> {
    service.client.stream(list, token).try_collect().await.unwrap()
}

fn names(friends: &[Friend]) -> Vec<&str> {
    friends.iter().map(|friend| friend.profile_nickname.as_deref().unwrap()).collect()
}

fn receivers(friends: &[Friend]) -> Receivers {
    friends.iter().map(|friend| friend.uuid.clone()).collect::<Vec<_>>().try_into().unwrap()
}

#[tokio::test]
async fn the_profile_is_the_users() {
    let service = Service::start().await;
    let token = service.sign_in("ryan", &[]).await;
    let profile = service.client.call(&GetTalkProfile, &token).await.unwrap();
    assert_eq!(profile.nickname.as_deref(), Some("라이언"));
}

#[tokio::test]
async fn who_has_no_kakaotalk_is_told_so() {
    let service = Service::start_but(|seed| seed.people[0].talk = false).await;
    let token = service.sign_in("ryan", &[]).await;
    let error = service.client.call(&GetTalkProfile, &token).await.unwrap_err();
    assert_eq!(error.kakao_code(), Some(KakaoCode::Api(-501)));
    let error = service.client.call(&SendToMe::new(hello()), &token).await.unwrap_err();
    assert_eq!(error.kakao_code(), Some(KakaoCode::Api(-501)));
}

#[tokio::test]
async fn friends_come_from_all_pages_in_the_order_asked_for() {
    let service = Service::start().await;
    let token = service.sign_in("ryan", &[]).await;
    let list = ListFriends::new().limit(1);
    assert_eq!(names(&friends(&service, &token, list).await), ["어피치", "무지", "튜브"]);
    assert_eq!(service.kakao.journal(0).len(), 3, "one call a page");

    let by_name = list.sort(FriendSort::Nickname);
    assert_eq!(names(&friends(&service, &token, by_name).await), ["무지", "어피치", "튜브"]);
    let backwards = by_name.order(Order::Descending).limit(2);
    assert_eq!(names(&friends(&service, &token, backwards).await), ["튜브", "어피치", "무지"]);
    assert_eq!(names(&friends(&service, &token, list.offset(2)).await), ["튜브"]);
}

#[tokio::test]
async fn a_list_whose_second_page_fails_says_so_after_the_first() {
    let service = Service::start().await;
    let token = service.sign_in("ryan", &[]).await;
    let stream = service.client.stream(ListFriends::new().limit(1), &token);
    let mut stream = std::pin::pin!(stream);
    assert!(stream.try_next().await.unwrap().is_some());
    service.kakao.expire_access_token(token.secret()).unwrap();
    assert_eq!(stream.try_next().await.unwrap_err().remedy(), Remedy::RefreshToken);
    assert!(stream.try_next().await.unwrap().is_none(), "a stream ends after its error");
}

#[tokio::test]
async fn missing_consent_is_named_and_asking_for_it_helps() {
    let service = Service::start_but(|seed| {
        for item in &mut seed.apps[0].consent_items {
            if ["friends", "talk_message"].contains(&item.id.as_str()) {
                item.level = seed::ConsentLevel::InUse;
            }
        }
    })
    .await;
    let token = service.sign_in("ryan", &[]).await;
    let error = service.client.call(&SendToMe::new(hello()), &token).await.unwrap_err();
    assert_eq!(error.remedy(), Remedy::AskConsent(ScopeSet::parse("talk_message")));
    let error = service.client.call(&ListFriends::new(), &token).await.unwrap_err();
    assert_eq!(error.remedy(), Remedy::AskConsent(ScopeSet::parse("friends")));

    let token = service.sign_in("ryan", &["talk_message"]).await;
    service.client.call(&SendToMe::new(hello()), &token).await.unwrap();
}

/// A world with a custom template, and whose app may scrape the emulator's own pages.
async fn with_templates() -> Service {
    let service = Service::start_but(|seed: &mut Seed| {
        seed.apps[0].templates = vec![SeedTemplate {
            id: 90_001,
            kind: TemplateKind::Feed,
            purpose: TemplatePurpose::Message,
            body: json!({"object_type": "feed", "content": {"title": "${name}", "link": {}}}),
        }];
    })
    .await;
    service.kakao.register_web_domain("demo", &service.kakao.base_url()).unwrap();
    service
}

#[tokio::test]
async fn every_kind_of_message_reaches_its_room() {
    let service = with_templates().await;
    let token = service.sign_in("ryan", &[]).await;
    let custom = CustomTemplate::new(TemplateId::new(90_001)).arg("name", "딸기 케이크");
    let scrap = Scrap::new(&service.kakao.base_url().join("/_emulator/").unwrap());
    service.client.call(&SendToMe::new(hello()), &token).await.unwrap();
    service.client.call(&SendCustomToMe::new(custom.clone()), &token).await.unwrap();
    service.client.call(&SendScrapToMe::new(scrap.clone()), &token).await.unwrap();
    let arrived = service.kakao.messages("ryan");
    assert_eq!(arrived.len(), 3);
    assert_eq!(arrived[0].template_object["text"], "안녕");
    assert_eq!(arrived[1].template_object["content"]["title"], "딸기 케이크");
    assert_eq!(arrived[2].template_object["object_type"], "feed");

    let all = friends(&service, &token, ListFriends::new()).await;
    let both = receivers(&all[..2]);
    let sends = [
        service.client.call(&SendToFriends::new(both.clone(), hello()), &token).await.unwrap(),
        service.client.call(&SendCustomToFriends::new(both.clone(), custom), &token).await.unwrap(),
        service.client.call(&SendScrapToFriends::new(both.clone(), scrap), &token).await.unwrap(),
    ];
    for report in sends {
        assert_eq!((&report.delivered[..], &report.refused[..]), (both.as_slice(), &[][..]));
    }
    assert_eq!(service.kakao.messages("apeach").len(), 3);
    assert_eq!(service.kakao.messages("muzi").len(), 3);
}

#[tokio::test]
async fn what_kakao_refuses_of_a_message_names_the_parameter() {
    let service = with_templates().await;
    let token = service.sign_in("ryan", &[]).await;
    let foreign = Scrap::new(&Url::parse("https://elsewhere.example/").unwrap());
    let error = service.client.call(&SendScrapToMe::new(foreign), &token).await.unwrap_err();
    assert_eq!(error.remedy(), Remedy::FixRequest { parameter: Some("request_url".to_owned()) });
    let nobodys = CustomTemplate::new(TemplateId::new(1));
    let error = service.client.call(&SendCustomToMe::new(nobodys), &token).await.unwrap_err();
    assert!(matches!(error.remedy(), Remedy::FixRequest { .. }), "{error}");
}

#[tokio::test]
async fn who_was_refused_is_told_apart_from_who_got_it() {
    let service = Service::start_but(|seed| seed.apps[0].quotas.messages_per_sender_per_day = 1).await;
    let token = service.sign_in("ryan", &[]).await;
    let both = friends(&service, &token, ListFriends::new().limit(2)).await;
    let report =
        service.client.call(&SendToFriends::new(receivers(&both[..2]), hello()), &token).await.unwrap();
    assert_eq!(report.delivered, [both[0].uuid.clone()]);
    let [refusal] = &report.refused[..] else { panic!("{report:?}") };
    assert_eq!(refusal.receiver_uuids, [both[1].uuid.clone()]);
    assert_eq!(refusal.remedy(), Remedy::WaitForQuota(Quota::Day));

    let alone = SendToFriends::new(receivers(&both[1..2]), hello());
    let error = service.client.call(&alone, &token).await.unwrap_err();
    assert_eq!(
        error.remedy(),
        Remedy::WaitForQuota(Quota::Day),
        "one receiver alone is an error of the call"
    );
}

#[tokio::test]
async fn a_friend_of_somebody_else_cannot_be_written_to() {
    let service = Service::start().await;
    let token = service.sign_in("muzi", &[]).await;
    service.sign_in("con", &[]).await;
    service.let_caches_run_out();
    let con = friends(&service, &token, ListFriends::new()).await.remove(0);
    let token = service.sign_in("ryan", &[]).await;
    let stranger = SendToFriends::new(receivers(&[con]), hello());
    let error = service.client.call(&stranger, &token).await.unwrap_err();
    assert_eq!(error.kakao_code(), Some(KakaoCode::Api(-502)));
    assert!(matches!(error.remedy(), Remedy::Retry { after: Some(_) }), "the friend list may be old");
    let nonsense = SendToFriends::new(vec![FriendUuid::new("?")].try_into().unwrap(), hello());
    let error = service.client.call(&nonsense, &token).await.unwrap_err();
    assert_eq!(error.remedy(), Remedy::FixRequest { parameter: Some("receiver_uuids".to_owned()) });
}

#[tokio::test]
async fn pictures_are_kept_until_they_are_deleted() {
    let service = Service::start().await;
    let (client, token) = (&service.client, service.sign_in("ryan", &[]).await);
    let image = client.call_as_app(&UploadImage::new("점.gif", GIF)).await.unwrap();
    assert_eq!(image.content_type.as_deref(), Some("image/gif"));
    assert_eq!((image.length, image.width, image.height), (Some(GIF.len() as u64), Some(2), Some(3)));

    let of_a_user = client.call(&UploadImage::new("dot.gif", GIF), &token).await.unwrap();
    let fetched = client.call_as_app(&ScrapeImage::new(&Url::parse(&of_a_user.url).unwrap())).await.unwrap();
    assert_eq!((fetched.length, fetched.width), (image.length, image.width));

    client.call_as_app(&DeleteImage::new(image.url.clone())).await.unwrap();
    let error = client.call_as_app(&DeleteImage::new(image.url)).await.unwrap_err();
    assert_eq!(error.kakao_code(), Some(KakaoCode::Api(-2)));
}

#[tokio::test]
async fn a_picture_too_large_or_of_another_kind_is_refused() {
    let service = Service::start().await;
    let large = UploadImage::new("large.gif", vec![b'G'; UploadImage::MAX_BYTES + 1]);
    let error = service.client.call_as_app(&large).await.unwrap_err();
    assert_eq!(error.kakao_code(), Some(KakaoCode::Api(-602)));
    let error = service.client.call_as_app(&UploadImage::new("a.txt", "no picture")).await.unwrap_err();
    assert_eq!(error.kakao_code(), Some(KakaoCode::Api(-911)));
}

#[tokio::test]
async fn channels_say_how_a_user_stands_to_them() {
    let service = Service::start_but(|seed| {
        let channel =
            |id: &str| seed::Channel { public_id: id.to_owned(), uuid: format!("@{id}"), suspended: false };
        seed.apps[0].channels = ["_added", "_blocked", "_never"].map(channel).to_vec();
        let image = seed.apps[0].consent_items[1].clone();
        seed.apps[0].consent_items.push(seed::ConsentItem { id: "plusfriends".to_owned(), ..image });
        seed.people[0].channels = BTreeMap::from([
            ("_added".to_owned(), seed::ChannelRelation::Added),
            ("_blocked".to_owned(), seed::ChannelRelation::Blocked),
        ]);
        seed.people[0].user_ids.insert("demo".parse().unwrap(), 4_820_000_001);
    })
    .await;
    let token = service.sign_in("ryan", &[]).await;
    let user = KakaoUserId::new(4_820_000_001);
    let all = service.client.call(&ListChannels::all(), &token).await.unwrap();
    let relations: Vec<_> = all.channels.iter().map(|channel| channel.relation.clone()).collect();
    assert_eq!(relations, [ChannelRelation::Added, ChannelRelation::Blocked, ChannelRelation::None]);
    assert_eq!(service.admin().call_for(user, &ListChannels::all()).await.unwrap(), all);

    let one = ListChannels::of(["_blocked"]);
    let of_users = service.admin().call(&ListChannelsOfUsers::new(&[user], one)).await.unwrap();
    assert_eq!(of_users[0].user_id, Some(user));
    assert_eq!(of_users[0].channels[0].relation, ChannelRelation::Blocked);
}

#[tokio::test]
async fn what_has_no_type_is_called_by_its_path() {
    let service = Service::start().await;
    let token = service.sign_in("ryan", &[]).await;
    let me = RawCall::get("/v2/user/me").parameter("property_keys", r#"["kakao_account.profile"]"#);
    let answer = service.client.call_raw(&me, &token).await.unwrap();
    assert_eq!(answer["kakao_account"]["profile"]["nickname"], "라이언");

    let ids = service.admin().call_raw(&RawCall::get("/v1/user/ids").parameter("limit", "1")).await.unwrap();
    assert_eq!(ids["elements"].as_array().unwrap().len(), 1);

    let form = RawCall::post("/v1/user/update_profile")
        .parameter("properties", r#"{"favorite_color":"노랑"}"#)
        .effect(Effect::Change);
    assert_eq!(service.client.call_raw(&form, &token).await.unwrap()["id"], answer["id"]);
    let nowhere = service.client.call_raw(&RawCall::get("/v9/no/such?path#here"), &token).await.unwrap_err();
    assert_eq!((nowhere.status(), nowhere.remedy()), (Some(404), Remedy::TellOperator));
}
