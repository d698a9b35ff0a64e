//! The emulator over real HTTP, as services, browsers and tests meet it.

#![expect(clippy::unwrap_used, reason = "a test that unwraps in vain has found something")]

mod aging;
mod app_users;
mod authorize;
mod channels;
mod codes;
mod consent;
mod contract;
mod control;
mod cross_origin;
mod description;
mod faults;
mod friends;
mod gate;
mod images;
mod in_tests;
mod journal;
mod logout;
mod messages;
mod oidc;
mod openapi;
mod pages;
mod profile;
mod receivers;
mod scopes;
mod service_terms;
mod share;
mod shipping_address;
mod sign_in;
mod signup;
mod state;
mod support;
mod talk_profile;
mod templates;
mod tls;
mod token;
mod user;
mod webhooks;
