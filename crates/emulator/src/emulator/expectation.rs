//! Expectations: what a test wants of somebody's chat rooms, explained when it is not so.

use std::fmt::Write as _;
use std::time::Duration;

use super::Emulator;
use crate::inbox::ReceivedMessage;
use crate::journal::Exchange;

/// How many exchanges an explanation shows.
const SHOWN: usize = 8;

/// Nobody got a message in time; its text says what there is instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoMessage(String);

/// The messages of somebody, held against what a test expects.
#[must_use = "nothing is expected yet: go on with .text(…), .that(…) or .none()"]
pub struct ExpectedMessage<'a> {
    emulator: &'a Emulator,
    person: String,
}

impl Emulator {
    /// Waits for the first message that somebody gets after the one of this number; 0 for the first of all.
    ///
    /// It is woken by the message: nothing is asked again and again. The time is real, not the emulator's.
    pub async fn wait_for_message(
        &self,
        person: &str,
        since: u64,
        patience: Duration,
    ) -> Result<ReceivedMessage, NoMessage> {
        let arrived = ReceivedMessage::awaited(&self.live, person, since, patience).await;
        let first = arrived.and_then(|messages| messages.into_iter().next());
        first.ok_or_else(|| {
            NoMessage(
                self.explain(
                    person,
                    &format!("a message to {person} after number {since} within {patience:?}"),
                ),
            )
        })
    }

    /// Begins an assertion about what somebody received.
    ///
    /// It panics with what did arrive and the latest exchanges if it does not hold.
    pub fn expect_message(&self, person: &str) -> ExpectedMessage<'_> {
        ExpectedMessage { emulator: self, person: person.to_owned() }
    }

    /// What was expected, and what there is instead.
    fn explain(&self, person: &str, expected: &str) -> String {
        let mut text = format!("expected {expected}\n");
        match ReceivedMessage::all_of(&self.live, person, 0) {
            None => drop(writeln!(text, "but the seed has nobody with the key {person}")),
            Some(messages) if messages.is_empty() => drop(writeln!(text, "but nothing arrived for {person}")),
            Some(messages) => {
                let _ = writeln!(text, "but {person} received:");
                for message in messages {
                    let _ = writeln!(
                        text,
                        "  {} {} from {}: {}",
                        message.id, message.at, message.from, message.template_object
                    );
                }
            }
        }
        let journal = self.journal(0);
        let _ = writeln!(text, "the latest exchanges with Kakao, of {}:", journal.len());
        for exchange in journal.iter().skip(journal.len().saturating_sub(SHOWN)) {
            let _ = writeln!(text, "  {}", in_one_line(exchange));
        }
        text
    }
}

/// `12 POST kapi.kakao.com/v2/api/talk/memo/default/send ryan → 403 {"code":-402,…}`
fn in_one_line(exchange: &Exchange) -> String {
    let Exchange { id, method, host, path, person, fault, response, ending, .. } = exchange;
    let person = person.as_ref().map_or_else(String::new, |person| format!(" {person}"));
    let answer = response.as_ref().map_or_else(
        || format!("{ending:?}"),
        |response| {
            let body = response.body.as_ref().filter(|_| response.status >= 400);
            body.map_or_else(|| response.status.to_string(), |body| format!("{} {body}", response.status))
        },
    );
    let fault = fault.map_or_else(String::new, |fault| format!(" (fault {fault})"));
    format!("{id} {method} {host}{path}{person} → {answer}{fault}")
}

impl ExpectedMessage<'_> {
    /// A text message of exactly these words; answers it.
    #[expect(clippy::must_use_candidate, reason = "that it arrived is often all a test wants")]
    #[track_caller]
    pub fn text(self, words: &str) -> ReceivedMessage {
        self.that(&format!("the text {words:?}"), |message| message.template_object["text"] == words)
    }

    /// A message of which this is true; `what` names it when there is none.
    ///
    /// # Panics
    ///
    /// If there is none.
    #[track_caller]
    pub fn that(self, what: &str, is: impl Fn(&ReceivedMessage) -> bool) -> ReceivedMessage {
        let Self { emulator, person } = self;
        let found = emulator.messages(&person).into_iter().find(is);
        found.unwrap_or_else(|| panic!("{}", emulator.explain(&person, &format!("{what} at {person}"))))
    }

    /// No message at all.
    ///
    /// # Panics
    ///
    /// If there is one.
    #[track_caller]
    pub fn none(self) {
        let Self { emulator, person } = self;
        let nothing = ReceivedMessage::all_of(&emulator.live, &person, 0).is_some_and(|all| all.is_empty());
        assert!(nothing, "{}", emulator.explain(&person, &format!("no message at {person}")));
    }
}
