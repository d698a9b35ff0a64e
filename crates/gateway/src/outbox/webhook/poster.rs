//! Posts what is due to people's webhooks, and goes nowhere else than it may.

use std::collections::HashSet;
use std::error::Error;
use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use serde_json::json;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::address::Reach;
use super::retries::{Verdict, verdict};
use super::{NotDone, Target, open};
use crate::app::App;
use crate::config::PrivateAddresses;
use crate::store::{AccountId, DuePost, PostId, Posted, StoreError, StoredWebhook, WebhookId};
use crate::vault::TokenVaultError;

/// How long a receiver may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// How often to look for posts that are due (again), beside being woken for new ones.
const PAUSE: Duration = Duration::from_secs(5);

/// How long to let more come after the first that is new.
const GATHER: Duration = Duration::from_millis(20);

/// After this long whoever took posts on has died over them: somebody tries again.
const LEASE: SignedDuration = SignedDuration::from_mins(1);

/// How many webhooks are posted to at the same time, and how many posts each gets at once.
const WEBHOOKS: i64 = 64;
const POSTS: i64 = 8;

/// How long it can be read what became of a post.
const KEPT: SignedDuration = SignedDuration::from_hours(72);

/// How far an attempt came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// With this status.
    Answered(u16),
    /// The name leads nowhere that may be reached.
    PrivateAddress,
    /// No connection.
    NotReached,
    TimedOut,
    /// The connection ended before the answer.
    Unanswered,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answered(status) => write!(f, "{status}"),
            Self::PrivateAddress => f.write_str("private_address"),
            Self::NotReached => f.write_str("not_reached"),
            Self::TimedOut => f.write_str("timed_out"),
            Self::Unanswered => f.write_str("unanswered"),
        }
    }
}

/// The way to people's webhooks.
pub(crate) struct Poster {
    private: PrivateAddresses,
    /// Made when somebody has a webhook: it reads all certificates of the system.
    https: OnceLock<reqwest::Client>,
    /// Reaches private addresses only.
    http: OnceLock<reqwest::Client>,
    /// Which of them are being posted to just now.
    busy: Mutex<HashSet<WebhookId>>,
    news: Notify,
}

impl Poster {
    pub(crate) fn new(private: PrivateAddresses) -> Self {
        Self {
            private,
            https: OnceLock::new(),
            http: OnceLock::new(),
            busy: Mutex::default(),
            news: Notify::new(),
        }
    }

    /// Has somebody look soon: posts may have been written.
    pub(crate) fn wake(&self) {
        self.news.notify_one();
    }

    fn busy(&self) -> MutexGuard<'_, HashSet<WebhookId>> {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Posts once. What the receiver answers beside its status is not read.
    async fn post(&self, target: &Target, id: &PostId, payload: &str, now: Timestamp) -> Outcome {
        // Asked again each time: the setting may have changed since the webhook was made. A name is looked at by the
        // resolver, which sees the addresses that are connected to.
        let reach = Reach::of(&target.url, self.private).filter(|reach| reach.may_include(&target.url));
        let client = match reach {
            None => return Outcome::PrivateAddress,
            Some(Reach::Private) => self.http.get_or_init(|| client(Reach::Private)),
            Some(reach) => self.https.get_or_init(|| client(reach)),
        };
        let request = client
            .post(target.url.clone())
            .header("content-type", "application/json")
            .header("webhook-id", id.as_str())
            .header("webhook-timestamp", now.as_second())
            .header("webhook-signature", target.signatures(id.as_str(), now, payload))
            .body(payload.to_owned());
        match request.send().await {
            Ok(answer) => Outcome::Answered(answer.status().as_u16()),
            Err(error) if is_for_the_address(&error) => Outcome::PrivateAddress,
            Err(error) if error.is_timeout() => Outcome::TimedOut,
            Err(error) if error.is_connect() || error.is_builder() => Outcome::NotReached,
            Err(_) => Outcome::Unanswered,
        }
    }
}

fn client(reach: Reach) -> reqwest::Client {
    let builder = || {
        reqwest::Client::builder()
            .user_agent(concat!("katok/", env!("CARGO_PKG_VERSION")))
            .dns_resolver(Resolver(reach))
            // A proxy would connect to where we must not, and a redirect leads to where nobody has looked.
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .pool_max_idle_per_host(0)
            .timeout(TIMEOUT)
    };
    // As in the client: a bare container has no certificates.
    let mozillas =
        || webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().map(|root| reqwest::Certificate::from_der(root));
    builder().build().unwrap_or_else(|_| {
        let roots: Vec<_> = mozillas().filter_map(Result::ok).collect();
        builder().tls_certs_only(roots).build().expect("nothing else of it can fail")
    })
}

/// Looks names up and leaves only what may be reached, so that the addresses that are checked are those connected to.
#[derive(Clone, Copy)]
struct Resolver(Reach);

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let reached: Vec<SocketAddr> = found.filter(|found| reach.includes(found.ip())).collect();
            if reached.is_empty() { Err(NotThere.into()) } else { Ok(Box::new(reached.into_iter()) as Addrs) }
        })
    }
}

/// A name leads only to where posts must not go.
#[derive(Debug, thiserror::Error)]
#[error("the name leads to no address that webhooks may reach")]
struct NotThere;

fn is_for_the_address(error: &reqwest::Error) -> bool {
    let mut source = error.source();
    while let Some(cause) = source {
        if cause.is::<NotThere>() {
            return true;
        }
        source = cause.source();
    }
    false
}

/// Posts whatever is or becomes due, until the stop. What is under way by then is tried again by whoever is there.
pub(crate) async fn run(app: Arc<App>, stop: CancellationToken) {
    let mut rounds = JoinSet::new();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = app.poster.news.notified() => sleep(GATHER).await,
            () = sleep(PAUSE) => {}
        }
        while rounds.try_join_next().is_some() {}
        let app = app.clone();
        // Not awaited: a slow receiver holds up its own posts only.
        rounds.spawn(async move {
            if let Err(error) = post_what_is_due(&app).await {
                app.telemetry.database_failed();
                tracing::error!(%error, "webhook.posts_not_found");
            }
        });
    }
}

/// Posts everything that is due now, but for webhooks that are being posted to already.
pub(crate) async fn post_what_is_due(app: &App) -> Result<(), StoreError> {
    let due = app.store.due_webhooks(app.clock.now(), WEBHOOKS).await?;
    join_all(due.iter().map(|webhook| post_all_to(app, webhook))).await;
    Ok(())
}

/// Throws out what became of posts long ago.
pub(crate) async fn clean_up(app: &App) -> Result<(), StoreError> {
    app.store.forget_posts(app.clock.now() - KEPT).await
}

async fn post_all_to(app: &App, webhook: &StoredWebhook) {
    if !app.poster.busy().insert(webhook.id.clone()) {
        return;
    }
    let _busy = Busy { poster: &app.poster, webhook: &webhook.id };
    if let Err(error) = post_in_turns(app, webhook).await {
        app.telemetry.database_failed();
        tracing::error!(webhook.id = %webhook.id, %error, "webhook.not_posted");
    }
}

/// Until nothing is due any more, or one fails: what comes after it would fail too.
async fn post_in_turns(app: &App, webhook: &StoredWebhook) -> Result<(), TokenVaultError> {
    loop {
        let now = app.clock.now();
        let posts = app.store.claim_posts(&webhook.id, now, now + LEASE, POSTS).await?;
        if posts.is_empty() {
            return Ok(());
        }
        // Anew each time: its secret may have been rotated meanwhile.
        let Some(webhook) = app.store.webhook(&webhook.account, &webhook.id).await? else { return Ok(()) };
        let target = open(app, &webhook).await?;
        let posted = join_all(posts.into_iter().map(|post| post_one(app, &target, post, now))).await;
        let is_failing = posted.iter().any(|(posted, _)| !posted.is_done);
        let is_gone = posted.iter().any(|(_, verdict)| *verdict == Verdict::Gone);
        let is_given_up = posted.iter().any(|(_, verdict)| *verdict == Verdict::GiveUp);
        let disabled_for = if is_gone { Some("gone") } else { is_given_up.then_some("failing") };
        let posted: Vec<Posted> = posted.into_iter().map(|(posted, _)| posted).collect();
        app.store.note_posted(&webhook.id, &posted, disabled_for, app.clock.now()).await?;
        if let Some(reason) = disabled_for {
            tracing::warn!(webhook.id = %webhook.id, reason, "webhook.disabled");
        }
        if is_failing {
            return Ok(());
        }
    }
}

async fn post_one(app: &App, target: &Target, post: DuePost, now: Timestamp) -> (Posted, Verdict) {
    let outcome = app.poster.post(target, &post.id, &post.payload, now).await;
    let verdict = verdict(outcome, post.attempt);
    app.telemetry.webhook_post(if verdict == Verdict::Done { "done" } else { "failed" });
    let retry_at = match verdict {
        Verdict::RetryAfter(pause) => Some(app.clock.now() + pause),
        Verdict::Done | Verdict::Gone | Verdict::GiveUp => None,
    };
    let is_done = verdict == Verdict::Done;
    (Posted { id: post.id, attempt: post.attempt, outcome: outcome.to_string(), is_done, retry_at }, verdict)
}

/// Posts something of no meaning at once; a webhook that takes it is not disabled any longer.
pub(crate) async fn test(
    app: &App,
    account: &AccountId,
    id: &WebhookId,
) -> Result<(Outcome, Duration), NotDone> {
    let webhook = app.store.webhook(account, id).await?.ok_or(NotDone::NotFound)?;
    let target = open(app, &webhook).await?;
    let now = app.clock.now();
    let payload = json!({ "type": "webhook.test", "timestamp": now, "data": {} }).to_string();
    let begun = Instant::now();
    let post = PostId::new(now, app.chance_for_an_id());
    let outcome = app.poster.post(&target, &post, &payload, now).await;
    if verdict(outcome, 1) == Verdict::Done {
        app.store.enable_webhook(&webhook, app.clock.now()).await?;
    }
    Ok((outcome, begun.elapsed()))
}

struct Busy<'a> {
    poster: &'a Poster,
    webhook: &'a WebhookId,
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.poster.busy().remove(self.webhook);
    }
}
