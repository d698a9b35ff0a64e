//! What to do about a delivery, in words and as a button reads it.

use katok_client::{KakaoCode, ScopeSet, codes};
use serde_json::{Value, json};

use super::outcome::SIGN_IN_AGAIN;
use super::policy::ABANDONED;
use super::state::State;
use crate::sentence::{Sentence, explain_missing_consent, explain_unconfirmed};
use crate::store::{KeptDelivery, KeptMessage};

/// What its sender can do about a delivery; nothing about those that need nothing.
pub(crate) fn remedy(message: &KeptMessage, delivery: &KeptDelivery) -> Option<Value> {
    let (action, sentence) = action(message, delivery)?;
    let mut remedy = json!({"action": action, "ko": sentence.ko, "en": sentence.en});
    if action == "ask_consent" {
        remedy["href"] = format!("/consent/{}", message.id).into();
    }
    Some(remedy)
}

/// Why a delivery is where it is, and what helps, in words alone.
pub(crate) fn why(message: &KeptMessage, delivery: &KeptDelivery) -> Option<Sentence> {
    action(message, delivery).map(|(_, sentence)| sentence)
}

/// Whether a code says that a quota is used up which is full again the next day.
pub(super) fn is_of_a_day(code: &str) -> bool {
    matches!(code, "-10" | "-532" | "-533" | "-536")
}

fn action(message: &KeptMessage, delivery: &KeptDelivery) -> Option<(&'static str, Sentence)> {
    let code = delivery.code.as_deref();
    Some(match delivery.state {
        State::Delivered | State::Cancelled | State::Sending | State::Scheduled => return None,
        State::Queued if code.is_none() => return None,
        State::Queued => ("wait", explain_code(code?)),
        State::WaitingConsent => ("ask_consent", explain_consent(message, code)),
        State::WaitingQuota => ("wait_for_quota", explain_code(code?)),
        State::Unconfirmed if code == Some(ABANDONED) => ("check_first", explain_abandoned()),
        State::Unconfirmed => ("check_first", explain_unconfirmed()),
        State::Refused => ("resend", explain_code(code?)),
        State::Expired => ("resend", explain_expired(code)),
    })
}

/// What a code of Kakao's or ours means for a message.
pub(crate) fn explain_code(code: &str) -> Sentence {
    let ours = |ko: &str, en: &str| Sentence::new(ko, en);
    match code {
        SIGN_IN_AGAIN => ours(
            "카카오 로그인이 끝났습니다. 다시 로그인하면 보냅니다.",
            "The login at Kakao has ended. The message is sent when you sign in again.",
        ),
        "not_reached" => ours(
            "카카오에 연결하지 못했습니다. 아무것도 보내지 않았습니다.",
            "Kakao could not be reached. Nothing was sent.",
        ),
        "no_answer" => ours("카카오가 제때 답하지 않았습니다.", "Kakao did not answer in time."),
        "unreadable_answer" => ours(
            "카카오의 답을 읽을 수 없습니다. 중간의 프록시나 장애 페이지일 수 있습니다.",
            "Kakao's answer could not be read; a proxy or an outage page may be in between.",
        ),
        "storage" | "busy" => ours(
            "katok이 토큰을 제때 읽지 못해 카카오에 요청하지 않았습니다.",
            "katok could not read the tokens in time, so Kakao was not asked.",
        ),
        "unreadable" => ours(
            "보관한 내용을 읽을 수 없습니다. 다시 써서 보내세요.",
            "What was kept cannot be read. Write it again.",
        ),
        code => match KakaoCode::parse(code).and_then(|code| codes::explain(&code)) {
            Some(explanation) => explanation.into(),
            None => Sentence::new(
                format!("카카오가 거절했습니다. ({code})"),
                format!("Kakao refused it. ({code})"),
            ),
        },
    }
}

fn explain_consent(message: &KeptMessage, code: Option<&str>) -> Sentence {
    match &message.scopes {
        Some(scopes) if !scopes.is_empty() => explain_missing_consent(&ScopeSet::parse(scopes)),
        _ => explain_code(code.unwrap_or(SIGN_IN_AGAIN)),
    }
}

fn explain_abandoned() -> Sentence {
    Sentence::new(
        "보내는 중에 게이트웨이가 멈췄습니다. 메시지가 갔을 수도 있으니 대화방을 먼저 확인하세요.",
        "The gateway stopped while sending. The message may have arrived: look in the chat room before sending again.",
    )
}

fn explain_expired(code: Option<&str>) -> Sentence {
    let why = code.map(explain_code);
    let (ko, en) =
        why.map_or((String::new(), String::new()), |why| (format!(" {}", why.ko), format!(" {}", why.en)));
    Sentence::new(
        format!("보낼 수 있는 시간이 지나 보내지 않았습니다.{ko}"),
        format!("Its time ran out, so it was not sent.{en}"),
    )
}
