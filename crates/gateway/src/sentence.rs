//! What we say to a person: one sentence, in Korean and in English.

use std::fmt;

use katok_bubble::Language;
use katok_client::codes::{self, Explanation};
use katok_client::{ErrorKind, Remedy, Scope, ScopeSet};
use serde::Serialize;

/// One sentence in both languages of the product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sentence {
    /// Korean, shown first.
    pub ko: String,
    /// English.
    pub en: String,
}

impl Sentence {
    /// Puts the two languages of one sentence together.
    pub fn new(ko: impl Into<String>, en: impl Into<String>) -> Self {
        Self { ko: ko.into(), en: en.into() }
    }

    /// As somebody reads it.
    #[must_use]
    pub fn read_in(&self, language: Language) -> &str {
        language.choose(&self.ko, &self.en)
    }
}

impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}", self.ko, self.en)
    }
}

impl From<Explanation> for Sentence {
    /// The cause, what to do, and the menu of Kakao's console that helps.
    fn from(explanation: Explanation) -> Self {
        let Explanation { cause_ko, remedy_ko, cause_en, remedy_en, console_ko, console_en, .. } =
            explanation;
        let menu = |label: &str, menu: Option<&str>| {
            menu.map(|menu| format!(" {label}: {menu}")).unwrap_or_default()
        };
        Self::new(
            format!("{cause_ko} {remedy_ko}{}", menu("카카오디벨로퍼스 메뉴", console_ko)),
            format!("{cause_en} {remedy_en}{}", menu("Menu of Kakao Developers", console_en)),
        )
    }
}

/// What an error of Kakao's means for a person, and what to do.
#[must_use]
pub fn explain(error: &katok_client::Error) -> Sentence {
    if let Remedy::AskConsent(scopes) = error.remedy() {
        return explain_missing_consent(&scopes);
    }
    let unconfirmed = error.remedy() == Remedy::Unconfirmed;
    if let Some(explanation) = error.kakao_code().and_then(|code| codes::explain(&code))
        && !unconfirmed
    {
        return explanation.into();
    }
    match (error.remedy(), error.kind()) {
        (Remedy::Unconfirmed, _) => explain_unconfirmed(),
        (_, ErrorKind::Unavailable) => Sentence::new(
            "카카오에 장애가 있거나 점검 중입니다. 잠시 뒤 다시 해 보세요.",
            "Kakao has trouble or is under maintenance. Try again in a moment.",
        ),
        (_, ErrorKind::NotSent) => Sentence::new(
            "카카오에 연결하지 못했습니다. 아무것도 보내지 않았으니 잠시 뒤 다시 해 보세요.",
            "Kakao could not be reached. Nothing was sent: try again in a moment.",
        ),
        (_, ErrorKind::Unanswered) => Sentence::new(
            "카카오가 제때 답하지 않았습니다. 잠시 뒤 다시 해 보세요.",
            "Kakao did not answer in time. Try again in a moment.",
        ),
        (_, ErrorKind::Unreadable) => Sentence::new(
            "카카오의 답을 읽을 수 없습니다. 중간의 프록시나 장애 페이지일 수 있으니 잠시 뒤 다시 해 보세요.",
            "Kakao's answer could not be read; a proxy or an outage page may be in between. Try again in a moment.",
        ),
        _ => Sentence::new(
            format!("카카오가 요청을 거절했습니다. ({error})"),
            format!("Kakao refused the request. ({error})"),
        ),
    }
}

/// What is missing, by the names on Kakao's consent screen.
pub(crate) fn explain_missing_consent(scopes: &ScopeSet) -> Sentence {
    let names: Vec<_> = scopes.iter().map(consent_item).collect();
    let list = |name: fn(&(String, String)) -> &str| names.iter().map(name).collect::<Vec<_>>().join(", ");
    Sentence::new(
        format!("{} 동의가 필요합니다. 동의하면 이어서 할 수 있습니다.", list(|name| &name.0)),
        format!("This needs consent to: {}. Agree, and go on.", list(|name| &name.1)),
    )
}

/// Nobody knows whether a message was sent.
pub(crate) fn explain_unconfirmed() -> Sentence {
    Sentence::new(
        "카카오의 답을 받지 못했습니다. 메시지가 갔을 수도 있으니 대화방을 먼저 확인하세요.",
        "Kakao's answer was lost. The message may have arrived: look in the chat room before sending again.",
    )
}

/// What an `error` means with which a sign-in came back instead of a code.
#[must_use]
pub fn explain_redirect(error: &str) -> Sentence {
    let advice = codes::explain_redirect(error)
        .map_or_else(|| Sentence::new("다시 로그인하세요.", "Sign in again."), Sentence::from);
    Sentence::new(
        format!("카카오가 로그인을 마치지 못했습니다({error}). {}", advice.ko),
        format!("Kakao could not finish the sign-in ({error}). {}", advice.en),
    )
}

/// What a consent item (동의항목) is called on Kakao's consent screen.
pub(crate) fn consent_name(scope: &Scope) -> Option<(&'static str, &'static str)> {
    Some(match scope.as_str() {
        "profile_nickname" => ("닉네임", "nickname"),
        "profile_image" => ("프로필 사진", "profile image"),
        "profile" => ("닉네임과 프로필 사진", "nickname and profile image"),
        "account_email" => ("카카오계정 이메일", "account e-mail"),
        "name" => ("이름", "name"),
        "gender" => ("성별", "gender"),
        "age_range" => ("연령대", "age range"),
        "birthday" => ("생일", "birthday"),
        "birthyear" => ("출생 연도", "year of birth"),
        "phone_number" => ("전화번호", "phone number"),
        "account_ci" => ("CI(연계 정보)", "CI (connecting information)"),
        "shipping_address" => ("배송지 정보", "shipping addresses"),
        "friends" => ("친구 목록", "friends list"),
        "talk_message" => ("카카오톡 메시지 전송", "sending KakaoTalk messages"),
        _ => return None,
    })
}

fn consent_item(scope: &Scope) -> (String, String) {
    match consent_name(scope) {
        Some((ko, en)) => (format!("{ko}({scope})"), format!("{en} ({scope})")),
        None => (scope.to_string(), scope.to_string()),
    }
}
