//! Group commit: what many want to write at the same moment goes to the disk in one transaction.

use sqlx::AnyPool;
use tokio::sync::{mpsc, oneshot};

use super::accept::accept;
use super::begin::begin;
use super::settle::{settle, unused};
use super::{Accepted, Begin, Begun, Claim, Lane, NewMessage, Release, Settle, Settled, lanes};
use crate::store::{Engine, Store, StoreError};

/// The most that one transaction does, and that waits for the next.
const MOST: usize = 512;

type Reply<T> = oneshot::Sender<Result<T, StoreError>>;

/// One thing to write, and where the answer goes.
enum Write {
    Accept(NewMessage, Reply<Accepted>),
    Begin(Begin, Reply<Begun>),
    Settle(Settle, Reply<Vec<Settled>>),
    Claim(Claim, Reply<Vec<Lane>>),
    Release(Release, Reply<()>),
}

/// The way to those who write; they end with the last of these.
#[derive(Clone, Debug)]
pub(in crate::store) struct Group {
    accepts: mpsc::Sender<Write>,
    lanes: mpsc::Sender<Write>,
}

impl Group {
    /// Starts those who write: SQLite takes one transaction at a time anyway, `PostgreSQL` accepts while it sends.
    pub(in crate::store) fn start(pool: &AnyPool, engine: &Engine) -> Self {
        let writer = || {
            let (sender, queue) = mpsc::channel(MOST);
            tokio::spawn(write_all(queue, pool.clone(), engine.clone()));
            sender
        };
        let accepts = writer();
        let lanes = match engine {
            Engine::Sqlite => accepts.clone(),
            Engine::Postgres { .. } => writer(),
        };
        Self { accepts, lanes }
    }
}

impl Store {
    /// Keeps a message; when this answers it is on the disk.
    pub(crate) async fn accept(&self, message: NewMessage) -> Result<Accepted, StoreError> {
        written(&self.group.accepts, |reply| Write::Accept(message, reply)).await
    }

    /// Takes lanes in which something is due.
    pub(crate) async fn claim_lanes(&self, claim: Claim) -> Result<Vec<Lane>, StoreError> {
        match self.engine {
            Engine::Sqlite => written(&self.group.lanes, |reply| Write::Claim(claim, reply)).await,
            // A transaction that holds lanes for other reasons must not wait for more of them.
            Engine::Postgres { .. } => {
                lanes::claim(&mut *self.writer.acquire().await?, &self.engine, &claim).await
            }
        }
    }

    /// Lets a lane go.
    pub(crate) async fn release_lane(&self, release: Release) -> Result<(), StoreError> {
        match self.engine {
            Engine::Sqlite => written(&self.group.lanes, |reply| Write::Release(release, reply)).await,
            Engine::Postgres { .. } => lanes::release(&mut *self.writer.acquire().await?, &release).await,
        }
    }

    /// Notes which deliveries Kakao is about to be asked for, as far as the lane is still held and they still wait.
    pub(crate) async fn begin_deliveries(&self, begin: Begin) -> Result<Begun, StoreError> {
        written(&self.group.lanes, |reply| Write::Begin(begin, reply)).await
    }

    /// Notes what became of deliveries; says which of them it did become so.
    pub(crate) async fn settle_deliveries(&self, settle: Settle) -> Result<Vec<Settled>, StoreError> {
        written(&self.group.lanes, |reply| Write::Settle(settle, reply)).await
    }
}

async fn written<T>(
    queue: &mpsc::Sender<Write>,
    write: impl FnOnce(Reply<T>) -> Write,
) -> Result<T, StoreError> {
    let (reply, answer) = oneshot::channel();
    let gone = || StoreError::Unavailable(sqlx::Error::PoolClosed);
    queue.send(write(reply)).await.map_err(|_| gone())?;
    answer.await.map_err(|_| gone())?
}

/// Writes what comes, group by group: while one is on its way to the disk, the next one gathers.
async fn write_all(mut queue: mpsc::Receiver<Write>, pool: AnyPool, engine: Engine) {
    let mut group = Vec::new();
    while queue.recv_many(&mut group, MOST).await > 0 {
        let group = Parts::of(std::mem::take(&mut group));
        match group.write(&pool, &engine).await {
            Ok(done) => group.answer(done),
            // One of them may be at fault, and the others are not to suffer for it.
            Err(_) if group.len() > 1 => {
                for alone in group.each_alone() {
                    match alone.write(&pool, &engine).await {
                        Ok(done) => alone.answer(done),
                        Err(error) => alone.refuse(error),
                    }
                }
            }
            Err(error) => group.refuse(error),
        }
    }
}

/// A group by what is to be done.
#[derive(Default)]
struct Parts {
    accepts: (Vec<NewMessage>, Vec<Reply<Accepted>>),
    begins: (Vec<Begin>, Vec<Reply<Begun>>),
    settles: (Vec<Settle>, Vec<Reply<Vec<Settled>>>),
    releases: (Vec<Release>, Vec<Reply<()>>),
    claims: (Vec<Claim>, Vec<Reply<Vec<Lane>>>),
}

struct Done {
    accepted: Vec<Accepted>,
    begun: Vec<Begun>,
    settled: Vec<Vec<Settled>>,
    claimed: Vec<Vec<Lane>>,
}

impl Parts {
    fn of(group: Vec<Write>) -> Self {
        let mut parts = Self::default();
        for write in group {
            match write {
                Write::Accept(message, reply) => add(&mut parts.accepts, message, reply),
                Write::Begin(begin, reply) => add(&mut parts.begins, begin, reply),
                Write::Settle(settle, reply) => add(&mut parts.settles, settle, reply),
                Write::Release(release, reply) => add(&mut parts.releases, release, reply),
                Write::Claim(claim, reply) => add(&mut parts.claims, claim, reply),
            }
        }
        parts
    }

    fn len(&self) -> usize {
        let Self { accepts, begins, settles, releases, claims } = self;
        accepts.0.len() + begins.0.len() + settles.0.len() + releases.0.len() + claims.0.len()
    }

    fn each_alone(self) -> impl Iterator<Item = Self> {
        let accepts = pairs(self.accepts).map(|accepts| Self { accepts, ..Self::default() });
        let begins = pairs(self.begins).map(|begins| Self { begins, ..Self::default() });
        let settles = pairs(self.settles).map(|settles| Self { settles, ..Self::default() });
        let releases = pairs(self.releases).map(|releases| Self { releases, ..Self::default() });
        let claims = pairs(self.claims).map(|claims| Self { claims, ..Self::default() });
        accepts.chain(begins).chain(settles).chain(releases).chain(claims)
    }

    async fn write(&self, pool: &AnyPool, engine: &Engine) -> Result<Done, StoreError> {
        let mut tx = engine.begin(pool).await?;
        let settled = settle(&mut tx, engine, &self.settles.0).await?;
        let unused = unused(&self.settles.0, &settled);
        let begun = begin(&mut tx, engine, &self.begins.0, &unused).await?;
        let accepted = accept(&mut tx, engine, &self.accepts.0).await?;
        for release in &self.releases.0 {
            lanes::release(&mut tx, release).await?;
        }
        // Last: what became due just now is taken as well.
        let mut claimed = Vec::with_capacity(self.claims.0.len());
        for claim in &self.claims.0 {
            claimed.push(lanes::claim(&mut tx, engine, claim).await?);
        }
        tx.commit().await?;
        Ok(Done { accepted, begun, settled, claimed })
    }

    fn answer(self, done: Done) {
        // Whoever no longer waits for the answer need not have it.
        for (reply, accepted) in std::iter::zip(self.accepts.1, done.accepted) {
            let _ = reply.send(Ok(accepted));
        }
        for (reply, begun) in std::iter::zip(self.begins.1, done.begun) {
            let _ = reply.send(Ok(begun));
        }
        for (reply, settled) in std::iter::zip(self.settles.1, done.settled) {
            let _ = reply.send(Ok(settled));
        }
        for reply in self.releases.1 {
            let _ = reply.send(Ok(()));
        }
        for (reply, claimed) in std::iter::zip(self.claims.1, done.claimed) {
            let _ = reply.send(Ok(claimed));
        }
    }

    /// Of one alone.
    fn refuse(self, error: StoreError) {
        if let Some(reply) = self.accepts.1.into_iter().next() {
            let _ = reply.send(Err(error));
        } else if let Some(reply) = self.begins.1.into_iter().next() {
            let _ = reply.send(Err(error));
        } else if let Some(reply) = self.settles.1.into_iter().next() {
            let _ = reply.send(Err(error));
        } else if let Some(reply) = self.releases.1.into_iter().next() {
            let _ = reply.send(Err(error));
        } else if let Some(reply) = self.claims.1.into_iter().next() {
            let _ = reply.send(Err(error));
        }
    }
}

fn add<A, B>(lists: &mut (Vec<A>, Vec<B>), item: A, reply: B) {
    lists.0.push(item);
    lists.1.push(reply);
}

fn pairs<A, B>(lists: (Vec<A>, Vec<B>)) -> impl Iterator<Item = (Vec<A>, Vec<B>)> {
    std::iter::zip(lists.0, lists.1).map(|(item, reply)| (vec![item], vec![reply]))
}
