//! A running emulator, as whoever started it holds it.

mod control;
mod expectation;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use katok_listener::{Limits, Listeners};
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::{CancellationToken, DropGuard};
use url::Url;

pub use expectation::{ExpectedMessage, NoMessage};

use crate::approval::{self, ApproveError, Decision};
use crate::clock::{Clock, ClockError};
use crate::http;
use crate::inbox::ReceivedMessage;
use crate::live::LiveWorld;
use crate::seed::{Seed, Webhooks};
use crate::state_file::{Found, ReadError, StateFile};
use crate::webhook;
use crate::world::World;

/// How long changes are collected before the state file is written once for all of them.
const WRITE_DELAY: Duration = Duration::from_millis(300);

/// What an emulator is started with.
#[derive(Debug)]
pub struct Options {
    /// Where to listen; port 0 takes a free one, and a loopback address means both of IPv4 and IPv6.
    pub address: SocketAddr,
    /// The world to begin with.
    pub seed: Seed,
    /// Where the world outlives the program; none forgets it.
    pub state_file: Option<PathBuf>,
    /// The time; none follows the system's.
    pub clock: Option<Clock>,
}

impl Default for Options {
    /// The built-in seed on a free port of this machine, with nothing kept.
    fn default() -> Self {
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        Self { address, seed: Seed::built_in(), state_file: None, clock: None }
    }
}

/// Why an emulator did not start; its text has a line in Korean and one in English.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Something else listens there.
    #[error(
        "{0} 포트를 다른 프로그램이 쓰고 있습니다. 그 프로그램을 멈추거나 다른 포트를 고르세요.\n\
         Another program uses {0}. Stop it, or choose another port."
    )]
    PortTaken(SocketAddr),
    /// The address cannot be listened on.
    #[error("{address} 주소를 열 수 없습니다({source}).\nCannot listen on {address} ({source}).")]
    CannotListen {
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The state file is there but cannot be read.
    #[error(
        "에뮬레이터의 상태 파일을 읽을 수 없습니다: {path} ({source})\n\
         The emulator's state file cannot be read: {path} ({source})",
        path = .path.display()
    )]
    StateUnreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The state file does not hold a world of this program's.
    #[error(
        "에뮬레이터의 상태 파일이 손상되었습니다. 다른 곳으로 옮기고 다시 시작하세요: {path} ({detail})\n\
         The emulator's state file is damaged. Move it away and start again: {path} ({detail})",
        path = .path.display()
    )]
    StateDamaged {
        /// The file.
        path: PathBuf,
        /// What is the matter with it.
        detail: String,
    },
    /// The state file cannot be written.
    #[error(
        "에뮬레이터의 상태 파일을 쓸 수 없습니다. 권한과 남은 공간을 확인하세요: {path} ({source})\n\
         The emulator's state file cannot be written. Check its permissions and the free space: {path} ({source})",
        path = .path.display()
    )]
    StateNotWritable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// No app of the world has this key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} 키를 가진 앱이 없습니다.\nThere is no app with the key {0}.")]
pub struct NoSuchApp(pub String);

/// Where the world of an emulator came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartedFrom {
    /// The seed; there was no saved state.
    Seed,
    /// The saved state.
    SavedState,
    /// The seed, because the saved state was of another one.
    NewSeedReplacedState,
}

/// A running emulator. Dropping it stops it at once; [`stop`](Self::stop) stops it properly.
pub struct Emulator {
    live: Arc<LiveWorld>,
    base_url: Url,
    started_from: StartedFrom,
    servers: JoinSet<()>,
    writer: Option<Writer>,
    stop: DropGuard,
}

struct Writer {
    file: StateFile,
    task: JoinHandle<()>,
}

impl Emulator {
    /// Starts an emulator; it answers when this returns.
    ///
    /// # Panics
    ///
    /// Outside a Tokio runtime.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let Options { address, seed, state_file, clock } = options;
        let listeners = Listeners::bind(address).await.map_err(|source| match source.kind() {
            io::ErrorKind::AddrInUse => StartError::PortTaken(address),
            _ => StartError::CannotListen { address, source },
        })?;
        let port = listeners.port();

        let clock = clock.unwrap_or_else(Clock::system);
        let state_file = state_file.map(|path| StateFile::new(path, seed.digest()));
        let found = state_file.as_ref().map_or(Ok(Found::Nothing), read)?;
        let (world, started_from) = match found {
            Found::Saved(saved) => {
                clock.set_offset(saved.clock_offset);
                (saved.world, StartedFrom::SavedState)
            }
            Found::Nothing => (World::new(&seed, clock.now()), StartedFrom::Seed),
            Found::AnotherSeeds => (World::new(&seed, clock.now()), StartedFrom::NewSeedReplacedState),
        };
        let stop = CancellationToken::new();
        let live = Arc::new(LiveWorld::new(world, clock, seed, stop.clone()));
        if let Some(file) = &state_file {
            // Better to hear now that the disk is full or the folder missing than when the world is lost.
            let unwritable = |source| StartError::StateNotWritable { path: file.path().to_owned(), source };
            file.write(&live).map_err(unwritable)?;
        }

        let writer = state_file.map(|file| {
            let task = tokio::spawn(keep_written(file.clone(), live.clone(), stop.clone()));
            Writer { file, task }
        });
        let base_url = Url::parse(&format!("http://localhost:{port}")).expect("a port makes a valid URL");
        let mut servers = JoinSet::new();
        servers.spawn(webhook::keep_telling(live.clone(), stop.clone()));
        let mut emulator = Self { live, base_url, started_from, servers, writer, stop: stop.drop_guard() };
        emulator.serve(listeners);
        Ok(emulator)
    }

    /// Answers on these sockets too.
    ///
    /// With [`Authority::tls`](crate::Authority::tls) it is `https://kauth.kakao.com` and `https://kapi.kakao.com` there, for clients that
    /// trust the authority and find these sockets under those names:
    ///
    /// ```
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// # let folder = tempfile::tempdir()?;
    /// use katok_emulator::{Authority, Emulator, Options};
    /// use katok_listener::Listeners;
    ///
    /// let mut emulator = Emulator::start(Options::default()).await?;
    /// let authority = Authority::in_folder(folder.path())?;
    /// let listeners = Listeners::bind(([127, 0, 0, 1], 0).into()).await?;
    /// emulator.serve(listeners.with_tls(authority.tls()?));
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
    /// ```
    pub fn serve(&mut self, listeners: Listeners) {
        let router = http::router(self.live.clone());
        let stop = self.stop.token().clone();
        self.servers.spawn(katok_listener::serve(listeners, router, Limits::default(), stop));
    }

    /// Where it answers, as kauth and kapi at once.
    #[must_use]
    pub fn base_url(&self) -> Url {
        self.base_url.clone()
    }

    /// Where its world came from.
    #[must_use]
    pub fn started_from(&self) -> StartedFrom {
        self.started_from
    }

    /// Lets running requests finish, stops, and writes the state file a last time.
    pub async fn stop(mut self) -> io::Result<()> {
        drop(self.stop);
        while let Some(ended) = self.servers.join_next().await {
            ended.map_err(io::Error::other)?;
        }
        let Some(Writer { file, task }) = self.writer else {
            return Ok(());
        };
        task.await.map_err(io::Error::other)?;
        tokio::task::spawn_blocking(move || file.write(&self.live)).await.map_err(io::Error::other)?
    }

    /// Where the browser of this person ends up who follows an authorize address, signs in and decides.
    ///
    /// # Panics
    ///
    /// Never: the world only knows redirect addresses that are URLs.
    pub fn approve(
        &self,
        authorize_url: &Url,
        person: &str,
        decision: &Decision,
    ) -> Result<Url, ApproveError> {
        let address = approval::approve(&self.live, authorize_url.as_str(), person, decision)?;
        Ok(Url::parse(&address).expect("the world only registers URLs"))
    }

    /// What somebody received in KakaoTalk, oldest first.
    #[must_use]
    pub fn messages(&self, person: &str) -> Vec<ReceivedMessage> {
        ReceivedMessage::all_of(&self.live, person, 0).unwrap_or_default()
    }

    /// Turns the clock by this much.
    pub fn advance(&self, by: SignedDuration) -> Result<(), ClockError> {
        self.live.turn_clock(|clock| clock.advance(by))
    }

    /// Tells the time of this world whenever it is asked, for a program that is to live in the same one.
    pub fn time(&self) -> impl Fn() -> Timestamp + Send + Sync + 'static {
        let live = self.live.clone();
        move || live.read(|_, now| now)
    }

    /// The world as it is now, as a seed document.
    #[must_use]
    pub fn world(&self) -> Seed {
        self.live.read(|world, _| world.to_seed())
    }

    /// Begins again with another seed, and with the clock turned back.
    pub fn reset(&self, seed: &Seed) {
        self.live.reset(seed);
    }

    /// Registers another redirect URI for an app, as its developer would in Kakao's console.
    pub fn register_redirect_uri(&self, app_key: &str, redirect_uri: &Url) -> Result<(), NoSuchApp> {
        let registered = self.live.edit(|world| world.register_redirect_uri(app_key, redirect_uri.as_str()));
        if registered { Ok(()) } else { Err(NoSuchApp(app_key.to_owned())) }
    }

    /// Registers where an app is told of what happens, in place of what is registered; what is not named stays.
    pub fn register_webhooks(&self, app_key: &str, webhooks: Webhooks) -> Result<(), NoSuchApp> {
        let registered = self.live.edit(|world| world.register_webhooks(app_key, webhooks));
        if registered { Ok(()) } else { Err(NoSuchApp(app_key.to_owned())) }
    }

    /// Registers another logout redirect URI for an app.
    pub fn register_logout_redirect_uri(&self, app_key: &str, uri: &Url) -> Result<(), NoSuchApp> {
        let registered = self.live.edit(|world| world.register_logout_redirect_uri(app_key, uri.as_str()));
        if registered { Ok(()) } else { Err(NoSuchApp(app_key.to_owned())) }
    }

    /// Registers the domain of an address for an app, so that links in its messages may lead there.
    pub fn register_web_domain(&self, app_key: &str, address: &Url) -> Result<(), NoSuchApp> {
        let origin = address.origin().ascii_serialization();
        let registered = self.live.edit(|world| world.register_web_domain(app_key, &origin));
        if registered { Ok(()) } else { Err(NoSuchApp(app_key.to_owned())) }
    }
}

fn read(file: &StateFile) -> Result<Found, StartError> {
    let path = file.path().to_owned();
    file.read().map_err(|error| match error {
        ReadError::Io(source) => StartError::StateUnreadable { path, source },
        ReadError::Damaged(detail) => StartError::StateDamaged { path, detail },
    })
}

/// Writes the state file shortly after each change; the last time is the business of `Emulator::stop`.
async fn keep_written(file: StateFile, live: Arc<LiveWorld>, stop: CancellationToken) {
    loop {
        let change = async {
            live.changed().await;
            tokio::time::sleep(WRITE_DELAY).await;
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = change => {}
        }
        let (this_file, this_live) = (file.clone(), live.clone());
        let written = tokio::task::spawn_blocking(move || this_file.write(&this_live)).await;
        if let Err(error) = written.map_err(io::Error::other).flatten() {
            tracing::error!(path = %file.path().display(), %error, "the state file could not be written");
        }
    }
}
