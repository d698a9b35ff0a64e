//! Recurring messages: at each of its times one becomes an ordinary message, whichever gateway sees to it.

mod schedule;

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use katok_client::MessageTemplate;
use katok_client::template::Finding;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use url::Url;
use zeroize::Zeroizing;

use self::schedule::Schedule;
use super::acceptance::{NotAccepted, Repeatable, Sender, TRIED_FOR, accept};
use super::content::Content;
use super::order::{Asked, Order, To, Unsound};
use super::policy::{OnFailure, OnQuota, OnUnconfirmed};
use crate::api_key::{KeyScope, to_the_millisecond};
use crate::app::App;
use crate::seal::{DataKey, DoesNotOpen, Purpose};
use crate::sentence::Sentence;
use crate::store::{
    AccountId, ApiKeyId, NewRecurring, PausedFor, Receiver, RecurringId, StoreError, StoredRecurring,
};
use crate::vault::TokenVaultError;

/// How many recurring messages an account may have.
pub(crate) const MOST: i64 = 100;

/// How late a message may be noticed and still be on time.
const PUNCTUAL: SignedDuration = SignedDuration::from_mins(1);

/// How long a time that has come may go unnoticed.
const POLL: Duration = Duration::from_secs(1);

/// How many are taken on at a time.
const BATCH: i64 = 50;

/// The body of `POST /v1/recurring`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecurringWish {
    to: To,
    template: Option<Value>,
    text: Option<String>,
    link: Option<String>,
    cron: String,
    #[serde(default = "in_korea")]
    time_zone: String,
    #[serde(default)]
    on_missed: OnMissed,
    starts_at: Option<Timestamp>,
    ends_at: Option<Timestamp>,
    #[serde(default)]
    on_unconfirmed: OnUnconfirmed,
    #[serde(default)]
    on_quota: OnQuota,
}

fn in_korea() -> String {
    "Asia/Seoul".to_owned()
}

/// What a sender wants of times at which no gateway was running.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum OnMissed {
    /// The last of them is sent late.
    #[default]
    SendLate,
    /// None of them is sent.
    Skip,
}

impl OnMissed {
    fn as_str(self) -> &'static str {
        match self {
            Self::SendLate => "send_late",
            Self::Skip => "skip",
        }
    }
}

/// Why a recurring message was not made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotMade {
    #[error("it makes no sense")]
    Unsound(Unsound),
    #[error("the account has as many as it may")]
    TooMany,
    #[error("the account is gone")]
    NoAccount,
    #[error(transparent)]
    Vault(#[from] TokenVaultError),
}

impl From<StoreError> for NotMade {
    fn from(error: StoreError) -> Self {
        Self::Vault(error.into())
    }
}

/// What is sent each time, and to whom.
pub(crate) struct Plan {
    pub(crate) receivers: Vec<Receiver>,
    pub(crate) content: Content,
    pub(crate) on_unconfirmed: OnUnconfirmed,
    pub(crate) on_quota: OnQuota,
}

/// A plan as it is sealed.
#[derive(Serialize, Deserialize)]
struct Written {
    to: Vec<String>,
    template: Map<String, Value>,
    on_unconfirmed: OnUnconfirmed,
    on_quota: OnQuota,
}

impl Plan {
    /// What a key must be allowed to send it.
    pub(crate) fn scope(&self) -> KeyScope {
        if self.receivers.contains(&Receiver::Me) { KeyScope::SendMe } else { KeyScope::SendFriends }
    }

    fn seal(&self, key: &DataKey, purpose: Purpose<'_>) -> Vec<u8> {
        let written = Written {
            to: self.receivers.iter().map(|receiver| receiver.as_str().to_owned()).collect(),
            template: self.content.template.to_json().as_object().cloned().unwrap_or_default(),
            on_unconfirmed: self.on_unconfirmed,
            on_quota: self.on_quota,
        };
        let plain = serde_json::to_vec(&written).expect("texts and JSON can be written");
        key.seal(purpose, &Zeroizing::new(plain))
    }

    fn open(key: &DataKey, purpose: Purpose<'_>, sealed: &[u8]) -> Result<Self, DoesNotOpen> {
        let plain = key.open(purpose, sealed)?;
        let Written { to, template, on_unconfirmed, on_quota } =
            serde_json::from_slice(&plain).map_err(|_| DoesNotOpen::Damaged)?;
        let receivers = to.into_iter().map(Receiver::read).collect();
        let content = Content { template: MessageTemplate::from(template) };
        Ok(Self { receivers, content, on_unconfirmed, on_quota })
    }
}

fn purpose<'a>(account: &'a AccountId, id: &'a RecurringId) -> Purpose<'a> {
    Purpose::Recurring { account: account.as_str(), id: id.as_str() }
}

/// A recurring message that makes sense.
pub(crate) struct Checked {
    pub(crate) plan: Plan,
    pub(crate) warnings: Vec<Finding>,
    cron: String,
    time_zone: String,
    on_missed: OnMissed,
    starts_at: Option<Timestamp>,
    ends_at: Option<Timestamp>,
    next_at: Timestamp,
}

impl RecurringWish {
    /// Makes sense of it; `home` is the link of a text that names none.
    pub(crate) fn checked(self, home: &Url, now: Timestamp) -> Result<Checked, Unsound> {
        let asked = Asked {
            to: self.to,
            template: self.template,
            text: self.text,
            link: self.link,
            send_at: None,
            expires_at: None,
            on_unconfirmed: self.on_unconfirmed,
            on_quota: self.on_quota,
            on_failure: OnFailure::Retry,
        };
        let (Order { receivers, content, on_unconfirmed, on_quota, .. }, warnings) = asked.checked(home)?;
        let schedule = Schedule::parse(&self.cron, &self.time_zone)?;
        let (starts_at, ends_at) =
            (self.starts_at.map(to_the_millisecond), self.ends_at.map(to_the_millisecond));
        let next_at = next(&schedule, starts_at, ends_at, now).ok_or_else(|| {
            Sentence::new(
                "이 반복에는 앞으로 올 때가 없습니다. cron, starts_at, ends_at을 확인하세요.",
                "This never comes round. Check cron, starts_at and ends_at.",
            )
        })?;
        Ok(Checked {
            plan: Plan { receivers, content, on_unconfirmed, on_quota },
            warnings,
            cron: self.cron,
            time_zone: self.time_zone,
            on_missed: self.on_missed,
            starts_at,
            ends_at,
            next_at,
        })
    }
}

/// The first time after this one that lies between beginning and end, both included.
fn next(
    schedule: &Schedule,
    starts_at: Option<Timestamp>,
    ends_at: Option<Timestamp>,
    after: Timestamp,
) -> Option<Timestamp> {
    let before_start = starts_at.and_then(|start| start.checked_sub(SignedDuration::from_millis(1)).ok());
    let next = schedule.next_after(before_start.map_or(after, |before| before.max(after)))?;
    ends_at.is_none_or(|end| next <= end).then_some(next)
}

/// Keeps a recurring message.
pub(crate) async fn make(
    app: &App,
    account: &AccountId,
    api_key: Option<ApiKeyId>,
    checked: Checked,
) -> Result<RecurringId, NotMade> {
    let now = to_the_millisecond(app.clock.now());
    let id = RecurringId::new(now, app.chance_for_an_id());
    let key = app.tokens.data_key(account).await?.ok_or(NotMade::NoAccount)?;
    let recurring = NewRecurring {
        sealed: checked.plan.seal(&key, purpose(account, &id)),
        id: id.clone(),
        account: account.clone(),
        kakao_app: app.realm.clone(),
        api_key,
        cron: checked.cron,
        time_zone: checked.time_zone,
        on_missed: checked.on_missed.as_str(),
        starts_at: checked.starts_at,
        ends_at: checked.ends_at,
        next_at: checked.next_at,
        created_at: now,
    };
    if app.store.insert_recurring(&recurring, MOST).await? { Ok(id) } else { Err(NotMade::TooMany) }
}

/// What a recurring message sends; nothing when its account is gone.
pub(crate) async fn read(app: &App, recurring: &StoredRecurring) -> Result<Option<Plan>, TokenVaultError> {
    let Some(key) = app.tokens.data_key(&recurring.account).await? else { return Ok(None) };
    Ok(Some(Plan::open(&key, purpose(&recurring.account, &recurring.id), &recurring.sealed)?))
}

/// The next so many times, unless it is paused.
pub(crate) fn next_times(recurring: &StoredRecurring, count: usize) -> Vec<Timestamp> {
    let Some(schedule) = schedule_of(recurring) else { return Vec::new() };
    let first = recurring.next_at.filter(|_| recurring.paused_for.is_none());
    let after = |last: &Timestamp| next(&schedule, recurring.starts_at, recurring.ends_at, *last);
    std::iter::successors(first, after).take(count).collect()
}

/// Lets a paused one come round again, in the name of whoever says so; what it missed meanwhile stays missed.
pub(crate) async fn resume(
    app: &App,
    recurring: &StoredRecurring,
    api_key: Option<&ApiKeyId>,
) -> Result<(), StoreError> {
    let now = app.clock.now();
    // A clock that was turned back does not bring back what was sent.
    let after = recurring.last_at.map_or(now, |last| last.max(now));
    let next_at = schedule_of(recurring)
        .and_then(|schedule| next(&schedule, recurring.starts_at, recurring.ends_at, after));
    app.store.resume_recurring(&recurring.id, api_key, next_at).await
}

fn schedule_of(recurring: &StoredRecurring) -> Option<Schedule> {
    Schedule::parse(&recurring.cron, &recurring.time_zone).ok()
}

/// Sees to what comes round until the stop.
pub(crate) async fn run(app: Arc<App>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        if let Err(error) = send_what_is_due(&app).await {
            app.telemetry.database_failed();
            tracing::error!(%error, "recurring.failed");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = sleep(POLL) => {}
        }
    }
}

/// Accepts a message for each recurring one whose time has come.
pub(crate) async fn send_what_is_due(app: &App) -> Result<(), StoreError> {
    let _turn = app.outbox.recurring.lock().await;
    loop {
        let now = app.clock.now();
        let due = app.store.claim_recurring(&app.realm, now, BATCH).await?;
        if due.is_empty() {
            return Ok(());
        }
        for recurring in due {
            send(app, &recurring, now).await?;
        }
    }
}

async fn send(app: &App, recurring: &StoredRecurring, now: Timestamp) -> Result<(), StoreError> {
    let (Some(schedule), Some(first)) = (schedule_of(recurring), recurring.next_at) else {
        // Made by another version, whose time zones or expressions are not known here: that one goes on with it.
        tracing::error!(recurring.id = recurring.id.as_str(), "recurring.unreadable");
        return Ok(());
    };
    let last = schedule.last_until(first, recurring.ends_at.map_or(now, |end| end.min(now)));
    let after = schedule.next_after(last);
    let expires_at = later(last.max(now), TRIED_FOR).min(after.unwrap_or(Timestamp::MAX));
    let is_wanted =
        recurring.on_missed == OnMissed::SendLate.as_str() || now.duration_since(last) <= PUNCTUAL;
    // Once the next time has come, though it lies beyond the end, it is too late.
    if is_wanted && expires_at > now {
        match accept_one(app, recurring, last, expires_at, now).await {
            Ok(Turn::Done) => {}
            Ok(Turn::KeyGone) => {
                tracing::info!(recurring.id = recurring.id.as_str(), "recurring.key_gone");
                return app.store.pause_recurring(&recurring.id, PausedFor::KeyGone).await;
            }
            Err(TokenVaultError::Store(error)) => return Err(error),
            Err(TokenVaultError::DoesNotOpen(error)) => {
                tracing::error!(%error, recurring.id = recurring.id.as_str(), "recurring.does_not_open");
            }
        }
    }
    let next_at = after.filter(|after| recurring.ends_at.is_none_or(|end| *after <= end));
    app.store.move_recurring(recurring, last, next_at).await
}

/// What became of a time that has come.
enum Turn {
    Done,
    /// There is nobody any more in whose name to send.
    KeyGone,
}

/// Accepts the message of one time. Whoever did so before, and did not live to move on, used the same key for it.
async fn accept_one(
    app: &App,
    recurring: &StoredRecurring,
    at: Timestamp,
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<Turn, TokenVaultError> {
    let Some(plan) = read(app, recurring).await? else { return Ok(Turn::Done) };
    let key = match &recurring.api_key {
        Some(id) => {
            let key = app.store.api_key_called(id).await?;
            match key.filter(|key| key.is_living(now) && key.may(plan.scope())) {
                Some(key) => Some(key),
                None => return Ok(Turn::KeyGone),
            }
        }
        None => None,
    };
    let order = Order {
        receivers: plan.receivers,
        content: plan.content,
        // Also when the clock is turned back before it is sent.
        send_at: Some(at),
        expires_at: Some(expires_at),
        on_unconfirmed: plan.on_unconfirmed,
        on_quota: plan.on_quota,
        on_failure: OnFailure::Retry,
    };
    let sender =
        Sender { account: &recurring.account, api_key: key.as_ref(), recurring: Some(recurring.id.clone()) };
    let once = format!("recurring/{}/{}", recurring.id.as_str(), at.as_millisecond());
    match accept(app, sender, &order, Some(&Repeatable::new(&once, &[]))).await {
        Ok(_) | Err(NotAccepted::OtherMessage | NotAccepted::NoAccount | NotAccepted::Untimely(_)) => {
            Ok(Turn::Done)
        }
        Err(NotAccepted::CapReached(_)) => {
            tracing::info!(recurring.id = recurring.id.as_str(), "recurring.cap_reached");
            Ok(Turn::Done)
        }
        Err(NotAccepted::Full) => {
            tracing::warn!(recurring.id = recurring.id.as_str(), "recurring.skipped_for_a_full_outbox");
            Ok(Turn::Done)
        }
        Err(NotAccepted::Vault(error)) => Err(error),
    }
}

fn later(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.checked_add(by).unwrap_or(Timestamp::MAX)
}
