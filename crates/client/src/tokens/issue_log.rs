//! How many tokens may be asked for: Kakao counts them by user, and refuses who asks for more (KOE237).

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// So many tokens within so long. See [Kakao Docs/Quotas and limits].
struct Limit {
    tokens: usize,
    window: SignedDuration,
}

const ACCESS_TOKENS: Limit = Limit { tokens: 20, window: SignedDuration::from_mins(10) };
const REFRESH_TOKENS: Limit = Limit { tokens: 30, window: SignedDuration::from_mins(60) };

/// So many of each are left for the user, who may sign in at any moment.
const FOR_SIGN_INS: usize = 4;

/// After so many access tokens a refused one is not replaced by another: Kakao would refuse that too.
const AFTER_REFUSALS: usize = 6;

/// When tokens were lately issued to a user, as far as this app has noted it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct IssueLog {
    access: Vec<Timestamp>,
    refresh: Vec<Timestamp>,
    /// A refresh whose answer is not stored: Kakao may have issued tokens that nobody has.
    #[serde(skip_serializing_if = "Option::is_none")]
    asked: Option<Timestamp>,
}

/// What is to be asked of Kakao, as far as the limits see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Asking {
    /// Kakao may issue a refresh token too.
    pub(super) rotates: bool,
    /// Kakao has refused the access token it issued last.
    pub(super) after_refusal: bool,
}

impl IssueLog {
    /// The log of a login that was completed now.
    #[must_use]
    pub fn of_login(now: Timestamp) -> Self {
        Self { access: vec![now], refresh: vec![now], asked: None }
    }

    /// When Kakao issued tokens last, as far as it is noted.
    #[must_use]
    pub fn newest(&self) -> Option<Timestamp> {
        self.access.iter().max().copied()
    }

    /// The same user's tokens count together, whatever login they come from.
    pub(super) fn joined_with(&self, former: &Self) -> Self {
        let former = former.with_lost_answer();
        Self {
            access: ACCESS_TOKENS.newest(&[&former.access[..], &self.access].concat()),
            refresh: REFRESH_TOKENS.newest(&[&former.refresh[..], &self.refresh].concat()),
            asked: self.asked,
        }
    }

    /// Kakao is asked now.
    pub(super) fn asking(&self, now: Timestamp) -> Self {
        let mut log = self.with_lost_answer();
        log.access.retain(|at| ACCESS_TOKENS.counts(*at, now));
        log.refresh.retain(|at| REFRESH_TOKENS.counts(*at, now));
        Self { asked: Some(now), ..log }
    }

    /// Kakao has answered, and issued a refresh token or none.
    pub(super) fn answered(&self, rotated: bool, now: Timestamp) -> Self {
        let mut log = Self { asked: None, ..self.clone() };
        log.access.push(now);
        if rotated {
            log.refresh.push(now);
        }
        log
    }

    /// Whether there is a refresh whose answer nobody has stored.
    pub(super) fn lacks_an_answer(&self) -> bool {
        self.asked.is_some()
    }

    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Until when to wait before Kakao may be asked; none, if it may be asked now.
    pub(super) fn wait_until(&self, asking: Asking, now: Timestamp) -> Option<Timestamp> {
        let log = self.with_lost_answer();
        let tokens = if asking.after_refusal { AFTER_REFUSALS } else { ACCESS_TOKENS.tokens - FOR_SIGN_INS };
        let access = ACCESS_TOKENS.full_until(&log.access, tokens, now);
        let refresh = REFRESH_TOKENS.full_until(&log.refresh, REFRESH_TOKENS.tokens - FOR_SIGN_INS, now);
        access.max(refresh.filter(|_| asking.rotates))
    }

    /// A lost answer counts as if it had brought both tokens.
    fn with_lost_answer(&self) -> Self {
        let mut log = Self { asked: None, ..self.clone() };
        log.access.extend(self.asked);
        log.refresh.extend(self.asked);
        log
    }
}

impl Limit {
    /// All that can matter, in order.
    fn newest(&self, issued: &[Timestamp]) -> Vec<Timestamp> {
        let mut issued = issued.to_vec();
        issued.sort_unstable();
        issued.split_off(issued.len().saturating_sub(self.tokens))
    }

    /// What lies in the future counts too, but not for ever: the clock may have been wrong.
    fn counts(&self, at: Timestamp, now: Timestamp) -> bool {
        now.duration_since(at).abs() < self.window
    }

    /// When less than so many of these count.
    fn full_until(&self, issued: &[Timestamp], tokens: usize, now: Timestamp) -> Option<Timestamp> {
        let mut counting = self.newest(issued);
        counting.retain(|at| self.counts(*at, now));
        let last_to_go = counting.len().checked_sub(tokens)?;
        counting[last_to_go].checked_add(self.window).ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_767_355_200 + seconds).unwrap()
    }

    fn log(access: &[i64], refresh: &[i64], asked: Option<i64>) -> IssueLog {
        let times = |seconds: &[i64]| seconds.iter().copied().map(at).collect();
        IssueLog { access: times(access), refresh: times(refresh), asked: asked.map(at) }
    }

    const PLAIN: Asking = Asking { rotates: false, after_refusal: false };
    const ROTATING: Asking = Asking { rotates: true, ..PLAIN };
    const REFUSED: Asking = Asking { after_refusal: true, ..PLAIN };

    #[test]
    fn who_has_asked_much_waits_until_the_oldest_no_longer_counts() {
        let seconds = |count| (0..count).collect::<Vec<i64>>();
        for (name, log, asking, now, until) in [
            ("nothing was issued", log(&[], &[], None), PLAIN, 0, None),
            ("one is left", log(&seconds(15), &[], None), PLAIN, 20, None),
            ("none is left but for sign-ins", log(&seconds(16), &[], None), PLAIN, 20, Some(600)),
            ("sign-ins took more", log(&seconds(19), &[], None), PLAIN, 20, Some(603)),
            ("the oldest no longer counts", log(&seconds(16), &[], None), PLAIN, 600, None),
            ("a lost answer counts", log(&seconds(15), &[], Some(18)), PLAIN, 20, Some(600)),
            ("a refused token is not replaced for ever", log(&seconds(6), &[], None), REFUSED, 9, Some(600)),
            ("refresh tokens are not asked for", log(&[], &seconds(26), None), PLAIN, 30, None),
            ("no refresh token is left", log(&[], &seconds(26), None), ROTATING, 30, Some(3600)),
            ("both are full", log(&seconds(16), &seconds(26), None), ROTATING, 30, Some(3600)),
            ("the clock was a year ahead", log(&[31_536_000; 16], &[], None), PLAIN, 0, None),
        ] {
            assert_eq!(log.wait_until(asking, at(now)), until.map(at), "{name}");
        }
    }

    #[test]
    fn a_refresh_without_an_answer_is_known_until_the_next_answer() {
        let asked = log(&[0], &[0], None).asking(at(60));
        assert!(asked.lacks_an_answer());
        let again = asked.asking(at(90));
        assert_eq!(again, log(&[0, 60], &[0, 60], Some(90)));
        assert_eq!(again.answered(true, at(95)), log(&[0, 60, 95], &[0, 60, 95], None));
        assert_eq!(again.answered(false, at(95)), log(&[0, 60, 95], &[0, 60], None));
    }

    #[test]
    fn what_counts_no_more_is_forgotten() {
        let asked = log(&[0, 100], &[0, 3000], None).asking(at(3700));
        assert_eq!(asked, log(&[], &[3000], Some(3700)));
    }

    #[test]
    fn a_new_login_does_not_forget_the_former() {
        let login = IssueLog::of_login(at(50)).joined_with(&log(&[0, 60], &[0], Some(40)));
        assert_eq!(login, log(&[0, 40, 50, 60], &[0, 40, 50], None));

        let many: Vec<i64> = (0..40).collect();
        let login = IssueLog::of_login(at(50)).joined_with(&log(&many, &many, None));
        assert_eq!((login.access.len(), login.refresh.len()), (20, 30));
        assert_eq!((login.access[18], login.refresh[28]), (at(39), at(39)));
    }

    proptest! {
        /// However often somebody wants tokens, and whatever becomes of the answers, Kakao's limits hold.
        #[test]
        fn who_waits_as_told_never_passes_the_limits(
            wants in proptest::collection::vec((0_i64..400, any::<bool>(), 0_u8..3), 1..200)
        ) {
            let (mut log, mut now) = (IssueLog::default(), 0);
            let (mut access, mut refresh) = (Vec::new(), Vec::new());
            for (pause, rotates, outcome) in wants {
                now += pause;
                if let Some(until) = log.wait_until(Asking { rotates, after_refusal: false }, at(now)) {
                    prop_assert!(until > at(now));
                    now = until.duration_since(at(0)).as_secs();
                    prop_assert_eq!(log.wait_until(Asking { rotates, after_refusal: false }, at(now)), None);
                }
                let asked = log.asking(at(now));
                log = match outcome {
                    0 => log,
                    1 => asked,
                    _ => asked.answered(rotates, at(now)),
                };
                if outcome > 0 {
                    access.push(now);
                    if rotates {
                        refresh.push(now);
                    }
                }
            }
            let most = |issued: &[i64], window| {
                issued.iter().map(|from| issued.iter().filter(|at| (*from..*from + window).contains(at)).count()).max()
            };
            prop_assert!(most(&access, 600).unwrap_or(0) <= 16);
            prop_assert!(most(&refresh, 3600).unwrap_or(0) <= 26);
        }
    }
}
