//! Quotas: how many tokens and messages Kakao lets a person and an app have.
//!
//! See [Kakao Docs/Quota].

use std::collections::{BTreeMap, VecDeque};

use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::World;
use super::link::LinkKey;
use crate::fault::{ApiFault, LoginFault};
use crate::seed::{AppKey, PersonKey, Quotas};

const ACCESS_TOKEN_WINDOW: SignedDuration = SignedDuration::from_mins(10);
const REFRESH_TOKEN_WINDOW: SignedDuration = SignedDuration::from_mins(60);

/// How far from today a day's counts are kept: as long as a month, and whoever turns the clock over midnight and back
/// finds them again.
const COUNTS_KEPT: SignedDuration = SignedDuration::from_hours(31 * 24);

/// When somebody's latest tokens were made.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct TokenCounts {
    access: Seconds,
    refresh: Seconds,
}

impl TokenCounts {
    pub(super) fn is_worth_keeping(&self, now: Timestamp) -> bool {
        self.access
            .latest()
            .max(self.refresh.latest())
            .is_some_and(|at| is_within(REFRESH_TOKEN_WINDOW, at, now))
    }
}

/// How many there were in each second; by the second, so that a lifted quota fills no memory.
#[derive(Clone, Default, Serialize, Deserialize)]
struct Seconds(VecDeque<(i64, usize)>);

impl Seconds {
    fn latest(&self) -> Option<i64> {
        self.0.back().map(|(second, _)| *second)
    }

    /// How many there were in the window before now; what is older is forgotten.
    fn within(&mut self, window: SignedDuration, now: Timestamp) -> usize {
        self.0.retain(|(second, _)| is_within(window, *second, now));
        self.0.iter().map(|(_, count)| count).sum()
    }

    fn count(&mut self, now: Timestamp) {
        match self.0.back_mut() {
            Some((second, count)) if *second == now.as_second() => *count += 1,
            _ => self.0.push_back((now.as_second(), 1)),
        }
    }
}

/// Times to come are there when somebody turned the clock back: they count as long as past ones.
fn is_within(window: SignedDuration, second: i64, now: Timestamp) -> bool {
    (now.as_second() - second).abs() < window.as_secs()
}

/// What went through an app on one day.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct DayCounts {
    /// Calls for a KakaoTalk profile.
    talk_profiles: u32,
    /// All messages.
    total: u32,
    /// By sender and receiver. Messages to oneself count towards the app's total alone.
    to_friends: BTreeMap<PersonKey, BTreeMap<PersonKey, u32>>,
}

impl DayCounts {
    fn sent_by(&self, sender: &PersonKey) -> u32 {
        self.to_friends.get(sender).into_iter().flat_map(BTreeMap::values).sum()
    }

    fn received_by(&self, receiver: &PersonKey) -> u32 {
        self.to_friends.values().filter_map(|receivers| receivers.get(receiver)).sum()
    }

    fn between(&self, sender: &PersonKey, receiver: &PersonKey) -> u32 {
        self.to_friends.get(sender).and_then(|receivers| receivers.get(receiver)).copied().unwrap_or(0)
    }

    pub(super) fn check_app(&self, quotas: &Quotas, messages: usize) -> Result<(), ApiFault> {
        let left = quotas.messages_per_day.saturating_sub(self.total);
        if messages <= left as usize { Ok(()) } else { Err(ApiFault::QuotaExceeded) }
    }

    pub(super) fn check_pair(
        &self,
        quotas: &Quotas,
        sender: &PersonKey,
        receiver: &PersonKey,
    ) -> Result<(), ApiFault> {
        if self.sent_by(sender) >= quotas.messages_per_sender_per_day {
            return Err(ApiFault::SenderQuotaExceeded);
        }
        if self.received_by(receiver) >= quotas.messages_per_receiver_per_day {
            return Err(ApiFault::ReceiverQuotaExceeded);
        }
        if self.between(sender, receiver) >= quotas.messages_per_pair_per_day {
            return Err(ApiFault::PairQuotaExceeded);
        }
        Ok(())
    }

    pub(super) fn count_talk_profile(&mut self, quotas: &Quotas) -> Result<(), ApiFault> {
        if self.talk_profiles >= quotas.talk_profiles_per_day {
            return Err(ApiFault::QuotaExceeded);
        }
        self.talk_profiles += 1;
        Ok(())
    }

    pub(super) fn count_message(&mut self, sender: &PersonKey, receiver: &PersonKey) {
        self.total += 1;
        if sender != receiver {
            *self.to_friends.entry(sender.clone()).or_default().entry(receiver.clone()).or_default() += 1;
        }
    }
}

impl World {
    /// Counts an access token, and a refresh token if there is one, or refuses both.
    pub(super) fn count_tokens(
        &mut self,
        quotas: &Quotas,
        link: &LinkKey,
        refresh: bool,
        now: Timestamp,
    ) -> Result<(), LoginFault> {
        let counts = self.token_counts.entry(link.clone()).or_default();
        let access = counts.access.within(ACCESS_TOKEN_WINDOW, now);
        let refreshes = counts.refresh.within(REFRESH_TOKEN_WINDOW, now);
        let full = access >= quotas.access_tokens_per_10_minutes
            || (refresh && refreshes >= quotas.refresh_tokens_per_60_minutes);
        if full {
            return Err(LoginFault::TooManyTokens);
        }
        counts.access.count(now);
        if refresh {
            counts.refresh.count(now);
        }
        Ok(())
    }

    /// The counts of today, which is a day in Korea.
    pub(super) fn counts_of_today(&mut self, app: &AppKey, now: Timestamp) -> &mut DayCounts {
        let day = korean_time(now).date();
        let days = self.day_counts.entry(app.clone()).or_default();
        days.retain(|counted, _| counted.duration_until(day).abs() <= COUNTS_KEPT);
        days.entry(day).or_default()
    }

    /// How many messages somebody has sent to friends since the month began in Korea.
    pub(super) fn sent_this_month(&self, app: &AppKey, sender: &PersonKey, now: Timestamp) -> u32 {
        let today = korean_time(now).date();
        let days =
            self.day_counts.get(app).into_iter().flat_map(|days| days.range(today.first_of_month()..=today));
        days.map(|(_, counts)| counts.sent_by(sender)).sum()
    }
}

/// Korea has had no summer time since 1988.
pub(crate) fn korean_time(at: Timestamp) -> jiff::Zoned {
    at.to_zoned(TimeZone::fixed(Offset::constant(9)))
}
