//! A simulated year: the gateway and an emulated Kakao live through it on one turned clock, in one process, by the
//! chance of a seed; the chat rooms are the judge.
//!
//! `KATOK_SIMULATE_SEEDS` says how many seeds, `KATOK_SIMULATE_SEED` which one alone, with everything that happens.

mod diary;
mod dice;
mod judge;
mod kakao;
mod life;
mod person;
mod process;
mod promise;
mod wire;

use std::fmt::Write as _;
use std::io::{Write as _, stderr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use jiff::SignedDuration;
use tokio::time::Instant;

use self::diary::Diary;
use self::life::Year;

/// How many seeds live through two months, unless the environment asks for years.
const SEEDS: u64 = 3;

const YEAR: SignedDuration = SignedDuration::from_hours(365 * 24);

/// Long enough for everything that can happen to happen.
const TWO_MONTHS: SignedDuration = SignedDuration::from_hours(60 * 24);

/// How much of what happened is shown of a seed that fails.
const LAST: usize = 60;

fn of_environment(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}

fn tell(what: &str) {
    stderr().write_all(format!("{what}\n").as_bytes()).unwrap();
}

/// Lives as long as this by the chance of one seed; what went wrong, if anything did.
fn live(seed: u64, length: SignedDuration, diary: &Diary) -> Result<String, String> {
    let outcome = Year::begin(seed, diary.clone()).live(length).map_err(|broken| broken.to_string())?;
    let life::Outcome { messages, deaths, arrived } = outcome;
    Ok(format!("{messages} messages, of which {arrived} arrived; the gateway died {deaths} times"))
}

#[test]
fn a_year_keeps_every_promise() {
    if let Some(seed) = of_environment("KATOK_SIMULATE_SEED") {
        tell(&live(seed, YEAR, &Diary::read_aloud()).unwrap());
        return;
    }
    let asked = of_environment("KATOK_SIMULATE_SEEDS");
    let (seeds, length) = asked.map_or((SEEDS, TWO_MONTHS), |seeds| (seeds, YEAR));
    let (next, begun) = (AtomicU64::new(0), Instant::now());
    let failures: Vec<String> = thread::scope(|scope| {
        let work = || {
            let mut failures = Vec::new();
            loop {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                if seed >= seeds {
                    return failures;
                }
                let diary = Diary::default();
                if let Err(broken) = live(seed, length, &diary) {
                    let mut failure = diary.last(LAST).join("\n");
                    write!(failure, "\nseed {seed}: {broken}\ncargo xtask simulate --seed {seed}").unwrap();
                    tell(&failure);
                    failures.push(format!("seed {seed}: {broken}"));
                }
            }
        };
        let threads: Vec<_> = (0..2).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let took = begun.elapsed();
    let each = took / u32::try_from(seeds).unwrap().max(1);
    tell(&format!("{seeds} seeds in {took:.1?}: {:.3} seeds/s", each.as_secs_f64().recip()));
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn the_same_seed_gives_the_same_year() {
    let digest = |seed| {
        let diary = Diary::default();
        live(seed, TWO_MONTHS, &diary).unwrap();
        diary.digest()
    };
    assert_eq!(digest(7), digest(7));
    assert_ne!(digest(7), digest(8));
}
