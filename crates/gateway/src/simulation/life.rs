//! A year: four friends who send, wait, change their minds, leave and come back, while things go wrong by chance.

mod deeds;

use std::num::NonZeroU32;
use std::sync::Arc;

use http::Method;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tempfile::TempDir;
use url::Url;

use super::diary::Diary;
use super::dice::Dice;
use super::judge::{Broken, Evidence, judge};
use super::kakao::{HOME, KAKAO, Kakao};
use super::person::Person;
use super::process::{Died, Process};
use super::promise::Promise;
use super::wire::{PATIENCE, Weather, Wire};
use crate::config::{KakaoApp, Quotas, RateLimits, SessionSettings, Settings, SignIn};

pub(super) const PEOPLE: [&str; 4] = ["ryan", "apeach", "muzi", "neo"];

/// How long everything may take to come to its end when nothing goes wrong any more.
const HEALING: SignedDuration = SignedDuration::from_hours(20 * 24);

/// As long as an idempotency key certainly lives.
const KEY_LIVES: SignedDuration = SignedDuration::from_hours(24);

/// A message that may be asked for again, word for word.
struct Asked {
    promise: usize,
    at: Timestamp,
    key: String,
    body: Value,
}

pub(super) struct Year {
    dice: Dice,
    diary: Diary,
    kakao: Arc<Kakao>,
    wire: Arc<Wire>,
    settings: Settings,
    folder: TempDir,
    /// Nothing while it is being started.
    gateway: Option<Process>,
    seed: u64,
    starts: u64,
    deaths: Vec<Timestamp>,
    people: [Person; 4],
    promises: Vec<Promise>,
    asked: Vec<Asked>,
    /// Recurring messages there are, by whose they are.
    recurring: Vec<(usize, String)>,
    sent: usize,
    /// When somebody last signed in, and how many calls there were by then.
    sound_since: [(Timestamp, usize); 4],
}

/// What a year came to.
pub(super) struct Outcome {
    pub(super) messages: usize,
    pub(super) deaths: usize,
    pub(super) arrived: usize,
}

/// A step of somebody's, which may end with the gateway.
type Step<T = ()> = Result<T, End>;

pub(super) enum End {
    Died,
    Broken(Broken),
}

impl From<Died> for End {
    fn from(_: Died) -> Self {
        Self::Died
    }
}

impl From<Broken> for End {
    fn from(broken: Broken) -> Self {
        Self::Broken(broken)
    }
}

fn broken<T>(rule: &'static str, what: impl Into<String>) -> Step<T> {
    Err(End::Broken(Broken { rule, what: what.into() }))
}

impl Year {
    pub(super) fn begin(seed: u64, diary: Diary) -> Self {
        let mut dice = Dice::new(seed, 0);
        let mut limit = |from, to| NonZeroU32::new(u32::try_from(dice.between(from, to)).unwrap()).unwrap();
        let quotas =
            Quotas { app: limit(12, 40), sender: limit(6, 12), receiver: limit(6, 12), pair: limit(3, 6) };
        let kakao = Arc::new(Kakao::with(quotas));
        let wire = Arc::new(Wire::new(kakao.clone(), diary.clone(), Dice::new(seed, 1)));
        let folder = tempfile::tempdir().unwrap();
        Self {
            settings: settings(&kakao, quotas),
            dice,
            diary,
            kakao,
            wire,
            folder,
            gateway: None,
            seed,
            starts: 0,
            deaths: Vec::new(),
            people: Default::default(),
            promises: Vec::new(),
            asked: Vec::new(),
            recurring: Vec::new(),
            sent: 0,
            sound_since: [(Timestamp::MIN, 0); 4],
        }
    }

    /// Lives as long as this, heals everything, and has it judged.
    pub(super) fn live(mut self, length: SignedDuration) -> Result<Outcome, Broken> {
        self.arrive()?;
        let end = self.kakao.now() + length;
        while self.kakao.now() < end {
            for _ in 0..self.dice.below(4) {
                self.step(Self::something_happens)?;
            }
            self.round()?;
            let pause = self.pause();
            if self.dice.one_in(4) {
                self.turn(pause);
            } else {
                self.work_through(pause)?;
            }
            self.wire.clear_up();
        }
        self.heal()?;
        let (arrived, calls) = (self.kakao.arrived(), self.wire.calls());
        judge(&Evidence {
            promises: &self.promises,
            arrived: &arrived,
            calls: &calls,
            deaths: &self.deaths,
            now: self.kakao.now(),
        })?;
        for arrived in &arrived {
            self.diary
                .note(arrived.at, format_args!("{} has {} of {}", arrived.to, arrived.text, arrived.from));
        }
        Ok(Outcome { messages: self.promises.len(), deaths: self.deaths.len(), arrived: arrived.len() })
    }

    fn note(&self, what: std::fmt::Arguments<'_>) {
        self.diary.note(self.kakao.now(), what);
    }

    fn gateway(&self) -> &Process {
        self.gateway.as_ref().expect("it runs")
    }

    /// Does something; should the gateway die over it, another one takes its place.
    fn step(&mut self, work: impl FnOnce(&mut Self) -> Step) -> Result<(), Broken> {
        match work(self) {
            Ok(()) => Ok(()),
            Err(End::Broken(broken)) => Err(broken),
            Err(End::Died) => {
                self.deaths.push(self.kakao.now());
                self.gateway = None;
                self.start();
                Ok(())
            }
        }
    }

    fn start(&mut self) {
        self.starts += 1;
        self.note(format_args!("the gateway starts"));
        let dice = Dice::new(self.seed, 1 + self.starts);
        let (settings, folder) = (self.settings.clone(), self.folder.path());
        self.gateway = Some(Process::start(settings, folder, &self.kakao, &self.wire, dice));
    }

    /// Lets the time pass as a gateway does that is there all the time.
    fn work_through(&mut self, pause: SignedDuration) -> Result<(), Broken> {
        const MIDNIGHT: i64 = 24 * 60 * 60;
        let end = self.kakao.now() + pause;
        loop {
            let now = self.kakao.now();
            let midnight = (now.as_second().div_euclid(MIDNIGHT) + 1) * MIDNIGHT;
            let due = self.promises.iter().filter(|promise| promise.is_open()).filter_map(Promise::due_at);
            let next =
                due.filter(|at| *at > now).fold(Timestamp::from_second(midnight).unwrap(), Timestamp::min);
            if next >= end {
                self.turn(end.duration_since(now).max(SignedDuration::ZERO));
                return Ok(());
            }
            self.turn(next.duration_since(now));
            self.round()?;
        }
    }

    fn turn(&self, by: SignedDuration) {
        self.kakao.advance(by);
        self.note(format_args!("{by:#} have passed"));
    }

    /// Seconds to weeks.
    fn pause(&mut self) -> SignedDuration {
        let dice = &mut self.dice;
        // While Kakao is down no weeks pass.
        match dice.below(if self.wire.is_down() { 15 } else { 20 }) {
            0..5 => SignedDuration::from_millis(dice.between(200, 30_000)),
            5..10 => SignedDuration::from_secs(dice.between(30, 3_600)),
            10..15 => SignedDuration::from_mins(dice.between(60, 24 * 60)),
            15..19 => SignedDuration::from_hours(dice.between(24, 7 * 24)),
            _ => SignedDuration::from_hours(dice.between(7 * 24, 21 * 24)),
        }
    }

    fn arrive(&mut self) -> Result<(), Broken> {
        self.start();
        for person in 0..PEOPLE.len() {
            self.step(|year| year.sign_in(person))?;
        }
        for person in 0..PEOPLE.len() {
            let gateway = self.gateway.as_ref().expect("it runs");
            let met = self.people[person].meet_friends(gateway, &PEOPLE);
            assert!(met.is_ok() && self.people[person].friends.len() == 3, "everybody has met everybody");
        }
        Ok(())
    }

    /// Everything that is due, and what has become of everything.
    fn round(&mut self) -> Result<(), Broken> {
        self.step(|year| Ok(year.gateway().do_what_is_due()?))?;
        self.step(Self::look)
    }

    fn look(&mut self) -> Step {
        for place in 0..self.promises.len() {
            let promise = &self.promises[place];
            if !promise.is_open() {
                continue;
            }
            let path = format!("/v1/messages/{}", promise.id);
            let who = &self.people[promise.sender];
            let answer = who.by_key(self.gateway(), Method::GET, &path, None, None)?;
            if answer.status != 200 {
                return broken(
                    "what was accepted is not forgotten",
                    format!("{}: {promise:?}", answer.status),
                );
            }
            self.promises[place].look(&answer.body)?;
            let promise = &self.promises[place];
            let states: Vec<_> = promise.deliveries.iter().map(|it| (&it.state, &it.code)).collect();
            self.note(format_args!("{} is {states:?}", promise.text));
            self.login_lives(promise)?;
        }
        self.look_what_came_round()
    }

    /// Nobody has to sign in again who did nothing that ends a login, unless Kakao's answer to a refresh was lost.
    fn login_lives(&self, promise: &Promise) -> Step {
        let (since, made_before) = self.sound_since[promise.sender];
        let is_over = promise.deliveries.iter().any(|it| it.code.as_deref() == Some("sign_in_again"));
        if is_over
            && promise.accepted_at > since
            && self.people[promise.sender].is_signed_in
            && !self.wire.lost_tokens_since(made_before)
        {
            return broken("no login ends without somebody's doing", format!("{promise:?}"));
        }
        Ok(())
    }

    /// The messages of somebody that came by themselves since this was asked last, the newest first.
    fn unknown_of(&self, person: usize) -> Step<Vec<Value>> {
        let mut unknown = Vec::new();
        let mut path = "/v1/messages?limit=3".to_owned();
        loop {
            let list = self.people[person].by_key(self.gateway(), Method::GET, &path, None, None)?.body;
            for shown in list["messages"].as_array().into_iter().flatten() {
                if self.promises.iter().rev().any(|promise| shown["id"] == promise.id.as_str()) {
                    return Ok(unknown);
                }
                // Of others the sender has not heard yet that they were accepted.
                if !shown["recurring"].is_null() {
                    unknown.push(shown.clone());
                }
            }
            let Some(cursor) = list["next_cursor"].as_str() else { return Ok(unknown) };
            path = format!("/v1/messages?limit=100&cursor={cursor}");
        }
    }

    fn look_what_came_round(&mut self) -> Step {
        for person in 0..PEOPLE.len() {
            if self.people[person].key.is_none() {
                continue;
            }
            for shown in self.unknown_of(person)? {
                let path = format!("/v1/messages/{}", shown["id"].as_str().unwrap_or_default());
                let whole = self.people[person].by_key(self.gateway(), Method::GET, &path, None, None)?.body;
                let at =
                    |field: &str| shown[field].as_str().and_then(|at| at.parse().ok()).unwrap_or_default();
                let text = super::kakao::text_of(&whole["template"]);
                self.note(format_args!("{text} has come round"));
                self.promise(person, text, false, &whole, at("send_at"), at("expires_at"));
                let promise = self.promises.last_mut().expect("it was just made");
                promise.accepted_at = at("created_at");
                promise.look(&whole)?;
            }
        }
        Ok(())
    }

    /// Nothing goes wrong any more: everything comes to its end, and whoever did nothing to end their login can send.
    fn heal(&mut self) -> Result<(), Broken> {
        self.note(format_args!("from now on nothing goes wrong"));
        self.wire.weather(Weather::Fine);
        self.kakao.heal();
        for person in 0..PEOPLE.len() {
            if !self.people[person].is_sound() {
                self.step(|year| year.sign_in(person))?;
            }
            self.step(|year| year.send_to(person, &[], None, None))?;
        }
        for (person, id) in std::mem::take(&mut self.recurring) {
            self.step(|year| {
                Ok(year.ask(person, &Method::DELETE, &format!("/v1/recurring/{id}"), None).map(drop)?)
            })?;
        }
        let end = self.kakao.now() + HEALING;
        loop {
            self.round()?;
            if self.kakao.now() >= end || !self.promises.iter().any(Promise::is_open) {
                break;
            }
            let pause = *self.dice.pick(&[SignedDuration::from_mins(10), SignedDuration::from_hours(12)]);
            self.turn(pause);
        }
        Ok(())
    }
}

fn settings(kakao: &Kakao, quotas: Quotas) -> Settings {
    let (key, secret) = kakao.app();
    let app = KakaoApp::at_emulator(Url::parse(KAKAO).unwrap(), &key, Some(&secret));
    let mut settings = Settings {
        kakao_timeout: PATIENCE.unsigned_abs(),
        // The clock of the runtime stands still: nobody would come back from a pause.
        kakao_retries: katok_client::Retries::default().first_pause(std::time::Duration::ZERO),
        rate_limits: RateLimits::OFF,
        quotas,
        sessions: SessionSettings { idle: SessionSettings::default().lifetime, ..Default::default() },
        sign_in: SignIn { issuer: Some(KAKAO.to_owned()), ..SignIn::default() },
        ..Settings::new(Url::parse(HOME).unwrap(), app)
    };
    settings.outbox.side_by_side = false;
    settings
}
