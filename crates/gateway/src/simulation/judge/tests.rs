//! Lies that the judge has to find.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::*;

const NOON: Timestamp = Timestamp::constant(1_767_236_400, 0);

fn after(minutes: i64) -> Timestamp {
    NOON + SignedDuration::from_mins(minutes)
}

/// From one person to themselves, accepted so many minutes after noon and sent within the hour.
fn promise(text: &str, minutes: i64, state: &str, code: Option<&str>) -> Promise {
    Promise {
        id: format!("msg_{text}"),
        sender: 0,
        text: text.to_owned(),
        accepted_at: after(minutes),
        resend: false,
        cancelled: false,
        left_at: None,
        deliveries: vec![Promised {
            to: "me".to_owned(),
            receiver: 0,
            begins: after(minutes),
            ends: after(minutes + 60),
            sent_again: false,
            rescheduled: false,
            state: state.to_owned(),
            code: code.map(str::to_owned),
            next_at: None,
            waited: false,
        }],
    }
}

fn delivered(text: &str, minutes: i64) -> Promise {
    promise(text, minutes, "delivered", None)
}

fn arrived(number: u64, text: &str) -> Arrived {
    Arrived { number, at: after(5), from: 0, to: 0, text: text.to_owned() }
}

fn call(text: &str, minutes: i64, ending: Ending) -> Call {
    Call {
        begun_at: after(minutes),
        path: "/v2/api/talk/memo/default/send".to_owned(),
        text: Some(text.to_owned()),
        receivers: Vec::new(),
        ending,
    }
}

fn answered(code: Option<&str>) -> Ending {
    Ending::Answered { code: code.map(str::to_owned), refused: BTreeMap::new() }
}

/// Which rule is broken, if one is.
fn verdict(promises: &[Promise], arrived: &[Arrived], calls: &[Call]) -> Option<&'static str> {
    judge(&Evidence { promises, arrived, calls, deaths: &[], now: after(24 * 60) })
        .err()
        .map(|broken| broken.rule)
}

#[test]
fn a_kept_promise_is_believed() {
    let calls = [call("a", 1, answered(None)), call("b", 2, Ending::Unknown)];
    let promises = [delivered("a", 0), promise("b", 1, "unconfirmed", Some("no_answer"))];
    assert_eq!(verdict(&promises, &[arrived(1, "a"), arrived(2, "b")], &calls), None);
    assert_eq!(verdict(&promises, &[arrived(1, "a")], &calls), None);
}

#[test]
fn what_is_missing_or_there_twice_is_found() {
    assert_eq!(verdict(&[delivered("a", 0)], &[], &[]), Some("nothing delivered is missing"));
    let twice = [arrived(1, "a"), arrived(2, "a")];
    assert_eq!(verdict(&[delivered("a", 0)], &twice, &[]), Some("nothing arrives twice"));
    let resend = Promise { resend: true, ..delivered("a", 0) };
    assert_eq!(verdict(&[resend], &twice, &[]), None);
    assert_eq!(verdict(&[], &[arrived(1, "a")], &[]), Some("nothing arrives that nobody sent"));
    let refused = promise("a", 0, "refused", Some("-1"));
    assert_eq!(verdict(&[refused], &[arrived(1, "a")], &[]), Some("nothing arrives twice"));
}

#[test]
fn what_never_ends_is_found() {
    let open = promise("a", 0, "queued", None);
    assert_eq!(verdict(&[open], &[], &[]), Some("everything accepted comes to an end"));
}

#[test]
fn what_is_early_or_late_is_found() {
    let rule = Some("nothing is sent before its time, or when it is over");
    let mut scheduled = delivered("a", 0);
    scheduled.deliveries[0].begins = after(10);
    let calls = |minutes| [call("a", minutes, answered(None))];
    assert_eq!(verdict(&[scheduled.clone()], &[arrived(1, "a")], &calls(9)), rule);
    assert_eq!(verdict(&[scheduled.clone()], &[arrived(1, "a")], &calls(10)), None);
    assert_eq!(verdict(&[scheduled], &[arrived(1, "a")], &calls(60)), rule);
    let left = Promise { left_at: Some(after(5)), ..delivered("a", 0) };
    assert_eq!(verdict(&[left], &[arrived(1, "a")], &calls(6)), Some("nothing is sent for who has left"));
}

#[test]
fn what_overtook_is_found() {
    let promises = [delivered("a", 0), delivered("b", 1)];
    let rooms = [arrived(2, "a"), arrived(1, "b")];
    assert_eq!(verdict(&promises, &rooms, &[]), Some("messages to one receiver keep their order"));
    let mut waited = promises;
    waited[0].deliveries[0].waited = true;
    assert_eq!(verdict(&waited, &rooms, &[]), None);
}

#[test]
fn an_untrue_reason_is_found() {
    let rule = Some("every reason is true");
    let refused = || [promise("a", 0, "refused", Some("-1"))];
    assert_eq!(verdict(&refused(), &[], &[call("a", 1, answered(Some("-2")))]), rule);
    assert_eq!(verdict(&refused(), &[], &[call("a", 1, answered(Some("-1")))]), None);
    let unconfirmed = [promise("a", 0, "unconfirmed", Some("no_answer"))];
    assert_eq!(verdict(&unconfirmed, &[], &[call("a", 1, answered(None))]), rule);
    assert_eq!(verdict(&[promise("a", 0, "cancelled", None)], &[], &[]), rule);
    assert_eq!(verdict(&[promise("a", 0, "refused", None)], &[], &[]), rule);
}

#[test]
fn a_quota_that_was_run_into_is_found() {
    let calls = [call("a", 1, answered(Some("-536"))), call("a", 2, answered(None))];
    let rule = Some("Kakao never has to say that a quota is full");
    assert_eq!(verdict(&[delivered("a", 0)], &[arrived(1, "a")], &calls), rule);
}
