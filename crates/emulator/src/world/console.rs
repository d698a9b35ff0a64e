//! Kakao's console: developers register apps and set them up.

use std::convert::Infallible;

use jiff::Timestamp;

use super::generator::Opaque;
use super::{Command, World};
use crate::seed::{App, AppKey, Secret, SeedError};

/// How many apps can be registered, so that nobody fills the memory.
const APPS: usize = 1_000;

/// Registers an app; its keys are made up.
pub(crate) struct RegisterApp {
    pub(crate) key: AppKey,
    pub(crate) name: String,
}

impl Command for RegisterApp {
    type Reply = ();
    type Fault = SeedError;

    fn run(self, world: &mut World, _now: Timestamp) -> Result<(), SeedError> {
        if world.apps.len() >= APPS {
            let problem = format!("there are {APPS} apps already");
            return Err(SeedError::Wrong { place: "apps".to_owned(), problem });
        }
        let mut seed = world.to_seed();
        seed.add_app(&self.key, &self.name)?;
        (world.apps, world.people) = (seed.apps, seed.people);
        Ok(())
    }
}

/// Sets an app up anew, all of it.
pub(crate) struct SetUpApp(pub(crate) App);

impl Command for SetUpApp {
    /// Whether there is such an app.
    type Reply = bool;
    type Fault = SeedError;

    fn run(self, world: &mut World, _now: Timestamp) -> Result<bool, SeedError> {
        let Self(app) = self;
        let mut seed = world.to_seed();
        let Some(place) = seed.apps.iter_mut().find(|old| old.key == app.key) else { return Ok(false) };
        *place = app;
        seed.check()?;
        world.apps = seed.apps;
        Ok(true)
    }
}

/// Gives an app another client secret; the old one is good for nothing from now on.
pub(crate) struct RenewClientSecret(pub(crate) AppKey);

impl Command for RenewClientSecret {
    /// Whether there is such an app.
    type Reply = bool;
    type Fault = Infallible;

    fn run(self, world: &mut World, _now: Timestamp) -> Result<bool, Infallible> {
        let secret = Secret::new(world.generator.draw(Opaque::ClientSecret(&self.0)));
        let Some(app) = world.app_to_configure(self.0.as_str()) else { return Ok(false) };
        app.client_secret = Some(secret);
        Ok(true)
    }
}
