//! What services are told, to the letter.

use super::*;
use crate::seed::Seed;

fn app(method: &str) -> App {
    let webhook =
        |name: &str| format!("{name}: {{url: \"http://localhost:1/{name}?a=1\", method: {method}}}");
    let webhooks = ["unlink", "account_status", "share", "channel"].map(webhook).join(", ");
    let text = format!(
        "apps: [{{key: shop, app_id: 7, rest_api_key: rest, admin_key: admin, webhooks: {{{webhooks}}}}}]"
    );
    Seed::parse(&text).unwrap().apps.remove(0)
}

fn now() -> Timestamp {
    "2026-03-01T00:00:00.25Z".parse().unwrap()
}

fn unsigned(_: u64, typ: &str, claims: &Value) -> String {
    json!([typ, claims]).to_string()
}

fn notice(news: &News, method: &str) -> Notice {
    news.notice(&app(method), 1, now(), unsigned).unwrap()
}

fn shared() -> News {
    let server_callback_args = json!({"order": 17, "name": "라이언"}).as_object().unwrap().clone();
    let (chat_type, hash_chat_id) = (ChatType::DirectChat, Some("room".to_owned()));
    News::Share(Shared { chat_type, hash_chat_id, template_id: Some(9), server_callback_args })
}

#[test]
fn an_unlink_is_a_form_or_a_query_as_the_console_says() {
    let news = News::Unlink { user_id: 42, reason: UnlinkReason::AccountDelete };
    let fields = "app_id=7&user_id=42&referrer_type=ACCOUNT_DELETE";
    let key = ("authorization", "KakaoAK admin".to_owned());
    let content_type = ("content-type", "application/x-www-form-urlencoded;charset=UTF-8".to_owned());
    assert_eq!(
        notice(&news, "POST"),
        Notice {
            kind: WebhookKind::Unlink,
            url: "http://localhost:1/unlink?a=1".to_owned(),
            is_get: false,
            headers: vec![key.clone(), content_type],
            body: fields.to_owned(),
        }
    );
    let by_get = notice(&news, "GET");
    assert_eq!((by_get.url, by_get.is_get), (format!("http://localhost:1/unlink?a=1&{fields}"), true));
    assert_eq!((by_get.headers, by_get.body), (vec![key], String::new()));
}

#[test]
fn a_share_brings_the_services_own_arguments_and_the_id_of_the_request() {
    let by_post = notice(&shared(), "POST");
    let body: Value = serde_json::from_str(&by_post.body).unwrap();
    assert_eq!(
        body,
        json!({"CHAT_TYPE": "DirectChat", "HASH_CHAT_ID": "room", "TEMPLATE_ID": 9, "order": 17, "name": "라이언"})
    );
    let [key, resource, content_type] = by_post.headers.try_into().unwrap();
    assert_eq!(key.1, "KakaoAK admin");
    assert_eq!((resource.0, resource.1.len()), ("x-kakao-resource-id", 32));
    assert_eq!(content_type.1, "application/json;charset=UTF-8");
    let by_get = notice(&shared(), "GET");
    assert!(by_get.url.ends_with(
        "?a=1&CHAT_TYPE=DirectChat&HASH_CHAT_ID=room&TEMPLATE_ID=9&order=17&name=%EB%9D%BC%EC%9D%B4%EC%96%B8"
    ));
}

#[test]
fn a_channel_is_told_of_in_json_whatever_the_method() {
    let (public_id, uuid) = ("_ZeUTxl".to_owned(), "@shop".to_owned());
    let news = News::Channel { user_id: 42, event: ChannelEvent::Blocked, public_id, uuid };
    let notice = notice(&news, "GET");
    assert!(!notice.is_get && notice.headers.iter().any(|(name, _)| *name == "x-kakao-resource-id"));
    assert_eq!(
        serde_json::from_str::<Value>(&notice.body).unwrap(),
        json!({"event": "blocked", "id": "42", "id_type": "app_user_id", "channel_public_id": "_ZeUTxl",
            "channel_uuid": "@shop", "updated_at": "2026-03-01T00:00:00Z"})
    );
}

#[test]
fn an_accounts_event_is_signed_and_carries_no_key() {
    let event = SecurityEvent::named("user-unlinked", Some("UNLINK_FROM_APPS".to_owned())).unwrap();
    let at = now() - jiff::SignedDuration::from_secs(5);
    let notice = notice(&News::AccountStatus { user_id: 42, event, at }, "POST");
    assert_eq!(notice.headers, [("content-type", "application/secevent+jwt".to_owned())]);
    let [typ, claims]: [Value; 2] = serde_json::from_str(&notice.body).unwrap();
    assert_eq!(typ, "secevent+jwt");
    let id = claims["jti"].as_str().unwrap().to_owned();
    assert_eq!(
        claims,
        json!({"iss": "https://kauth.kakao.com", "aud": "rest", "sub": "42", "iat": 1_772_323_200, "toe": 1_772_323_195,
            "txm": format!("t{id}"), "jti": id, "events": {
                "https://schemas.openid.net/secevent/oauth/event-type/user-unlinked": {
                    "subject": {"subject_type": "iss-sub", "iss": "https://kauth.kakao.com", "sub": "42"},
                    "reason": "UNLINK_FROM_APPS"}}})
    );
}

#[test]
fn no_two_requests_have_one_id() {
    let id = |number| shared().notice(&app("POST"), number, now(), unsigned).unwrap().headers[1].1.clone();
    assert_eq!(id(1), id(1));
    assert_ne!(id(1), id(2));
}

#[test]
fn events_are_known_by_their_last_word_or_their_whole_address() {
    for name in ["user-linked", "account-purged", "credential-change", "user-profile-changed"] {
        assert!(SecurityEvent::named(name, None).is_some(), "{name}");
    }
    let whole = "https://schemas.openid.net/secevent/risc/event-type/sessions-revoked";
    assert_eq!(SecurityEvent::named(whole, None), SecurityEvent::named("sessions-revoked", None));
    assert_eq!(SecurityEvent::named("linked", None), None);
}

#[test]
fn parting_by_the_services_own_call_is_no_news_to_its_unlink_webhook() {
    let told = |reason| {
        let (app, person) = ("shop".parse().unwrap(), "ryan".parse().unwrap());
        let event = Event::Unlinked { reason };
        let told = News::of(&Happened { at: now(), app, person, user_id: 42, event });
        told.iter().map(News::kind).collect::<Vec<_>>()
    };
    assert_eq!(told(UnlinkReason::UnlinkFromService), [WebhookKind::AccountStatus]);
    for reason in [
        UnlinkReason::AccountDelete,
        UnlinkReason::ForcedAccountDelete,
        UnlinkReason::UnlinkFromAdmin,
        UnlinkReason::UnlinkFromApps,
        UnlinkReason::IncompleteSignUp,
    ] {
        assert_eq!(told(reason), [WebhookKind::Unlink, WebhookKind::AccountStatus]);
    }
}
