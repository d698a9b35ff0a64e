//! Who wants to know at once what becomes of a delivery: told within this process, without asking the database.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::store::AccountId;

/// How many changes wait for a subscriber before it is told that it missed some.
const ROOM: usize = 256;

/// A delivery that has come into another state, told after that was committed.
#[derive(Clone)]
pub(crate) struct Change {
    pub(crate) account: AccountId,
    /// `msg_…`
    pub(crate) message: String,
    /// `dlv_…`
    pub(crate) delivery: String,
    /// `me`, or the friend's uuid.
    pub(crate) receiver: String,
    pub(crate) state: &'static str,
    /// Why, by Kakao's code or ours.
    pub(crate) code: Option<String>,
    pub(crate) at: Timestamp,
    /// What the client said, for who waits in this process for an answer; it is kept nowhere.
    pub(crate) error: Option<Arc<katok_client::Error>>,
}

impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Change")
            .field("delivery", &self.delivery)
            .field("state", &self.state)
            .field("code", &self.code)
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

/// Something happened that was not told one by one: whoever hears this must read from the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lagged;

/// Leads each change to those who asked for it; cloned, it is the same one.
#[derive(Clone, Default)]
pub(crate) struct Changes(Arc<Hub>);

#[derive(Default)]
struct Hub {
    /// So that a change that nobody waits for takes no lock.
    listening: AtomicUsize,
    last_id: AtomicU64,
    followed: Mutex<HashMap<AccountId, Vec<Subscriber>>>,
}

struct Subscriber {
    id: u64,
    /// `None`: all of the account.
    message: Option<String>,
    sender: Sender<Result<Change, Lagged>>,
    /// Set when there was no room to say so.
    missed: Arc<AtomicBool>,
}

impl Changes {
    /// Tells everybody who asked for it; whoever has no room left misses it, and learns that it did.
    pub(crate) fn publish(&self, change: &Change) {
        self.tell(&change.account, |subscriber| {
            let is_theirs = subscriber.message.as_ref().is_none_or(|message| *message == change.message);
            is_theirs.then(|| Ok(change.clone()))
        });
    }

    /// Makes everybody who follows this account read again: another gateway changed something.
    pub(crate) fn changed_elsewhere(&self, account: &AccountId) {
        self.tell(account, |_| Some(Err(Lagged)));
    }

    /// Everything that happens from now on to the deliveries of one message, `msg_…`.
    pub(crate) fn of_message(&self, account: &AccountId, message: &str) -> Subscription {
        self.subscribe(account, Some(message.to_owned()))
    }

    /// Everything that happens from now on to the deliveries of one account.
    pub(crate) fn of_account(&self, account: &AccountId) -> Subscription {
        self.subscribe(account, None)
    }

    fn tell(&self, account: &AccountId, what: impl Fn(&Subscriber) -> Option<Result<Change, Lagged>>) {
        if self.0.listening.load(Ordering::SeqCst) == 0 {
            return;
        }
        for subscriber in self.0.followed().get(account).into_iter().flatten() {
            if what(subscriber).is_some_and(|news| subscriber.sender.try_send(news).is_err()) {
                subscriber.missed.store(true, Ordering::SeqCst);
            }
        }
    }

    fn subscribe(&self, account: &AccountId, message: Option<String>) -> Subscription {
        let (sender, news) = channel(ROOM);
        let id = self.0.last_id.fetch_add(1, Ordering::SeqCst);
        let missed = Arc::new(AtomicBool::new(false));
        let subscriber = Subscriber { id, message, sender, missed: missed.clone() };
        self.0.followed().entry(account.clone()).or_default().push(subscriber);
        self.0.listening.fetch_add(1, Ordering::SeqCst);
        Subscription { id, account: account.clone(), news, missed, hub: self.0.clone() }
    }
}

impl Hub {
    fn followed(&self) -> MutexGuard<'_, HashMap<AccountId, Vec<Subscriber>>> {
        self.followed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody who asked for changes, until it is dropped.
pub(crate) struct Subscription {
    id: u64,
    account: AccountId,
    news: Receiver<Result<Change, Lagged>>,
    missed: Arc<AtomicBool>,
    hub: Arc<Hub>,
}

impl Subscription {
    /// The next change, as soon as there is one. To stop waiting for it loses nothing.
    pub(crate) async fn next(&mut self) -> Result<Change, Lagged> {
        if self.missed.swap(false, Ordering::SeqCst) {
            // All of it stands in the store by now.
            while self.news.try_recv().is_ok() {}
            return Err(Lagged);
        }
        match self.news.recv().await {
            Some(news) => news,
            // The hub, and the sender in it, lives as long as this.
            None => std::future::pending().await,
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut followed = self.hub.followed();
        if let Entry::Occupied(mut subscribers) = followed.entry(self.account.clone()) {
            subscribers.get_mut().retain(|subscriber| subscriber.id != self.id);
            if subscribers.get().is_empty() {
                subscribers.remove();
            }
        }
        drop(followed);
        self.hub.listening.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(byte: u8) -> AccountId {
        AccountId::new(Timestamp::UNIX_EPOCH, [byte; 10])
    }

    fn change(of: u8, message: &str, state: &'static str) -> Change {
        Change {
            account: account(of),
            message: message.to_owned(),
            delivery: "dlv_1".to_owned(),
            receiver: "me".to_owned(),
            state,
            code: None,
            at: Timestamp::UNIX_EPOCH,
            error: None,
        }
    }

    #[tokio::test]
    async fn each_change_reaches_those_who_asked_for_it_and_nobody_else() {
        let changes = Changes::default();
        changes.publish(&change(1, "msg_1", "queued"));
        let mut of_message = changes.of_message(&account(1), "msg_1");
        let mut of_account = changes.of_account(&account(1));
        let mut of_another = changes.of_account(&account(2));
        changes.publish(&change(1, "msg_2", "sending"));
        changes.publish(&change(1, "msg_1", "delivered"));
        changes.publish(&change(2, "msg_3", "refused"));

        assert_eq!(of_message.next().await.unwrap().state, "delivered");
        assert_eq!(of_account.next().await.unwrap().state, "sending");
        assert_eq!(of_account.next().await.unwrap().state, "delivered");
        assert_eq!(of_another.next().await.unwrap().message, "msg_3");
    }

    #[tokio::test]
    async fn who_is_too_slow_learns_that_it_missed_something_and_goes_on_from_there() {
        let changes = Changes::default();
        let mut slow = changes.of_account(&account(1));
        for _ in 0..=ROOM {
            changes.publish(&change(1, "msg_1", "sending"));
        }
        assert_eq!(slow.next().await.unwrap_err(), Lagged);
        changes.publish(&change(1, "msg_1", "delivered"));
        assert_eq!(slow.next().await.unwrap().state, "delivered");
    }

    #[tokio::test]
    async fn what_another_gateway_changed_is_to_be_read_again() {
        let changes = Changes::default();
        let mut of_message = changes.of_message(&account(1), "msg_1");
        let mut of_account = changes.of_account(&account(1));
        changes.changed_elsewhere(&account(2));
        changes.changed_elsewhere(&account(1));
        changes.publish(&change(1, "msg_1", "delivered"));
        for subscription in [&mut of_message, &mut of_account] {
            assert_eq!(subscription.next().await.unwrap_err(), Lagged);
            assert_eq!(subscription.next().await.unwrap().state, "delivered");
        }
    }

    #[test]
    fn nothing_is_left_of_who_has_gone() {
        let changes = Changes::default();
        let gone = (changes.of_message(&account(1), "msg_1"), changes.of_account(&account(1)));
        drop(gone);
        changes.publish(&change(1, "msg_1", "delivered"));
        assert_eq!(changes.0.listening.load(Ordering::SeqCst), 0);
        assert!(changes.0.followed().is_empty());
    }

    #[test]
    fn a_change_shows_nothing_of_who_receives_it() {
        let shown =
            format!("{:?}", Change { receiver: "uuid-of-apeach".to_owned(), ..change(1, "msg_1", "queued") });
        assert!(shown.contains("dlv_1") && !shown.contains("apeach"), "{shown}");
    }
}
