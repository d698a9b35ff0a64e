//! A local Kakao: kauth and kapi on one port, with people who sign in, agree and get messages.
//!
//! It is written from Kakao's documents alone and shares no code with the client, so that a misreading of the
//! documents on one side shows on the other. `FIDELITY.md` says how sure each behaviour is.
//!
//! In a test, start one for each: they share nothing, and it takes a few milliseconds.
//!
//! ```
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use katok_emulator::{Emulator, Fault, Options};
//!
//! let kakao = Emulator::start(Options::default()).await?;
//! let tokens = kakao.sign_in("demo", "ryan", &[]).await?;
//! kakao.fault(Fault::on("/v2/api/talk/memo/*").times(1).code(-9798))?;
//! // Here your program sends, with kakao.base_url() in place of Kakao's hosts, and tries again on 503.
//! # let send = async || {
//! #     let form = [("template_object", r#"{"object_type":"text","text":"배포 완료","link":{}}"#)];
//! #     let url = kakao.base_url().join("/v2/api/talk/memo/default/send").unwrap();
//! #     reqwest::Client::new().post(url).bearer_auth(&tokens.access_token).form(&form).send().await
//! # };
//! # assert_eq!(send().await?.status(), 503);
//! # assert_eq!(send().await?.status(), 200);
//! kakao.expect_message("ryan").text("배포 완료");
//! assert_eq!(kakao.journal(0).len(), 2);
//! # Ok(())
//! # }
//! # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
//! ```
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
#[cfg(any(test, feature = "fuzz"))]
pub mod fuzz;
mod http;
mod inbox;
mod journal;
mod jws;
mod live;
mod openapi;
mod scenario;
mod sign_in;

mod scraper;
pub mod seed;
mod state_file;
mod webhook;
mod world;

pub use approval::{ApproveError, Decision};
pub use authority::{Authority, AuthorityError, KAKAO_HOSTS};
pub use clock::{Clock, ClockError};
pub use emulator::{Emulator, ExpectedMessage, NoMessage, NoSuchApp, Options, StartError, StartedFrom};
pub use http::Door;
pub use inbox::{Chat, MessageKind, ReceivedMessage};
pub use journal::{Ending, Exchange, SeenRequest, SeenResponse};
pub use scenario::{Fault, FaultError, ScriptedFault};
pub use seed::{Seed, SeedError};
pub use sign_in::{SignInError, Tokens};
pub use webhook::{Delivery, WebhookKind};
pub use world::aging::NoSuchToken;
