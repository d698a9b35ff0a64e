//! Around every exchange with Kakao: a scripted fault may spoil it, and the journal notes it.

mod spoilt;

use std::sync::Arc;
use std::time::Instant;

use axum::body::{Body, Bytes, HttpBody as _, to_bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::Cookie;
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use katok_listener::NoAnswer;

use self::spoilt::BrokenOff;
use super::host::{self, Side};
use super::login_host::SESSION_COOKIE;
use super::parameters::Parameters;
use crate::journal::{Ending, Entry, RawPart};
use crate::live::LiveWorld;
use crate::scenario::{Answer, Effect, Met};
use crate::world::involved::{Clues, Involved};

/// More than any call takes; the calls have narrower limits of their own.
const LARGEST_REQUEST: usize = 32 * 1024 * 1024;
/// The body of a larger answer passes the journal by.
const LARGEST_ANSWER: u64 = 1024 * 1024;

static REQUEST_HEADERS: [HeaderName; 6] = [
    header::AUTHORIZATION,
    HeaderName::from_static("ka"),
    header::CONTENT_TYPE,
    header::USER_AGENT,
    header::ORIGIN,
    header::COOKIE,
];

static RESPONSE_HEADERS: [HeaderName; 5] = [
    header::CONTENT_TYPE,
    header::LOCATION,
    header::WWW_AUTHENTICATE,
    header::RETRY_AFTER,
    header::SET_COOKIE,
];

/// Notes the exchange, and spoils it if that is scripted.
pub(super) async fn observe(State(live): State<Arc<LiveWorld>>, request: Request, next: Next) -> Response {
    let Some(side) = asked_of_kakao(&request) else { return next.run(request).await };
    let (parts, body) = request.into_parts();
    let mut note = Note::begin(&live, side, &parts);
    let read = to_bytes(body, LARGEST_REQUEST).await;
    let bytes = read.as_ref().map(Bytes::clone).unwrap_or_default();
    note.entry.request = RawPart::new(&parts.headers, &REQUEST_HEADERS, &bytes);
    note.entry.involved = involved(&live, &parts, &bytes);

    let Involved { app, person } = &note.entry.involved;
    let path = parts.uri.path().to_owned();
    let met = Met { method: parts.method.as_str(), path: &path, person: person.as_ref(), app: app.as_ref() };
    let decided = live.scenario(|scenario| scenario.decide(met));
    // A body that broke off must not look as if it had ended.
    let body = read.map_or_else(|_| Body::new(BrokenOff::after(Bytes::new())), Body::from);
    let work = next.run(Request::from_parts(parts, body));
    let Some((id, Effect { delay, answer })) = decided else { return note.answered(work.await).await };

    note.entry.fault = Some(id);
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    match answer {
        Answer::DropBefore => note.dropped(),
        Answer::DropAfter => {
            note.keep(work.await).await;
            note.dropped()
        }
        Answer::Changed { refusal, change } => {
            let response = match refusal {
                Some(refusal) => spoilt::refuse(refusal, side, &path),
                None => work.await,
            };
            let response = note.answered(spoilt::change(&change, response)).await;
            match change.truncate_after_bytes {
                Some(length) => spoilt::truncate(response, length).await,
                None => response,
            }
        }
    }
}

/// Which of Kakao's hosts is asked; none for the emulator's own addresses.
fn asked_of_kakao(request: &Request) -> Option<Side> {
    let path = request.uri().path();
    match (host::kakao_side(request.headers(), request.uri()), Side::of_path(path)) {
        (Some(asked), Side::Emulator) if path == "/" => Some(asked),
        (_, Side::Emulator) => None,
        (asked, side) => Some(asked.unwrap_or(side)),
    }
}

fn involved(live: &LiveWorld, parts: &Parts, body: &[u8]) -> Involved {
    let parameters = Parameters::new(parts.uri.query(), &parts.headers, body);
    let cookies = CookieJar::from_headers(&parts.headers);
    let authorization = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let (scheme, key) = authorization.and_then(|value| value.split_once(' ')).unwrap_or_default();
    let key_of = |wanted: &str| scheme.eq_ignore_ascii_case(wanted).then_some(key.trim());
    let clues = Clues {
        access_token: key_of("bearer"),
        admin_key: key_of("kakaoak"),
        target_id: parameters.get("target_id"),
        client_id: parameters.get("client_id"),
        code: parameters.get("code"),
        refresh_token: parameters.get("refresh_token"),
        session: cookies.get(SESSION_COOKIE).map(Cookie::value),
    };
    live.read(|world, _| world.involved(&clues))
}

/// An exchange under way. It is noted when this is dropped, so also when the caller goes away first.
struct Note<'a> {
    live: &'a LiveWorld,
    entry: Entry,
    started: Instant,
}

impl<'a> Note<'a> {
    fn begin(live: &'a LiveWorld, side: Side, parts: &Parts) -> Self {
        let host = if side == Side::Login { "kauth.kakao.com" } else { "kapi.kakao.com" };
        let entry = Entry::begun(live.clock().now(), host, parts.method.clone(), parts.uri.clone());
        Self { live, entry, started: Instant::now() }
    }

    async fn answered(&mut self, mut response: Response) -> Response {
        // Whoever compares clocks with Kakao means the one that ends tokens.
        if let Some(date) = http_date(self.live.clock().now()) {
            response.headers_mut().entry(header::DATE).or_insert(date);
        }
        let response = self.keep(response).await;
        self.entry.ending = Ending::Answered;
        response
    }

    fn dropped(&mut self) -> Response {
        self.entry.ending = Ending::Dropped;
        let mut response = Response::default();
        response.extensions_mut().insert(NoAnswer);
        response
    }

    async fn keep(&mut self, response: Response) -> Response {
        let (parts, body) = response.into_parts();
        let (bytes, body) = if body.size_hint().upper().is_some_and(|length| length <= LARGEST_ANSWER) {
            // Answers are made whole before they are sent: this does not wait.
            let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
            (bytes.clone(), Body::from(bytes))
        } else {
            (Bytes::new(), body)
        };
        let part = RawPart::new(&parts.headers, &RESPONSE_HEADERS, &bytes);
        self.entry.response = Some((parts.status, part));
        Response::from_parts(parts, body)
    }
}

fn http_date(at: Timestamp) -> Option<HeaderValue> {
    let date = rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&at).ok()?;
    HeaderValue::from_str(&date).ok()
}

impl Drop for Note<'_> {
    fn drop(&mut self) {
        self.entry.duration = self.started.elapsed();
        self.live.journal().write(self.entry.clone());
    }
}
