//! A fault as somebody writes it: which exchanges it is about, how often, and what happens then.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Met;

/// Something that goes wrong, scripted: which exchanges it is about, how often, and what happens then.
///
/// ```
/// use katok_emulator::Fault;
///
/// let maintenance = Fault::on("/v2/api/talk/memo/*").person("ryan").times(2).code(-9798);
/// let slow_login = Fault::on("/oauth/token").delay(std::time::Duration::from_secs(3));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    #[serde(default, rename = "match")]
    pub(super) matching: Match,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) times: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) probability: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) seed: Option<u64>,
    pub(super) then: Then,
}

/// Which exchanges a fault is about; what is left out does not matter.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Match {
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<String>,
    /// Exact, or with `*` at the end: everything that begins so.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    app: Option<String>,
}

/// What happens to the exchange.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Then {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) code: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) msg: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error_description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error_code: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) headers: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) content_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) body: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) truncate_after_bytes: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) delay_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) drop: Option<DropWhen>,
}

/// When the connection is closed without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum DropWhen {
    Before,
    After,
}

/// Why a fault cannot be scripted; its text names the field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FaultError {
    /// A field holds what it cannot.
    #[error("{field}: {korean} {english}")]
    Wrong {
        /// The field, such as `then.status`.
        field: &'static str,
        /// What to do about it, in Korean.
        korean: String,
        /// The same in English.
        english: String,
    },
    /// There are as many as there may be.
    #[error(
        "장애가 너무 많습니다. DELETE /_emulator/v1/faults로 지우세요. \
         There are too many faults. Take some back with DELETE /_emulator/v1/faults."
    )]
    TooMany,
}

impl FaultError {
    /// It names somebody whom the world does not have.
    pub(crate) fn nobody(field: &'static str, key: &str) -> Self {
        let korean = format!("{key} 키는 seed에 없습니다. GET /_emulator/v1/world에서 확인하세요.");
        let english = format!("The seed has no {key}: look at GET /_emulator/v1/world.");
        Self::wrong(field, korean, english)
    }

    pub(super) fn wrong(field: &'static str, korean: impl Into<String>, english: impl Into<String>) -> Self {
        Self::Wrong { field, korean: korean.into(), english: english.into() }
    }
}

impl Match {
    pub(super) fn covers(&self, met: Met<'_>) -> bool {
        let is = |wanted: &Option<String>, given: Option<&str>| {
            wanted.as_deref().is_none_or(|wanted| given == Some(wanted))
        };
        let path_fits = |pattern: &String| match pattern.strip_suffix('*') {
            Some(prefix) => met.path.starts_with(prefix),
            None => met.path == pattern,
        };
        self.method.as_ref().is_none_or(|method| method.eq_ignore_ascii_case(met.method))
            && self.path.as_ref().is_none_or(path_fits)
            && is(&self.person, met.person.map(AsRef::as_ref))
            && is(&self.app, met.app.map(AsRef::as_ref))
    }
}

impl Fault {
    /// A fault of the exchanges at this path; `*` at its end stands for anything.
    #[must_use]
    pub fn on(path: impl Into<String>) -> Self {
        let matching = Match { path: Some(path.into()), ..Match::default() };
        Self { matching, ..Self::default() }
    }

    /// Only with this method.
    #[must_use]
    pub fn method(mut self, method: impl Into<String>) -> Self {
        self.matching.method = Some(method.into());
        self
    }

    /// Only what is done on behalf of this person of the seed.
    #[must_use]
    pub fn person(mut self, key: impl Into<String>) -> Self {
        self.matching.person = Some(key.into());
        self
    }

    /// Only what this app of the seed asks for.
    #[must_use]
    pub fn app(mut self, key: impl Into<String>) -> Self {
        self.matching.app = Some(key.into());
        self
    }

    /// So many times, then never again; without, every time.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Only by chance, between 0 and 1: the same exchanges every time for the same seed.
    #[must_use]
    pub fn probability(mut self, probability: f64, seed: u64) -> Self {
        (self.probability, self.seed) = (Some(probability), Some(seed));
        self
    }

    /// Refuses with this HTTP status, and does nothing.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.then.status = Some(status);
        self
    }

    /// Refuses as kapi does, with this code; status and text come from Kakao's table unless they are given.
    #[must_use]
    pub fn code(mut self, code: i32) -> Self {
        self.then.code = Some(code);
        self
    }

    /// The text beside the code.
    #[must_use]
    pub fn msg(mut self, msg: impl Into<String>) -> Self {
        self.then.msg = Some(msg.into());
        self
    }

    /// Refuses as kauth does, with this KOE code; the rest comes from Kakao's table unless it is given.
    #[must_use]
    pub fn error_code(mut self, code: impl Into<String>) -> Self {
        self.then.error_code = Some(code.into());
        self
    }

    /// Refuses as kauth does, with this `error`.
    #[must_use]
    pub fn error(mut self, error: impl Into<String>) -> Self {
        self.then.error = Some(error.into());
        self
    }

    /// The text beside the KOE code.
    #[must_use]
    pub fn error_description(mut self, description: impl Into<String>) -> Self {
        self.then.error_description = Some(description.into());
        self
    }

    /// Sets a header of the answer.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.then.headers.insert(name.into(), value.into());
        self
    }

    /// Labels the answer as something else.
    #[must_use]
    pub fn content_type(mut self, content_type: impl Into<String>) -> Self {
        self.then.content_type = Some(content_type.into());
        self
    }

    /// Answers with this text instead.
    #[must_use]
    pub fn body(mut self, body: impl Into<String>) -> Self {
        self.then.body = Some(body.into());
        self
    }

    /// Closes the connection after so many bytes of the answer's body.
    #[must_use]
    pub fn truncate_after_bytes(mut self, bytes: usize) -> Self {
        self.then.truncate_after_bytes = Some(bytes);
        self
    }

    /// Waits so long first; goes with every other effect.
    #[must_use]
    pub fn delay(mut self, delay: Duration) -> Self {
        self.then.delay_ms = Some(u64::try_from(delay.as_millis()).unwrap_or(u64::MAX));
        self
    }

    /// Closes the connection and does nothing.
    #[must_use]
    pub fn drop_before(mut self) -> Self {
        self.then.drop = Some(DropWhen::Before);
        self
    }

    /// Does the work, then closes the connection without an answer.
    #[must_use]
    pub fn drop_after(mut self) -> Self {
        self.then.drop = Some(DropWhen::After);
        self
    }

    /// The person and the app it names, so that somebody can look whether they exist.
    pub(crate) fn names(&self) -> (Option<&str>, Option<&str>) {
        (self.matching.person.as_deref(), self.matching.app.as_deref())
    }

    pub(super) fn path(&self) -> Option<&str> {
        self.matching.path.as_deref()
    }
}
