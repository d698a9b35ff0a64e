//! The client against real sockets: servers that answer well, badly, slowly and not at all.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the message")]

mod alone;
mod code_table;
mod codes;
#[cfg(all(feature = "file-store", feature = "oidc"))]
mod examples;
mod faults;
mod kakao;
mod login;
mod long_life;
#[cfg(feature = "oidc")]
mod oidc;
mod person;
#[cfg(feature = "file-store")]
mod processes;
mod retries;
mod secrecy;
mod service;
mod shop;
mod talk;
mod templates;
#[cfg(feature = "file-store")]
mod token_file;
mod token_keeper;
mod token_limits;
mod token_trouble;
mod trust;
mod user;
mod webhook;
mod wire;
