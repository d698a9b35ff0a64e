//! The client against real sockets: servers that answer well, badly, slowly and not at all.

mod alone;
mod kakao;
mod secrecy;
mod token_keeper;
mod trust;
mod wire;
