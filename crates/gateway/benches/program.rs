//! What the benchmarks share: programs that are measured, people who are signed in, and who asks all at once.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};

/// How many people ask at once, each on a connection of their own.
pub(crate) const PEOPLE: usize = 64;

/// A program that says in JSON where it runs.
pub(crate) struct Program {
    child: Child,
    pub(crate) origin: String,
    pub(crate) authority: String,
}

impl Program {
    pub(crate) fn start(command: &mut Command, name: &str) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let said: Value = serde_json::from_str(&line).unwrap();
        let origin = said[name].as_str().unwrap().trim_end_matches('/').to_owned();
        let authority = origin.trim_start_matches("http://").to_owned();
        Self { child, origin, authority }
    }

    pub(crate) fn gateway(
        katok: &str,
        emulator: &Self,
        data: &Path,
        port: u16,
        database: Option<&str>,
    ) -> Self {
        let mut command = Command::new(katok);
        command.args(["up", "--json", "--port", &port.to_string()]).env("KATOK_DATA", data);
        // All requests come from one address, and some of them all of one person.
        command.env("KATOK_RATE_LIMITS", "off").env("KATOK_QUOTA_APP", "1000000000");
        command.env("KATOK_OUTBOX_MOST_OPEN", "1000000");
        for (name, value) in [
            ("KAKAO_REST_API_KEY", "bench"),
            ("KAKAO_AUTH_BASE_URL", &emulator.origin),
            ("KAKAO_API_BASE_URL", &emulator.origin),
        ] {
            command.env(name, value);
        }
        if let Some(url) = database {
            command.env("KATOK_DATABASE_URL", url);
        }
        Self::start(&mut command, "gateway")
    }

    pub(crate) async fn connect(&self) -> SendRequest<Full<Bytes>> {
        let stream = TcpStream::connect(&self.authority).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let (sender, connection) = handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        sender
    }

    /// Time that the processor has given to it, as Linux counts it.
    pub(crate) fn cpu(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap_or_default();
        // Behind the name, which may hold anything: user and system time are the 12th and 13th number.
        let numbers = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11).take(2);
        Duration::from_millis(numbers.filter_map(|ticks| ticks.parse::<u64>().ok()).sum::<u64>() * 10)
    }

    /// Resident memory in MiB, as Linux counts it.
    pub(crate) fn resident(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or("0");
        line.trim().trim_end_matches(" kB").parse::<f64>().unwrap_or(0.0) / 1024.0
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // As a person stops it, so that nothing is left in the journal of the database.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

pub(crate) async fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port()
}

/// An app whose people come back to `redirect_uri`, and quotas that nobody reaches; its people.
pub(crate) async fn reset(emulator: &Program, redirect_uri: &str) -> Vec<String> {
    let people: Vec<String> = (0..PEOPLE).map(|number| format!("p{number}")).collect();
    let most = u32::MAX;
    let seed = json!({
        "apps": [{
            "key": "bench", "rest_api_key": "bench", "client_secret": null, "redirect_uris": [redirect_uri],
            "consent_items": [
                {"id": "profile_nickname", "level": "required"}, {"id": "talk_message", "level": "required"},
            ],
            "permissions": ["friends", "message"],
            "quotas": {"requests_per_month": most, "messages_per_day": most},
        }],
        "people": people.iter().map(|key| json!({"key": key, "nickname": key})).collect::<Vec<_>>(),
    });
    let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
    let reset = http.post(format!("{}/_emulator/v1/reset", emulator.origin)).body(seed.to_string());
    let world: Value = reset.send().await.unwrap().json().await.unwrap();
    assert!(world["apps"].is_array(), "{world}");
    people
}

/// Signs somebody in at the gateway; what the browser then sends as its cookies.
pub(crate) async fn sign_in(
    http: &reqwest::Client,
    emulator: &Program,
    gateway: &Program,
    person: &str,
) -> String {
    let begun = http.get(format!("{}/authorize", gateway.origin)).send().await.unwrap();
    let attempt = cookies(&begun);
    let authorize = begun.headers()["location"].to_str().unwrap();
    let returned = approve(http, emulator, authorize, person).await;
    let done = http.get(returned).header("cookie", attempt).send().await.unwrap();
    assert!(done.status().is_redirection(), "{}", done.status());
    cookies(&done)
}

fn cookies(answer: &reqwest::Response) -> String {
    let cookies = answer.headers().get_all("set-cookie").iter();
    let cookies: Vec<_> = cookies.map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap()).collect();
    cookies.join("; ")
}

pub(crate) async fn approve(
    http: &reqwest::Client,
    emulator: &Program,
    authorize: &str,
    person: &str,
) -> String {
    let approve = json!({"authorize_url": authorize, "person": person, "decision": "allow"});
    let approve = http.post(format!("{}/_emulator/v1/approve", emulator.origin)).body(approve.to_string());
    let approved: Value = approve.send().await.unwrap().json().await.unwrap();
    approved["redirect_url"].as_str().unwrap().to_owned()
}

pub(crate) fn asking(path: &str, program: &Program, header: &str, value: &str) -> Request<Full<Bytes>> {
    let request = Request::get(path).header("host", &program.authority).header(header, value);
    request.body(Full::default()).unwrap()
}

/// What one spell showed.
pub(crate) struct Figures {
    pub(crate) answers: usize,
    pub(crate) rate: f64,
    median: Duration,
    p99: Duration,
    /// What each costs the program's processor.
    cpu: Duration,
}

impl Figures {
    pub(crate) fn of(mut times: Vec<Duration>, elapsed: Duration, cpu: Duration) -> Self {
        times.sort();
        let answers = u32::try_from(times.len()).unwrap();
        let rate = f64::from(answers) / elapsed.as_secs_f64();
        let (median, p99) = (times[times.len() / 2], times[times.len() * 99 / 100]);
        Self { answers: times.len(), rate, median, p99, cpu: cpu / answers }
    }
}

impl std::fmt::Display for Figures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
        write!(
            f,
            "{:>10.0} /s   p50 {:>6.2} ms   p99 {:>6.2} ms   CPU {:>4.0} µs",
            self.rate,
            milliseconds(self.median),
            milliseconds(self.p99),
            self.cpu.as_secs_f64() * 1e6
        )
    }
}

pub(crate) fn middle(mut turns: Vec<Figures>) -> Figures {
    turns.sort_by(|one, other| one.rate.total_cmp(&other.rate));
    turns.swap_remove(turns.len() / 2)
}

/// Lets each connection ask one thing after the other.
pub(crate) async fn measure<F>(program: &Program, asking: Vec<F>, spell: Duration) -> Figures
where
    F: FnMut() -> Request<Full<Bytes>> + Send + 'static,
{
    let stop = Arc::new(AtomicBool::new(false));
    let mut connections = Vec::new();
    let (start, cpu) = (Instant::now(), program.cpu());
    for mut next in asking {
        let (stop, mut connection) = (stop.clone(), program.connect().await);
        connections.push(tokio::spawn(async move {
            let mut times = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                let asked = Instant::now();
                ask(&mut connection, next()).await;
                times.push(asked.elapsed());
            }
            times
        }));
    }
    tokio::time::sleep(spell).await;
    stop.store(true, Ordering::Relaxed);
    let mut times = Vec::new();
    for connection in connections {
        times.extend(connection.await.unwrap());
    }
    let elapsed = start.elapsed();
    Figures::of(times, elapsed, program.cpu().saturating_sub(cpu))
}

/// Asks, and waits for the whole answer, which must be a good one.
pub(crate) async fn ask(connection: &mut SendRequest<Full<Bytes>>, request: Request<Full<Bytes>>) -> Bytes {
    connection.ready().await.unwrap();
    let answer = connection.send_request(request).await.unwrap();
    let status = answer.status();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    assert!(status.is_success(), "{status} {}", String::from_utf8_lossy(&body));
    body
}
