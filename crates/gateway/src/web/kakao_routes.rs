//! `/kakao/…`: what Kakao tells of its own accord, which wants to hear within three seconds that it was heard.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use katok_client::{AccountStatusWebhook, UnlinkWebhook};
use tokio::time::timeout;

use super::to_its_end;
use crate::app::App;
use crate::store::StoreError;
use crate::unlink;

/// How long something may take before Kakao is told to come again.
const PATIENCE: Duration = Duration::from_secs(2);

/// Kakao sends a few kilobytes at most.
const LARGEST: usize = 64 * 1024;

/// `GET|POST /kakao/unlink`: somebody has left at Kakao's side.
pub(super) async fn unlink(State(app): State<Arc<App>>, request: Request) -> Response {
    let Some(admin_key) = app.settings.kakao.keys.admin_key.clone() else {
        let help = "연결 해제 웹훅을 받으려면 KAKAO_ADMIN_KEY에 앱의 대표 어드민 키를 설정하세요. \
                    Set KAKAO_ADMIN_KEY to the app's primary admin key to take unlink webhooks.";
        tracing::error!(help, "webhook.unlink.no_admin_key");
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let told = async {
        let (parts, body) = request.into_parts();
        let Some(body) = read(body).await else { return StatusCode::PAYLOAD_TOO_LARGE.into_response() };
        match UnlinkWebhook::new(admin_key).receive(&parts, &body) {
            Ok(notice) => {
                let working = app.clone();
                let record = async move { unlink::told_by_webhook(&working, notice.user_id).await };
                heard(to_its_end(&app, record).await, StatusCode::OK.into_response())
            }
            Err(error) => {
                tracing::warn!(%error, "webhook.unlink.not_believed");
                error.status().into_response()
            }
        }
    };
    in_time(told).await
}

/// `POST /kakao/account-status`: a security event (RFC 8935).
pub(super) async fn account_status(State(app): State<Arc<App>>, request: Request) -> Response {
    let told = async {
        let Some(body) = read(request.into_body()).await else {
            return StatusCode::PAYLOAD_TOO_LARGE.into_response();
        };
        let webhook = AccountStatusWebhook::new(&app.client).max_age(unlink::EVENT_MAX_AGE);
        match webhook.receive(&body).await {
            Ok(event) => {
                let working = app.clone();
                let record = async move { unlink::told_by_event(&working, &event).await };
                heard(to_its_end(&app, record).await, AccountStatusWebhook::accepted().map(Body::from))
            }
            Err(error) => {
                tracing::warn!(%error, "webhook.account_status.not_believed");
                error.response().map(Body::from)
            }
        }
    };
    in_time(told).await
}

async fn read(body: Body) -> Option<Bytes> {
    to_bytes(body, LARGEST).await.ok()
}

/// What was not recorded was not heard, although the documents want 200 to an unlink in any case: then nobody would
/// ever tell us again, and what we hold of the person would stay.
fn heard(recorded: Result<(), StoreError>, answer: Response) -> Response {
    recorded.map_or_else(
        |error| {
            tracing::error!(%error, "webhook.not_recorded");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        },
        |()| answer,
    )
}

/// Whatever is under way goes on, so that the next attempt finds it done.
async fn in_time(told: impl Future<Output = Response>) -> Response {
    timeout(PATIENCE, told).await.unwrap_or_else(|_| {
        tracing::error!("webhook.not_in_time");
        StatusCode::SERVICE_UNAVAILABLE.into_response()
    })
}
