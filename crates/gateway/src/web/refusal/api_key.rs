//! Refusals of API keys, and of what one may do with them.

use axum::http::{StatusCode, header};
use serde_json::json;

use super::Refusal;
use crate::api_key::{self, CapReached, KeyScope, NotMade, NotNow};
use crate::sentence::Sentence;

impl Refusal {
    /// A key that nobody can have been given: told without asking the database.
    pub(in crate::web) fn mistyped_key() -> Self {
        Self::invalid_key(Sentence::new(
            "API 키가 잘렸거나 잘못 적혔습니다. 키 전체를 다시 복사해 Authorization: Bearer ktk_… 로 보내세요.",
            "The API key is cut short or mistyped. Copy all of it again and send Authorization: Bearer ktk_…",
        ))
    }

    /// A key that was well-formed, and is not or no longer good.
    pub(in crate::web) fn dead_key() -> Self {
        Self::invalid_key(Sentence::new(
            "이 API 키는 없거나, 만료되었거나, 폐기되었습니다. /account 페이지에서 새로 만드세요.",
            "This API key does not exist, has expired or was revoked. Make a new one on the page /account.",
        ))
    }

    fn invalid_key(sentence: Sentence) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "invalid_api_key", sentence)
            .with_header(header::WWW_AUTHENTICATE, r#"Bearer realm="katok", error="invalid_token""#)
    }

    /// A living key that does not allow this.
    pub(in crate::web) fn wrong_scope(needed: KeyScope) -> Self {
        let needed = needed.as_str();
        let mut refusal = Self::new(
            StatusCode::FORBIDDEN,
            "insufficient_scope",
            Sentence::new(
                format!("이 API 키에는 {needed} 권한이 없습니다. 그 권한이 있는 키를 쓰세요."),
                format!("This API key lacks the scope {needed}. Use a key that has it."),
            ),
        )
        .with_header(
            header::WWW_AUTHENTICATE,
            &format!(r#"Bearer realm="katok", error="insufficient_scope", scope="{needed}""#),
        );
        refusal.body.insert("needed_scope".into(), needed.into());
        refusal
    }

    /// Something that only a person in a browser may do.
    pub(in crate::web) fn not_for_keys() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "session_only",
            Sentence::new(
                "API 키로는 할 수 없고, 로그인한 브라우저에서만 할 수 있습니다.",
                "No API key can do this; do it in a browser in which you are signed in.",
            ),
        )
    }
}

impl From<NotNow> for Refusal {
    fn from(error: NotNow) -> Self {
        match error {
            NotNow::CapReached(reached) => reached.into(),
            NotNow::Store(error) => error.into(),
        }
    }
}

impl From<CapReached> for Refusal {
    fn from(CapReached { turns_at, wait }: CapReached) -> Self {
        let mut refusal = Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "daily_cap_reached",
            Sentence::new(
                "이 API 키로 오늘 보낼 수 있는 만큼 보냈습니다. 한국 시각 자정이 지나면 다시 보낼 수 있습니다.",
                "This API key has sent as much today as it may. It can send again after midnight in Korea.",
            ),
        )
        .with_action(Some(json!({"action": "wait_for_quota"})))
        .with_header(header::RETRY_AFTER, &wait.as_secs().to_string());
        refusal.body.insert("until".into(), turns_at.to_string().into());
        refusal
    }
}

impl From<NotMade> for Refusal {
    fn from(error: NotMade) -> Self {
        match error {
            NotMade::Malformed(sentence) => Self::invalid(sentence),
            NotMade::TooMany => Self::new(
                StatusCode::CONFLICT,
                "too_many_api_keys",
                Sentence::new(
                    format!("API 키는 {}개까지 만들 수 있습니다. 쓰지 않는 키를 폐기하세요.", api_key::MOST),
                    format!("An account has at most {} API keys. Revoke one you do not use.", api_key::MOST),
                ),
            ),
            NotMade::Store(error) => error.into(),
        }
    }
}
