//! The ledger of Kakao's quotas: what was sent today, and whether one more message may go out.
//!
//! A place is taken before Kakao is asked, and given back only when it is certain that nothing was sent. What is
//! given back or found full belongs to the day on which it was taken.

mod forecast;
#[cfg(test)]
mod model;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use katok_client::FriendUuid;
use serde::Serialize;

#[cfg(test)]
use self::forecast::WarningCode;
pub(crate) use self::forecast::{Coming, Forecast, Standing};
pub(crate) use crate::config::Quotas as Limits;
use crate::day::Day;
use crate::store::AccountId;

/// One number that Kakao counts, of one day.
#[derive(Clone, Copy)]
pub(crate) enum Counter<'a> {
    App,
    Sender(&'a AccountId),
    Receiver(&'a FriendUuid),
    Pair(&'a AccountId, &'a FriendUuid),
}

impl<'a> Counter<'a> {
    /// All that a message counts towards, in the order in which Kakao looks at them; without a receiver it is one to
    /// oneself.
    ///
    /// Kakao's documents do not say that messages to oneself count towards the sender's.
    fn of(sender: &'a AccountId, receiver: Option<&'a FriendUuid>) -> impl Iterator<Item = Self> {
        let friend = |to| [Self::Sender(sender), Self::Receiver(to), Self::Pair(sender, to)];
        [Self::App].into_iter().chain(receiver.map(friend).into_iter().flatten())
    }

    fn exhausted(self) -> Exhausted {
        match self {
            Self::App => Exhausted::App,
            Self::Sender(_) => Exhausted::Sender,
            Self::Receiver(_) => Exhausted::Receiver,
            Self::Pair(..) => Exhausted::Pair,
        }
    }
}

/// As it is kept.
impl fmt::Display for Counter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::App => f.write_str("app"),
            Self::Sender(sender) => write!(f, "{sender}"),
            Self::Receiver(receiver) => write!(f, "receiver {receiver}"),
            Self::Pair(sender, receiver) => write!(f, "{}{receiver}", pairs_of(sender)),
        }
    }
}

/// What the text of every pair with this sender begins with; nothing else does.
pub(crate) fn pairs_of(sender: &AccountId) -> String {
    format!("{sender} ")
}

/// The counters of these messages, as they are kept.
pub(crate) fn counters<'a>(
    messages: impl IntoIterator<Item = (&'a AccountId, Option<&'a FriendUuid>)>,
) -> BTreeSet<String> {
    let counters = messages.into_iter().flat_map(|(sender, receiver)| Counter::of(sender, receiver));
    counters.map(|counter| counter.to_string()).collect()
}

/// The counters that concern an account and these friends of theirs, as they are kept.
pub(crate) fn counters_about(account: &AccountId, friends: &BTreeSet<FriendUuid>) -> BTreeSet<String> {
    let mut counters = counters(friends.iter().map(|friend| (account, Some(friend))));
    counters.extend([Counter::App, Counter::Sender(account)].map(|counter| counter.to_string()));
    counters
}

/// Which quota of the day is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Exhausted {
    App,
    Sender,
    Receiver,
    Pair,
}

impl Exhausted {
    const ALL: [Self; 4] = [Self::App, Self::Sender, Self::Receiver, Self::Pair];

    /// The code by which Kakao says so.
    pub(crate) fn kakao_code(self) -> i32 {
        match self {
            Self::App => -10,
            Self::Sender => -532,
            Self::Receiver => -533,
            Self::Pair => -536,
        }
    }

    /// Which quota Kakao means by a code.
    pub(crate) fn meant_by(kakao_code: i32) -> Option<Self> {
        Self::ALL.into_iter().find(|exhausted| exhausted.kakao_code() == kakao_code)
    }

    fn limit(self, limits: &Limits) -> i64 {
        let limit = match self {
            Self::App => limits.app,
            Self::Sender => limits.sender,
            Self::Receiver => limits.receiver,
            Self::Pair => limits.pair,
        };
        limit.get().into()
    }
}

/// How far one counter is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) used: i64,
    /// Kakao has said so: others send by the same app, and count towards it as well.
    pub(crate) is_full: bool,
}

impl Count {
    fn left(self, limit: i64) -> i64 {
        if self.is_full { 0 } else { (limit - self.used).max(0) }
    }
}

/// The counts of one day, as far as they concern the messages at hand.
#[derive(Clone, Debug)]
pub(crate) struct Ledger {
    day: Day,
    counts: BTreeMap<String, Count>,
    changed: BTreeSet<String>,
}

impl Ledger {
    /// What the database holds of these counters; one that it does not hold has not been used.
    pub(crate) fn new(
        day: Day,
        counters: BTreeSet<String>,
        found: impl IntoIterator<Item = (String, Count)>,
    ) -> Self {
        let mut counts: BTreeMap<_, _> =
            counters.into_iter().map(|counter| (counter, Count::default())).collect();
        counts.extend(found);
        Self { day, counts, changed: BTreeSet::new() }
    }

    pub(crate) fn day(&self) -> Day {
        self.day
    }

    /// Takes a place for one message in every quota that it counts towards, or in none.
    ///
    /// In a counter that was not read there is no place.
    pub(crate) fn take(
        &mut self,
        limits: &Limits,
        sender: &AccountId,
        receiver: Option<&FriendUuid>,
    ) -> Result<(), Exhausted> {
        let exhausted = Counter::of(sender, receiver).find(|counter| self.left(*counter, limits) == 0);
        if let Some(counter) = exhausted {
            return Err(counter.exhausted());
        }
        for counter in Counter::of(sender, receiver) {
            self.change(counter, |count| count.used += 1);
        }
        Ok(())
    }

    /// Gives the places of one message back: it is certain that it was not sent.
    pub(crate) fn give_back(&mut self, sender: &AccountId, receiver: Option<&FriendUuid>) {
        for counter in Counter::of(sender, receiver) {
            self.change(counter, |count| count.used = (count.used - 1).max(0));
        }
    }

    /// Notes that Kakao has found a quota used up in which there seemed to be room: nobody tries again on this day.
    ///
    /// It says nothing of the message's own places, which are to be given back besides.
    pub(crate) fn fill(&mut self, which: Exhausted, sender: &AccountId, receiver: Option<&FriendUuid>) {
        if let Some(counter) = Counter::of(sender, receiver).find(|counter| counter.exhausted() == which) {
            self.change(counter, |count| count.is_full = true);
        }
    }

    /// What must be written down.
    pub(crate) fn changes(&self) -> impl Iterator<Item = (&str, Count)> {
        self.changed.iter().filter_map(|counter| Some((counter.as_str(), *self.counts.get(counter)?)))
    }

    fn count(&self, counter: Counter<'_>) -> Option<Count> {
        self.counts.get(&counter.to_string()).copied()
    }

    fn left(&self, counter: Counter<'_>, limits: &Limits) -> i64 {
        self.count(counter).map_or(0, |count| count.left(counter.exhausted().limit(limits)))
    }

    fn change(&mut self, counter: Counter<'_>, change: impl FnOnce(&mut Count)) {
        let counter = counter.to_string();
        if let Some(count) = self.counts.get_mut(&counter) {
            change(count);
            self.changed.insert(counter);
        }
    }
}

#[cfg(test)]
mod tests;
