//! How fast the outbox accepts and delivers, on SQLite and on PostgreSQL: `cargo xtask bench outbox`.
//!
//! Kakao is the emulator. Gateway, emulator and what asks them share the machine, so beside each figure stands what it
//! costs the gateway's processor: that varies less than the machine.
#![expect(clippy::print_stdout, reason = "a benchmark talks to the terminal")]
#![expect(clippy::unwrap_used, reason = "a benchmark stops at the first surprise")]

mod program;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use http_body_util::Full;
use hyper::Request;
use hyper::body::Bytes;
use jiff::{SignedDuration, Timestamp};
use katok_client::{Clock as _, SystemClock};
use serde_json::{Value, json};
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _};
use tokio::time::sleep;

use program::{Figures, PEOPLE, Program, ask, asking, free_port, measure, middle, reset, sign_in};

/// How long accepting is measured at a time, and how often.
const SPELL: Duration = Duration::from_secs(3);
const TURNS: usize = 3;
/// How many messages are sent one by one while nothing else is.
const ALONE: usize = 256;
const DRAINED: usize = 10_000;
/// How many finished messages lie there while the cost of one is measured.
const FINISHED: [i64; 4] = [1_000, 10_000, 100_000, 1_000_000];
const DUE: i64 = 100_000;

fn main() {
    // `cargo test --all-targets` runs this as well, and wants no figures.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let katok = std::env::var("KATOK_BENCH_PROGRAM").expect("run it as `cargo xtask bench outbox`");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    sqlx::any::install_default_drivers();
    for database in [None, std::env::var("KATOK_TEST_DATABASE_URL").ok()] {
        println!("\n{}", if database.is_some() { "PostgreSQL" } else { "SQLite" });
        runtime.block_on(bench(&katok, database));
        if std::env::var_os("KATOK_TEST_DATABASE_URL").is_none() {
            return;
        }
    }
}

/// Everything that runs, and somebody's key for each of those who send.
struct Scene {
    katok: String,
    emulator: Program,
    gateway: Option<Program>,
    data: PathBuf,
    port: u16,
    database: Option<String>,
    keys: Vec<String>,
    texts: Arc<AtomicU64>,
}

async fn bench(katok: &str, database: Option<String>) {
    let folder = tempfile::tempdir().unwrap();
    let mut scene = Scene::set(katok, folder.path(), database).await;
    scene.alone().await;
    for senders in [PEOPLE, 1] {
        let in_a_day = Some(SignedDuration::from_hours(20));
        scene
            .accepting(&format!("accepted of {senders} senders, to be sent in a day"), in_a_day, senders)
            .await;
    }
    scene.accepting("accepted while they are sent", None, PEOPLE).await;
    scene.delivered().await;
    for senders in [PEOPLE, 1] {
        let (elapsed, late, cpu) = scene.drain(DRAINED, senders).await;
        println!(
            "{:<44}{:>10.0} /s   begun {:.0} ms late   CPU {:.0} µs each",
            format!("{DRAINED} deliveries of {senders} senders"),
            per_second(DRAINED, elapsed),
            late.as_secs_f64() * 1e3,
            micros(cpu, DRAINED)
        );
    }
    for finished in FINISHED {
        scene.fill(finished).await;
        let before = scene.gateway().cpu();
        let start = Instant::now();
        scene.send(DRAINED / 2, PEOPLE, None).await;
        scene.delivered().await;
        println!(
            "{:<44}{:>10.0} /s   CPU {:.0} µs each",
            format!("accepted and delivered beside {finished}"),
            per_second(DRAINED / 2, start.elapsed()),
            micros(scene.gateway().cpu().saturating_sub(before), DRAINED / 2)
        );
    }
    scene.start_again().await;
    println!("{:<44}{:>10.1} MiB", "resident after that", scene.gateway().resident());
}

impl Scene {
    async fn set(katok: &str, folder: &Path, database: Option<String>) -> Self {
        let emulator = Program::start(
            Command::new(katok).args(["emulator", "--port", "0", "--json"]).env("KATOK_DATA", folder),
            "emulator",
        );
        let (data, port) = (folder.join("gateway"), free_port().await);
        let people = reset(&emulator, &format!("http://localhost:{port}/redirect")).await;
        let gateway = Program::gateway(katok, &emulator, &data, port, database.as_deref());
        let http = reqwest::Client::builder().no_proxy().tls_certs_only([]);
        let http = http.redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let mut keys = Vec::new();
        for person in &people {
            let cookies = sign_in(&http, &emulator, &gateway, person).await;
            let wish = json!({"name": "bench", "scopes": ["send:me", "read"]});
            let made = http.post(format!("{}/v1/keys", gateway.origin)).header("cookie", cookies);
            let made = made.header("origin", &gateway.origin).header("sec-fetch-site", "same-origin");
            let made: Value = made.json(&wish).send().await.unwrap().json().await.unwrap();
            keys.push(format!("Bearer {}", made["key"].as_str().unwrap_or_else(|| panic!("{made}"))));
        }
        Self {
            katok: katok.to_owned(),
            emulator,
            gateway: Some(gateway),
            data,
            port,
            database,
            keys,
            texts: Arc::default(),
        }
    }

    fn gateway(&self) -> &Program {
        self.gateway.as_ref().unwrap()
    }

    /// Messages of one sender, each another one.
    fn sender(
        &self,
        sender: usize,
        send_at: Option<Timestamp>,
    ) -> impl FnMut() -> Request<Full<Bytes>> + Send + use<> {
        let (texts, key, host) =
            (self.texts.clone(), self.keys[sender].clone(), self.gateway().authority.clone());
        move || {
            let text = texts.fetch_add(1, Ordering::Relaxed);
            let mut message = json!({"to": "me", "text": format!("배포 {text} 완료")});
            if let Some(send_at) = send_at {
                message["send_at"] = json!(send_at);
            }
            let request = Request::post("/v1/messages").header("host", &host).header("authorization", &key);
            let request = request.header("idempotency-key", text).header("content-type", "application/json");
            request.body(Full::from(message.to_string())).unwrap()
        }
    }

    /// From the answer 202 until the message is in the chat room, while nothing else is sent.
    async fn alone(&self) {
        let (mut gateway, mut emulator) = (self.gateway().connect().await, self.emulator.connect().await);
        let mut times = Vec::new();
        let (start, cpu) = (Instant::now(), self.gateway().cpu());
        for number in 0..ALONE {
            let (person, before) = (number % PEOPLE, number / PEOPLE);
            let mut post = self.sender(person, None);
            ask(&mut gateway, post()).await;
            let accepted = Instant::now();
            let path = format!("/_emulator/v1/people/p{person}/messages");
            loop {
                let messages = ask(&mut emulator, asking(&path, &self.emulator, "accept", "*/*")).await;
                let messages: Value = serde_json::from_slice(&messages).unwrap();
                if messages.as_array().unwrap().len() > before {
                    break;
                }
            }
            times.push(accepted.elapsed());
        }
        let cpu = self.gateway().cpu().saturating_sub(cpu);
        println!("{:<44}{}", "accepted until delivered, when idle", Figures::of(times, start.elapsed(), cpu));
    }

    /// So many connections ask for one message after the other.
    async fn accepting(&self, what: &str, later: Option<SignedDuration>, senders: usize) {
        let send_at = later.map(|later| SystemClock.now() + later);
        let mut turns = Vec::new();
        for _ in 0..TURNS {
            let connections =
                (0..PEOPLE).map(|connection| self.sender(connection % senders, send_at)).collect();
            turns.push(measure(self.gateway(), connections, SPELL).await);
            self.delivered().await;
        }
        let accepted: usize = turns.iter().map(|turn| turn.answers).sum();
        println!("{what:<44}{}   {accepted} in all", middle(turns));
    }

    /// Has so many messages accepted.
    async fn send(&self, messages: usize, senders: usize, send_at: Option<Timestamp>) {
        let mut sending = Vec::new();
        for connection in 0..PEOPLE {
            let mut post = self.sender(connection % senders, send_at);
            let mut gateway = self.gateway().connect().await;
            let share = messages / PEOPLE + usize::from(connection < messages % PEOPLE);
            sending.push(tokio::spawn(async move {
                for _ in 0..share {
                    ask(&mut gateway, post()).await;
                }
            }));
        }
        for sending in sending {
            sending.await.unwrap();
        }
    }

    /// How long it takes until all of them are delivered that became due at one moment, after the first one was; how
    /// late that was; what all cost the gateway's processor.
    async fn drain(&self, messages: usize, senders: usize) -> (Duration, Duration, Duration) {
        let mut database = self.open().await;
        let last = "SELECT COALESCE(MAX(seq), 0) FROM deliveries";
        let last: i64 = sqlx::query_scalar(last).fetch_one(&mut database).await.unwrap();
        let due_at = SystemClock.now() + SignedDuration::from_secs(15);
        self.send(messages, senders, Some(due_at)).await;
        sleep(due_at.duration_since(SystemClock.now()).try_into().unwrap()).await;
        let (due, cpu) = (Instant::now(), self.gateway().cpu());
        let mut first = None;
        loop {
            let left = "SELECT COUNT(*) FROM deliveries WHERE seq > $1 AND due_at IS NOT NULL";
            let left: i64 = sqlx::query_scalar(left).bind(last).fetch_one(&mut database).await.unwrap();
            if first.is_none() && left < i64::try_from(messages).unwrap() {
                first = Some(due.elapsed());
            }
            if left == 0 {
                let late = first.unwrap();
                return (due.elapsed().saturating_sub(late), late, self.gateway().cpu().saturating_sub(cpu));
            }
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until nothing is left to send but what is scheduled.
    async fn delivered(&self) {
        let mut database = self.open().await;
        let soon = SystemClock.now() + SignedDuration::from_hours(10);
        while due(&mut database, soon).await > 0 {
            sleep(Duration::from_millis(100)).await;
        }
    }

    /// Multiplies a message that was delivered until there are so many.
    async fn fill(&self, messages: i64) {
        let mut database = self.open().await;
        let finished = "SELECT COUNT(*) FROM deliveries WHERE due_at IS NULL";
        let finished: i64 = sqlx::query_scalar(finished).fetch_one(&mut database).await.unwrap();
        if finished >= messages {
            return;
        }
        let numbers = format!(
            "WITH RECURSIVE numbers(n) AS (SELECT {} UNION ALL SELECT n + 1 FROM numbers WHERE n < {messages})",
            finished + 1
        );
        for (into, from) in [
            (
                "messages (id, account_id, sealed, created_at, expires_at, on_unconfirmed, on_quota, on_failure)",
                "'msg_made_' || n, account.id, sealed, model.created_at, expires_at, on_unconfirmed, on_quota,
                 on_failure FROM numbers
                 JOIN (SELECT id, row_number() OVER (ORDER BY id) AS place FROM accounts) account
                 ON account.place = n % 64 + 1, (SELECT * FROM messages WHERE send_at IS NULL LIMIT 1) model",
            ),
            (
                "deliveries (message_seq, account_id, place, receiver, state, attempts, changed_at)",
                "seq, account_id, 0, 'me', 'delivered', 1, created_at FROM messages
                 WHERE id LIKE 'msg_made_%' AND NOT EXISTS
                 (SELECT 1 FROM deliveries WHERE message_seq = messages.seq)",
            ),
            (
                "attempts (delivery_seq, number, begun_at, duration_ms, outcome)",
                "seq, 1, changed_at, 1, 'delivered' FROM deliveries WHERE state = 'delivered' AND NOT EXISTS
                 (SELECT 1 FROM attempts WHERE delivery_seq = deliveries.seq)",
            ),
        ] {
            let with = if from.contains("numbers") { numbers.as_str() } else { "" };
            let insert = AssertSqlSafe(format!("INSERT INTO {into} {with} SELECT {from}"));
            sqlx::query(insert).execute(&mut database).await.unwrap();
        }
        sqlx::query("ANALYZE").execute(&mut database).await.unwrap();
    }

    /// How long a gateway that starts needs until the first of very many that are due is sent.
    async fn start_again(&mut self) {
        let mut database = self.open().await;
        let scheduled = "SELECT COUNT(*) FROM deliveries WHERE state = 'scheduled'";
        let scheduled: i64 = sqlx::query_scalar(scheduled).fetch_one(&mut database).await.unwrap();
        let missing = usize::try_from(DUE - scheduled).unwrap_or(0);
        self.send(missing, PEOPLE, Some(SystemClock.now() + SignedDuration::from_hours(20))).await;
        self.gateway = None;
        for now_due in [
            "UPDATE deliveries SET state = 'queued', due_at = 0 WHERE state = 'scheduled'",
            "UPDATE lanes SET due_at = 0",
        ] {
            sqlx::query(now_due).execute(&mut database).await.unwrap();
        }
        let all = "SELECT COUNT(*) FROM deliveries";
        let all: i64 = sqlx::query_scalar(all).fetch_one(&mut database).await.unwrap();
        let (mut left, start) = (due(&mut database, Timestamp::MAX).await, Instant::now());
        let what = format!("first of {left} due among {all} delivered");
        self.gateway = Some(self.start_gateway());
        let ready = start.elapsed();
        while due(&mut database, Timestamp::MAX).await == left {
            sleep(Duration::from_millis(5)).await;
        }
        println!(
            "{what:<44}{:>10.0} ms   ready after {:.0} ms",
            start.elapsed().as_secs_f64() * 1e3,
            ready.as_secs_f64() * 1e3
        );
        let (start, cpu) = (Instant::now(), self.gateway().cpu());
        left = due(&mut database, Timestamp::MAX).await;
        sleep(Duration::from_secs(10)).await;
        let sent = usize::try_from(left - due(&mut database, Timestamp::MAX).await).unwrap();
        println!(
            "{:<44}{:>10.0} /s   CPU {:.0} µs each",
            "and then",
            per_second(sent, start.elapsed()),
            micros(self.gateway().cpu().saturating_sub(cpu), sent)
        );
    }

    fn start_gateway(&self) -> Program {
        Program::gateway(&self.katok, &self.emulator, &self.data, self.port, self.database.as_deref())
    }

    async fn open(&self) -> AnyConnection {
        let file = || format!("sqlite:{}", self.data.join("katok.db").display());
        AnyConnection::connect(&self.database.clone().unwrap_or_else(file)).await.unwrap()
    }
}

/// How many deliveries have still to be sent by then.
async fn due(database: &mut AnyConnection, by: Timestamp) -> i64 {
    let due = "SELECT COUNT(*) FROM deliveries WHERE due_at IS NOT NULL AND due_at < $1";
    sqlx::query_scalar(due).bind(by.as_millisecond()).fetch_one(database).await.unwrap()
}

fn per_second(count: usize, time: Duration) -> f64 {
    f64::from(u32::try_from(count).unwrap()) / time.as_secs_f64()
}

fn micros(time: Duration, count: usize) -> f64 {
    time.as_secs_f64() * 1e6 / f64::from(u32::try_from(count.max(1)).unwrap())
}
