//! The emulator over real HTTP, as services, browsers and tests meet it.

mod authorize;
mod contract;
mod control;
mod friends;
mod messages;
mod pages;
mod state;
mod support;
mod token;
mod user;
