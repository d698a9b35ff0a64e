//! The self-hosted web service: sign in with Kakao, send KakaoTalk messages, keep the tokens safe.
//!
//! Rooms point one way: `web → {login, account, message, …} → vault → store`. See `ARCHITECTURE.md`.

mod account;
mod api_key;
mod app;
mod background;
mod backup;
mod client_address;
mod compose;
pub mod config;
mod data_folder;
mod day;
mod device;
mod digest;
mod gateway;
mod host_name;
mod kakao_calls;
mod keep_alive;
mod last_use;
mod login;
mod message;
mod outbox;
mod rates;
mod readiness;
mod saved_template;
mod seal;
mod sentence;
mod session;
mod setup;
#[cfg(test)]
mod simulation;
mod start_error;
mod storage;
mod store;
mod telemetry;
mod unlink;
mod vault;
mod web;

pub use backup::{Backup, BackupError, Restored};
pub use config::{KakaoApp, KakaoAt, Settings};
pub use data_folder::{DataFolder, DataFolderError, make_private_folder};
pub use gateway::Gateway;
pub use sentence::{Sentence, explain, explain_redirect};
pub use start_error::StartError;
pub use storage::Storage;
pub use storage::outbox::{
    OutboxChange, OutboxDelivery, OutboxDepth, OutboxMessage, OutboxQuery, OutboxScope, outbox_states,
};
pub use vault::{Inspection, KeyInUse, Rotation};
