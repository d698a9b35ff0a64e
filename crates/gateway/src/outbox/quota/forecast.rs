//! What is left of the day's quotas, what is still to be sent today, and a word before the wall.

use std::collections::BTreeMap;

use jiff::Timestamp;
use katok_client::FriendUuid;
use serde::Serialize;

use super::{Counter, Exhausted, Ledger, Limits};
use crate::app::App;
use crate::day::Day;
use crate::sentence::Sentence;
use crate::store::{AccountId, StoreError};

/// How many messages of an account are still to be sent today.
#[derive(Clone, Debug, Default)]
pub(crate) struct Coming {
    pub(crate) to_oneself: i64,
    pub(crate) to_friends: BTreeMap<FriendUuid, i64>,
}

/// How one quota stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Standing {
    pub(crate) used: i64,
    pub(crate) limit: i64,
    pub(crate) left: i64,
    /// What is still to be sent today.
    pub(crate) scheduled: i64,
    /// What is left then; below zero, so many do not go out today.
    pub(crate) left_after: i64,
}

/// How the quotas stand that concern one friend.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct FriendStanding {
    pub(crate) uuid: FriendUuid,
    #[serde(flatten)]
    pub(crate) pair: Standing,
    /// All that can be told of the receiver's own quota: the number would tell what others sent.
    pub(crate) receiver_is_full: bool,
}

/// What may go wrong today.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WarningCode {
    /// Nothing is left.
    UsedUp,
    /// What is still to be sent today is more than what is left.
    TooSmall,
    /// Four fifths are used.
    NearlyUsed,
}

/// A word before the wall.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Warning {
    pub(crate) code: WarningCode,
    pub(crate) quota: Exhausted,
    /// The friend whom it concerns, if it concerns one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) uuid: Option<FriendUuid>,
    pub(crate) message: Sentence,
}

/// What `GET /v1/quota` answers.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Forecast {
    day: Day,
    refilled_at: Timestamp,
    pub(crate) app: Standing,
    pub(crate) sender: Standing,
    pub(crate) friends: Vec<FriendStanding>,
    pub(crate) warnings: Vec<Warning>,
}

impl Forecast {
    /// Today's, for this account.
    pub(crate) async fn of(app: &App, account: &AccountId) -> Result<Self, StoreError> {
        let day = Day::of(app.clock.now());
        let coming = app.store.coming(account, day.refilled_at()).await?;
        let mut friends = app.store.friends_sent_to(&app.realm, day, account).await?;
        friends.extend(coming.to_friends.keys().cloned());
        let ledger = app.store.look_at_ledger(&app.realm, day, account, &friends).await?;
        Ok(Self::new(&ledger, &app.settings.quotas, account, friends, &coming))
    }

    /// How the day goes on for an account and these friends, of all of whom the ledger was read.
    pub(crate) fn new(
        ledger: &Ledger,
        limits: &Limits,
        account: &AccountId,
        friends: impl IntoIterator<Item = FriendUuid>,
        coming: &Coming,
    ) -> Self {
        let standing = |counter: Counter<'_>, scheduled| {
            let limit = counter.exhausted().limit(limits);
            let left = ledger.left(counter, limits);
            let used = ledger.count(counter).unwrap_or_default().used;
            Standing { used, limit, left, scheduled, left_after: left - scheduled }
        };
        let to_friends = coming.to_friends.values().sum();
        let app = standing(Counter::App, coming.to_oneself + to_friends);
        let sender = standing(Counter::Sender(account), to_friends);
        let friend = |uuid| FriendStanding {
            pair: standing(
                Counter::Pair(account, &uuid),
                coming.to_friends.get(&uuid).copied().unwrap_or_default(),
            ),
            receiver_is_full: ledger.left(Counter::Receiver(&uuid), limits) == 0,
            uuid,
        };
        let friends: Vec<_> = friends.into_iter().map(friend).collect();

        let mut warnings = Vec::new();
        warnings.extend(warning(Exhausted::App, app, None));
        warnings.extend(warning(Exhausted::Sender, sender, None));
        for friend in &friends {
            if friend.receiver_is_full {
                warnings.push(Warning {
                    code: WarningCode::UsedUp,
                    quota: Exhausted::Receiver,
                    uuid: Some(friend.uuid.clone()),
                    message: Sentence::new(
                        "이 친구가 오늘 받을 수 있는 메시지를 다 받았습니다. 내일 다시 보낼 수 있습니다.",
                        "This friend has got all the messages they can get today. They can get more tomorrow.",
                    ),
                });
            }
            warnings.extend(warning(Exhausted::Pair, friend.pair, Some(&friend.uuid)));
        }
        let day = ledger.day();
        Self { day, refilled_at: day.refilled_at(), app, sender, friends, warnings }
    }
}

fn warning(quota: Exhausted, standing: Standing, uuid: Option<&FriendUuid>) -> Option<Warning> {
    let Standing { used, limit, left, scheduled, left_after } = standing;
    let (ko, en) = match quota {
        Exhausted::App => ("이 앱이 오늘 보낼 수 있는 메시지", "The messages that this app can send today"),
        Exhausted::Sender => {
            ("오늘 친구들에게 보낼 수 있는 메시지", "The messages that one can send to friends today")
        }
        Exhausted::Receiver => {
            ("이 친구가 오늘 받을 수 있는 메시지", "The messages that this friend can get today")
        }
        Exhausted::Pair => {
            ("오늘 이 친구에게 보낼 수 있는 메시지", "The messages that one can send to this friend today")
        }
    };
    let (code, message) = if left == 0 {
        (
            WarningCode::UsedUp,
            Sentence::new(
                format!("{ko}를 다 썼습니다. 내일 다시 보낼 수 있습니다."),
                format!("{en} are used up. There are more tomorrow."),
            ),
        )
    } else if left_after < 0 {
        let too_many = -left_after;
        (
            WarningCode::TooSmall,
            Sentence::new(
                format!(
                    "{ko}({limit}건)는 {left}건 남았는데 보낼 것이 {scheduled}건입니다. {too_many}건은 오늘 가지 못합니다."
                ),
                format!(
                    "{en} ({limit}): {left} are left and {scheduled} are to be sent. {too_many} of them do not go out today."
                ),
            ),
        )
    } else if used * 5 >= limit * 4 {
        (
            WarningCode::NearlyUsed,
            Sentence::new(
                format!("{ko}({limit}건) 가운데 {used}건을 썼습니다. {left}건 남았습니다."),
                format!("{en} ({limit}): {used} are used, {left} are left."),
            ),
        )
    } else {
        return None;
    };
    Some(Warning { code, quota, uuid: uuid.cloned(), message })
}
