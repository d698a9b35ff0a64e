//! One lane: sends what is due of one account, wave by wave, as long as the lane is held.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use katok_client::FriendUuid;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::changes::Change;
use super::content::Content;
use super::plan::{Due, plan};
use super::policy::{ABANDONED, Event, Next, Outcome, decide};
use super::quota::Exhausted;
use super::state::State;
use super::{Delivery, outcome};
use crate::account::{self, ActError};
use crate::app::App;
use crate::day::Day;
use crate::seal::DataKey;
use crate::store::{
    Attempt, Begin, BeginDelivery, Begun, DueDelivery, Lane, Receiver, Release, Rest, Settle, Settled,
    StoreError, Unused,
};

/// How long a lane is sent before others have their turn.
const TURN: Duration = Duration::from_secs(1);

/// How long a lane rests whose account cannot be read.
const TROUBLE: SignedDuration = SignedDuration::from_secs(30);

/// How often it is tried to write down what Kakao said, and how long to wait in between.
const TRIES: usize = 60;
const PAUSE: Duration = Duration::from_secs(1);

/// The code of a message whose content is gone or does not open.
const UNREADABLE: &str = "unreadable";

/// Sends what is due, until nothing is or others have their turn.
pub(super) async fn send(app: &Arc<App>, mut lane: Lane) -> Result<(), StoreError> {
    let begun = Instant::now();
    loop {
        let now = app.clock.now();
        let within = app.settings.sign_in.consent_within;
        let mut due = app.store.due_deliveries(&lane.account, now, within).await?;
        if due.is_empty() {
            // As of the time at which it was read: what has become due since would be left behind.
            return release(app, lane, Rest::UntilDue, now).await;
        }
        settle_abandoned(app, &lane, &mut due).await?;
        while !due.is_empty() {
            if app.is_stopping() || begun.elapsed() > TURN {
                let now = app.clock.now();
                return release(app, lane, Rest::Until(now), now).await;
            }
            if let Some(rest) = wave(app, &lane, &mut due).await? {
                return release(app, lane, rest, app.clock.now()).await;
            }
        }
        lane.news = app.store.lane_news(&lane.account).await?;
    }
}

async fn release(app: &App, lane: Lane, until: Rest, now: Timestamp) -> Result<(), StoreError> {
    app.store.release_lane(Release { lane, holder: app.outbox.holder.clone(), until, now }).await
}

/// One wave; what it has dealt with is no longer `due` afterwards, nor what comes after something that is put off.
/// Answers with a rest when the lane must be let go.
async fn wave(app: &Arc<App>, lane: &Lane, due: &mut Vec<DueDelivery>) -> Result<Option<Rest>, StoreError> {
    let now = app.clock.now();
    let plan = {
        let seen: Vec<Due<'_>> = due
            .iter()
            .map(|one| Due {
                message: one.message_seq,
                receiver: one.receiver.as_str(),
                delivery: &one.delivery,
            })
            .collect();
        plan(&seen, now)
    };
    let mut settled = Vec::new();
    for place in plan.ran_out {
        settled.extend(foresee(app, &due[place], &Event::RanOut, now));
    }
    let mut calls = Vec::new();
    if !plan.calls.is_empty() {
        let key = match app.tokens.data_key(&lane.account).await {
            Ok(Some(key)) => key,
            // Nobody is there any more, or nothing can be read for now.
            Ok(None) => return Ok(Some(Rest::UntilDue)),
            Err(error) => {
                tracing::error!(%error, account.id = %lane.account, "outbox.account_unreadable");
                return Ok(Some(Rest::Until(now + TROUBLE)));
            }
        };
        if let Err(until) = app.outbox.breaker().may_call(now) {
            return Ok(Some(Rest::Until(until)));
        }
        for places in plan.calls {
            if let Some(content) = open(&key, lane, &due[places[0]]) {
                calls.push((content, places));
            } else {
                let unreadable = Event::Foreseen(Outcome::Refused { code: UNREADABLE.to_owned() });
                let gone = places.iter().filter_map(|place| foresee(app, &due[*place], &unreadable, now));
                settled.extend(gone);
            }
        }
    }
    let mut dealt_with: HashSet<i64> = settled.iter().map(|settled: &Settled| settled.seq).collect();
    let mut put_off = settle(app, lane, due, settled, &[]).await?;
    if !calls.is_empty() {
        dealt_with.extend(calls.iter().flat_map(|(_, places)| places).map(|place| due[*place].seq));
        let begun_at = app.clock.now();
        match begin(app, lane, due, &calls, begun_at).await? {
            // If nobody else has taken it, it is as due as before.
            Begun::LaneLost => return Ok(Some(Rest::Until(begun_at))),
            Begun::These { begun, no_place } => {
                put_off.extend(settle_without_place(app, lane, due, &no_place, begun_at).await?);
                let begun: HashSet<i64> = begun.into_iter().collect();
                for (_, places) in &mut calls {
                    places.retain(|place| begun.contains(&due[*place].seq));
                }
                calls.retain(|(_, places)| !places.is_empty());
                let no_consent = ask_kakao(app, lane, due, calls, begun_at, &mut put_off).await?;
                due.retain(|one| !dealt_with.contains(&one.seq) && !put_off.contains(&one.receiver));
                if let Some(outcome) = no_consent {
                    wait_as_well(app, lane, due, outcome).await?;
                }
                return Ok(None);
            }
        }
    }
    due.retain(|one| !dealt_with.contains(&one.seq));
    Ok(None)
}

fn open(key: &DataKey, lane: &Lane, due: &DueDelivery) -> Option<Content> {
    let sealed = due.sealed.as_deref()?;
    let opened = Content::open(key, &lane.account, &due.message, sealed);
    opened.map_err(|error| tracing::error!(%error, message.id = %due.message, "outbox.does_not_open")).ok()
}

async fn begin(
    app: &App,
    lane: &Lane,
    due: &[DueDelivery],
    calls: &[(Content, Vec<usize>)],
    now: Timestamp,
) -> Result<Begun, StoreError> {
    let deliveries = calls
        .iter()
        .flat_map(|(_, places)| places)
        .filter(|place| decide(&due[**place].delivery, &Event::Begun, now, chance(app)).is_some())
        .map(|place| {
            let DueDelivery { seq, delivery, receiver, .. } = &due[*place];
            BeginDelivery { seq: *seq, attempts: delivery.attempts, receiver: receiver.clone() }
        })
        .collect();
    let begin = Begin {
        account: lane.account.clone(),
        holder: app.outbox.holder.clone(),
        deliveries,
        now,
        kakao_app: app.realm.clone(),
        limits: app.settings.quotas,
    };
    app.store.begin_deliveries(begin).await
}

/// What one call came to.
struct Called {
    places: Vec<usize>,
    /// Whom it was for; nobody for a message to oneself.
    friends: Vec<FriendUuid>,
    /// When its deliveries were begun, on whose day their places in Kakao's quotas were taken.
    noted_at: Timestamp,
    begun_at: Timestamp,
    took: Duration,
    answer: Result<account::Json, ActError>,
}

/// Makes the calls of one wave, side by side unless the settings say otherwise, and notes what became of each as soon as it
/// is known.
async fn ask_kakao(
    app: &Arc<App>,
    lane: &Lane,
    due: &[DueDelivery],
    calls: Vec<(Content, Vec<usize>)>,
    noted_at: Timestamp,
    put_off: &mut HashSet<Receiver>,
) -> Result<Option<Outcome>, StoreError> {
    let mut no_consent = None;
    let at_a_time = if app.settings.outbox.side_by_side { calls.len() } else { 1 };
    let mut calls = calls.into_iter();
    let mut asking = JoinSet::new();
    loop {
        while asking.len() < at_a_time
            && let Some((content, places)) = calls.next()
        {
            let (app, account) = (app.clone(), lane.account.clone());
            let friends: Vec<FriendUuid> =
                places.iter().filter_map(|place| due[*place].receiver.friend().cloned()).collect();
            asking.spawn(async move {
                let (begun_at, begun) = (app.clock.now(), Instant::now());
                let answer = if friends.is_empty() {
                    content.send_to_me(&app, &account).await
                } else {
                    content.send_to_friends(&app, &account, &friends).await
                };
                Called { places, friends, noted_at, begun_at, took: begun.elapsed(), answer }
            });
        }
        let Some(called) = asking.join_next().await else { break };
        let called = called.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
        no_consent = note(app, lane, due, called, put_off).await?.or(no_consent);
    }
    Ok(no_consent)
}

/// What the sender has not agreed to for one message, they have not for the others either.
async fn wait_as_well(
    app: &App,
    lane: &Lane,
    due: &mut Vec<DueDelivery>,
    outcome: Outcome,
) -> Result<(), StoreError> {
    let (now, event) = (app.clock.now(), Event::Foreseen(outcome));
    let settled = due.iter().filter_map(|one| foresee(app, one, &event, now)).collect();
    settle(app, lane, due, settled, &[]).await?;
    due.clear();
    Ok(())
}

/// Writes down what one call came to; answers with what it lacked if that was a consent.
async fn note(
    app: &App,
    lane: &Lane,
    due: &[DueDelivery],
    called: Called,
    put_off: &mut HashSet<Receiver>,
) -> Result<Option<Outcome>, StoreError> {
    let now = app.clock.now();
    let Called { places, friends, noted_at, begun_at, took, answer } = called;
    if outcome::is_down(&answer) {
        app.outbox.breaker().failed(now);
    } else {
        app.outbox.breaker().answered();
    }
    let outcomes = if friends.is_empty() {
        vec![outcome::to_me(&answer, now)]
    } else {
        outcome::to_friends(&answer, &friends, now)
    };
    let no_consent = outcomes.iter().find(|outcome| matches!(outcome, Outcome::NoConsent { .. })).cloned();
    let mut settled = Vec::new();
    for (place, outcome) in std::iter::zip(&places, outcomes) {
        let one = &due[*place];
        let attempts = one.delivery.attempts + 1;
        let sending = Delivery { state: State::Sending, attempts, ..one.delivery.clone() };
        let scopes = match &outcome {
            Outcome::NoConsent { scopes, .. } => Some((one.message_seq, scopes.to_string())),
            _ => None,
        };
        let unused = outcome.certainly_failed().then(|| Unused {
            day: Day::of(noted_at),
            receiver: one.receiver.clone(),
            full: outcome.code().and_then(|code| Exhausted::meant_by(code.parse().ok()?)),
        });
        let attempt = Attempt {
            begun_at,
            took: Some(took),
            outcome: outcome.word(),
            code: outcome.code().map(str::to_owned),
        };
        if let Some(next) = decide(&sending, &Event::Ended(outcome), now, chance(app)) {
            let attempt = Some(attempt);
            settled.push(Settled {
                seq: one.seq,
                from: State::Sending,
                attempts,
                next,
                scopes,
                attempt,
                unused,
            });
        }
    }
    let error = match answer {
        Err(ActError::Kakao(error)) => Some(Arc::new(error)),
        _ => None,
    };
    let errors: Vec<_> = places.iter().map(|place| (due[*place].seq, error.clone())).collect();
    put_off.extend(settle(app, lane, due, settled, &errors).await?);
    Ok(no_consent)
}

/// Deliveries for which our own count of Kakao's quotas has no place left: no call is spent on them.
async fn settle_without_place(
    app: &App,
    lane: &Lane,
    due: &[DueDelivery],
    no_place: &[(i64, Exhausted)],
    now: Timestamp,
) -> Result<HashSet<Receiver>, StoreError> {
    let refilled_at = Day::of(now).refilled_at();
    let settled = no_place.iter().filter_map(|(seq, exhausted)| {
        let one = due.iter().find(|one| one.seq == *seq)?;
        let outcome = Outcome::NoQuota { code: exhausted.kakao_code().to_string(), refilled_at };
        foresee(app, one, &Event::Foreseen(outcome), now)
    });
    settle(app, lane, due, settled.collect(), &[]).await
}

/// Whoever was sending these is gone: the lane could not have been taken otherwise.
async fn settle_abandoned(app: &App, lane: &Lane, due: &mut Vec<DueDelivery>) -> Result<(), StoreError> {
    let now = app.clock.now();
    let abandoned = due.iter().filter(|one| one.delivery.state == State::Sending);
    let settled = abandoned.filter_map(|one| {
        let attempt = Attempt {
            begun_at: one.changed_at,
            took: None,
            outcome: "unconfirmed",
            code: Some(ABANDONED.to_owned()),
        };
        let settled = foresee(app, one, &Event::Abandoned, now)?;
        Some(Settled { attempt: Some(attempt), ..settled })
    });
    let settled: Vec<_> = settled.collect();
    let put_off = settle(app, lane, due, settled, &[]).await?;
    due.retain(|one| one.delivery.state != State::Sending && !put_off.contains(&one.receiver));
    Ok(())
}

/// What an event makes of a delivery that Kakao is not asked for.
fn foresee(app: &App, one: &DueDelivery, event: &Event, now: Timestamp) -> Option<Settled> {
    let next: Next = decide(&one.delivery, event, now, chance(app))?;
    let Delivery { state: from, attempts, .. } = one.delivery;
    let scopes = match event {
        Event::Foreseen(Outcome::NoConsent { scopes, .. }) => Some((one.message_seq, scopes.to_string())),
        _ => None,
    };
    Some(Settled { seq: one.seq, from, attempts, next, scopes, attempt: None, unused: None })
}

/// Writes down what became of deliveries, and tells whoever waits for it; answers with the receivers for whom it is
/// to be tried again, since nothing may overtake it.
async fn settle(
    app: &App,
    lane: &Lane,
    due: &[DueDelivery],
    deliveries: Vec<Settled>,
    errors: &[(i64, Option<Arc<katok_client::Error>>)],
) -> Result<HashSet<Receiver>, StoreError> {
    let mut put_off = HashSet::new();
    if deliveries.is_empty() {
        return Ok(put_off);
    }
    let now = app.clock.now();
    let settle = Settle {
        account: lane.account.clone(),
        kakao_app: app.realm.clone(),
        deliveries,
        now,
        is_news: false,
    };
    let settled = write_down(app, settle).await?;
    app.poster.wake();
    for Settled { seq, next, .. } in settled {
        let Some(one) = due.iter().find(|one| one.seq == seq) else { continue };
        if next.state == State::Queued {
            put_off.insert(one.receiver.clone());
        }
        let error = errors.iter().find(|(of, _)| *of == seq).and_then(|(_, error)| error.clone());
        let delivery = one.message.delivery(one.place).0;
        tracing::info!(
            delivery.id = delivery,
            state = next.state.as_str(),
            code = next.code,
            "outbox.settled"
        );
        app.telemetry.settled(next.state, next.code.as_deref());
        if let (State::Delivered, Some(since)) = (next.state, one.wanted_since) {
            app.telemetry.delivered_after(now.duration_since(since));
        }
        app.outbox.changes.publish(&Change {
            account: lane.account.clone(),
            message: one.message.as_str().to_owned(),
            delivery,
            receiver: one.receiver.as_str().to_owned(),
            state: next.state.as_str(),
            code: next.code,
            at: now,
            error,
        });
    }
    Ok(put_off)
}

/// Writes down what became of deliveries, also when the database is away for a while: nobody else knows what Kakao said.
async fn write_down(app: &App, settle: Settle) -> Result<Vec<Settled>, StoreError> {
    for _ in 0..TRIES {
        match app.store.settle_deliveries(settle.clone()).await {
            Err(error @ (StoreError::Unavailable(_) | StoreError::Full(_))) if !app.is_stopping() => {
                tracing::warn!(%error, "outbox.not_written_down_yet");
                sleep(PAUSE).await;
            }
            outcome => return outcome,
        }
    }
    app.store.settle_deliveries(settle).await
}

/// A number from 0 to 1.
fn chance(app: &App) -> f64 {
    let mut bytes = [0; 4];
    app.chance.fill(&mut bytes);
    f64::from(u32::from_be_bytes(bytes)) / f64::from(u32::MAX)
}
