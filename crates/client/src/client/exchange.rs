//! One call on the wire: the request, its attempts, and what came back.

use std::time::Duration;

use bytes::Bytes;
use futures_util::TryStreamExt;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use http::{Method, Request, Response};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use tokio::time::Instant;
use tracing::{Instrument, field};

use super::Client;
use super::credential::Credential;
use crate::endpoint::{Host, Parameters, Reply, Unreadable};
use crate::error::Call;
use crate::{ApiError, Error, OAuthError, SystemChance};

impl Client {
    /// Makes a call, and makes it again where that is safe and of use.
    pub(super) async fn request<T>(
        &self,
        call: &Call,
        parameters: Parameters,
        credential: Credential<'_>,
        decode: impl Fn(&Reply) -> Result<T, Unreadable>,
    ) -> Result<T, Error> {
        let parameters = credential.among(parameters);
        let secrets = || parameters.secrets().chain(credential.header_secret());
        let begun = Instant::now();
        let mut made = 0;
        loop {
            made += 1;
            let request = self.http_request(call, &parameters, credential).await?;
            let span = tracing::debug_span!(
                "kakao.request",
                kakao.endpoint = %call.path,
                attempt.number = made,
                http.status = field::Empty,
                kakao.code = field::Empty,
            );
            let outcome = self.attempt(call, request, secrets, &decode).instrument(span.clone()).await;
            let error = match outcome {
                Ok(value) => return Ok(value),
                Err(error) => {
                    if credential.is_access_token() {
                        error
                    } else {
                        error.without_access_token()
                    }
                }
            };
            if let Some(code) = error.kakao_code() {
                span.record("kakao.code", field::display(code));
            }
            let pause = self.0.retries.pause(made, call.effect, &error, &SystemChance);
            match pause.filter(|pause| begun.elapsed().saturating_add(*pause) < self.0.timeout) {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return Err(error),
            }
        }
    }

    async fn attempt<'a, T, S: Iterator<Item = &'a str> + Clone>(
        &self,
        call: &Call,
        request: Request<Bytes>,
        secrets: impl Fn() -> S,
        decode: impl Fn(&Reply) -> Result<T, Unreadable>,
    ) -> Result<T, Error> {
        let response = self.0.transport.send(request).await;
        let response = response.map_err(|error| Error::transport(error, call))?;
        let status = response.status();
        tracing::Span::current().record("http.status", status.as_u16());
        if status.is_success() {
            let reply = Reply { body: response.into_body() };
            return decode(&reply).map_err(|what| Error::unreadable(what, status.as_u16(), call));
        }
        let retry_after = retry_after(response.headers(), self.0.clock.now());
        Err(refusal(&response, secrets(), call).with_retry_after(retry_after))
    }

    async fn http_request(
        &self,
        call: &Call,
        parameters: &Parameters,
        credential: Credential<'_>,
    ) -> Result<Request<Bytes>, Error> {
        let in_query = matches!(call.method, Method::GET | Method::DELETE);
        let base = self.base_url(call.host).as_str().trim_end_matches('/');
        let uri = if in_query && !parameters.is_empty() {
            format!("{base}{}?{}", call.path, parameters.to_form())
        } else {
            format!("{base}{}", call.path)
        };
        let mut request = Request::builder()
            .method(&call.method)
            .uri(uri)
            .header(ACCEPT, HeaderValue::from_static("application/json"));
        if let Some(authorization) = credential.header()? {
            request = request.header(AUTHORIZATION, authorization);
        }
        let body = if parameters.file().is_some() {
            let (content_type, body) = multipart(parameters).await?;
            request = request.header(CONTENT_TYPE, content_type);
            body
        } else {
            // Kakao's documents want the type also where an admin key asks by GET.
            if !in_query || matches!(credential, Credential::AdminKey(..)) {
                let form = HeaderValue::from_static("application/x-www-form-urlencoded;charset=utf-8");
                request = request.header(CONTENT_TYPE, form);
            }
            if in_query { Bytes::new() } else { Bytes::from(parameters.to_form()) }
        };
        request.body(body).map_err(|_| Error::configuration("the address of Kakao's host cannot be used"))
    }
}

/// A multipart form with its file, and the content type that names its boundary.
async fn multipart(parameters: &Parameters) -> Result<(HeaderValue, Bytes), Error> {
    use reqwest::multipart::{Form, Part};

    let unusable = |_| Error::configuration("the file's name or type cannot be sent");
    let mut form = Form::new();
    for (name, value) in parameters.pairs() {
        form = form.text(name.to_owned(), value.to_owned());
    }
    if let Some(file) = parameters.file() {
        let part = Part::stream(file.bytes.clone()).file_name(file.name.clone());
        form = form.part(file.field, part.mime_str(file.content_type).map_err(unusable)?);
    }
    let content_type = HeaderValue::try_from(format!("multipart/form-data; boundary={}", form.boundary()));
    let body: Vec<Bytes> = form.into_stream().try_collect().await.map_err(unusable)?;
    Ok((content_type.map_err(|_| Error::configuration("the form cannot be sent"))?, body.concat().into()))
}

/// Reads a reply that is no success in the words of the host it comes from.
fn refusal<'a>(
    response: &Response<Bytes>,
    secrets: impl Iterator<Item = &'a str> + Clone,
    call: &Call,
) -> Error {
    let status = response.status().as_u16();
    let error = match call.host {
        Host::Auth => {
            read(response).map(|error: OAuthError| Error::login(error.redacted(secrets), status, call))
        }
        Host::Api => read(response).map(|error: ApiError| Error::api(error.redacted(secrets), status, call)),
    };
    error.unwrap_or_else(|what| Error::unreadable(what, status, call))
}

fn read<T: DeserializeOwned>(response: &Response<Bytes>) -> Result<T, Unreadable> {
    Reply { body: response.body().clone() }.json()
}

/// How long the other side wants to be left alone, said in seconds or as a date.
fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?;
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
    Duration::try_from(now.duration_until(date)).ok()
}
