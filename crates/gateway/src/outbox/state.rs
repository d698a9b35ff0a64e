//! How far a delivery has come.

use serde::Serialize;

/// The states of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    /// Its time has not come.
    Scheduled,
    /// To be sent, now or after a pause.
    Queued,
    /// Kakao is being asked.
    Sending,
    /// Kakao took it.
    Delivered,
    /// Kakao did not take it, and will not.
    Refused,
    /// The sender must agree, or sign in, first.
    WaitingConsent,
    /// Somebody has had as many messages today as Kakao allows.
    WaitingQuota,
    /// It may or may not have reached the person; not sent again unless somebody says so.
    Unconfirmed,
    /// The sender took it back.
    Cancelled,
    /// Its time ran out.
    Expired,
}

impl State {
    pub(crate) const ALL: [Self; 10] = [
        Self::Scheduled,
        Self::Queued,
        Self::Sending,
        Self::Delivered,
        Self::Refused,
        Self::WaitingConsent,
        Self::WaitingQuota,
        Self::Unconfirmed,
        Self::Cancelled,
        Self::Expired,
    ];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Delivered => "delivered",
            Self::Refused => "refused",
            Self::WaitingConsent => "waiting_consent",
            Self::WaitingQuota => "waiting_quota",
            Self::Unconfirmed => "unconfirmed",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }

    /// What a page calls it, in Korean and English.
    pub(crate) fn name(self) -> (&'static str, &'static str) {
        match self {
            Self::Scheduled => ("예약됨", "Scheduled"),
            Self::Queued => ("보낼 차례", "To be sent"),
            Self::Sending => ("보내는 중", "Being sent"),
            Self::Delivered => ("보냄", "Sent"),
            Self::Refused => ("보내지 못함", "Not sent"),
            Self::WaitingConsent => ("동의 기다림", "Waiting for consent"),
            Self::WaitingQuota => ("내일 보낼 예정", "Waiting for tomorrow"),
            Self::Unconfirmed => ("확인 필요", "Not known"),
            Self::Cancelled => ("취소함", "Cancelled"),
            Self::Expired => ("시간 지남", "Too late"),
        }
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// Whether nothing more happens unless somebody says so.
    pub(crate) fn is_final(self) -> bool {
        matches!(self, Self::Delivered | Self::Refused | Self::Unconfirmed | Self::Cancelled | Self::Expired)
    }

    /// Whether it has not been begun, or not with success, so that it can be taken back.
    pub(crate) fn is_waiting(self) -> bool {
        matches!(self, Self::Scheduled | Self::Queued | Self::WaitingConsent | Self::WaitingQuota)
    }
}
