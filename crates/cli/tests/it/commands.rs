//! The commands of a terminal, against `katok emulator`: what they do, print and end with.

mod admin;
mod config;
mod emulator_control;
mod explain;
mod language;
mod output;
mod send;
mod sign_in;
mod template;
mod tokens;
mod trouble;
mod usage;

use crate::emulator::Emulator;
use crate::program::{Machine, Running};
use crate::wire::Wire;

/// A machine with an emulator, on which somebody has signed in and agreed to everything.
async fn signed_in(person: &str) -> (Machine, Running, Emulator) {
    let machine = Machine::new();
    let (running, emulator) = machine.emulator();
    // The friends list belongs to what the demo app asks for at the first login.
    machine.login(&emulator, person, None).await.exits(0);
    (machine, running, emulator)
}

/// The same, with a wire in between on which trouble can be made.
async fn signed_in_over_a_wire() -> (Machine, Wire, Running, Emulator) {
    let mut machine = Machine::new();
    let (running, emulator) = machine.emulator();
    let wire = Wire::between(&mut machine, &emulator).await;
    machine.login(&emulator, "ryan", None).await.exits(0);
    (machine, wire, running, emulator)
}
