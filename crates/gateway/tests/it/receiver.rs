//! Somebody's server that webhooks lead to.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use tokio::sync::Notify;
use url::Url;

use crate::house::listener;

/// Takes what is posted and answers as it is told to.
pub(crate) struct Receiver {
    pub(crate) url: Url,
    inner: Arc<Inner>,
}

struct Inner {
    status: AtomicU16,
    leads_to: Mutex<Option<Url>>,
    posts: Mutex<VecDeque<Post>>,
    count: AtomicUsize,
    news: Notify,
}

/// What was posted.
#[derive(Clone, Debug)]
pub(crate) struct Post {
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Receiver {
    pub(crate) async fn open() -> Self {
        let (listener, url) = listener().await;
        let inner = Arc::new(Inner {
            status: AtomicU16::new(204),
            leads_to: Mutex::default(),
            posts: Mutex::default(),
            count: AtomicUsize::new(0),
            news: Notify::new(),
        });
        let router = Router::new().fallback(take).with_state(inner.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url: url.join("/hook?token=geheim-4711").unwrap(), inner }
    }

    /// From now on with this status; with none of them when it is 0.
    pub(crate) fn answers(&self, status: u16) {
        self.inner.status.store(status, Ordering::SeqCst);
    }

    /// Answers with a redirect.
    pub(crate) fn leads_to(&self, url: &Url) {
        *self.inner.leads_to.lock().unwrap() = Some(url.clone());
        self.answers(307);
    }

    /// How many posts came, taken or not.
    pub(crate) fn count(&self) -> usize {
        self.inner.count.load(Ordering::SeqCst)
    }

    /// The next post, as soon as there is one.
    pub(crate) async fn next(&self) -> Post {
        loop {
            if let Some(post) = self.inner.posts.lock().unwrap().pop_front() {
                return post;
            }
            self.inner.news.notified().await;
        }
    }
}

async fn take(State(inner): State<Arc<Inner>>, headers: HeaderMap, body: Bytes) -> impl IntoResponse {
    inner.count.fetch_add(1, Ordering::SeqCst);
    let body = String::from_utf8(body.to_vec()).unwrap();
    inner.posts.lock().unwrap().push_back(Post { headers, body });
    inner.news.notify_one();
    let Ok(status) = StatusCode::from_u16(inner.status.load(Ordering::SeqCst)) else {
        return std::future::pending().await;
    };
    let location = inner.leads_to.lock().unwrap().as_ref().map(ToString::to_string).unwrap_or_default();
    (status, [(header::LOCATION, location)], "an answer that nobody reads")
}

impl Post {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// The signatures it came with.
    pub(crate) fn signatures(&self) -> Vec<&str> {
        self.header("webhook-signature").split(' ').collect()
    }

    /// What a secret makes of it, worked out here by the book (RFC 2104) and not by what the gateway uses.
    pub(crate) fn signature_by(&self, secret: &str) -> String {
        let sha256 = |parts: [&[u8]; 2]| {
            aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &parts.concat()).as_ref().to_vec()
        };
        let mut key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        key.resize(64, 0);
        let pad = |byte: u8| key.iter().map(|part| part ^ byte).collect::<Vec<u8>>();
        let signed =
            format!("{}.{}.{}", self.header("webhook-id"), self.header("webhook-timestamp"), self.body);
        let inner = sha256([&pad(0x36), signed.as_bytes()]);
        format!("v1,{}", STANDARD.encode(sha256([&pad(0x5c), &inner])))
    }
}
