//! The commands of a terminal, against `katok emulator`: what they do, print and end with.

mod language;
mod output;
mod send;
mod sign_in;
mod tokens;
mod trouble;

use crate::emulator::Emulator;
use crate::program::{Machine, Running};

/// A machine with an emulator, on which somebody has signed in and agreed to everything.
async fn signed_in(person: &str) -> (Machine, Running, Emulator) {
    let machine = Machine::new();
    let (running, emulator) = machine.emulator();
    // The friends list belongs to what the demo app asks for at the first login.
    machine.login(&emulator, person, None).await.exits(0);
    (machine, running, emulator)
}
