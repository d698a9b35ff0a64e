//! The wire to Kakao, with a count of what was asked and how it ended, and a look at what the set-up lacks.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use katok_client::{PendingReply, Transport, TransportError};
use serde::Deserialize;
use tokio::time::Instant;

use crate::setup::{LastTrouble, Trouble};
use crate::telemetry::Telemetry;

/// Passes every request on as it is.
pub(crate) struct Counted {
    pub(crate) wire: Arc<dyn Transport>,
    pub(crate) telemetry: Arc<Telemetry>,
    pub(crate) trouble: Arc<LastTrouble>,
}

impl Transport for Counted {
    fn send(&self, request: Request<Bytes>) -> PendingReply<'_> {
        Box::pin(async move {
            let endpoint = request.uri().path().to_owned();
            let is_refresh = contains(request.body(), b"grant_type=refresh_token");
            let begun = Instant::now();
            let reply = self.wire.send(request).await;
            let outcome = outcome(reply.as_ref());
            let code = reply.as_ref().ok().and_then(code);
            if let Some(trouble) = code.as_deref().and_then(Trouble::of_code) {
                self.trouble.happened(trouble);
            }
            self.telemetry.kakao_call(&endpoint, outcome, code, begun.elapsed());
            if is_refresh {
                self.telemetry.refresh(outcome);
            }
            reply
        })
    }
}

fn outcome(reply: Result<&Response<Bytes>, &TransportError>) -> &'static str {
    match reply {
        Ok(reply) if reply.status().is_success() => "done",
        Ok(reply) if reply.status().is_server_error() => "failed",
        Ok(_) => "refused",
        Err(TransportError::NotSent(_)) => "not_sent",
        Err(_) => "unanswered",
    }
}

/// The code in a refusal, as kapi and kauth write it; nothing else of it is read.
fn code(reply: &Response<Bytes>) -> Option<String> {
    #[derive(Deserialize)]
    struct Refusal {
        code: Option<i32>,
        error_code: Option<String>,
    }
    if reply.status().is_success() {
        return None;
    }
    let refusal: Refusal = serde_json::from_slice(reply.body()).ok()?;
    let koe = refusal.error_code.filter(|code| code.len() <= 8 && code.starts_with("KOE"));
    refusal.code.map(|code| code.to_string()).or(koe)
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

impl fmt::Debug for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Counted").finish_non_exhaustive()
    }
}
