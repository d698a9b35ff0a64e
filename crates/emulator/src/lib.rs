//! A local Kakao: kauth and kapi on one port, with people who sign in, agree and get messages.
//!
//! It is written from Kakao's documents alone and shares no code with the client, so that a misreading of the
//! documents on one side shows on the other. `FIDELITY.md` says how sure each behaviour is.
//!
//! ```
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use katok_emulator::{Decision, Emulator, NoSuchApp, Options};
//!
//! let emulator = Emulator::start(Options::default()).await?;
//! let login = emulator.base_url().join(
//!     "/oauth/authorize?response_type=code&client_id=de300de300de300de300de300de30001\
//!      &redirect_uri=http://localhost:4000/redirect",
//! )?;
//! let back_at_the_service = emulator.approve(&login, "ryan", &Decision::Allow)?;
//! assert!(back_at_the_service.query().unwrap().starts_with("code="));
//! emulator.stop().await?;
//! # Ok(())
//! # }
//! # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
//! ```

mod approval;
mod authority;
mod clock;
mod digest;
mod emulator;
mod fault;
mod http;
mod inbox;
mod journal;
mod live;
mod openapi;
mod scenario;

pub mod seed;
mod state_file;
mod webhook;
mod world;

pub use approval::{ApproveError, Decision};
pub use authority::{Authority, AuthorityError, KAKAO_HOSTS};
pub use clock::{Clock, ClockError};
pub use emulator::{Emulator, NoSuchApp, Options, StartError, StartedFrom};
pub use inbox::{Chat, MessageKind, ReceivedMessage};
pub use journal::{Ending, Exchange, SeenRequest, SeenResponse};
pub use scenario::{Fault, FaultError, ScriptedFault};
pub use seed::{Seed, SeedError};
pub use webhook::{Delivery, WebhookKind};
pub use world::aging::NoSuchToken;
