//! What one request may cost: how large it is, how slowly it comes, how long it is worked on.

use std::time::Duration;

/// The bounds of every request; the same for all gateways, and made smaller by tests only.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// The longest head taken, in bytes: cookies of all programs on one machine come together there.
    pub head: usize,
    /// The longest body taken, in bytes: a template with every field full is far below.
    pub body: usize,
    /// How long a body may pause between two pieces.
    pub body_pause: Duration,
    /// How long a request is worked on: longer than two calls to Kakao at their own limits.
    pub request: Duration,
    /// How often it is looked after who reads events whether they still may.
    pub stream_check: Duration,
    /// What a connection may cost.
    pub connection: katok_listener::Limits,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            head: 32 * 1024,
            body: 256 * 1024,
            body_pause: Duration::from_secs(10),
            request: Duration::from_mins(1),
            stream_check: Duration::from_secs(30),
            connection: katok_listener::Limits::default(),
        }
    }
}
