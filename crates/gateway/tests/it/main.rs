//! The gateway as its users meet it: real HTTP, a real database, the real emulator.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where it stopped")]

mod account_page;
mod api_keys;
mod backup;
mod bad_days;
mod browser;
mod consent;
mod database;
mod database_gone;
mod first_release;
mod hardening;
mod house;
mod id_token;
mod kakao_proxy;
mod kakao_webhooks;
mod keep_alive;
mod log_out;
mod login_end;
mod oauth_practice;
mod openapi;
mod outbox;
mod pages;
mod postgres;
mod real_mode;
mod redirect_path;
mod sample_routes;
mod send_after_sign_in;
mod sessions;
mod sign_in;
mod start;
mod tokens;
mod two_gateways;
mod unlink;
mod v1;
mod vault;
mod watching;
