//! Sending messages: to oneself, and to friends.
//!
//! See [Kakao Docs/Kakao Talk Message: REST API].

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::json;

use super::chat::NewMessage;
use super::credentials::{Caller, Credentials};
use super::link::LinkKey;
use super::wording::{Composed, Wording};
use super::{Command, World};
use crate::fault::ApiFault;
use crate::seed::{App, AppKey, Permission, PersonKey, Quotas};

/// The most receivers of one call.
const RECEIVERS: usize = 5;

/// Sends a message into one's own chat room.
pub(crate) struct SendToMe {
    pub(crate) credentials: Credentials,
    pub(crate) wording: Wording,
}

impl Command for SendToMe {
    type Reply = ();
    type Fault = ApiFault;

    fn run(self, world: &mut World, now: Timestamp) -> Result<(), ApiFault> {
        let api = match self.wording {
            Wording::Default { .. } => "TALK_MEMO_DEFAULT_SEND",
            Wording::Scrap { .. } => "TALK_MEMO_SCRAP_SEND",
            Wording::Custom(_) => "TALK_MEMO_SEND",
        };
        let caller = world.caller_by_token(&self.credentials, now)?;
        caller.require_enabled("talk_message", api)?;
        caller.require("talk_message", api)?;
        caller.require_talk()?;
        let message = self.wording.compose(caller.app)?;

        let sender = Sender::of(caller.app, &caller.key.person);
        world.send_to_oneself(&sender, message, now)
    }
}

/// Sends a message to friends.
pub(crate) struct SendToFriends {
    pub(crate) credentials: Credentials,
    pub(crate) receiver_uuids: Option<String>,
    pub(crate) wording: Wording,
}

/// Whom a message reached and whom it did not.
#[derive(Debug, Default)]
pub(crate) struct SentToFriends {
    pub(crate) successful_receiver_uuids: Vec<String>,
    pub(crate) failures: Vec<SendFailure>,
}

/// Why a message did not reach some of its receivers.
#[derive(Debug)]
pub(crate) struct SendFailure {
    pub(crate) fault: ApiFault,
    pub(crate) receiver_uuids: Vec<String>,
}

impl Command for SendToFriends {
    type Reply = SentToFriends;
    type Fault = ApiFault;

    fn run(self, world: &mut World, now: Timestamp) -> Result<SentToFriends, ApiFault> {
        const API: &str = "TALK_MESSAGE_SEND";
        let caller = world.caller_by_token(&self.credentials, now)?;
        caller.require_enabled("talk_message", API)?;
        if !caller.app.admits(&caller.key.person, Permission::Message) {
            return Err(ApiFault::NotPermitted);
        }
        caller.require("talk_message", API)?;
        caller.require_talk()?;
        let uuids = receiver_uuids(self.receiver_uuids.as_deref())?;
        let receivers = world.receivers(&caller, uuids)?;
        self.wording.require_purpose(caller.app)?;
        let message = self.wording.compose(caller.app)?;

        let sender = Sender::of(caller.app, &caller.key.person);
        world.send_to_friends(&sender, receivers, &message, now)
    }
}

/// Sends a text as a call would whose token, consents and receivers are in order: to oneself without receivers.
pub(crate) struct SendUncalled {
    pub(crate) app: String,
    pub(crate) sender: String,
    pub(crate) receivers: Vec<String>,
    pub(crate) text: String,
}

impl Command for SendUncalled {
    type Reply = SentToFriends;
    type Fault = ApiFault;

    fn run(self, world: &mut World, now: Timestamp) -> Result<SentToFriends, ApiFault> {
        let app = world.app_named(&self.app).ok_or(ApiFault::NotLinked)?;
        let person = |key: &String| world.person(key).map(|person| person.key.clone());
        let sender = Sender::of(app, &person(&self.sender).ok_or(ApiFault::NotLinked)?);
        let receivers = self.receivers.iter().map(|key| Some((key.clone(), person(key)?)));
        let receivers = receivers.collect::<Option<Vec<_>>>().ok_or(ApiFault::NotFriends)?;
        let template = json!({ "object_type": "text", "text": self.text, "link": {} });
        let message = Wording::Default { template_object: Some(template.to_string()) }.compose(app)?;
        if receivers.is_empty() {
            return world.send_to_oneself(&sender, message, now).map(|()| SentToFriends::default());
        }
        world.send_to_friends(&sender, receivers, &message, now)
    }
}

/// On whose behalf a message goes out, and by which app.
struct Sender {
    app: AppKey,
    app_id: i64,
    quotas: Quotas,
    person: PersonKey,
}

impl Sender {
    fn of(app: &App, person: &PersonKey) -> Self {
        Self { app: app.key.clone(), app_id: app.app_id, quotas: app.quotas, person: person.clone() }
    }
}

impl SentToFriends {
    fn fail(&mut self, fault: ApiFault, uuid: String) {
        match self.failures.iter_mut().find(|failure| failure.fault == fault) {
            Some(failure) => failure.receiver_uuids.push(uuid),
            None => self.failures.push(SendFailure { fault, receiver_uuids: vec![uuid] }),
        }
    }
}

/// Reads `["uuid1","uuid2"]`. A receiver named twice gets the message once.
fn receiver_uuids(text: Option<&str>) -> Result<Vec<String>, ApiFault> {
    const NAME: &str = "receiver_uuids";
    let text = text.ok_or_else(|| ApiFault::missing(NAME))?;
    if text.is_empty() {
        return Err(ApiFault::empty(NAME));
    }
    let invalid = || ApiFault::unsatisfied(NAME, "The input receiver id(s) is invalid format.");
    let uuids: Vec<String> = serde_json::from_str(text).map_err(|_| invalid())?;
    if uuids.is_empty() {
        return Err(ApiFault::empty(NAME));
    }
    if uuids.len() > RECEIVERS {
        return Err(ApiFault::unsatisfied(NAME, "The number of receivers must be 5 or less."));
    }
    // Opaque to services, but Kakao tells one of another app from something that was never a uuid.
    let well_formed = |uuid: &String| URL_SAFE_NO_PAD.decode(uuid).is_ok_and(|bytes| bytes.len() >= 16);
    if !uuids.iter().all(well_formed) {
        return Err(invalid());
    }
    let mut seen = BTreeSet::new();
    Ok(uuids.into_iter().filter(|uuid| seen.insert(uuid.clone())).collect())
}

impl World {
    /// Finds who the receivers are; one that the app may not write to fails the whole call.
    fn receivers(
        &self,
        caller: &Caller<'_>,
        uuids: Vec<String>,
    ) -> Result<Vec<(String, PersonKey)>, ApiFault> {
        let app = caller.app;
        let mut receivers = Vec::new();
        for uuid in uuids {
            let person = self.person_of_uuid(&app.key, &uuid);
            if person == Some(&caller.key.person) {
                return Err(ApiFault::BadParameter {
                    text: "Cannot contain a receiver who is identical to the sender in multicast mode."
                        .to_owned(),
                });
            }
            let Some(person) = person.filter(|person| self.may_receive(caller, person)) else {
                return Err(ApiFault::unsatisfied(
                    "receiver_uuids",
                    "Not allowed to send a message to some of receivers.",
                ));
            };
            receivers.push((uuid, person.clone()));
        }
        Ok(receivers)
    }

    fn send_to_oneself(
        &mut self,
        sender: &Sender,
        message: Composed,
        now: Timestamp,
    ) -> Result<(), ApiFault> {
        self.counts_of_today(&sender.app, now).check_app(&sender.quotas, 1)?;
        self.deliver(sender, &sender.person, message, now);
        Ok(())
    }

    fn send_to_friends(
        &mut self,
        sender: &Sender,
        receivers: Vec<(String, PersonKey)>,
        message: &Composed,
        now: Timestamp,
    ) -> Result<SentToFriends, ApiFault> {
        self.counts_of_today(&sender.app, now).check_app(&sender.quotas, receivers.len())?;
        let alone = receivers.len() == 1;
        let mut sent = SentToFriends::default();
        for (uuid, receiver) in receivers {
            let reached = self
                .check_friendship(&sender.person, &receiver)
                .and_then(|()| self.check_phone(&receiver))
                .and_then(|()| self.check_pair(sender, &receiver, now));
            match reached {
                Ok(()) => {
                    self.deliver(sender, &receiver, message.clone(), now);
                    sent.successful_receiver_uuids.push(uuid);
                }
                // One receiver's failure is the call's own; among several it is reported beside the rest.
                Err(fault) if alone => return Err(fault),
                Err(fault) => sent.fail(fault, uuid),
            }
        }
        Ok(sent)
    }

    fn may_receive(&self, caller: &Caller<'_>, person: &PersonKey) -> bool {
        let link = self.links.get(&LinkKey::new(&caller.app.key, person));
        let agreed = |item: &str| link.is_some_and(|link| link.scopes.contains(item));
        agreed("friends")
            && agreed("talk_message")
            && self.person(person.as_str()).is_some_and(|person| person.talk)
            && caller.app.admits(person, Permission::Message)
    }

    fn check_friendship(&self, sender: &PersonKey, receiver: &PersonKey) -> Result<(), ApiFault> {
        match self.friendships.standing(sender, receiver) {
            Some(standing) if !standing.blocked => {}
            _ => return Err(ApiFault::NotFriends),
        }
        match self.friendships.standing(receiver, sender) {
            Some(standing) if standing.blocked => Err(ApiFault::RefusesMessages),
            _ => Ok(()),
        }
    }

    fn check_phone(&self, receiver: &PersonKey) -> Result<(), ApiFault> {
        match self.person(receiver.as_str()) {
            Some(person) if person.refuses_messages => Err(ApiFault::RefusesMessages),
            Some(person) if person.unsupported_device => Err(ApiFault::UnsupportedDevice),
            _ => Ok(()),
        }
    }

    fn check_pair(&mut self, sender: &Sender, receiver: &PersonKey, now: Timestamp) -> Result<(), ApiFault> {
        let Sender { app, quotas, person, .. } = sender;
        if let Some(most) = quotas.messages_per_sender_per_month
            && self.sent_this_month(app, person, now) >= most
        {
            return Err(ApiFault::MonthlySenderQuotaExceeded);
        }
        self.counts_of_today(app, now).check_pair(quotas, person, receiver)
    }

    fn deliver(&mut self, sender: &Sender, to: &PersonKey, message: Composed, now: Timestamp) {
        self.counts_of_today(&sender.app, now).count_message(&sender.person, to);
        let Composed { kind, template_object, warnings, .. } = message;
        let warnings = warnings.iter().map(ToString::to_string).collect();
        let (app_id, from) = (sender.app_id, &sender.person);
        self.rooms.deliver(NewMessage { app_id, from, to, kind, template_object, warnings }, now);
    }
}
