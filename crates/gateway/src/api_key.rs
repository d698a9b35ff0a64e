//! API keys: what a program shows in place of a session, what it may do with it, and how often.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use katok_client::Chance;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::app::App;
use crate::day::Day;
use crate::digest::{Digest, sha256};
use crate::outbox;
use crate::sentence::Sentence;
use crate::store::{AccountId, ApiKeyId, ListedApiKey, StoreError, StoredApiKey};

/// How many keys an account may have.
pub(crate) const MOST: i64 = 50;

/// Its use is noted at most this often: not every request is worth writing down.
const NOTED_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// The most messages in a day that a cap can name; Kakao allows fewer.
const HIGHEST_CAP: i64 = 1_000_000;

/// What a key opens, `ktk_…`; only its digest is kept.
pub(crate) struct ApiKey(Zeroizing<String>);

impl ApiKey {
    const START: &'static str = "ktk_";
    /// 256 bits in base64url, and the sum that tells a mistyped key from a wrong one.
    const LENGTH: usize = 4 + 43 + 4;
    /// What is shown in lists; 208 bits stay unknown.
    const PREFIX: usize = 4 + 8;

    pub(crate) fn generate(chance: &dyn Chance) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        chance.fill(bytes.as_mut_slice());
        let body =
            Zeroizing::new(format!("{}{}", Self::START, *Zeroizing::new(URL_SAFE_NO_PAD.encode(*bytes))));
        Self(Zeroizing::new(format!("{}{}", *body, sum(&body))))
    }

    /// Takes a key as a request shows it; `None` when it cannot be one, because a character is wrong or missing.
    pub(crate) fn presented(text: &str) -> Option<Self> {
        let is_whole = text.len() == Self::LENGTH && text.is_ascii() && text.starts_with(Self::START);
        let (body, end) = text.split_at_checked(Self::LENGTH - 4)?;
        (is_whole && sum(body) == end).then(|| Self(Zeroizing::new(text.to_owned())))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    fn prefix(&self) -> &str {
        &self.0[..Self::PREFIX]
    }

    pub(crate) fn digest(&self) -> Digest {
        sha256(self.0.as_bytes())
    }
}

fn sum(body: &str) -> String {
    URL_SAFE_NO_PAD.encode(&sha256(body.as_bytes())[..3])
}

/// One thing that a key can allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum KeyScope {
    /// Send to oneself.
    #[serde(rename = "send:me")]
    SendMe,
    /// Send to friends.
    #[serde(rename = "send:friends")]
    SendFriends,
    /// See the profile and the friends.
    #[serde(rename = "read")]
    Read,
}

impl KeyScope {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::SendMe => "send:me",
            Self::SendFriends => "send:friends",
            Self::Read => "read",
        }
    }
}

/// A key that somebody wants to have.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeyWish {
    pub(crate) name: String,
    pub(crate) scopes: Vec<KeyScope>,
    pub(crate) expires_at: Option<Timestamp>,
    /// Messages in a Korean day, counted by receiver.
    pub(crate) daily_cap: Option<i64>,
}

impl KeyWish {
    fn checked(mut self, now: Timestamp) -> Result<Self, Sentence> {
        self.name = self.name.trim().to_owned();
        self.scopes.sort_unstable();
        self.scopes.dedup();
        if self.name.is_empty() || self.name.chars().count() > 100 || self.name.chars().any(char::is_control)
        {
            return Err(Sentence::new(
                "이름은 1자부터 100자까지, 한 줄로 적으세요.",
                "Give the key a name of 1 to 100 characters in one line.",
            ));
        }
        if self.scopes.is_empty() {
            return Err(Sentence::new(
                "권한을 하나 이상 고르세요: send:me, send:friends, read.",
                "Choose at least one scope: send:me, send:friends, read.",
            ));
        }
        if self.expires_at.is_some_and(|end| end <= now) {
            return Err(Sentence::new(
                "만료 시각은 앞으로 올 시각이어야 합니다.",
                "expires_at must be a time that is yet to come.",
            ));
        }
        if self.daily_cap.is_some_and(|cap| !(1..=HIGHEST_CAP).contains(&cap)) {
            return Err(Sentence::new(
                format!("하루 한도는 1부터 {HIGHEST_CAP}까지의 수여야 합니다. 한도가 없으면 비워 두세요."),
                format!("daily_cap must be a number from 1 to {HIGHEST_CAP}; leave it out for no cap."),
            ));
        }
        Ok(self)
    }
}

/// Why no key was made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotMade {
    #[error("the wish makes no sense")]
    Malformed(Sentence),
    #[error("the account has as many keys as it may")]
    TooMany,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes a key for an account; its text is known to nobody afterwards but to whom it is shown now.
pub(crate) async fn make(
    app: &App,
    account: &AccountId,
    wish: KeyWish,
) -> Result<(ApiKey, ListedApiKey), NotMade> {
    let now = to_the_millisecond(app.clock.now());
    let wish = wish.checked(now).map_err(NotMade::Malformed)?;
    let key = ApiKey::generate(app.chance.as_ref());
    let scopes: Vec<&str> = wish.scopes.iter().map(|scope| scope.as_str()).collect();
    let listed = ListedApiKey {
        id: ApiKeyId::new(now, app.chance_for_an_id()),
        prefix: key.prefix().to_owned(),
        name: wish.name,
        scopes: scopes.join(" "),
        created_at: now,
        expires_at: wish.expires_at.map(to_the_millisecond),
        last_used_at: None,
        daily_cap: wish.daily_cap,
    };
    let made = app.store.insert_api_key(account, &listed, &key.digest(), MOST).await?;
    if made { Ok((key, listed)) } else { Err(NotMade::TooMany) }
}

/// Revokes a key of an account, and cancels what its messages have still to send; `false` when there is no such key.
pub(crate) async fn revoke(app: &App, account: &AccountId, id: &ApiKeyId) -> Result<bool, StoreError> {
    let revoked = app.store.delete_api_key(account, id, app.clock.now()).await?;
    if revoked {
        outbox::cancel_of_revoked_keys(app).await?;
    }
    Ok(revoked)
}

/// As it is kept: whoever makes a key sees the same as whoever lists it.
pub(crate) fn to_the_millisecond(time: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(time.as_millisecond()).unwrap_or(time)
}

impl StoredApiKey {
    pub(crate) fn is_living(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }

    pub(crate) fn may(&self, scope: KeyScope) -> bool {
        self.scopes.split(' ').any(|held| held == scope.as_str())
    }

    /// Whether its last use was noted long enough ago that this one is worth noting.
    pub(crate) fn is_worth_noting(&self, now: Timestamp) -> bool {
        self.last_used_at.is_none_or(|noted| now.duration_since(noted) >= NOTED_EVERY)
    }
}

/// Why a key may not send now.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotNow {
    #[error(transparent)]
    CapReached(#[from] CapReached),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A key has sent as much today as it may.
#[derive(Debug, thiserror::Error)]
#[error("the key has sent as much today as it may")]
pub(crate) struct CapReached {
    pub(crate) turns_at: Timestamp,
    pub(crate) wait: SignedDuration,
}

impl CapReached {
    pub(crate) fn at(now: Timestamp) -> Self {
        let turns_at = Day::of(now).refilled_at();
        Self { turns_at, wait: turns_at.duration_since(now) }
    }
}

/// Counts messages that a key is about to send again, before Kakao is asked: also those that Kakao then refuses.
pub(crate) async fn count_sends(app: &App, key: &StoredApiKey, sends: usize) -> Result<(), NotNow> {
    if key.daily_cap.is_none() {
        return Ok(());
    }
    let now = app.clock.now();
    let (day, sends) = (Day::of(now), i64::try_from(sends).unwrap_or(i64::MAX));
    if app.store.count_sends(&key.id, day, sends).await? { Ok(()) } else { Err(CapReached::at(now).into()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use katok_client::SystemChance;
    use serde_json::json;

    #[test]
    fn a_key_is_taken_as_it_was_made_and_not_with_a_character_wrong() {
        let key = ApiKey::generate(&SystemChance);
        let text = key.as_str().to_owned();
        assert!(text.starts_with("ktk_") && key.prefix().len() == 12, "{}", key.prefix());
        assert_eq!(ApiKey::presented(&text).unwrap().digest(), key.digest());
        for place in 0..text.len() {
            let other = if &text[place..=place] == "x" { "y" } else { "x" };
            let mistyped = format!("{}{other}{}", &text[..place], &text[place + 1..]);
            assert!(ApiKey::presented(&mistyped).is_none(), "{place}");
        }
        for text in
            ["", "ktk_", &text[1..], &text[..50], &format!("{text}x"), &"카".repeat(17), &"ktk_".repeat(2500)]
        {
            assert!(ApiKey::presented(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_wish_that_makes_no_sense_is_refused() {
        let now = Timestamp::UNIX_EPOCH;
        let wish = |json: serde_json::Value| {
            serde_json::from_value::<KeyWish>(json).is_ok_and(|wish| wish.checked(now).is_ok())
        };

        assert!(wish(json!({"name": "CI", "scopes": ["read", "send:me", "read"], "daily_cap": 1})));
        for wrong in [
            json!({"name": " ", "scopes": ["read"]}),
            json!({"name": "가".repeat(101), "scopes": ["read"]}),
            json!({"name": "a\nb", "scopes": ["read"]}),
            json!({"name": "a", "scopes": []}),
            json!({"name": "a", "scopes": ["admin"]}),
            json!({"name": "a", "scopes": ["read"], "daily_cap": 0}),
            json!({"name": "a", "scopes": ["read"], "expires_at": "1970-01-01T00:00:00Z"}),
            json!({"name": "a", "scopes": ["read"], "id": "key_1"}),
        ] {
            assert!(!wish(wrong.clone()), "{wrong}");
        }
    }
}
