//! Deliveries: sends what services are told, and remembers what they said to it.

use std::collections::{BTreeMap, VecDeque};
use std::error::Error as _;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use reqwest::{Client, redirect};
use serde::Serialize;
use url::Url;

use super::{Notice, WebhookKind};
use crate::journal::shortened_authorization;
use crate::seed::{AppKey, PersonKey};

/// See [Kakao Docs/Webhook].
const PATIENCE: Duration = Duration::from_secs(3);
/// How many deliveries are remembered.
const KEPT: usize = 500;
/// How much is read of what a receiver says.
const READ_OF_ANSWER: usize = 2 * 1024;

/// A webhook that was sent, or could not be.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Delivery {
    /// Grows with every delivery.
    pub id: u64,
    /// When it was sent, by the emulator's clock.
    pub at: Timestamp,
    /// Which webhook.
    #[serde(rename = "type")]
    pub kind: WebhookKind,
    /// Whose webhook.
    pub app: AppKey,
    /// Whom it is about.
    pub person: Option<PersonKey>,
    /// `GET` or `POST`.
    pub method: &'static str,
    /// The receiver, with the query of a GET.
    pub url: String,
    /// What was sent beside the body.
    pub headers: BTreeMap<String, String>,
    /// What was sent.
    pub request_body: String,
    /// The status the receiver answered; none if it did not.
    pub status: Option<u16>,
    /// The beginning of what it answered.
    pub body: String,
    /// Why there is no answer, in Korean and English.
    pub error: Option<String>,
    /// How long it took to answer.
    pub duration_ms: u64,
}

/// What was sent, and the client that sends it.
#[derive(Default)]
pub(crate) struct Deliveries {
    /// Made on the first use: most emulators never send anything.
    client: OnceLock<Client>,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    latest_id: u64,
    deliveries: VecDeque<Delivery>,
}

impl Deliveries {
    /// The number of the next request.
    pub(crate) fn number(&self) -> u64 {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.latest_id += 1;
        kept.latest_id
    }

    /// What was sent after the delivery of this number, in the order of the answers.
    pub(crate) fn since(&self, id: u64) -> Vec<Delivery> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.deliveries.iter().filter(|delivery| delivery.id > id).cloned().collect()
    }

    pub(crate) fn clear(&self) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).deliveries.clear();
    }

    /// Sends a notice and waits for what the receiver says.
    pub(crate) async fn send(
        &self,
        id: u64,
        at: Timestamp,
        (app, person): (AppKey, Option<PersonKey>),
        notice: Notice,
    ) -> Delivery {
        let started = Instant::now();
        let answered = self.exchange(&notice).await;
        let (status, body, error) = match answered {
            Ok((status, body)) => (Some(status), body, None),
            Err(error) => (None, String::new(), Some(error)),
        };
        let Notice { kind, url, is_get, headers, body: request_body } = notice;
        let shown = |(name, value): (&str, String)| match name {
            "authorization" => (name.to_owned(), shortened_authorization(&value)),
            _ => (name.to_owned(), value),
        };
        let delivery = Delivery {
            id,
            at,
            kind,
            app,
            person,
            method: if is_get { "GET" } else { "POST" },
            url,
            headers: headers.into_iter().map(shown).collect(),
            request_body,
            status,
            body,
            error,
            duration_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        };
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.deliveries.len() == KEPT {
            kept.deliveries.pop_front();
        }
        kept.deliveries.push_back(delivery.clone());
        delivery
    }

    async fn exchange(&self, notice: &Notice) -> Result<(u16, String), String> {
        let url = Url::parse(&notice.url)
            .map_err(|_| "웹훅 주소가 URL이 아닙니다. The webhook's address is no URL.".to_owned())?;
        let client = self.client()?;
        let request =
            if notice.is_get { client.get(url) } else { client.post(url).body(notice.body.clone()) };
        let request =
            notice.headers.iter().fold(request, |request, (name, value)| request.header(*name, value));
        let asked = async {
            let mut response = request.send().await?;
            let mut start = Vec::new();
            while start.len() < READ_OF_ANSWER
                && let Some(chunk) = response.chunk().await?
            {
                start.extend_from_slice(&chunk);
            }
            start.truncate(READ_OF_ANSWER);
            Ok((response.status().as_u16(), String::from_utf8_lossy(&start).into_owned()))
        };
        asked.await.map_err(|error: reqwest::Error| told(&error))
    }

    fn client(&self) -> Result<&Client, String> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let builder = || {
            let builder = Client::builder().user_agent("KakaoOpenAPI/1.0").no_proxy().timeout(PATIENCE);
            builder.redirect(redirect::Policy::none())
        };
        // A machine without certificates of its own can still reach receivers without TLS.
        let client = builder().build().or_else(|_| builder().tls_certs_only([]).build());
        let client = client.map_err(|error| told(&error))?;
        Ok(self.client.get_or_init(|| client))
    }
}

fn told(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "3초 안에 응답이 없습니다. There was no answer within 3 seconds.".to_owned();
    }
    let mut reason = error.source();
    while let Some(deeper) = reason.and_then(|reason| reason.source()) {
        reason = Some(deeper);
    }
    let reason = reason.map_or_else(|| error.to_string(), ToString::to_string);
    format!("연결할 수 없습니다. The receiver cannot be reached: {reason}")
}
