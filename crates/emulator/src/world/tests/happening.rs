//! What happens in a random life.

use std::collections::BTreeSet;

/// Something that happens. Numbers choose among the people, the apps, and the codes and tokens seen so far.
#[derive(Clone, Debug)]
pub(super) enum Event {
    /// A person follows a login link that names these items, and ticks those, or cancels.
    Authorize {
        app: usize,
        person: usize,
        scope: BTreeSet<&'static str>,
        ticked: Option<BTreeSet<&'static str>>,
    },
    /// A code is presented, perhaps again.
    Exchange {
        code: usize,
        by_another_app: bool,
    },
    Refresh {
        token: usize,
        by_another_app: bool,
    },
    SignUp {
        token: usize,
    },
    SendToMe {
        token: usize,
        written: Written,
    },
    /// To friends under the names that the token's app, or another, has for them.
    SendToFriends {
        token: usize,
        friends: BTreeSet<usize>,
        written: Written,
        by_another_app: bool,
    },
    ListFriends {
        token: usize,
    },
    Revoke {
        token: usize,
        item: &'static str,
    },
    /// A person decides on the pages of their account what an app gets.
    EditConsents {
        app: usize,
        person: usize,
        items: BTreeSet<&'static str>,
    },
    Logout {
        token: usize,
    },
    LogoutByAdmin {
        app: usize,
        person: usize,
        by_another_app: bool,
    },
    Unlink {
        token: usize,
    },
    UnlinkByAdmin {
        app: usize,
        person: usize,
        by_another_app: bool,
    },
    /// A person parts from an app on Kakao's side.
    Part {
        app: usize,
        person: usize,
    },
    Expire {
        token: usize,
    },
    Age {
        token: usize,
        days: i64,
    },
    /// Or the clock is turned back.
    Wait {
        minutes: i64,
    },
    /// To so many seconds after the next midnight in Korea.
    GoToMidnight {
        seconds: i64,
    },
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Written {
    Default,
    Scrap,
    Custom,
}
