//! The wire between the commands and the emulator or a gateway, on which a test makes trouble.

use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use http::{Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use katok_listener::{Limits, Listeners};
use tokio::sync::oneshot;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::emulator::{Emulator, http};
use crate::program::Machine;

/// What happens to a request; without trouble it reaches the emulator, and its answer comes back.
pub(crate) enum Trouble {
    None,
    /// The emulator never sees the request; this comes back.
    Answer(u16, &'static str),
    /// The emulator does what it is asked, but a gateway's error page comes back.
    LostAnswer,
    /// The request waits, after it has told so, until it may go on.
    Hold {
        arrived: oneshot::Sender<()>,
        go_on: oneshot::Receiver<()>,
    },
}

type Troubles = Arc<Mutex<HashMap<&'static str, VecDeque<Trouble>>>>;

pub(crate) struct Wire {
    troubles: Troubles,
    _stop: DropGuard,
}

impl Wire {
    /// Puts a wire between the machine's commands and the emulator.
    ///
    /// It needs a runtime of several threads: the test's own waits for commands to end.
    pub(crate) async fn between(machine: &mut Machine, emulator: &Emulator) -> Self {
        machine.connect_to(emulator).await;
        let (wire, address) = Self::before(emulator.origin()).await;
        for name in ["KAKAO_AUTH_BASE_URL", "KAKAO_API_BASE_URL"] {
            machine.set(name, &address);
        }
        wire
    }

    /// Puts a wire before whoever answers at an address, and says where it begins.
    pub(crate) async fn before(emulator: String) -> (Self, String) {
        let listeners = Listeners::bind((Ipv4Addr::LOCALHOST, 0).into()).await.unwrap();
        let address = format!("http://localhost:{}", listeners.port());
        let troubles = Troubles::default();
        let served = troubles.clone();
        let service = tower::service_fn(move |request: Request<Incoming>| {
            let trouble = served.lock().unwrap().get_mut(request.uri().path()).and_then(VecDeque::pop_front);
            let emulator = emulator.clone();
            async move { Ok::<_, Infallible>(answer(&emulator, request, trouble.unwrap_or(Trouble::None)).await) }
        });
        let stop = CancellationToken::new();
        tokio::spawn(katok_listener::serve(listeners, service, Limits::default(), stop.clone()));
        (Self { troubles, _stop: stop.drop_guard() }, address)
    }

    /// Says what happens to the next requests to this path.
    pub(crate) fn next(&self, path: &'static str, troubles: impl IntoIterator<Item = Trouble>) {
        self.troubles.lock().unwrap().entry(path).or_default().extend(troubles);
    }
}

async fn answer(emulator: &str, request: Request<Incoming>, trouble: Trouble) -> Response<Full<Bytes>> {
    match trouble {
        Trouble::None => {}
        Trouble::Answer(status, body) => return response(status, Bytes::from_static(body.as_bytes())),
        Trouble::LostAnswer => {
            forward(emulator, request).await;
            return response(502, Bytes::from_static(b"<h1>Bad Gateway</h1>"));
        }
        Trouble::Hold { arrived, go_on } => {
            arrived.send(()).unwrap();
            go_on.await.unwrap();
        }
    }
    forward(emulator, request).await
}

async fn forward(emulator: &str, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let mut forwarded = http().request(head.method, format!("{emulator}{}", head.uri)).body(body);
    for name in [header::AUTHORIZATION.as_str(), header::CONTENT_TYPE.as_str(), "idempotency-key"] {
        if let Some(value) = head.headers.get(name) {
            forwarded = forwarded.header(name, value);
        }
    }
    let answer = forwarded.send().await.unwrap();
    response(answer.status().as_u16(), answer.bytes().await.unwrap())
}

fn response(status: u16, body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    let json = http::HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}
