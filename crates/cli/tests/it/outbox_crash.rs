//! What was accepted arrives once, though the gateway is killed again and again: the chat rooms are the judge.
//!
//! `KATOK_CRASH_CYCLES` says how often it is killed, `KATOK_CRASH_SEED` by which chance, as a failure tells it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{Write as _, stderr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{sleep, timeout};
use url::Url;

use crate::curl::Curl;
use crate::database::Database;
use crate::emulator::Emulator;
use crate::program::{Machine, Running, free_port};

/// How often a gateway is killed, unless the environment asks for more.
const CYCLES: u64 = 12;
/// How often it is killed until what was sent is judged: chat rooms forget what is old.
const SPELL: u64 = 12;
/// How many programs send at a time, each one message after the other.
const SENDERS: u64 = 4;
/// Longer than a gateway that shows no sign of life keeps what it has begun.
const TOO_LONG: Duration = Duration::from_secs(17);

/// Chance that is the same for the same seed.
#[derive(Clone)]
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut number = self.0;
        number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (number ^ (number >> 31)) % bound
    }
}

fn of_environment(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}

/// A message that was accepted.
#[derive(Debug)]
struct Sent {
    id: String,
    text: String,
    /// In whose chat rooms it has to be.
    receivers: Vec<&'static str>,
    resend: bool,
}

/// Everything that runs: one Kakao, and gateways on one database.
struct Scene {
    kakao: Emulator,
    _kakao_running: Running,
    machines: Vec<Machine>,
    gateways: Vec<Url>,
    running: Vec<Option<Running>>,
    key: String,
    friends: HashMap<&'static str, String>,
}

const FRIENDS: [(&str, &str); 2] = [("apeach", "어피치"), ("muzi", "무지")];

fn seed(redirect_uri: &Url) -> String {
    json!({
        "apps": [{
            "key": "shop", "redirect_uris": [redirect_uri], "permissions": ["friends", "message"],
            "consent_items": [
                {"id": "profile_nickname", "level": "required"}, {"id": "friends", "level": "required"},
                {"id": "talk_message", "level": "required"},
            ],
            "quotas": {
                "messages_per_day": 9_000_000, "messages_per_sender_per_day": 9_000_000,
                "messages_per_receiver_per_day": 9_000_000, "messages_per_pair_per_day": 9_000_000,
            },
        }],
        "people": [
            {"key": "ryan", "nickname": "라이언"}, {"key": "apeach", "nickname": "어피치"},
            {"key": "muzi", "nickname": "무지"},
        ],
        "friendships": [{"of": "ryan", "with": "apeach"}, {"of": "ryan", "with": "muzi"}],
        "links": [{"app": "shop", "person": "apeach"}, {"app": "shop", "person": "muzi"}],
    })
    .to_string()
}

impl Scene {
    async fn set(database: &Database, gateways: usize) -> Self {
        let gateways: Vec<Url> = (0..gateways)
            .map(|_| Url::parse(&format!("http://localhost:{}", free_port())).unwrap())
            .collect();
        let kakao = Machine::new();
        let seed = kakao.file("seed.json", &seed(&gateways[0].join("/redirect").unwrap()));
        let (kakao_running, kakao) = kakao.emulator_with(&["--port", "0", "--seed", &seed]);
        let mut scene = Self {
            kakao,
            _kakao_running: kakao_running,
            machines: Vec::new(),
            gateways: gateways.clone(),
            running: Vec::new(),
            key: String::new(),
            friends: HashMap::new(),
        };
        for _ in &gateways {
            let mut machine = Machine::new();
            machine.connect_to(&scene.kakao).await;
            machine.set("KATOK_RATE_LIMITS", "off");
            for quota in ["KATOK_QUOTA_APP", "KATOK_QUOTA_SENDER", "KATOK_QUOTA_RECEIVER", "KATOK_QUOTA_PAIR"]
            {
                machine.set(quota, "9000000");
            }
            if let Some(url) = database.url() {
                machine.set("KATOK_DATABASE_URL", url);
            }
            if let Some(first) = scene.machines.first() {
                let key = std::fs::read_to_string(first.data().join("vault.key")).unwrap();
                machine.set("KATOK_VAULT_KEY", key.lines().find(|line| !line.starts_with('#')).unwrap());
            }
            scene.machines.push(machine);
            scene.running.push(None);
            scene.start(scene.running.len() - 1);
        }
        let mut ryan = Curl::new();
        ryan.sign_in(&gateways[0], &scene.kakao, "ryan").await;
        let wish = json!({"name": "crash", "scopes": ["send:me", "send:friends", "read"]});
        let made = ryan.post(gateways[0].join("/v1/keys").unwrap(), &wish).await;
        let made: Value = serde_json::from_str(&made.body).unwrap();
        made["key"].as_str().unwrap().clone_into(&mut scene.key);
        let friends = ryan.get(gateways[0].join("/friends").unwrap()).await.json();
        for (key, nickname) in FRIENDS {
            let mut all = friends["elements"].as_array().unwrap().iter();
            let friend = all.find(|friend| friend["profile_nickname"] == nickname).unwrap();
            scene.friends.insert(key, friend["uuid"].as_str().unwrap().to_owned());
        }
        scene
    }

    fn start(&mut self, number: usize) {
        let port = self.gateways[number].port().unwrap().to_string();
        self.running[number] = Some(self.machines[number].start(&["--json", "up", "--port", &port]));
    }

    /// Kills the gateways by chance, and has Kakao do wrong, while programs send; then what was accepted.
    async fn live_through(&mut self, seed: u64, spell: u64, cycles: u64, pauses: bool) -> Vec<Sent> {
        let stop = Arc::new(AtomicBool::new(false));
        let senders: Vec<_> = (0..SENDERS)
            .map(|sender| {
                let dice = Dice(seed.wrapping_mul(1000).wrapping_add(sender));
                let (gateways, key, friends) =
                    (self.gateways.clone(), self.key.clone(), self.friends.clone());
                tokio::spawn(send(format!("{spell}-{sender}"), dice, gateways, key, friends, stop.clone()))
            })
            .collect();
        let mut dice = Dice(seed);
        for cycle in 0..cycles {
            self.have_kakao_do_wrong(&mut dice).await;
            sleep(Duration::from_millis(dice.below(400))).await;
            let one = usize::try_from(dice.below(self.gateways.len() as u64)).unwrap();
            if pauses && cycle % 4 == 3 {
                let asleep = self.running[one].as_ref().unwrap();
                asleep.signal("STOP");
                sleep(TOO_LONG).await;
                asleep.signal("CONT");
            } else {
                // What is dropped is killed.
                self.running[one] = None;
                sleep(Duration::from_millis(dice.below(50))).await;
                self.start(one);
            }
        }
        self.kakao.heal().await;
        stop.store(true, Ordering::SeqCst);
        let mut sent = Vec::new();
        for sender in senders {
            sent.extend(sender.await.unwrap());
        }
        sent
    }

    async fn have_kakao_do_wrong(&self, dice: &mut Dice) {
        let wrong = [
            json!({"drop": "before"}),
            json!({"drop": "after"}),
            json!({"delay_ms": 1 + dice.below(300)}),
            json!({"status": 503}),
            json!({"status": 500, "code": -1, "msg": "internal error"}),
        ];
        let wrong = &wrong[usize::try_from(dice.below(5)).unwrap()];
        let path = ["/v2/api/talk/memo/default/send", "/v1/api/talk/friends/message/default/send"]
            [usize::try_from(dice.below(2)).unwrap()];
        let times = 1 + dice.below(3);
        self.kakao.fault(&json!({"match": {"path": path}, "times": times, "then": wrong})).await;
    }

    async fn look(&self, id: &str) -> Value {
        let url = self.gateways[0].join(&format!("/v1/messages/{id}")).unwrap();
        let answer = crate::emulator::http().get(url).bearer_auth(&self.key).send().await.unwrap();
        answer.json().await.unwrap()
    }

    /// What became of a message, as soon as nothing more does.
    async fn end_of(&self, sent: &Sent) -> Value {
        let end = async {
            loop {
                let message = self.look(&sent.id).await;
                if ["delivered", "refused", "unconfirmed", "expired"]
                    .contains(&message["state"].as_str().unwrap())
                {
                    return message;
                }
                sleep(Duration::from_millis(200)).await;
            }
        };
        let Ok(message) = timeout(Duration::from_mins(3), end).await else {
            panic!("never ended: {}", self.look(&sent.id).await)
        };
        message
    }
}

/// One program: a message after the other, each asked for until it is accepted.
async fn send(
    sender: String,
    mut dice: Dice,
    gateways: Vec<Url>,
    key: String,
    friends: HashMap<&'static str, String>,
    stop: Arc<AtomicBool>,
) -> Vec<Sent> {
    let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).timeout(Duration::from_secs(3));
    let http = http.build().unwrap();
    let mut all = Vec::new();
    while !stop.load(Ordering::SeqCst) {
        let text = format!("{sender}-{}", all.len());
        let receivers = match dice.below(4) {
            0 => vec!["apeach"],
            1 => vec!["apeach", "muzi"],
            _ => vec!["ryan"],
        };
        let to = match receivers[..] {
            ["ryan"] => json!("me"),
            _ => json!({"friends": receivers.iter().map(|key| &friends[key]).collect::<Vec<_>>()}),
        };
        let resend = dice.below(4) == 0;
        let wish = if resend { "resend" } else { "hold" };
        // Each gateway here has an address of its own, which would be the link of a text that names none.
        let message = json!({"to": to, "text": text, "link": gateways[0], "on_unconfirmed": wish});
        let id = loop {
            let gateway = &gateways[usize::try_from(dice.below(gateways.len() as u64)).unwrap()];
            let post = http.post(gateway.join("/v1/messages").unwrap()).bearer_auth(&key);
            let answer = post.header("idempotency-key", &text).json(&message).send().await;
            let Ok(answer) = answer else {
                sleep(Duration::from_millis(20)).await;
                continue;
            };
            let (status, body) = (answer.status().as_u16(), answer.text().await);
            match (status, body) {
                (202, Ok(body)) => {
                    let accepted: Value = serde_json::from_str(&body).unwrap();
                    break accepted["id"].as_str().unwrap().to_owned();
                }
                // Whoever is killed all the time falls behind.
                (429, Ok(body)) if body.contains("outbox_full") => sleep(Duration::from_secs(1)).await,
                // It stops, or the database does not answer for now; or the answer broke off.
                (500..600, _) | (_, Err(_)) => sleep(Duration::from_millis(20)).await,
                (status, Ok(body)) => panic!("{status}: {body}"),
            }
        };
        all.push(Sent { id, text, receivers, resend });
        sleep(Duration::from_millis(dice.below(20))).await;
    }
    all
}

/// Holds what the gateway says of each delivery against the chat rooms.
async fn judge(scene: &Scene, spell: u64, all: &[Sent], in_order: bool) {
    let mut rooms: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut counts: HashMap<(&str, String), usize> = HashMap::new();
    let mut ends = Vec::new();
    for sent in all {
        ends.push(scene.end_of(sent).await);
    }
    for person in ["ryan", "apeach", "muzi"] {
        let mut texts = scene.kakao.texts(person).await;
        texts.retain(|text| text.starts_with(&format!("{spell}-")));
        for text in &texts {
            *counts.entry((person, text.clone())).or_default() += 1;
        }
        rooms.insert(person, texts);
    }
    let mut expected = 0;
    let mut states: BTreeMap<String, usize> = BTreeMap::new();
    for (sent, end) in std::iter::zip(all, &ends) {
        for (delivery, receiver) in std::iter::zip(end["deliveries"].as_array().unwrap(), &sent.receivers) {
            let state = delivery["state"].as_str().unwrap();
            let came = counts.get(&(*receiver, sent.text.clone())).copied().unwrap_or(0);
            let fits = match state {
                "delivered" if sent.resend => came >= 1,
                "delivered" => came == 1,
                "unconfirmed" => sent.resend || came <= 1,
                "refused" | "expired" => came == 0,
                _ => false,
            };
            assert!(fits, "{receiver} has {came} of {sent:?}, which is {end}");
            assert_eq!(state == "delivered", delivery["code"].is_null(), "{end}");
            expected += came;
            *states.entry(state.to_owned()).or_default() += 1;
        }
    }
    let came: usize = rooms.values().map(Vec::len).sum();
    assert_eq!(came, expected, "something came that nobody sent");
    let resent: HashSet<&str> =
        all.iter().filter(|sent| sent.resend).map(|sent| sent.text.as_str()).collect();
    for (person, texts) in rooms.iter().filter(|_| in_order) {
        for sender in 0..SENDERS {
            let of_sender = |text: &&String| {
                text.starts_with(&format!("{spell}-{sender}-")) && !resent.contains(text.as_str())
            };
            let numbers = texts.iter().filter(of_sender).map(|text| text.rsplit_once('-').unwrap().1);
            let numbers: Vec<u64> = numbers.map(|number| number.parse().unwrap()).collect();
            assert!(numbers.is_sorted(), "{person} has messages of {sender} in the order {numbers:?}");
        }
    }
    assert!(states.get("delivered").is_some_and(|delivered| *delivered > 0), "{states:?}");
    tell(&format!("{} messages: {states:?}", all.len()));
}

/// For who looks on, and for who looks for what went wrong.
fn tell(what: &str) {
    stderr().write_all(format!("{what}\n").as_bytes()).unwrap();
}

async fn crash(database: Database, gateways: usize, pauses: bool) {
    let seed = of_environment("KATOK_CRASH_SEED").unwrap_or_else(|| u64::from(std::process::id()));
    let cycles = of_environment("KATOK_CRASH_CYCLES").unwrap_or(CYCLES);
    tell(&format!("KATOK_CRASH_SEED={seed}"));
    let mut scene = Scene::set(&database, gateways).await;
    for spell in 0..cycles.div_ceil(SPELL) {
        let kills = SPELL.min(cycles - spell * SPELL);
        let sent = scene.live_through(seed.wrapping_add(spell), spell, kills, pauses).await;
        judge(&scene, spell, &sent, !pauses).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_accepted_arrives_once_though_the_gateway_is_killed() {
    crash(Database::Sqlite, 1, false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_accepted_arrives_once_though_gateways_on_one_database_are_killed() {
    let Some(database) = Database::on_postgres().await else { return };
    crash(database, 1, false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_accepted_arrives_once_though_gateways_are_killed_and_sleep_beyond_their_lease() {
    for gateways in [2, 3] {
        let Some(database) = Database::on_postgres().await else { return };
        crash(database, gateways, true).await;
    }
}
