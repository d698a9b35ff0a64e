//! What the gateway adds to a call of Kakao's, beside a server that only passes it on: `cargo xtask bench gateway`.
//!
//! Kakao is the emulator. Gateway, emulator, the server that passes on, and what asks them share the machine, each as a
//! program of its own. Shared machines vary by a factor of two within the hour, so what is compared takes turns.
#![expect(clippy::print_stdout, reason = "a benchmark talks to the terminal")]
#![expect(clippy::unwrap_used, reason = "a benchmark stops at the first surprise")]

mod program;

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::response::IntoResponse;
use axum::routing::get;
use http_body_util::Full;
use hyper::Request;
use hyper::body::Bytes;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection as _, Row as _, SqliteConnection};
use tokio::net::TcpListener;

use program::{Figures, PEOPLE, Program, approve, asking, free_port, measure, middle, reset, sign_in};

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
    let gateway = Program::gateway(katok, &emulator, &data, port, None);
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
            figures.push(measure(program, again_and_again(requests), SPELL).await);
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

/// Each connection repeats its own request.
fn again_and_again(
    requests: &[Request<Full<Bytes>>],
) -> Vec<impl FnMut() -> Request<Full<Bytes>> + Send + use<>> {
    requests.iter().cloned().map(|request| move || request.clone()).collect()
}

/// How long until `katok up` says that it is ready, on an empty data folder and on one that is there.
fn starts(katok: &str, emulator: &Program, data: &Path, port: u16) {
    let begin = |data: &Path| {
        let start = Instant::now();
        let program = Program::gateway(katok, emulator, data, port, None);
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
        visits += measure(gateway, again_and_again(&requests), SPELL).await.answers;
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
        let gateway = Program::gateway(katok, emulator, data, port, None);
        let requests: Vec<_> =
            cookies.iter().map(|cookie| asking("/profile", &gateway, "cookie", cookie)).collect();
        let mut turns = Vec::new();
        for _ in 0..TURNS {
            turns.push(measure(&gateway, again_and_again(&requests), SPELL).await);
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
