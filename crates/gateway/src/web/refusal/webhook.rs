//! Refusals of webhooks and of streams of events.

use axum::http::{StatusCode, header};

use super::Refusal;
use crate::outbox::webhook::{self, NotDone};
use crate::sentence::Sentence;

impl Refusal {
    /// As many streams are open as may be: of one account, or of all.
    pub(in crate::web) fn too_many_streams() -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many_streams",
            Sentence::new(
                "이벤트 스트림이 이미 너무 많이 열려 있습니다. 다른 탭이나 프로그램에서 닫고 다시 해 보세요.",
                "Too many streams of events are open. Close one in another tab or program and try again.",
            ),
        )
        .with_header(header::RETRY_AFTER, "30")
    }
}

impl From<NotDone> for Refusal {
    fn from(error: NotDone) -> Self {
        match error {
            NotDone::Malformed(sentence) => Self::invalid(sentence),
            NotDone::TooMany => Self::new(
                StatusCode::CONFLICT,
                "too_many_webhooks",
                Sentence::new(
                    format!("웹훅은 {}개까지 만들 수 있습니다. 쓰지 않는 것을 지우세요.", webhook::MOST),
                    format!("An account has at most {} webhooks. Delete one you do not use.", webhook::MOST),
                ),
            ),
            NotDone::NotFound => Self::not_found(),
            NotDone::Vault(error) => error.into(),
        }
    }
}
