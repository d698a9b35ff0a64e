//! The form of a refusal, which goes by where it was asked: `/v1` answers problem details (RFC 9457), pages a page,
//! all others as the sample's routes do.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use katok_client::KakaoCode;
use serde_json::{Map, Value};

use super::language::Reader;
use super::pages;
use super::refusal::Refusal;
use crate::app::App;

/// Whether an address belongs to the API of our own.
pub(super) fn is_v1(path: &str) -> bool {
    path == "/v1" || path.starts_with("/v1/")
}

/// The page to come back to when somebody has to sign in first, for addresses that answer with pages.
fn page_of(path: &str) -> Option<&'static str> {
    let place = path.split('/').nth(1)?;
    match place {
        "account" => Some("/account"),
        "compose" if !path.ends_with("/preview") => Some("/"),
        "history" => Some("/history"),
        "logged-out" => Some("/"),
        "logout" if path != "/logout" => Some("/"),
        _ => None,
    }
}

/// What a refusal looks like at an address.
#[derive(Clone, Copy)]
pub(super) enum Form {
    Problem,
    Page(Reader, &'static str),
    Sample,
}

pub(super) fn at(path: &str, headers: &HeaderMap) -> Form {
    if is_v1(path) {
        Form::Problem
    } else if let Some(page) = page_of(path).filter(|_| !asks_for_json(headers)) {
        Form::Page(Reader::of(headers), page)
    } else {
        Form::Sample
    }
}

/// As our own script does, where a form without one is answered with a page.
pub(super) fn asks_for_json(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).is_some_and(|accept| accept == "application/json")
}

/// Gives an answer its form if it is a refusal, whoever refused: panics and time-outs do as well.
pub(super) fn put_in(form: Form, app: &App, mut response: Response) -> Response {
    let Some(refusal) = response.extensions_mut().remove::<Refusal>() else { return response };
    match form {
        Form::Problem => with_body(response, "application/problem+json", problem(refusal).to_string()),
        Form::Page(reader, page) => {
            with_body(response, "text/html; charset=utf-8", pages::refused(app, reader, page, refusal))
        }
        Form::Sample => response,
    }
}

/// Another body; what else the answer says, such as cookies, stays.
fn with_body(mut response: Response, kind: &'static str, text: String) -> Response {
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().remove(header::CONTENT_LENGTH);
    *response.body_mut() = Body::from(text);
    response
}

fn problem(refusal: Refusal) -> Value {
    let mut problem = Map::new();
    problem.insert("title".into(), refusal.status.canonical_reason().unwrap_or("Error").into());
    problem.insert("status".into(), refusal.status.as_u16().into());
    problem.insert("detail".into(), refusal.sentence.en.into());
    problem.insert("code".into(), refusal.code.into());
    if let Some(code) = refusal.kakao_code {
        let code = match code {
            KakaoCode::Api(number) => number.into(),
            KakaoCode::Login(code) => code.into(),
        };
        problem.insert("kakao_code".into(), code);
    }
    // What the sample's form says beside that: the remedy, and what it is about.
    let beside = refusal
        .body
        .into_iter()
        .filter(|(name, _)| !["error", "msg", "code", "kakao_code"].contains(&name.as_str()));
    problem.extend(beside);
    problem.into()
}
