//! What Kakao's answer to one call means for each of its receivers.

use jiff::Timestamp;
use katok_client::{ErrorKind, FriendUuid, KakaoCode, Quota, Remedy, ScopeSet, SendReport};

use super::policy::Outcome;
use crate::account::{ActError, Json};
use crate::seal::DoesNotOpen;
use crate::vault::TokenVaultError;

/// The sender's login at Kakao has ended.
pub(crate) const SIGN_IN_AGAIN: &str = "sign_in_again";
/// Kakao refused a whole call for the sake of somebody among its receivers.
pub(crate) const ONE_OF_THEM: &str = "-2";
const NOT_REACHED: &str = "not_reached";
const NO_ANSWER: &str = "no_answer";
const UNREADABLE_ANSWER: &str = "unreadable_answer";
const STORAGE: &str = "storage";
const BUSY: &str = "busy";

/// What a message to oneself came to.
pub(crate) fn to_me(answer: &Result<Json, ActError>, now: Timestamp) -> Outcome {
    match answer {
        Ok(_) => Outcome::Delivered,
        Err(error) => of_error(error, now),
    }
}

/// What a message to friends came to, friend by friend in their order.
pub(crate) fn to_friends(
    answer: &Result<Json, ActError>,
    receivers: &[FriendUuid],
    now: Timestamp,
) -> Vec<Outcome> {
    let report = match answer {
        Ok(answer) => serde_json::from_str::<SendReport>(answer.get()),
        Err(error) => {
            let outcome = match of_error(error, now) {
                // The others are not to suffer for one: from now on each goes alone.
                Outcome::Refused { code } if code == ONE_OF_THEM && receivers.len() > 1 => {
                    Outcome::Retry { code, after: None }
                }
                outcome => outcome,
            };
            return vec![outcome; receivers.len()];
        }
    };
    let Ok(report) = report else {
        return vec![Outcome::Unconfirmed { code: UNREADABLE_ANSWER.to_owned() }; receivers.len()];
    };
    receivers.iter().map(|receiver| of_receiver(&report, receiver, now)).collect()
}

fn of_receiver(report: &SendReport, receiver: &FriendUuid, now: Timestamp) -> Outcome {
    if report.delivered.contains(receiver) {
        return Outcome::Delivered;
    }
    match report.refused.iter().find(|refusal| refusal.receiver_uuids.contains(receiver)) {
        Some(refusal) => of_remedy(&refusal.kakao_code(), &refusal.remedy(), now),
        None => Outcome::Unconfirmed { code: UNREADABLE_ANSWER.to_owned() },
    }
}

fn of_error(error: &ActError, now: Timestamp) -> Outcome {
    let retry = |code: &str| Outcome::Retry { code: code.to_owned(), after: None };
    match error {
        ActError::Kakao(error) => of_kakao(error, now),
        ActError::SignInAgain(_) | ActError::Tokens(TokenVaultError::DoesNotOpen(DoesNotOpen::Damaged)) => {
            Outcome::NoConsent { code: SIGN_IN_AGAIN.to_owned(), scopes: ScopeSet::new() }
        }
        ActError::Busy => retry(BUSY),
        ActError::Tokens(_) | ActError::SignedOutHereOnly(_) => retry(STORAGE),
    }
}

fn of_kakao(error: &katok_client::Error, now: Timestamp) -> Outcome {
    if let Some(code) = error.kakao_code() {
        return of_remedy(&code, &error.remedy(), now);
    }
    let code = match error.kind() {
        ErrorKind::NotSent => NOT_REACHED,
        ErrorKind::Unreadable => UNREADABLE_ANSWER,
        _ => NO_ANSWER,
    };
    match (error.remedy(), error.status()) {
        (Remedy::Retry { after }, _) => Outcome::Retry { code: code.to_owned(), after },
        // Whoever says that they are overloaded has not begun.
        (_, Some(429 | 503)) => Outcome::Retry { code: code.to_owned(), after: None },
        (Remedy::Unconfirmed, _) => Outcome::Unconfirmed { code: code.to_owned() },
        _ => Outcome::Refused { code: code.to_owned() },
    }
}

fn of_remedy(kakao_code: &KakaoCode, remedy: &Remedy, now: Timestamp) -> Outcome {
    let code = kakao_code.to_string();
    // Kakao says itself that it could not: internal error, maintenance, time-out, maintenance.
    if matches!(kakao_code, KakaoCode::Api(-1 | -7 | -603 | -9798)) {
        let after = if let Remedy::Retry { after } = remedy { *after } else { None };
        return Outcome::Retry { code, after };
    }
    match remedy {
        Remedy::Retry { after } => Outcome::Retry { code, after: *after },
        Remedy::WaitForQuota(quota @ (Quota::Day | Quota::Month)) => {
            Outcome::NoQuota { code, refilled_at: quota.refilled_at(now) }
        }
        Remedy::WaitForQuota(quota) => {
            let wait = quota.refilled_at(now).duration_since(now);
            Outcome::Retry { code, after: wait.try_into().ok() }
        }
        Remedy::AskConsent(scopes) => Outcome::NoConsent { code, scopes: scopes.clone() },
        Remedy::SignInAgain => Outcome::NoConsent { code, scopes: ScopeSet::new() },
        Remedy::Unconfirmed => Outcome::Unconfirmed { code },
        _ => Outcome::Refused { code },
    }
}

/// Whether Kakao itself is in trouble, and not only this call.
pub(crate) fn is_down(answer: &Result<Json, ActError>) -> bool {
    let Err(ActError::Kakao(error)) = answer else { return false };
    matches!(error.kind(), ErrorKind::NotSent | ErrorKind::Unanswered | ErrorKind::Unavailable)
        // Maintenance, as Kakao itself says it.
        || matches!(error.kakao_code(), Some(KakaoCode::Api(-7 | -9798)))
}
