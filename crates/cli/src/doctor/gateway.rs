//! The gateway that messages go through, where one is set, and what is left of the day's quota there.

use http::StatusCode;
use katok_gateway::Sentence;
use serde_json::Value;

use super::{Check, PATIENCE, reach};
use crate::failure::Exit;
use crate::gateway_api::GatewayApi;
use crate::printable::printable;

/// The gateway of the settings and its API key.
pub(crate) async fn checks(gateway: &GatewayApi) -> Vec<Check> {
    let url = gateway.url();
    let place = url.origin().ascii_serialization();
    let Some(health) = gateway.look("/healthz", PATIENCE).await else {
        let remedy = Sentence::new(
            "그 컴퓨터에서 katok up이 실행 중인지 확인하세요.",
            "See that katok up runs there.",
        );
        let check = reach::no_answer("gateway", url).await;
        return vec![Check { remedy: check.remedy.clone().or(Some(remedy)), ..check }];
    };
    let (_, health) = health;
    if health["status"] != "ok" {
        return vec![
            Check::failed(
                "gateway",
                Exit::Usage,
                format!("{place}: katok 게이트웨이가 아닌 누군가가 답합니다."),
                format!("{place}: somebody answers who is no gateway of katok's."),
            )
            .remedy("KATOK_GATEWAY_URL 값을 확인하세요.", "Check KATOK_GATEWAY_URL."),
        ];
    }
    let word = |name: &str| printable(health[name].as_str().unwrap_or("?"));
    let (version, kakao) = (word("version"), word("kakao"));
    let fine = Check::fine(
        "gateway",
        format!("{place}: 게이트웨이가 답합니다(katok {version}, {kakao})."),
        format!("{place}: the gateway answers (katok {version}, {kakao})."),
    );
    vec![fine, quota(gateway.look("/v1/quota", PATIENCE).await, &place)]
}

fn quota(answer: Option<(StatusCode, Value)>, place: &str) -> Check {
    let unknown = |ko: &str, en: &str| Check::skipped("quota", ko, en);
    match answer {
        Some((StatusCode::OK, forecast)) => {
            let of = |who: &str| (forecast[who]["left"].as_i64(), forecast[who]["limit"].as_i64());
            let ((Some(left), Some(limit)), (Some(of_app), _)) = (of("sender"), of("app")) else {
                return unknown("쿼터: 답을 읽을 수 없습니다.", "Quota: the answer makes no sense.");
            };
            let ko = format!("오늘 {limit}건 중 {left}건을 더 보낼 수 있고, 앱에는 {of_app}건이 남았습니다.");
            let en = format!("{left} of today's {limit} messages are left, and {of_app} of the app's.");
            if left > 0 && of_app > 0 {
                Check::fine("quota", ko, en)
            } else {
                Check::warning("quota", ko, en).remedy(
                    "한국 시각으로 내일 0시에 다시 찹니다.",
                    "It is filled again at midnight in Korea.",
                )
            }
        }
        Some((StatusCode::UNAUTHORIZED, _)) => Check::failed(
            "api_key",
            Exit::SignInNeeded,
            "게이트웨이가 KATOK_API_KEY를 받지 않습니다. 취소되었거나 다른 게이트웨이의 키입니다.",
            "The gateway does not take KATOK_API_KEY: it is revoked, or of another gateway.",
        )
        .remedy(
            format!("{place}/account에서 새 API 키를 만드세요."),
            format!("Make a new API key at {place}/account."),
        ),
        Some((StatusCode::FORBIDDEN, _)) => unknown(
            "쿼터: 보내기만 하는 API 키로는 볼 수 없습니다.",
            "Quota: an API key that only sends cannot see it.",
        ),
        _ => unknown("쿼터: 게이트웨이가 답하지 않았습니다.", "Quota: the gateway did not answer."),
    }
}
