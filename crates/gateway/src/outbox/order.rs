//! What somebody asks to be sent: read strictly, and looked over before it is accepted.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use katok_client::template::{Finding, LintOptions, Severity};
use katok_client::{FriendUuid, MessageTemplate};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::content::Content;
use super::policy::{OnFailure, OnQuota, OnUnconfirmed};
use crate::message;
use crate::sentence::Sentence;
use crate::store::Receiver;

/// The most friends of one message; Kakao lets one sender have a hundred messages a day.
const MOST_FRIENDS: usize = 1_000;

/// How far ahead a message may be scheduled.
const FARTHEST: SignedDuration = SignedDuration::from_hours(366 * 24);

/// The body of `POST /v1/messages`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    pub(super) to: To,
    pub(super) template: Option<Value>,
    pub(super) text: Option<String>,
    pub(super) link: Option<String>,
    pub(super) send_at: Option<Timestamp>,
    pub(super) expires_at: Option<Timestamp>,
    #[serde(default)]
    pub(super) on_unconfirmed: OnUnconfirmed,
    #[serde(default)]
    pub(super) on_quota: OnQuota,
    #[serde(default)]
    pub(super) on_failure: OnFailure,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum To {
    Me,
    Friends(Vec<String>),
}

/// A message that makes sense.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Order {
    pub(crate) receivers: Vec<Receiver>,
    pub(crate) content: Content,
    /// Not before then; what has passed is as good as none.
    pub(crate) send_at: Option<Timestamp>,
    /// When it is too late, if the sender said so.
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) on_unconfirmed: OnUnconfirmed,
    pub(crate) on_quota: OnQuota,
    pub(crate) on_failure: OnFailure,
}

impl Order {
    /// What somebody sends who waits for the outcome, and would send it again themselves.
    pub(crate) fn at_once(receivers: Vec<Receiver>, template: MessageTemplate) -> Self {
        Self {
            receivers,
            content: Content { template },
            send_at: None,
            expires_at: None,
            on_unconfirmed: OnUnconfirmed::Hold,
            on_quota: OnQuota::Refuse,
            on_failure: OnFailure::Refuse,
        }
    }

    /// Refuses what would come too late, or too far ahead.
    pub(super) fn check_times(&self, now: Timestamp) -> Result<(), Sentence> {
        if let Some(send_at) = self.send_at {
            time_to_send(send_at, now)?;
        }
        let begins = self.send_at.unwrap_or(now).max(now);
        if self.expires_at.is_some_and(|end| end <= begins || end > later(later(now, FARTHEST), FARTHEST)) {
            return Err(Sentence::new(
                "expires_at은 보낼 시각보다 뒤이고 2년 안이어야 합니다.",
                "expires_at must be later than the time to send, and within two years.",
            ));
        }
        Ok(())
    }
}

/// Why a message makes no sense.
#[derive(Debug)]
pub(crate) struct Unsound {
    pub(crate) sentence: Sentence,
    /// What is wrong with the template, field by field.
    pub(crate) findings: Vec<Finding>,
}

impl From<Sentence> for Unsound {
    fn from(sentence: Sentence) -> Self {
        Self { sentence, findings: Vec::new() }
    }
}

impl Asked {
    /// A text to oneself.
    pub(crate) fn text_to_me(text: String) -> Self {
        Self {
            to: To::Me,
            template: None,
            text: Some(text),
            link: None,
            send_at: None,
            expires_at: None,
            on_unconfirmed: OnUnconfirmed::default(),
            on_quota: OnQuota::default(),
            on_failure: OnFailure::default(),
        }
    }

    pub(crate) fn is_to_friends(&self) -> bool {
        matches!(self.to, To::Friends(_))
    }

    /// Makes sense of it, with what will not be seen as it was meant; `home` is the link of a text that names none.
    /// It makes the same whenever it is asked: whether the time is right is for [`Order::check_times`] to say.
    pub(crate) fn checked(self, home: &Url) -> Result<(Order, Vec<Finding>), Unsound> {
        let template = match (self.template, self.text) {
            (Some(template), None) if self.link.is_none() => message::raw_template(&template)?,
            (None, Some(text)) => {
                message::text_template(&text, self.link.as_deref().unwrap_or(home.as_str()))?
            }
            _ => {
                return Err(Sentence::new(
                    "template과 text 중 하나만 보내세요. link는 text와 함께만 쓸 수 있습니다.",
                    "Send either template or text; link belongs to text.",
                )
                .into());
            }
        };
        let (errors, warnings): (Vec<Finding>, Vec<Finding>) = template
            .lint(&LintOptions::new())
            .into_iter()
            .partition(|finding| finding.severity == Severity::Error);
        if let Some(first) = errors.first() {
            let sentence = Sentence::new(
                format!("{}: {} {}", first.path, first.cause_ko, first.remedy_ko),
                format!("{}: {} {}", first.path, first.cause_en, first.remedy_en),
            );
            return Err(Unsound { sentence, findings: errors });
        }
        let order = Order {
            receivers: receivers(self.to)?,
            content: Content { template },
            // As it was asked for, also when it has passed: whoever asks again asks for the same.
            send_at: self.send_at.map(to_the_millisecond),
            expires_at: self.expires_at.map(to_the_millisecond),
            on_unconfirmed: self.on_unconfirmed,
            on_quota: self.on_quota,
            on_failure: self.on_failure,
        };
        Ok((order, warnings))
    }
}

fn receivers(to: To) -> Result<Vec<Receiver>, Sentence> {
    let To::Friends(uuids) = to else { return Ok(vec![Receiver::Me]) };
    let is_uuid = |uuid: &String| {
        (1..=200).contains(&uuid.len()) && uuid != "me" && uuid.bytes().all(|byte| byte.is_ascii_graphic())
    };
    let named: HashSet<&String> = uuids.iter().collect();
    if uuids.is_empty()
        || uuids.len() > MOST_FRIENDS
        || named.len() < uuids.len()
        || !uuids.iter().all(is_uuid)
    {
        return Err(Sentence::new(
            format!(
                "to.friends에는 친구 목록의 uuid를 1개부터 {MOST_FRIENDS}개까지, 같은 사람은 한 번만 적으세요."
            ),
            format!("to.friends takes 1 to {MOST_FRIENDS} uuids of the friends list, each of them once."),
        ));
    }
    Ok(uuids.into_iter().map(|uuid| Receiver::Friend(FriendUuid::new(uuid))).collect())
}

/// A time at which a message may be sent.
pub(crate) fn time_to_send(send_at: Timestamp, now: Timestamp) -> Result<Timestamp, Sentence> {
    if send_at > later(now, FARTHEST) {
        return Err(Sentence::new(
            "send_at은 앞으로 1년 안의 시각이어야 합니다.",
            "send_at must be within a year from now.",
        ));
    }
    Ok(to_the_millisecond(send_at))
}

fn later(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// As it is kept.
fn to_the_millisecond(time: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(time.as_millisecond()).unwrap_or(time)
}
