//! The samples in `contract/`: the emulator must take each request and write each answer.
//!
//! Nothing else connects the emulator with the client, which is tested on the same files.

mod talk;
mod user;

use std::collections::BTreeSet;
use std::path::Path;

use jiff::SignedDuration;
use katok_emulator::{Decision, Fault, Seed};
use reqwest::Method;
use serde_json::{Map, Value};
use url::Url;

use crate::images;
use crate::support::{Answer, Kakao, parameter, text};

const REDIRECT_URI: &str = "https://svc.example/cb";

/// Samples of what the emulator never answers today, and why.
const LEFT_OUT: &[(&str, &str)] = &[
    ("app_users/elements", "the emulator answers as the samples in Kakao's documents do, with a bare array"),
    ("oauth_token_code/koe001_not_acceptable", "refusing Node's own fetch helps nobody"),
    ("talk_friends/only_what_is_required", "the emulator always says all it may"),
    ("talk_friends_message_default_send/partly_refused_under_the_other_name", "one spelling is enough"),
    ("talk_message_image_delete/deleted", "the image is nobody's here; tested in `images`"),
    ("talk_message_image_scrap/kept", "the emulator fetches from this machine only; tested in `images`"),
    ("talk_memo_default_send/insufficient_scopes_without_names", "the emulator always names them"),
    ("user_unlink/not_linked", "a token dies with the link; by admin key it is tested in `user`"),
];

/// The app and people of the samples: `me`, who asks, and two friends.
fn seed(required: &str) -> Seed {
    let seed = format!(
        "apps:\n\
         - key: APP\n\
         \x20 rest_api_key: REST_API_KEY\n\
         \x20 client_secret: CLIENT_SECRET\n\
         \x20 admin_key: ADMIN_KEY\n\
         \x20 redirect_uris: ['https://svc.example/cb']\n\
         \x20 logout_redirect_uris: ['https://svc.example/out']\n\
         \x20 web_domains: ['https://shop.example.com']\n\
         \x20 consent_items: [{{id: {required}, level: required}}, {{id: profile_image, level: optional}},\
         \x20   {{id: friends, level: optional}}, {{id: talk_message, level: optional}}, {{id: account_email, level: optional}}]\n\
         \x20 permissions: [friends, message]\n\
         people:\n\
         - {{key: me, nickname: Lee, profile_image_url: 'https://k.example.com/p.jpg'}}\n\
         - {{key: sujin, nickname: 이수진, profile_image_url: 'https://k.example.com/t.jpg'}}\n\
         - {{key: jun, nickname: 준}}\n\
         - {{key: stranger}}\n\
         friendships: [{{of: me, with: sujin, favorite: true}}, {{of: me, with: jun}}]\n\
         links: [{{app: APP, person: sujin}}, {{app: APP, person: jun}}, {{app: APP, person: stranger}}]\n"
    );
    Seed::parse(&seed).unwrap()
}

/// The names in a sample, and what stands for them in this world.
type Names = Vec<(&'static str, String)>;

/// Sets the world up for a sample, and finds out what its names stand for.
async fn scene(case: &str, sample: &Value) -> (Kakao, Names) {
    let allowed = sample["response"]["body"]["allowed_scopes"][0].as_str();
    let mut seed = seed(allowed.unwrap_or("profile_nickname"));
    let app = &mut seed.apps[0];
    let (endpoint, what) = case.split_once('/').unwrap();
    app.oidc = what == "id_token" || what == "payload" || case == "oidc_userinfo/agreed";
    match what {
        "koe237" => app.quotas.access_tokens_per_10_minutes = 1,
        "without_scope" => app.consent_items.clear(),
        "no_permission" => app.permissions = BTreeSet::new(),
        "scope_disabled" => {
            app.consent_items.retain(|item| !["friends", "talk_message"].contains(&item.id.as_str()));
        }
        "partly_refused" => app.quotas.messages_per_sender_per_day = 1,
        "all_refused" | "only_receiver_refused" => app.quotas.messages_per_sender_per_day = 0,
        "quota_exceeded" => app.quotas.messages_per_day = 0,
        "not_a_talk_user" => seed.people[0].talk = false,
        "nobody" => seed.friendships.clear(),
        "id_of_19_digits" => {
            seed.people[0].user_ids.insert("APP".parse().unwrap(), 1_376_016_924_426_111_111);
        }
        _ => {}
    }
    talk::prepare(case, &mut seed);
    user::prepare(case, &mut seed);
    let kakao = Kakao::start_from(seed).await;
    let decision = if allowed.is_some() {
        Decision::AllowOnly(BTreeSet::new())
    } else if what == "items_not_agreed" {
        Decision::AllowOnly(["talk_message".to_owned()].into())
    } else {
        Decision::Allow
    };
    let mut names = Vec::new();
    if endpoint == "oauth_authorize" || endpoint == "oauth_logout" || what == "unknown_token" {
        return (kakao, names);
    }
    if endpoint == "oauth_token_code" {
        if what == "koe237" {
            log_in(&kakao, "me", &decision).await;
        }
        if what != "koe320" {
            names.push(("AUTHORIZATION_CODE", code(&kakao, "me", &decision, what == "pkce")));
        }
        return (kakao, names);
    }
    let tokens = log_in(&kakao, "me", &decision).await;
    let token = text(&tokens["access_token"]);
    let uuid = async |person: &str| {
        let tokens = log_in(&kakao, person, &Decision::Allow).await;
        text(&kakao.me(&text(&tokens["access_token"])).await.ok()["for_partner"]["uuid"])
    };
    let (first, second) = ("kq2RoJajlKKQvIi4j76Jvoq-kaiZqJ2u", "m6qcq5qqn6-DsICwjriBsIS3");
    match what {
        "sender_among_receivers" => names.push((first, uuid("me").await)),
        "not_a_friend" => names.push((first, uuid("stranger").await)),
        "template_for_sharing" => names.push((first, uuid("sujin").await)),
        "delivered" | "partly_refused" | "all_refused" | "only_receiver_refused" => {
            names.push((first, uuid("sujin").await));
            names.push((second, uuid("jun").await));
        }
        // The machine calls itself by IPv4 or IPv6, as it likes.
        "ip_mismatched" => {
            let refusal = text(&kakao.me(&token).await.body["msg"]);
            let caller = refusal.strip_prefix("ip mismatched! callerIp=").unwrap();
            names.push(("203.0.113.9", caller.split_once(". ").unwrap().0.to_owned()));
        }
        "payload" => names.push(("ID_TOKEN", id_token(&kakao, &tokens).await)),
        "rotated" => kakao.emulator.advance(SignedDuration::from_hours(31 * 24)).unwrap(),
        "expired_token" => kakao.emulator.advance(SignedDuration::from_hours(6)).unwrap(),
        // Troubles of Kakao's that no state of the world leads to.
        "internal_error" => drop(kakao.emulator.fault(Fault::on("/v2/api/talk/memo/*").code(-1)).unwrap()),
        "maintenance" => drop(kakao.emulator.fault(Fault::on("/v2/api/talk/memo/*").code(-9798)).unwrap()),
        _ => {}
    }
    if what != "koe322" {
        names.push(("REFRESH_TOKEN", text(&tokens["refresh_token"])));
    }
    names.push(("ACCESS_TOKEN", if what == "token_too_long" { "x".repeat(5_000) } else { token }));
    (kakao, names)
}

fn code(kakao: &Kakao, person: &str, decision: &Decision, with_challenge: bool) -> String {
    let mut changes = vec![("client_id", "REST_API_KEY"), ("redirect_uri", REDIRECT_URI)];
    if with_challenge {
        changes.push(("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"));
        changes.push(("code_challenge_method", "S256"));
    }
    let back = kakao.emulator.approve(&kakao.authorize_url(&changes), person, decision).unwrap();
    parameter(&back, "code").unwrap()
}

/// An ID token of the issuer under whose name samples are asked.
async fn id_token(kakao: &Kakao, tokens: &Value) -> String {
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", "REST_API_KEY"),
        ("client_secret", "CLIENT_SECRET"),
        ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
    ];
    let request = kakao.post("/oauth/token").header("host", "kauth.kakao.com").form(&form);
    text(&Answer::of(request).await.ok()["id_token"])
}

async fn log_in(kakao: &Kakao, person: &str, decision: &Decision) -> Value {
    let code = code(kakao, person, decision, false);
    let app =
        [("client_id", "REST_API_KEY"), ("client_secret", "CLIENT_SECRET"), ("redirect_uri", REDIRECT_URI)];
    kakao.token(&[&app[..], &[("code", &code)]].concat()).await.ok()
}

/// The parameters of a sample with the world's own values in place of the names.
fn parameters(sample: &Value, kind: &str, names: &Names) -> Vec<(String, String)> {
    let given = sample["request"][kind].as_object().into_iter().flatten();
    given.map(|(name, value)| (name.clone(), in_this_world(value.as_str().unwrap(), names))).collect()
}

fn in_this_world(text: &str, names: &Names) -> String {
    names.iter().fold(text.to_owned(), |text, (name, value)| text.replace(name, value))
}

async fn send(kakao: &Kakao, sample: &Value, names: &Names) -> Answer {
    let request = &sample["request"];
    let method: Method = request["method"].as_str().unwrap().parse().unwrap();
    let mut sent = kakao.client.request(method, kakao.url(request["path"].as_str().unwrap()));
    // Addresses in answers begin with the host's name.
    sent = sent.header("host", format!("k{}.kakao.com", request["host"].as_str().unwrap()));
    sent = sent.query(&parameters(sample, "query", names));
    if let Some(files) = request.get("files").and_then(Value::as_object) {
        let files: Vec<&[u8]> = files.values().map(|file| file.as_str().unwrap().as_bytes()).collect();
        sent = sent.header("content-type", images::MULTIPART).body(images::form(&files));
    } else if request.get("form").is_some() {
        sent = sent.form(&parameters(sample, "form", names));
    }
    if let Some(authorization) = request["authorization"].as_str() {
        sent = sent.header("authorization", in_this_world(authorization, names));
    }
    Answer::of(sent).await
}

/// A person answers what the request asks of them; a sample of a refusal is of one who presses cancel.
fn check_authorize(case: &str, sample: &Value, kakao: &Kakao, names: &Names) {
    let mut url = kakao.url("/oauth/authorize");
    url.query_pairs_mut().extend_pairs(parameters(sample, "query", names));
    let decision = if case.ends_with("/cancelled") { Decision::Deny } else { Decision::Allow };
    let back: Url = kakao.emulator.approve(&url, "me", &decision).unwrap();
    let location = match parameter(&back, "code") {
        Some(code) => back.as_str().replace(&code, "AUTHORIZATION_CODE"),
        None => back.to_string(),
    };
    assert_eq!(location, sample["response"]["headers"]["location"].as_str().unwrap(), "{case}");
}

fn check_answer(case: &str, sample: &Value, answer: &Answer, names: &Names) {
    let expected = &sample["response"];
    assert_eq!(answer.status.as_u16(), expected["status"], "{case}: {}", answer.body);
    if expected.get("body").is_some() && expected["headers"].get("content-type").is_none() {
        assert_eq!(answer.headers["content-type"], "application/json;charset=UTF-8", "{case}");
    }
    for (name, value) in expected["headers"].as_object().into_iter().flatten() {
        assert_eq!(answer.headers[name.as_str()], *value.as_str().unwrap(), "{case}: {name}");
    }
    if expected.get("body").is_none() {
        assert_eq!(answer.body, "", "{case}");
    } else if answer.status.is_success() {
        // A sample of a person's data shows a part of it.
        check_shape(case, &expected["body"], &answer.body, case.starts_with("user_me/"));
    } else {
        let body = in_this_world(&expected["body"].to_string(), names);
        assert_eq!(answer.body, serde_json::from_str::<Value>(&body).unwrap(), "{case}");
    }
}

/// The same fields of the same JSON types, whatever the values.
fn check_shape(place: &str, expected: &Value, given: &Value, may_say_more: bool) {
    match (expected, given) {
        (Value::Object(expected), Value::Object(given)) => {
            let fields = |object: &Map<String, Value>| object.keys().cloned().collect::<BTreeSet<String>>();
            let missing: Vec<String> = fields(expected).difference(&fields(given)).cloned().collect();
            assert!(missing.is_empty(), "{place}: {missing:?} missing in {given:?}");
            assert!(may_say_more || fields(expected) == fields(given), "{place}: {given:?}");
            for (name, value) in expected {
                check_shape(&format!("{place}.{name}"), value, &given[name], may_say_more);
            }
        }
        (Value::Array(expected), Value::Array(given)) => {
            assert_eq!(expected.len(), given.len(), "{place}");
            for (expected, given) in expected.iter().zip(given) {
                check_shape(place, expected, given, may_say_more);
            }
        }
        _ => assert_eq!(std::mem::discriminant(expected), std::mem::discriminant(given), "{place}: {given}"),
    }
}

pub(crate) fn samples() -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../contract");
    let mut samples = Vec::new();
    for endpoint in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if !endpoint.file_type().unwrap().is_dir() {
            continue;
        }
        for case in std::fs::read_dir(endpoint.path()).unwrap().map(Result::unwrap) {
            let sample = serde_json::from_slice(&std::fs::read(case.path()).unwrap()).unwrap();
            let (endpoint, file) = (endpoint.file_name(), case.path());
            let name = file.file_stem().unwrap().to_str().unwrap();
            samples.push((format!("{}/{name}", endpoint.to_str().unwrap()), sample));
        }
    }
    assert!(samples.len() > LEFT_OUT.len());
    samples
}

#[tokio::test]
async fn every_sample_is_answered_as_it_says() {
    for (case, sample) in samples() {
        if LEFT_OUT.iter().any(|(left_out, _)| *left_out == case) {
            continue;
        }
        let (kakao, names) = scene(&case, &sample).await;
        if case.starts_with("oauth_authorize/") {
            check_authorize(&case, &sample, &kakao, &names);
        } else {
            check_answer(&case, &sample, &send(&kakao, &sample, &names).await, &names);
        }
    }
}

#[test]
fn what_is_left_out_is_there_to_be_left_out() {
    let cases: BTreeSet<String> = samples().into_iter().map(|(case, _)| case).collect();
    for (case, why) in LEFT_OUT {
        assert!(cases.contains(*case), "{case} ({why}) is no sample");
    }
}
