//! The commands of a terminal, against `katok emulator`: what they do, print and end with.

mod admin;
mod completions;
mod config;
mod doctor;
mod emulator_control;
mod explain;
mod keyring;
mod language;
mod notify;
mod output;
mod profiles;
mod qr_code;
mod reviewed;
mod send;
mod send_forms;
mod sign_in;
mod template;
mod token_import;
mod token_show;
mod tokens;
mod trouble;
mod usage;

use std::fs;

use serde_json::Value;

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

/// The tokens of the only account in the token file.
fn stored(machine: &Machine) -> Value {
    let file = fs::read_to_string(machine.data().join("tokens.json")).unwrap();
    let file: Value = serde_json::from_str(&file).unwrap();
    file["accounts"].as_object().unwrap().values().next().unwrap()["tokens"].clone()
}
