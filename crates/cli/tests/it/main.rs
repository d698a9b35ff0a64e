//! The whole product as its users meet it: the real binary on a data folder of its own, over real HTTP.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where it stopped")]

mod browser;
mod commands;
mod curl;
#[path = "../../../gateway/tests/it/database.rs"]
#[expect(dead_code, reason = "the gateway's tests need more of it")]
mod database;
mod emulator;
mod exec;
mod full_disk;
mod keeping;
#[path = "../../../emulator/tests/it/openapi.rs"]
mod openapi;
mod outbox;
mod outbox_crash;
mod program;
mod secrecy;
mod terminal;
mod third_party;
mod through_gateway;
mod tls;
mod up;
mod wire;
