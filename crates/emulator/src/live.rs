//! The live world: one lock around the rules, one clock, and a bell for whoever writes it down.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::journal::Journal;
use crate::scenario::{Fault, FaultError, Scenario, ScriptedFault};
use crate::scraper::Scraper;
use crate::seed::Seed;
use crate::webhook::Deliveries;
use crate::world::event::Happened;
use crate::world::{Command, World};

pub(crate) struct LiveWorld {
    /// Held for the length of a command, never across I/O.
    world: Mutex<World>,
    clock: Clock,
    changed: Notify,
    /// Rings for the webhooks.
    happened: Notify,
    /// Counts the changes, for everybody who waits for one; `changed` has but one listener.
    latest_change: watch::Sender<u64>,
    journal: Journal,
    deliveries: Deliveries,
    /// Under a lock of its own: most exchanges only look whether it is empty.
    scenario: Mutex<Scenario>,
    /// The world it began with.
    seed: Seed,
    /// That the emulator stops, and nobody shall wait any longer.
    stop: CancellationToken,
    scraper: Scraper,
}

impl LiveWorld {
    pub(crate) fn new(world: World, clock: Clock, seed: Seed, stop: CancellationToken) -> Self {
        Self {
            world: Mutex::new(world),
            clock,
            changed: Notify::new(),
            happened: Notify::new(),
            latest_change: watch::Sender::new(0),
            journal: Journal::default(),
            deliveries: Deliveries::default(),
            scenario: Mutex::default(),
            seed,
            stop,
            scraper: Scraper::default(),
        }
    }

    /// Does what is asked, now.
    pub(crate) fn apply<C: Command>(&self, command: C) -> Result<C::Reply, C::Fault> {
        let mut world = self.lock();
        let reply = world.apply(self.clock.now(), command);
        if C::CHANGES_THE_WORLD {
            self.tell(world);
        }
        reply
    }

    /// Looks at the world as it is now.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&World, Timestamp) -> T) -> T {
        let world = self.lock();
        look(&world, self.clock.now())
    }

    /// Changes the world from outside: what no command of Kakao's could do.
    pub(crate) fn edit<T>(&self, edit: impl FnOnce(&mut World) -> T) -> T {
        let mut world = self.lock();
        let edited = edit(&mut world);
        self.tell(world);
        edited
    }

    /// Begins again with this seed, and at the time it really is.
    pub(crate) fn reset(&self, seed: &Seed) {
        self.edit(|world| {
            self.clock.set_offset(SignedDuration::ZERO);
            *world = World::new(seed, self.clock.now());
        });
        self.journal.clear();
        self.deliveries.clear();
        self.scenario(|scenario| *scenario = Scenario::default());
    }

    /// Begins again with the seed the emulator was started with.
    pub(crate) fn begin_again(&self) {
        self.reset(&self.seed);
    }

    pub(crate) fn scraper(&self) -> &Scraper {
        &self.scraper
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Turns the clock, which is part of the state as well.
    pub(crate) fn turn_clock<T>(&self, turn: impl FnOnce(&Clock) -> T) -> T {
        // Under the lock: who advances the clock reads it first, and no other turn may come between.
        self.edit(|world| {
            let turned = turn(&self.clock);
            world.sweep(self.clock.now());
            turned
        })
    }

    pub(crate) fn journal(&self) -> &Journal {
        &self.journal
    }

    pub(crate) fn deliveries(&self) -> &Deliveries {
        &self.deliveries
    }

    /// Waits for what webhooks tell of, and takes it.
    pub(crate) async fn next_events(&self) -> VecDeque<Happened> {
        loop {
            // Not by `edit`: that something is on its way is nothing to write down.
            let events = self.lock().take_events();
            if !events.is_empty() {
                return events;
            }
            self.happened.notified().await;
        }
    }

    /// Does something with the scripted faults.
    pub(crate) fn scenario<T>(&self, work: impl FnOnce(&mut Scenario) -> T) -> T {
        work(&mut self.scenario.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Scripts a fault; the person and the app it names must exist, or it would never happen.
    pub(crate) fn add_fault(&self, fault: Fault) -> Result<ScriptedFault, FaultError> {
        let (person, app) = fault.names();
        self.read(|world, _| {
            let nobody = person.filter(|key| world.person(key).is_none());
            let no_app = app.filter(|key| world.apps().iter().all(|app| app.key.as_str() != *key));
            match (nobody, no_app) {
                (Some(key), _) => Err(FaultError::nobody("match.person", key)),
                (_, Some(key)) => Err(FaultError::nobody("match.app", key)),
                (None, None) => Ok(()),
            }
        })?;
        self.scenario(|scenario| scenario.add(fault))
    }

    fn tell(&self, world: MutexGuard<'_, World>) {
        let has_events = world.has_events();
        drop(world);
        if has_events {
            self.happened.notify_one();
        }
        self.changed.notify_one();
        self.latest_change.send_modify(|change| *change += 1);
    }

    /// Waits until a look at the world finds something.
    pub(crate) async fn wait_for<T>(&self, mut look: impl FnMut(&World) -> Option<T>) -> T {
        let mut changes = self.latest_change.subscribe();
        loop {
            // Before the look: what happens right after it must not be missed.
            changes.borrow_and_update();
            if let Some(found) = self.read(|world, _| look(world)) {
                return found;
            }
            changes.changed().await.expect("whoever tells of changes lives as long as this");
        }
    }

    /// Counts the changes.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.latest_change.subscribe()
    }

    /// Waits until a count is another than this; no longer than the emulator runs.
    pub(crate) async fn wait_for_another(&self, known: Option<u64>, counted: &mut watch::Receiver<u64>) {
        tokio::select! {
            () = self.stopped() => {}
            _ = counted.wait_for(|count| known != Some(*count)) => {}
        }
    }

    /// Waits until the emulator stops.
    pub(crate) async fn stopped(&self) {
        self.stop.cancelled().await;
    }

    /// Waits until something may have changed since the last time.
    pub(crate) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// A panic in a rule is a bug, but it must not take every later call with it.
    fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nobody_waits_for_a_change_once_the_emulator_stops() {
        let (seed, clock, stop) = (Seed::built_in(), Clock::system(), CancellationToken::new());
        let live = LiveWorld::new(World::new(&seed, clock.now()), clock, seed, stop.clone());
        let mut changes = live.changes();
        let known = *changes.borrow();
        let mut waiting = std::pin::pin!(live.wait_for_another(Some(known), &mut changes));
        // It gets a turn first, and has nothing to say.
        tokio::select! {
            biased;
            () = &mut waiting => panic!("nothing has changed"),
            () = std::future::ready(()) => {}
        }
        stop.cancel();
        waiting.await;
    }
}
