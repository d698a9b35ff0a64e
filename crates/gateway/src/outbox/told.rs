//! What is said of a message to its person, in words.

use katok_client::ScopeSet;

use super::remedy::explain_code;
use super::state::State;
use crate::sentence::{Sentence, explain_missing_consent, explain_unconfirmed};
use crate::store::{KeptDelivery, KeptMessage, Receiver};

/// What to say of a message to its person.
pub(crate) struct Told {
    pub(crate) title: Sentence,
    pub(crate) sentence: Sentence,
    pub(crate) is_good: bool,
    /// Where to agree, if that is what it waits for.
    pub(crate) consent: Option<String>,
    /// Whether it is worth looking again in a moment.
    pub(crate) is_under_way: bool,
}

/// Says in words what became of a message.
pub(crate) fn tell(message: &KeptMessage) -> Told {
    let deliveries = &message.deliveries;
    let count = |state| deliveries.iter().filter(|delivery| delivery.state == state).count();
    let told = |(ko, en): (&str, &str), sentence| Told {
        title: Sentence::new(ko, en),
        sentence,
        is_good: false,
        consent: None,
        is_under_way: false,
    };
    let first_code = |states: &[State]| {
        let of_these = |delivery: &&KeptDelivery| states.contains(&delivery.state);
        deliveries.iter().filter(of_these).find_map(|delivery| delivery.code.as_deref())
    };
    if count(State::WaitingConsent) > 0 {
        return Told {
            consent: Some(format!("/consent/{}", message.id)),
            ..told(
                ("동의를 기다립니다", "Waiting for consent"),
                tell_waiting(message, first_code(&[State::WaitingConsent])),
            )
        };
    }
    if count(State::Queued) + count(State::Sending) > 0 {
        let sentence = Sentence::new(
            "메시지를 보내는 중입니다. 잠시 뒤 이 페이지에서 결과를 보여 줍니다.",
            "The message is being sent. This page shows in a moment what became of it.",
        );
        return Told { is_under_way: true, ..told(("보내는 중입니다", "Being sent"), sentence) };
    }
    if count(State::Scheduled) > 0 {
        let sentence = Sentence::new("정한 시각에 보냅니다.", "The message is sent at its time.");
        return told(("예약했습니다", "Scheduled"), sentence);
    }
    if count(State::WaitingQuota) > 0 {
        let why = explain_code(first_code(&[State::WaitingQuota]).unwrap_or("-10"));
        return told(("내일 보냅니다", "Sent tomorrow"), why);
    }
    let delivered = count(State::Delivered);
    if delivered == deliveries.len() {
        return Told { is_good: true, ..told(("보냈습니다", "Sent"), tell_delivered(message)) };
    }
    if count(State::Unconfirmed) > 0 {
        return told(("보냈는지 알 수 없습니다", "Not known whether it was sent"), explain_unconfirmed());
    }
    let why = first_code(&[State::Refused, State::Expired]).map(explain_code);
    let (ko, en) =
        why.map_or((String::new(), String::new()), |why| (format!(" {}", why.ko), format!(" {}", why.en)));
    if delivered > 0 {
        let all = deliveries.len();
        let sentence = Sentence::new(
            format!("친구 {all}명 중 {delivered}명에게 보냈습니다.{ko}"),
            format!("Sent to {delivered} of {all} friends.{en}"),
        );
        return told(("일부에게만 보냈습니다", "Sent to some only"), sentence);
    }
    let sentence = Sentence::new(
        format!("메시지를 보내지 않았습니다.{ko} 다시 보내세요."),
        format!("The message was not sent.{en} Send it again."),
    );
    let is_cancelled = count(State::Cancelled) > 0;
    told(
        if is_cancelled {
            ("취소했습니다", "Cancelled")
        } else {
            ("보내지 못했습니다", "Not sent")
        },
        sentence,
    )
}

fn tell_delivered(message: &KeptMessage) -> Sentence {
    if message.deliveries.iter().any(|delivery| delivery.receiver == Receiver::Me) {
        return Sentence::new(
            "나와의 채팅으로 메시지를 보냈습니다.",
            "The message was sent to your own chat.",
        );
    }
    let friends = message.deliveries.len();
    Sentence::new(
        format!("친구 {friends}명에게 메시지를 보냈습니다."),
        format!("The message was sent to {friends} friend(s)."),
    )
}

fn tell_waiting(message: &KeptMessage, code: Option<&str>) -> Sentence {
    let waits = match &message.scopes {
        Some(scopes) if !scopes.is_empty() => explain_missing_consent(&ScopeSet::parse(scopes)),
        _ => explain_code(code.unwrap_or("sign_in_again")),
    };
    Sentence::new(
        format!("메시지를 아직 보내지 않았습니다. {}", waits.ko),
        format!("The message is not sent yet. {}", waits.en),
    )
}
