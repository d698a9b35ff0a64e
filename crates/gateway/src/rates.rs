//! How often somebody may ask, counted in this process; memory stays the same however many come.

use std::hash::{BuildHasher as _, Hash, RandomState};
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use governor::clock::Clock as _;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use jiff::Timestamp;
use katok_client::Clock;

use crate::client_address::ClientAddr;
use crate::config::RateLimits;
use crate::store::AccountId;

/// Whoever asks falls into one of so many places, and shares it with whom chance puts there too.
const PLACES: u64 = 1 << 16;

/// The limits of one gateway process.
pub(crate) struct Rates {
    sign_in: Option<Limiter>,
    address: Option<Limiter>,
    account: Option<Limiter>,
    /// Unknown to others, so that nobody can choose whose place to share.
    places: RandomState,
}

type Limiter = RateLimiter<u64, HashMapStateStore<u64>, Elapsed, NoOpMiddleware<Duration>>;

/// Which limit was met, and how many seconds to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooMany {
    pub(crate) limit: &'static str,
    pub(crate) seconds: u64,
}

impl Rates {
    pub(crate) fn new(limits: RateLimits, clock: &Arc<dyn Clock>) -> Self {
        let clock = Elapsed::by(clock.clone());
        let limiter = |a_minute: Option<NonZeroU32>| {
            a_minute.map(|limit| RateLimiter::hashmap_with_clock(Quota::per_minute(limit), clock.clone()))
        };
        Self {
            sign_in: limiter(limits.sign_in),
            address: limiter(limits.address),
            account: limiter(limits.account),
            places: RandomState::new(),
        }
    }

    /// Counts a step of a sign-in from this address.
    pub(crate) fn sign_in(&self, client: ClientAddr) -> Result<(), TooMany> {
        self.count("sign_in", self.sign_in.as_ref(), client.household())
    }

    /// Counts any other request from this address.
    pub(crate) fn address(&self, client: ClientAddr) -> Result<(), TooMany> {
        self.count("address", self.address.as_ref(), client.household())
    }

    /// Counts a request of this account.
    pub(crate) fn account(&self, account: &AccountId) -> Result<(), TooMany> {
        self.count("account", self.account.as_ref(), account.as_str())
    }

    fn count(&self, limit: &'static str, limiter: Option<&Limiter>, who: impl Hash) -> Result<(), TooMany> {
        let Some(limiter) = limiter else { return Ok(()) };
        limiter.check_key(&(self.places.hash_one(who) % PLACES)).map_err(|refused| {
            let wait = refused.wait_time_from(limiter.clock().now());
            TooMany { limit, seconds: wait.as_secs() + 1 }
        })
    }
}

/// How much time has passed by the gateway's clock; one that is set back stands still for a moment.
///
/// Otherwise whoever asked before would have to wait until the old time has come again.
#[derive(Clone)]
struct Elapsed {
    clock: Arc<dyn Clock>,
    seen: Arc<Mutex<(Timestamp, Duration)>>,
}

impl Elapsed {
    fn by(clock: Arc<dyn Clock>) -> Self {
        // Not zero: the first request would seem to have come at the same moment as one never made.
        let seen = Arc::new(Mutex::new((clock.now(), Duration::from_hours(1))));
        Self { clock, seen }
    }
}

impl governor::clock::Clock for Elapsed {
    type Instant = Duration;

    fn now(&self) -> Duration {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        let passed = Duration::try_from(now.duration_since(seen.0)).unwrap_or_default();
        *seen = (now, seen.1 + passed);
        seen.1
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use jiff::SignedDuration;
    use katok_client::ManualClock;

    use super::*;

    fn rates(a_minute: u32) -> (Rates, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH));
        let limits = RateLimits { address: NonZeroU32::new(a_minute), ..RateLimits::OFF };
        (Rates::new(limits, &(clock.clone() as Arc<dyn Clock>)), clock)
    }

    fn client(number: u32) -> ClientAddr {
        ClientAddr(IpAddr::V4(Ipv4Addr::from_bits(number)))
    }

    #[test]
    fn who_asked_too_often_waits_and_may_ask_again() {
        let (rates, clock) = rates(6);
        for _ in 0..6 {
            rates.address(client(1)).unwrap();
        }
        let refused = rates.address(client(1)).unwrap_err();
        assert!((10..=11).contains(&refused.seconds), "{refused:?}");
        rates.address(client(2)).unwrap();
        clock.advance(SignedDuration::from_secs(refused.seconds.try_into().unwrap()));
        rates.address(client(1)).unwrap();
        rates.address(client(1)).unwrap_err();
    }

    #[test]
    fn a_clock_that_is_set_back_locks_nobody_out() {
        let (rates, clock) = rates(6);
        rates.address(client(1)).unwrap();
        clock.advance(SignedDuration::from_hours(-5));
        for _ in 0..5 {
            rates.address(client(1)).unwrap();
        }
        let refused = rates.address(client(1)).unwrap_err();
        assert!(refused.seconds <= 11, "{refused:?}");
    }

    #[test]
    fn a_hundred_thousand_addresses_take_no_more_room_than_there_is() {
        let (rates, _) = rates(6);
        for number in 0..100_000 {
            let _ = rates.address(client(number));
        }
        assert!(rates.address.unwrap().len() as u64 <= PLACES);
    }
}
