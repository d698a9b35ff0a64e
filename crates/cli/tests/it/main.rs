//! The whole product as its users meet it: the real binary on a data folder of its own, over real HTTP.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where it stopped")]

mod browser;
mod commands;
mod curl;
mod emulator;
mod exec;
mod full_disk;
#[path = "../../../emulator/tests/it/openapi.rs"]
mod openapi;
mod program;
mod third_party;
mod tls;
mod up;
mod wire;
