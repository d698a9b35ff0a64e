//! What people do, and what goes wrong around them.

use http::Method;
use jiff::{SignedDuration, Timestamp};
use katok_emulator::Fault;
use serde_json::{Value, json};

use super::{Asked, KEY_LIVES, PEOPLE, Step, Year, broken};
use crate::simulation::person::Answer;
use crate::simulation::process::Died;
use crate::simulation::promise::{Promise, Promised};
use crate::simulation::wire::Weather;

impl Year {
    pub(super) fn something_happens(&mut self) -> Step {
        let person = self.dice.below(PEOPLE.len());
        if !self.people[person].is_sound() && self.dice.one_in(2) {
            return self.sign_in(person);
        }
        match self.dice.below(100) {
            0..45 => self.send(person),
            45..49 => self.send_many(person),
            49..54 => self.ask_again(),
            54..60 => self.change_their_mind("cancel"),
            60..66 => self.change_their_mind("reschedule"),
            66..72 => self.change_their_mind("resend"),
            72..75 => self.come_round(person),
            75..78 => self.come_round_no_more(),
            78..81 => self.withdraw(person),
            81..85 => self.consent(person),
            85 => self.leave(person),
            86 => self.log_out(person),
            87..90 => {
                self.restart();
                Ok(())
            }
            90..96 => {
                self.have_kakao_do_wrong();
                Ok(())
            }
            _ => {
                let weather =
                    *self.dice.pick(&[Weather::Fine, Weather::Rough, Weather::Rough, Weather::Down]);
                self.note(format_args!("{weather:?}"));
                self.wire.weather(weather);
                Ok(())
            }
        }
    }

    pub(super) fn sign_in(&mut self, person: usize) -> Step {
        let (gateway, who) = (self.gateway.as_ref().expect("it runs"), &mut self.people[person]);
        let home = who.agree(gateway, &self.kakao, person, "/authorize?scope=friends,talk_message")?;
        let equipped = home && who.equip(gateway)?;
        self.sound_since[person] = (self.kakao.now(), self.wire.made());
        self.note(format_args!("{person} signs in: {home} {equipped}"));
        Ok(())
    }

    pub(super) fn ask(
        &self,
        person: usize,
        method: &Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Answer, Died> {
        let answer = self.people[person].by_key(self.gateway(), method.clone(), path, body, None)?;
        self.note(format_args!("{person} {method} {path}: {}", answer.status));
        Ok(answer)
    }

    /// Anything that `/v1/messages` takes.
    fn send(&mut self, person: usize) -> Step {
        if self.people[person].key.is_none() {
            return Ok(());
        }
        let mut friends: Vec<usize> = (0..PEOPLE.len()).filter(|friend| *friend != person).collect();
        let to_me = self.dice.one_in(3);
        while friends.len() > 1 && self.dice.one_in(2) {
            friends.remove(self.dice.below(friends.len()));
        }
        let receivers = if to_me { Vec::new() } else { friends };
        let send_at = self.dice.one_in(3).then(|| self.soon(10 * 24 * 60));
        let begins = send_at.unwrap_or_else(|| self.kakao.now());
        let expires_at = self
            .dice
            .one_in(4)
            .then(|| begins + SignedDuration::from_mins(self.dice.between(1, 3 * 24 * 60)));
        self.send_to(person, &receivers, send_at, expires_at)
    }

    /// A time from now on, in milliseconds, as the gateway keeps it.
    fn soon(&mut self, minutes: i64) -> Timestamp {
        let at = self.kakao.now() + SignedDuration::from_mins(self.dice.between(1, minutes));
        Timestamp::from_millisecond(at.as_millisecond()).unwrap()
    }

    pub(super) fn send_to(
        &mut self,
        person: usize,
        receivers: &[usize],
        send_at: Option<Timestamp>,
        expires_at: Option<Timestamp>,
    ) -> Step {
        self.sent += 1;
        let (text, key) = (format!("m{}", self.sent), format!("k{}", self.sent));
        let resend = self.dice.one_in(4);
        let body = json!({
            "to": self.address(person, receivers), "text": text, "send_at": send_at, "expires_at": expires_at,
            "on_unconfirmed": if resend { "resend" } else { "hold" },
            "on_quota": if self.dice.one_in(5) { "refuse" } else { "wait" },
            "on_failure": if self.dice.one_in(10) { "refuse" } else { "retry" },
        });
        let key = self.dice.one_in(2).then_some(key);
        let gateway = self.gateway();
        let answer =
            self.people[person].by_key(gateway, Method::POST, "/v1/messages", Some(&body), key.as_deref())?;
        self.note(format_args!(
            "{person} sends {text} to {receivers:?} {send_at:?} {expires_at:?}: {}",
            answer.status
        ));
        match answer.status {
            202 => {}
            // They have left, and their program does not know.
            401 => return Ok(()),
            status => return broken("what makes sense is accepted", format!("{status}: {}", answer.body)),
        }
        let now = self.kakao.now();
        let begins = send_at.unwrap_or(now);
        let ends = expires_at.unwrap_or(begins + SignedDuration::from_hours(24));
        self.promise(person, text, resend, &answer.body, begins, ends);
        if let Some(key) = key {
            self.asked.push(Asked { promise: self.promises.len() - 1, at: now, key, body });
        }
        Ok(())
    }

    fn address(&self, person: usize, receivers: &[usize]) -> Value {
        let uuids: Vec<_> = receivers.iter().map(|friend| &self.people[person].friends[friend]).collect();
        if uuids.is_empty() { json!("me") } else { json!({ "friends": uuids }) }
    }

    /// Writes down what was promised by an answer, or by what came round.
    pub(super) fn promise(
        &mut self,
        sender: usize,
        text: String,
        resend: bool,
        shown: &Value,
        begins: Timestamp,
        ends: Timestamp,
    ) {
        let friends = &self.people[sender].friends;
        let promised = |delivery: &Value| {
            let to = delivery["to"].as_str().unwrap_or_default().to_owned();
            let friend = friends.iter().find(|(_, uuid)| **uuid == to);
            Promised {
                receiver: friend.map_or(sender, |(friend, _)| *friend),
                to,
                begins,
                ends,
                sent_again: false,
                rescheduled: false,
                state: delivery["state"].as_str().unwrap_or_default().to_owned(),
                code: None,
                next_at: None,
                waited: false,
            }
        };
        self.promises.push(Promise {
            id: shown["id"].as_str().unwrap_or_default().to_owned(),
            sender,
            text,
            accepted_at: self.kakao.now(),
            resend,
            cancelled: false,
            left_at: None,
            deliveries: shown["deliveries"].as_array().into_iter().flatten().map(promised).collect(),
        });
    }

    /// More than a day's quota has room for.
    fn send_many(&mut self, person: usize) -> Step {
        if self.people[person].key.is_none() {
            return Ok(());
        }
        let friend = (person + 1 + self.dice.below(3)) % PEOPLE.len();
        for _ in 0..self.dice.between(4, 12) {
            self.send_to(person, &[friend], None, None)?;
        }
        Ok(())
    }

    /// A program that did not hear the answer asks for the same again, or by mistake for something else.
    fn ask_again(&mut self) -> Step {
        let Some(Asked { promise, at, key, body }) = self.asked.last() else { return Ok(()) };
        let promise = &self.promises[*promise];
        if promise.left_at.is_some() || self.kakao.now().duration_since(*at) > KEY_LIVES {
            return Ok(());
        }
        let is_mistaken = self.dice.one_in(3);
        let mut body = body.clone();
        if is_mistaken {
            body["text"] = json!("something else");
        }
        let who = &self.people[promise.sender];
        let answer = who.by_key(self.gateway(), Method::POST, "/v1/messages", Some(&body), Some(key))?;
        let now_too_late = answer.status == 422;
        let is_right = match (is_mistaken, answer.status) {
            (true, status) => status == 409 || now_too_late,
            (false, 202) => answer.body["id"] == promise.id.as_str(),
            (false, _) => now_too_late && !body["expires_at"].is_null(),
        };
        self.note(format_args!("asked again for {}: {}", promise.text, answer.status));
        if is_right { Ok(()) } else { broken("the same key brings the same answer", answer.body.to_string()) }
    }

    fn change_their_mind(&mut self, how: &str) -> Step {
        let recent = self.promises.len().min(20);
        if recent == 0 {
            return Ok(());
        }
        let place = self.promises.len() - 1 - self.dice.below(recent);
        let send_at = self.soon(5 * 24 * 60);
        let promise = &self.promises[place];
        if promise.left_at.is_some() {
            return Ok(());
        }
        let body = (how == "reschedule").then(|| json!({ "send_at": send_at }));
        let path = format!("/v1/messages/{}/{how}", promise.id);
        let answer = self.ask(promise.sender, &Method::POST, &path, body.as_ref())?;
        let (now, promise) = (self.kakao.now(), &mut self.promises[place]);
        match (answer.status, how) {
            (200, "cancel") => promise.cancelled = true,
            (200, "reschedule") => promise.reschedule(send_at, &answer.body),
            (200, "resend") => promise.send_again(now),
            _ => return Ok(()),
        }
        Ok(promise.look(&answer.body)?)
    }

    /// A message that comes round every day, or every week.
    fn come_round(&mut self, person: usize) -> Step {
        if self.people[person].key.is_none()
            || self.recurring.iter().filter(|(of, _)| *of == person).count() > 1
        {
            return Ok(());
        }
        self.sent += 1;
        let receivers = if self.dice.one_in(2) { vec![] } else { vec![(person + 1) % PEOPLE.len()] };
        let wish = json!({
            "to": self.address(person, &receivers), "text": format!("r{}", self.sent),
            "cron": *self.dice.pick(&["0 9 * * *", "30 18 * * 1"]),
            "on_missed": *self.dice.pick(&["send_late", "skip"]),
        });
        let answer = self.ask(person, &Method::POST, "/v1/recurring", Some(&wish))?;
        if let (201, Some(id)) = (answer.status, answer.body["id"].as_str()) {
            self.recurring.push((person, id.to_owned()));
        }
        Ok(())
    }

    fn come_round_no_more(&mut self) -> Step {
        if self.recurring.is_empty() {
            return Ok(());
        }
        let (person, id) = self.recurring.remove(self.dice.below(self.recurring.len()));
        self.ask(person, &Method::DELETE, &format!("/v1/recurring/{id}"), None)?;
        Ok(())
    }

    /// Takes back their consent to messages, in the settings of their Kakao account.
    fn withdraw(&mut self, person: usize) -> Step {
        self.note(format_args!("{person} withdraws"));
        self.people[person].has_agreed = false;
        let kakao = self.kakao.clone();
        self.gateway()
            .run(async move { kakao.in_settings(person, "action=consents&scope=friends").await })?;
        Ok(())
    }

    /// Follows the link of a message that waits for a consent.
    fn consent(&mut self, person: usize) -> Step {
        let waits = |promise: &&Promise| {
            promise.sender == person
                && promise.is_open()
                && promise.deliveries.iter().any(|promised| promised.state == "waiting_consent")
        };
        let Some(promise) = self.promises.iter().find(waits) else { return Ok(()) };
        let path = format!("/consent/{}", promise.id);
        let gateway = self.gateway.as_ref().expect("it runs");
        let home = self.people[person].agree(gateway, &self.kakao, person, &path)?;
        if home {
            self.sound_since[person] = (self.kakao.now(), self.wire.made());
        }
        self.note(format_args!("{person} follows {path}: {home}"));
        Ok(())
    }

    /// Leaves the service, on its page or in the settings of their Kakao account.
    fn leave(&mut self, person: usize) -> Step {
        let by_page = self.dice.one_in(2);
        self.note(format_args!("{person} leaves, by its page: {by_page}"));
        if !by_page {
            let kakao = self.kakao.clone();
            let form = "action=unlink&referrer_type=ACCOUNT_DELETE";
            self.gateway().run(async move { kakao.in_settings(person, form).await })?;
            self.people[person].is_signed_in = false;
            return Ok(());
        }
        self.look()?;
        let (gateway, who) = (self.gateway.as_ref().expect("it runs"), &mut self.people[person]);
        let answer = who.by_browser(gateway, Method::POST, "/unlink", None);
        // Though it died over it, it was told.
        if answer.as_ref().is_ok_and(|answer| ![200, 202].contains(&answer.status)) {
            return Ok(());
        }
        (who.is_signed_in, who.key) = (false, None);
        self.recurring.retain(|(of, _)| *of != person);
        let now = self.kakao.now();
        for promise in self.promises.iter_mut().filter(|promise| promise.sender == person) {
            promise.left_at.get_or_insert(now);
        }
        self.note(format_args!("{person} has left: {:?}", answer.as_ref().map(|answer| answer.status).ok()));
        answer?;
        Ok(())
    }

    fn log_out(&mut self, person: usize) -> Step {
        self.note(format_args!("{person} logs out"));
        self.people[person].is_signed_in = false;
        let (gateway, who) = (self.gateway.as_ref().expect("it runs"), &mut self.people[person]);
        who.by_browser(gateway, Method::POST, "/logout", None)?;
        Ok(())
    }

    fn restart(&mut self) {
        self.gateway.take().expect("it runs").stop();
        self.start();
    }

    fn have_kakao_do_wrong(&mut self) {
        const ME: &str = "/v2/api/talk/memo/default/send";
        const FRIENDS: &str = "/v1/api/talk/friends/message/default/send";
        let path = *self.dice.pick(&[ME, FRIENDS, FRIENDS, "/oauth/token"]);
        let fault = Fault::on(path).times(u32::try_from(self.dice.between(1, 3)).unwrap());
        let code = *self.dice.pick(&[-1, -7, -10, -401, -402, -603, -9798]);
        let fault = match self.dice.below(5) {
            0 => fault.drop_before(),
            1 => fault.drop_after(),
            2 => fault.status(*self.dice.pick(&[500, 502, 503])),
            _ if path == "/oauth/token" => fault.error_code("KOE003"),
            _ => fault.code(code),
        };
        self.note(format_args!("{fault:?}"));
        self.kakao.fault(fault);
    }
}
