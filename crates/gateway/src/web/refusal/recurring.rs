//! Refusals of recurring messages.

use axum::http::StatusCode;

use super::Refusal;
use crate::outbox::recurring::{self, NotMade};
use crate::sentence::Sentence;

impl From<NotMade> for Refusal {
    fn from(error: NotMade) -> Self {
        match error {
            NotMade::Unsound(unsound) => unsound.into(),
            NotMade::TooMany => Self::new(
                StatusCode::CONFLICT,
                "too_many_recurring",
                Sentence::new(
                    format!(
                        "반복 메시지는 {}개까지 만들 수 있습니다. 쓰지 않는 것을 지우세요.",
                        recurring::MOST
                    ),
                    format!(
                        "An account has at most {} recurring messages. Delete one you do not use.",
                        recurring::MOST
                    ),
                ),
            ),
            NotMade::NoAccount => Self::not_signed_in(),
            NotMade::Vault(error) => error.into(),
        }
    }
}
