//! The control API: what tests and people do to the world from outside it.

mod faults;
mod tokens;
mod webhooks;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router, middleware};
use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::origin;
use crate::approval::{self, ApproveError, Decision};
use crate::clock::ClockError;
use crate::inbox::ReceivedMessage;
use crate::journal::Exchange;
use crate::live::LiveWorld;
use crate::seed::{Seed, SeedError};

pub(super) fn routes() -> Router<Arc<LiveWorld>> {
    Router::new()
        .route("/_emulator/v1/health", get(health))
        .route("/_emulator/v1/reset", post(reset))
        .route("/_emulator/v1/begin-again", post(begin_again))
        .route("/_emulator/v1/world", get(world))
        .route("/_emulator/v1/approve", post(approve))
        .route("/_emulator/v1/people/{key}/messages", get(messages))
        .route("/_emulator/v1/clock", get(clock).post(turn_clock))
        .route("/_emulator/v1/tokens", post(tokens::issue))
        .route("/_emulator/v1/tokens/expire", post(tokens::expire))
        .route("/_emulator/v1/tokens/age", post(tokens::age))
        .route("/_emulator/v1/faults", get(faults::list).post(faults::add).delete(faults::clear))
        .route("/_emulator/v1/faults/{id}", delete(faults::remove))
        .route("/_emulator/v1/journal", get(journal))
        .route("/_emulator/v1/webhooks", get(webhooks::list).post(webhooks::send))
        .route("/_emulator/v1/people/{key}/unlink", post(webhooks::disconnect))
        .route("/_emulator/v1/people/{key}/account", post(webhooks::account))
        .layer(middleware::from_fn(origin::refuse_foreign_sites))
}

/// Why a control call did nothing.
pub(super) struct ControlFault {
    pub(super) status: StatusCode,
    pub(super) error: &'static str,
    pub(super) description: String,
    /// Kakao's code, where it is Kakao who refuses.
    pub(super) code: Option<&'static str>,
}

#[derive(Serialize)]
struct Refusal {
    error: &'static str,
    error_description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<&'static str>,
}

impl ControlFault {
    pub(super) fn nothing_here(status: StatusCode) -> Self {
        let description = "이 주소에는 아무것도 없습니다. There is nothing at this address.".to_owned();
        Self { status, error: "not_found", description, code: None }
    }

    fn bad_request(error: &'static str, description: String) -> Self {
        Self { status: StatusCode::BAD_REQUEST, error, description, code: None }
    }

    fn no_such_person(description: String) -> Self {
        Self { status: StatusCode::NOT_FOUND, error: "no_such_person", description, code: None }
    }
}

impl IntoResponse for ControlFault {
    fn into_response(self) -> Response {
        let Self { status, error, description, code } = self;
        (status, Json(Refusal { error, error_description: description, error_code: code })).into_response()
    }
}

impl From<SeedError> for ControlFault {
    fn from(error: SeedError) -> Self {
        Self::bad_request("bad_seed", error.to_string())
    }
}

impl From<ClockError> for ControlFault {
    fn from(error: ClockError) -> Self {
        Self::bad_request("bad_time", error.to_string())
    }
}

impl From<ApproveError> for ControlFault {
    fn from(error: ApproveError) -> Self {
        let text = error.to_string();
        match error {
            ApproveError::NoSuchPerson(_) => Self::no_such_person(text),
            ApproveError::NotAuthorize => Self::bad_request("not_authorize", text),
            ApproveError::AccountSuspended(_) => Self {
                status: StatusCode::FORBIDDEN,
                error: "account_suspended",
                description: text,
                code: None,
            },
            ApproveError::ErrorPage { status, code, description } => Self {
                status: StatusCode::from_u16(status).expect("faults have valid statuses"),
                error: "error_page",
                description,
                code: Some(code),
            },
        }
    }
}

/// Reads JSON whatever the content type says: `curl -d` labels it as a form.
fn read<T: DeserializeOwned>(body: &str) -> Result<T, ControlFault> {
    let mut json = serde_json::Deserializer::from_str(body);
    let read = serde_path_to_error::deserialize(&mut json).map_err(|error| error.to_string());
    let whole = read.and_then(|read| json.end().map(|()| read).map_err(|error| error.to_string()));
    whole.map_err(|error| {
        let description = format!("JSON 본문을 읽을 수 없습니다. The JSON body cannot be read: {error}");
        ControlFault::bad_request("bad_request", description)
    })
}

/// A body in UTF-8, whatever it is labelled as.
struct Body(String);

impl FromRequest<Arc<LiveWorld>> for Body {
    type Rejection = ControlFault;

    async fn from_request(request: Request, live: &Arc<LiveWorld>) -> Result<Self, ControlFault> {
        let body = String::from_request(request, live).await;
        body.map(Self).map_err(|rejection| ControlFault {
            status: rejection.status(),
            ..ControlFault::bad_request(
                "bad_request",
                format!("본문을 읽을 수 없습니다. The body cannot be read: {}", rejection.body_text()),
            )
        })
    }
}

/// Whom or what a path names.
pub(super) struct Named<T>(pub(super) T);

impl<T: DeserializeOwned + Send> FromRequestParts<Arc<LiveWorld>> for Named<T> {
    type Rejection = ControlFault;

    async fn from_request_parts(parts: &mut Parts, live: &Arc<LiveWorld>) -> Result<Self, ControlFault> {
        let path = Path::from_request_parts(parts, live).await;
        path.map(|Path(named)| Self(named)).map_err(|_| ControlFault::nothing_here(StatusCode::NOT_FOUND))
    }
}

/// What a query asks for.
struct Asked<T>(T);

impl<T: DeserializeOwned> FromRequestParts<Arc<LiveWorld>> for Asked<T> {
    type Rejection = ControlFault;

    async fn from_request_parts(parts: &mut Parts, live: &Arc<LiveWorld>) -> Result<Self, ControlFault> {
        let query = Query::from_request_parts(parts, live).await;
        query.map(|Query(asked)| Self(asked)).map_err(|rejection| {
            let description =
                format!("쿼리를 읽을 수 없습니다. The query cannot be read: {}", rejection.body_text());
            ControlFault::bad_request("bad_request", description)
        })
    }
}

async fn health(State(live): State<Arc<LiveWorld>>) -> Json<Value> {
    Json(json!({ "status": "ok", "now": live.clock().now() }))
}

async fn reset(State(live): State<Arc<LiveWorld>>, Body(body): Body) -> Result<Json<Seed>, ControlFault> {
    live.reset(&Seed::parse(&body)?);
    Ok(world(State(live)).await)
}

/// With what the emulator was started with, which only it knows.
async fn begin_again(State(live): State<Arc<LiveWorld>>) -> Json<Seed> {
    live.begin_again();
    world(State(live)).await
}

async fn world(State(live): State<Arc<LiveWorld>>) -> Json<Seed> {
    Json(live.read(|world, _| world.to_seed()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Approve {
    authorize_url: String,
    person: String,
    decision: AllowOrDeny,
    scopes: Option<BTreeSet<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum AllowOrDeny {
    Allow,
    Deny,
}

async fn approve(State(live): State<Arc<LiveWorld>>, Body(body): Body) -> Result<Json<Value>, ControlFault> {
    let Approve { authorize_url, person, decision, scopes } = read(&body)?;
    let decision = match (decision, scopes) {
        (AllowOrDeny::Deny, _) => Decision::Deny,
        (AllowOrDeny::Allow, None) => Decision::Allow,
        (AllowOrDeny::Allow, Some(scopes)) => Decision::AllowOnly(scopes),
    };
    let redirect_url = approval::approve(&live, &authorize_url, &person, &decision)?;
    Ok(Json(json!({ "redirect_url": redirect_url })))
}

/// Longer than a test should take.
const LONGEST_WAIT: u64 = 300;

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct WaitSince {
    since: u64,
    wait_seconds: u64,
}

async fn messages(
    State(live): State<Arc<LiveWorld>>,
    Named(person): Named<String>,
    Asked(WaitSince { since, wait_seconds }): Asked<WaitSince>,
) -> Result<Json<Vec<ReceivedMessage>>, ControlFault> {
    if wait_seconds > LONGEST_WAIT {
        let description =
            format!("wait_seconds: {LONGEST_WAIT} 이하여야 합니다. It must be {LONGEST_WAIT} or less.");
        return Err(ControlFault::bad_request("bad_request", description));
    }
    let messages = match wait_seconds {
        0 => ReceivedMessage::all_of(&live, &person, since),
        seconds => ReceivedMessage::awaited(&live, &person, since, Duration::from_secs(seconds)).await,
    };
    messages.map(Json).ok_or_else(|| ApproveError::NoSuchPerson(person).into())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Since {
    #[serde(default)]
    since: u64,
}

async fn journal(
    State(live): State<Arc<LiveWorld>>,
    Asked(Since { since }): Asked<Since>,
) -> Json<Vec<Exchange>> {
    Json(live.journal().read(since))
}

async fn clock(State(live): State<Arc<LiveWorld>>) -> Json<Value> {
    Json(json!({ "now": live.clock().now() }))
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum TurnClock {
    AdvanceSeconds(i64),
    Set(Timestamp),
    /// Back to the real time; `false` leaves it where it is.
    Real(bool),
}

async fn turn_clock(
    State(live): State<Arc<LiveWorld>>,
    Body(body): Body,
) -> Result<Json<Value>, ControlFault> {
    let turn: TurnClock = read(&body)?;
    live.turn_clock(|clock| match turn {
        TurnClock::AdvanceSeconds(seconds) => clock.advance(SignedDuration::from_secs(seconds)),
        TurnClock::Set(to) => clock.set(to),
        TurnClock::Real(real) => {
            if real {
                clock.set_offset(SignedDuration::ZERO);
            }
            Ok(())
        }
    })?;
    Ok(self::clock(State(live)).await)
}
