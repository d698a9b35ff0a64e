//! What is made again when Kakao is not there for a moment, after how long, and what never is.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use jiff::Timestamp;
use katok_client::{
    AccessToken, AuthorizationCode, Client, ClientBuilder, Error, ErrorKind, ExchangeCode, Link, ManualClock,
    Me, PendingReply, Remedy, Retries, SendToMe, Text, Transport, TransportError, Unlink,
};
use serde_json::json;
use tokio::time::Instant;
use url::Url;

use crate::kakao::{Answer, Kakao, client_at};

/// What one attempt meets.
#[derive(Debug, Clone)]
enum Fate {
    Well,
    /// A refusal with this status, code and `Retry-After`.
    Refused(u16, i64, Option<&'static str>),
    NoConnection,
    CutOff,
}

/// A wire on which each attempt meets the next fate.
#[derive(Debug)]
struct Fates(Mutex<VecDeque<Fate>>);

impl Transport for Fates {
    fn send(&self, _: Request<Bytes>) -> PendingReply<'_> {
        let fate = self.0.lock().unwrap().pop_front().expect("one attempt more than was foreseen");
        Box::pin(async move {
            let response = Response::builder();
            Ok(match fate {
                Fate::Well => response.body(json!({"id": 1, "result_code": 0}).to_string().into()).unwrap(),
                Fate::Refused(status, code, retry_after) => {
                    let response = response.status(status);
                    let response = match retry_after {
                        Some(wait) => response.header("retry-after", wait),
                        None => response,
                    };
                    response.body(json!({"code": code, "msg": ""}).to_string().into()).unwrap()
                }
                Fate::NoConnection => return Err(TransportError::NotSent("no route".into())),
                Fate::CutOff => return Err(TransportError::MaybeSent("reset".into())),
            })
        })
    }
}

/// A client that meets these fates, and the wire, which knows how many are left.
fn meeting(fates: &[Fate], set: impl Fn(ClientBuilder) -> ClientBuilder) -> (Client, Arc<Fates>) {
    let wire = Arc::new(Fates(Mutex::new(fates.iter().cloned().collect())));
    let builder = client_at(&Url::parse("https://kakao.example").unwrap()).transport(wire.clone());
    (set(builder).build().unwrap(), wire)
}

async fn read(client: &Client) -> Result<(), Error> {
    client.call(&Me, &AccessToken::new("A")).await.map(|_| ())
}

async fn send(client: &Client) -> Result<(), Error> {
    let link = Link::web(&Url::parse("https://svc.example/").unwrap());
    client.call(&SendToMe::new(Text::new("안녕", link).unwrap()), &AccessToken::new("A")).await
}

const DOWN: Fate = Fate::Refused(503, -9798, None);

#[tokio::test(start_paused = true)]
async fn a_read_is_made_again_until_kakao_is_back() {
    for fate in [DOWN, Fate::Refused(400, -1, None), Fate::CutOff, Fate::NoConnection] {
        let (client, wire) = meeting(&[fate.clone(), fate, Fate::Well], |builder| builder);
        read(&client).await.unwrap();
        assert!(wire.0.lock().unwrap().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn after_the_last_attempt_its_error_is_told() {
    let (client, wire) = meeting(&[Fate::CutOff, Fate::CutOff, DOWN], |builder| builder);
    let error = read(&client).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Refused, Some(503)));
    assert!(wire.0.lock().unwrap().is_empty());

    let (client, _) = meeting(&[DOWN], |builder| builder.retries(Retries::NONE));
    read(&client).await.unwrap_err();
}

#[tokio::test(start_paused = true)]
async fn a_message_is_sent_once_whatever_happens() {
    for fate in [DOWN, Fate::Refused(400, -1, None), Fate::CutOff, Fate::NoConnection] {
        let (client, _) = meeting(&[fate], |builder| builder.retries(Retries::attempts(9)));
        send(&client).await.unwrap_err();
    }
}

#[tokio::test(start_paused = true)]
async fn what_counts_once_is_made_again_only_if_nothing_had_left_this_machine() {
    let (client, _) = meeting(&[Fate::NoConnection, Fate::Well], |builder| builder);
    client.call(&Unlink, &AccessToken::new("A")).await.unwrap();

    for fate in [DOWN, Fate::CutOff] {
        let (client, _) = meeting(&[fate], |builder| builder);
        let exchange = ExchangeCode {
            redirect_uri: "https://svc.example/cb".parse().unwrap(),
            code: AuthorizationCode::new("C"),
            code_verifier: None,
        };
        client.exchange_code(&exchange).await.unwrap_err();
    }
}

#[tokio::test(start_paused = true)]
async fn what_no_repetition_could_mend_is_not_repeated() {
    for (status, code) in [(401, -401), (403, -402), (400, -2), (400, -10), (429, -10)] {
        let (client, _) = meeting(&[Fate::Refused(status, code, None)], |builder| builder);
        read(&client).await.unwrap_err();
    }
}

/// How long a read takes whose first attempt is refused with this `Retry-After`, at noon.
async fn pause_for(retry_after: &'static str) -> Result<Duration, Error> {
    let noon: Timestamp = "2026-01-02T12:00:00Z".parse().unwrap();
    let (client, _) = meeting(&[Fate::Refused(503, -9798, Some(retry_after)), Fate::Well], |builder| {
        builder.clock(Arc::new(ManualClock::new(noon)))
    });
    let begun = Instant::now();
    read(&client).await.map(|()| begun.elapsed())
}

#[tokio::test(start_paused = true)]
async fn kakaos_wish_to_be_left_alone_is_kept_to() {
    let near = |pause: Duration, seconds: u64| {
        pause >= Duration::from_secs(seconds) && pause < Duration::from_secs(seconds + 1)
    };
    assert!(near(pause_for("3").await.unwrap(), 3));
    assert!(near(pause_for("Fri, 02 Jan 2026 12:00:04 GMT").await.unwrap(), 4));
    assert!(near(pause_for("Fri, 02 Jan 2026 11:00:00 GMT").await.unwrap(), 0), "that time has passed");
    assert!(near(pause_for("soon").await.unwrap(), 0));
}

#[tokio::test(start_paused = true)]
async fn a_pause_too_long_to_sit_out_is_the_callers_decision() {
    let error = pause_for("60").await.unwrap_err();
    assert_eq!(error.remedy(), Remedy::Retry { after: Some(Duration::from_mins(1)) });
    let error = pause_for("Fri, 02 Jan 2026 13:00:00 GMT").await.unwrap_err();
    assert_eq!(error.remedy(), Remedy::Retry { after: Some(Duration::from_hours(1)) });
}

#[tokio::test(start_paused = true)]
async fn pauses_double_and_chance_shortens_them() {
    let retries = Retries::attempts(4).first_pause(Duration::from_millis(400));
    let (client, _) = meeting(&[DOWN, DOWN, DOWN, Fate::Well], |builder| builder.retries(retries));
    let begun = Instant::now();
    read(&client).await.unwrap();
    let whole = Duration::from_millis(400 + 800 + 1600);
    // Timers round up to a millisecond each.
    assert!(begun.elapsed() >= whole / 2 && begun.elapsed() <= whole + Duration::from_millis(3));
}

#[tokio::test(start_paused = true)]
async fn a_pause_without_end_is_not_sat_out() {
    let endless = Retries::attempts(2).longest_pause(Duration::MAX);
    let asked_for = Fate::Refused(503, -9798, Some("18446744073709551615"));
    for (fate, retries) in [(asked_for, endless), (DOWN, endless.first_pause(Duration::MAX))] {
        let (client, _) = meeting(&[fate], |builder| builder.retries(retries));
        assert!(matches!(read(&client).await.unwrap_err().remedy(), Remedy::Retry { .. }));
    }
}

#[tokio::test]
async fn no_attempt_begins_once_a_whole_time_out_has_passed() {
    let kakao = Kakao::start(|_| Answer::Silence).await;
    let client = client_at(&kakao.url()).timeout(Duration::from_millis(300)).build().unwrap();
    let error = read(&client).await.unwrap_err();
    assert_eq!((error.kind(), kakao.received().len()), (ErrorKind::Unanswered, 1));
}
