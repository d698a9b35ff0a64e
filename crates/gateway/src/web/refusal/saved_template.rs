//! Refusals of saved templates.

use axum::http::StatusCode;

use super::Refusal;
use crate::saved_template::{self, NotSaved};
use crate::sentence::Sentence;

impl Refusal {
    /// A message says one thing.
    pub(in crate::web) fn one_of_templates() -> Self {
        Self::invalid(Sentence::new(
            "template과 saved_template 중 하나만 보내세요.",
            "Send either template or saved_template, not both.",
        ))
    }
}

impl From<NotSaved> for Refusal {
    fn from(error: NotSaved) -> Self {
        let most = saved_template::MOST;
        match error {
            NotSaved::Unsound(sentence) => Self::invalid(sentence),
            NotSaved::TooMany => Self::new(
                StatusCode::CONFLICT,
                "too_many_templates",
                Sentence::new(
                    format!("템플릿은 {most}개까지 저장할 수 있습니다. 쓰지 않는 것을 지우세요."),
                    format!("An account has at most {most} saved templates. Delete one you do not use."),
                ),
            ),
            NotSaved::NotFound => Self::not_found(),
            NotSaved::NoAccount => Self::not_signed_in(),
            NotSaved::Vault(error) => error.into(),
        }
    }
}
