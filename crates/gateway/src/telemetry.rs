//! What a gateway counts of itself; each has its own, for several run in one process of tests.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use crate::outbox::State;
use crate::store::Open;

/// Seconds; Kakao's answers take tenths of one, its time-outs many.
const SECONDS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 15.0];

/// Up to a day, which is how long a message is tried.
const DELIVERY_SECONDS: [f64; 12] =
    [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.0, 10.0, 60.0, 3600.0, 86_400.0];

/// What a code is called that is none of the short words and numbers that are meant to be counted by.
const OTHER: &str = "other";

type Times<L> = Family<L, Histogram, fn() -> Histogram>;

/// The counters and times of one gateway.
pub(crate) struct Telemetry {
    registry: Registry,
    requests: Times<RequestLabels>,
    kakao_calls: Times<KakaoLabels>,
    refreshes: Family<OutcomeLabels, Counter>,
    sign_ins: Family<OutcomeLabels, Counter>,
    rate_limited: Family<LimitLabels, Counter>,
    webhook_posts: Family<OutcomeLabels, Counter>,
    database_errors: Counter,
    outbox_deliveries: Family<StateLabels, Gauge>,
    outbox_oldest_due: Gauge<f64, AtomicU64>,
    outbox_settled: Family<SettledLabels, Counter>,
    outbox_delivery: Histogram,
    outbox_breaker: Gauge,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RequestLabels {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct KakaoLabels {
    endpoint: String,
    outcome: &'static str,
    code: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct OutcomeLabels {
    outcome: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct LimitLabels {
    limit: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct StateLabels {
    state: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct SettledLabels {
    state: &'static str,
    code: String,
}

impl Telemetry {
    pub(crate) fn new(now: Timestamp) -> Self {
        let mut registry = Registry::default();
        let times = || Histogram::new(SECONDS);
        let requests = Times::new_with_constructor(times as fn() -> Histogram);
        registry.register("katok_http_request_duration_seconds", "Requests answered", requests.clone());
        let kakao_calls = Times::new_with_constructor(times as fn() -> Histogram);
        registry.register("katok_kakao_call_duration_seconds", "Calls made to Kakao", kakao_calls.clone());
        let refreshes = Family::default();
        registry.register("katok_token_refreshes", "Refreshes asked of Kakao", refreshes.clone());
        let sign_ins = Family::default();
        registry.register("katok_sign_ins", "Sign-ins that came back from Kakao", sign_ins.clone());
        let rate_limited = Family::default();
        registry.register("katok_rate_limited", "Requests refused for their frequency", rate_limited.clone());
        let webhook_posts = Family::default();
        registry.register("katok_webhook_posts", "Attempts to post to webhooks", webhook_posts.clone());
        let database_errors = Counter::default();
        registry.register(
            "katok_database_errors",
            "Requests and rounds of background work that the database failed",
            database_errors.clone(),
        );
        let outbox_deliveries = Family::default();
        registry.register(
            "katok_outbox_deliveries",
            "Deliveries with which something is still to be done",
            outbox_deliveries.clone(),
        );
        let outbox_oldest_due = Gauge::default();
        registry.register(
            "katok_outbox_oldest_due_seconds",
            "For how long the delivery that waits longest has been due",
            outbox_oldest_due.clone(),
        );
        let outbox_settled = Family::default();
        registry.register("katok_outbox_settled", "What became of deliveries", outbox_settled.clone());
        let outbox_delivery = Histogram::new(DELIVERY_SECONDS);
        registry.register(
            "katok_outbox_delivery_seconds",
            "From the acceptance to the delivery, of what was to be sent at once",
            outbox_delivery.clone(),
        );
        let outbox_breaker = Gauge::default();
        registry.register(
            "katok_outbox_breaker_open",
            "Whether Kakao is not asked for now, because it failed again and again",
            outbox_breaker.clone(),
        );
        let build = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("katok_build", "The version that runs", build);
        let started: Gauge = Gauge::default();
        started.set(now.as_second());
        registry.register("process_start_time_seconds", "When this gateway started", started);
        Self {
            registry,
            requests,
            kakao_calls,
            refreshes,
            sign_ins,
            rate_limited,
            webhook_posts,
            database_errors,
            outbox_deliveries,
            outbox_oldest_due,
            outbox_settled,
            outbox_delivery,
            outbox_breaker,
        }
    }

    /// Counts a request by its route, which is one of ours.
    pub(crate) fn request(&self, method: &'static str, route: &str, status: u16, took: Duration) {
        let labels = RequestLabels { method, route: route.to_owned(), status };
        self.requests.get_or_create(&labels).observe(took.as_secs_f64());
    }

    /// Counts a call to Kakao by its path, which is one of Kakao's, and the code it was refused with.
    pub(crate) fn kakao_call(
        &self,
        endpoint: &str,
        outcome: &'static str,
        code: Option<String>,
        took: Duration,
    ) {
        let labels = KakaoLabels { endpoint: endpoint.to_owned(), outcome, code: code.unwrap_or_default() };
        self.kakao_calls.get_or_create(&labels).observe(took.as_secs_f64());
    }

    pub(crate) fn refresh(&self, outcome: &'static str) {
        self.refreshes.get_or_create(&OutcomeLabels { outcome }).inc();
    }

    pub(crate) fn sign_in(&self, outcome: &'static str) {
        self.sign_ins.get_or_create(&OutcomeLabels { outcome }).inc();
    }

    pub(crate) fn rate_limited(&self, limit: &'static str) {
        self.rate_limited.get_or_create(&LimitLabels { limit }).inc();
    }

    pub(crate) fn webhook_post(&self, outcome: &'static str) {
        self.webhook_posts.get_or_create(&OutcomeLabels { outcome }).inc();
    }

    pub(crate) fn database_failed(&self) {
        self.database_errors.inc();
    }

    /// Shows how much is still to be sent.
    pub(crate) fn outbox_depth(&self, open: &[Open], now: Timestamp) {
        for state in State::ALL.into_iter().filter(|state| !state.is_final()) {
            let deliveries = open.iter().find(|open| open.state == state).map_or(0, |open| open.deliveries);
            self.outbox_deliveries.get_or_create(&StateLabels { state: state.as_str() }).set(deliveries);
        }
        let oldest = open.iter().filter_map(|open| open.oldest_due).min();
        let age = oldest.map_or(0.0, |since| now.duration_since(since).as_secs_f64());
        self.outbox_oldest_due.set(age.max(0.0));
    }

    /// Counts what became of a delivery.
    pub(crate) fn settled(&self, state: State, code: Option<&str>) {
        let is_short = |code: &&str| {
            code.len() <= 32 && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        };
        let code = code.map_or("", |code| Some(code).filter(is_short).unwrap_or(OTHER)).to_owned();
        self.outbox_settled.get_or_create(&SettledLabels { state: state.as_str(), code }).inc();
    }

    /// Notes how long somebody waited for a delivery.
    pub(crate) fn delivered_after(&self, wait: SignedDuration) {
        self.outbox_delivery.observe(wait.as_secs_f64().max(0.0));
    }

    pub(crate) fn breaker(&self, is_open: bool) {
        self.outbox_breaker.set(is_open.into());
    }

    /// Everything, as Prometheus reads it.
    pub(crate) fn in_openmetrics(&self) -> String {
        let mut text = String::new();
        encode(&mut text, &self.registry).expect("writing to a string does not fail");
        text
    }
}
