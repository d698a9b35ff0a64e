//! Accepting a message, and what its sender can do about it afterwards.

use futures_util::future::try_join_all;
use jiff::{SignedDuration, Timestamp};

use super::content;
use super::content::Content;
use super::depth;
use super::order::Order;
use super::policy::{Delivery, Event, OnFailure, decide};
use super::remedy::is_of_a_day;
use super::state::State;
use crate::api_key::CapReached;
use crate::app::App;
use crate::day::Day;
use crate::digest::{Digest, sha256};
use crate::seal::{DataKey, DoesNotOpen};
use crate::sentence::Sentence;
use crate::store::{
    Accepted, AccountId, KeptDelivery, KeptMessage, MessageId, NewMessage, RecurringId, Settle, Settled,
    StoreError, StoredApiKey,
};
use crate::vault::TokenVaultError;

/// How long a message is tried unless its sender says otherwise.
pub(crate) const TRIED_FOR: SignedDuration = SignedDuration::from_hours(24);

/// How long after midnight what is put off to tomorrow is sent.
const MORNING: SignedDuration = SignedDuration::from_hours(9);

/// Why a message was not accepted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotAccepted {
    #[error("the account is gone")]
    NoAccount,
    #[error("another message was accepted under this idempotency key")]
    OtherMessage,
    #[error("it comes too late, or too far ahead")]
    Untimely(Sentence),
    #[error("the account has as much to be sent as it may")]
    Full,
    #[error(transparent)]
    CapReached(#[from] CapReached),
    #[error(transparent)]
    Vault(#[from] TokenVaultError),
}

impl From<StoreError> for NotAccepted {
    fn from(error: StoreError) -> Self {
        Self::Vault(error.into())
    }
}

impl From<DoesNotOpen> for NotAccepted {
    fn from(error: DoesNotOpen) -> Self {
        Self::Vault(error.into())
    }
}

/// Who sends.
pub(crate) struct Sender<'a> {
    pub(crate) account: &'a AccountId,
    pub(crate) api_key: Option<&'a StoredApiKey>,
    /// The recurring message whose turn it is.
    pub(crate) recurring: Option<RecurringId>,
}

/// What makes a message one that can be asked for again.
pub(crate) struct Repeatable {
    key: Digest,
    asked: Digest,
}

impl Repeatable {
    /// By an idempotency key, and what its sender wrote: nothing that a gateway, or the time, has added to it.
    pub(crate) fn new(key: &str, written: &[u8]) -> Self {
        Self { key: sha256(key.as_bytes()), asked: sha256(written) }
    }
}

/// Keeps a message. When this answers, it is on the disk, under the name that is answered; whoever asks for the same
/// message again gets the name it was accepted by.
pub(crate) async fn accept(
    app: &App,
    sender: Sender<'_>,
    order: &Order,
    repeatable: Option<&Repeatable>,
) -> Result<MessageId, NotAccepted> {
    let account = sender.account;
    let data_key = app.tokens.data_key(account).await?.ok_or(NotAccepted::NoAccount)?;
    let accepted = accept_new(app, sender, order, repeatable, &data_key).await;
    let (Err(_), Some(repeatable)) = (&accepted, repeatable) else { return accepted };
    // Whatever refuses it now did not refuse it the first time.
    let Some(before) = app.store.message_by_key(account, &repeatable.key).await? else { return accepted };
    let Some(sealed) = &before.sealed else { return Err(NotAccepted::OtherMessage) };
    let asked = content::asked(&data_key, account, &before.id, sealed)?;
    if asked == Some(repeatable.asked) { Ok(before.id) } else { Err(NotAccepted::OtherMessage) }
}

/// What a message says that was accepted under this idempotency key before, when its sender wrote the same.
pub(crate) async fn accepted_before(
    app: &App,
    account: &AccountId,
    repeatable: &Repeatable,
) -> Result<Option<Content>, NotAccepted> {
    let Some(before) = app.store.message_by_key(account, &repeatable.key).await? else { return Ok(None) };
    let Some(sealed) = &before.sealed else { return Ok(None) };
    let data_key = app.tokens.data_key(account).await?.ok_or(NotAccepted::NoAccount)?;
    let is_the_same = content::asked(&data_key, account, &before.id, sealed)? == Some(repeatable.asked);
    Ok(if is_the_same { opened(&before, &data_key)? } else { None })
}

async fn accept_new(
    app: &App,
    sender: Sender<'_>,
    order: &Order,
    repeatable: Option<&Repeatable>,
    data_key: &DataKey,
) -> Result<MessageId, NotAccepted> {
    let account = sender.account;
    let now = app.clock.now();
    order.check_times(now).map_err(NotAccepted::Untimely)?;
    if !depth::has_room(app, account, order.receivers.len()).await? {
        return Err(NotAccepted::Full);
    }
    let id = MessageId::new(now, app.chance_for_an_id());
    let message = NewMessage {
        sealed: order.content.seal(data_key, account, &id, repeatable.map(|repeatable| repeatable.asked)),
        id: id.clone(),
        account: account.clone(),
        kakao_app: app.realm.clone(),
        api_key: sender.api_key.map(|key| key.id.clone()),
        counts_on: sender.api_key.and_then(|key| key.daily_cap).map(|_| Day::of(now)),
        recurring: sender.recurring,
        created_at: now,
        send_at: order.send_at,
        expires_at: order
            .expires_at
            .unwrap_or_else(|| later(order.send_at.unwrap_or(now).max(now), TRIED_FOR)),
        on_unconfirmed: order.on_unconfirmed,
        on_quota: order.on_quota,
        on_failure: order.on_failure,
        receivers: order.receivers.clone(),
        idempotency_key: repeatable.map(|repeatable| repeatable.key),
    };
    match app.store.accept(message).await? {
        Accepted::New => {
            if order.send_at.is_none_or(|send_at| send_at <= now) {
                app.outbox.wake();
            }
            Ok(id)
        }
        Accepted::Before => Err(NotAccepted::OtherMessage),
        Accepted::CapReached => Err(CapReached::at(now).into()),
    }
}

/// What a message says, as long as it is kept.
pub(crate) async fn read(app: &App, message: &KeptMessage) -> Result<Option<Content>, TokenVaultError> {
    let Some(key) = app.tokens.data_key(&message.account).await? else { return Ok(None) };
    Ok(opened(message, &key)?)
}

/// The same where no gateway is at hand.
pub(crate) fn opened(message: &KeptMessage, key: &DataKey) -> Result<Option<Content>, DoesNotOpen> {
    let sealed = message.sealed.as_deref();
    sealed.map(|sealed| Content::open(key, &message.account, &message.id, sealed)).transpose()
}

/// Takes back what has not been sent of a message; says whether anything was.
pub(crate) async fn cancel(app: &App, message: &KeptMessage) -> Result<bool, StoreError> {
    change(app, message, |_| Some(Event::Cancelled)).await
}

/// Messages of one revoked key that are cancelled side by side; they reach the disk together.
const TOGETHER: i64 = 200;

/// For so long a request that showed a key before its revocation may still be under way.
const LATE_REQUESTS: SignedDuration = SignedDuration::from_mins(5);

/// Cancels what messages of revoked keys have still to send: a schedule made with a stolen key must not go out.
pub(crate) async fn cancel_of_revoked_keys(app: &App) -> Result<(), StoreError> {
    for key in app.store.revoked_keys().await? {
        loop {
            let messages = app.store.open_messages_of_key(&key, TOGETHER).await?;
            if messages.is_empty() {
                break;
            }
            let cancelled = try_join_all(messages.iter().map(|message| cancel(app, message))).await?;
            if !cancelled.contains(&true) {
                break;
            }
        }
        let before = app.clock.now().checked_sub(LATE_REQUESTS).unwrap_or(Timestamp::MIN);
        if app.store.open_messages_of_key(&key, 1).await?.is_empty() {
            app.store.forget_revocation(&key, before).await?;
        }
    }
    Ok(())
}

/// Takes back what nobody has begun to send and nothing is missing for; says whether anything was.
pub(crate) async fn cancel_unbegun(app: &App, message: &KeptMessage) -> Result<bool, StoreError> {
    change(app, message, |kept| (kept.state == State::Queued).then_some(Event::Cancelled)).await
}

/// Sends again what did not arrive, or may not have; says whether anything is sent.
pub(crate) async fn resend(app: &App, message: &KeptMessage) -> Result<bool, StoreError> {
    let now = app.clock.now();
    // What is still under way keeps its end.
    if resending(message, app.settings.sign_in.consent_within, now).deliveries.is_empty() {
        return Ok(false);
    }
    app.store.extend_message(message.seq, tried_until(now)).await?;
    change(app, message, |_| Some(Event::Resent)).await
}

/// Puts off, or brings forward, a message of which nothing has been tried yet; says whether it was.
///
/// All of it or none: a message has one time.
pub(crate) async fn reschedule(
    app: &App,
    message: &KeptMessage,
    send_at: Timestamp,
) -> Result<bool, StoreError> {
    let event = |_: &KeptDelivery| Some(Event::Rescheduled { send_at });
    let put_off = happening(message, event, app.settings.sign_in.consent_within, app.clock.now());
    let open = message.deliveries.iter().filter(|kept| !kept.state.is_final()).count();
    let is_begun = message.deliveries.iter().any(|kept| kept.attempts > 0);
    if is_begun || open == 0 || put_off.deliveries.len() < open {
        return Ok(false);
    }
    let begins = message.send_at.unwrap_or(message.created_at).max(message.created_at);
    let tried_for = message.expires_at.duration_since(begins);
    app.store.reschedule_message(message.seq, send_at, later(send_at, tried_for)).await?;
    change(app, message, event).await
}

/// Puts off what a quota of today held up to tomorrow's morning in Korea; says whether anything was. Of itself it would
/// go when the day turns, and phones would ring at midnight.
pub(crate) async fn put_off(app: &App, message: &KeptMessage) -> Result<bool, StoreError> {
    let now = app.clock.now();
    let send_at = later(Day::of(now).refilled_at(), MORNING);
    let event = |kept: &KeptDelivery| can_be_put_off(kept).then_some(Event::PutOff { send_at });
    if message.sealed.is_none() || !message.deliveries.iter().any(can_be_put_off) {
        return Ok(false);
    }
    app.store.extend_message(message.seq, tried_until(send_at)).await?;
    change(app, message, event).await
}

/// Whether a quota of Kakao's holds it up that is full again tomorrow.
pub(crate) fn can_be_put_off(delivery: &KeptDelivery) -> bool {
    let is_held_up = delivery.state == State::WaitingQuota
        || delivery.state == State::Refused && delivery.code.as_deref().is_some_and(is_of_a_day);
    is_held_up && !delivery.may_have_arrived
}

/// Goes on with what waits for a consent of an account, once somebody has agreed or signed in: with everything that was
/// accepted, and with the message by whose link they came. Whoever was told at once that a message was not sent may
/// have sent another one in its place.
pub(crate) async fn consented(
    app: &App,
    account: &AccountId,
    by_link: Option<&MessageId>,
) -> Result<(), StoreError> {
    for message in app.store.messages_waiting_for_consent(account).await? {
        if message.on_failure == OnFailure::Retry || by_link == Some(&message.id) {
            change(app, &message, |_| Some(Event::Consented)).await?;
        }
    }
    Ok(())
}

/// How long it can be looked up what was accepted under an idempotency key.
const KEYS_LIVE: SignedDuration = SignedDuration::from_hours(48);

/// Takes the content from what was kept long enough, and forgets old idempotency keys.
pub(crate) async fn clean_up(app: &App) -> Result<(), StoreError> {
    let before = |age: SignedDuration| app.clock.now().checked_sub(age).unwrap_or(Timestamp::MIN);
    app.store.forget_idempotency_keys(before(KEYS_LIVE)).await?;
    app.store.purge_contents(before(app.settings.outbox.retention)).await?;
    Ok(())
}

/// Lets an event happen to all deliveries of a message to which it can.
async fn change(
    app: &App,
    message: &KeptMessage,
    event: impl Fn(&KeptDelivery) -> Option<Event>,
) -> Result<bool, StoreError> {
    let now = app.clock.now();
    let settle = happening(message, event, app.settings.sign_in.consent_within, now);
    if settle.deliveries.is_empty() {
        return Ok(false);
    }
    let settled = app.store.settle_deliveries(settle).await?;
    for settled in &settled {
        app.telemetry.settled(settled.next.state, settled.next.code.as_deref());
        if let Some(kept) = message.deliveries.iter().find(|kept| kept.seq == settled.seq) {
            app.outbox.changes.publish(&super::changes::Change {
                account: message.account.clone(),
                message: message.id.as_str().to_owned(),
                delivery: message.id.delivery(kept.place).0,
                receiver: kept.receiver.as_str().to_owned(),
                state: settled.next.state.as_str(),
                code: settled.next.code.clone(),
                at: now,
                error: None,
            });
        }
    }
    app.outbox.wake();
    app.poster.wake();
    Ok(!settled.is_empty())
}

/// What cancelling a message comes to, where no gateway is at hand.
pub(crate) fn cancelling(message: &KeptMessage, consent_within: SignedDuration, now: Timestamp) -> Settle {
    happening(message, |_| Some(Event::Cancelled), consent_within, now)
}

/// What sending a message again comes to; nothing when it is not known any more what it said.
pub(crate) fn resending(message: &KeptMessage, consent_within: SignedDuration, now: Timestamp) -> Settle {
    happening(message, |_| message.sealed.as_ref().map(|_| Event::Resent), consent_within, now)
}

/// Until when a message is tried that somebody sends again now.
pub(crate) fn tried_until(now: Timestamp) -> Timestamp {
    later(now, TRIED_FOR)
}

/// What an event makes of the deliveries of a message to which it can happen.
fn happening(
    message: &KeptMessage,
    event: impl Fn(&KeptDelivery) -> Option<Event>,
    consent_within: SignedDuration,
    now: Timestamp,
) -> Settle {
    let deliveries = message.deliveries.iter().filter_map(|kept| {
        let delivery = Delivery {
            state: kept.state,
            code: kept.code.clone(),
            attempts: kept.attempts,
            may_have_arrived: kept.may_have_arrived,
            expires_at: message.expires_at,
            on_unconfirmed: message.on_unconfirmed,
            on_quota: message.on_quota,
            on_failure: message.on_failure,
            consent_within,
        };
        let next = decide(&delivery, &event(kept)?, now, 0.0)?;
        let (from, attempts) = (kept.state, kept.attempts);
        Some(Settled { seq: kept.seq, from, attempts, next, scopes: None, attempt: None, unused: None })
    });
    let deliveries = deliveries.collect();
    // No place in a quota is given back here: it does not matter of which Kakao app.
    Settle { account: message.account.clone(), kakao_app: String::new(), deliveries, now, is_news: true }
}

/// How far a message has come: as far as the delivery that has most left to do, or to tell.
pub(crate) fn state_of(deliveries: impl Iterator<Item = State>) -> State {
    const FIRST_TO_TELL: [State; 10] = [
        State::Sending,
        State::Queued,
        State::Scheduled,
        State::WaitingConsent,
        State::WaitingQuota,
        State::Unconfirmed,
        State::Refused,
        State::Expired,
        State::Cancelled,
        State::Delivered,
    ];
    let place = |state: State| FIRST_TO_TELL.iter().position(|known| *known == state).unwrap_or(0);
    FIRST_TO_TELL[deliveries.map(place).min().unwrap_or(FIRST_TO_TELL.len() - 1)]
}

fn later(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.checked_add(by).unwrap_or(Timestamp::MAX)
}
