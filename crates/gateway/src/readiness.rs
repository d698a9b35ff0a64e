//! Whether a gateway can work: database, vault, Kakao.

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::app::App;
use crate::seal::Purpose;
use crate::store::StoreError;

/// How long an answer about Kakao serves, so that whoever asks us often does not ask Kakao often.
const SERVES: SignedDuration = SignedDuration::from_secs(10);
/// Whoever asks waits for it: not long.
const PATIENCE: Duration = Duration::from_secs(2);
/// The same for every app, without a key, and nothing that Kakao counts.
const ASKED: &str = "/.well-known/openid-configuration";

/// What was last seen of Kakao; while somebody looks, the others wait for what is seen.
#[derive(Default)]
pub(crate) struct LastSeen(Mutex<Option<(Timestamp, KakaoIs)>>);

/// How Kakao's sign-in host answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KakaoIs {
    Reachable,
    /// It answers that it has trouble itself.
    Failing,
    Unreachable,
}

/// What was found of each.
pub(crate) struct Readiness {
    pub(crate) database: Result<(), StoreError>,
    pub(crate) vault: bool,
    pub(crate) kakao: KakaoIs,
}

/// Looks at everything that a request needs.
pub(crate) async fn look(app: &App) -> Readiness {
    let (database, kakao) = tokio::join!(app.store.ping(), kakao(app));
    Readiness { database, vault: vault(app), kakao }
}

/// What is sealed now opens again.
fn vault(app: &App) -> bool {
    let sealed = app.vault.seal(Purpose::Check, b"ready");
    app.vault.open(Purpose::Check, &sealed).is_ok_and(|opened| *opened == b"ready")
}

async fn kakao(app: &App) -> KakaoIs {
    let mut seen = app.kakao_last_seen.0.lock().await;
    let now = app.clock.now();
    if let Some((at, kakao)) = *seen
        && now.duration_since(at).abs() < SERVES
    {
        return kakao;
    }
    let kakao = ask(app).await;
    *seen = Some((now, kakao));
    kakao
}

async fn ask(app: &App) -> KakaoIs {
    let base = app.settings.kakao.auth_base_url.as_str().trim_end_matches('/');
    let Ok(request) = Request::get(format!("{base}{ASKED}")).body(Bytes::new()) else {
        return KakaoIs::Unreachable;
    };
    match timeout(PATIENCE, app.client.transport().send(request)).await {
        Ok(Ok(reply)) if reply.status().is_server_error() => KakaoIs::Failing,
        Ok(Ok(_)) => KakaoIs::Reachable,
        Ok(Err(_)) | Err(_) => KakaoIs::Unreachable,
    }
}
