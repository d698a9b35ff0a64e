//! What Kakao tells a service of its own accord, read and believed only when it is Kakao's.
//!
//! | type | request | [called with](crate::Auth) | consent | [effect](crate::Effect) |
//! |---|---|---|---|---|
//! | [`GetEventsConfiguration`] | `GET /.well-known/sse-configuration` | nobody | | read |

#[cfg(feature = "oidc")]
mod account_status;
mod events_configuration;
#[cfg(feature = "oidc")]
mod security_event;
mod unlink;

#[cfg(feature = "oidc")]
pub use account_status::{AccountStatusError, AccountStatusWebhook};
pub use events_configuration::{EventsConfiguration, GetEventsConfiguration};
#[cfg(feature = "oidc")]
pub use security_event::{AccountEvent, AccountEventKind, SecurityEvent};
pub use unlink::{UnlinkNotice, UnlinkReason, UnlinkWebhook, UnlinkWebhookError};
