//! The live world: one lock around the rules, one clock, and a bell for whoever writes it down.

use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;

use crate::clock::Clock;
use crate::seed::Seed;
use crate::world::{Command, World};

pub(crate) struct LiveWorld {
    /// Held for the length of a command, never across I/O.
    world: Mutex<World>,
    clock: Clock,
    changed: Notify,
}

impl LiveWorld {
    pub(crate) fn new(world: World, clock: Clock) -> Self {
        Self { world: Mutex::new(world), clock, changed: Notify::new() }
    }

    /// Does what is asked, now.
    pub(crate) fn apply<C: Command>(&self, command: C) -> Result<C::Reply, C::Fault> {
        let mut world = self.lock();
        let reply = world.apply(self.clock.now(), command);
        if C::CHANGES_THE_WORLD {
            self.changed.notify_one();
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
        let edited = edit(&mut self.lock());
        self.changed.notify_one();
        edited
    }

    /// Begins again with this seed, and at the time it really is.
    pub(crate) fn reset(&self, seed: &Seed) {
        self.edit(|world| {
            self.clock.set_offset(SignedDuration::ZERO);
            *world = World::new(seed, self.clock.now());
        });
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Turns the clock, which is part of the state as well.
    pub(crate) fn turn_clock<T>(&self, turn: impl FnOnce(&Clock) -> T) -> T {
        // Under the lock: who advances the clock reads it first, and no other turn may come between.
        self.edit(|_| turn(&self.clock))
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
