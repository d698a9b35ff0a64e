//! Webhooks as the emulator sends them, to a service that listens on this machine.

use std::sync::{Arc, Mutex};

use http::request::Parts;
use http::{Request, StatusCode};
use katok_client::{AdminKey, KakaoUserId, UnlinkNotice, UnlinkReason, UnlinkWebhook, UnlinkWebhookError};
use katok_emulator::{Emulator, Options, Seed};
use serde_json::{Value, json};

use crate::kakao::{Answer, Kakao, Received};
use crate::service::ADMIN_KEY;

/// The emulator, which sends this webhook of the built-in app to this address.
async fn emulator(webhook: &str, settings: Value) -> Emulator {
    let mut seed = serde_json::to_value(Seed::built_in()).unwrap();
    seed["apps"][0]["webhooks"] = json!({webhook: settings});
    let seed = Seed::parse(&seed.to_string()).unwrap();
    Emulator::start(Options { seed, ..Options::default() }).await.unwrap()
}

/// Has a webhook sent now; answers what the emulator noted about it.
async fn send(emulator: &Emulator, webhook: Value) -> Value {
    let http = reqwest::Client::builder().tls_certs_only([]).no_proxy().build().unwrap();
    let url = emulator.base_url().join("/_emulator/v1/webhooks").unwrap();
    http.post(url).json(&webhook).send().await.unwrap().json().await.unwrap()
}

/// The head of a request, as a web server hands it over.
fn parts(received: &Received) -> Parts {
    let mut lines = received.head.lines();
    let mut first = lines.next().unwrap().split(' ');
    let mut request = Request::builder().method(first.next().unwrap()).uri(first.next().unwrap());
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        request = request.header(name, value);
    }
    request.body(()).unwrap().into_parts().0
}

/// A service that answers as its webhook says, and keeps what it heard.
async fn service(
    webhook: UnlinkWebhook,
) -> (Kakao, Arc<Mutex<Vec<Result<UnlinkNotice, UnlinkWebhookError>>>>) {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let service = Kakao::start({
        let heard = heard.clone();
        move |received| {
            let notice = webhook.receive(&parts(received), received.body.as_bytes());
            let status = notice.as_ref().map_or_else(UnlinkWebhookError::status, |_| StatusCode::OK);
            heard.lock().unwrap().push(notice);
            Answer::Page(status.as_u16(), "text/plain", String::new())
        }
    })
    .await;
    (service, heard)
}

fn unlink(reason: &str) -> Value {
    json!({"type": "unlink", "app": "demo", "person": "ryan", "referrer_type": reason})
}

#[tokio::test]
async fn an_unlink_is_heard_by_get_and_by_post() {
    for method in ["GET", "POST"] {
        let webhook = UnlinkWebhook::new(AdminKey::new(ADMIN_KEY)).app_id("1000001");
        let (service, heard) = service(webhook).await;
        let emulator =
            emulator("unlink", json!({"url": service.url().join("/unlink").unwrap(), "method": method}))
                .await;
        assert_eq!(send(&emulator, unlink("ACCOUNT_DELETE")).await["status"], 200);
        assert!(service.received()[0].is(&format!("{method} /unlink")));
        let notice = heard.lock().unwrap().pop().unwrap().unwrap();
        assert_eq!(notice.user_id, KakaoUserId::new(emulator.world().people[0].user_ids["demo"]));
        assert_eq!((notice.app_id.as_str(), notice.referrer_type), ("1000001", UnlinkReason::AccountDelete));
    }
}

#[tokio::test]
async fn an_unlink_for_another_key_or_app_is_refused() {
    let ours = AdminKey::new(ADMIN_KEY);
    for (webhook, status) in [
        (UnlinkWebhook::new(AdminKey::new("another")), 401),
        (UnlinkWebhook::new(ours).app_id("1000002"), 403),
    ] {
        let (service, _) = service(webhook).await;
        let emulator = emulator("unlink", json!({"url": service.url()})).await;
        assert_eq!(send(&emulator, unlink("UNLINK_FROM_APPS")).await["status"], status);
    }
}

#[cfg(feature = "oidc")]
mod account_status {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use katok_client::{
        AccessToken, AccountEventKind, AccountStatusError, AccountStatusWebhook, Client, IdToken,
        IdTokenError, IdTokenVerifier, RestApiKey, Retries, SignedTokenError, Unlink,
    };
    use tokio::sync::mpsc;

    use super::*;
    use crate::kakao::client_at;
    use crate::service;

    /// A service's address, the emulator that tells it of accounts, and the client of the service.
    struct Desk {
        service: Kakao,
        emulator: Emulator,
        client: Client,
    }

    impl Desk {
        async fn new() -> Self {
            let service = Kakao::start(|_| Answer::Page(202, "text/plain", String::new())).await;
            let emulator = emulator("account_status", json!({"url": service.url()})).await;
            let client = service::builder(&emulator).build().unwrap();
            Self { service, emulator, client }
        }

        /// What the service is sent about this event.
        async fn told(&self, event: &str, reason: Option<&str>) -> String {
            let sent = json!({"type": "account_status", "app": "demo", "person": "ryan", "event": event, "reason": reason});
            assert_eq!(send(&self.emulator, sent).await["status"], 202);
            self.service.received().pop().unwrap().body
        }
    }

    #[tokio::test]
    async fn every_event_of_kakaos_is_believed_and_known() {
        let desk = Desk::new().await;
        let webhook = AccountStatusWebhook::new(&desk.client);
        let user = KakaoUserId::new(desk.emulator.world().people[0].user_ids["demo"]);
        let farewells = ["user-unlinked", "account-purged"];
        let mut names = vec![];
        for event in [
            "user-linked",
            "user-unlinked",
            "user-scope-consent",
            "user-scope-withdraw",
            "tokens-revoked",
            "token-issued",
            "token-revoked",
            "account-purged",
            "account-disabled",
            "account-enabled",
            "account-credential-change-required",
            "credential-compromise",
            "identifier-changed",
            "identifier-recycled",
            "sessions-revoked",
            "assurance-level-change",
            "credential-change",
            "user-profile-changed",
        ] {
            let body = desk.told(event, None).await;
            let event_told = webhook.receive(body.as_bytes()).await.unwrap();
            assert_eq!((event_told.sub, event_told.events.len()), (user, 1));
            assert!(!matches!(event_told.events[0].kind, AccountEventKind::Unknown(_)), "{event}");
            assert_eq!(event_told.user_has_left(), farewells.contains(&event), "{event}");
            assert!(!names.contains(&event_told.jti), "each has its own name");
            names.push(event_told.jti);
        }
    }

    #[tokio::test]
    async fn what_happens_is_told_by_itself_with_its_reason() {
        let (tell, mut told) = mpsc::unbounded_channel();
        let service = Kakao::start(move |received| {
            tell.send(received.body.clone()).unwrap();
            Answer::Page(202, "text/plain", String::new())
        })
        .await;
        let emulator = emulator("account_status", json!({"url": service.url()})).await;
        let client = service::builder(&emulator).build().unwrap();
        let token = emulator.sign_in("demo", "ryan", &[]).await.unwrap().access_token;
        client.call(&Unlink, &AccessToken::new(token)).await.unwrap();
        let webhook = AccountStatusWebhook::new(&client);
        loop {
            let event = webhook.receive(told.recv().await.unwrap().as_bytes()).await.unwrap();
            if event.user_has_left() {
                assert_eq!(event.events[0].reason, Some(UnlinkReason::UnlinkFromService));
                return;
            }
        }
    }

    /// What is answered to this body.
    async fn refusal(webhook: &AccountStatusWebhook, body: &str) -> (AccountStatusError, Value) {
        let error = webhook.receive(body.as_bytes()).await.unwrap_err();
        let response = error.response();
        assert_eq!(response.status().as_u16(), 400);
        assert_eq!(response.headers()["content-type"], "application/json");
        let answer = serde_json::from_slice(response.body()).unwrap();
        (error, answer)
    }

    #[tokio::test]
    async fn what_is_not_kakaos_is_refused_in_the_words_of_rfc_8935() {
        let desk = Desk::new().await;
        let webhook = AccountStatusWebhook::new(&desk.client);
        let body = desk.told("user-unlinked", Some("UNLINK_FROM_APPS")).await;
        assert!(webhook.receive(body.as_bytes()).await.unwrap().user_has_left());

        let mut parts: Vec<_> = body.split('.').collect();
        let mut claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
        claims["sub"] = json!("1");
        let forged = URL_SAFE_NO_PAD.encode(claims.to_string());
        parts[1] = &forged;
        let (error, answer) = refusal(&webhook, &parts.join(".")).await;
        assert!(matches!(error, AccountStatusError::Untrusted(SignedTokenError::Signature)), "{error}");
        assert_eq!(answer["err"], "invalid_key");

        let other = AccountStatusWebhook::new(&desk.client).issuer("https://other.example");
        assert_eq!(refusal(&other, &body).await.1["err"], "invalid_issuer");

        let other = Client::builder(RestApiKey::new("another"));
        let other = other.auth_base_url(desk.emulator.base_url()).build().unwrap();
        assert_eq!(refusal(&AccountStatusWebhook::new(&other), &body).await.1["err"], "invalid_audience");

        for nonsense in ["", "{}", "app_id=1"] {
            let (_, answer) = refusal(&webhook, nonsense).await;
            assert_eq!(answer["err"], "invalid_request");
            assert!(!answer["description"].as_str().unwrap().is_empty());
        }
        assert!(matches!(webhook.receive(b"\xff").await, Err(AccountStatusError::NotText)));
    }

    #[tokio::test]
    async fn an_id_token_is_no_event_and_an_event_no_id_token() {
        let desk = Desk::new().await;
        let id_token = desk.emulator.sign_in("demo", "ryan", &[]).await.unwrap().id_token.unwrap();
        let issuer = desk.emulator.base_url().as_str().trim_end_matches('/').to_owned();
        let webhook = AccountStatusWebhook::new(&desk.client).issuer(issuer);
        let error = webhook.receive(id_token.as_bytes()).await.unwrap_err();
        assert!(matches!(error, AccountStatusError::Untrusted(SignedTokenError::Type)), "{error}");

        let event = IdToken::new(desk.told("user-linked", None).await);
        let verifier = IdTokenVerifier::new(&desk.client).issuer("https://kauth.kakao.com");
        let error = verifier.verify(&event, None).await.unwrap_err();
        assert!(matches!(error, IdTokenError::Untrusted(SignedTokenError::Type)), "{error}");
    }

    #[tokio::test]
    async fn while_there_are_no_keys_kakao_is_asked_to_come_again() {
        let desk = Desk::new().await;
        let body = desk.told("account-purged", None).await;
        let nowhere = Kakao::start(|_| Answer::Page(503, "text/html", String::new())).await;
        let client = client_at(&nowhere.url()).retries(Retries::NONE).build().unwrap();
        let error = AccountStatusWebhook::new(&client).receive(body.as_bytes()).await.unwrap_err();
        assert_eq!(error.response().status().as_u16(), 503);
    }
}
