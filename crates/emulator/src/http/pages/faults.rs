//! The faults: what is scripted to go wrong, and a way to script more.

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::form::{Filled, Problem};
use super::frame::{Frame, Section, done, missing, show};
use super::language::Language;
use super::words::Words;
use crate::live::LiveWorld;
use crate::scenario::{Fault, FaultError, Scenario, ScriptedFault};
use crate::seed::{AppKey, PersonKey};

const SENDS: &str = "/v2/api/talk/memo/*";
const FRIEND_SENDS: &str = "/v1/api/talk/friends/message/*";

/// What goes wrong often enough to have a button of its own.
#[derive(Clone, Copy)]
enum Preset {
    QuotaExceeded,
    FriendRefuses,
    ExpiredToken,
    Maintenance,
    WrongCode,
    Slow,
    DropBefore,
    DropAfter,
}

impl Preset {
    const ALL: [Self; 8] = [
        Self::QuotaExceeded,
        Self::FriendRefuses,
        Self::ExpiredToken,
        Self::Maintenance,
        Self::WrongCode,
        Self::Slow,
        Self::DropBefore,
        Self::DropAfter,
    ];

    /// What the form names it by, and the button's words.
    fn names(self, t: &'static Words) -> (&'static str, &'static str) {
        match self {
            Self::QuotaExceeded => ("quota_exceeded", t.preset_quota_exceeded),
            Self::FriendRefuses => ("friend_refuses", t.preset_friend_refuses),
            Self::ExpiredToken => ("expired_token", t.preset_expired_token),
            Self::Maintenance => ("maintenance", t.preset_maintenance),
            Self::WrongCode => ("wrong_code", t.preset_wrong_code),
            Self::Slow => ("slow", t.preset_slow),
            Self::DropBefore => ("drop_before", t.preset_drop_before),
            Self::DropAfter => ("drop_after", t.preset_drop_after),
        }
    }

    fn fault(self) -> Fault {
        match self {
            Self::QuotaExceeded => Fault::on(SENDS).times(1).code(-10),
            Self::FriendRefuses => Fault::on(FRIEND_SENDS).times(1).code(-530),
            Self::ExpiredToken => Fault::on("/v*").times(1).code(-401),
            Self::Maintenance => Fault::on("/v*").code(-9798),
            Self::WrongCode => Fault::on("/oauth/token").times(1).error_code("KOE320"),
            Self::Slow => Fault::on("*").times(1).delay(Duration::from_secs(3)),
            Self::DropBefore => Fault::on(SENDS).times(1).drop_before(),
            Self::DropAfter => Fault::on(SENDS).times(1).drop_after(),
        }
    }
}

#[derive(Template)]
#[template(path = "faults.html")]
struct FaultsPage {
    frame: Frame,
    t: &'static Words,
    faults: Vec<FaultRow>,
    presets: Vec<(&'static str, &'static str)>,
    people: Vec<(PersonKey, String)>,
    apps: Vec<AppKey>,
    /// What the form holds.
    form: Form,
    problem: Option<Problem>,
}

struct FaultRow {
    id: u64,
    matching: String,
    then: String,
    remaining: Option<u64>,
    applied: u64,
}

/// What somebody filled in, to be shown again if it is wrong.
struct Form {
    path: String,
    method: String,
    person: String,
    app: String,
    times: String,
    probability: String,
    delay: String,
    then: String,
    value: String,
}

impl Form {
    fn new(filled: Option<&Filled>) -> Self {
        let text = |name: &str| filled.map(|filled| filled.text(name).to_owned()).unwrap_or_default();
        Self {
            path: text("match.path"),
            method: text("match.method"),
            person: text("match.person"),
            app: text("match.app"),
            times: filled.map_or_else(|| "1".to_owned(), |_| text("times")),
            probability: text("probability"),
            delay: text("then.delay_ms"),
            then: text("then"),
            value: text("value"),
        }
    }

    /// The fault as the control API would be told it.
    fn fault(&self, t: &'static Words) -> Result<Fault, Problem> {
        let said = |fields: &[(&str, &str)]| -> Map<String, Value> {
            let said = fields.iter().filter(|(_, value)| !value.is_empty());
            said.map(|(name, value)| ((*name).to_owned(), json!(value))).collect()
        };
        let matching = said(&[
            ("path", &self.path),
            ("method", &self.method),
            ("person", &self.person),
            ("app", &self.app),
        ]);
        let number = |field: &str, text: &str| -> Result<Value, Problem> {
            serde_json::from_str(text)
                .ok()
                .filter(Value::is_number)
                .ok_or_else(|| Problem::new(field, t.not_a_number))
        };
        let mut then = match self.then.as_str() {
            "code" | "status" | "truncate_after_bytes" => {
                json!({ self.then.as_str(): number("value", &self.value)? })
            }
            "error_code" => json!({ "error_code": self.value }),
            "drop_before" => json!({ "drop": "before" }),
            "drop_after" => json!({ "drop": "after" }),
            _ => json!({}),
        };
        if !self.delay.is_empty() {
            then["delay_ms"] = number("then.delay_ms", &self.delay)?;
        }
        let mut fault = json!({ "match": matching, "then": then });
        for (name, text) in [("times", &self.times), ("probability", &self.probability)] {
            if !text.is_empty() {
                fault[name] = number(name, text)?;
            }
        }
        serde_json::from_value(fault).map_err(|error| Problem::new("", error.to_string()))
    }
}

impl FaultsPage {
    fn new(live: &LiveWorld, language: Language) -> Self {
        let t = language.words();
        let row = |fault: ScriptedFault| {
            let document = serde_json::to_value(&fault.fault).expect("faults are plain data");
            let parts = ["method", "path", "person", "app"].map(|part| document["match"][part].as_str());
            let matching = parts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
            let (then, remaining) = (document["then"].to_string(), fault.remaining);
            FaultRow { id: fault.id, matching, then, remaining, applied: fault.applied }
        };
        let faults = live.scenario(|scenario| scenario.list()).into_iter().map(row).collect();
        let (people, apps) = live.read(|world, _| {
            let people = world.people().iter().map(|person| (person.key.clone(), person.nickname.clone()));
            (people.collect(), world.apps().iter().map(|app| app.key.clone()).collect())
        });
        Self {
            frame: Frame::new(language, Section::Faults),
            t,
            faults,
            presets: Preset::ALL.map(|preset| preset.names(t)).into(),
            people,
            apps,
            form: Form::new(None),
            problem: None,
        }
    }

    /// What there is to choose from, and whether it is chosen.
    fn effects(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
        let Self { t, form, .. } = self;
        let effects = [
            ("code", t.then_code),
            ("error_code", t.then_error_code),
            ("status", t.then_status),
            ("truncate_after_bytes", t.then_truncate),
            ("drop_before", t.then_drop_before),
            ("drop_after", t.then_drop_after),
            ("", t.then_only_delay),
        ];
        effects.into_iter().map(|(value, words)| (value, words, form.then == value))
    }
}

pub(super) async fn list(
    State(live): State<Arc<LiveWorld>>,
    language: Language,
    RawQuery(query): RawQuery,
) -> Response {
    let mut faults = FaultsPage::new(&live, language);
    faults.frame = faults.frame.saying_done(query.as_deref());
    show(&faults)
}

pub(super) async fn add(State(live): State<Arc<LiveWorld>>, language: Language, filled: Filled) -> Response {
    let t = language.words();
    let form = Form::new(Some(&filled));
    let fault = match filled.0.get("preset") {
        Some(name) => {
            let Some(preset) = Preset::ALL.into_iter().find(|preset| preset.names(t).0 == name) else {
                return missing(language);
            };
            Ok(preset.fault())
        }
        None => form.fault(t),
    };
    let added = fault.and_then(|fault| live.add_fault(fault).map_err(|error| problem(error, language)));
    match added {
        Ok(_) => done("/_emulator/faults"),
        Err(problem) => {
            show(&FaultsPage { form, problem: Some(problem), ..FaultsPage::new(&live, language) })
        }
    }
}

/// The refusal of the control API, at the fields of the form.
fn problem(error: FaultError, language: Language) -> Problem {
    match error {
        FaultError::Wrong { field, korean, english } => {
            let field = match field {
                "then.code" | "then.status" | "then.error_code" | "then.error" => "value",
                field => field,
            };
            Problem::new(field, if language == Language::Korean { korean } else { english })
        }
        FaultError::TooMany => Problem::new("", error.to_string()),
    }
}

pub(super) async fn remove(
    State(live): State<Arc<LiveWorld>>,
    language: Language,
    filled: Filled,
) -> Response {
    let removed = match filled.text("fault") {
        "" => {
            live.scenario(Scenario::clear);
            true
        }
        id => id.parse().is_ok_and(|id| live.scenario(|scenario| scenario.remove(id))),
    };
    if removed { done("/_emulator/faults") } else { missing(language) }
}
