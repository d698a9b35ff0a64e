//! What is said of a message to its person, in words.

use jiff::Timestamp;
use katok_client::{KakaoCode, codes};

use super::{SIGN_IN_AGAIN, UNREADABLE};
use crate::sentence::{Sentence, explain_missing_consent, explain_unconfirmed};
use crate::store::{ActionState, StoredAction};

/// What to say of a message to its person.
pub(crate) struct Told {
    pub(crate) title: &'static str,
    pub(crate) sentence: Sentence,
    pub(crate) is_good: bool,
    /// Where to agree, if that is what it waits for.
    pub(crate) consent: Option<String>,
    /// Whether it is worth looking again in a moment.
    pub(crate) is_under_way: bool,
}

/// Says in words what became of a message.
pub(crate) fn tell(action: &StoredAction, now: Timestamp) -> Told {
    let told = |title, sentence| Told { title, sentence, is_good: false, consent: None, is_under_way: false };
    match &action.state {
        ActionState::Waiting(scopes) => {
            let waits = explain_missing_consent(scopes);
            let minutes = action.expires_at.duration_since(now).as_mins() + 1;
            let sentence = Sentence::new(
                format!("메시지를 아직 보내지 않았습니다. {} 앞으로 {minutes}분 동안 기다립니다.", waits.ko),
                format!("The message is not sent yet. {} It waits for another {minutes} min.", waits.en),
            );
            Told {
                consent: Some(format!("/consent/{}", action.id)), ..told("동의를 기다립니다", sentence)
            }
        }
        ActionState::Doing => {
            let sentence = Sentence::new(
                "메시지를 보내는 중입니다. 잠시 뒤 이 페이지에서 결과를 보여 줍니다.",
                "The message is being sent. This page shows in a moment what became of it.",
            );
            Told { is_under_way: true, ..told("보내는 중입니다", sentence) }
        }
        ActionState::Done { delivered, code } => tell_done(action.receivers, *delivered, code.as_deref()),
        ActionState::Failed { code } => {
            let why = explain_code(code);
            let sentence = Sentence::new(
                format!("메시지를 보내지 않았습니다. {}", why.ko),
                format!("The message was not sent. {}", why.en),
            );
            told("보내지 못했습니다", sentence)
        }
        ActionState::Unconfirmed => told("보냈는지 알 수 없습니다", explain_unconfirmed()),
    }
}

fn tell_done(receivers: usize, delivered: usize, code: Option<&str>) -> Told {
    let (title, sentence) = match (receivers, code) {
        (0, _) => (
            "보냈습니다",
            Sentence::new("나와의 채팅으로 메시지를 보냈습니다.", "The message was sent to your own chat."),
        ),
        (_, Some(code)) => {
            let why = explain_code(code);
            (
                "일부에게만 보냈습니다",
                Sentence::new(
                    format!("친구 {receivers}명 중 {delivered}명에게 보냈습니다. {} ({code})", why.ko),
                    format!("Sent to {delivered} of {receivers} friends. {} ({code})", why.en),
                ),
            )
        }
        _ if delivered < receivers => (
            "보냈는지 알 수 없습니다",
            Sentence::new(
                format!(
                    "친구 {delivered}명에게 보냈지만 나머지는 받았는지 알 수 없습니다. 대화방을 먼저 확인하세요."
                ),
                format!(
                    "Sent to {delivered} friends; for the others it is not known. Look in the chat rooms first."
                ),
            ),
        ),
        _ => (
            "보냈습니다",
            Sentence::new(
                format!("친구 {delivered}명에게 메시지를 보냈습니다."),
                format!("The message was sent to {delivered} friend(s)."),
            ),
        ),
    };
    let is_good = code.is_none() && delivered >= receivers;
    Told { title, sentence, is_good, consent: None, is_under_way: false }
}

fn explain_code(code: &str) -> Sentence {
    match code {
        SIGN_IN_AGAIN => Sentence::new(
            "카카오 로그인이 끝났습니다. 다시 로그인하고 다시 보내세요.",
            "The login at Kakao has ended. Sign in and send it again.",
        ),
        UNREADABLE => Sentence::new(
            "보관한 내용을 읽을 수 없습니다. 다시 보내세요.",
            "What was kept cannot be read. Send it again.",
        ),
        code => match KakaoCode::parse(code).and_then(|code| codes::explain(&code)) {
            Some(explanation) => explanation.into(),
            None => Sentence::new(
                "카카오에 요청하지 못했습니다. 잠시 뒤 다시 보내세요.",
                "Kakao could not be asked. Send it again in a moment.",
            ),
        },
    }
}
