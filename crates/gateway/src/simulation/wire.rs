//! The way to Kakao, on which seeded things go wrong; it remembers what was asked and how it ended.

use std::collections::BTreeMap;
use std::fmt;
use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{Request, Response};
use jiff::{SignedDuration, Timestamp};
use katok_client::{PendingReply, Transport, TransportError};
use serde_json::Value;
use tokio::sync::Notify;

use super::diary::Diary;
use super::dice::Dice;
use super::kakao::{Kakao, text_of};

/// How long the gateway waits for Kakao.
pub(super) const PATIENCE: SignedDuration = SignedDuration::from_secs(2);

/// How a call ended, as seen from between the two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// Kakao was not reached.
    NotSent,
    /// It may have been done, and nobody was told.
    Unknown,
    /// Kakao answered: with a code of its own if it refused, and receiver by receiver if it did so for some.
    Answered { code: Option<String>, refused: BTreeMap<String, String> },
}

/// One call of the gateway's.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) begun_at: Timestamp,
    pub(super) path: String,
    /// What was sent, if a message was.
    pub(super) text: Option<String>,
    /// The uuids of whom it was for; nobody for a message to oneself.
    pub(super) receivers: Vec<String>,
    pub(super) ending: Ending,
}

/// How well things go on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weather {
    Fine,
    /// Now and then a call is late or lost, or the gateway dies over it.
    Rough,
    /// Nobody gets through.
    Down,
}

/// What goes wrong with one call.
enum Mishap {
    NotSent,
    /// It takes so long.
    Late(SignedDuration),
    DiesBefore,
    DiesAfter,
}

struct State {
    weather: Weather,
    dice: Dice,
    calls: Vec<Call>,
}

pub(super) struct Wire {
    kakao: Arc<Kakao>,
    diary: Diary,
    state: Mutex<State>,
    /// Rings when the gateway is to die; whoever was calling hears nothing more.
    pub(super) death: Notify,
}

impl Wire {
    pub(super) fn new(kakao: Arc<Kakao>, diary: Diary, dice: Dice) -> Self {
        let state = State { weather: Weather::Fine, dice, calls: Vec::new() };
        Self { kakao, diary, state: Mutex::new(state), death: Notify::new() }
    }

    pub(super) fn weather(&self, weather: Weather) {
        self.state().weather = weather;
    }

    /// Kakao is back: a login that nobody can refresh for months does end.
    pub(super) fn clear_up(&self) {
        let mut state = self.state();
        if state.weather == Weather::Down && state.dice.one_in(3) {
            state.weather = Weather::Rough;
        }
    }

    pub(super) fn is_down(&self) -> bool {
        self.state().weather == Weather::Down
    }

    pub(super) fn made(&self) -> usize {
        self.state().calls.len()
    }

    /// Whether after so many calls one for tokens was made whose answer nobody heard.
    pub(super) fn lost_tokens_since(&self, made: usize) -> bool {
        let state = self.state();
        state.calls[made..].iter().any(|call| call.path == "/oauth/token" && call.ending == Ending::Unknown)
    }

    pub(super) fn calls(&self) -> Vec<Call> {
        self.state().calls.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn mishap(&self) -> Option<Mishap> {
        let mut state = self.state();
        match state.weather {
            Weather::Fine => None,
            Weather::Down => Some(Mishap::NotSent),
            Weather::Rough => match state.dice.below(100) {
                0..5 => Some(Mishap::NotSent),
                5..10 => Some(Mishap::Late(SignedDuration::from_millis(state.dice.between(50, 4_000)))),
                10 => Some(Mishap::DiesBefore),
                11 => Some(Mishap::DiesAfter),
                _ => None,
            },
        }
    }

    async fn carry(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let mishap = self.mishap();
        let place = self.note(&request);
        let lost = || TransportError::MaybeSent("the connection was lost".into());
        match mishap {
            Some(Mishap::NotSent) => {
                self.ended(place, Ending::NotSent);
                return Err(TransportError::NotSent("nobody answers".into()));
            }
            Some(Mishap::DiesBefore) => return self.die().await,
            Some(Mishap::DiesAfter) => {
                self.kakao.answer(request).await;
                return self.die().await;
            }
            Some(Mishap::Late(by)) if by >= PATIENCE => {
                self.kakao.advance(PATIENCE);
                self.kakao.answer(request).await;
                return Err(lost());
            }
            Some(Mishap::Late(by)) => self.kakao.advance(by),
            None => {}
        }
        let Some(response) = self.kakao.answer(request).await else { return Err(lost()) };
        self.ended(place, answered(&response));
        Ok(response)
    }

    async fn die<T>(&self) -> T {
        self.diary.note(self.kakao.now(), format_args!("the gateway dies"));
        self.death.notify_one();
        pending().await
    }

    /// Notes a call whose ending is not known yet.
    fn note(&self, request: &Request<Bytes>) -> usize {
        let form: BTreeMap<String, String> = serde_urlencoded::from_bytes(request.body()).unwrap_or_default();
        let json = |field: &str| form.get(field).and_then(|text| serde_json::from_str::<Value>(text).ok());
        let receivers = json("receiver_uuids").and_then(|uuids| serde_json::from_value(uuids).ok());
        let call = Call {
            begun_at: self.kakao.now(),
            path: request.uri().path().to_owned(),
            text: json("template_object").map(|template| text_of(&template)),
            receivers: receivers.unwrap_or_default(),
            ending: Ending::Unknown,
        };
        self.diary
            .note(call.begun_at, format_args!("call {} {:?} {:?}", call.path, call.text, call.receivers));
        let mut state = self.state();
        state.calls.push(call);
        state.calls.len() - 1
    }

    fn ended(&self, place: usize, ending: Ending) {
        self.diary.note(self.kakao.now(), format_args!("  {ending:?}"));
        self.state().calls[place].ending = ending;
    }
}

fn answered(response: &Response<Bytes>) -> Ending {
    let body: Value = serde_json::from_slice(response.body()).unwrap_or_default();
    let code = match (&body["code"], &body["error_code"]) {
        (Value::Number(code), _) => Some(code.to_string()),
        (_, Value::String(code)) => Some(code.clone()),
        _ => None,
    };
    let code =
        if response.status().is_success() { None } else { code.or(Some(response.status().to_string())) };
    let failures = body["failure_info"].as_array().into_iter().flatten();
    let refused = failures.flat_map(|failure| {
        let uuids = failure["receiver_uuids"].as_array().into_iter().flatten();
        uuids.map(|uuid| (uuid.as_str().unwrap_or_default().to_owned(), failure["code"].to_string()))
    });
    Ending::Answered { code, refused: refused.collect() }
}

impl Transport for Wire {
    fn send(&self, request: Request<Bytes>) -> PendingReply<'_> {
        Box::pin(self.carry(request))
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire").finish_non_exhaustive()
    }
}
