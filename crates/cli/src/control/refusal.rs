//! Why an emulator did not do what it was asked.

use katok_client::KakaoCode;
use katok_client::codes::{self, Explanation};
use katok_gateway::Sentence;
use serde_json::Value;

use crate::failure::{Exit, Failure};
use crate::printable::printable;

/// Why there is no answer to work with.
#[derive(Debug)]
pub(crate) enum ControlError {
    /// There is no emulator on this machine.
    NoneRuns,
    /// Nobody answers at this address.
    Unanswered(String),
    /// Somebody else answers there.
    NoEmulator(String),
    /// Kakao itself is there: it is asked nothing that is meant for an emulator.
    Kakao(String),
    /// The emulator refuses.
    Refused(Refusal),
}

/// A refusal of the control API.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// Which one, in one word.
    pub(crate) error: String,
    /// What is wrong and what to do, in both languages.
    description: String,
    /// Kakao's code, where it is Kakao who refuses.
    code: Option<String>,
}

impl Refusal {
    pub(super) fn read(body: &Value) -> Option<Self> {
        let text = |name: &str| body[name].as_str().map(printable);
        let description = text("error_description")?;
        Some(Self { error: text("error")?, description, code: text("error_code") })
    }
}

impl From<ControlError> for Failure {
    fn from(error: ControlError) -> Self {
        match error {
            ControlError::NoneRuns => Self::system(
                "이 컴퓨터에서 실행 중인 에뮬레이터가 없습니다.",
                "No emulator runs on this machine.",
            )
            .hint("katok emulator"),
            ControlError::Unanswered(at) => Self::system(
                format!("{at}에서 응답이 없습니다. 에뮬레이터가 실행 중인지 확인하세요."),
                format!("Nobody answers at {at}. Check that the emulator runs there."),
            ),
            ControlError::NoEmulator(at) => Self::usage(
                format!(
                    "{at}에서 응답하는 것은 에뮬레이터가 아닙니다. --at으로 에뮬레이터의 주소를 알려 주세요."
                ),
                format!("What answers at {at} is no emulator. Name the emulator's address with --at."),
            ),
            ControlError::Kakao(at) => Self::usage(
                format!(
                    "{at}은(는) 에뮬레이터가 아니라 카카오입니다. --at으로 에뮬레이터의 주소를 알려 주세요."
                ),
                format!("{at} is Kakao itself, no emulator. Name the emulator's address with --at."),
            ),
            ControlError::Refused(refusal) => refusal.into(),
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        let Refusal { error, description, code } = refusal;
        if let Some(code) = code {
            return kakaos(&code, description);
        }
        let Sentence { ko, en } = match error.as_str() {
            // What the JSON lacks is told at the end, for both.
            "bad_request" => Sentence::new(description.clone(), description),
            _ => in_two(&description),
        };
        let failure = Self::usage(ko, en);
        match error.as_str() {
            "no_such_person" => failure.hint("katok emulator people"),
            "no_such_app" => failure.hint("katok emulator world --yaml"),
            "no_such_fault" => failure.hint("katok emulator faults"),
            _ => failure,
        }
    }
}

/// The emulator says it in Korean and then in English; what cannot be parted is told whole.
fn in_two(description: &str) -> Sentence {
    let is_hangul = |letter: char| ('가'..='힣').contains(&letter);
    let korean = description.rfind(is_hangul).map_or("", |last| &description[last..]);
    let (ko, en) = match korean.split_once(". ") {
        Some((_, en)) => (&description[..description.len() - en.len() - 1], en),
        None => (description, description),
    };
    Sentence::new(ko, en)
}

/// Kakao would show its error page, which says less than we know.
fn kakaos(code: &str, description: String) -> Failure {
    let explanation = KakaoCode::parse(code).and_then(|code| codes::explain(&code));
    let mut failure = match explanation {
        Some(Explanation { cause_ko, cause_en, remedy_ko, remedy_en, .. }) => {
            Failure::new(Exit::Refused, format!("{cause_ko} {remedy_ko}"), format!("{cause_en} {remedy_en}"))
        }
        None => Failure::new(Exit::Refused, "카카오가 거절했습니다.", "Kakao refused."),
    };
    failure.code = Some(code.into());
    failure.kakao_message = Some(description.into());
    failure.hint(format!("katok explain {code}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_is_parted_into_its_languages() {
        let told = in_two("7번 장애가 없습니다. GET으로 확인하세요. There is no fault 7. Look by GET.");
        assert_eq!(told.ko, "7번 장애가 없습니다. GET으로 확인하세요.");
        assert_eq!(told.en, "There is no fault 7. Look by GET.");
    }

    #[test]
    fn a_description_that_cannot_be_parted_is_told_whole() {
        for whole in ["There is no person with the key 라이언.", "Bad Request"] {
            assert_eq!(in_two(whole), Sentence::new(whole, whole));
        }
    }
}
