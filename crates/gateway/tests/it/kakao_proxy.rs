//! Stands between gateway and emulator and misbehaves on demand.

use std::future::pending;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use url::Url;

use crate::browser::http;
use crate::house::listener;

/// How the proxy treats the next requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mood {
    /// Passes everything on.
    #[default]
    Honest,
    /// A page of a proxy in between.
    Html,
    /// Kakao's own answer under maintenance; nothing is done.
    Maintenance,
    /// The answer breaks off in its middle, as if complete.
    HalfJson,
    /// Does the work, then never answers.
    SilentAfterwards,
    /// Never answers, does nothing.
    Silent,
    /// Does the work, and answers only when many other things have had their turn.
    Late,
}

#[derive(Default)]
struct Inner {
    mood: Mood,
    seen: Vec<String>,
}

pub(crate) struct KakaoProxy {
    pub(crate) url: Url,
    inner: Arc<Mutex<Inner>>,
    serving: tokio::task::JoinHandle<()>,
}

impl KakaoProxy {
    pub(crate) async fn before(emulator: Url) -> Self {
        let (listener, url) = listener().await;
        let inner = Arc::new(Mutex::new(Inner::default()));
        let router = Router::new().fallback(pass).with_state((emulator, http(), inner.clone()));
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, inner, serving }
    }

    pub(crate) fn turns(&self, mood: Mood) {
        self.inner.lock().unwrap().mood = mood;
    }

    /// Stops listening: connections are refused from now on.
    pub(crate) async fn goes_away(&self) {
        self.serving.abort();
        while !self.serving.is_finished() {
            tokio::task::yield_now().await;
        }
    }

    /// Waits until a request to a path has come by.
    pub(crate) async fn arrived(&self, path: &str) {
        let before = self.count(path);
        while self.count(path) == before {
            tokio::task::yield_now().await;
        }
    }

    /// How many requests came by.
    pub(crate) fn count_all(&self) -> usize {
        self.inner.lock().unwrap().seen.len()
    }

    /// How many requests to a path came by.
    pub(crate) fn count(&self, path: &str) -> usize {
        self.inner.lock().unwrap().seen.iter().filter(|seen| *seen == path).count()
    }
}

type Shared = (Url, reqwest::Client, Arc<Mutex<Inner>>);

async fn pass(State((emulator, http, inner)): State<Shared>, request: Request) -> Response {
    let mood = {
        let mut inner = inner.lock().unwrap();
        inner.seen.push(request.uri().path().to_owned());
        inner.mood
    };
    match mood {
        Mood::Honest => forward(&emulator, &http, request).await.0,
        Mood::Html => {
            (StatusCode::BAD_GATEWAY, axum::response::Html("<h1>502 Bad Gateway</h1>")).into_response()
        }
        Mood::Maintenance => {
            let maintenance = r#"{"msg":"under maintenance","code":-9798}"#;
            (StatusCode::SERVICE_UNAVAILABLE, maintenance).into_response()
        }
        Mood::HalfJson => {
            let (_, body) = forward(&emulator, &http, request).await;
            Response::new(Body::from(body.slice(..body.len() / 2)))
        }
        Mood::SilentAfterwards => {
            forward(&emulator, &http, request).await;
            pending().await
        }
        Mood::Silent => pending().await,
        Mood::Late => {
            let (answer, _) = forward(&emulator, &http, request).await;
            for _ in 0..1000 {
                tokio::task::yield_now().await;
            }
            answer
        }
    }
}

async fn forward(emulator: &Url, http: &reqwest::Client, request: Request) -> (Response, Bytes) {
    let (parts, body) = request.into_parts();
    let url = emulator.join(parts.uri.path_and_query().unwrap().as_str()).unwrap();
    let mut forwarded = http.request(parts.method, url);
    for name in ["authorization", "content-type"] {
        if let Some(value) = parts.headers.get(name) {
            forwarded = forwarded.header(name, value);
        }
    }
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let answer = forwarded.body(body).send().await.unwrap();
    let mut response = Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        if !matches!(name.as_str(), "transfer-encoding" | "content-length" | "connection") {
            response = response.header(name, value);
        }
    }
    let body = answer.bytes().await.unwrap();
    (response.body(Body::from(body.clone())).unwrap(), body)
}
