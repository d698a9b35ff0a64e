//! What passes through the client's hands leaves no trace in a log or an error.

use std::io;
use std::sync::{Arc, Mutex};

use katok_client::{
    AccessToken, AdminKey, AuthorizationCode, ExchangeCode, KakaoUserId, Link, ListUserIds, Me, RawCall,
    RefreshToken, SendToMe, Text, Unlink,
};
#[cfg(feature = "oidc")]
use katok_client::{GetIdTokenInfo, IdToken};
use serde_json::json;
use tracing::level_filters::LevelFilter;
use url::Url;

use crate::alone::is_alone;
use crate::kakao::{Answer, Kakao};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn nothing_secret_is_logged_at_any_level_or_quoted_in_an_error() {
    // Other tests in this process would decide for `tracing` which places are worth a log line.
    if !is_alone("secrecy::nothing_secret_is_logged_at_any_level_or_quoted_in_an_error", &[]) {
        return;
    }
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);

    // A server that hands everything it was given back, as KOE320 does with the code.
    let kakao = Kakao::start(|request| {
        let heard = format!("{} {}", request.head, request.body);
        let values = url::form_urlencoded::parse(heard.as_bytes()).map(|(_, value)| value).collect::<String>();
        let heard = format!("{heard} {values}");
        Answer::Json(
            400,
            json!({"code": -2, "msg": heard, "api_type": heard, "error": heard, "error_description": heard, "error_code": heard}),
        )
    })
    .await;
    let client = kakao.client();
    let admin = client.admin(AdminKey::new("SECRET_ADMIN_KEY"));
    let token = AccessToken::new("SECRET_ACCESS_TOKEN");
    let exchange = ExchangeCode {
        redirect_uri: "https://svc.example/cb".parse().unwrap(),
        code: AuthorizationCode::new("SECRET_CODE"),
        code_verifier: Some(katok_client::CodeVerifier::new("SECRET_VERIFIER")),
    };
    let link = Link::web(&Url::parse("https://svc.example/").unwrap());
    let message = SendToMe::new(Text::new("SECRET_WORDS", link).unwrap());
    let errors = [
        client.exchange_code(&exchange).await.unwrap_err(),
        client.refresh(&RefreshToken::new("SECRET_REFRESH_TOKEN")).await.unwrap_err(),
        client.call(&Me, &token).await.unwrap_err(),
        client.call_raw(&RawCall::get("/v9/new"), &token).await.unwrap_err(),
        admin.call_for(KakaoUserId::new(1), &Unlink).await.unwrap_err(),
        admin.call(&ListUserIds::new()).await.unwrap_err(),
        #[cfg(feature = "oidc")]
        client.call_as_app(&GetIdTokenInfo::new(IdToken::new("SECRET_ID_TOKEN"))).await.unwrap_err(),
    ];
    client.call(&message, &token).await.unwrap_err();

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("kakao.request"), "the test hears nothing: {log}");
    for secret in ["SECRET", "REST_API_KEY"] {
        assert!(!log.contains(secret), "{log}");
        for error in &errors {
            let text = format!("{error} {error:?} {client:?} {admin:?} {exchange:?}");
            assert!(!text.contains(secret), "{text}");
        }
    }
}
