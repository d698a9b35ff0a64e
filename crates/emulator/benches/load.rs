//! How fast the emulator is, as somebody on the same machine sees it: `cargo xtask bench emulator`.
//!
//! The load generator shares the machine with the emulator, which runs as a program of its own. Shared machines vary
//! by a factor of two within the hour, so every figure stands beside a ceiling measured in the same minute.
#![expect(clippy::print_stdout, reason = "a benchmark talks to the terminal")]
#![expect(clippy::unwrap_used, reason = "a benchmark stops at the first surprise")]

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use katok_emulator::{Emulator, Options};
use serde_json::{Value, json};
use tokio::net::TcpStream;

/// How many people ask at once, each on a connection of their own.
const PEOPLE: usize = 32;
/// How long each figure is measured.
const SPELL: Duration = Duration::from_secs(5);

fn main() {
    // `cargo test --all-targets` runs this as well, and wants no figures.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let katok = std::env::var("KATOK_BENCH_PROGRAM").expect("run it as `cargo xtask bench emulator`");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        program_starts(&katok);
        library_starts().await;
        let program = Program::start(&katok);
        load(&program).await;
    });
}

/// `katok emulator` in a process of its own.
struct Program {
    child: Child,
    origin: String,
    authority: String,
}

impl Program {
    fn start(katok: &str) -> Self {
        let mut child = Command::new(katok)
            .args(["emulator", "--port", "0", "--json"])
            .env("KATOK_DATA", std::env::temp_dir().join("katok-bench"))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let said: Value = serde_json::from_str(&line).unwrap();
        let origin = said["emulator"].as_str().unwrap().trim_end_matches('/').to_owned();
        let authority = origin.trim_start_matches("http://").to_owned();
        Self { child, origin, authority }
    }

    /// Resident memory in KiB, as Linux counts it.
    fn resident(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.trim().trim_end_matches(" kB").parse().ok()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn program_starts(katok: &str) {
    let mut times = Vec::new();
    let mut resident = None;
    for _ in 0..20 {
        let start = Instant::now();
        let program = Program::start(katok);
        times.push(start.elapsed());
        std::thread::sleep(Duration::from_millis(50));
        resident = program.resident();
    }
    report("`katok emulator` ready after", &mut times);
    if let Some(kib) = resident {
        println!("{:<44}{:>10.1} MiB", "resident when idle", f64::from(u32::try_from(kib).unwrap()) / 1024.0);
    }
}

async fn library_starts() {
    let mut times = Vec::new();
    for _ in 0..50 {
        let start = Instant::now();
        let emulator = Emulator::start(Options::default()).await.unwrap();
        times.push(start.elapsed());
        emulator.stop().await.unwrap();
    }
    report("Emulator::start ready after", &mut times);
}

fn report(what: &str, times: &mut [Duration]) {
    times.sort();
    let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
    let (median, most) = (times[times.len() / 2], times[times.len() - 1]);
    println!("{what:<44}{:>10.2} ms   (slowest {:.2} ms)", milliseconds(median), milliseconds(most));
}

async fn load(program: &Program) {
    let mut people = Vec::new();
    let api = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
    let seed = seed();
    let reset = api.post(format!("{}/_emulator/v1/reset", program.origin)).body(seed.to_string());
    let world: Value = reset.send().await.unwrap().json().await.unwrap();
    assert!(world["apps"].is_array(), "{world}");
    for app in ["plain", "oidc"] {
        for number in 0..PEOPLE {
            people.push(log_in(&api, program, app, &format!("p{number}")).await);
        }
    }
    let (plain, oidc) = people.split_at(PEOPLE);

    let health = vec![get("/_emulator/v1/health", &program.authority); PEOPLE];
    let ceiling = measure(&program.authority, health).await;
    println!("{:<44}{ceiling:>10.0} /s   (the ceiling: an answer without work)", "GET health");
    // Before the tokens: so many of them make the emulator forget its oldest, which these are sent with.
    let template =
        json!({"object_type": "text", "text": "배포 완료", "link": {"web_url": "https://svc.example"}});
    let template = template.to_string();
    let body: String = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("template_object", &template)
        .finish();
    let requests = plain.iter().map(|tokens| {
        post("/v2/api/talk/memo/default/send", &program.authority, Some(&tokens.access), &body)
    });
    let rate = measure(&program.authority, requests.collect()).await;
    println!("{:<44}{rate:>10.0} /s   (wanted: 10,000)", "memo send");
    let refresh = |client_id: &str, tokens: &Tokens| {
        let body = format!("grant_type=refresh_token&client_id={client_id}&refresh_token={}", tokens.refresh);
        post("/oauth/token", &program.authority, None, &body)
    };
    let requests = plain.iter().map(|tokens| refresh("plain", tokens)).collect();
    let rate = measure(&program.authority, requests).await;
    println!("{:<44}{rate:>10.0} /s   (wanted: 15,000)", "token, no ID token");

    let signatures = signatures_per_second();
    let requests = oidc.iter().map(|tokens| refresh("oidc", tokens)).collect();
    let rate = measure(&program.authority, requests).await;
    println!("{:<44}{signatures:>10.0} /s   (the ceiling: RS256 alone on every core)", "signatures");
    println!(
        "{:<44}{rate:>10.0} /s   ({:.0} % of the signatures; wanted: 80 %)",
        "token with ID token",
        rate / signatures * 100.0
    );
    if let Some(kib) = program.resident() {
        println!(
            "{:<44}{:>10.1} MiB",
            "resident after all that",
            f64::from(u32::try_from(kib).unwrap()) / 1024.0
        );
    }
}

/// Two apps, one with OpenID Connect, and quotas that nobody reaches.
fn seed() -> Value {
    let most = u32::MAX;
    let app = |key: &str, oidc: bool| {
        json!({
            "key": key, "rest_api_key": key, "client_secret": null, "oidc": oidc,
            "redirect_uris": ["https://svc.example/cb"], "web_domains": ["https://svc.example"],
            "consent_items": [{"id": "talk_message", "level": "required"}],
            "quotas": {
                "access_tokens_per_10_minutes": most, "refresh_tokens_per_60_minutes": most,
                "messages_per_day": most, "requests_per_month": most
            }
        })
    };
    let people: Vec<Value> = (0..PEOPLE).map(|number| json!({"key": format!("p{number}")})).collect();
    json!({"apps": [app("plain", false), app("oidc", true)], "people": people})
}

struct Tokens {
    access: String,
    refresh: String,
}

async fn log_in(api: &reqwest::Client, program: &Program, app: &str, person: &str) -> Tokens {
    let scope = if app == "oidc" { "&scope=openid" } else { "" };
    let redirect_uri = "https://svc.example/cb";
    let authorize = format!(
        "{}/oauth/authorize?response_type=code&client_id={app}&redirect_uri={redirect_uri}{scope}",
        program.origin
    );
    let approve = json!({"authorize_url": authorize, "person": person, "decision": "allow"});
    let approve = api.post(format!("{}/_emulator/v1/approve", program.origin)).body(approve.to_string());
    let approved: Value = approve.send().await.unwrap().json().await.unwrap();
    let returned = url::Url::parse(approved["redirect_url"].as_str().unwrap()).unwrap();
    let code = returned.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", app),
        ("redirect_uri", redirect_uri),
        ("code", &code),
    ];
    let exchange = api.post(format!("{}/oauth/token", program.origin)).form(&form);
    let tokens: Value = exchange.send().await.unwrap().json().await.unwrap();
    let text = |name: &str| tokens[name].as_str().unwrap().to_owned();
    Tokens { access: text("access_token"), refresh: text("refresh_token") }
}

fn get(path: &str, authority: &str) -> Request<Full<Bytes>> {
    Request::get(path).header("host", authority).body(Full::default()).unwrap()
}

fn post(path: &str, authority: &str, token: Option<&str>, body: &str) -> Request<Full<Bytes>> {
    let mut request = Request::post(path)
        .header("host", authority)
        .header("content-type", "application/x-www-form-urlencoded;charset=utf-8");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    request.body(Full::from(body.to_owned())).unwrap()
}

/// Answers per second, when each connection repeats its own request.
async fn measure(authority: &str, requests: Vec<Request<Full<Bytes>>>) -> f64 {
    let (stop, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let mut connections = Vec::new();
    for request in requests {
        let stream = TcpStream::connect(authority).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
        let (stop, answered) = (stop.clone(), answered.clone());
        connections.push(tokio::spawn(connection));
        connections.push(tokio::spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                sender.ready().await?;
                let answer = sender.send_request(request.clone()).await?;
                let status = answer.status();
                let body = answer.into_body().collect().await?.to_bytes();
                assert!(status.is_success(), "{status} {}", String::from_utf8_lossy(&body));
                answered.fetch_add(1, Ordering::Relaxed);
            }
            Ok(())
        }));
    }
    // What happens while connections warm up does not count.
    tokio::time::sleep(SPELL / 10).await;
    let (start, before) = (Instant::now(), answered.load(Ordering::Relaxed));
    tokio::time::sleep(SPELL).await;
    let (elapsed, after) = (start.elapsed(), answered.load(Ordering::Relaxed));
    stop.store(true, Ordering::Relaxed);
    for connection in connections {
        connection.await.unwrap().unwrap();
    }
    f64::from(u32::try_from(after - before).unwrap()) / elapsed.as_secs_f64()
}

/// What the machine's cores can sign together when they do nothing else.
fn signatures_per_second() -> f64 {
    let cores = std::thread::available_parallelism().unwrap().get();
    let key = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let start = Instant::now();
    let counts: Vec<u32> = std::thread::scope(|scope| {
        let sign = || {
            let mut signed = 0;
            let mut signature = vec![0; key.public_modulus_len()];
            while start.elapsed() < SPELL / 2 {
                key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), b"header.payload", &mut signature).unwrap();
                signed += 1;
            }
            signed
        };
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(sign)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    f64::from(counts.iter().sum::<u32>()) / start.elapsed().as_secs_f64()
}
