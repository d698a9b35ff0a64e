//! The journal: what was asked of Kakao and what it answered, kept raw and made readable when somebody reads it.

mod exchange;
mod multipart;
mod shortening;

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use jiff::Timestamp;
use tokio::sync::watch;

use crate::world::involved::Involved;
pub use exchange::{Ending, Exchange, SeenRequest, SeenResponse};
use multipart::Part;
pub(crate) use shortening::shortened_authorization;

/// How many exchanges are kept.
const KEPT: usize = 1_000;
/// How many bytes they may take together.
const KEPT_BYTES: usize = 8 * 1024 * 1024;
/// How much of one body is kept.
const KEPT_OF_BODY: usize = 64 * 1024;

/// The last exchanges with Kakao's two hosts.
#[derive(Default)]
pub(crate) struct Journal {
    entries: Mutex<Entries>,
    /// Counts what is written, for the pages that show it as it comes.
    written: watch::Sender<u64>,
}

#[derive(Default)]
struct Entries {
    latest_id: u64,
    bytes: usize,
    kept: VecDeque<Entry>,
}

/// An exchange as it went over the wire, not made readable yet.
#[derive(Clone)]
pub(crate) struct Entry {
    id: u64,
    pub(crate) at: Timestamp,
    pub(crate) duration: Duration,
    pub(crate) host: &'static str,
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) involved: Involved,
    pub(crate) request: RawPart,
    pub(crate) response: Option<(StatusCode, RawPart)>,
    pub(crate) ending: Ending,
    pub(crate) fault: Option<u64>,
}

/// The headers and the body of a request or an answer.
#[derive(Clone, Default)]
pub(crate) struct RawPart {
    headers: Vec<(HeaderName, HeaderValue)>,
    body: RawBody,
}

#[derive(Clone)]
enum RawBody {
    Bytes {
        start: Bytes,
        length: usize,
    },
    /// Read at once: files are not kept.
    Multipart(Vec<Part>),
}

impl Default for RawBody {
    fn default() -> Self {
        Self::Bytes { start: Bytes::new(), length: 0 }
    }
}

impl RawPart {
    /// Keeps what a reader wants of it.
    pub(crate) fn new(headers: &HeaderMap, wanted: &[HeaderName], body: &Bytes) -> Self {
        let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let body = match content_type.and_then(multipart::boundary) {
            Some(boundary) => RawBody::Multipart(multipart::parts(body, boundary)),
            // A slice would keep the whole body alive.
            None if body.len() > KEPT_OF_BODY => {
                RawBody::Bytes { start: Bytes::copy_from_slice(&body[..KEPT_OF_BODY]), length: body.len() }
            }
            None => RawBody::Bytes { start: body.clone(), length: body.len() },
        };
        let header = |name: &HeaderName| Some((name.clone(), headers.get(name)?.clone()));
        Self { headers: wanted.iter().filter_map(header).collect(), body }
    }

    fn header(&self, name: &HeaderName) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(given, _)| given == name)?;
        value.to_str().ok()
    }

    fn bytes(&self) -> usize {
        let headers: usize = self.headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
        headers
            + match &self.body {
                RawBody::Bytes { start, .. } => start.len(),
                RawBody::Multipart(parts) => parts.iter().map(Part::bytes).sum(),
            }
    }
}

impl Entry {
    /// The id comes with the journal's own counting.
    pub(crate) fn begun(at: Timestamp, host: &'static str, method: Method, uri: Uri) -> Self {
        Self {
            id: 0,
            at,
            duration: Duration::ZERO,
            host,
            method,
            uri,
            involved: Involved::default(),
            request: RawPart::default(),
            response: None,
            ending: Ending::Gone,
            fault: None,
        }
    }

    fn bytes(&self) -> usize {
        let uri = self.uri.path_and_query().map_or(0, |path| path.as_str().len());
        let response = self.response.as_ref().map_or(0, |(_, response)| response.bytes());
        size_of::<Self>() + uri + self.request.bytes() + response
    }
}

impl Journal {
    pub(crate) fn write(&self, entry: Entry) {
        let mut journal = self.entries();
        journal.latest_id += 1;
        let id = journal.latest_id;
        journal.bytes += entry.bytes();
        journal.kept.push_back(Entry { id, ..entry });
        while journal.kept.len() > KEPT || journal.bytes > KEPT_BYTES {
            let Some(oldest) = journal.kept.pop_front() else { break };
            journal.bytes -= oldest.bytes();
        }
        drop(journal);
        self.written.send_modify(|written| *written += 1);
    }

    /// What came after the exchange of this number, newest last.
    pub(crate) fn read(&self, since: u64) -> Vec<Exchange> {
        let entries: Vec<Entry> = {
            let journal = self.entries();
            journal.kept.iter().filter(|entry| entry.id > since).cloned().collect()
        };
        entries.iter().map(Exchange::of).collect()
    }

    /// The newest of those that fit, newest first.
    pub(crate) fn newest(&self, limit: usize, fits: impl Fn(&Entry) -> bool) -> Vec<Exchange> {
        let entries: Vec<Entry> =
            self.entries().kept.iter().rev().filter(|entry| fits(entry)).take(limit).cloned().collect();
        entries.iter().map(Exchange::of).collect()
    }

    /// The exchange of this number, if it is still kept.
    pub(crate) fn exchange(&self, id: u64) -> Option<Exchange> {
        let entry = self.entries().kept.iter().find(|entry| entry.id == id).cloned();
        entry.as_ref().map(Exchange::of)
    }

    /// Counts what is written.
    pub(crate) fn written(&self) -> watch::Receiver<u64> {
        self.written.subscribe()
    }

    /// Forgets everything; the numbers go on, so that whoever reads on with `since` misses nothing.
    pub(crate) fn clear(&self) {
        let mut journal = self.entries();
        journal.kept.clear();
        journal.bytes = 0;
        drop(journal);
        self.written.send_modify(|written| *written += 1);
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
