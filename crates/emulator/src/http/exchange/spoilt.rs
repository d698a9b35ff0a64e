//! Answers as a scripted fault spoils them.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use hyper::body::Frame;
use serde::Serialize;

use crate::fault::{ListedApiFault, ListedLoginFault, listed_api_fault, listed_login_fault};
use crate::http::host::Side;
use crate::http::kakao_json;
use crate::http::login_host::scripted_fault_page;
use crate::scenario::{Change, Refusal};

#[derive(Serialize)]
struct ApiRefusal {
    msg: String,
    code: i32,
}

#[derive(Serialize)]
struct LoginRefusal {
    error: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<String>,
}

/// The refusal as the host that is asked would say it.
pub(super) fn refuse(refusal: Refusal, side: Side, path: &str) -> Response {
    match refusal {
        Refusal::Status(status) if side == Side::Login => refuse(of_login(status), side, path),
        Refusal::Status(status) => refuse(of_api(status), side, path),
        Refusal::Api { status, code, msg } => {
            let mut response = kakao_json(status, &ApiRefusal { msg, code });
            if status == 401 {
                let challenge = HeaderValue::from_static("Bearer error=invalid_token");
                response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
            }
            response
        }
        Refusal::Login { status, error, description, code } => {
            // A person sees a page, a client JSON.
            if path.starts_with("/oauth/authorize") || path == "/oauth/logout" {
                let code = code.as_deref().unwrap_or(&error);
                return scripted_fault_page(status, code, description.unwrap_or_default());
            }
            kakao_json(status, &LoginRefusal { error, error_description: description, error_code: code })
        }
    }
}

/// The code that goes best with a status.
fn of_api(status: u16) -> Refusal {
    let code = match status {
        401 => -401,
        403 => -5,
        429 => -10,
        503 => -9798,
        _ => -1,
    };
    let ListedApiFault { text, .. } = listed_api_fault(code).expect("the table has these codes");
    Refusal::Api { status, code, msg: text.to_owned() }
}

fn of_login(status: u16) -> Refusal {
    let code = match status {
        401 => "KOE101",
        429 => "KOE237",
        _ => "KOE003",
    };
    let ListedLoginFault { error, description, .. } =
        listed_login_fault(code).expect("the table has these codes");
    Refusal::Login {
        status,
        error: error.to_owned(),
        description: Some(description.to_owned()),
        code: Some(code.to_owned()),
    }
}

/// The answer with other headers, under another label, or with another body.
pub(super) fn change(change: &Change, mut response: Response) -> Response {
    if let Some(body) = &change.body {
        *response.body_mut() = Body::from(body.clone());
        response.headers_mut().remove(header::CONTENT_LENGTH);
    }
    let content_type = change.content_type.as_ref().map(|kind| ("content-type", kind));
    let headers = change.headers.iter().map(|(name, value)| (name.as_str(), value));
    for (name, value) in headers.chain(content_type) {
        // The scenario takes nothing else.
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// The beginning of an answer that says it is longer.
pub(super) async fn truncate(response: Response, length: usize) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(mut bytes) = to_bytes(body, usize::MAX).await else {
        return Response::from_parts(parts, Body::empty());
    };
    if length >= bytes.len() {
        return Response::from_parts(parts, Body::from(bytes));
    }
    parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    bytes.truncate(length);
    (parts, Body::new(BrokenOff::after(bytes))).into_response()
}

/// A body that breaks off.
pub(super) struct BrokenOff {
    start: Option<Bytes>,
    is_flushed: bool,
}

impl BrokenOff {
    pub(super) fn after(start: Bytes) -> Self {
        Self { is_flushed: start.is_empty(), start: Some(start).filter(|start| !start.is_empty()) }
    }
}

impl HttpBody for BrokenOff {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(start) = self.start.take() {
            return Poll::Ready(Some(Ok(Frame::data(start))));
        }
        if !self.is_flushed {
            // hyper writes out what it has when there is nothing more for the moment, and forgets it on an error.
            self.is_flushed = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(io::Error::other("broken off"))))
    }
}
