//! The way back to the service: the registered address, with an answer in its query.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What stays as it is in a query value. Kakao writes a space as `%20`, not as `+`.
const QUERY_VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Where to send the browser back to.
pub(in crate::world) struct Callback {
    pub(in crate::world) redirect_uri: String,
    pub(in crate::world) state: Option<String>,
}

impl Callback {
    /// Put together as text: parsing a URL and printing it again could change what was registered.
    pub(in crate::world) fn address(&self, answer: &[(&str, &str)]) -> String {
        let mut address = self.redirect_uri.clone();
        let state = self.state.as_deref().map(|state| ("state", state));
        for (name, value) in answer.iter().copied().chain(state) {
            address.push(if address.contains('?') { '&' } else { '?' });
            address.push_str(name);
            address.push('=');
            address.extend(utf8_percent_encode(value, QUERY_VALUE));
        }
        address
    }

    pub(super) fn refuse(&self, error: &str, description: &str) -> String {
        self.address(&[("error", error), ("error_description", description)])
    }
}
