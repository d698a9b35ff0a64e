//! The real binary, run as a person or a script runs it.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _, Write as _, stderr};
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Output, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU16, Ordering};

use serde_json::Value;
use tempfile::TempDir;
use url::Url;

use crate::emulator::Emulator;
use crate::terminal::Terminal;

/// A computer on which nothing is set but what a test sets, with a data folder of its own.
pub(crate) struct Machine {
    folder: TempDir,
    environment: Vec<(&'static str, String)>,
}

impl Machine {
    pub(crate) fn new() -> Self {
        // Nothing of a test goes into the keyring of whoever runs it.
        let environment = vec![("KATOK_TOKENS", "file".to_owned())];
        Self { folder: tempfile::tempdir().unwrap(), environment }
    }

    /// Sets an environment variable for every command from now on.
    pub(crate) fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.environment.push((name, value.into()));
    }

    /// Points every command from now on at an emulator as if it were Kakao, with the keys of its app.
    pub(crate) async fn connect_to(&mut self, emulator: &Emulator) {
        let app = &emulator.world().await["apps"][0];
        let key = |name: &str| app[name].as_str().unwrap().to_owned();
        self.set("KAKAO_REST_API_KEY", key("rest_api_key"));
        self.set("KAKAO_CLIENT_SECRET", key("client_secret"));
        self.set("KAKAO_AUTH_BASE_URL", emulator.origin());
        self.set("KAKAO_API_BASE_URL", emulator.origin());
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Writes a file beside the data folder and says where.
    pub(crate) fn file(&self, name: &str, content: &str) -> String {
        let path = self.folder.path().join(name);
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_katok"));
        command.arg("--data").arg(self.data()).args(args);
        command.env_clear().env("HOME", self.folder.path());
        command.envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs a command to its end.
    pub(crate) fn katok(&self, args: &[&str]) -> Outcome {
        self.begin(args).end()
    }

    /// Runs a command to its end whose standard output goes to a disk without space.
    pub(crate) fn katok_on_a_full_disk(&self, args: &[&str]) -> Outcome {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let Output { status, stderr, .. } = self.command(args).stdout(full).output().unwrap();
        let stderr = String::from_utf8(stderr).unwrap();
        Outcome { status: status.code(), stdout: String::new(), stderr }
    }

    /// Runs a command to its end whose standard error is a terminal.
    pub(crate) fn katok_at_a_terminal(&self, args: &[&str]) -> Outcome {
        let terminal = Terminal::open();
        let child = self.command(args).env("TERM", "xterm").stderr(terminal.line()).spawn().unwrap();
        let stderr = terminal.shown();
        let Output { status, stdout, .. } = child.wait_with_output().unwrap();
        Outcome { status: status.code(), stdout: String::from_utf8(stdout).unwrap(), stderr }
    }

    /// Runs a command to its end, with something on its standard input.
    pub(crate) fn katok_reading(&self, args: &[&str], input: &str) -> Outcome {
        let mut begun = self.begin(args);
        begun.write(input);
        begun.end()
    }

    /// Begins a command that ends by itself.
    pub(crate) fn begin(&self, args: &[&str]) -> Begun {
        Self::begun(self.command(args))
    }

    /// The same from a shell that ignores a signal.
    #[cfg(target_os = "linux")]
    pub(crate) fn begin_ignoring(&self, signal: &str, args: &[&str]) -> Begun {
        let katok = self.command(args);
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("trap '' {signal}; exec \"$0\" \"$@\"")]);
        shell.arg(katok.get_program()).args(katok.get_args());
        shell.env_clear().envs(katok.get_envs().filter_map(|(name, value)| Some((name, value?))));
        shell.stdout(Stdio::piped()).stderr(Stdio::piped());
        Self::begun(shell)
    }

    fn begun(mut command: Command) -> Begun {
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let stderr = BufReader::new(child.stderr.take().unwrap());
        Begun { child: Killed(child), stdout, stderr }
    }

    /// Signs in by `katok login --no-browser`, pasting the address that the person's browser ended at.
    pub(crate) async fn login(&self, emulator: &Emulator, person: &str, scopes: Option<&[&str]>) -> Outcome {
        let mut login = self.begin(&["login", "--no-browser"]);
        let returned = emulator.approve(&login.line(), person, scopes).await;
        login.write(&format!("{returned}\n"));
        login.end()
    }

    /// Starts a command that runs until it is stopped, and waits until it has said where it runs.
    pub(crate) fn start(&self, args: &[&str]) -> Running {
        self.started(self.command(args), args)
    }

    /// The same with the data folder on a disk of its own, and that disk as it is seen from outside; `None` where
    /// nothing can be mounted.
    pub(crate) fn start_on_a_disk_of(&self, size: &str, args: &[&str]) -> Option<(Running, PathBuf)> {
        let own_mounts = ["--mount", "--map-root-user"];
        let tried =
            Command::new("unshare").args(own_mounts).args(["mount", "-t", "tmpfs", "disk", "/mnt"]).output();
        if !tried.is_ok_and(|tried| tried.status.success()) {
            return None;
        }
        let katok = self.command(args);
        fs::create_dir(self.data()).unwrap();
        let script = format!("mount -t tmpfs -o mode=700,size={size} disk \"$0\" && exec \"$@\"");
        let mut command = Command::new("unshare");
        command.args(own_mounts).args(["sh", "-c", &script]).arg(self.data());
        command.arg(katok.get_program()).args(katok.get_args()).env_clear();
        command.envs(katok.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let running = self.started(command, args);
        let root = PathBuf::from(format!("/proc/{}/root", running.child.0.id()));
        Some((running, root.join(self.data().strip_prefix("/").unwrap())))
    }

    fn started(&self, mut command: Command, args: &[&str]) -> Running {
        let log = self.folder.path().join("stderr.log");
        let mut child = command.stderr(File::create(&log).unwrap()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut first_line = String::new();
        stdout.read_line(&mut first_line).unwrap();
        if first_line.is_empty() {
            let status = child.wait().unwrap();
            panic!(
                "`katok {}` did not start ({status}): {}",
                args.join(" "),
                fs::read_to_string(log).unwrap()
            );
        }
        Running { child: Killed(child), stdout, first_line, log }
    }

    /// Starts gateway and embedded emulator on free ports.
    pub(crate) fn up(&self) -> (Running, Url, Emulator) {
        let running = self.start(&["--json", "up", "--port", "0", "--emulator-port", "0"]);
        let where_it_runs = running.json();
        let gateway = address(&where_it_runs["gateway"]);
        let emulator = Emulator::at(address(&where_it_runs["emulator"]));
        (running, gateway, emulator)
    }

    /// Starts an emulator alone, on a free port.
    pub(crate) fn emulator(&self) -> (Running, Emulator) {
        self.emulator_with(&["--port", "0"])
    }

    /// Starts an emulator alone.
    pub(crate) fn emulator_with(&self, args: &[&str]) -> (Running, Emulator) {
        let running = self.start(&[&["--json", "emulator"], args].concat());
        let emulator = Emulator::at(address(&running.json()["emulator"]));
        (running, emulator)
    }
}

fn address(value: &Value) -> Url {
    Url::parse(value.as_str().unwrap()).unwrap()
}

/// A process that does not outlive its test.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A command on its way to its own end.
pub(crate) struct Begun {
    child: Killed,
    stdout: BufReader<ChildStdout>,
    stderr: BufReader<ChildStderr>,
}

impl Begun {
    /// The next line of standard output.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    /// The next line of standard error that begins so; it is for people, hence without a fixed place.
    pub(crate) fn line_of_talk(&mut self, begins: &str) -> String {
        let mut lines = self.stderr.by_ref().lines().map(Result::unwrap);
        lines.find(|line| line.starts_with(begins)).unwrap()
    }

    pub(crate) fn write(&mut self, input: &str) {
        self.child.0.stdin.as_mut().unwrap().write_all(input.as_bytes()).unwrap();
    }

    pub(crate) fn signal(&self, signal: &str) {
        send_signal(&self.child.0, signal);
    }

    /// How it ends while standard input stays open.
    pub(crate) fn status(mut self) -> Option<i32> {
        let _open = self.child.0.stdin.take();
        self.child.0.wait().unwrap().code()
    }

    /// Ends it in the middle of whatever it does.
    pub(crate) fn kill(self) {
        drop(self.child);
    }

    /// Closes standard output as `| head -0` would.
    pub(crate) fn close_stdout(self) -> ExitStatus {
        let Self { mut child, stdout, stderr: _still_read } = self;
        drop(stdout);
        child.0.wait().unwrap()
    }

    /// Closes standard input, and waits.
    pub(crate) fn end(self) -> Outcome {
        let Self { mut child, mut stdout, mut stderr } = self;
        drop(child.0.stdin.take());
        let (mut data, mut talk) = (String::new(), String::new());
        stdout.read_to_string(&mut data).unwrap();
        stderr.read_to_string(&mut talk).unwrap();
        Outcome { status: child.0.wait().unwrap().code(), stdout: data, stderr: talk }
    }
}

/// How a command ended and what it said.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Outcome {
    pub(crate) fn has_exited(&self, status: i32) -> bool {
        self.status == Some(status)
    }

    /// Checks the exit status, and goes on.
    #[track_caller]
    pub(crate) fn exits(self, status: i32) -> Self {
        assert_eq!(self.status, Some(status), "{self:#?}");
        self
    }

    /// Checks that standard error says this, and goes on.
    #[track_caller]
    pub(crate) fn says(self, words: &str) -> Self {
        assert!(self.stderr.contains(words), "{words}: {self:#?}");
        self
    }

    /// Checks that there is one error of one line and perhaps a hint, and no data.
    #[track_caller]
    pub(crate) fn says_one_sentence(self) -> Self {
        let said = self.stderr.lines().filter(|line| !line.is_empty() && !line.starts_with("hint: "));
        assert_eq!(said.count(), 1, "{self:#?}");
        assert_eq!(self.stdout, "", "{self:#?}");
        self
    }

    /// Standard output, which has to be one JSON value.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }
}

/// A command that runs until it is stopped.
pub(crate) struct Running {
    child: Killed,
    stdout: BufReader<ChildStdout>,
    pub(crate) first_line: String,
    log: PathBuf,
}

impl Running {
    /// What `--json` says at the start.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.first_line).unwrap_or_else(|error| panic!("{error}: {}", self.first_line))
    }

    /// The next line of standard output.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        line
    }

    /// What it has told people by now.
    pub(crate) fn talk(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    /// Sends a signal (`STOP`, `CONT`), and goes on.
    pub(crate) fn signal(&self, signal: &str) {
        send_signal(&self.child.0, signal);
    }

    /// Sends a signal (`TERM`, `INT`) and waits for the end.
    #[track_caller]
    pub(crate) fn stop(mut self, signal: &str) {
        send_signal(&self.child.0, signal);
        let status = self.child.0.wait().unwrap();
        assert_eq!(status.code(), Some(0), "{}", self.talk());
    }
}

/// By the command of that name: the standard library only knows how to kill.
pub(crate) fn send_signal(child: &Child, signal: &str) {
    let id = child.id().to_string();
    let Output { status, .. } = Command::new("kill").args(["-s", signal, &id]).output().unwrap();
    assert!(status.success());
}

/// A port that nobody else takes: outside those that systems hand out, and different in each test run.
pub(crate) fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = 20_000 + u16::try_from(std::process::id() % 100).unwrap() * 100;
    loop {
        let port = first + NEXT.fetch_add(1, Ordering::Relaxed);
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
}

/// Says once what is left out for want of something, or fails when the variable requires it.
#[track_caller]
pub(crate) fn leave_out(what: &'static str, variable: &str) {
    static SAID: Mutex<BTreeSet<&str>> = Mutex::new(BTreeSet::new());
    assert!(std::env::var_os(variable).is_none(), "{variable} is set, but this had to be left out: {what}");
    if SAID.lock().unwrap().insert(what) {
        // Not by a macro: the test runner keeps those to itself unless a test fails.
        stderr().write_all(format!("left out: {what}\n").as_bytes()).unwrap();
    }
}
