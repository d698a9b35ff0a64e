//! A command that is watched while it runs: its output passes through, and the last lines of it are kept.

mod last_lines;
mod notice;

use std::ffi::OsString;
use std::io::{self, ErrorKind, PipeReader, Read as _};
use std::process::ExitStatus;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::process::Command;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep};

use crate::exec::{Child, Signals};
use crate::failure::Failure;
use crate::output::Stream;
use last_lines::LastLines;
pub(crate) use notice::{End, notice};

/// How long what the command left running may keep its output open. It loses it then.
const LINGER: Duration = Duration::from_secs(1);
/// How often is looked whether it is that which holds us up.
const LOOK: Duration = Duration::from_millis(50);

/// How a command ended.
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) took: Duration,
    pub(crate) last_lines: Vec<String>,
}

/// Runs a command to its end, and keeps so many of its last lines.
///
/// Without any to keep, it has our own standard output and error.
pub(crate) async fn run(words: &[OsString], lines: usize, signals: &mut Signals) -> Result<Ended, Failure> {
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]);
    let kept = Arc::new(Mutex::new(LastLines::new(lines)));
    let writing = Arc::new(AtomicUsize::new(0));
    let mut passing = Vec::new();
    if lines > 0 {
        let [out, err] = [Stream::Stdout, Stream::Stderr].map(|stream| {
            let (reader, writer) = io::pipe().map_err(|error| not_watched(&error))?;
            let (kept, writing) = (kept.clone(), writing.clone());
            passing.push(spawn_blocking(move || pass_through(reader, stream, &kept, &writing)));
            Ok::<_, Failure>(writer)
        });
        command.stdout(out?).stderr(err?);
    }
    let begun = Instant::now();
    let mut child = Child::start(&mut command)?;
    // It holds the other ends of the pipes.
    drop(command);
    let status = child.wait(signals).await.map_err(|error| not_watched(&error))?;
    let took = begun.elapsed();
    let passed = async {
        for stream in passing {
            // It panics no more than it fails.
            let _ = stream.await;
        }
    };
    tokio::select! {
        () = passed => {}
        () = linger(&writing) => {}
    }
    let last_lines = kept.lock().unwrap_or_else(PoisonError::into_inner).read();
    Ok(Ended { status, took, last_lines })
}

/// Waits for what the command left running; not while our own reader is what takes its time.
async fn linger(writing: &AtomicUsize) {
    let mut left = LINGER;
    while !left.is_zero() {
        sleep(LOOK).await;
        if writing.load(Ordering::Relaxed) == 0 {
            left = left.saturating_sub(LOOK);
        }
    }
}

fn not_watched(error: &io::Error) -> Failure {
    Failure::system(
        format!("명령이 어떻게 끝났는지 알 수 없습니다({error})."),
        format!("How the command ended is unknown ({error})."),
    )
}

fn pass_through(mut from: PipeReader, to: Stream, kept: &Mutex<LastLines>, writing: &AtomicUsize) {
    let mut buffer = [0; 16 * 1024];
    loop {
        let bytes = match from.read(&mut buffer) {
            Ok(0) => return,
            Ok(length) => &buffer[..length],
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(_) => return,
        };
        kept.lock().unwrap_or_else(PoisonError::into_inner).add(to, bytes);
        writing.fetch_add(1, Ordering::Relaxed);
        let passed = to.pass_on(bytes);
        writing.fetch_sub(1, Ordering::Relaxed);
        // When nobody reads us any more, the command learns it in the same way.
        if passed.is_err() {
            return;
        }
    }
}
