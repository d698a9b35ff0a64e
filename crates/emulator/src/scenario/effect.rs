//! The effect of a fault, checked: what `http` does to an exchange.

use std::collections::BTreeMap;
use std::time::Duration;

use super::fault::{DropWhen, Fault, FaultError, Then};
use crate::fault::{ListedApiFault, ListedLoginFault, listed_api_fault, listed_login_fault};

/// Together with how many faults there may be, this bounds the memory they take.
const LONGEST_FAULT: usize = 64 * 1024;
/// Longer than any client waits.
const LONGEST_DELAY: Duration = Duration::from_mins(10);

/// What happens to an exchange.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Effect {
    /// Before anything else.
    pub(crate) delay: Duration,
    pub(crate) answer: Answer,
}

/// Whether the work is done, and what is heard of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Answer {
    /// Nothing is done, nothing answered.
    DropBefore,
    /// The work is done, nothing answered.
    DropAfter,
    /// The work is done unless there is a refusal, and the answer comes with changes.
    Changed { refusal: Option<Refusal>, change: Change },
}

/// What is different about an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) content_type: Option<String>,
    pub(crate) body: Option<String>,
    pub(crate) truncate_after_bytes: Option<usize>,
}

/// What is answered instead of doing the work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// kapi's form.
    Api { status: u16, code: i32, msg: String },
    /// kauth's form.
    Login { status: u16, error: String, description: Option<String>, code: Option<String> },
    /// In the form of whichever host is asked.
    Status(u16),
}

impl Fault {
    /// Checks what is scripted; one effect must be there, and it must make sense.
    pub(super) fn effect(&self) -> Result<Effect, FaultError> {
        self.check_when()?;
        let then = &self.then;
        if *then == Then::default() {
            return Err(FaultError::wrong(
                "then",
                "무슨 일이 일어날지 적으세요: status, code, error_code, delay_ms, drop, truncate_after_bytes, body 가운데 하나.",
                "Say what happens: one of status, code, error_code, delay_ms, drop, truncate_after_bytes, body.",
            ));
        }
        if serde_json::to_string(self).is_ok_and(|text| text.len() > LONGEST_FAULT) {
            return Err(FaultError::wrong(
                "then",
                "장애 하나는 64 KiB를 넘을 수 없습니다. body나 msg를 줄이세요.",
                "A fault takes 64 KiB at most: shorten body or msg.",
            ));
        }
        let delay = Duration::from_millis(then.delay_ms.unwrap_or_default());
        if delay > LONGEST_DELAY {
            return Err(FaultError::wrong(
                "then.delay_ms",
                "600000 이하여야 합니다.",
                "It must be 600000 or less.",
            ));
        }
        check_headers(then)?;
        let answer = if let Some(when) = then.drop {
            drop_connection(when, then)?
        } else {
            let Then { headers, content_type, body, truncate_after_bytes, .. } = then.clone();
            let change = Change { headers, content_type, body, truncate_after_bytes };
            Answer::Changed { refusal: refusal(then)?, change }
        };
        Ok(Effect { delay, answer })
    }

    fn check_when(&self) -> Result<(), FaultError> {
        if self.path().is_some_and(|path| !path.starts_with('/') && path != "*") {
            return Err(FaultError::wrong(
                "match.path",
                "경로는 /로 시작해야 합니다. 호스트와 쿼리는 빼세요.",
                "A path begins with /, without host and query.",
            ));
        }
        if self.path().is_some_and(|path| path.starts_with("/_emulator")) {
            return Err(FaultError::wrong(
                "match.path",
                "에뮬레이터 자신의 주소에는 장애를 걸 수 없습니다.",
                "The emulator's own addresses have no faults.",
            ));
        }
        if self.times == Some(0) {
            return Err(FaultError::wrong("times", "1 이상이어야 합니다.", "It must be 1 or more."));
        }
        if self.probability.is_some_and(|probability| !(0.0..=1.0).contains(&probability)) {
            return Err(FaultError::wrong(
                "probability",
                "0과 1 사이여야 합니다.",
                "It must be between 0 and 1.",
            ));
        }
        Ok(())
    }
}

fn check_headers(then: &Then) -> Result<(), FaultError> {
    let is_name = |name: &str| {
        !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
    };
    let is_value = |value: &str| value.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    // These two frame the answer: a wrong one would be no answer at all.
    let frames = |name: &str| {
        ["content-length", "transfer-encoding", "connection"]
            .iter()
            .any(|header| name.eq_ignore_ascii_case(header))
    };
    if then.headers.iter().any(|(name, value)| !is_name(name) || !is_value(value) || frames(name)) {
        return Err(FaultError::wrong(
            "then.headers",
            "헤더 이름과 값은 ASCII여야 하고, Content-Length, Transfer-Encoding, Connection은 쓸 수 없습니다.",
            "Names and values of headers are ASCII, and Content-Length, Transfer-Encoding and Connection cannot be set.",
        ));
    }
    if then.content_type.as_deref().is_some_and(|kind| kind.is_empty() || !is_value(kind)) {
        return Err(FaultError::wrong(
            "then.content_type",
            "text/html처럼 적으세요.",
            "Write it like text/html.",
        ));
    }
    Ok(())
}

/// Nobody hears an answer, so nothing may be said about one.
fn drop_connection(when: DropWhen, then: &Then) -> Result<Answer, FaultError> {
    let rest = Then { drop: None, delay_ms: None, ..then.clone() };
    if rest != Then::default() {
        return Err(FaultError::wrong(
            "then.drop",
            "delay_ms하고만 함께 쓸 수 있습니다.",
            "It goes together with delay_ms only.",
        ));
    }
    Ok(match when {
        DropWhen::Before => Answer::DropBefore,
        DropWhen::After => Answer::DropAfter,
    })
}

fn refusal(then: &Then) -> Result<Option<Refusal>, FaultError> {
    let Then { status, code, msg, error, error_description, error_code, .. } = then;
    if status.is_some_and(|status| !(200..=599).contains(&status)) {
        return Err(FaultError::wrong(
            "then.status",
            "200과 599 사이여야 합니다.",
            "It must be between 200 and 599.",
        ));
    }
    let says_api = code.is_some() || msg.is_some();
    let says_login = error.is_some() || error_description.is_some() || error_code.is_some();
    match (says_api, says_login) {
        (true, true) => Err(FaultError::wrong(
            "then",
            "code와 msg는 kapi의 것이고 error, error_code는 kauth의 것입니다. 하나만 쓰세요.",
            "code and msg are kapi's, error and error_code are kauth's: use one of the two.",
        )),
        (false, false) => Ok(status.map(Refusal::Status)),
        (true, false) => {
            let code = code.ok_or_else(|| {
                FaultError::wrong("then.code", "msg에는 code가 필요합니다.", "msg needs a code beside it.")
            })?;
            let listed = listed_api_fault(code);
            let status = status
                .or(listed.map(|listed| listed.status))
                .ok_or_else(|| needs_status(&code.to_string()))?;
            let text = |listed: ListedApiFault| listed.text.to_owned();
            let msg = msg.clone().or(listed.map(text)).unwrap_or_default();
            Ok(Some(Refusal::Api { status, code, msg }))
        }
        (false, true) => {
            let listed = error_code.as_deref().and_then(listed_login_fault);
            let named = || error_code.as_ref().or(error.as_ref()).map(String::as_str).unwrap_or_default();
            let status =
                status.or(listed.map(|listed| listed.status)).ok_or_else(|| needs_status(named()))?;
            let listed_error = |listed: ListedLoginFault| listed.error.to_owned();
            let error = error.clone().or(listed.map(listed_error)).ok_or_else(|| {
                FaultError::wrong(
                    "then.error",
                    "error를 적으세요.",
                    "Say which error, such as invalid_grant.",
                )
            })?;
            let listed_text = |listed: ListedLoginFault| listed.description.to_owned();
            let description = error_description.clone().or(listed.map(listed_text));
            Ok(Some(Refusal::Login { status, error, description, code: error_code.clone() }))
        }
    }
}

fn needs_status(what: &str) -> FaultError {
    FaultError::wrong(
        "then.status",
        format!("{what}은(는) 카카오의 표에 없습니다. status를 적으세요."),
        format!("{what} is in none of Kakao's tables: say the status."),
    )
}
