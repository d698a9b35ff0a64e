//! The journal: what was asked of Kakao and what it answered.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::frame::{Frame, Section, missing, show};
use super::language::Language;
use super::words::Words;
use crate::http::control::{ControlFault, Named};
use crate::journal::{Ending, Entry, Exchange};
use crate::live::LiveWorld;
use crate::seed::{AppKey, PersonKey};
use crate::world::quota::korean_time;

/// How many exchanges the list shows.
const SHOWN: usize = 100;

#[derive(Template)]
#[template(path = "journal.html")]
struct JournalPage {
    frame: Frame,
    t: &'static Words,
    asked: Asked,
    people: Vec<(PersonKey, String)>,
    apps: Vec<AppKey>,
    exchanges: Vec<Row>,
}

/// Which exchanges to show; empty means all.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    path: String,
    person: String,
    app: String,
    /// `ok` or `refused`.
    result: String,
}

impl Asked {
    fn fits(&self, entry: &Entry) -> bool {
        let is = |wanted: &str, given: Option<&str>| wanted.is_empty() || given == Some(wanted);
        let status = entry.response.as_ref().map(|(status, _)| status.as_u16());
        let was_refused = status.is_none_or(|status| status >= 400) || entry.ending != Ending::Answered;
        entry.uri.path().contains(self.path.trim())
            && is(&self.person, entry.involved.person.as_ref().map(PersonKey::as_str))
            && is(&self.app, entry.involved.app.as_ref().map(AppKey::as_str))
            && is(&self.result, Some(if was_refused { "refused" } else { "ok" }))
    }
}

/// An exchange in the list.
struct Row {
    id: u64,
    at: String,
    host: &'static str,
    method: String,
    path: String,
    person: String,
    app: String,
    outcome: String,
    was_refused: bool,
}

impl Row {
    fn new(exchange: &Exchange, t: &'static Words) -> Self {
        let status = exchange.response.as_ref().map(|response| response.status);
        let key = |key: Option<&str>| key.unwrap_or_default().to_owned();
        Self {
            id: exchange.id,
            at: time(exchange.at),
            host: exchange.host,
            method: exchange.method.clone(),
            path: exchange.path.clone(),
            person: key(exchange.person.as_ref().map(PersonKey::as_str)),
            app: key(exchange.app.as_ref().map(AppKey::as_str)),
            outcome: outcome(exchange, t),
            was_refused: status.is_none_or(|status| status >= 400) || exchange.ending != Ending::Answered,
        }
    }
}

/// The status and Kakao's code, or why there was no answer.
fn outcome(exchange: &Exchange, t: &'static Words) -> String {
    match (exchange.ending, &exchange.response) {
        (Ending::Dropped, _) => t.dropped.to_owned(),
        (Ending::Answered, Some(response)) => {
            let body = response.body.as_ref();
            let code = body.and_then(|body| {
                let koe = body.get("error_code").and_then(Value::as_str).map(str::to_owned);
                koe.or_else(|| Some(body.get("code")?.as_i64().filter(|code| *code < 0)?.to_string()))
            });
            let code = code.map(|code| format!(" {code}")).unwrap_or_default();
            format!("{}{code}", response.status)
        }
        _ => t.gone.to_owned(),
    }
}

fn time(at: Timestamp) -> String {
    korean_time(at).strftime("%m-%d %H:%M:%S").to_string()
}

pub(super) async fn list(
    State(live): State<Arc<LiveWorld>>,
    language: Language,
    Query(asked): Query<Asked>,
) -> Response {
    let t = language.words();
    let exchanges = live.journal().newest(SHOWN, |entry| asked.fits(entry));
    let (people, apps) = live.read(|world, _| {
        let people = world.people().iter().map(|person| (person.key.clone(), person.nickname.clone()));
        (people.collect(), world.apps().iter().map(|app| app.key.clone()).collect())
    });
    let exchanges = exchanges.iter().map(|exchange| Row::new(exchange, t)).collect();
    let frame = Frame::new(language, Section::Journal);
    show(&JournalPage { frame, t, asked, people, apps, exchanges })
}

#[derive(Template)]
#[template(path = "exchange.html")]
struct ExchangePage {
    frame: Frame,
    t: &'static Words,
    row: Row,
    duration: f64,
    fault: Option<u64>,
    request_headers: Vec<(String, String)>,
    query: Vec<(String, String)>,
    form: Vec<(String, String)>,
    request_body: Option<String>,
    response_headers: Vec<(String, String)>,
    response_body: Option<String>,
}

pub(super) async fn look(
    State(live): State<Arc<LiveWorld>>,
    language: Language,
    Named(id): Named<u64>,
) -> Result<Response, ControlFault> {
    let Some(exchange) = live.journal().exchange(id) else { return Ok(missing(language)) };
    let t = language.words();
    let row = Row::new(&exchange, t);
    let (request, response) = (exchange.request, exchange.response);
    let (response_headers, response_body) =
        response.map(|response| (response.headers, response.body)).unwrap_or_default();
    Ok(show(&ExchangePage {
        frame: Frame::new(language, Section::Journal),
        t,
        row,
        duration: exchange.duration_ms,
        fault: exchange.fault,
        request_headers: request.headers.into_iter().collect(),
        query: parameters(&request.query),
        form: request.form.as_ref().map(parameters).unwrap_or_default(),
        request_body: request.body.as_ref().map(readable),
        response_headers: response_headers.into_iter().collect(),
        response_body: response_body.as_ref().map(readable),
    }))
}

fn parameters(parameters: &Map<String, Value>) -> Vec<(String, String)> {
    parameters.iter().map(|(name, value)| (name.clone(), readable(value))).collect()
}

/// JSON laid out, also when it came inside a string.
fn readable(value: &Value) -> String {
    let inner = value.as_str().and_then(|text| serde_json::from_str::<Value>(text).ok());
    match (value, inner.filter(|inner| inner.is_object() || inner.is_array())) {
        (_, Some(inner)) => format!("{inner:#}"),
        (Value::String(text), None) => text.clone(),
        (value, None) => format!("{value:#}"),
    }
}
