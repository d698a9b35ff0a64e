//! Kakao's keys, fetched when they are needed and kept as long as they serve.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::DecodingKey;
use tokio::sync::Mutex as Turn;
use tracing::Instrument;

use super::jwks::{GetJwks, Jwk, Jwks};
use super::signed_token::SignedTokenError;
use crate::{Client, Error};

/// After that the keys are fetched again even if they still fit, because Kakao may have withdrawn one.
const MAX_AGE: SignedDuration = SignedDuration::from_hours(24);
/// Kakao may block who fetches the keys too often, and anybody can send us tokens that name unknown ones.
const PAUSE: SignedDuration = SignedDuration::from_mins(1);
/// The pause after a fetch that failed: without keys nobody can sign in.
const PAUSE_AFTER_FAILURE: SignedDuration = SignedDuration::from_secs(10);

/// The keys of one client and all its clones.
#[derive(Debug, Default)]
pub(crate) struct KeyCache {
    known: Mutex<Known>,
    /// Held by whoever fetches.
    turn: Arc<Turn<()>>,
}

#[derive(Debug, Default)]
struct Known {
    keys: HashMap<String, DecodingKey>,
    fetched_at: Option<Timestamp>,
    /// When the last fetch ended, and how if it failed.
    asked: Option<(Timestamp, Result<(), Arc<Error>>)>,
}

impl KeyCache {
    /// The key of this name; asks Kakao for it only if need be, and one caller for all.
    pub(crate) async fn key(client: &Client, kid: &str) -> Result<DecodingKey, SignedTokenError> {
        let cache = client.keys();
        if let Some(settled) = cache.known().settled(kid, client.clock().now()) {
            return settled;
        }
        let old = cache.known().keys.get(kid).cloned();
        let turn = match (cache.turn.clone().try_lock_owned(), old) {
            (Ok(turn), _) => turn,
            // A server that hangs holds up one caller, and not everybody whose key is a day old.
            (Err(_), Some(old)) => return Ok(old),
            (Err(_), None) => cache.turn.clone().lock_owned().await,
        };
        // Whoever had the turn before may have brought the key.
        if let Some(settled) = cache.known().settled(kid, client.clock().now()) {
            return settled;
        }
        let fetching = client.clone();
        // A caller who gives up must not undo the fetch: its pause would not be kept.
        let fetch = async move {
            let fetched = fetching.call_as_app(&GetJwks).await;
            fetching.keys().known().note(fetched, fetching.clock().now());
            drop(turn);
        };
        // It fails only if the program ends; then there is no key either.
        let _ = tokio::spawn(fetch.in_current_span()).await;
        cache.known().answer(kid)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// The answer, unless a fetch is of use and allowed.
    fn settled(&self, kid: &str, now: Timestamp) -> Option<Result<DecodingKey, SignedTokenError>> {
        let fresh = self.keys.contains_key(kid) && is_within(MAX_AGE, self.fetched_at, now);
        let pausing = self.asked.as_ref().is_some_and(|(at, how)| {
            is_within(if how.is_ok() { PAUSE } else { PAUSE_AFTER_FAILURE }, Some(*at), now)
        });
        (fresh || pausing).then(|| self.answer(kid))
    }

    fn answer(&self, kid: &str) -> Result<DecodingKey, SignedTokenError> {
        if let Some(key) = self.keys.get(kid) {
            return Ok(key.clone());
        }
        match &self.asked {
            Some((_, Err(error))) => Err(SignedTokenError::KeysUnavailable(error.clone())),
            _ => Err(SignedTokenError::UnknownKey),
        }
    }

    /// The old keys stay if there are no new ones: a server that is down must not lock everybody out.
    fn note(&mut self, fetched: Result<Jwks, Error>, now: Timestamp) {
        let how = fetched.map_err(Arc::new).map(|Jwks { keys }| {
            self.keys = keys.iter().filter_map(Jwk::verifying).collect();
            self.fetched_at = Some(now);
        });
        if let Err(error) = &how {
            tracing::warn!(%error, "Kakao's keys could not be fetched");
        }
        self.asked = Some((now, how));
    }
}

/// Whether that was less than this long ago. A clock that was turned back makes nothing young.
fn is_within(span: SignedDuration, then: Option<Timestamp>, now: Timestamp) -> bool {
    then.is_some_and(|then| (SignedDuration::ZERO..span).contains(&now.duration_since(then)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noon() -> Timestamp {
        "2026-01-02T12:00:00Z".parse().unwrap()
    }

    fn jwks(kids: &[&str]) -> Jwks {
        let keys = kids.iter().map(|kid| {
            serde_json::json!({"kid": kid, "kty": "RSA", "alg": "RS256", "use": "sig", "n": "AA", "e": "AQAB"})
        });
        serde_json::from_value(serde_json::json!({"keys": keys.collect::<Vec<_>>()})).unwrap()
    }

    /// Whether a key is handed out, refused, or to be fetched.
    fn at(known: &Known, kid: &str, seconds: i64) -> &'static str {
        match known.settled(kid, noon() + SignedDuration::from_secs(seconds)) {
            Some(Ok(_)) => "key",
            Some(Err(SignedTokenError::UnknownKey)) => "unknown",
            Some(Err(SignedTokenError::KeysUnavailable(_))) => "unavailable",
            Some(Err(other)) => panic!("{other}"),
            None => "fetch",
        }
    }

    #[test]
    fn a_key_is_good_for_a_day_and_an_unknown_one_is_looked_for_once_a_minute() {
        let mut known = Known::default();
        assert_eq!(at(&known, "a", 0), "fetch");
        known.note(Ok(jwks(&["a"])), noon());
        assert_eq!(
            (at(&known, "a", 0), at(&known, "a", 86_399), at(&known, "a", 86_400)),
            ("key", "key", "fetch")
        );
        assert_eq!(
            (at(&known, "b", 0), at(&known, "b", 59), at(&known, "b", 60)),
            ("unknown", "unknown", "fetch")
        );
    }

    #[test]
    fn after_a_failure_old_keys_serve_and_the_next_fetch_is_soon() {
        let mut known = Known::default();
        known.note(Ok(jwks(&["a"])), noon());
        let day = SignedDuration::from_hours(24);
        known.note(Err(Error::configuration("down")), noon() + day);
        assert_eq!(
            (at(&known, "a", 86_400), at(&known, "a", 86_409), at(&known, "a", 86_410)),
            ("key", "key", "fetch")
        );
        assert_eq!((at(&known, "b", 86_409), at(&known, "b", 86_410)), ("unavailable", "fetch"));
        assert!(known.answer("a").is_ok());
    }

    #[test]
    fn a_withdrawn_key_is_forgotten() {
        let mut known = Known::default();
        known.note(Ok(jwks(&["a"])), noon());
        known.note(Ok(jwks(&["b"])), noon());
        assert_eq!((at(&known, "a", 0), at(&known, "b", 0)), ("unknown", "key"));
    }

    #[test]
    fn a_clock_that_was_set_back_does_not_stop_the_fetching() {
        let mut known = Known::default();
        known.note(Ok(jwks(&["a"])), noon());
        assert_eq!((at(&known, "a", -1), at(&known, "b", -1)), ("fetch", "fetch"));
    }
}
