//! The whole product as its users meet it: the real binary on a data folder of its own, over real HTTP.

mod browser;
mod commands;
mod curl;
mod emulator;
mod program;
mod third_party;
mod up;
