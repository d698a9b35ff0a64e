//! Outgoing webhooks: where one's changes are posted to, signed by the Standard Webhooks convention.

mod address;
mod poster;
mod retries;
mod secret;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::Url;
use zeroize::Zeroizing;

use self::address::Reach;
pub(crate) use self::poster::{Poster, clean_up, post_what_is_due, run, test};
use self::secret::Secret;
use super::changes::Change;
use crate::api_key::to_the_millisecond;
use crate::app::App;
use crate::config::PrivateAddresses;
use crate::seal::{DoesNotOpen, Purpose};
use crate::sentence::Sentence;
use crate::store::{AccountId, StoreError, StoredWebhook, WebhookId};
use crate::vault::TokenVaultError;

/// How many webhooks an account may have.
pub(crate) const MOST: i64 = 10;

/// How long a secret that was replaced still signs beside the new one.
const OVERLAP: SignedDuration = SignedDuration::from_hours(24);

/// The longest address taken.
const LONGEST_URL: usize = 2000;

/// A webhook that somebody wants to have.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WebhookWish {
    url: String,
}

/// Where a webhook leads, and by what its receiver knows us.
pub(crate) struct Target {
    pub(crate) url: Url,
    secret: Secret,
    former: Option<(Secret, Timestamp)>,
}

/// A target as it is sealed.
#[derive(Serialize, Deserialize)]
struct Written<T> {
    url: Url,
    secret: T,
    former: Option<(T, Timestamp)>,
}

impl Target {
    fn new(wish: &WebhookWish, private: PrivateAddresses, secret: Secret) -> Result<Self, Sentence> {
        let url = Url::parse(&wish.url).ok().filter(|url| url.has_host() && wish.url.len() <= LONGEST_URL);
        let url = url.ok_or_else(|| {
            Sentence::new(
                format!("url에는 https://로 시작하는 {LONGEST_URL}자 이하의 전체 주소를 넣으세요."),
                format!(
                    "url takes a whole address of at most {LONGEST_URL} characters that starts with https://."
                ),
            )
        })?;
        let reach = Reach::of(&url, private).ok_or_else(|| {
            Sentence::new(
                "웹훅 주소는 https://로 시작해야 합니다.",
                "A webhook's address must start with https://.",
            )
        })?;
        if !reach.may_include(&url) {
            return Err(Sentence::new(
                "이 게이트웨이의 웹훅은 이 주소로 갈 수 없습니다: 공인 주소는 https로, 이 컴퓨터와 사설망은 운영자가 KATOK_WEBHOOK_PRIVATE_ADDRESSES=allow로 허락해야 합니다.",
                "Webhooks of this gateway cannot lead there: public addresses take https, and this machine and private networks need the operator's KATOK_WEBHOOK_PRIVATE_ADDRESSES=allow.",
            ));
        }
        Ok(Self { url, secret, former: None })
    }

    /// The same with another secret; the one so far signs beside it for a day.
    fn rotated(self, secret: Secret, now: Timestamp) -> Self {
        Self { url: self.url, secret, former: Some((self.secret, now + OVERLAP)) }
    }

    /// When the secret before the newest stops signing.
    pub(crate) fn overlaps_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.former.as_ref().map(|(_, until)| *until).filter(|until| now < *until)
    }

    /// The signatures of a post, one for each secret that holds.
    fn signatures(&self, id: &str, now: Timestamp, body: &str) -> String {
        let former = self.former.as_ref().filter(|(_, until)| now < *until).map(|(secret, _)| secret);
        let secrets = std::iter::once(&self.secret).chain(former);
        secrets.map(|secret| secret.sign(id, now, body)).collect::<Vec<_>>().join(" ")
    }

    fn write(&self) -> Zeroizing<Vec<u8>> {
        let secret = self.secret.shown();
        let former = self.former.as_ref().map(|(secret, until)| (secret.shown(), *until));
        let written = Written {
            url: self.url.clone(),
            secret: secret.as_str(),
            former: former.as_ref().map(|(secret, until)| (secret.as_str(), *until)),
        };
        Zeroizing::new(serde_json::to_vec(&written).expect("texts and JSON can be written"))
    }

    fn read(plain: &[u8]) -> Result<Self, DoesNotOpen> {
        let written: Written<String> = serde_json::from_slice(plain).map_err(|_| DoesNotOpen::Damaged)?;
        let secret = |text: String| Secret::read(&Zeroizing::new(text)).ok_or(DoesNotOpen::Damaged);
        Ok(Self {
            url: written.url,
            secret: secret(written.secret)?,
            former: written
                .former
                .map(|(former, until)| secret(former).map(|former| (former, until)))
                .transpose()?,
        })
    }
}

/// Why a webhook was not made or changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotDone {
    #[error("the wish makes no sense")]
    Malformed(Sentence),
    #[error("the account has as many webhooks as it may")]
    TooMany,
    #[error("the account has no such webhook")]
    NotFound,
    #[error(transparent)]
    Vault(#[from] TokenVaultError),
}

impl From<StoreError> for NotDone {
    fn from(error: StoreError) -> Self {
        Self::Vault(error.into())
    }
}

/// Makes a webhook; its secret is shown to nobody again.
pub(crate) async fn make(
    app: &App,
    account: &AccountId,
    wish: &WebhookWish,
) -> Result<(StoredWebhook, Target, Zeroizing<String>), NotDone> {
    let secret = Secret::generate(app.chance.as_ref());
    let shown = secret.shown();
    let target =
        Target::new(wish, app.settings.webhook_private_addresses, secret).map_err(NotDone::Malformed)?;
    let now = to_the_millisecond(app.clock.now());
    let id = WebhookId::new(now, app.chance_for_an_id());
    let key = app.tokens.data_key(account).await?.ok_or(NotDone::NotFound)?;
    let purpose = Purpose::Webhook { account: account.as_str(), id: id.as_str() };
    let sealed = key.seal(purpose, &target.write());
    let webhook = StoredWebhook {
        id,
        account: account.clone(),
        sealed,
        created_at: now,
        last_success_at: None,
        failing_since: None,
        disabled: None,
    };
    let made = app.store.insert_webhook(&webhook, MOST).await?;
    if made { Ok((webhook, target, shown)) } else { Err(NotDone::TooMany) }
}

/// Puts another secret in the place of a webhook's.
pub(crate) async fn rotate_secret(
    app: &App,
    account: &AccountId,
    id: &WebhookId,
) -> Result<Zeroizing<String>, NotDone> {
    loop {
        let secret = Secret::generate(app.chance.as_ref());
        let shown = secret.shown();
        let webhook = app.store.webhook(account, id).await?.ok_or(NotDone::NotFound)?;
        let target = open(app, &webhook).await?.rotated(secret, app.clock.now());
        let key = app.tokens.data_key(account).await?.ok_or(NotDone::NotFound)?;
        let anew = key.seal(webhook.purpose(), &target.write());
        // Lost against somebody who did so at the same moment: the next one replaces theirs.
        if app.store.replace_webhook_target(&webhook, &anew).await? {
            return Ok(shown);
        }
    }
}

/// Opens what is sealed of a webhook.
pub(crate) async fn open(app: &App, webhook: &StoredWebhook) -> Result<Target, TokenVaultError> {
    let key = app.tokens.data_key(&webhook.account).await?.ok_or(DoesNotOpen::Damaged)?;
    let plain = key.open(webhook.purpose(), &webhook.sealed)?;
    Ok(Target::read(&plain)?)
}

impl StoredWebhook {
    /// What its target is sealed for.
    pub(crate) fn purpose(&self) -> Purpose<'_> {
        Purpose::Webhook { account: self.account.as_str(), id: self.id.as_str() }
    }
}

/// What is posted of a change: names and states, nothing of what was written.
pub(crate) fn payload(change: &Change) -> String {
    let told = json!({
        "type": format!("delivery.{}", change.state),
        "timestamp": change.at,
        "data": change.told(),
    });
    told.to_string()
}

impl Change {
    /// As people and programs are told of it, in events and webhooks alike.
    pub(crate) fn told(&self) -> Value {
        json!({
            "message": self.message,
            "delivery": self.delivery,
            "to": self.receiver,
            "state": self.state,
            "code": self.code,
            "at": self.at,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use katok_client::SystemChance;

    fn target(url: &str, private: PrivateAddresses) -> Result<Target, Sentence> {
        Target::new(&WebhookWish { url: url.to_owned() }, private, Secret::generate(&SystemChance))
    }

    #[test]
    fn only_public_https_addresses_are_taken_unless_private_ones_are_allowed() {
        let taken = |url, private| target(url, private).is_ok();
        let (deny, allow) = (PrivateAddresses::Deny, PrivateAddresses::Allow);
        for url in ["https://hooks.example/a?token=1", "https://8.8.8.8/", "https://[2001:4860:4860::8888]/"]
        {
            assert!(taken(url, deny) && taken(url, allow), "{url}");
        }
        for url in ["http://hooks.example/", "http://127.0.0.1:8080/", "https://10.0.0.1/", "https://[::1]/"]
        {
            assert!(!taken(url, deny) && taken(url, allow), "{url}");
        }
        // Plain http only where nobody else listens.
        assert!(!taken("http://8.8.8.8/", allow));
        for url in
            ["", "hooks.example", "ftp://hooks.example/", "https://", "file:///etc/passwd", "https://a b/"]
        {
            assert!(!taken(url, deny) && !taken(url, allow), "{url}");
        }
        assert!(!taken(&format!("https://hooks.example/{}", "x".repeat(LONGEST_URL)), deny));
    }

    #[test]
    fn both_secrets_sign_for_a_day_after_a_rotation() {
        let now = Timestamp::UNIX_EPOCH;
        let first = target("https://hooks.example/", PrivateAddresses::Deny).unwrap();
        let old = first.signatures("evt_1", now, "{}");
        let both = first.rotated(Secret::generate(&SystemChance), now);
        let signed = both.signatures("evt_1", now, "{}");
        let (new, former) = signed.split_once(' ').unwrap();
        assert_eq!(former, old);
        assert_ne!(new, old);
        assert!(!both.signatures("evt_1", now + OVERLAP, "{}").contains(' '));
        assert_eq!(both.overlaps_until(now), Some(now + OVERLAP));
        assert_eq!(both.overlaps_until(now + OVERLAP), None);
    }

    #[test]
    fn a_target_is_read_as_it_was_written() {
        let target = target("https://hooks.example/a?b", PrivateAddresses::Deny).unwrap();
        let target = target.rotated(Secret::generate(&SystemChance), Timestamp::UNIX_EPOCH);
        let read = Target::read(&target.write()).unwrap();
        assert_eq!(read.url, target.url);
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(read.signatures("evt_1", now, "{}"), target.signatures("evt_1", now, "{}"));
        assert!(Target::read(b"{}").is_err());
    }
}
