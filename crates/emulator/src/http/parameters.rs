//! Parameters as Kakao hears them: from the query, a form body, or both.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, Uri, header};
use url::form_urlencoded;

use super::login_host::FaultPage;
use crate::fault::LoginFault;
use crate::live::LiveWorld;

/// The parameters of a request. Of a repeated one the first counts, and the query comes before the body.
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Whatever is not a form, such as JSON, holds no parameters for Kakao.
    pub(super) fn new(query: Option<&str>, headers: &HeaderMap, body: &[u8]) -> Self {
        let body = if is_form(headers) { body } else { &[] };
        let query = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        let body = form_urlencoded::parse(body);
        Self(query.into_owned().chain(body.into_owned()).collect())
    }

    pub(super) async fn read(request: Request, live: &Arc<LiveWorld>) -> Result<Self, UnreadableBody> {
        let query = request.uri().query().map(str::to_owned);
        let headers = request.headers().clone();
        let body = Bytes::from_request(request, live).await.map_err(|_| UnreadableBody)?;
        Ok(Self::new(query.as_deref(), &headers, &body))
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn owned(&self, name: &str) -> Option<String> {
        self.get(name).map(str::to_owned)
    }

    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(given, _)| given == name).map(|(_, value)| value.as_str())
    }
}

/// The body of a request cannot be read: it broke off, or is too large.
pub(super) struct UnreadableBody;

/// What a person filled in on a page of ours. The query counts for nothing here: whoever makes the link must not be
/// able to tick boxes.
pub(super) struct FilledIn(pub(super) Parameters);

fn is_form(headers: &HeaderMap) -> bool {
    essence(headers).eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// The content type without its parameters.
pub(super) fn essence(headers: &HeaderMap) -> &str {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    content_type.and_then(|value| value.split(';').next()).unwrap_or_default().trim()
}

impl FromRequest<Arc<LiveWorld>> for FilledIn {
    type Rejection = FaultPage;

    async fn from_request(mut request: Request, live: &Arc<LiveWorld>) -> Result<Self, FaultPage> {
        *request.uri_mut() = Uri::default();
        let parameters = Parameters::read(request, live).await;
        parameters.map(Self).map_err(|UnreadableBody| LoginFault::MalformedRequest.into())
    }
}
