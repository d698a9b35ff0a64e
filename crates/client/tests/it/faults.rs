//! Kakao fails in every way the emulator can: what the error says agrees with what really happened there.

use std::time::Duration;

use katok_client::{
    AccessToken, Client, Endpoint, Error, ErrorKind, Link, Logout, Me, Remedy, Retries, SendToMe, Text,
    UpdateProfile,
};
use katok_emulator::Fault;
use url::Url;

use crate::service::{Service, builder};
use crate::shop;
use ErrorKind::{Refused, Unanswered, Unavailable, Unreadable};

/// How long a client waits in a test where waiting is in vain.
const SOON: Duration = Duration::from_millis(500);
const RETRY: Remedy = Remedy::Retry { after: None };

/// How a call ended, and what became of it at Kakao.
#[derive(Debug, Clone, PartialEq)]
struct End {
    kind: ErrorKind,
    remedy: Remedy,
    requests: u64,
    is_done: bool,
}

fn end(kind: ErrorKind, remedy: Remedy, requests: u64, is_done: bool) -> End {
    End { kind, remedy, requests, is_done }
}

/// A shop, and what Kakao does to its requests.
struct Trouble {
    service: Service,
    client: Client,
    fault: Fault,
}

impl Trouble {
    async fn meet<E: Endpoint>(&self, endpoint: &E, token: &AccessToken) -> (Error, u64) {
        self.service.kakao.fault(self.fault.clone()).unwrap();
        let error = self.client.call(endpoint, token).await.err().unwrap();
        let requests = self.service.kakao.faults()[0].applied;
        self.service.kakao.clear_faults();
        (error, requests)
    }
}

async fn ends(fault: Fault) -> [End; 4] {
    ends_within(Duration::from_mins(1), fault).await
}

/// How a read, a change, a call that counts once and a send end; each may be made twice, as far as it may.
async fn ends_within(timeout: Duration, fault: Fault) -> [End; 4] {
    let service = shop::open().await;
    let retries = Retries::attempts(2).first_pause(Duration::from_millis(1));
    let client = builder(&service.kakao).timeout(timeout).retries(retries).build().unwrap();
    let trouble = Trouble { service, client, fault };
    let service = &trouble.service;

    let token = service.sign_in("mina", &["talk_message"]).await;
    let read = trouble.meet(&Me, &token).await;
    let change = trouble.meet(&UpdateProfile::new([("favorite", "blue")]), &token).await;
    let is_changed = service.client.call(&Me, &token).await.unwrap().properties.contains_key("favorite");
    let link = Link::web(&Url::parse("https://svc.example/").unwrap());
    let send = trouble.meet(&SendToMe::new(Text::new("안녕", link).unwrap()), &token).await;
    let once = trouble.meet(&Logout, &token).await;
    let is_logged_out = service.client.call(&Me, &token).await.is_err();

    // Nothing shows that a read was done.
    let is_done = [false, is_changed, is_logged_out, service.kakao.messages("mina").len() == 1];
    let mut told = [read, change, once, send].into_iter().zip(is_done);
    std::array::from_fn(|_| {
        let ((error, requests), is_done) = told.next().unwrap();
        end(error.kind(), error.remedy(), requests, is_done)
    })
}

/// No answer, after Kakao has done what was asked or has not.
fn no_answer(is_done: bool) -> [End; 4] {
    [
        end(Unanswered, RETRY, 2, false),
        end(Unanswered, RETRY, 2, is_done),
        end(Unanswered, RETRY, 1, is_done),
        end(Unanswered, Remedy::Unconfirmed, 1, is_done),
    ]
}

fn any() -> Fault {
    Fault::on("/v*")
}

#[tokio::test]
async fn who_gets_no_answer_does_not_know_whether_it_is_done() {
    // Nobody waits twice.
    let late = no_answer(false).map(|told| End { requests: 1, ..told });
    assert_eq!(ends_within(SOON, any().delay(Duration::from_mins(10))).await, late);
    assert_eq!(ends(any().drop_before()).await, no_answer(false));
    assert_eq!(ends(any().drop_after()).await, no_answer(true));
    assert_eq!(ends(any().truncate_after_bytes(0)).await, no_answer(true));
    assert_eq!(ends(any().truncate_after_bytes(9)).await, no_answer(true));
}

#[tokio::test]
async fn an_answer_without_sense_may_come_after_it_is_done() {
    let senseless = [
        end(Unreadable, Remedy::TellOperator, 1, false),
        end(Unreadable, Remedy::TellOperator, 1, true),
        end(Unreadable, Remedy::TellOperator, 1, true),
        end(Unreadable, Remedy::Unconfirmed, 1, true),
    ];
    let page = any().content_type("text/html").body("<!doctype html><title>점검 중</title>");
    assert_eq!(ends(page).await, senseless);
    for body in ["", "{}", "[]", "null", "{\"id\": \"one\", \"result_code\": \"0\"", "{\"msg\": \"ok\"}"] {
        assert_eq!(ends(any().body(body)).await, senseless, "{body}");
    }
}

#[tokio::test]
async fn an_answer_under_a_wrong_label_is_read() {
    let service = shop::open().await;
    let token = service.sign_in("mina", &[]).await;
    service.kakao.fault(any().content_type("text/html")).unwrap();
    service.client.call(&Me, &token).await.unwrap();
}

#[tokio::test]
async fn a_server_error_is_not_believed_to_have_done_nothing() {
    let down = |kind| {
        [
            end(kind, RETRY, 2, false),
            end(kind, RETRY, 2, false),
            end(kind, RETRY, 1, false),
            end(kind, Remedy::Unconfirmed, 1, false),
        ]
    };
    for status in [500, 502, 503, 504] {
        let page = any().status(status).content_type("text/html").body("<html>");
        assert_eq!(ends(page).await, down(Unavailable), "{status}");
    }
    assert_eq!(ends(any().status(503).body("{}")).await, down(Unavailable));
    assert_eq!(ends(any().code(-1)).await, down(Refused));
}

#[tokio::test]
async fn who_says_it_did_nothing_is_believed() {
    // Maintenance (-9798): also a message may be sent again, by whoever sends it.
    let refused = |remedy: &Remedy, requests| end(Refused, remedy.clone(), requests, false);
    assert_eq!(ends(any().code(-9798)).await, [2, 2, 1, 1].map(|requests| refused(&RETRY, requests)));
    assert_eq!(ends(any().code(-401)).await, [1; 4].map(|requests| refused(&Remedy::RefreshToken, requests)));
}
