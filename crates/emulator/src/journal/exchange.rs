//! An exchange made readable: parameters decoded, bodies as JSON, secrets shortened.

use std::collections::BTreeMap;

use http::HeaderName;
use http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value, json};
use url::form_urlencoded;

use super::shortening::{Shortening, cookies};
use super::{Entry, RawBody, RawPart};
use crate::seed::{AppKey, PersonKey};

/// One exchange with Kakao, as the journal tells it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Exchange {
    /// Grows with every exchange.
    pub id: u64,
    /// When the request came, by the emulator's clock.
    pub at: Timestamp,
    /// How long the answer took, scripted delays included.
    pub duration_ms: f64,
    /// `kauth.kakao.com` or `kapi.kakao.com`, under whatever name it was asked.
    pub host: &'static str,
    /// The method.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The app it was about, if it showed.
    pub app: Option<AppKey>,
    /// The person it was about, if it showed.
    pub person: Option<PersonKey>,
    /// The scripted fault that had its hand in it.
    pub fault: Option<u64>,
    /// Whether the caller got its answer.
    pub ending: Ending,
    /// What was asked.
    pub request: SeenRequest,
    /// What was answered, or would have been.
    pub response: Option<SeenResponse>,
}

/// Whether the caller got its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// It was answered.
    Answered,
    /// A scripted fault closed the connection without an answer.
    Dropped,
    /// The caller went away before there was an answer.
    Gone,
}

/// A request, readable.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SeenRequest {
    /// The headers that matter.
    pub headers: BTreeMap<String, String>,
    /// The parameters of the query; one that is repeated is a list.
    pub query: Map<String, Value>,
    /// The parameters of a form body, files told by their name and size.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form: Option<Map<String, Value>>,
    /// A body that is no form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
}

/// An answer, readable.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SeenResponse {
    /// The HTTP status.
    pub status: u16,
    /// The headers that matter.
    pub headers: BTreeMap<String, String>,
    /// JSON as it is; of a page its title and KOE code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
}

impl Exchange {
    pub(super) fn of(entry: &Entry) -> Self {
        let mut shortening = Shortening::default();
        let request = request(entry, &mut shortening);
        let response = entry.response.as_ref().map(|(status, part)| SeenResponse {
            status: status.as_u16(),
            headers: headers(part, &mut shortening),
            body: body(part, &mut shortening),
        });
        Self {
            id: entry.id,
            at: entry.at,
            duration_ms: (entry.duration.as_secs_f64() * 1e6).round() / 1e3,
            host: entry.host,
            method: entry.method.to_string(),
            path: entry.uri.path().to_owned(),
            app: entry.involved.app.clone(),
            person: entry.involved.person.clone(),
            fault: entry.fault,
            ending: entry.ending,
            request,
            response,
        }
    }
}

fn request(entry: &Entry, shortening: &mut Shortening) -> SeenRequest {
    let part = &entry.request;
    let query = parameters(entry.uri.query().unwrap_or_default().as_bytes(), shortening);
    let headers = headers(part, shortening);
    let (form, body) = match &part.body {
        RawBody::Multipart(parts) => {
            let mut form = Map::new();
            for part in parts {
                insert(&mut form, part.name.clone(), part.to_json(shortening));
            }
            (Some(form), None)
        }
        RawBody::Bytes { start, .. } if essence(part) == "application/x-www-form-urlencoded" => {
            (Some(parameters(start, shortening)), None)
        }
        RawBody::Bytes { .. } => (None, body(part, shortening)),
    };
    SeenRequest { headers, query, form, body }
}

/// The kind of a body, without its parameters.
fn essence(part: &RawPart) -> String {
    let content_type = part.header(&CONTENT_TYPE).unwrap_or_default();
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Nested JSON stays the string it is: how it was encoded is what the reader may be looking for.
fn parameters(text: &[u8], shortening: &mut Shortening) -> Map<String, Value> {
    let mut parameters = Map::new();
    for (name, value) in form_urlencoded::parse(text) {
        let value = shortening.value(&name, &value);
        insert(&mut parameters, name.into_owned(), value.into());
    }
    parameters
}

fn insert(parameters: &mut Map<String, Value>, name: String, value: Value) {
    match parameters.get_mut(&name) {
        None => {
            parameters.insert(name, value);
        }
        Some(Value::Array(values)) => values.push(value),
        Some(first) => *first = json!([first.take(), value]),
    }
}

fn headers(part: &RawPart, shortening: &mut Shortening) -> BTreeMap<String, String> {
    let shown = |(name, value): &(HeaderName, http::HeaderValue)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        let value = match name {
            name if name == AUTHORIZATION => shortening.authorization(&value),
            name if name == COOKIE || name == SET_COOKIE => cookies(&value),
            name if name == LOCATION => shortening.address(&value),
            _ => shortening.text(&value),
        };
        (name.to_string(), value)
    };
    part.headers.iter().map(shown).collect()
}

fn body(part: &RawPart, shortening: &mut Shortening) -> Option<Value> {
    let RawBody::Bytes { start, length } = &part.body else { return None };
    if *length == 0 {
        return None;
    }
    let essence = essence(part);
    if essence.starts_with("image/") {
        return Some(json!({"content_type": essence, "bytes": length}));
    }
    let text = String::from_utf8_lossy(start);
    if essence == "text/html" {
        return Some(page(&text));
    }
    if let Ok(mut value) = serde_json::from_str::<Value>(&text) {
        shortening.json(&mut value);
        return Some(value);
    }
    let text = shortening.unreadable(&text);
    Some(if start.len() < *length { format!("{text}… ({length} bytes)").into() } else { text.into() })
}

/// A page is told by its title and the KOE code it shows.
fn page(html: &str) -> Value {
    let title = html.split_once("<title>").and_then(|(_, rest)| rest.split_once("</title>"));
    let title = title.map(|(title, _)| title.trim());
    let code = html.match_indices("KOE").find_map(|(place, _)| {
        let code = html.get(place..place + 6)?;
        code[3..].bytes().all(|byte| byte.is_ascii_digit()).then_some(code)
    });
    json!({"page": title, "error_code": code})
}
