//! Several programs over one token file, and programs that are killed.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use jiff::SignedDuration;
use katok_client::{
    AccessToken, FileTokenStore, FileTokenStoreError, LoginEnd, ManualClock, Me, Replaced, TokenError,
    TokenKeeper, TokenStore, Tokens, Version, Versioned,
};
use katok_emulator::Fault;
use tempfile::TempDir;

use crate::person::{Ryan, demo_client, noon};

const FILE: &str = "KATOK_TEST_FILE";
const KAKAO: &str = "KATOK_TEST_KAKAO";
const NOW: &str = "KATOK_TEST_NOW";

fn ryans_key() -> String {
    "ryan".to_owned()
}

/// Ryan's tokens in a file, for programs that take part.
struct Desk {
    ryan: Ryan,
    store: FileTokenStore,
    _folder: TempDir,
}

impl Desk {
    async fn new() -> Self {
        let ryan = Ryan::new().await;
        let folder = tempfile::tempdir().unwrap();
        let store = FileTokenStore::new(folder.path().join("tokens.json"));
        store.put("ryan", ryan.tokens.clone(), ryan.now()).await.unwrap();
        Self { ryan, store, _folder: folder }
    }

    fn keeper(&self) -> TokenKeeper<FileTokenStore> {
        TokenKeeper::new(self.ryan.client.clone(), self.store.clone())
    }

    /// Another process, which runs this test once more as its part in it.
    fn begin(&self, test: &str) -> Program {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", test, "--nocapture"])
            .env(FILE, self.store.path())
            .env(KAKAO, self.ryan.emulator.base_url().as_str())
            .env(NOW, self.ryan.now().to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stdout.take().unwrap());
        Program { child, said }
    }
}

struct Program {
    child: Child,
    said: BufReader<ChildStdout>,
}

impl Program {
    /// Waits for a line that begins so; answers the rest of it.
    async fn says(mut self, beginning: &'static str) -> (Self, String) {
        tokio::task::spawn_blocking(move || {
            loop {
                let mut line = String::new();
                assert!(self.said.read_line(&mut line).unwrap() > 0, "it ended without a word");
                if let Some((_, rest)) = line.split_once(beginning) {
                    return (self, rest.trim().to_owned());
                }
            }
        })
        .await
        .unwrap()
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for its end; answers whether it ended well.
    async fn ends(mut self) -> bool {
        tokio::task::spawn_blocking(move || self.child.wait().unwrap().success()).await.unwrap()
    }
}

/// Tells the other side, past the test harness, which keeps what a test prints.
fn say(what: &str) {
    let mut out = std::io::stdout();
    writeln!(out, "{what}").unwrap();
    out.flush().unwrap();
}

/// The keeper of a process that has a part in the test, if this is one.
fn part(moment: Moment) -> Option<TokenKeeper<Watched>> {
    let variable = |name| std::env::var(name).ok();
    let store = FileTokenStore::new(variable(FILE)?);
    let clock = Arc::new(ManualClock::new(variable(NOW)?.parse().unwrap()));
    let client = demo_client(&variable(KAKAO)?.parse().unwrap(), clock);
    Some(TokenKeeper::new(client, Watched { store, moment, replaced: AtomicU32::new(0) }))
}

/// When something happens to a process that refreshes tokens.
#[derive(Clone, Copy, PartialEq)]
enum Moment {
    /// Nothing happens.
    Never,
    /// It says so when it is about to ask Kakao.
    BeforeAsking,
    /// It dies when Kakao has answered.
    BeforeStoring,
    /// It dies when the answer is stored.
    AfterStoring,
}

/// A token file in whose use something happens.
struct Watched {
    store: FileTokenStore,
    moment: Moment,
    replaced: AtomicU32,
}

impl TokenStore for Watched {
    type Key = String;
    type Guard = File;
    type Error = FileTokenStoreError;

    async fn load(&self, key: &String) -> Result<Option<Versioned<Tokens>>, FileTokenStoreError> {
        self.store.load(key).await
    }

    /// The first time it is the note that Kakao is asked, the second time Kakao's answer.
    async fn replace(
        &self,
        key: &String,
        expected: Version,
        tokens: &Tokens,
    ) -> Result<Replaced, FileTokenStoreError> {
        let is_answer = self.replaced.fetch_add(1, Ordering::SeqCst) == 1;
        if is_answer && self.moment == Moment::BeforeStoring {
            std::process::abort();
        }
        let replaced = self.store.replace(key, expected, tokens).await;
        if is_answer && self.moment == Moment::AfterStoring {
            std::process::abort();
        }
        if self.moment == Moment::BeforeAsking {
            say("ASKING");
        }
        replaced
    }

    async fn lock(&self, key: &String) -> Result<File, FileTokenStoreError> {
        self.store.lock(key).await
    }
}

#[tokio::test]
async fn a_hundred_callers_in_four_programs_make_one_refresh() {
    if let Some(keeper) = part(Moment::Never) {
        let callers: Vec<_> = (0..25)
            .map(|_| {
                let keeper = keeper.clone();
                tokio::spawn(async move { keeper.access_token(&ryans_key()).await.unwrap() })
            })
            .collect();
        tokio::task::yield_now().await;
        say("ALL ASK");
        for caller in callers {
            say(&format!("TOKEN {}", caller.await.unwrap().secret()));
        }
        return;
    }
    let desk = Desk::new().await;
    desk.ryan.wait(SignedDuration::from_hours(6));
    // Time enough for everybody to ask too, were there nothing to wait for.
    desk.ryan.emulator.fault(Fault::on("/oauth/token").delay(Duration::from_millis(300))).unwrap();
    let nobody_may_yet = desk.store.lock(&ryans_key()).await.unwrap();
    let mut programs = Vec::new();
    for _ in 0..4 {
        let program = desk.begin("processes::a_hundred_callers_in_four_programs_make_one_refresh");
        programs.push(program.says("ALL ASK").await.0);
    }
    drop(nobody_may_yet);
    let mut tokens = Vec::new();
    for mut program in programs {
        for _ in 0..25 {
            let (still, token) = program.says("TOKEN ").await;
            program = still;
            tokens.push(token);
        }
        assert!(program.ends().await);
    }
    tokens.dedup();
    assert_eq!((tokens.len(), desk.ryan.refreshes().len()), (1, 1));
    desk.ryan.client.call(&Me, &AccessToken::new(tokens.remove(0))).await.unwrap();
}

/// A process that begins a refresh and is gone.
async fn killed(desk: &Desk, test: &str) {
    assert!(!desk.begin(test).ends().await);
    assert_eq!(desk.ryan.refreshes().len(), 1);
    desk.store.load(&ryans_key()).await.unwrap().unwrap();
}

#[tokio::test]
async fn killed_before_storing_it_recovers_if_the_refresh_token_lives_on() {
    if let Some(keeper) = part(Moment::BeforeStoring) {
        keeper.access_token(&ryans_key()).await.unwrap();
        return;
    }
    let desk = Desk::new().await;
    desk.ryan.wait(SignedDuration::from_hours(6));
    killed(&desk, "processes::killed_before_storing_it_recovers_if_the_refresh_token_lives_on").await;
    desk.keeper().call(&ryans_key(), &Me).await.unwrap();
}

#[tokio::test]
async fn killed_before_storing_it_says_that_a_sign_in_is_needed_if_the_refresh_token_was_replaced() {
    if let Some(keeper) = part(Moment::BeforeStoring) {
        keeper.access_token(&ryans_key()).await.unwrap();
        return;
    }
    let desk = Desk::new().await;
    desk.ryan.wait(SignedDuration::from_hours(40 * 24));
    killed(
        &desk,
        "processes::killed_before_storing_it_says_that_a_sign_in_is_needed_if_the_refresh_token_was_replaced",
    )
    .await;
    let error = desk.keeper().access_token(&ryans_key()).await.unwrap_err();
    assert!(matches!(error, TokenError::SignInAgain { ended: LoginEnd::AnswerLost, .. }), "{error:?}");
    assert!(error.to_string().contains("the user must sign in again, and consent if Kakao asks"), "{error}");

    desk.store.put("ryan", desk.ryan.sign_in().await, desk.ryan.now()).await.unwrap();
    desk.keeper().call(&ryans_key(), &Me).await.unwrap();
}

#[tokio::test]
async fn killed_after_storing_it_goes_on_with_the_new_tokens() {
    if let Some(keeper) = part(Moment::AfterStoring) {
        keeper.access_token(&ryans_key()).await.unwrap();
        return;
    }
    let desk = Desk::new().await;
    desk.ryan.wait(SignedDuration::from_hours(40 * 24));
    killed(&desk, "processes::killed_after_storing_it_goes_on_with_the_new_tokens").await;
    desk.keeper().call(&ryans_key(), &Me).await.unwrap();
    assert_eq!(desk.ryan.refreshes().len(), 1);
}

#[tokio::test]
async fn killed_while_kakao_answers_it_leaves_no_lock_behind() {
    if let Some(keeper) = part(Moment::BeforeAsking) {
        keeper.access_token(&ryans_key()).await.unwrap();
        return;
    }
    let desk = Desk::new().await;
    desk.ryan.wait(SignedDuration::from_hours(6));
    desk.ryan.emulator.fault(Fault::on("/oauth/token").delay(Duration::from_mins(1))).unwrap();
    let program = desk.begin("processes::killed_while_kakao_answers_it_leaves_no_lock_behind");
    program.says("ASKING").await.0.kill();
    desk.ryan.emulator.clear_faults();
    desk.keeper().call(&ryans_key(), &Me).await.unwrap();
}

#[tokio::test]
async fn whenever_a_writer_is_killed_the_file_opens() {
    if let Some(keeper) = part(Moment::Never) {
        let store = &keeper.store().store;
        let stored = store.load(&ryans_key()).await.unwrap().unwrap();
        loop {
            store.put("ryan", stored.value.clone(), noon()).await.unwrap();
            say("WRITTEN");
        }
    }
    let desk = Desk::new().await;
    let mut former = Version(0);
    for kill in 0..30 {
        let program = desk.begin("processes::whenever_a_writer_is_killed_the_file_opens");
        let (program, _) = program.says("WRITTEN").await;
        // Another moment each time.
        tokio::time::sleep(Duration::from_micros(kill * 370)).await;
        program.kill();
        let stored = desk.store.load(&ryans_key()).await.unwrap().unwrap();
        assert!(stored.version > former);
        assert_eq!(stored.value.access_token, desk.ryan.tokens.access_token);
        former = stored.version;
    }
}
