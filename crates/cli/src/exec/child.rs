//! The command while it runs: it gets our signals, and its exit status becomes ours.

use std::io;
use std::process::{ExitCode, ExitStatus};

use tokio::process::Command;

use crate::failure::{Exit, Failure};

/// A command that runs.
#[derive(Debug)]
pub(crate) struct Child(tokio::process::Child);

impl Child {
    /// Starts it.
    pub(crate) fn start(command: &mut Command) -> Result<Self, Failure> {
        let process = command.spawn().map_err(|error| not_started(command.as_std().get_program(), &error))?;
        Ok(Self(process))
    }

    /// Waits for its end, and passes on to it what signals come.
    pub(crate) async fn wait(&mut self, signals: &mut Signals) -> io::Result<ExitStatus> {
        loop {
            tokio::select! {
                status = self.0.wait() => return status,
                signal = signals.next() => pass_on(signal, self.0.id()),
            }
        }
    }
}

/// What a shell would say.
pub(super) fn not_started(program: &std::ffi::OsStr, error: &io::Error) -> Failure {
    let program = program.display();
    if error.kind() == io::ErrorKind::NotFound {
        let [ko, en] = ["그런 명령이 없습니다", "There is no such command"];
        return Failure::new(Exit::NotFound, format!("{ko}: {program}"), format!("{en}: {program}"));
    }
    Failure::new(
        Exit::NotExecutable,
        format!("명령을 실행할 수 없습니다: {program} ({error})"),
        format!("The command cannot be run: {program} ({error})"),
    )
}

/// Its own status, or 128 and the signal that ended it, as shells count.
pub(crate) fn exit_code(status: ExitStatus) -> ExitCode {
    let code = status.code().or(signal(status).map(|signal| 128 + signal));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1).into()
}

/// The signal that ended it, if one did.
pub(crate) fn signal(status: ExitStatus) -> Option<i32> {
    #[cfg(unix)]
    let signal = std::os::unix::process::ExitStatusExt::signal(&status);
    #[cfg(not(unix))]
    let signal = status.code().and(None);
    signal
}

#[cfg(unix)]
pub(crate) use unix::Signals;
#[cfg(unix)]
use unix::pass_on;

#[cfg(unix)]
mod unix {
    use std::fs::{self, File};
    use std::future::pending;
    use std::io;
    use std::process::ExitCode;

    use rustix::process::{Pid, Signal, getpgrp, kill_process};
    use tokio::signal::unix::{Signal as Stream, SignalKind, signal};

    /// From when this is made, signals end the command, and us only after it.
    #[derive(Debug)]
    pub(crate) struct Signals {
        heard: Option<Signal>,
        interrupt: Option<Stream>,
        quit: Option<Stream>,
        terminate: Option<Stream>,
        hang_up: Option<Stream>,
    }

    impl Signals {
        pub(crate) fn listen() -> io::Result<Self> {
            let ignored = ignored();
            let stream = |kind: SignalKind| {
                let is_ignored = ignored & (1 << (kind.as_raw_value() - 1)) != 0;
                (!is_ignored).then(|| signal(kind)).transpose()
            };
            Ok(Self {
                heard: None,
                interrupt: stream(SignalKind::interrupt())?,
                quit: stream(SignalKind::quit())?,
                terminate: stream(SignalKind::terminate())?,
                hang_up: stream(SignalKind::hangup())?,
            })
        }

        pub(crate) async fn next(&mut self) -> Signal {
            let signal = tokio::select! {
                () = next_of(&mut self.interrupt) => Signal::INT,
                () = next_of(&mut self.quit) => Signal::QUIT,
                () = next_of(&mut self.terminate) => Signal::TERM,
                () = next_of(&mut self.hang_up) => Signal::HUP,
            };
            self.heard = Some(signal);
            signal
        }

        /// What a shell would say of a command that was ended by the signal that has come, if one has.
        pub(crate) async fn heard(&mut self) -> Option<ExitCode> {
            // What is typed at a terminal ends the command without being passed on.
            tokio::select! {
                biased;
                _ = self.next() => {}
                () = std::future::ready(()) => {}
            }
            let status = u8::try_from(128 + self.heard?.as_raw()).ok()?;
            Some(status.into())
        }
    }

    /// A bit for each signal that whoever started us ignores, as `nohup` does: the command is to ignore it as well, which
    /// it would not if we listened. Only Linux tells.
    fn ignored() -> u64 {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default()
    }

    async fn next_of(stream: &mut Option<Stream>) {
        match stream {
            Some(stream) => _ = stream.recv().await,
            None => pending().await,
        }
    }

    pub(super) fn pass_on(signal: Signal, process: Option<u32>) {
        let process = process.and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        // What is typed at a terminal goes to the command as well; a second one would cut its farewell short.
        let typed = matches!(signal, Signal::INT | Signal::QUIT) && is_in_the_foreground();
        if let (Some(process), false) = (process, typed) {
            // It may have ended in this moment.
            let _ = kill_process(process, signal);
        }
    }

    fn is_in_the_foreground() -> bool {
        let group = File::open("/dev/tty").and_then(|terminal| Ok(rustix::termios::tcgetpgrp(terminal)?));
        group.is_ok_and(|group| group == getpgrp())
    }
}

#[cfg(not(unix))]
pub(crate) use elsewhere::Signals;
#[cfg(not(unix))]
use elsewhere::pass_on;

#[cfg(not(unix))]
mod elsewhere {
    use std::io;
    use std::process::ExitCode;

    /// Ctrl-C reaches every program of the console; here it only must not end us first.
    #[derive(Debug)]
    pub(crate) struct Signals;

    impl Signals {
        pub(crate) fn listen() -> io::Result<Self> {
            Ok(Self)
        }

        /// Nothing is passed on here.
        pub(crate) async fn heard(&mut self) -> Option<ExitCode> {
            None
        }

        pub(crate) async fn next(&mut self) {
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    pub(super) fn pass_on((): (), _: Option<u32>) {}
}
