//! What is shown of one message: the bubble in small, and what became of it for whom.

use std::fmt::Write as _;

use askama::Template;
use jiff::Timestamp;
use katok_bubble::Bubble;

use crate::outbox::{self, State};
use crate::seal::DataKey;
use crate::sentence::Sentence;
use crate::store::{KeptDelivery, KeptMessage, PastAttempt, Receiver};
use crate::web::pages::Frame;

/// So many receivers of one kind are named in a list of messages.
const NAMED: usize = 5;

/// A message as its sender sees it; the same in the list, on its own page, and when it changes while it is looked at.
#[derive(Template)]
#[template(path = "message_card.html")]
pub(super) struct Card<'a> {
    pub(super) frame: &'a Frame,
    pub(super) message: &'a KeptMessage,
    /// The page the card stands on, to come back to.
    back: &'a str,
    /// On its own page nothing is left out.
    is_whole: bool,
    said: Said,
    groups: Vec<Group<'a>>,
}

/// What the message says, as far as that is known.
enum Said {
    Bubble(String),
    /// It was kept long enough.
    NoMore,
    Unreadable,
}

/// Receivers for whom the same became of it.
struct Group<'a> {
    state: State,
    code: Option<&'a str>,
    why: Option<Sentence>,
    next_at: Option<Timestamp>,
    receivers: Vec<&'a Receiver>,
    left_out: usize,
    attempts: Vec<(&'a Receiver, &'a PastAttempt)>,
}

impl<'a> Card<'a> {
    pub(super) fn new(
        frame: &'a Frame,
        message: &'a KeptMessage,
        attempts: &'a [PastAttempt],
        key: Option<&DataKey>,
        (back, is_whole): (&'a str, bool),
    ) -> Self {
        Self {
            frame,
            message,
            back,
            is_whole,
            said: said(frame, message, key),
            groups: groups(message, attempts, is_whole),
        }
    }

    fn has(&self, fits: impl Fn(&KeptDelivery) -> bool) -> bool {
        self.message.deliveries.iter().any(fits)
    }

    /// Where to agree, if that is what it waits for.
    fn consent(&self) -> Option<String> {
        let waits = self.has(|delivery| delivery.state == State::WaitingConsent);
        waits.then(|| format!("/consent/{}", self.message.id))
    }

    fn can_cancel(&self) -> bool {
        self.has(|delivery| delivery.state.is_waiting())
    }

    fn can_be_put_off(&self) -> bool {
        self.message.sealed.is_some() && self.has(outbox::can_be_put_off)
    }

    /// What failed for want of quota would only fail again today.
    fn can_resend(&self) -> bool {
        let did_not_arrive =
            |delivery: &KeptDelivery| delivery.state.is_final() && delivery.state != State::Delivered;
        self.message.sealed.is_some()
            && self.has(|delivery| did_not_arrive(delivery) && !outbox::can_be_put_off(delivery))
    }

    fn is_to_me(&self) -> bool {
        self.has(|delivery| delivery.receiver == Receiver::Me)
    }

    fn state(&self) -> State {
        outbox::state_of(self.message.deliveries.iter().map(|delivery| delivery.state))
    }

    /// How far the whole of it has come.
    fn state_name(&self) -> &'static str {
        let state = self.state();
        let is_partly_sent = state.is_final() && self.has(|delivery| delivery.state == State::Delivered);
        if is_partly_sent && state != State::Delivered {
            return self.frame.say("일부만 보냄", "Sent to some");
        }
        self.name(state)
    }

    fn name(&self, state: State) -> &'static str {
        let (ko, en) = state.name();
        self.frame.say(ko, en)
    }

    pub(super) fn to(&self) -> String {
        match self.message.deliveries.as_slice() {
            [only] if only.receiver == Receiver::Me => self.frame.say("나에게", "To me").to_owned(),
            [_] => self.frame.say("친구에게", "To a friend").to_owned(),
            all => match self.frame.language.code() {
                "ko" => format!("친구 {}명에게", all.len()),
                _ => format!("To {} friends", all.len()),
            },
        }
    }

    /// A friend as far as the gateway knows them; a script puts the nickname there.
    fn short<'r>(&self, receiver: &'r Receiver) -> &'r str
    where
        'a: 'r,
    {
        match receiver {
            Receiver::Me => self.frame.say("나", "me"),
            Receiver::Friend(uuid) => uuid.as_str().get(..8).unwrap_or(uuid.as_str()),
        }
    }

    #[expect(clippy::unused_self, reason = "the template calls what belongs to its card")]
    fn seconds(&self, attempt: &PastAttempt) -> String {
        format!("{:02}", attempt.begun_at.as_second().rem_euclid(60))
    }

    /// What happens at the time that is told beside it.
    fn next(&self, state: State) -> &'static str {
        match state {
            State::WaitingConsent => self.frame.say("이때까지 기다림:", "Waits until"),
            State::WaitingQuota => self.frame.say("그대로 두면 보낼 시각:", "If left alone, goes at"),
            State::Queued => self.frame.say("다시 시도:", "Tried again at"),
            _ => self.frame.say("보낼 시각:", "Goes at"),
        }
    }

    /// Sent already, or possibly: sending again may be too much.
    fn may_have_arrived(&self) -> bool {
        self.has(|delivery| delivery.state == State::Unconfirmed)
    }

    fn outcome(&self, attempt: &PastAttempt) -> String {
        let (ko, en) = match attempt.outcome.as_str() {
            "delivered" => ("보냄", "sent"),
            "failed" => ("실패, 다시 시도", "failed, to be tried again"),
            "no_quota" => ("한도를 다 씀", "quota used up"),
            "no_consent" => ("동의 없음", "no consent"),
            "refused" => ("거절됨", "refused"),
            "unconfirmed" => ("알 수 없음", "not known"),
            _ => ("보내는 중", "under way"),
        };
        let mut said = self.frame.say(ko, en).to_owned();
        if let Some(code) = &attempt.code {
            let _ = write!(said, " ({code})");
        }
        said
    }

    /// What the code of an attempt means, where there is room for it and it is not said above.
    fn explained(&self, attempt: &PastAttempt, group: &Group<'_>) -> Option<String> {
        let code = attempt.code.as_deref().filter(|code| self.is_whole && group.code != Some(*code))?;
        Some(outbox::explain_code(code).read_in(self.frame.language).to_owned())
    }
}

fn said(frame: &Frame, message: &KeptMessage, key: Option<&DataKey>) -> Said {
    if message.sealed.is_none() {
        return Said::NoMore;
    }
    match key.map(|key| outbox::opened(message, key)) {
        Some(Ok(Some(content))) => {
            let bubble = Bubble::of(&content.template.to_json()).without_marks();
            Said::Bubble(bubble.html(frame.language))
        }
        _ => Said::Unreadable,
    }
}

fn groups<'a>(message: &'a KeptMessage, attempts: &'a [PastAttempt], is_whole: bool) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for delivery in &message.deliveries {
        let (state, code) = (delivery.state, delivery.code.as_deref());
        let place = groups.iter().position(|group| (group.state, group.code) == (state, code));
        let place = place.unwrap_or(groups.len());
        if place == groups.len() {
            groups.push(Group {
                state,
                code,
                why: outbox::why(message, delivery),
                next_at: delivery.due_at.filter(|due_at| *due_at > Timestamp::UNIX_EPOCH),
                receivers: Vec::new(),
                left_out: 0,
                attempts: Vec::new(),
            });
        }
        let group = &mut groups[place];
        if is_whole || group.receivers.len() < NAMED {
            group.receivers.push(&delivery.receiver);
            let of_this = attempts.iter().filter(|attempt| attempt.delivery_seq == delivery.seq);
            group.attempts.extend(of_this.map(|attempt| (&delivery.receiver, attempt)));
        } else {
            group.left_out += 1;
        }
    }
    groups
}
