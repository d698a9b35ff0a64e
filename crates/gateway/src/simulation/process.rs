//! One run of the gateway, from its start until it is stopped or dies.

use std::path::Path;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use tokio::runtime::{Builder, Runtime};
use tokio::task::{spawn_blocking, yield_now};
use tokio::time::advance;

use super::dice::{Dice, SeededChance};
use super::kakao::Kakao;
use super::wire::Wire;
use crate::app::{App, World};
use crate::config::Settings;
use crate::data_folder::DataFolder;
use crate::gateway;
use crate::web::Door;

/// In a tick of ours so much time passes for who waits.
const TICK: Duration = Duration::from_millis(5);
const STEP: Duration = Duration::from_millis(500);

/// A gateway that does one thing at a time, when it is told.
///
/// It has a runtime of its own, whose clock stands still: nothing in it times out for waiting for a thread of
/// SQLite's, and when it dies everything that was under way is gone at once.
pub(super) struct Process {
    app: Arc<App>,
    door: Door,
    wire: Arc<Wire>,
    runtime: Option<Runtime>,
    _awake: mpsc::Sender<()>,
    _data: DataFolder,
}

/// It is over with this run of the gateway.
pub(super) struct Died;

impl Process {
    pub(super) fn start(
        settings: Settings,
        folder: &Path,
        kakao: &Kakao,
        wire: &Arc<Wire>,
        dice: Dice,
    ) -> Self {
        let runtime = Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        // A clock that stands still jumps to the next time-out when nobody has anything to do, unless somebody is busy.
        let (awake, until_the_end) = mpsc::channel::<()>();
        runtime.spawn_blocking(move || until_the_end.recv());
        let data = DataFolder::take(folder).unwrap();
        let chance = Arc::new(SeededChance::new(dice));
        let world = World { wire: Some(wire.clone()), clock: kakao.clock.clone(), chance };
        let (app, _) = runtime.block_on(gateway::open(settings, &data, world)).unwrap();
        let door = Door::of(&app);
        Self { app, door, wire: wire.clone(), runtime: Some(runtime), _awake: awake, _data: data }
    }

    /// Asks it something as a browser or a program does.
    pub(super) fn ask(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Died> {
        self.run(self.door.answer(request))
    }

    /// The same when the answer may wait for what nobody sends meanwhile: the runtime's clock goes on by itself.
    pub(super) fn ask_patiently(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Died> {
        let time_passes = async {
            loop {
                let _ = spawn_blocking(|| thread::sleep(TICK)).await;
                advance(STEP).await;
            }
        };
        self.run(async {
            tokio::select! {
                biased;
                answer = self.door.answer(request) => answer,
                () = time_passes => unreachable!("time does not end"),
            }
        })
    }

    /// One round of everything that is due.
    pub(super) fn do_what_is_due(&self) -> Result<(), Died> {
        self.run(gateway::do_what_is_due(&self.app))
    }

    pub(super) fn stop(self) {
        let _ = self.run(gateway::finish(&self.app));
    }

    pub(super) fn run<T>(&self, work: impl Future<Output = T>) -> Result<T, Died> {
        let to_the_end = async {
            let done = work.await;
            while !self.app.unfinished.is_empty() {
                yield_now().await;
            }
            done
        };
        let runtime = self.runtime.as_ref().expect("it is there until the end");
        runtime.block_on(async {
            tokio::select! {
                biased;
                () = self.wire.death.notified() => Err(Died),
                done = to_the_end => Ok(done),
            }
        })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
