//! What the gateway adds to a call of Kakao's, beside a server that only passes it on: `cargo xtask bench gateway`.
//!
//! Kakao is the emulator. Gateway, emulator, the server that passes on, and what asks them share the machine, each as a
//! program of its own. Shared machines vary by a factor of two within the hour, so what is compared takes turns.
#![expect(clippy::print_stdout, reason = "a benchmark talks to the terminal")]
#![expect(clippy::unwrap_used, reason = "a benchmark stops at the first surprise")]

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::response::IntoResponse;
use axum::routing::get;
use http_body_util::{BodyExt as _, Empty};
use hyper::Request;
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection as _, Row as _, SqliteConnection};
use tokio::net::{TcpListener, TcpStream};

/// How many people ask at once, each on a connection of their own.
const PEOPLE: usize = 64;
/// How long each figure is measured at a time.
const SPELL: Duration = Duration::from_secs(3);
/// How often those that are compared take turns.
const TURNS: usize = 3;
const ANONYMOUS: usize = 100_000;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    if let [_, flag, kakao] = arguments.as_slice()
        && flag == "--pass-on"
    {
        return runtime.block_on(pass_on(kakao));
    }
    // `cargo test --all-targets` runs this as well, and wants no figures.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return;
    }
    let katok = std::env::var("KATOK_BENCH_PROGRAM").expect("run it as `cargo xtask bench gateway`");
    runtime.block_on(bench(&katok));
}

async fn bench(katok: &str) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("gateway");
    let emulator = Program::start(
        Command::new(katok).args(["emulator", "--port", "0", "--json"]).env("KATOK_DATA", folder.path()),
        "emulator",
    );
    let passing_on = Program::start(
        Command::new(std::env::current_exe().unwrap()).args(["--pass-on", &emulator.origin]),
        "here",
    );
    let port = free_port().await;
    let seed = reset(&emulator, &format!("http://localhost:{port}/redirect")).await;

    starts(katok, &emulator, &data, port);
    let gateway = Program::gateway(katok, &emulator, &data, port);
    let http = reqwest::Client::builder().no_proxy().tls_certs_only([]);
    let http = http.redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let mut cookies = Vec::new();
    for person in &seed {
        cookies.push(sign_in(&http, &emulator, &gateway, person).await);
    }
    let tokens = tokens(&http, &emulator).await;

    println!(
        "\n{PEOPLE} people at once, {TURNS} turns of {} s each; the middle turn is shown",
        SPELL.as_secs()
    );
    let bare: Vec<_> = tokens.iter().map(|token| asking("/", &passing_on, "authorization", token)).collect();
    let profile: Vec<_> =
        cookies.iter().map(|cookie| asking("/profile", &gateway, "cookie", cookie)).collect();
    let me: Vec<_> = cookies.iter().map(|cookie| asking("/v1/me", &gateway, "cookie", cookie)).collect();
    let mut turns: [Vec<Figures>; 3] = Default::default();
    for _ in 0..TURNS {
        for (figures, (program, requests)) in
            turns.iter_mut().zip([(&passing_on, &bare), (&gateway, &profile), (&gateway, &me)])
        {
            figures.push(measure(program, requests, SPELL).await);
        }
    }
    let [bare, profile, me] = turns.map(middle);
    println!("{:<44}{bare}", "axum and reqwest that only pass it on");
    for (what, figures) in [("GET /profile", &profile), ("GET /v1/me", &me)] {
        let share = figures.rate / bare.rate * 100.0;
        println!("{what:<44}{figures}   {share:.0} % of it (wanted: 60 %)");
    }
    println!("{:<44}{:>10.1} MiB", "resident after that", gateway.resident());

    anonymous_visits(&gateway, &data).await;
    drop(gateway);
    growth(katok, &emulator, &data, port, &cookies).await;
}

/// How long until `katok up` says that it is ready, on an empty data folder and on one that is there.
fn starts(katok: &str, emulator: &Program, data: &Path, port: u16) {
    let begin = |data: &Path| {
        let start = Instant::now();
        let program = Program::gateway(katok, emulator, data, port);
        (start.elapsed(), program)
    };
    let mut first = Vec::new();
    for number in 0..5 {
        first.push(begin(&data.with_extension(number.to_string())).0);
    }
    begin(data);
    let mut again = Vec::new();
    let mut resident = 0.0;
    for _ in 0..10 {
        let (time, program) = begin(data);
        again.push(time);
        resident = program.resident();
    }
    for (what, times) in [("ready on an empty folder after", &mut first), ("ready again after", &mut again)] {
        times.sort();
        println!("{what:<44}{:>10.1} ms", times[times.len() / 2].as_secs_f64() * 1000.0);
    }
    println!("{:<44}{resident:>10.1} MiB", "resident when idle");
}

/// Visits without a sign-in leave nothing behind.
async fn anonymous_visits(gateway: &Program, data: &Path) {
    let before = (rows(data).await, on_disk(data), gateway.resident());
    let requests = vec![asking("/", gateway, "accept", "text/html"); PEOPLE];
    let mut visits = 0;
    while visits < ANONYMOUS {
        visits += measure(gateway, &requests, SPELL).await.answers;
    }
    let after = (rows(data).await, on_disk(data), gateway.resident());
    println!(
        "\n{visits} visits of nobody: {} rows more, {} bytes more on the disk, {:.1} MiB more resident",
        after.0 - before.0,
        after.1 - before.1,
        after.2 - before.2
    );
}

/// The same calls with more and more accounts beside those that ask.
async fn growth(katok: &str, emulator: &Program, data: &Path, port: u16, cookies: &[String]) {
    println!();
    for accounts in [1_000, 10_000, 100_000, 1_000_000] {
        fill(data, accounts).await;
        let gateway = Program::gateway(katok, emulator, data, port);
        let requests: Vec<_> =
            cookies.iter().map(|cookie| asking("/profile", &gateway, "cookie", cookie)).collect();
        let mut turns = Vec::new();
        for _ in 0..TURNS {
            turns.push(measure(&gateway, &requests, SPELL).await);
        }
        println!("{:<44}{}", format!("GET /profile beside {accounts} accounts"), middle(turns));
    }
}

/// Multiplies one account with its tokens and a session until there are so many.
async fn fill(data: &Path, accounts: i64) {
    let mut database = database(data).await;
    let have: i64 =
        sqlx::query_scalar("SELECT count(*) FROM accounts").fetch_one(&mut database).await.unwrap();
    let model: String =
        sqlx::query_scalar("SELECT account_id FROM tokens LIMIT 1").fetch_one(&mut database).await.unwrap();
    sqlx::raw_sql("BEGIN").execute(&mut database).await.unwrap();
    for (table, key) in [("accounts", "id"), ("tokens", "account_id"), ("sessions", "account_id")] {
        let columns = AssertSqlSafe(format!("SELECT name FROM pragma_table_info('{table}')"));
        let columns = sqlx::query(columns).fetch_all(&mut database).await.unwrap();
        let columns: Vec<String> = columns.iter().map(|column| column.get(0)).collect();
        let mut values = String::new();
        for column in &columns {
            let _ = match column.as_str() {
                column if column == key => write!(values, "'acc_made_' || n,"),
                "id" => write!(values, "'made_' || n,"),
                "id_digest" => write!(values, "randomblob(32),"),
                "kakao_user_id" => write!(values, "-n,"),
                column => write!(values, "model.{column},"),
            };
        }
        let insert = AssertSqlSafe(format!(
            "WITH RECURSIVE numbers(n) AS (SELECT {have} UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < {accounts})
             INSERT INTO {table} ({}) SELECT {} FROM numbers,
                 (SELECT * FROM {table} WHERE {key} = '{model}' LIMIT 1) model",
            columns.join(", "), values.trim_end_matches(',')
        ));
        sqlx::query(insert).execute(&mut database).await.unwrap();
    }
    sqlx::raw_sql("COMMIT").execute(&mut database).await.unwrap();
    database.close().await.unwrap();
}

async fn database(data: &Path) -> SqliteConnection {
    SqliteConnection::connect(&format!("sqlite:{}", data.join("katok.db").display())).await.unwrap()
}

async fn rows(data: &Path) -> i64 {
    let mut database = database(data).await;
    let tables: Vec<String> = sqlx::query_scalar("SELECT name FROM sqlite_master WHERE type = 'table'")
        .fetch_all(&mut database)
        .await
        .unwrap();
    let mut rows = 0;
    for table in tables {
        let count = AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
        rows += sqlx::query_scalar::<_, i64>(count).fetch_one(&mut database).await.unwrap();
    }
    rows
}

fn on_disk(data: &Path) -> i64 {
    let size = |file: std::io::Result<std::fs::DirEntry>| file.unwrap().metadata().unwrap().len();
    std::fs::read_dir(data).unwrap().map(size).sum::<u64>().try_into().unwrap()
}

/// A server that does nothing but ask Kakao with the token it was given.
async fn pass_on(kakao: &str) {
    async fn ask(
        State((http, url)): State<(reqwest::Client, String)>,
        headers: axum::http::HeaderMap,
    ) -> impl IntoResponse {
        let answer = http.get(url).header("authorization", &headers["authorization"]).send().await.unwrap();
        ([("content-type", "application/json")], answer.bytes().await.unwrap())
    }
    let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
    let router = axum::Router::new().route("/", get(ask)).with_state((http, format!("{kakao}/v2/user/me")));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("{}", json!({"here": format!("http://{}", listener.local_addr().unwrap())}));
    std::io::stdout().flush().unwrap();
    axum::serve(listener, router).await.unwrap();
}

/// A program that says in JSON where it runs.
struct Program {
    child: Child,
    origin: String,
    authority: String,
}

impl Program {
    fn start(command: &mut Command, name: &str) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let said: Value = serde_json::from_str(&line).unwrap();
        let origin = said[name].as_str().unwrap().trim_end_matches('/').to_owned();
        let authority = origin.trim_start_matches("http://").to_owned();
        Self { child, origin, authority }
    }

    fn gateway(katok: &str, emulator: &Self, data: &Path, port: u16) -> Self {
        let mut command = Command::new(katok);
        command.args(["up", "--json", "--port", &port.to_string()]).env("KATOK_DATA", data);
        // All requests come from one address.
        command.env("KATOK_RATE_LIMITS", "off");
        for (name, value) in [
            ("KAKAO_REST_API_KEY", "bench"),
            ("KAKAO_AUTH_BASE_URL", &emulator.origin),
            ("KAKAO_API_BASE_URL", &emulator.origin),
        ] {
            command.env(name, value);
        }
        Self::start(&mut command, "gateway")
    }

    /// Resident memory in MiB, as Linux counts it.
    fn resident(&self) -> f64 {
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

async fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port()
}

/// An app whose people come back to `redirect_uri`, and quotas that nobody reaches; its people.
async fn reset(emulator: &Program, redirect_uri: &str) -> Vec<String> {
    let people: Vec<String> = (0..PEOPLE).map(|number| format!("p{number}")).collect();
    let most = u32::MAX;
    let seed = json!({
        "apps": [{
            "key": "bench", "rest_api_key": "bench", "client_secret": null, "redirect_uris": [redirect_uri],
            "consent_items": [{"id": "profile_nickname", "level": "required"}],
            "quotas": {"requests_per_month": most},
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
async fn sign_in(http: &reqwest::Client, emulator: &Program, gateway: &Program, person: &str) -> String {
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

async fn approve(http: &reqwest::Client, emulator: &Program, authorize: &str, person: &str) -> String {
    let approve = json!({"authorize_url": authorize, "person": person, "decision": "allow"});
    let approve = http.post(format!("{}/_emulator/v1/approve", emulator.origin)).body(approve.to_string());
    let approved: Value = approve.send().await.unwrap().json().await.unwrap();
    approved["redirect_url"].as_str().unwrap().to_owned()
}

/// Tokens of the same people, for the server that only passes them on.
async fn tokens(http: &reqwest::Client, emulator: &Program) -> Vec<String> {
    let world = http.get(format!("{}/_emulator/v1/world", emulator.origin)).send().await.unwrap();
    let world: Value = world.json().await.unwrap();
    let redirect_uri = world["apps"][0]["redirect_uris"][0].as_str().unwrap();
    let mut tokens = Vec::new();
    for number in 0..PEOPLE {
        let authorize = format!(
            "{}/oauth/authorize?response_type=code&client_id=bench&redirect_uri={redirect_uri}",
            emulator.origin
        );
        let returned = approve(http, emulator, &authorize, &format!("p{number}")).await;
        let returned = url::Url::parse(&returned).unwrap();
        let code = returned.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", "bench"),
            ("redirect_uri", redirect_uri),
            ("code", &code),
        ];
        let issued = http.post(format!("{}/oauth/token", emulator.origin)).form(&form).send().await.unwrap();
        let issued: Value = issued.json().await.unwrap();
        tokens.push(format!("Bearer {}", issued["access_token"].as_str().unwrap()));
    }
    tokens
}

fn asking(path: &str, program: &Program, header: &str, value: &str) -> Request<Empty<Bytes>> {
    let request = Request::get(path).header("host", &program.authority).header(header, value);
    request.body(Empty::new()).unwrap()
}

/// What one spell showed.
struct Figures {
    answers: usize,
    rate: f64,
    median: Duration,
    p99: Duration,
}

impl std::fmt::Display for Figures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
        write!(
            f,
            "{:>10.0} /s   p50 {:>6.2} ms   p99 {:>6.2} ms",
            self.rate,
            milliseconds(self.median),
            milliseconds(self.p99)
        )
    }
}

fn middle(mut turns: Vec<Figures>) -> Figures {
    turns.sort_by(|one, other| one.rate.total_cmp(&other.rate));
    turns.swap_remove(turns.len() / 2)
}

/// Lets each connection repeat its own request.
async fn measure(program: &Program, requests: &[Request<Empty<Bytes>>], spell: Duration) -> Figures {
    let stop = Arc::new(AtomicBool::new(false));
    let mut asking = Vec::new();
    let start = Instant::now();
    for request in requests {
        let (stop, request, authority) = (stop.clone(), request.clone(), program.authority.clone());
        asking.push(tokio::spawn(async move {
            let stream = TcpStream::connect(authority).await.unwrap();
            stream.set_nodelay(true).unwrap();
            let (mut sender, connection) =
                hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
            tokio::spawn(connection);
            let mut times = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                let asked = Instant::now();
                sender.ready().await.unwrap();
                let answer = sender.send_request(request.clone()).await.unwrap();
                let status = answer.status();
                let body = answer.into_body().collect().await.unwrap().to_bytes();
                assert!(status.is_success(), "{status} {}", String::from_utf8_lossy(&body));
                times.push(asked.elapsed());
            }
            times
        }));
    }
    tokio::time::sleep(spell).await;
    stop.store(true, Ordering::Relaxed);
    let mut times = Vec::new();
    for asking in asking {
        times.extend(asking.await.unwrap());
    }
    let elapsed = start.elapsed();
    times.sort();
    let rate = f64::from(u32::try_from(times.len()).unwrap()) / elapsed.as_secs_f64();
    Figures { answers: times.len(), rate, median: times[times.len() / 2], p99: times[times.len() * 99 / 100] }
}
