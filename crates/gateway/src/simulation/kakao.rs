//! Kakao: an emulator whose clock turns together with the gateway's, and the people who live there.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST};
use http::{Request, Response};
use jiff::{SignedDuration, Timestamp};
use katok_client::{Clock as _, ManualClock};
use katok_emulator::{Clock, Decision, Door, Emulator, Fault, Options, Seed};
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};
use url::Url;

use super::judge::Arrived;
use super::life::PEOPLE;
use crate::config::Quotas;

/// Where the gateway finds it, and where people find the gateway.
pub(super) const KAKAO: &str = "http://localhost:4100";
pub(super) const HOME: &str = "http://localhost:4000";

/// Noon in Korea, on the first day of the year.
const START: Timestamp = Timestamp::constant(1_767_236_400, 0);

pub(super) struct Kakao {
    emulator: Emulator,
    door: Door,
    pub(super) clock: Arc<ManualClock>,
    /// The emulator's sockets, which nobody uses, belong to it.
    _runtime: Runtime,
}

impl Kakao {
    pub(super) fn with(quotas: Quotas) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let clock = Some(Clock::stopped_at(START));
        let options = Options { seed: seed(quotas), clock, ..Options::default() };
        let emulator = runtime.block_on(Emulator::start(options)).unwrap();
        let door = emulator.door();
        Self { emulator, door, clock: Arc::new(ManualClock::new(START)), _runtime: runtime }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(super) fn advance(&self, by: SignedDuration) {
        self.clock.advance(by);
        self.emulator.advance(by).unwrap();
    }

    pub(super) async fn answer(&self, mut request: Request<Bytes>) -> Option<Response<Bytes>> {
        request.headers_mut().insert(HOST, "localhost:4100".parse().unwrap());
        self.door.answer(request).await
    }

    /// What the app's developer sees in the console: its key and its secret.
    pub(super) fn app(&self) -> (String, String) {
        let world = self.emulator.world();
        let secret = world.apps[0].client_secret.as_ref().expect("it has one").secret().to_owned();
        (world.apps[0].rest_api_key.clone(), secret)
    }

    /// Where the browser ends up of somebody who agrees to everything that is asked.
    pub(super) fn agree(&self, authorize: &Url, person: usize) -> Option<Url> {
        self.emulator.approve(authorize, PEOPLE[person], &Decision::Allow).ok()
    }

    /// Somebody leaves the app, or takes back their consent to messages, in the settings of their Kakao account.
    pub(super) async fn in_settings(&self, person: usize, form: &str) {
        let path = format!("{KAKAO}/_emulator/people/{}/apps/shop", PEOPLE[person]);
        let form = Request::post(path)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Bytes::copy_from_slice(form.as_bytes()));
        let answer = self.answer(form.unwrap()).await.expect("no fault is scripted there");
        assert!(answer.status().is_redirection() || answer.status() == 404, "{}", answer.status());
    }

    pub(super) fn fault(&self, fault: Fault) {
        self.emulator.fault(fault).unwrap();
    }

    pub(super) fn heal(&self) {
        self.emulator.clear_faults();
    }

    /// What everybody has in their chat rooms, oldest first.
    pub(super) fn arrived(&self) -> Vec<Arrived> {
        let of_person = |(number, key): (usize, &&str)| {
            let messages = self.emulator.messages(key);
            messages.into_iter().map(move |message| Arrived {
                number: message.id,
                at: message.at,
                from: PEOPLE.iter().position(|key| *key == message.from.as_str()).unwrap(),
                to: number,
                text: text_of(&message.template_object),
            })
        };
        PEOPLE.iter().enumerate().flat_map(of_person).collect()
    }
}

/// What a message says by which it is known.
pub(super) fn text_of(template: &Value) -> String {
    template["text"].as_str().unwrap_or_default().to_owned()
}

fn seed(quotas: Quotas) -> Seed {
    let people = PEOPLE.map(|key| json!({"key": key, "nickname": key}));
    let friendships = PEOPLE
        .iter()
        .enumerate()
        .flat_map(|(place, of)| PEOPLE[place + 1..].iter().map(move |with| json!({"of": of, "with": with})));
    let world = json!({
        "apps": [{
            "key": "shop", "oidc": true, "permissions": ["friends", "message"],
            "redirect_uris": [format!("{HOME}/redirect")], "web_domains": [HOME],
            "consent_items": [
                {"id": "profile_nickname", "level": "required"}, {"id": "friends", "level": "optional"},
                {"id": "talk_message", "level": "optional"},
            ],
            "quotas": {
                "messages_per_day": quotas.app, "messages_per_sender_per_day": quotas.sender,
                "messages_per_receiver_per_day": quotas.receiver, "messages_per_pair_per_day": quotas.pair,
            },
        }],
        "people": people,
        "friendships": friendships.collect::<Vec<_>>(),
    });
    Seed::parse(&world.to_string()).unwrap()
}
