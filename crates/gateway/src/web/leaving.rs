//! `/unlink`: what somebody hears who leaves.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum_extra::extract::CookieJar;
use serde_json::{Value, json};

use super::cookies;
use super::refusal::Refusal;
use super::signed_in::Acting;
use super::to_its_end;
use crate::app::App;
use crate::sentence::Sentence;
use crate::session::Session;
use crate::store::UnlinkState;
use crate::unlink::{self, Unlinked};

/// `GET|POST /unlink`: Kakao's answer when it has confirmed, 202 when it will be asked again; always a receipt.
pub(super) async fn unlink(
    State(app): State<Arc<App>>,
    Acting(session): Acting,
    jar: CookieJar,
) -> Result<(StatusCode, CookieJar, Json<Value>), Refusal> {
    let (unlinked, jar) = leave(&app, session, jar).await?;
    let status = match unlinked.receipt.state {
        UnlinkState::Pending => StatusCode::ACCEPTED,
        _ => StatusCode::OK,
    };
    let mut answer = unlinked.kakao.filter(Value::is_object).unwrap_or_else(|| json!({"id": unlinked.user}));
    answer["receipt"] = json!(unlinked.receipt);
    if let Some((action, sentence)) = advice(unlinked.receipt.state) {
        answer["remedy"] = json!({"action": action, "ko": sentence.ko, "en": sentence.en});
    }
    Ok((status, jar, Json(answer)))
}

/// Unlinks to the end, whether or not somebody waits for it, and signs the browser out.
pub(super) async fn leave(
    app: &Arc<App>,
    session: Session,
    jar: CookieJar,
) -> Result<(Unlinked, CookieJar), Refusal> {
    let working = app.clone();
    let unlinked =
        to_its_end(app, async move { unlink::by_person(&working, &session.account).await }).await?;
    Ok((unlinked, cookies::clear_session(jar, &app.settings.public_url)))
}

/// What somebody should know who wanted to leave, if Kakao has not confirmed it.
pub(super) fn advice(state: UnlinkState) -> Option<(&'static str, Sentence)> {
    match state {
        UnlinkState::Pending => Some((
            "wait",
            Sentence::new(
                "로그아웃했고 여기에 있던 정보를 지웠습니다. 카카오가 아직 답하지 않아, 연결이 끊길 때까지 카카오에 계속 요청합니다. 그 전에 다시 로그인하면 취소됩니다.",
                "You are signed out and your data here is deleted. Kakao has not answered yet: it is asked again until the link is gone. Signing in before that cancels it.",
            ),
        )),
        UnlinkState::Unconfirmed => Some((
            "disconnect_at_kakao",
            Sentence::new(
                "여기에 있던 정보를 모두 지웠습니다. 카카오가 이 로그인의 토큰을 더는 받지 않아 연결을 끊어 달라고 요청하지는 못했습니다. 카카오톡이나 카카오계정의 연결된 서비스 관리에서 이 앱이 남아 있으면 연결을 끊으세요.",
                "Your data here is all deleted. Kakao no longer takes this login's tokens, so it could not be asked to unlink. If this app still stands among the connected services of your Kakao Account, on its page or in KakaoTalk, disconnect it there.",
            ),
        )),
        UnlinkState::Confirmed | UnlinkState::Cancelled => None,
    }
}
