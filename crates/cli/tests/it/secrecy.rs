//! Nothing secret is left behind: markers go everywhere that secrets go, everything goes right and wrong while all
//! is logged, and then every file, log, answer and row is looked through.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::sleep;
use url::Url;

use crate::curl::{Answer, Curl};
use crate::database::Database;
use crate::emulator::{Emulator, http, seed};
use crate::program::{Machine, free_port};

const NICKNAMES: [&str; 2] = ["zq7421nicknameryan", "zq7421nicknameapeach"];
const TEXT: &str = "zq7421text";
const CODE: &str = "zq7421code";
const STATE: &str = "zq7421state";
const COOKIE: &str = "zq7421cookie";

/// What went in, and what came out.
struct Watch {
    gateway: Url,
    kakao: Emulator,
    /// Where the emulator keeps its world, with all tokens it has issued.
    world: PathBuf,
    /// Must appear nowhere at all.
    secrets: BTreeSet<String>,
    /// Must appear in no file and no log; an answer may hold them.
    personal: BTreeSet<String>,
    answers: String,
}

impl Watch {
    fn at(&self, path: &str) -> Url {
        self.gateway.join(path).unwrap()
    }

    fn look_at(&mut self, answer: &Answer) {
        self.answers.push_str(&answer.body);
        self.answers.push('\n');
    }

    async fn get(&mut self, curl: &mut Curl, path: &str) -> Answer {
        let answer = curl.get(self.at(path)).await;
        self.look_at(&answer);
        answer
    }

    async fn post(&mut self, curl: &mut Curl, path: &str, body: &Value) {
        let answer = curl.post(self.at(path), body).await;
        self.look_at(&answer);
    }

    /// One sign-in in a browser of its own.
    async fn sign_in(&mut self, person: &str, scopes: Option<&[&str]>) -> Curl {
        let mut curl = Curl::new();
        self.go_to_kakao(&mut curl, "/authorize", person, scopes).await;
        curl
    }

    /// To Kakao and back, with whatever Kakao has been told to do wrong; the callback comes twice.
    async fn go_to_kakao(&mut self, curl: &mut Curl, path: &str, person: &str, scopes: Option<&[&str]>) {
        let kakao = self.get(curl, path).await.location;
        let back = Url::parse(&self.kakao.approve(&kakao, person, scopes).await).unwrap();
        self.secrets.extend(back.query_pairs().map(|(_, value)| value.into_owned()));
        for _ in 0..2 {
            let answer = curl.get(back.clone()).await;
            self.look_at(&answer);
        }
        self.personal.extend(curl.cookies());
    }

    /// What a program gets that shows a key.
    async fn ask_with_key(&mut self, key: &str, request: reqwest::RequestBuilder) -> String {
        let answer = request.bearer_auth(key).send().await.unwrap().text().await.unwrap();
        self.answers.push_str(&answer);
        answer
    }

    /// Waits for tokens that were not known yet: the emulator writes its world a moment later.
    async fn learn_tokens(&mut self) {
        loop {
            let known = self.secrets.len();
            let world: Value = serde_json::from_str(&fs::read_to_string(&self.world).unwrap()).unwrap();
            collect_tokens(&world, &mut self.secrets);
            if self.secrets.len() > known {
                return;
            }
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// The first secret in some bytes, as it is or in hexadecimal digits, with what is around it.
    fn find(&self, bytes: &[u8], personal: bool) -> Option<String> {
        let hex = |secret: &String| {
            let digits = secret.bytes().flat_map(|byte| [byte >> 4, byte & 15]);
            digits.map(|digit| char::from_digit(digit.into(), 16).unwrap()).collect()
        };
        let all = self.secrets.iter().chain(self.personal.iter().filter(|_| personal));
        all.flat_map(|secret| [secret.clone(), hex(secret)]).find_map(|secret| {
            let at = bytes.windows(secret.len()).position(|window| window == secret.as_bytes())?;
            let around = &bytes[at.saturating_sub(300)..bytes.len().min(at + secret.len() + 100)];
            Some(format!("{secret} in {}", String::from_utf8_lossy(around)))
        })
    }

    #[track_caller]
    fn finds_nothing(&self, place: &str, bytes: &[u8], personal: bool) {
        if let Some(found) = self.find(bytes, personal) {
            panic!("{place} holds {found}");
        }
    }

    #[track_caller]
    fn finds_nothing_in_files(&self, folder: &Path, but: &Path) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path != but {
                self.finds_nothing(&path.display().to_string(), &fs::read(&path).unwrap(), true);
            }
        }
    }
}

/// The keys of `access_tokens` and `refresh_tokens`, wherever they are.
fn collect_tokens(world: &Value, tokens: &mut BTreeSet<String>) {
    match world {
        Value::Object(fields) => {
            for (name, value) in fields {
                if let ("access_tokens" | "refresh_tokens", Value::Object(issued)) = (name.as_str(), value) {
                    tokens.extend(issued.keys().cloned());
                }
                collect_tokens(value, tokens);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| collect_tokens(value, tokens)),
        _ => {}
    }
}

#[tokio::test]
async fn nothing_secret_is_in_files_logs_and_errors() {
    let database = Database::new().await;
    let gateway = Url::parse(&format!("http://localhost:{}", free_port())).unwrap();
    let kakao = Machine::new();
    let seed = seed(gateway.join("/redirect").unwrap().as_str())
        .replace("라이언", NICKNAMES[0])
        .replace("어피치", NICKNAMES[1]);
    let seed = kakao.file("seed.yaml", &seed);
    let kakao_running =
        kakao.start(&["--json", "up", "--port", "0", "--emulator-port", "0", "--seed", &seed]);
    let emulator = Emulator::at(kakao_running.json()["emulator"].as_str().unwrap().parse().unwrap());

    let mut machine = Machine::new();
    machine.connect_to(&emulator).await;
    let app = emulator.world().await["apps"][0].clone();
    let key = |name: &str| app[name].as_str().unwrap().to_owned();
    machine.set("KAKAO_ADMIN_KEY", key("admin_key"));
    machine.set("KATOK_LOG", "trace");
    let template = json!({"object_type": "text", "text": TEXT, "link": {}}).to_string();
    machine.set("KATOK_SEND_AFTER_SIGN_IN", machine.file("welcome.json", &template));
    if let Some(url) = database.url() {
        machine.set("KATOK_DATABASE_URL", url);
    }
    let running = machine.start(&["--json", "up", "--port", &gateway.port().unwrap().to_string()]);
    let vault_key = machine.data().join("vault.key");
    let mut watch = Watch {
        gateway,
        kakao: emulator,
        world: kakao.data().join("emulator.json"),
        secrets: [CODE, STATE, COOKIE].map(str::to_owned).into(),
        personal: [TEXT, NICKNAMES[0], NICKNAMES[1]].map(str::to_owned).into(),
        answers: String::new(),
    };
    watch.secrets.extend([key("client_secret"), key("admin_key")]);

    let mut ryan = watch.sign_in("ryan", Some(&["friends"])).await;
    watch.learn_tokens().await;
    what_waits_for_a_consent(&mut watch, &mut ryan).await;
    watch.learn_tokens().await;
    what_goes_right_and_what_people_do_wrong(&mut watch, &mut ryan).await;
    what_kakao_does_wrong(&mut watch, &mut ryan).await;

    let backup = machine.data().join("backup.db");
    let backup = ["backup", backup.to_str().unwrap()];
    for command in [&["vault", "rotate"][..], &["vault", "check"], &backup, &["admin", "users"]] {
        let outcome = machine.katok(command);
        watch.finds_nothing(command[0], format!("{outcome:?}").as_bytes(), true);
    }
    for line in fs::read_to_string(&vault_key).unwrap().lines().filter(|line| !line.starts_with('#')) {
        watch.secrets.insert(line.to_owned());
    }
    watch.get(&mut ryan, "/profile").await.json();
    let dump = if database.url().is_some() { database.dump().await } else { String::new() };
    watch.finds_nothing("the database", dump.as_bytes(), true);

    what_the_database_does_wrong(&mut watch, &mut ryan, &database, &machine.data()).await;
    watch.get(&mut ryan, "/unlink").await;
    let log = running.talk();
    assert!(log.contains("TRACE") && log.contains("web.request"), "little was logged: {log}");
    watch.finds_nothing("the log", log.as_bytes(), true);
    watch.finds_nothing_in_files(&machine.data(), &vault_key);
    running.stop("TERM");
    watch.finds_nothing_in_files(&machine.data(), &vault_key);
    watch.finds_nothing("an answer", watch.answers.as_bytes(), false);
    assert!(watch.answers.contains(NICKNAMES[0]), "no profile was seen");
    // What does hold secrets is found to.
    assert!(watch.find(&fs::read(&watch.world).unwrap(), false).is_some());
    assert!(watch.find(&fs::read(&vault_key).unwrap(), false).is_some());
    kakao_running.stop("TERM");
}

/// The message that follows the sign-in lacks a consent, and so does one that a program sends with its person's key.
async fn what_waits_for_a_consent(watch: &mut Watch, ryan: &mut Curl) {
    let wish = json!({"name": "program", "scopes": ["send:me", "read"]});
    // The one answer that shows a key.
    let made: Value = serde_json::from_str(&ryan.post(watch.at("/v1/keys"), &wish).await.body).unwrap();
    let key = made["key"].as_str().unwrap();
    watch.secrets.insert(key.to_owned());
    let message = http().post(watch.at("/message")).json(&json!({"text": TEXT}));
    let refused: Value = serde_json::from_str(&watch.ask_with_key(key, message).await).unwrap();
    assert!(watch.kakao.texts("ryan").await.is_empty());
    let link = refused["remedy"]["href"].as_str().unwrap();
    watch.go_to_kakao(ryan, link, "ryan", None).await;
    watch.get(ryan, &format!("{link}/outcome")).await;
    assert_eq!(watch.kakao.texts("ryan").await, [TEXT]);
    for path in ["/v1/me", "/v1/friends", "/v1/keys"] {
        let request = http().get(watch.at(path));
        watch.ask_with_key(key, request).await;
    }
    watch.get(ryan, "/v1/keys").await;
    watch.get(ryan, "/account").await;
}

async fn what_goes_right_and_what_people_do_wrong(watch: &mut Watch, ryan: &mut Curl) {
    watch.get(ryan, "/profile").await.json();
    let friends = watch.get(ryan, "/friends").await.json();
    let friend = friends["elements"][0]["uuid"].as_str().unwrap();
    watch.post(ryan, "/message", &json!({"text": TEXT})).await;
    watch.post(ryan, "/friend-message", &json!({"text": TEXT, "uuid": [friend]})).await;
    // A receiver is no secret: only who is nobody's friend is asked for here.
    watch.post(ryan, "/friend-message", &json!({"text": TEXT, "uuid": ["nobody"]})).await;
    watch.post(ryan, "/message", &json!({"text": TEXT, "link": TEXT})).await;
    watch.post(ryan, "/message", &json!({"text": {"not": TEXT}})).await;
    watch.post(ryan, "/message", &json!({"template_object": format!("{{\"{TEXT}")})).await;
    watch.post(ryan, "/message", &json!({"template_object": {"object_type": TEXT}})).await;
    watch.get(ryan, &format!("/message?text={TEXT}")).await;
    watch.get(ryan, &format!("/redirect?code={CODE}&state={STATE}")).await;
    watch.get(ryan, &format!("/redirect?error={CODE}&error_description={TEXT}&state={STATE}")).await;
    watch.get(ryan, "/readyz").await;
    watch.get(ryan, "/metrics").await;
    let cookies = format!("katok_session={COOKIE}; katok_write={COOKIE}");
    for header in [("cookie", cookies), ("authorization", format!("Bearer ktk_{COOKIE}"))] {
        let answer = http().post(watch.at("/message")).header(header.0, header.1).body(TEXT).send().await;
        watch.answers.push_str(&answer.unwrap().text().await.unwrap());
    }
}

async fn what_kakao_does_wrong(watch: &mut Watch, ryan: &mut Curl) {
    let wrong = [
        json!({"drop": "before"}),
        json!({"drop": "after"}),
        json!({"truncate_after_bytes": 60}),
        json!({"content_type": "text/html"}),
        json!({"status": 502, "content_type": "text/html", "body": "<h1>Bad Gateway</h1>"}),
    ];
    for then in wrong.iter().chain([&json!({"error_code": "KOE237"})]) {
        watch.kakao.fault(&json!({"match": {"path": "/oauth/token"}, "times": 2, "then": then})).await;
        watch.sign_in("apeach", None).await;
        watch.kakao.heal().await;
    }
    for then in wrong.iter().chain([&json!({"code": -402}), &json!({"code": -9798})]) {
        for path in ["/v2/user/me", "/v2/api/talk/memo/default/send", "/v1/api/talk/friends"] {
            watch.kakao.fault(&json!({"match": {"path": path}, "times": 2, "then": then})).await;
        }
        watch.get(ryan, "/profile").await;
        watch.get(ryan, "/friends").await;
        watch.post(ryan, "/message", &json!({"text": TEXT})).await;
        watch.kakao.heal().await;
    }
    // Refreshed tokens, of which the first ones are lost on the way.
    for then in [json!({"drop": "after"}), json!({"delay_ms": 0})] {
        watch.kakao.advance_hours(13).await;
        watch.kakao.fault(&json!({"match": {"path": "/oauth/token"}, "times": 1, "then": then})).await;
        watch.get(ryan, "/profile").await.json();
        watch.learn_tokens().await;
    }
}

/// A table is gone: tokens come from Kakao and cannot be kept.
async fn what_the_database_does_wrong(watch: &mut Watch, ryan: &mut Curl, database: &Database, data: &Path) {
    let sql = "ALTER TABLE tokens RENAME TO tokens_gone";
    if database.url().is_some() {
        database.execute(sql).await;
    } else {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(data.join("katok.db"));
        let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
        sqlx::query(sql).execute(&pool).await.unwrap();
        pool.close().await;
    }
    // What was read a moment ago is believed for half a second.
    while watch.get(ryan, "/profile").await.status < 500 {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    watch.post(ryan, "/message", &json!({"text": TEXT})).await;
    watch.sign_in("apeach", None).await;
    watch.learn_tokens().await;
}
