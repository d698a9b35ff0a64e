//! Following what becomes of one's deliveries: each change once it has happened, and none is left out.
//!
//! What happens in this process is told by the hub. Everything else is read from the database: what another gateway
//! did, what a slow follower missed, and what happened while it was away. Times of different gateways differ a little,
//! and what has a time is committed a little later, so reading begins some seconds back and passes over what was told.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::changes::{Change, Lagged, Subscription};
use crate::api_key::to_the_millisecond;
use crate::app::App;
use crate::store::{AccountId, Place, StoreError};

/// How many feeds one account may follow at a time at one gateway.
const MOST: usize = 10;

/// How far back reading begins.
const OVERLAP: SignedDuration = SignedDuration::from_secs(10);

/// How many deliveries are read at a time.
const PAGE: i64 = 500;

/// How often to look for what other gateways did, should their word of it be lost.
const POLL: Duration = Duration::from_secs(1);

/// How long to leave the database alone that does not let us listen.
const PAUSE: Duration = Duration::from_secs(10);

/// Who follows feeds at this gateway, counted by account.
#[derive(Clone, Default)]
pub(crate) struct Feeds(Arc<Mutex<HashMap<AccountId, usize>>>);

impl Feeds {
    fn counts(&self) -> MutexGuard<'_, HashMap<AccountId, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `None` if the account, or all together, follow as many as they may.
    fn enter(&self, account: &AccountId, most_of_all: usize) -> Option<Seat> {
        let mut counts = self.counts();
        if counts.values().sum::<usize>() >= most_of_all {
            return None;
        }
        let count = counts.entry(account.clone()).or_default();
        if *count >= MOST {
            return None;
        }
        *count += 1;
        Some(Seat { feeds: self.clone(), account: account.clone() })
    }
}

/// A place among those who follow feeds, until it is dropped.
struct Seat {
    feeds: Feeds,
    account: AccountId,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut counts = self.feeds.counts();
        if let Some(count) = counts.get_mut(&self.account) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.account);
            }
        }
    }
}

/// Why there is no feed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoFeed {
    #[error("as many feeds are followed as may be")]
    TooMany,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The changes of one account's deliveries.
pub(crate) struct Feed {
    app: Arc<App>,
    news: Subscription,
    told: Told,
    ready: VecDeque<Change>,
    /// From where on the database is still to be read.
    unread: Option<Place>,
    seat: Seat,
}

impl Feed {
    /// Begins with what happens from now on, or with what has happened since a time.
    pub(crate) async fn open(
        app: Arc<App>,
        account: &AccountId,
        since: Option<Timestamp>,
    ) -> Result<Self, NoFeed> {
        // Each takes a connection, and others are to get through as well.
        let most_of_all = app.settings.bounds.connection.connections / 2;
        let seat = app.feeds.enter(account, most_of_all).ok_or(NoFeed::TooMany)?;
        let (news, now) = (app.outbox.changes.of_account(account), app.clock.now());
        let told = Told { newest: since.map_or(now, |since| since.min(now)), latest: HashMap::new() };
        let unread = Some(told.overlap());
        let mut feed = Self { app, news, told, ready: VecDeque::new(), unread, seat };
        if since.is_none() {
            while feed.read().await? {}
            for change in std::mem::take(&mut feed.ready) {
                feed.told.is_news(&change);
            }
        }
        Ok(feed)
    }

    /// The next change, as soon as there is one. To stop waiting for it loses nothing.
    pub(crate) async fn next(&mut self) -> Result<Change, StoreError> {
        loop {
            while let Some(change) = self.ready.pop_front() {
                if self.told.is_news(&change) {
                    return Ok(change);
                }
            }
            if self.read().await? {
                continue;
            }
            tokio::select! {
                news = self.news.next() => match news {
                    Ok(change) => {
                        let at = to_the_millisecond(change.at);
                        self.ready.push_back(Change { at, ..change });
                    }
                    Err(Lagged) => self.unread = Some(self.told.overlap()),
                },
                () = sleep(POLL), if self.app.store.is_shared() => {
                    self.unread = Some(self.told.overlap());
                }
            }
        }
    }

    /// The time by which to go on after an interruption.
    pub(crate) fn newest(&self) -> Timestamp {
        self.told.newest
    }

    /// Reads some of what is unread; `false` if nothing was.
    async fn read(&mut self) -> Result<bool, StoreError> {
        let Some(unread) = self.unread else { return Ok(false) };
        let changed = self.app.store.changed_deliveries(&self.seat.account, unread, PAGE).await?;
        let is_all = i64::try_from(changed.len()).is_ok_and(|count| count < PAGE);
        self.unread = changed.last().filter(|_| !is_all).map(|(place, _)| *place);
        self.ready.extend(changed.into_iter().map(|(_, change)| change));
        self.told.forget();
        Ok(true)
    }
}

/// What was told of each delivery last, as far back as reading goes.
struct Told {
    newest: Timestamp,
    latest: HashMap<String, (Timestamp, &'static str)>,
}

impl Told {
    /// Whether this was not told yet; from now on it was.
    fn is_news(&mut self, change: &Change) -> bool {
        let latest = self.latest.get(&change.delivery);
        let is_old =
            latest.is_some_and(|(at, state)| *at > change.at || (*at == change.at && *state == change.state));
        if !is_old {
            self.latest.insert(change.delivery.clone(), (change.at, change.state));
            self.newest = self.newest.max(change.at);
        }
        !is_old
    }

    fn overlap(&self) -> Place {
        Place::before(self.newest - OVERLAP)
    }

    fn forget(&mut self) {
        let from = self.newest - OVERLAP;
        self.latest.retain(|_, (at, _)| *at >= from);
    }
}

/// Passes on what other gateways announce, until the stop.
pub(crate) async fn hear_other_gateways(app: Arc<App>, stop: CancellationToken) {
    if !app.store.is_shared() {
        return;
    }
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            Err(error) = hear(&app) => tracing::warn!(%error, "feed.other_gateways_not_heard"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = sleep(PAUSE) => {}
        }
    }
}

async fn hear(app: &App) -> Result<(), StoreError> {
    let Some(mut announcements) = app.store.listen_for_changes().await? else { return Ok(()) };
    loop {
        app.outbox.changes.changed_elsewhere(&announcements.next().await?);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(byte: u8) -> AccountId {
        AccountId::new(Timestamp::UNIX_EPOCH, [byte; 10])
    }

    fn change(delivery: &str, state: &'static str, seconds: i64) -> Change {
        Change {
            account: account(1),
            message: "msg_1".to_owned(),
            delivery: delivery.to_owned(),
            receiver: "me".to_owned(),
            state,
            code: None,
            at: Timestamp::from_second(seconds).unwrap(),
            error: None,
        }
    }

    #[test]
    fn each_change_is_told_once_however_often_it_is_read() {
        let mut told = Told { newest: Timestamp::UNIX_EPOCH, latest: HashMap::new() };
        assert!(told.is_news(&change("dlv_1", "queued", 100)));
        assert!(told.is_news(&change("dlv_1", "sending", 100)));
        assert!(!told.is_news(&change("dlv_1", "sending", 100)));
        assert!(told.is_news(&change("dlv_2", "sending", 95)));
        assert!(!told.is_news(&change("dlv_1", "queued", 99)));
        assert!(told.is_news(&change("dlv_1", "delivered", 101)));
        assert_eq!(told.newest.as_second(), 101);
        // Nothing is forgotten that is read again.
        told.forget();
        assert_eq!(told.overlap(), Place::before(Timestamp::from_second(91).unwrap()));
        assert!(!told.is_news(&change("dlv_2", "sending", 95)));
        told.is_news(&change("dlv_3", "queued", 200));
        told.forget();
        assert_eq!(told.latest.len(), 1);
    }

    #[test]
    fn no_account_takes_all_the_places_and_each_is_free_again() {
        let feeds = Feeds::default();
        let mut seats: Vec<_> = (0..MOST).map(|_| feeds.enter(&account(1), 12).unwrap()).collect();
        assert!(feeds.enter(&account(1), 12).is_none());
        seats.extend((0..2).map(|_| feeds.enter(&account(2), 12).unwrap()));
        assert!(feeds.enter(&account(3), 12).is_none());
        seats.remove(0);
        assert!(feeds.enter(&account(3), 12).is_some());
        drop(seats);
        assert!(feeds.counts().is_empty());
    }
}
